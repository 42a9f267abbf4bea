from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from qualitygate.errors import GitError
from qualitygate.gate import examine, judging, observe, records
from qualitygate.model import Entries, Report, Verdict
from tests.support import commit, git, make_repo, open_words, words, write

CONFIG = {"qualitygate.toml": "schema = 1\n"}


def adopted(root: Path, files: dict[str, str]) -> Path:
    """A repository whose gate was set up at HEAD."""
    make_repo(root, {**CONFIG, **files})
    gate = open_words(root)
    records.adopt(gate.state.shared, git(root, "rev-parse", "HEAD"), git(root, "rev-parse", "HEAD^{tree}"))
    return root


def gated_commit(root: Path, files: dict[str, str | None]) -> Verdict:
    """What our hook does: judge the index, record, and let git commit only what passed."""
    write(root, files)
    git(root, "add", "-A")
    verdict = judging.judge_index(open_words(root), record=True)
    if verdict.status == "passed":
        git(root, "commit", "-qm", "gated", "--allow-empty")
    return verdict


def test_old_debt_is_tolerated_and_new_debt_is_not(tmp_path: Path) -> None:
    root = adopted(tmp_path / "r", {"a.py": "x = 1\nBAD = 1\n"})
    assert gated_commit(root, {"a.py": "y = 0\nx = 1\nBAD = 1\n"}).status == "passed"
    verdict = gated_commit(root, {"a.py": "y = 0\nx = 1\nBAD = 1\nz = BAD\n"})
    assert (verdict.status, [(f.path, f.line) for f in verdict.new]) == ("failed", [("a.py", 4)])


def test_a_violation_committed_without_hooks_is_not_laundered_by_the_next_commit(tmp_path: Path) -> None:
    root = adopted(tmp_path / "r", {"a.py": "x = 1\n"})
    commit(root, {"a.py": "x = 1\ny = BAD\n"})
    verdict = gated_commit(root, {"b.py": "z = 1\n"})
    assert [(f.path, f.line) for f in verdict.new] == [("a.py", 2)]


def test_a_tree_that_passed_against_its_own_debt_does_not_pass_when_a_revert_brings_it_back(tmp_path: Path) -> None:
    root = adopted(tmp_path / "r", {"a.py": "x = BAD\n"})
    assert gated_commit(root, {"b.py": "y = 1\n"}).recorded
    assert gated_commit(root, {"a.py": "x = 1\n"}).fixed == 1
    verdict = gated_commit(root, {"a.py": "x = BAD\n"})
    assert (verdict.status, len(verdict.new)) == ("failed", 1)


def test_the_same_tree_against_the_same_base_is_looked_up(tmp_path: Path) -> None:
    root = adopted(tmp_path / "r", {"a.py": "x = BAD\n"})
    write(root, {"b.py": "y = 1\n"})
    git(root, "add", "-A")
    judging.judge_index(open_words(root), record=True)

    def look(*_: object) -> Report:
        raise AssertionError("ran again")

    again = judging.judge_index(open_words(root, tool=words(look=look)), record=True)
    assert (again.status, again.checks) == ("passed", ())


def test_an_amend_is_judged_like_a_commit_on_what_it_replaces(tmp_path: Path) -> None:
    root = adopted(tmp_path / "r", {"a.py": "x = BAD\n"})
    assert gated_commit(root, {"b.py": "y = 1\n"}).status == "passed"
    write(root, {"b.py": "y = BAD\n"})
    git(root, "add", "-A")
    assert judging.judge_index(open_words(root), record=True).status == "failed"
    write(root, {"b.py": "y = 2\n"})
    git(root, "add", "-A")
    assert judging.judge_index(open_words(root), record=True).status == "passed"


def test_debt_of_the_trusted_ref_is_known_on_a_branch_that_reverts_its_own_fix(tmp_path: Path) -> None:
    upstream = make_repo(tmp_path / "up", {**CONFIG, "a.py": "x = BAD\n"})
    git(tmp_path, "clone", "-q", os.fspath(upstream), "r")
    root = tmp_path / "r"
    git(root, "switch", "-qc", "topic")
    assert gated_commit(root, {"a.py": "x = 1\n"}).fixed == 1
    verdict = gated_commit(root, {"a.py": "x = BAD\n"})
    assert (verdict.status, verdict.known) == ("passed", 1)


