from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from qualitygate import git as our_git
from qualitygate import git_trees
from qualitygate.errors import GitError
from qualitygate.gate.trees import watched_index
from qualitygate.git_ahead import repo_of_hook, with_answers
from tests.footprint import gate
from tests.support import commit, git, make_repo, write

PLACES = ("qualitygate.toml", ".qualitygate/extended/")
SETTINGS = "schema = 1\n[checks.markers]\n[checks.secrets]\n[checks.ruff]\n"
CONFLICT = "<<<<<<< ours\nx = 1\n=======\nx = 2\n>>>>>>> theirs\n"


@pytest.mark.parametrize(
    "files",
    [
        {"a": "x"},
        {"qualitygate.toml": "x"},
        {"qualitygate.toml/inner": "x"},
        {"qualitygate.toml": "x", ".qualitygate": "a file"},
        {"qualitygate.toml": "x", ".qualitygate/rules/a.yml": "x", ".qualitygate/z": "x"},
        {"qualitygate.toml": "x", ".qualitygate/extended/a/b.toml": "x"},
        {"qualitygate.tom": "x", "qualitygate.toml.old": "x", ".qualitygate/extended": "a file"},
    ],
)
def test_what_was_asked_ahead_is_what_git_says_when_it_is_asked(tmp_path: Path, files: dict[str, str]) -> None:
    root = make_repo(tmp_path / "r", files)
    (root / "link").symlink_to("qualitygate.toml")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "link")
    git(root, "update-ref", "refs/remotes/origin/main", "HEAD~1")
    repo = our_git.find_repo(root)
    tree = our_git.tree_of(repo, "HEAD")
    refs = ("refs/remotes/origin/HEAD", "refs/remotes/origin/main")
    names = ("HEAD^{commit}", "HEAD^{tree}", "HEAD:.qualitygate", *(f"{ref}^{{commit}}" for ref in refs), "no such")
    ahead = with_answers(repo, names)
    assert len(ahead.known) >= len(names)
    for place in (*PLACES, "link"):
        assert our_git.entries_at(ahead, tree, place) == our_git.entries_at(repo, tree, place)
        of_commit = our_git.head_commit(repo) or ""  # a commit is no tree, though git lists what is in it
        assert our_git.entries_at(ahead, of_commit, place) == our_git.entries_at(repo, of_commit, place)
    assert our_git.refs(ahead, *refs) == our_git.refs(repo, *refs) != {}
    assert our_git.head_commit(ahead) == our_git.head_commit(repo)
    assert our_git.rev_parse(ahead, "no such") is None


def test_before_the_first_commit_nothing_is_known_and_nothing_invented(tmp_path: Path) -> None:
    root = tmp_path / "r"
    root.mkdir()
    git(root, "init", "-q")
    ahead = with_answers(our_git.find_repo(root), ["HEAD^{commit}", "HEAD^{tree}"])
    assert our_git.head_commit(ahead) is None


def test_the_index_lists_what_was_written_of_it(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"a": "x", "empty": "", "run.sh": "x", "d/é\n": "x"})
    (root / "run.sh").chmod(0o755)
    (root / "link").symlink_to("a")
    git(root, "add", "-A")
    git(root, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},module")
    repo = our_git.find_repo(root)
    for prepare in (None, "intent", "skipped", "version 4"):
        if prepare == "intent":  # listed as an empty file, and in no tree
            write(root, {"meant.py": "x"})
            git(root, "add", "-N", "meant.py")
        elif prepare == "skipped":
            git(root, "update-index", "--skip-worktree", "a")
        elif prepare == "version 4":
            git(root, "update-index", "--index-version", "4")
        head, moved = watched_index(repo, tmp_path / "scratch")
        listed = head.entries
        our_git._LISTED.clear()
        assert listed == our_git.entries(repo, head.id)
        assert "meant.py" not in listed and "module" not in listed and "empty" in listed
        assert not moved()
        our_git._LISTED.clear()


def test_a_tree_is_listed_as_it_was_written_though_the_index_has_moved(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"a": "x"})
    head, moved = watched_index(our_git.find_repo(root), tmp_path / "scratch")
    write(root, {"b": "x"})
    git(root, "add", "-A")
    assert set(head.entries) == {"a"}
    assert moved()
    assert not list((tmp_path / "scratch").glob("index-*"))


def test_without_git_nothing_is_answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repo = our_git.find_repo(make_repo(tmp_path / "r", {"a": "x"}))
    monkeypatch.setenv("PATH", os.fspath(tmp_path))
    for ask in (our_git.rev_parse, our_git.symbolic_ref, our_git.is_tracked):
        with pytest.raises(GitError, match="git was not found"):
            ask(repo, "a")
    with pytest.raises(GitError, match="git was not found"):
        git_trees.write_tree(repo, tmp_path / "index")


