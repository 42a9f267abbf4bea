from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from qualitygate import git as git_
from qualitygate import git_diffs, git_trees
from qualitygate.errors import GitError
from qualitygate.model import Entry
from tests.support import commit, git, make_repo, write


def entry(root: Path, path: str) -> Entry:
    mode, blob, _ = git(root, "ls-files", "-s", path).split("\t")[0].split()
    return Entry(mode, blob)


def test_an_entry_of_the_index_is_replaced_and_the_others_stay(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"a b.py": "1\n", "b.py": "1\n", "run.sh": "1\n"})
    (root / "run.sh").chmod(0o755)
    git(root, "add", "-A")
    write(root, {"b.py": "staged\n"})
    git(root, "add", "-A")
    wanted = {path: (entry(root, path), b"2\n") for path in ("a b.py", "run.sh")}
    assert git_trees.replace_staged(git_.find_repo(root), wanted, tmp_path / "i") == {"a b.py", "run.sh"}
    assert [git(root, "show", f":{path}") for path in ("a b.py", "b.py", "run.sh")] == ["2", "staged", "2"]
    assert entry(root, "run.sh").mode == "100755"
    assert sorted(path.name for path in (root / ".git").glob("index*")) == ["index"]


def test_an_entry_that_is_another_by_now_is_left_alone(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"a.py": "1\n"})
    before = entry(root, "a.py")
    write(root, {"a.py": "mine\n"})
    git(root, "add", "a.py")
    repo = git_.find_repo(root)
    assert git_trees.replace_staged(repo, {"a.py": (before, b"2\n")}, tmp_path / "i") == set()
    git(root, "rm", "-q", "--cached", "a.py")
    assert git_trees.replace_staged(repo, {"a.py": (before, b"2\n")}, tmp_path / "i") == set()
    assert git(root, "ls-files") == ""


def test_an_index_written_by_another_git_in_between_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make_repo(tmp_path / "r", {"a.py": "1\n"})
    turns: list[int] = []

    def ask(repo: git_.Repo, *args: str, stdin: bytes | None = None) -> bytes:
        if args[0] == "update-index" and not turns:
            turns.append(1)
            write(root, {"new.py": "x\n"})
            git(root, "add", "new.py")
        return git_.ask(repo, *args, stdin=stdin)

    monkeypatch.setattr("qualitygate.git_trees.ask", ask)
    wanted = {"a.py": (entry(root, "a.py"), b"2\n")}
    assert git_trees.replace_staged(git_.find_repo(root), wanted, tmp_path / "i") == {"a.py"}
    assert (git(root, "ls-files"), git(root, "show", ":a.py")) == ("a.py\nnew.py", "2")


def test_a_lock_of_another_git_is_respected(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"a.py": "1\n"})
    (root / ".git/index.lock").touch()
    with pytest.raises(GitError, match="another git is at work"):
        git_trees.replace_staged(git_.find_repo(root), {"a.py": (entry(root, "a.py"), b"2\n")}, tmp_path / "i")
    assert sorted(path.name for path in (root / ".git").glob("index*")) == ["index", "index.lock"]


@pytest.mark.parametrize("setting", ("noprefix", "mnemonicPrefix"))
def test_a_patch_can_be_applied_whatever_the_users_diff_looks_like(tmp_path: Path, setting: str) -> None:
    root = make_repo(tmp_path / "r", {"a.py": "1\n", "b.py": "1\n", "odd \xfc.py": b"\xff\r\n"})
    old = git(root, "rev-parse", "HEAD^{tree}")
    commit(root, {"a.py": "2\n", "b.py": "2\n", "odd \xfc.py": b"\xfe\r\n"})
    new = git(root, "rev-parse", "HEAD^{tree}")
    git(root, "config", f"diff.{setting}", "true")
    (tmp_path / "p").write_bytes(git_diffs.patch(git_.find_repo(root), old, new, ["a.py", "odd \xfc.py"]))
    git(root, "reset", "-q", "--hard", "HEAD~")
    git(root, "apply", "--cached", os.fspath(tmp_path / "p"))
    assert git(root, "diff", "--cached", "--name-only", "-z").split("\0")[:-1] == ["a.py", "odd \xfc.py"]


def test_an_index_that_is_written_anew_with_the_same_content_has_not_moved(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"a.py": "1\n"})
    repo, scratch = git_.find_repo(root), tmp_path / "i"
    tree, made_from = git_trees.write_index(repo, scratch)
    assert not git_trees.index_moved(repo, scratch, tree, made_from)
    os.utime(root / "a.py", (1, 1))
    git(root, "update-index", "--refresh")
    assert repo.index_file.read_bytes() != b"" and not git_trees.index_moved(repo, scratch, tree, made_from)
    write(root, {"a.py": "2\n"})
    git(root, "add", "a.py")
    assert git_trees.index_moved(repo, scratch, tree, made_from)


def test_an_index_that_is_gone_has_moved(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"a.py": "1\n"})
    repo, scratch = git_.find_repo(root), tmp_path / "i"
    tree, made_from = git_trees.write_index(repo, scratch)
    repo.index_file.unlink()
    assert git_trees.index_moved(repo, scratch, tree, made_from)


def test_a_lock_that_a_killed_run_of_ours_left_is_taken_away_and_nobody_elses(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"a.py": "x = 1\n"})
    repo = git_.find_repo(root)
    lock, gone = root / ".git/index.lock", subprocess.Popen(["true"])
    gone.wait()
    for left in (f"index.qualitygate-{gone.pid}", f"index.qualitygate-{os.getpid()}"):
        ours = root / ".git" / left
        ours.write_bytes(b"an index")
        os.link(ours, lock)
        git_trees.sweep_locks(repo)
        assert lock.exists() == ours.exists() == left.endswith(f"-{os.getpid()}")
        ours.unlink(missing_ok=True)
        lock.unlink(missing_ok=True)
    (root / f".git/index.qualitygate-{gone.pid}").write_bytes(b"an index")
    lock.write_bytes(b"somebody's")
    git_trees.sweep_locks(repo)
    assert lock.read_bytes() == b"somebody's" and not (root / f".git/index.qualitygate-{gone.pid}").exists()
