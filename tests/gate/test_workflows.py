"""The ways in which people and agents work with git: what is known, and what is new, in each."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from qualitygate.gate import judging, records
from qualitygate.model import Verdict
from qualitygate.reporters import text
from tests.support import commit, git, make_repo, open_words, write

CONFIG = {"qualitygate.toml": "schema = 1\n"}
Files = dict[str, "str | None"]


def adopt(root: Path) -> None:
    shared = open_words(root).state.shared
    records.adopt(shared, git(root, "rev-parse", "HEAD"), git(root, "rev-parse", "HEAD^{tree}"))


def gated(root: Path, files: Files, *flags: str) -> Verdict:
    """A commit with our hook installed."""
    write(root, files)
    git(root, "add", "-A")
    verdict = judging.judge_index(open_words(root), record=True)
    if verdict.status == "passed":
        git(root, "commit", "-qm", "gated", "--allow-empty", *flags)
    return verdict


def push(root: Path) -> Verdict:
    return judging.judge_push(open_words(root), "HEAD")


def new(verdict: Verdict) -> list[str]:
    assert verdict.undecided == ()
    return sorted(f"{f.path}:{f.line}" for f in verdict.new)


@pytest.fixture
def cloned(tmp_path: Path) -> tuple[Path, Path]:
    """A repository with debt and its gate, and a clone of it."""
    there = make_repo(tmp_path / "there", {**CONFIG, "a.py": "x = BAD\n", "b.py": "y = 1\n"})
    git(tmp_path, "clone", "-q", os.fspath(there), "here")
    return there, tmp_path / "here"


def test_alone_on_main_without_a_remote(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {**CONFIG, "a.py": "x = BAD\n"})
    adopt(root)
    assert gated(root, {"b.py": "y = 1\n"}).recorded
    assert new(gated(root, {"b.py": "y = BAD\n"})) == ["b.py:1"]
    assert gated(root, {"b.py": "y = 2\n", "a.py": "x = 1\n"}).fixed == 1
    assert new(gated(root, {"a.py": "x = BAD\n"})) == ["a.py:1"]
    git(root, "restore", "--staged", "--worktree", ".")
    assert gated(root, {"c.py": "z = 1\n"}).bases[0].why == "last record"


def test_a_feature_branch_that_mends_and_then_brings_the_same_back(cloned: tuple[Path, Path]) -> None:
    _, here = cloned
    git(here, "switch", "-qc", "topic")
    assert gated(here, {"a.py": "x = 1\n"}).fixed == 1
    assert gated(here, {"a.py": "x = BAD\n"}).known == 1  # the trusted ref has it
    assert new(gated(here, {"a.py": "x = BAD\n", "b.py": "y = BAD\n"})) == ["b.py:1"]


def test_a_squash_merge_that_is_then_pulled(cloned: tuple[Path, Path]) -> None:
    there, here = cloned
    git(here, "switch", "-qc", "topic")
    assert gated(here, {"c.py": "z = 1\n"}).recorded
    git(here, "push", "-q", "origin", "topic")
    git(there, "merge", "-q", "--squash", "topic")
    commit(there, {"d.py": "BAD\n"}, "squashed, and something that somebody let through there")
    git(here, "switch", "-q", "main")
    git(here, "pull", "-q")
    assert gated(here, {"e.py": "1\n"}).known == 0
    git(here, "switch", "-q", "topic")
    git(here, "rebase", "-q", "origin/main")
    assert new(gated(here, {"f.py": "BAD\n"})) == ["f.py:1"]
    git(here, "rm", "-qf", "f.py")
    assert gated(here, {"d.py": "1\nBAD\n"}).known == 1


def test_a_rebase_onto_a_branch_that_moved_on(cloned: tuple[Path, Path]) -> None:
    there, here = cloned
    git(here, "switch", "-qc", "topic")
    assert gated(here, {"c.py": "z = 1\n"}).recorded
    commit(there, {"d.py": "BAD\n"})
    git(here, "fetch", "-q")
    git(here, "rebase", "-q", "origin/main")
    assert new(push(here)) == []
    commit(here, {"c.py": "BAD\n"}, "with hooks off")
    assert new(push(here)) == ["c.py:1"]


def test_a_commit_that_is_picked_from_an_unrecorded_branch(cloned: tuple[Path, Path]) -> None:
    _, here = cloned
    git(here, "switch", "-qc", "wild")
    commit(here, {"c.py": "BAD\n"})
    git(here, "switch", "-qc", "topic", "main")
    git(here, "cherry-pick", "--no-commit", "wild")
    assert new(gated(here, {})) == ["c.py:1"]


def test_a_revert_of_a_fix_on_main(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {**CONFIG, "a.py": "x = BAD\n"})
    adopt(root)
    gated(root, {"a.py": "x = 1\n"})
    git(root, "revert", "--no-commit", "HEAD")
    assert new(gated(root, {})) == ["a.py:1"]


def test_fixups_that_are_squashed_into_what_they_mend(cloned: tuple[Path, Path]) -> None:
    _, here = cloned
    git(here, "switch", "-qc", "topic")
    commit(here, {"c.py": "BAD\n"}, "add c")
    commit(here, {"d.py": "1\n"}, "add d")
    assert new(push(here)) == ["c.py:1"]
    commit(here, {"c.py": "1\n"}, "fixup! add c")
    git(here, "-c", "sequence.editor=true", "rebase", "-qi", "--autosquash", "origin/main")
    assert git(here, "log", "--format=%s", "origin/main..") == "add d\nadd c"
    assert new(push(here)) == []
    git(here, "commit", "-q", "--amend", "--no-edit", "--allow-empty")
    assert push(here).status == "passed"


def test_main_that_is_merged_into_a_feature(cloned: tuple[Path, Path]) -> None:
    there, here = cloned
    git(here, "switch", "-qc", "topic")
    assert gated(here, {"a.py": "x = 1\n"}).fixed == 1
    commit(there, {"d.py": "BAD\n"})
    git(here, "fetch", "-q")
    git(here, "merge", "-q", "--no-commit", "origin/main")
    assert new(gated(here, {})) == []
    assert (here / "a.py").read_text() == "x = 1\n"
    assert new(gated(here, {"e.py": "BAD\n"})) == ["e.py:1"]


def test_branches_that_are_stacked(cloned: tuple[Path, Path]) -> None:
    there, here = cloned
    git(here, "switch", "-qc", "first")
    assert gated(here, {"c.py": "1\n", "a.py": "x = 1\n"}).fixed == 1
    git(here, "switch", "-qc", "second")
    assert gated(here, {"d.py": "1\n"}).recorded
    git(here, "switch", "-q", "first")
    assert gated(here, {"c.py": "2\n"}).recorded
    git(here, "switch", "-q", "second")
    git(here, "rebase", "-q", "first")
    assert new(push(here)) == []
    # the lower one arrives squashed; what is left of the stack is put on top of it
    git(here, "push", "-q", "origin", "first")
    git(there, "merge", "-q", "--squash", "first")
    commit(there, {}, "first, squashed")
    git(here, "fetch", "-q")
    git(here, "rebase", "-q", "--onto", "origin/main", "first")
    assert new(push(here)) == []
    assert new(gated(here, {"a.py": "x = BAD\n"})) == ["a.py:1"]


def test_a_fork_whose_own_main_is_stale(tmp_path: Path) -> None:
    """`upstream` is what counts, where it is there: the fork's main knows nothing of the last years."""
    upstream = make_repo(tmp_path / "upstream", {**CONFIG, "a.py": "1\n"})
    git(tmp_path, "clone", "-q", os.fspath(upstream), "fork")
    git(tmp_path, "clone", "-q", os.fspath(tmp_path / "fork"), "here")
    commit(upstream, {"a.py": "BAD\n"}, "debt that came later")
    here = tmp_path / "here"
    git(here, "remote", "add", "upstream", os.fspath(upstream))
    git(here, "fetch", "-q", "upstream")
    git(here, "remote", "set-head", "upstream", "main")
    git(here, "switch", "-qc", "topic", "upstream/main")
    verdict = gated(here, {"b.py": "BAD\n", "a.py": "2\nBAD\n"})
    assert (new(verdict), verdict.known) == (["b.py:1"], 1)
    assert "upstream/HEAD" in verdict.bases[0].why