def in_hook(root: Path, index: str, monkeypatch: pytest.MonkeyPatch) -> our_git.Repo | None:
    monkeypatch.chdir(root)
    monkeypatch.setenv("GIT_INDEX_FILE", index)
    return repo_of_hook()


@pytest.mark.parametrize("index", [".git/index", "{root}/.git/next-index-7.lock"])
def test_the_repository_of_a_hook_is_the_one_that_git_would_name(
    tmp_path: Path, index: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make_repo(tmp_path / "r", {"a": "x"})
    found = in_hook(root, index.format(root=root), monkeypatch)
    assert found == our_git.find_repo(root)


@pytest.mark.parametrize(
    "setting", ["core.worktree=..", "core.bare=true", "include.path=x", "extensions.worktreeConfig=true"]
)
def test_a_repository_that_is_not_plain_is_asked_for(
    tmp_path: Path, setting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make_repo(tmp_path / "r", {"a": "x"})
    git(root, "config", *setting.split("="))
    assert in_hook(root, ".git/index", monkeypatch) is None


@pytest.mark.parametrize("kind", ["linked", "module", "link", "below", "named", "no hook", "no repository"])
def test_a_place_that_is_not_plain_is_asked_for(tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    root = make_repo(tmp_path / "r", {"a": "x", "below/b": "x"})
    place = root
    if kind == "linked":
        git(root, "worktree", "add", "-q", os.fspath(tmp_path / "w"), "-b", "w")
        place = tmp_path / "w"
    elif kind == "module":
        git(root, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", os.fspath(root), "module")
        place = root / "module"
    elif kind == "link":
        place = tmp_path / "other"
        place.mkdir()
        (place / ".git").symlink_to(root / ".git")
    elif kind == "below":
        place = root / "below"
    elif kind == "named":
        monkeypatch.setenv("GIT_DIR", os.fspath(root / ".git"))
    elif kind == "no repository":
        shutil.rmtree(root / ".git/objects")
    monkeypatch.chdir(place)
    monkeypatch.delenv("GIT_INDEX_FILE", raising=False)
    if kind != "no hook":
        monkeypatch.setenv("GIT_INDEX_FILE", ".git/index")
    assert repo_of_hook() is None


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    """A git that writes down what it is asked, in a folder for PATH."""
    folder = tmp_path / "tracer"
    folder.mkdir()
    (folder / "git").write_text(f'#!/bin/sh\necho "$@" >> "{folder}/log"\nexec "{shutil.which("git")}" "$@"\n')
    (folder / "git").chmod(0o755)
    return folder


def hook(root: Path, calls: Path) -> tuple[int, list[str]]:
    """The exit code of our hook, and what it asked git; in an error what it said as well."""
    (calls / "log").write_text("")
    env = {**os.environ, "GIT_INDEX_FILE": ".git/index", "PATH": f"{calls}{os.pathsep}{os.environ['PATH']}"}
    program = Path(our_git.__file__).with_name("git_hook.py")
    argv = [sys.executable, "-I", "-S", os.fspath(program), "pre-commit"]
    done = subprocess.run(argv, cwd=root, env=env, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return done.returncode, [row.partition(" --no-pager ")[2] for row in (calls / "log").read_text().splitlines()]


@pytest.mark.parametrize("remote", [False, True])
def test_a_hook_asks_git_twice_for_what_passed_before_and_six_times_otherwise(
    tmp_path: Path, calls: Path, remote: bool
) -> None:
    root = make_repo(tmp_path / "r", {"qualitygate.toml": SETTINGS, "a.py": CONFLICT, "b/c.py": "x = 1\n"})
    assert gate(root, "install").code == 0
    if remote:
        git(root, "update-ref", "refs/remotes/origin/main", "HEAD")
    commit(root, {"a.py": f"# First.\n{CONFLICT}"})
    write(root, {"a.py": f"# Second.\n{CONFLICT}"})
    git(root, "add", "-A")
    assert hook(root, calls)[0] == 0  # where the histories meet is found out, and the policy compiled
    for number in range(2):
        write(root, {"a.py": f"# {number}.\n{CONFLICT}"})
        git(root, "add", "-A")
        code, asked = hook(root, calls)
        # A second base is listed, laid out and compared.
        assert code == 0 and len(asked) <= 6 + 3 * remote, "\n".join(asked)
        code, asked = hook(root, calls)
        assert code == 0 and len(asked) <= 2, "\n".join(asked)
    write(root, {"new.py": "<<<<<<< ours\nz = 3\n=======\n>>>>>>> theirs\n"})
    git(root, "add", "-A")
    code, asked = hook(root, calls)
    assert code == 1 and len(asked) <= (12 if remote else 7), "\n".join(asked)