def test_a_duplicate_is_not_paid_for_by_the_same_debt_on_two_bases(tmp_path: Path) -> None:
    upstream = make_repo(tmp_path / "up", {**CONFIG, "a.py": "def f():\n    return BAD\n"})
    git(tmp_path, "clone", "-q", os.fspath(upstream), "r")
    root = tmp_path / "r"
    assert gated_commit(root, {"b.py": "y = 1\n"}).status == "passed"
    text = "def f():\n    return BAD\n"
    verdict = gated_commit(root, {"a.py": text + "\n\n" + text.replace("f()", "g()")})
    assert len(verdict.new) == 1


def test_without_anything_trusted_the_base_is_head_and_nothing_is_recorded(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"a.py": "x = BAD\n"})
    write(root, {"b.py": "y = BAD\n"})
    git(root, "add", "-A")
    verdict = judging.judge_index(open_words(root), record=True)
    assert [f.path for f in verdict.new] == ["b.py"]
    assert verdict.bases[0].assumed and not verdict.recorded
    assert not (root / ".git/qualitygate/records").exists()


def test_everything_is_new_in_a_first_commit(tmp_path: Path) -> None:
    root = tmp_path / "r"
    root.mkdir()
    git(root, "init", "-q")
    write(root, {"a.py": "x = BAD\n"})
    git(root, "add", "-A")
    assert len(judging.judge_index(open_words(root), record=True).new) == 1


def test_the_work_tree_is_judged_with_untracked_files_and_none_of_them_enters_the_repository(tmp_path: Path) -> None:
    root = adopted(tmp_path / "r", {"a.py": "x = 1\n", ".gitignore": "*.log\n"})
    write(root, {"new.py": "y = BAD\n", "no.log": "BAD\n", "a.py": "x = BAD\n"})
    before = sorted(p.name for p in (root / ".git/objects").rglob("*") if p.is_file())
    index = (root / ".git/index").read_bytes()
    verdict = judging.judge_worktree(open_words(root))
    assert sorted(f.path for f in verdict.new) == ["a.py", "new.py"]
    assert sorted(p.name for p in (root / ".git/objects").rglob("*") if p.is_file()) == before
    assert (root / ".git/index").read_bytes() == index


def test_a_same_size_edit_right_after_staging_is_seen(tmp_path: Path) -> None:
    root = adopted(tmp_path / "r", {"a.py": "x = 100\n"})
    for _ in range(5):
        write(root, {"a.py": "x = 200\n"})
        git(root, "add", "-A")
        write(root, {"a.py": "x = BAD\n"})
        assert len(judging.judge_worktree(open_words(root)).new) == 1


def test_an_index_that_moves_during_the_run_is_stale(tmp_path: Path) -> None:
    root = adopted(tmp_path / "r", {"a.py": "x = 1\n"})
    write(root, {"a.py": "x = 2\n"})
    git(root, "add", "-A")

    def look(*_: object) -> Report:
        write(root, {"late.py": "BAD\n"})
        git(root, "add", "-A")
        return Report((), 1)

    verdict = judging.judge_index(open_words(root, tool=words(look=look)), record=True)
    assert verdict.status == "undecided"
    assert "changed while" in verdict.undecided[0][1]


def test_unmerged_paths_are_refused(tmp_path: Path) -> None:
    root = adopted(tmp_path / "r", {"a.py": "x = 1\n"})
    git(root, "switch", "-qc", "other")
    commit(root, {"a.py": "x = 2\n"})
    git(root, "switch", "-q", "main")
    commit(root, {"a.py": "x = 3\n"})
    git(root, "merge", "other", check=False)
    with pytest.raises(GitError, match="unmerged"):
        judging.judge_index(open_words(root), record=True)


