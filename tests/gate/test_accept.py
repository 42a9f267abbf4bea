from __future__ import annotations

import os
from pathlib import Path

import pytest

from qualitygate.gate import accept, judging, keeping, records
from qualitygate.gate.base import main_branch
from qualitygate.gate.doubt import Doubt, judge_for_a_person, still_stands
from qualitygate.model import Acceptance, Report, Verdict
from tests.support import commit, git, make_repo, open_words, words, write

CONFIG = {"qualitygate.toml": "schema = 1\n"}
F = "def f():\n    return BAD\n"
G = "def g():\n    hop(BAD)\n"


def clone(tmp_path: Path, branch: str = "topic") -> Path:
    upstream = make_repo(tmp_path / "up", {**CONFIG, "a.py": "x = 1\n"})
    git(tmp_path, "clone", "-q", os.fspath(upstream), "r")
    if branch != "main":
        git(tmp_path / "r", "switch", "-qc", branch)
    return tmp_path / "r"


def alone(tmp_path: Path) -> Path:
    root = make_repo(tmp_path / "r", {**CONFIG, "a.py": "x = 1\n"})
    records.adopt(open_words(root).state.shared, git(root, "rev-parse", "HEAD"), git(root, "rev-parse", "HEAD^{tree}"))
    return root


def stage(root: Path, files: dict[str, str | None]) -> None:
    write(root, files)
    git(root, "add", "-A")


def let(root: Path) -> Doubt:
    """What `qualitygate accept` does once a person has typed the word."""
    gate = open_words(root)
    doubt = judge_for_a_person(gate)
    by = Acceptance(doubt.made.head.id, "Ada", 1, "a hotfix", len(doubt.verdict.new))
    by = by._replace(final=doubt.is_main and not doubt.has_trusted)
    keeping.let_through(gate, doubt.made, doubt.verdict, (by,), inherited=False)
    return doubt


def hook(root: Path, **options: object) -> Verdict:
    return judging.judge_index(open_words(root, **options), record=True)  # type: ignore[arg-type]


def gated(root: Path, files: dict[str, str | None]) -> Verdict:
    stage(root, files)
    verdict = hook(root)
    if verdict.status in ("passed", "accepted"):
        git(root, "commit", "-qm", "gated")
    return verdict


def told(verdict: Verdict) -> tuple[str, list[str], list[str]]:
    return verdict.status, [f.path for f in verdict.new], [f.path for f in verdict.accepted]


def accepted(root: Path, files: dict[str, str | None]) -> None:
    stage(root, files)
    let(root)
    git(root, "commit", "-qm", "accepted")


def test_both_hooks_of_one_commit_let_the_accepted_tree_through_and_run_nothing(tmp_path: Path) -> None:
    root = clone(tmp_path)
    stage(root, {"f.py": F})
    assert told(hook(root)) == ("failed", ["f.py"], [])
    doubt = let(root)

    def never(*_: object) -> Report:
        raise AssertionError("ran again")

    for _ in ("pre-commit", "prepare-commit-msg"):
        verdict = hook(root, tool=words(look=never))
        assert told(verdict) == ("accepted", [], ["f.py"])
        assert [one.who for one in verdict.acceptances] == ["Ada"]
        assert verdict.fingerprints == {f: doubt.verdict.fingerprints[f] for f in doubt.verdict.new}


def test_only_this_tree_is_let_through(tmp_path: Path) -> None:
    root = clone(tmp_path)
    stage(root, {"f.py": F})
    let(root)
    stage(root, {"g.py": G})
    assert told(hook(root)) == ("failed", ["f.py", "g.py"], [])


def test_what_was_accepted_stays_accepted_in_later_commits_and_is_never_base(tmp_path: Path) -> None:
    root = clone(tmp_path)
    accepted(root, {"f.py": F})
    for number in range(3):
        verdict = gated(root, {"a.py": f"x = {number + 5}\n", "f.py": f"# moved down by {number}\n" + F})
        assert told(verdict) == ("accepted", [], ["f.py"])
        assert verdict.bases[0].commit == git(root, "rev-parse", "origin/main")
    assert told(gated(root, {"g.py": G})) == ("failed", ["g.py"], ["f.py"])
    assert told(gated(root, {"g.py": None, "copy.py": F.replace("f()", "copied()")}))[0] == "failed"


def test_a_push_fails_and_says_who_accepted(tmp_path: Path) -> None:
    root = clone(tmp_path)
    accepted(root, {"f.py": F})
    gated(root, {"a.py": "x = 5\n"})
    verdict = judging.judge_push(open_words(root), git(root, "rev-parse", "HEAD"))
    assert told(verdict) == ("failed", ["f.py"], [])
    assert "was accepted here by Ada (a hotfix)" in verdict.notes[-1]


