from __future__ import annotations

import os
from pathlib import Path

import pytest

from qualitygate import git as our_git
from qualitygate import git_diffs, git_trees
from qualitygate.errors import GitError
from tests.support import commit, git, make_repo, write


def test_a_path_outside_any_repository_is_named_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(GitError, match="not in a git repository") as caught:
        our_git.find_repo(tmp_path)
    assert "git init" in caught.value.hint


def test_a_bare_repository_is_refused(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "--bare", "b.git")
    with pytest.raises(GitError, match="bare"):
        our_git.find_repo(tmp_path / "b.git")


def test_a_linked_worktree_has_its_own_index_and_the_common_directory(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"a": "1"})
    git(root, "worktree", "add", "-q", "../w")
    repo = our_git.find_repo(tmp_path / "w")
    assert (repo.common_dir.resolve(), repo.git_dir.name) == ((root / ".git").resolve(), "w")
    assert repo.index_file == repo.git_dir / "index"


def test_names_of_any_bytes_are_read_exactly(tmp_path: Path) -> None:
    names = ["a b", "new\nline", "tab\t", '"q"', "-rf", ":(top)x", "é", os.fsdecode(b"\xff\xfe")]
    root = make_repo(tmp_path / "r", {name: name.encode("utf-8", "surrogateescape") for name in names})
    repo = our_git.find_repo(root)
    assert sorted(our_git.entries(repo, "HEAD")) == sorted(names)


def test_a_diff_follows_renames_and_counts_lines(tmp_path: Path) -> None:
    body = "".join(f"line {n}\n" for n in range(30))
    root = make_repo(tmp_path / "r", {"old name": body, "b": "x\n", "mode": "m\n", "gone": "g\n", "space": "a b\n"})
    git(root, "mv", "old name", "new\nname")
    (root / "mode").chmod(0o755)
    commit(root, {"new\nname": body.replace("line 3\n", "line three\nand more\n"), "gone": None, "space": "a  b\n"})
    repo = our_git.find_repo(root)
    found = {one.new: one for one in git_diffs.diff(repo, "HEAD~1^{tree}", "HEAD^{tree}")}
    assert found["new\nname"] == ("R", "old name", "new\nname", ((4, 1, 4, 2),))
    assert (found["mode"].hunks, found["space"].hunks) == ((), ((1, 1, 1, 1),))
    assert "gone" not in found
    blind = {one.new: one for one in git_diffs.diff(repo, "HEAD~1^{tree}", "HEAD^{tree}", ignore_space=True)}
    assert (blind["space"].hunks, blind["new\nname"].hunks) == ((), ((4, 1, 4, 2),))


def test_a_line_that_looks_like_a_header_is_content(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"a": "1\n2\n"})
    commit(root, {"a": "1\ndiff --git a/x b/x\nindex 1..2\n@@ -1 +1 @@\n2\n"})
    found = git_diffs.diff(our_git.find_repo(root), "HEAD~1^{tree}", "HEAD^{tree}")
    assert [one.hunks for one in found] == [((1, 0, 2, 3),)]


def test_a_tree_with_other_files_is_made_without_touching_the_repository(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"a": "1", "b": "2"})
    repo = our_git.find_repo(root)
    before = git(root, "count-objects", "-v")
    reader, tree = git_trees.with_files(repo, "HEAD", {"a": b"new", "b": None, "d/c": b"3"}, tmp_path / "s")
    assert sorted(our_git.entries(reader, tree)) == ["a", "d/c"]
    assert git(root, "count-objects", "-v") == before and git(root, "status", "--porcelain") == ""


def test_configuration_of_the_clone_executes_nothing(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"a.txt": "1\n", ".gitattributes": "*.txt diff=evil filter=evil\n"})
    marker = tmp_path / "marker"
    for key in ("core.fsmonitor", "diff.evil.textconv", "diff.evil.command", "diff.external", "core.pager"):
        git(root, "config", key, f"touch {marker}; false")
    commit(root, {"b.txt": "1\n"})
    marker.unlink(missing_ok=True)
    write(root, {"a.txt": "2\n"})
    repo = our_git.find_repo(root)
    git_trees.write_tree(repo, tmp_path / "i")
    git_diffs.diff(repo, "HEAD~1^{tree}", "HEAD^{tree}")
    git_trees.changed_files(repo)
    git_trees.write_worktree(repo, tmp_path / "j", tmp_path / "o", None)
    assert not marker.exists()