def test_a_trusted_ref_that_was_rewritten(cloned: tuple[Path, Path]) -> None:
    """What our branch stands on is trusted no more, but was recorded here; a push brings it, and says so."""
    there, here = cloned
    commit(there, {"c.py": "BAD\n"}, "to be taken back")
    git(here, "pull", "-q")
    git(here, "switch", "-qc", "topic")
    assert gated(here, {"d.py": "1\n"}).recorded
    git(there, "reset", "-q", "--hard", "HEAD~1")
    commit(there, {"e.py": "1\n"}, "instead")
    git(here, "fetch", "-q", "--force")
    assert new(gated(here, {"c.py": "1\nBAD\n"})) == []
    assert new(push(here)) == ["c.py:2"]


def test_a_gate_that_is_adopted_on_a_branch_before_main_has_it(tmp_path: Path) -> None:
    there = make_repo(tmp_path / "there", {"a.py": "x = BAD\n"})
    git(tmp_path, "clone", "-q", os.fspath(there), "here")
    here = tmp_path / "here"
    git(here, "switch", "-qc", "set-up")
    commit(here, {"b.py": "BAD\n"}, "unpushed when the gate was set up")
    commit(here, dict(CONFIG), "set the gate up")
    adopt(here)
    verdict = gated(here, {"a.py": "x = BAD\nx = 2\n", "b.py": "1\nBAD\n"})
    assert (new(verdict), verdict.known) == ([], 2)
    assert new(push(here)) == []
    assert new(gated(here, {"c.py": "BAD\n"})) == ["c.py:1"]
    git(here, "rm", "-qf", "c.py")
    # meanwhile main moves on without a gate
    commit(there, {"d.py": "BAD\n"})
    git(here, "fetch", "-q")
    git(here, "merge", "-q", "--no-commit", "origin/main")
    assert new(gated(here, {})) == []


