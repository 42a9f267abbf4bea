"""What a new suppression hides is named beside it, also where the tool has no switch to look behind it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from qualitygate.checks import node_modules
from qualitygate.checks.catalogue import TOOLS
from qualitygate.checks.tool import Modules, Project
from qualitygate.defaults import compile_any
from qualitygate.gate import judging
from qualitygate.gate.planning import Gate, open_gate
from qualitygate.model import Finding, Verdict
from tests.recorded import install
from tests.support import git, make_repo, write

MYPY = 'schema = 1\n[checks.mypy]\ntier = "commit"\nflags = ["--strict"]\n[checks.suppressions]\n'
SAID = "suppressed instead of fixed: "


def opened(root: Path) -> Gate:
    return open_gate(root, TOOLS, compile_any)


def judged(gate: Gate, files: Mapping[str, str | None]) -> Verdict:
    write(gate.repo.root, files)
    git(gate.repo.root, "add", "-A")
    return judging.judge_index(gate, record=False)


def about(verdict: Verdict) -> list[Finding]:
    return [one for one in (*verdict.new, *verdict.shown) if one.rule.startswith("suppression:")]


@pytest.fixture
def typed(tmp_path: Path) -> Gate:
    files = {"qualitygate.toml": MYPY, "a.py": "x: int = 1\n", "old.py": "y: int = ''  # type: ignore[assignment]\n"}
    return opened(make_repo(tmp_path / "r", files))


def test_a_type_ignore_says_what_mypy_would(typed: Gate) -> None:
    verdict = judged(typed, {"a.py": "x: int = 'one'  # type: ignore[assignment]\n"})
    (finding,) = about(verdict)
    assert (finding.rule, finding.line) == ("suppression:no-reason", 1)
    assert f"; {SAID}mypy:assignment Incompatible types in assignment" in finding.message
    assert [one.rule for one in verdict.new if one.check == "mypy"] == []


def test_one_that_hides_nothing_says_nothing(typed: Gate) -> None:
    verdict = judged(typed, {"a.py": "x: int = 1  # type: ignore[assignment]\n"})
    (finding,) = about(verdict)
    assert SAID not in finding.message  # mypy says itself that it is not needed


def test_a_blanket_ignore_says_all_that_it_hides_and_no_neighbour(typed: Gate) -> None:
    text = (
        "def f(a): return undefined + a  # type: ignore\n\n\nz: int = ''  # type: ignore[assignment]  # as in old.py\n"
    )
    first, second = sorted(about(judged(typed, {"a.py": text})), key=lambda one: one.line)
    assert first.message.count("mypy:") == 2
    assert "mypy:name-defined" in first.message
    assert "mypy:assignment" in second.message
    assert "name-defined" not in second.message


def test_a_whole_file_that_is_left_out_says_what_is_in_it(typed: Gate) -> None:
    (finding,) = about(judged(typed, {"a.py": "# mypy: ignore-errors\nx: int = ''\n\ny: str = 1\n"}))
    assert finding.rule.startswith("suppression:file")
    assert finding.message.count("mypy:assignment") == 2


def test_a_directive_in_a_string_is_none(typed: Gate) -> None:
    text = "x = '# type: ignore'\ny: int = ''  # type: ignore[assignment]\n"
    (finding,) = about(judged(typed, {"a.py": text}))
    assert finding.line == 2
    assert "mypy:assignment" in finding.message


def test_what_hides_nothing_of_mypy_is_no_reason_to_run_it_again(typed: Gate) -> None:
    judged(typed, {"a.py": "import os  # noqa: F401\n"})
    assert not bare_runs(typed)
    judged(typed, {"a.py": "x: int = ''  # type: ignore[assignment]\n"})
    assert bare_runs(typed)


def bare_runs(gate: Gate) -> list[str]:
    return [path.name for path in gate.state.worktree.iterdir() if path.name.startswith("head-bare")]


TSC = 'schema = 1\n[checks.tsc]\ntier = "commit"\nenvironment = "project"\n[checks.suppressions]\n'
PROJECT = {
    "qualitygate.toml": TSC,
    "tsconfig.json": '{"compilerOptions": {"strict": true, "types": []}, "include": ["*.ts"]}\n',
    "a.ts": "export const x: number = 1;\n",
    ".gitignore": "node_modules\n",
}
WRONG = "{} because of it\nexport const x: number = 'one';\n"
# What TypeScript 5.9 prints of this file; the stand-in prints it as the compiler would, if nothing in it forbids that.
PRINTED = "a.ts(2,14): error TS2322: Type 'string' is not assignable to type 'number'."
STAND_IN = f"""\
#!/bin/sh
[ "$1" = --version ] && echo "Version 5.9.3" && exit
echo "$PWD/a.ts"
grep -q "@ts-" a.ts && exit 0
grep -q one a.ts || exit 0
echo "{PRINTED}"
exit 2
"""


def with_modules(root: Path) -> Gate:
    modules = node_modules.find((root,), "", lambda path: False)
    assert isinstance(modules, Modules)
    return opened(root)._replace(project=lambda _: Project(None, modules), trusted=True)


def assert_tsc_is_asked(gate: Gate) -> None:
    for directive in ("// @ts-ignore", "// @ts-expect-error"):
        (finding,) = about(judged(gate, {"a.ts": WRONG.format(directive)}))
        assert finding.line == 1
        assert f"; {SAID}tsc:TS2322 Type 'string' is not assignable to type 'number'" in finding.message
    (finding,) = about(judged(gate, {"a.ts": f"// @ts-nocheck\n{WRONG.format('// said')}"}))
    assert "tsc:TS2322" in finding.message


def test_a_directive_for_tsc_says_what_it_would(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", PROJECT)
    package = '{"name": "typescript", "version": "5.9.3", "bin": {"tsc": "bin/tsc"}}'
    write(root, {"node_modules/typescript/package.json": package, "node_modules/typescript/bin/tsc": STAND_IN})
    write(root, {"node_modules/.bin/tsc": STAND_IN})
    for place in ("node_modules/.bin/tsc", "node_modules/typescript/bin/tsc"):
        os.chmod(root / place, 0o755)
    assert_tsc_is_asked(with_modules(root))


@pytest.mark.slow
@pytest.mark.wide
def test_a_directive_for_tsc_says_what_it_would_with_the_compiler_itself(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", PROJECT)
    install(root, "typescript@5.9.3")
    assert_tsc_is_asked(with_modules(root))