def test_a_merge_knows_the_debt_of_both_parents_and_nothing_else(tmp_path: Path) -> None:
    root = adopted(tmp_path / "r", {"a.py": "x = 1\n"})
    git(root, "switch", "-qc", "other")
    assert gated_commit(root, {"b.py": "y = 1\n"}).status == "passed"
    git(root, "switch", "-q", "main")
    assert gated_commit(root, {"c.py": "z = 1\n"}).status == "passed"
    git(root, "merge", "--no-commit", "-q", "other")
    write(root, {"d.py": "evil = BAD\n"})
    git(root, "add", "-A")
    verdict = judging.judge_index(open_words(root), record=True)
    assert ([f.path for f in verdict.new], len(verdict.bases)) == (["d.py"], 2)


def test_a_partial_commit_is_judged_by_the_index_that_git_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = adopted(tmp_path / "r", {"a.py": "x = 1\n", "b.py": "y = 1\n"})
    write(root, {"a.py": "x = 2\n", "b.py": "y = BAD\n"})
    git(root, "add", "-A")
    partial = root / ".git/next-index-1.lock"
    env = {"GIT_INDEX_FILE": os.fspath(partial)}
    git(root, "read-tree", "HEAD", env=env)
    git(root, "update-index", "--add", "a.py", env=env)
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/next-index-1.lock")
    monkeypatch.chdir(root)
    assert judging.judge_index(open_words(root), record=True).status == "passed"


def test_a_check_that_reports_an_incomplete_run_is_undecided(tmp_path: Path) -> None:
    root = adopted(tmp_path / "r", {"a.py": "x = 1\n"})
    write(root, {"a.py": "x = 2\n"})
    git(root, "add", "-A")
    broken = words(look=lambda *_: Report((), 0, "it broke"))
    verdict = judging.judge_index(open_words(root, tool=broken), record=True)
    assert (verdict.status, verdict.undecided) == ("undecided", (("words", "it broke"),))
    assert not verdict.recorded


def test_a_base_that_cannot_be_judged_makes_nothing_new_and_nothing_passed(tmp_path: Path) -> None:
    root = adopted(tmp_path / "r", {"a.py": "x = 1\n"})
    write(root, {"a.py": "x = BAD\n"})
    git(root, "add", "-A")
    sound = words()

    def look(place: str, files: tuple[str, ...], options: object) -> Report:
        broken = Path(place).name.startswith("base")
        return Report((), 0, "it broke") if broken else sound.look(place, files, options)

    verdict = judging.judge_index(open_words(root, tool=words(look=look)), record=True)
    assert (verdict.status, verdict.new) == ("undecided", ())
    assert "base (adopted): it broke" in verdict.undecided[0][1]


@pytest.mark.parametrize(
    ("tool", "options"),
    [(words(wants=lambda path: False), {}), (words(), {"tier": "push"})],
    ids=["no file for any check", "every check runs later"],
)
def test_nothing_ran_is_never_passed(tmp_path: Path, tool: SimpleNamespace, options: dict[str, str]) -> None:
    root = adopted(tmp_path / "r", {"a.py": "x = 1\n"})
    git(root, "commit", "-q", "--allow-empty", "-m", "more")
    verdict = judging.judge_index(open_words(root, tool=tool, **options), record=True)
    assert (verdict.status, verdict.undecided) == ("undecided", (("gate", "no check ran"),))


def test_a_clean_policy_refuses_what_base_has_too(tmp_path: Path) -> None:
    root = adopted(tmp_path / "r", {"a.py": "x = BAD\n"})
    verdict = judging.judge_index(open_words(root, policy="clean"), record=True)
    assert len(verdict.new) == 1


def test_a_shown_policy_reports_and_never_blocks(tmp_path: Path) -> None:
    root = adopted(tmp_path / "r", {"a.py": "x = 1\n"})
    write(root, {"a.py": "x = BAD\n"})
    git(root, "add", "-A")
    verdict = judging.judge_index(open_words(root, policy="shown"), record=True)
    assert (verdict.status, len(verdict.shown), verdict.checks[0].state) == ("passed", 1, "shown")