def test_a_head_that_is_detached(cloned: tuple[Path, Path]) -> None:
    _, here = cloned
    git(here, "switch", "-q", "--detach")
    assert gated(here, {"c.py": "1\n"}).recorded
    verdict = gated(here, {"c.py": "BAD\n", "a.py": "1\nx = BAD\n"})
    assert (new(verdict), verdict.known) == (["c.py:1"], 1)


def test_an_octopus_of_recorded_branches(tmp_path: Path) -> None:
    bad = {f"{name}.py": f"def {name}():\n    return {name}_of(BAD)\n" for name in "abc"}
    root = make_repo(tmp_path / "r", {**CONFIG, **bad})
    adopt(root)
    for name in "abc":
        git(root, "switch", "-qc", name, "main")
        assert gated(root, {f"{name}.py": bad[f"{name}.py"].replace("BAD", "good")}).fixed == 1
    git(root, "switch", "-q", "main")
    git(root, "merge", "-q", "--no-commit", "a", "b", "c")
    verdict = judging.judge_index(open_words(root), record=False)
    assert (verdict.status, verdict.known) == ("passed", 0)
    write(root, {"b.py": bad["b.py"]})
    git(root, "add", "-A")
    assert new(judging.judge_index(open_words(root), record=False)) == ["b.py:2"]


def test_the_report_says_in_one_line_which_base_was_taken_and_why(cloned: tuple[Path, Path]) -> None:
    _, here = cloned
    git(here, "switch", "-qc", "topic")
    last = text.render(judging.judge_worktree(open_words(here))).splitlines()[-1]
    assert f"against {git(here, 'rev-parse', '--short=7', 'HEAD')} (" in last
    assert "origin/HEAD" in last or "origin/main" in last
