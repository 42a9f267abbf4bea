from __future__ import annotations

from pathlib import Path

import pytest

from qualitygate.checks.tools import node_imports, tsc, tsc_seeds
from tests.recorded import brief, execute, install, lay_out, reader, request_for

FILES = {
    "packages/core/package.json": '{"name": "@org/core", "main": "./src/index.ts"}',
    "packages/core/src/index.ts": "export const core = 1;\n",
    "packages/app/package.json": '{"name": "app", "main": "dist/index.js"}',
    "packages/app/src/a.ts": 'import { core } from "@org/core";\nexport const a: number = core;\n',
    "packages/app/src/b.ts": 'import { a } from "./a.js";\n\nexport const b: number = a;',
    "packages/app/src/old.ts": "const x = 1;\nexport = x;\n",
    "packages/app/src/types.d.ts": "export {};\n",
}


def test_a_package_that_is_imported_by_name_comes_first() -> None:
    first, second = tsc_seeds.canaries(FILES, reader(FILES))
    assert dict(first.edits) == {
        "packages/core/src/index.ts": b"export const core = 1;\nexport const _qualitygate_canary: number = 0;\n",
        "packages/app/src/a.ts": FILES["packages/app/src/a.ts"].encode()
        + b'import { _qualitygate_canary } from "@org/core";\n'
        + b"export const _qualitygate_canary_x: string = _qualitygate_canary;\n",
    }
    assert first.expected == (("packages/app/src/a.ts", 4, "tsc:TS2322"),)
    assert second.expected == (("packages/app/src/b.ts", 5, "tsc:TS2322"),)  # the last line had no end
    assert first.crosses and second.crosses


def test_a_module_that_nobody_imports_gets_a_seed() -> None:
    (only,) = tsc_seeds.canaries(["a.ts"], reader({"a.ts": "export {};\n"}))
    assert (only.expected, only.crosses) == ((("a.ts", 2, "tsc:TS2322"),), False)


def test_nothing_is_planted_in_what_the_settings_leave_out() -> None:
    files = {
        "tsconfig.json": '{"exclude": ["**/*.test.ts", "./tools/"]}',
        "index.ts": "export const one = 1;\n",
        "index.test.ts": 'import { one } from "./index.js";\nexport const two: number = one;\n',
        "tools/run.ts": 'import { one } from "../index.js";\nexport const two: number = one;\n',
    }
    (only,) = tsc_seeds.canaries(files, reader(files))
    assert ([path for path, _ in only.edits], only.crosses) == (["index.ts"], False)


def test_seeds_go_first_where_the_settings_say_that_the_code_is() -> None:
    """Beside a `src` lie servers and settings of tools that import it: three of them, and no seed was ever seen."""
    beside = {f"{name}.ts": 'import { one } from "./src/NAME.js";\n'.replace("NAME", name) for name in ("a", "b", "c")}
    files = {
        "tsconfig.json": '{"include": ["./src/"]}',
        **beside,
        **{f"src/{name}": "export const one = 1;\n" for name in beside},
        "src/main.ts": 'import { one } from "./a.js";\nexport const two = one;\n',
    }
    first = tsc_seeds.canaries(files, reader(files))[0]
    assert [path for path, _ in first.edits] == ["src/a.ts", "src/main.ts"]


@pytest.mark.parametrize("text", ("const a = 1;\n", "// @ts-nocheck\nexport {};\n", "export = 1;\n"))
def test_a_file_that_takes_no_export_is_passed_over(text: str) -> None:
    assert tsc_seeds.canaries(["a.ts"], reader({"a.ts": text})) == ()


@pytest.mark.parametrize(
    ("text", "found"),
    (
        ('import x from "./b";', ["b.ts"]),
        ('import "./b.js"', ["b.ts"]),
        ('import {\n  x,\n  y,\n} from "./c"', ["c/index.tsx"]),
        ('export * from "../src/b"', ["b.ts"]),
        ('const b = require("./b")', ["b.ts"]),
        ('const b = await import("./b")', ["b.ts"]),
        ('import x from "react"', []),
        ('import x from "./gone"', []),
        ('const s = "import x from";', []),
    ),
)
def test_imports(text: str, found: list[str]) -> None:
    known = frozenset(("src/a.ts", "src/b.ts", "src/c/index.tsx"))
    rows = node_imports.imports_of("src/a.ts", text.encode(), known, {})
    assert [row.path.removeprefix("src/") for row in rows] == found


@pytest.mark.slow
@pytest.mark.wide
@pytest.mark.live
def test_live(tmp_path: Path) -> None:
    programs = install(tmp_path / "project", "typescript@5")
    files = {
        "tsconfig.json": '{"compilerOptions": {"strict": true, "types": [], "noUnusedLocals": true}}',
        "src/a.ts": "export const a = 1;\n",
        "src/b.ts": 'import { a } from "./a";\nexport const b: number = a;\n',
    }
    (canary,) = tsc_seeds.canaries(files, reader(files))
    root = lay_out(tmp_path / "tree", {**files, **dict(canary.edits)}, programs.parent)
    report = execute(tsc, request_for(tsc, root, programs / "tsc"))
    assert [(path, line, rule) for path, line, _, rule in brief(report)] == list(canary.expected)
    assert canary.says in report.findings[0].message
