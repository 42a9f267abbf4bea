"""A change cannot name the ref that it is judged against: `gate.trusted` counts once it stands on what is trusted."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from qualitygate.checks.catalogue import TOOLS
from qualitygate.checks.tool import Project
from qualitygate.commands.audit import audit
from qualitygate.defaults import compile_any
from qualitygate.gate import editing, judging, records
from qualitygate.gate.planning import Gate, open_gate
from qualitygate.model import Verdict
from tests.support import commit, git, make_repo, write

BAD = "<<<<<<< ours\none\n=======\ntwo\n>>>>>>> theirs\n"
Files = dict[str, "str | None"]


def settings(trusted: str = "") -> Files:
    named = f'[gate]\ntrusted = "{trusted}"\n' if trusted else ""
    return {"qualitygate.toml": f"schema = 1\n{named}[checks.markers]\n"}


def opened(root: Path) -> Gate:
    return open_gate(root, TOOLS, compile_any)._replace(project=lambda root: Project(), actor="person")


def gated(root: Path, files: Files) -> Verdict:
    write(root, files)
    git(root, "add", "-A")
    verdict = judging.judge_index(opened(root), record=True)
    if verdict.status == "passed":
        git(root, "commit", "-qm", "gated", "--allow-empty")
    return verdict


def new(verdict: Verdict) -> list[str]:
    assert verdict.undecided == ()
    return sorted({found.path for found in verdict.new})


def cloned(tmp_path: Path, trusted: str = "", files: Files | None = None) -> Path:
    there = make_repo(tmp_path / "there", {**(settings(trusted) if files is None else files), "a.txt": "a\n"})
    git(there, "branch", "develop")
    git(tmp_path, "clone", "-q", os.fspath(there), "here")
    here = tmp_path / "here"
    git(here, "switch", "-qc", "topic")
    return here


def with_defect(here: Path, branch: str) -> None:
    """A commit past the gate, and a branch that stands on it."""
    commit(here, {"bad.txt": BAD}, "past")
    git(here, "branch", branch)


@pytest.mark.parametrize("named", ["evil", "topic", "HEAD", "refs/heads/evil"])
def test_a_branch_of_this_clone_that_the_change_names_takes_nothing_for_known(tmp_path: Path, named: str) -> None:
    """Commits and pushes were judged against it, with all that had gone past the gate."""
    here = cloned(tmp_path)
    with_defect(here, "evil")
    verdict = gated(here, settings(named))
    assert new(verdict) == ["bad.txt"]
    assert verdict.notes[0] == f"gate.trusted = {named!r} does not count before it stands on origin/HEAD"
    commit(here, settings(named), "past it, too")
    assert new(judging.judge_push(opened(here), "HEAD")) == ["bad.txt"]
    assert [one.subject for one in audit(here).unrecorded] == ["past it, too", "past"]


def test_not_in_two_steps_either(tmp_path: Path) -> None:
    """The nearest record is of a tree that names it already."""
    here = cloned(tmp_path)
    git(here, "branch", "evil")
    assert gated(here, settings("evil")).recorded
    commit(here, {"bad.txt": BAD}, "past")
    git(here, "branch", "-f", "evil")
    assert new(gated(here, {"b.txt": "b\n"})) == ["bad.txt"]


def test_a_remote_branch_that_the_change_names_and_that_knows_nothing_of_it(tmp_path: Path) -> None:
    here = cloned(tmp_path)
    with_defect(here, "evil")
    git(here, "push", "-q", "origin", "evil")
    assert new(gated(here, settings("origin/evil"))) == ["bad.txt"]


def test_what_the_trusted_branch_names_counts(tmp_path: Path) -> None:
    here = cloned(tmp_path, "origin/develop")
    git(tmp_path / "there", "switch", "-q", "develop")
    commit(tmp_path / "there", {"debt.txt": BAD})
    git(here, "fetch", "-q")
    git(here, "merge", "-q", "origin/develop")
    verdict = gated(here, {"debt.txt": BAD + "more\n"})
    assert (new(verdict), verdict.notes) == ([], ())
    assert "merge base with origin/develop" in {base.why for base in verdict.bases}


def test_a_branch_of_a_remote_whose_own_settings_name_it_counts(tmp_path: Path) -> None:
    """As where work is done on `develop`, and the default branch is behind."""
    here = cloned(tmp_path)
    git(tmp_path / "there", "switch", "-q", "develop")
    commit(tmp_path / "there", {**settings("origin/develop"), "debt.txt": BAD})
    git(here, "fetch", "-q")
    git(here, "switch", "-qc", "work", "origin/develop")
    verdict = gated(here, {"b.txt": "b\n"})
    assert (new(verdict), verdict.notes, verdict.bases[0].why) == ([], (), "merge base with origin/develop")


def test_a_gate_that_is_set_up_names_what_it_likes_of_its_remote(tmp_path: Path) -> None:
    here = cloned(tmp_path, files={})
    verdict = gated(here, settings("origin/develop"))
    assert verdict.notes == () and verdict.bases[0].why == "merge base with origin/develop"


def test_without_a_remote_a_branch_counts_while_it_has_passed(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {**settings("main"), "a.txt": "a\n"})
    shared = opened(root).state.shared
    records.adopt(shared, git(root, "rev-parse", "HEAD"), git(root, "rev-parse", "HEAD^{tree}"))
    assert gated(root, {"b.txt": "b\n"}).notes == ()
    git(root, "switch", "-qc", "topic")
    assert gated(root, {"c.txt": "c\n"}).bases[-1].why == "merge base with main"
    git(root, "switch", "-q", "main")
    commit(root, {"bad.txt": BAD}, "past")
    git(root, "switch", "-qc", "other")
    verdict = gated(root, {"d.txt": "d\n"})
    assert new(verdict) == ["bad.txt"]
    assert verdict.notes[0] == "gate.trusted = 'main' does not count before that branch has passed the gate"


def test_an_edit_is_not_told_otherwise(tmp_path: Path) -> None:
    here = cloned(tmp_path)
    commit(here, {"bad.py": "x = y\n"}, "past")
    git(here, "branch", "evil")
    ruff = {path: f"{text}[checks.ruff]\ntier = 'edit'\n" for path, text in settings("evil").items()}
    write(here, {**ruff, "bad.py": "x = y\n\n"})
    assert new(editing.judge_edit(opened(here)._replace(tier="edit"), ("bad.py",))) == ["bad.py"]


def test_a_ref_that_is_not_here_is_still_an_error(tmp_path: Path) -> None:
    from qualitygate.errors import GitError

    here = cloned(tmp_path)
    with pytest.raises(GitError, match="is not in this clone"):
        gated(here, settings("origin/nowhere"))
