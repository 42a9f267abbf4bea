from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from qualitygate import git as git_
from qualitygate.checks.fixing import Edit, Fix, Fixes
from qualitygate.checks.tool import Command, Request
from qualitygate.gate.fixing import Mended, Wanted, mend
from qualitygate.gate.planning import open_gate
from qualitygate.gate.trees import worktree_tree
from qualitygate.model import Finding, Report
from qualitygate.process import Output
from tests.support import make_repo, write

EVERYTHING = Wanted(lambda path: True, removals=True)


def finds(word: str, *, fixable: str = "") -> Any:
    """A check that finds a word wherever it stands."""

    def look(root: str, files: tuple[str, ...], options: Mapping[str, Any]) -> Report:
        found = []
        for path in files:
            for line, text in enumerate((Path(root) / path).read_text().splitlines(), 1):
                at = text.find(word)
                if at >= 0:
                    place = (line, at + 1, line, at + 1 + len(word))
                    found.append(Finding(word, f"words:{word}", path, *place, word, fixable=fixable))  # type: ignore[arg-type]
        return Report(tuple(found), len(files))

    return look


def tool(word: str, becomes: str | None) -> SimpleNamespace:
    made = SimpleNamespace(
        name=word,
        title=word,
        scope="tree",
        reads="self",
        config_files=(),
        package="",
        wants=lambda path: path.endswith(".txt"),
        look=finds(word, fixable="safe" if becomes is not None else ""),
    )
    if becomes is not None:
        made.fix_command = lambda request: Command((sys.executable, "-c", ""))
        made.parse_fixes = lambda output, request: _fixes(made.look, becomes, output, request)
    return made


def _fixes(look: Any, becomes: str, output: Output, request: Request) -> Fixes:
    assert output.code == 0
    rows = look(request.root, request.files, {}).findings
    return Fixes(
        tuple(
            Fix(f.rule, f.path, f.line, f.column, (Edit(f.line, f.column, f.end_line, f.end_column, becomes),))
            for f in rows
        )
    )


def mended(root: Path, wanted: Wanted = EVERYTHING, **words: str | SimpleNamespace | None) -> Mended:
    """The work tree of `root`, after checks for some words; what each becomes, None where nothing mends it."""
    tools: Any = {word: made if isinstance(made, SimpleNamespace) else tool(word, made) for word, made in words.items()}
    checks = [
        {"name": word, "tool": word, "policy": "ratchet", "tier": "commit", "version": "", "options": {}}
        for word in tools
    ]
    document = {"schema": 1, "gate": {"time_limit": 60}, "checks": checks, "source": "qualitygate.toml"}
    gate = open_gate(root, tools, lambda data: document)
    reader, head = worktree_tree(gate.repo, gate.state.worktree)
    return mend(gate, reader, head, wanted)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_repo(tmp_path / "r", {"a.txt": "old BAD\n", "b.txt": "fine\n"})


def test_new_findings_are_mended_and_old_ones_are_not(root: Path) -> None:
    write(root, {"a.txt": "old BAD\nnew BAD\n"})
    done = mended(root, BAD="good")
    assert done.files == {"a.txt": b"old BAD\nnew good\n"}
    assert (done.fixed, done.verdict.status) == ({("a.txt", "words:BAD"): 1}, "passed")
    assert git_.entries(done.reader, done.tree.id)["a.txt"] == done.tree.entries["a.txt"]


def test_a_fix_that_makes_room_for_another_is_followed_by_it(root: Path) -> None:
    write(root, {"b.txt": "ONE\n"})
    done = mended(root, ONE="TWO", TWO="THREE", THREE="four")
    assert done.files == {"b.txt": b"four\n"}
    assert sum(done.fixed.values()) == 3


def test_a_fix_that_makes_something_new_is_thrown_away_and_the_others_stay(root: Path) -> None:
    write(root, {"b.txt": "BAD\nODD\nBAD\n"})
    done = mended(root, BAD="WORSE", ODD="even", WORSE=None)
    assert done.files == {"b.txt": b"BAD\neven\nBAD\n"}
    assert done.refused == {("b.txt", "words:BAD")}
    assert {finding.rule for finding in done.verdict.new} == {"words:BAD"}


def test_the_guilty_one_among_fixes_of_the_same_file_is_found(root: Path) -> None:
    write(root, {"b.txt": "BAD\nODD\nBAD\n"})
    done = mended(root, BAD="WORSE", ODD="even", WORSE="WORSE")
    assert done.files == {"b.txt": b"BAD\neven\nBAD\n"}
    assert done.refused == {("b.txt", "words:BAD")}


def test_fixes_that_undo_each_other_come_to_an_end(root: Path) -> None:
    write(root, {"a.txt": "old BAD\nODD\n", "b.txt": "PING\n"})
    done = mended(root, PING="PONG", PONG="PING", ODD="even")
    assert done.files == {"a.txt": b"old BAD\neven\n"}
    assert {path for path, _ in done.refused} == {"b.txt"}


def test_files_and_removals_that_are_not_wanted_stay(root: Path) -> None:
    write(root, {"a.txt": "BAD\n", "b.txt": "BAD\n"})
    assert list(mended(root, Wanted(lambda path: path == "b.txt", removals=True), BAD="good").files) == ["b.txt"]


def test_a_finding_that_nothing_mends_is_left_in_the_verdict(root: Path) -> None:
    write(root, {"b.txt": "BAD ODD\n"})
    done = mended(root, BAD="good", ODD=None)
    assert [finding.rule for finding in done.verdict.new] == ["words:ODD"]
    assert done.files == {"b.txt": b"good ODD\n"}


def test_a_fix_after_which_a_check_decides_nothing_is_thrown_away(root: Path) -> None:
    def look(place: str, files: tuple[str, ...], options: Mapping[str, Any]) -> Report:
        broken = any(b"good" in (Path(place) / path).read_bytes() for path in files)
        return Report((), 0, "it broke") if broken else Report((), len(files))

    write(root, {"b.txt": "BAD\n"})
    for also_fixes in (False, True):
        fragile = tool("fragile", "" if also_fixes else None)
        fragile.look = look
        done = mended(root, BAD="good", fragile=fragile)
        assert not done.files
        assert done.refused == {("b.txt", "words:BAD")}
        assert done.verdict.undecided == ()