def test_mended_it_passes_again_and_is_base_again(tmp_path: Path) -> None:
    root = clone(tmp_path)
    accepted(root, {"f.py": F})
    assert gated(root, {"f.py": F.replace("BAD", "1")}).recorded
    assert judging.judge_push(open_words(root), git(root, "rev-parse", "HEAD")).status == "passed"


def test_an_accepted_commit_reverted_and_brought_back_is_new(tmp_path: Path) -> None:
    root = clone(tmp_path)
    accepted(root, {"f.py": F})
    git(root, "revert", "--no-commit", "HEAD")
    assert hook(root).status == "passed"
    git(root, "commit", "-qm", "reverted")
    git(root, "revert", "--no-commit", "HEAD")
    assert told(hook(root)) == ("failed", ["f.py"], [])


@pytest.mark.parametrize("more", [{}, {"a.py": "x = 7\n"}], ids=["the message alone", "with more changes"])
def test_an_accepted_commit_that_is_amended(tmp_path: Path, more: dict[str, str | None]) -> None:
    root = clone(tmp_path)
    accepted(root, {"f.py": F})
    stage(root, more)
    assert told(hook(root)) == ("accepted", [], ["f.py"])
    git(root, "commit", "-q", "--amend", "-m", "amended")
    assert told(gated(root, {"a.py": "x = 9\n"})) == ("accepted", [], ["f.py"])


def test_an_undecided_check_is_accepted_for_this_tree_and_its_amended_message_alone(tmp_path: Path) -> None:
    root = clone(tmp_path)
    stage(root, {"f.py": F})
    broken = words(look=lambda *_: Report((), 0, "it broke"))
    gate = open_words(root, tool=broken)
    doubt = judge_for_a_person(gate)
    assert doubt.verdict.status == "undecided"
    by = Acceptance(doubt.made.head.id, "Ada", 1, "no time", 0)
    keeping.let_through(gate, doubt.made, doubt.verdict, (by,), inherited=False)
    verdict = hook(root, tool=broken)
    assert (verdict.status, verdict.undecided) == ("accepted", (("words", "it broke"),))
    git(root, "commit", "-qm", "accepted")
    assert hook(root, tool=broken).status == "accepted"
    stage(root, {"f.py": F + "\n"})
    assert hook(root, tool=broken).status == "undecided"


def test_a_permission_outlives_new_settings(tmp_path: Path) -> None:
    root = clone(tmp_path)
    stage(root, {"f.py": F})
    let(root)
    assert told(hook(root, options={"files": ["*.py"]})) == ("accepted", [], ["f.py"])


def test_merging_a_branch_with_an_accepted_commit_shows_it_and_does_not_launder_it(tmp_path: Path) -> None:
    root = clone(tmp_path)
    accepted(root, {"f.py": F})
    git(root, "switch", "-q", "main")
    assert gated(root, {"a.py": "x = 2\n"}).recorded
    git(root, "merge", "--no-commit", "-q", "topic")
    verdict = hook(root)
    assert told(verdict) == ("accepted", [], ["f.py"])
    git(root, "commit", "-qm", "merged")
    assert told(gated(root, {"a.py": "x = 3\n"})) == ("accepted", [], ["f.py"])
    assert judging.judge_push(open_words(root), git(root, "rev-parse", "HEAD")).status == "failed"


def test_a_cherry_pick_of_an_accepted_commit_is_asked_about_again(tmp_path: Path) -> None:
    root = clone(tmp_path)
    accepted(root, {"f.py": F})
    git(root, "switch", "-q", "main")
    assert gated(root, {"a.py": "x = 2\n"}).recorded
    git(root, "cherry-pick", "--no-commit", "topic")
    assert told(hook(root)) == ("failed", ["f.py"], [])


def test_without_a_remote_an_accept_on_main_is_final(tmp_path: Path) -> None:
    root = alone(tmp_path)
    accepted(root, {"f.py": F})
    verdict = gated(root, {"g.py": "y = 1\n", "f.py": "# more\n" + F})
    assert (told(verdict), verdict.known, verdict.recorded) == (("passed", [], []), 1, True)
    assert gated(root, {"f.py": F.replace("BAD", "1")}).recorded
    assert told(gated(root, {"f.py": F})) == ("failed", ["f.py"], [])


def test_what_was_final_does_not_stop_the_first_push(tmp_path: Path) -> None:
    root = alone(tmp_path)
    accepted(root, {"f.py": F})
    gate = open_words(root)._replace(tier="push")
    assert judging.judge_push(gate, git(root, "rev-parse", "HEAD")).status == "accepted"
    gated(root, {"a.py": "x = 3\n"})
    assert told(judging.judge_push(gate, git(root, "rev-parse", "HEAD"))) == ("accepted", [], ["f.py"])
    commit(root, {"g.py": G})
    assert told(judging.judge_push(gate, git(root, "rev-parse", "HEAD"))) == ("failed", ["g.py"], ["f.py"])