def test_a_push_is_judged_against_the_trusted_merge_base(tmp_path: Path) -> None:
    upstream = make_repo(tmp_path / "up", {**CONFIG, "a.py": "x = BAD\n"})
    git(tmp_path, "clone", "-q", os.fspath(upstream), "r")
    root = tmp_path / "r"
    good = commit(root, {"b.py": "y = 1\n"})
    assert judging.judge_push(open_words(root), good).status == "passed"
    bad = commit(root, {"b.py": "y = BAD\n"})
    commit(root, {"c.py": "z = 1\n"})
    verdict = judging.judge_push(open_words(root), git(root, "rev-parse", "HEAD"))
    assert [f.path for f in verdict.new] == ["b.py"]
    assert judging.judge_push(open_words(root), bad).status == "failed"


def test_where_commits_meet_is_remembered_and_a_torn_memory_is_none(tmp_path: Path) -> None:
    upstream = make_repo(tmp_path / "up", {**CONFIG, "a.py": "BAD = 1\n"})
    root = tmp_path / "r"
    git(tmp_path, "clone", "-q", str(upstream), str(root))
    verdicts = [judging.judge_worktree(open_words(root)) for _ in range(2)]
    kept = open_words(root).state.shared / "merge-bases.json"
    assert [verdict.bases for verdict in verdicts] == [verdicts[0].bases] * 2
    for torn in ("", "[]", '{"x": 5}', kept.read_text().replace("[[", "[5, [")):
        kept.write_text(torn)
        assert judging.judge_worktree(open_words(root)).bases == verdicts[0].bases
    commit(upstream, {"a.py": "BAD = 1\n\n"})
    git(root, "pull", "-q")
    assert judging.judge_worktree(open_words(root)).bases != verdicts[0].bases


def test_a_shallow_clone_that_cannot_reach_its_base_says_how_to_fetch(tmp_path: Path) -> None:
    upstream = make_repo(tmp_path / "up", {**CONFIG, "a.py": "x = 1\n"})
    git(upstream, "switch", "-qc", "topic")
    for n in range(3):
        commit(upstream, {"b.py": f"y = {n}\n"})
    git(upstream, "switch", "-q", "main")
    commit(upstream, {"c.py": "z = 1\n"})
    git(tmp_path, "clone", "-q", "--depth=1", "--no-single-branch", f"file://{upstream}", "r")
    root = tmp_path / "r"
    git(root, "switch", "-q", "topic")
    with pytest.raises(GitError, match="cut off") as caught:
        judging.judge_index(open_words(root), record=True)
    assert caught.value.hint == "git fetch --unshallow"


def test_a_trusted_ref_that_is_not_here_is_named_with_the_command_that_fetches_it(tmp_path: Path) -> None:
    from qualitygate.gate.base import trusted_ref

    root = adopted(tmp_path / "r", {"a.py": "x = 1\n"})
    with pytest.raises(GitError, match="'origin/trunk'") as caught:
        trusted_ref(open_words(root).repo, "origin/trunk")
    assert caught.value.hint == "git fetch origin trunk"


def test_the_current_branch_is_never_its_own_trusted_ref(tmp_path: Path) -> None:
    from qualitygate.gate.base import trusted_ref

    root = adopted(tmp_path / "r", {"a.py": "x = 1\n"})
    assert trusted_ref(open_words(root).repo, "main") is None


def test_what_another_gate_finds_out_between_two_looks_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Eight work trees share one cache: it was not known, and then it is."""
    root = adopted(tmp_path / "r", {"a.py": "x = 1\n"})
    looks = 0
    real = observe.recall

    def late(job: observe.Run, entries: Entries, files: tuple[str, ...]) -> observe.Observed | None:
        nonlocal looks
        looks += 1
        return None if files else real(job, entries, files)

    write(root, {"b.py": "y = BAD\n"})
    git(root, "add", "-A")
    assert judging.judge_index(open_words(root), record=False).status == "failed"
    for module in (observe, examine):
        monkeypatch.setattr(module, "recall", late)
    verdict = judging.judge_index(open_words(root), record=False)
    assert looks and [f.path for f in verdict.new] == ["b.py"]
    assert [row.cached for row in verdict.checks] == [True]
