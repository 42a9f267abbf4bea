from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualitygate.checks.catalogue import TOOLS
from qualitygate.checks.tool import Project
from qualitygate.defaults import compile_any
from qualitygate.gate import editing
from qualitygate.gate.editing import hunks
from qualitygate.gate.linemap import LineMap
from qualitygate.gate.planning import Gate, open_gate
from qualitygate.model import Verdict
from tests.support import commit, make_repo, write

CONFIG = """\
schema = 1

[checks.ruff]
tier = "edit"

[checks.ruff-format]
tier = "edit"

[checks.secrets]
tier = "edit"

[checks.syntax]
tier = "edit"

[checks.mypy]
"""
OLD = "import os\n\n\ndef f( a ):\n    return a\n"


@pytest.fixture
def gate(tmp_path: Path) -> Gate:
    files = {
        "qualitygate.toml": CONFIG,
        "a.py": OLD,
        "sub/b.py": "x = 1\n",
        "sub/ruff.toml": 'lint.select = ["E711"]\n',
    }
    root = make_repo(tmp_path / "repo", files)
    opened = open_gate(root, TOOLS, compile_any)
    return opened._replace(project=lambda root: Project())


def found(verdict: Verdict) -> list[tuple[str, str, int]]:
    return sorted((f.rule, f.path, f.line) for f in verdict.new)


def snapshot(root: Path) -> dict[str, int]:
    return {os.fspath(p): p.stat().st_mtime_ns for p in root.rglob("*") if ".git" not in p.parts}


def test_only_what_the_edit_brought_is_new_and_nothing_is_written(gate: Gate) -> None:
    root = gate.repo.root
    write(root, {"a.py": OLD + "\n\nx = {  1:2 }\n\ny = undefined\n"})
    before = snapshot(root)
    verdict = editing.judge_edit(gate, ("a.py",))
    assert found(verdict) == [
        ("ruff-format:unformatted", "a.py", 8),
        ("ruff:F821", "a.py", 10),
    ]
    assert (verdict.status, verdict.known, verdict.recorded) == ("failed", 1, False)
    assert snapshot(root) == before
    assert not list(gate.state.worktree.glob(f"edit-{os.getpid()}"))


def test_checks_that_read_the_whole_tree_wait_for_the_commit(gate: Gate) -> None:
    write(gate.repo.root, {"a.py": OLD + '\n\ny: int = "a"\n'})
    verdict = editing.judge_edit(gate, ("a.py",))
    assert {row.check for row in verdict.checks} == {"ruff", "ruff-format", "secrets", "syntax"}
    assert verdict.status == "passed"


def test_a_name_that_is_not_used_yet_says_nothing_against_an_edit(gate: Gate) -> None:
    old = OLD.replace("( a )", "(a)")
    commit(gate.repo.root, {"a.py": old})
    new = old.replace("import os\n", "import os\nimport sys\n")
    write(gate.repo.root, {"a.py": f"{new}\n\ndef g():\n    unused = 1\n"})
    verdict = editing.judge_edit(gate, ("a.py",))
    assert verdict.new == ()
    assert verdict.status == "passed"
    assert {row.check: row.state for row in verdict.checks}["ruff"] == "passed"


def test_a_file_that_git_does_not_know_yet_is_new_throughout(gate: Gate) -> None:
    write(gate.repo.root, {"new/c.py": "x = y\n", "new/d.toml": "a = [\n"})
    verdict = editing.judge_edit(gate, ("new/c.py", "new/d.toml"))
    assert found(verdict) == [("ruff:F821", "new/c.py", 1), ("syntax:toml", "new/d.toml", 1)]


def test_settings_of_the_files_own_folder_hold_on_both_sides(gate: Gate) -> None:
    root = gate.repo.root
    write(root, {"sub/b.py": "import os\n\nx = 1\nif x == None:\n    pass\n"})
    assert found(editing.judge_edit(gate, ("sub/b.py",))) == [("ruff:E711", "sub/b.py", 4)]


def test_what_the_settings_on_disk_newly_ask_for_is_not_blamed_on_the_edit(gate: Gate) -> None:
    root = gate.repo.root
    commit(root, {"a.py": "try:\n    pass\nexcept:\n    pass\n"})
    write(root, {"ruff.toml": 'lint.select = ["E722"]\n', "a.py": "try:\n    pass\nexcept:\n    pass\n# more\n"})
    verdict = editing.judge_edit(gate, ("a.py",))
    assert (found(verdict), verdict.known) == ([], 1)


@pytest.mark.parametrize("path", ("gone.py", "sub", "link.py", "a\nb.py"))
def test_what_is_no_file_is_not_judged(gate: Gate, path: str) -> None:
    (gate.repo.root / "link.py").symlink_to("a.py")
    verdict = editing.judge_edit(gate, (path,))
    assert (verdict.status, verdict.new, verdict.checks) == ("undecided", (), ())


def test_the_second_look_at_the_same_content_runs_nothing(gate: Gate) -> None:
    write(gate.repo.root, {"a.py": OLD + "x = y\n"})
    first = editing.judge_edit(gate, ("a.py",))
    again = editing.judge_edit(gate, ("a.py",))
    assert found(first) == found(again) != []
    assert all(row.cached for row in again.checks if row.state != "skipped")


LINES = st.lists(st.sampled_from(["a", "b", " b", "c", "", "d"]), max_size=14)


@given(LINES, LINES, st.booleans())
def test_hunks_keep_exactly_the_lines_that_are_equal(old: list[str], new: list[str], ignore_space: bool) -> None:
    before, after = ("".join(f"{line}\n" for line in lines).encode() for lines in (old, new))
    lines = LineMap(hunks(before, after, ignore_space=ignore_space))
    for number, line in enumerate(new, 1):
        at = lines.to_old(number)
        if at is not None:
            assert lines.to_new(at) == number
            assert old[at - 1].strip() == line.strip() if ignore_space else old[at - 1] == line
    if before == after:
        assert not lines.hunks
