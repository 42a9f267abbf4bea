"""Code that moves to where its check does not look keeps its debt: also where only the tool can tell where it looks."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from qualitygate.gate import judging
from qualitygate.gate.planning import Gate, open_gate
from qualitygate.model import Finding, Report, Verdict
from tests.footprint import gate
from tests.recorded import install
from tests.support import git, make_repo, policy, words, write

BAD = "x = BAD\n"
Files = dict[str, str | None]


class Tool:
    """A linter that leaves a folder out by a file of settings, counts what it looked at, and lists nothing."""

    def __init__(self, reads: str, **changed: Any) -> None:
        self.runs: list[tuple[str, tuple[str, ...]]] = []
        self.tool = words(
            look=self.look, reads=reads, config_files=("skip.cfg",), unparsed_rules=("w:syntax",), **changed
        )

    def look(self, root: str, files: tuple[str, ...], options: Mapping[str, Any]) -> Report:
        self.runs.append((Path(root).name, files))
        settings = Path(root) / "skip.cfg"
        skipped = settings.read_text().split() if settings.exists() else []
        found, looked_at = [], 0
        for path in files:
            if path.split("/")[0] in skipped:
                continue
            looked_at += 1
            lines = (Path(root) / path).read_text().splitlines()
            found += [
                Finding("words", "w:bad", path, n, 1, n, 4, "bad") for n, line in enumerate(lines, 1) if "BAD" in line
            ]
        return Report(tuple(found), looked_at)

    def open(self, root: Path) -> Gate:
        return open_gate(root, {"words": self.tool}, policy())


def judged(root: Path, tool: Tool, base: Files, head: Files) -> Verdict:
    make_repo(root, {"qualitygate.toml": "schema = 1\n", "skip.cfg": "away\n", **base})
    write(root, {**{path: None for path in base if path not in head}, **head})
    return judging.judge_worktree(tool.open(root))


def new(verdict: Verdict) -> list[str]:
    assert verdict.undecided == ()
    assert verdict.status == ("failed" if verdict.new else "passed")
    return [f"{found.path}:{found.line}" for found in verdict.new]


def code(name: str, bad: str = BAD) -> str:
    return "".join(f"{name}_{n} = {n}\n" for n in range(9)) + bad


both = pytest.mark.parametrize("reads", ["self", "tree"])


@both
def test_a_bad_file_that_moves_to_a_folder_that_the_tool_leaves_out(tmp_path: Path, reads: str) -> None:
    """ESLint, oxlint, Biome and tsc cannot be asked for a list: its debt counted as fixed."""
    verdict = judged(
        tmp_path / "r", Tool(reads), {"a.py": code("a"), "b.py": "1\n"}, {"away/a.py": code("a"), "b.py": "1\n"}
    )
    assert new(verdict) == ["away/a.py:10"]


@both
def test_what_is_added_on_the_way_there_is_named_too(tmp_path: Path, reads: str) -> None:
    head: Files = {"away/a.py": code("a", BAD + BAD)}
    assert new(judged(tmp_path / "r", Tool(reads), {"a.py": code("a")}, head)) == ["away/a.py:10", "away/a.py:11"]


@both
def test_a_bad_file_that_moves_to_where_the_tool_looks_is_known(tmp_path: Path, reads: str) -> None:
    verdict = judged(tmp_path / "r", Tool(reads), {"a.py": code("a")}, {"there/a.py": code("a")})
    assert (new(verdict), verdict.known) == ([], 1)


@both
def test_a_file_that_is_mended_as_it_moves_is_mended(tmp_path: Path, reads: str) -> None:
    verdict = judged(tmp_path / "r", Tool(reads), {"a.py": code("a")}, {"there/a.py": code("a", "x = 1\n")})
    # What a tool that reads everything had fixed is not counted where nothing else asks for its run on base.
    assert (new(verdict), verdict.fixed) == ([], 1 if reads == "self" else 0)


@both
def test_a_file_that_is_mended_as_it_moves_out_of_sight_is_mended(tmp_path: Path, reads: str) -> None:
    assert new(judged(tmp_path / "r", Tool(reads), {"a.py": code("a")}, {"away/a.py": code("a", "x = 1\n")})) == []


@both
def test_one_of_two_files_moves_out_of_sight(tmp_path: Path, reads: str) -> None:
    base: Files = {"a.py": code("a"), "b.py": code("b"), "c.py": code("c")}
    head: Files = {"away/a.py": code("a"), "there/b.py": code("b", "x = 1\n"), "there/c.py": code("c")}
    assert new(judged(tmp_path / "r", Tool(reads), base, head)) == ["away/a.py:10"]


def test_a_clean_file_that_moves_costs_no_run(tmp_path: Path) -> None:
    tool = Tool("tree")
    assert (
        new(
            judged(
                tmp_path / "r", tool, {"a.py": code("a", ""), "b.py": BAD}, {"away/a.py": code("a", ""), "b.py": BAD}
            )
        )
        == []
    )
    assert [where for where, _ in tool.runs].count("head") == 1


def test_a_rule_that_does_not_hold_where_the_file_went_is_no_place_out_of_sight(tmp_path: Path) -> None:
    """As with `overrides` for tests: the tool does look at it there."""
    tool = Tool("tree")
    lenient = tool.tool.look

    def look(root: str, files: tuple[str, ...], options: Mapping[str, Any]) -> Report:
        report: Report = lenient(root, files, options)
        return report._replace(findings=tuple(f for f in report.findings if not f.path.startswith("tests/")))

    tool.tool = SimpleNamespace(**{**vars(tool.tool), "look": look})
    verdict = judged(tmp_path / "r", tool, {"a.py": code("a")}, {"tests/a.py": code("a")})
    assert new(verdict) == []


TYPESCRIPT = (
    "".join(f"export const value{n}: number = {n};\n" for n in range(9)) + "debugger;\nexport const y: number = '';\n"
)
LIVE = {
    "eslint": ("eslint@9", {
        "eslint.config.mjs": "export default [{ ignores: ['away/**'] }, { rules: { 'no-debugger': 'error' } }];\n",
    }),
    "oxlint": ("oxlint@1", {
        ".oxlintrc.json": '{"ignorePatterns": ["away/**"], "rules": {"no-debugger": "error"}}\n',
    }),
    "biome": ("@biomejs/biome@2", {"biome.json": '{"files": {"includes": ["**", "!away"]}}\n'}),
    "tsc": ("typescript@5", {
        "tsconfig.json": '{"compilerOptions": {"types": []}, "include": ["**/*"], "exclude": ["away"]}\n',
    }),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.wide
@pytest.mark.live
@pytest.mark.parametrize("name", LIVE)
def test_live_a_bad_file_that_moves_to_a_folder_that_the_tool_leaves_out(
    tmp_path: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.delenv("QUALITYGATE_OFFLINE", raising=False)  # oxlint and Biome get an environment of their own
    package, settings = LIVE[name]
    programs = install(tmp_path / "project", package)
    path = "a.js" if name == "eslint" else "a.ts"  # without a parser for types
    text = TYPESCRIPT.replace(": number", "") if name == "eslint" else TYPESCRIPT
    own = f'schema = 1\n[checks.{name}]\nenvironment = "project"\n'
    files = {"qualitygate.toml": own, ".gitignore": "node_modules\n", **settings}
    named, _, version = package.rpartition("@")
    files["package.json"] = f'{{"type": "module", "devDependencies": {{"{named}": "^{version}"}}}}\n'
    root = make_repo(tmp_path / "r", {**files, path: text, f"z-{path}": "export {};\n"})
    (root / "node_modules").symlink_to(programs.parent)
    assert gate(root, "install", "--trust").code == 0
    (root / "away").mkdir()
    git(root, "mv", path, f"away/{path}")
    said = gate(root, "run", "--staged")
    assert said.code == 1 and f"away/{path}:" in said.out, said
    git(root, "mv", f"away/{path}", f"moved-{path}")
    said = gate(root, "run", "--staged")
    assert said.code == 0 and "known)" in said.out, said