def test_without_a_remote_an_accept_on_a_branch_is_not_final_when_it_is_merged(tmp_path: Path) -> None:
    root = alone(tmp_path)
    git(root, "switch", "-qc", "topic")
    accepted(root, {"f.py": F})
    git(root, "switch", "-q", "main")
    git(root, "merge", "--no-ff", "--no-commit", "-q", "topic")
    assert told(hook(root)) == ("accepted", [], ["f.py"])
    assert let(root).is_main
    git(root, "commit", "-qm", "merged")
    assert gated(root, {"a.py": "x = 2\n"}).status == "passed"


def test_a_detached_head_is_no_main_branch(tmp_path: Path) -> None:
    root = alone(tmp_path)
    git(root, "switch", "-q", "--detach")
    stage(root, {"f.py": F})
    doubt = let(root)
    assert (doubt.branch, doubt.is_main) == ("", False)
    assert hook(root).status == "accepted"
    git(root, "commit", "-qm", "accepted")
    assert told(gated(root, {"a.py": "x = 2\n"})) == ("accepted", [], ["f.py"])


def test_linked_work_trees_share_what_was_accepted(tmp_path: Path) -> None:
    root = clone(tmp_path)
    accepted(root, {"f.py": F})
    git(root, "worktree", "add", "-q", "-b", "other", os.fspath(tmp_path / "w"))
    assert told(gated(tmp_path / "w", {"a.py": "x = 2\n"})) == ("accepted", [], ["f.py"])


def test_an_index_or_head_that_moved_is_noticed(tmp_path: Path) -> None:
    root = clone(tmp_path)
    stage(root, {"f.py": F})
    gate = open_words(root)
    made = judge_for_a_person(gate).made
    assert still_stands(gate, made)
    stage(root, {"g.py": G})
    assert not still_stands(gate, made)
    stage(root, {"g.py": None})
    assert still_stands(gate, made)
    git(root, "commit", "-qm", "gone", "--no-verify")
    assert not still_stands(gate, made)


def test_a_commit_that_went_past_the_gate_can_be_accepted_afterwards(tmp_path: Path) -> None:
    root = clone(tmp_path)
    commit(root, {"f.py": F})
    assert told(hook(root)) == ("failed", ["f.py"], [])
    let(root)
    assert told(gated(root, {"a.py": "x = 2\n"})) == ("accepted", [], ["f.py"])


def test_a_range_knows_nothing_of_what_was_accepted(tmp_path: Path) -> None:
    root = clone(tmp_path)
    accepted(root, {"f.py": F})
    assert judging.judge_range(open_words(root), "origin/main", "HEAD").status == "failed"
    assert judging.judge_commit(open_words(root), "HEAD").status == "accepted"
    assert judging.judge_worktree(open_words(root)).status == "accepted"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"key": {}}', '{"schema": 1, "key": 7, "by": 3}'])
def test_what_cannot_be_read_lets_nothing_through(tmp_path: Path, text: str) -> None:
    root = clone(tmp_path)
    stage(root, {"f.py": F})
    let(root)
    shared = open_words(root).state.shared
    (path,) = shared.glob("accepted/*/*.json")
    path.write_text(text)
    assert list(accept.everything(shared)) == []
    assert told(hook(root)) == ("failed", ["f.py"], [])


def test_a_permission_under_the_name_of_another_tree_is_none(tmp_path: Path) -> None:
    root = clone(tmp_path)
    stage(root, {"f.py": F})
    let(root)
    shared = open_words(root).state.shared
    stage(root, {"g.py": G})
    (shared / "accepted" / git(root, "write-tree")).symlink_to(next(shared.glob("accepted/*")))
    assert hook(root).status == "failed"


@pytest.mark.parametrize(
    ("branches", "named", "found"),
    [
        (["work"], "", "main"),
        (["trunk"], "", "main"),
        ([], "", "main"),
        (["develop"], "develop", "develop"),
        (["a/b"], "a/b", "a/b"),
    ],
)
def test_the_main_branch(tmp_path: Path, branches: list[str], named: str, found: str) -> None:
    root = make_repo(tmp_path / "r", {"a.py": ""})
    for name in branches:
        git(root, "branch", name)
    assert main_branch(open_words(root).repo, named) == found


def test_the_main_branch_of_a_clone_is_the_one_of_its_remote(tmp_path: Path) -> None:
    upstream = make_repo(tmp_path / "up", {"a.py": ""})
    git(upstream, "branch", "-m", "main", "team/next")
    git(tmp_path, "clone", "-q", os.fspath(upstream), "r")
    git(tmp_path / "r", "branch", "main")
    assert main_branch(open_words(tmp_path / "r").repo, "") == "team/next"
    assert main_branch(open_words(tmp_path / "r").repo, "origin/team/next") == "team/next"


def test_where_nothing_tells_there_is_no_main_branch(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"a.py": ""})
    git(root, "branch", "-m", "one")
    assert main_branch(open_words(root).repo, "") == "one"
    git(root, "branch", "two")
    assert main_branch(open_words(root).repo, "") == ""
