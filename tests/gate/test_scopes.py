"""A check of one folder in a repository of several projects."""

from __future__ import annotations

from pathlib import Path

import pytest

from qualitygate.gate import judging
from qualitygate.gate.planning import Gate, open_gate
from qualitygate.gate.snapshot import Layout
from tests.support import commit, git, make_repo, open_words, policy, words, write


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


def test_two_checks_of_one_tool_that_writes_share_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They run side by side: one cleaned the folder that the other had begun to work in."""
    apart: list[str] = []
    real = Layout.apart

    def noted(layout: Layout, name: str) -> Layout:
        apart.append(name)
        return real(layout, name)

    monkeypatch.setattr(Layout, "apart", noted)
    root = make_repo(tmp_path / "r", {"web/a.txt": "x\n", "app/a.txt": "x\n"})
    write(root, {"web/a.txt": "BAD\n", "app/a.txt": "x\nBAD\n"})
    compiled = policy()(None)
    both = [{**compiled["checks"][0], "name": name, "options": {"root": name}} for name in ("web", "app")]
    gate = open_gate(root, {"words": words(writes_tree=True)}, lambda data: {**compiled, "checks": both})
    verdict = judging.judge_worktree(gate)
    assert sorted((finding.path, finding.line) for finding in verdict.new) == [("app/a.txt", 2), ("web/a.txt", 1)]
    assert set(apart) == {"web", "app"}


def overlapping(root: Path) -> Gate:
    compiled = policy()(None)
    both = [
        {**compiled["checks"][0], "name": name, "options": {"root": folder}}
        for name, folder in (("all", ""), ("web", "web"))
    ]
    return open_gate(root, {"words": words()}, lambda data: {**compiled, "checks": both})


def test_what_two_checks_whose_folders_overlap_say_alike_is_one_finding(tmp_path: Path) -> None:
    """The settings at the root of a TypeScript workspace hold for its members, which have settings of their own."""
    root = make_repo(tmp_path / "r", {"web/a.txt": "x\n", "b.txt": "x\n"})
    write(root, {"web/a.txt": "x\nBAD\nBAD\n", "b.txt": "BAD\n"})
    verdict = judging.judge_worktree(overlapping(root))
    found = [(finding.check, finding.path, finding.line) for finding in verdict.new]
    assert sorted(found) == [("all", "b.txt", 1), ("web", "web/a.txt", 2), ("web", "web/a.txt", 3)]
    assert {row.check: row.state for row in verdict.checks} == {"all": "failed", "web": "failed"}


def test_a_check_whose_findings_another_one_tells_has_still_failed(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"web/a.txt": "x\n"})
    write(root, {"web/a.txt": "x\nBAD\n"})
    verdict = judging.judge_worktree(overlapping(root))
    assert (verdict.status, [finding.check for finding in verdict.new]) == ("failed", ["web"])
    assert {row.check: row.state for row in verdict.checks} == {"all": "failed", "web": "failed"}