def test_a_sha256_repository_is_read(tmp_path: Path) -> None:
    root = tmp_path / "r"
    root.mkdir()
    git(root, "init", "-q", "--object-format=sha256")
    commit(root, {"a": "1"})
    repo = our_git.find_repo(root)
    assert len(our_git.empty_tree(repo)) == 64
    assert len(our_git.entries(repo, "HEAD")["a"].blob) == 64
    _, tree = git_trees.with_files(repo, "HEAD", {"a": None, "b": b"x"}, tmp_path / "s")
    assert len(tree) == 64


def test_what_is_ignored_is_known_whatever_its_name(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {".gitignore": "build/\n*.log\n", "kept.log.txt": "", "a [1].py": ""})
    write(root, {"kept.log": ""})
    git(root, "add", "-f", "kept.log")
    write(root, {"build/x.py": "", "a.log": "", "new.py": "", ":(glob).log": ""})
    repo = our_git.find_repo(root)
    names = ("build/x.py", "build", "a.log", "new.py", "a [1].py", ":(glob).log", "gone.log", "kept.log")
    assert [path for path in names if our_git.is_ignored(repo, path)] == [
        *("build/x.py", "build", "a.log", ":(glob).log", "gone.log")
    ]


def test_a_tree_listed_by_its_difference_is_what_it_is_listed_whole(tmp_path: Path) -> None:
    files = {"a": "1", "gone": "1", "file then folder": "1", "folder then file/x": "1", "d/\udcff\n": "1", "run": "1"}
    root = make_repo(tmp_path / "r", {**files, "link": "to", "sub/.keep": "1"})
    old = git(root, "rev-parse", "HEAD^{tree}")
    for name in ("gone", "file then folder", "folder then file/x", "link"):
        (root / name).unlink()
    (root / "folder then file").rmdir()
    (root / "link").symlink_to("a")
    (root / "run").chmod(0o755)
    write(root, {"a": "2", "file then folder/y": "1", "folder then file": "1", "d/\udcff\n": "2", "new/z": "1"})
    git(root, "add", "-A")
    git(root, "update-index", "--add", "--cacheinfo", f"160000,{git(root, 'rev-parse', 'HEAD')},module")
    git(root, "rm", "-q", "--cached", "sub/.keep")
    git(root, "update-index", "--add", "--cacheinfo", f"160000,{git(root, 'rev-parse', 'HEAD')},sub/.keep")
    new = git(root, "write-tree")
    for tree, other, detour in ((new, old, ".git/../.git"), (old, new, ".git/../.git/../.git")):
        repo = our_git.find_repo(root)
        whole = our_git.entries(repo, tree)
        # Under another name, so that nothing is known of it yet.
        beside = our_git.entries(repo._replace(common_dir=root / detour), tree, beside=other)
        assert beside == whole and "module" not in beside and "sub/.keep" not in our_git.entries(repo, new)


def test_one_file_of_a_tree_is_found_without_its_list(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"a.toml": "1", "d/a.toml": "2", "*": "3", "folder/x": "4"})
    tree = git(root, "rev-parse", "HEAD^{tree}")
    for listed in (False, True):
        repo = our_git.find_repo(root)
        if listed:
            our_git.entries(repo, tree)
        whole = our_git.entries(repo, tree + "^{tree}")
        for path in ("a.toml", "d/a.toml", "*", "none"):
            assert our_git.entries_at(repo, tree, path) == {name: whole[name] for name in whole if name == path}
        assert list(our_git.entries_at(repo, tree, "a.toml", "folder/", "none/")) == ["a.toml", "folder/x"]
