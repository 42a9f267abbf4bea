"""A check of one folder in a repository of several projects."""

from __future__ import annotations

from pathlib import Path

from qualitygate.gate import judging
from tests.support import commit, git, make_repo, open_words, write


def test_a_check_of_a_folder_sees_that_folder_alone(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"web/a.txt": "fine\n", "b.txt": "fine\n", "website/c.txt": "fine\n"})
    write(root, {"web/a.txt": "fine\nBAD\n", "b.txt": "BAD\n", "website/c.txt": "BAD\n"})
    verdict = judging.judge_worktree(open_words(root, options={"root": "web"}))
    assert [(finding.path, finding.line) for finding in verdict.new] == [("web/a.txt", 2)]
    assert verdict.checks[0].files == 1


def test_a_finding_that_moves_within_the_folder_is_known(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"web/a.txt": "one\nBAD two\nthree\n", "x.txt": "x\n"})
    git(root, "mv", "web/a.txt", "web/b.txt")
    write(root, {"web/b.txt": "zero\none\nBAD two\nthree\n"})
    git(root, "add", "-A")
    verdict = judging.judge_index(open_words(root, options={"root": "web"}), record=False)
    assert (verdict.status, verdict.known) == ("passed", 1)


def test_what_is_moved_into_the_folder_is_new_there(tmp_path: Path) -> None:
    """The check never looked at it where it was: nothing says that it was tolerated."""
    root = make_repo(tmp_path / "r", {"web/a.txt": "fine\n", "old/b.txt": "one\nBAD two\nthree\n"})
    git(root, "mv", "old/b.txt", "web/b.txt")
    verdict = judging.judge_index(open_words(root, options={"root": "web"}), record=False)
    assert [finding.path for finding in verdict.new] == ["web/b.txt"]


def test_globs_of_such_a_check_are_those_of_the_repository(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"web/a.txt": "x\n", "web/b.txt": "x\n"})
    commit(root, {"web/a.txt": "BAD\n", "web/b.txt": "BAD\n"})
    gate = open_words(root, options={"root": "web", "exclude": ["web/b.txt"]})
    assert [finding.path for finding in judging.judge_commit(gate, "HEAD").new] == ["web/a.txt"]


def test_a_folder_that_is_gone_is_skipped_and_said(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"web/a.txt": "x\n", "b.txt": "x\n"})
    git(root, "rm", "-qr", "web")
    verdict = judging.judge_index(open_words(root, options={"root": "web"}), record=False)
    assert [(row.state, row.reason) for row in verdict.checks] == [("skipped", "no file for it in this tree")]
    assert verdict.status == "undecided"
