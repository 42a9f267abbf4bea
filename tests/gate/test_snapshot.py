from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qualitygate import git as our_git
from qualitygate import git_trees
from qualitygate.errors import GitError
from qualitygate.gate import manifest, snapshot
from qualitygate.gate.snapshot import Layout, lock, sync
from qualitygate.model import Entries, Entry
from tests.support import commit, git, make_repo, write


@pytest.fixture(scope="module", autouse=True)
def many() -> Iterator[None]:
    """A tree that git can name is known by its name here, however small."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(snapshot, "MANY", 0)
        yield


def entries(root: Path, rev: str = "HEAD") -> dict[str, Entry]:
    return our_git.entries(our_git.find_repo(root), rev)


def content(place: Path) -> dict[str, bytes]:
    return {
        os.fspath(path.relative_to(place)): path.read_bytes()
        for path in place.rglob("*")
        if path.is_file() and ".git" not in path.relative_to(place).parts
    }


def test_only_what_differs_is_written(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"a.py": "a\n", "d/b.py": "b\n"})
    repo, place = our_git.find_repo(root), tmp_path / "head"
    sync(place, repo, entries(root))
    before = (place / "a.py").stat()
    commit(root, {"d/b.py": "B\n", "e/c.py": "c\n"})
    sync(place, repo, entries(root))
    assert content(place) == {"a.py": b"a\n", "d/b.py": b"B\n", "e/c.py": b"c\n"}
    assert ((place / "a.py").stat().st_ino, (place / "a.py").stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    commit(root, {"d/b.py": None})
    sync(place, repo, entries(root))
    assert not (place / "d").exists()


def test_each_edit_of_the_same_size_gets_a_second_of_its_own(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"a.py": "x: int = 12\n"})
    repo, place = our_git.find_repo(root), tmp_path / "head"
    seen = []
    for number in range(20):
        commit(root, {"a.py": f"x: {('str', 'int')[number % 2]} = {number + 10}\n"})
        sync(place, repo, entries(root))
        seen.append((place / "a.py").stat())
    assert len({int(about.st_mtime) for about in seen}) == 20
    assert len({about.st_size for about in seen}) == 1


def test_an_update_that_was_killed_is_made_anew(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"a.py": "a\n"})
    repo, place = our_git.find_repo(root), tmp_path / "head"
    sync(place, repo, entries(root))
    (place / "stale.py").write_text("left by a killed update")
    (tmp_path / "head.manifest").unlink()
    sync(place, repo, entries(root))
    assert content(place) == {"a.py": b"a\n"}


def _cut(data: bytes) -> bytes:
    return data[:-1]


def _other_row(data: bytes) -> bytes:
    return data.replace(b"a.py", b"b.py")


def _other_form(data: bytes) -> bytes:
    return data.replace(b"snapshot 2", b"snapshot 3")


@pytest.mark.parametrize("tear", [lambda data: b"", lambda data: b"\0" * len(data), _cut, _other_row, _other_form])
def test_a_torn_manifest_is_no_manifest(tmp_path: Path, tear: Callable[[bytes], bytes]) -> None:
    root = make_repo(tmp_path / "r", {"a.py": "a\n"})
    repo, place = our_git.find_repo(root), tmp_path / "head"
    sync(place, repo, entries(root))
    (place / "a.py").write_text("what a manifest that is not believed cannot hide")
    written = (tmp_path / "head.manifest").read_bytes()
    (tmp_path / "head.manifest").write_bytes(tear(written))
    sync(place, repo, entries(root))
    assert content(place) == {"a.py": b"a\n"}


@pytest.mark.parametrize("taken", ["a.py", "pkg/b.py", "pkg/deep/c.py", "pkg"])
def test_a_file_that_a_cleaner_of_caches_took_is_put_back(tmp_path: Path, taken: str) -> None:
    files = {"a.py": "a\n", "pkg/b.py": "b\n", "pkg/deep/c.py": "c\n", "other/d.py": "d\n"}
    root = make_repo(tmp_path / "r", files)
    repo, place = our_git.find_repo(root), tmp_path / "head"
    for _ in range(2):
        sync(place, repo, entries(root))
        if (place / taken).is_dir():
            shutil.rmtree(place / taken)
        else:
            (place / taken).unlink()
    sync(place, repo, entries(root))
    assert content(place) == {name: text.encode() for name, text in files.items()}


def test_what_a_tool_left_in_a_folder_makes_nothing_anew(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"pkg/b.py": "b\n"})
    repo, place = our_git.find_repo(root), tmp_path / "head"
    sync(place, repo, entries(root))
    (place / "pkg/left").write_text("x")
    sync(place, repo, entries(root))
    assert (place / "pkg/left").exists()
    known = manifest.read(tmp_path / "head.manifest")
    assert known is not None and (place / "pkg").stat().st_mtime_ns == known.folders["pkg"] * 10**9


def test_links_are_made_only_where_they_stay_inside(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"d/a.py": "a\n"})
    for name, target in (("in", "d/a.py"), ("out", "/etc/passwd"), ("up", "../../secret"), ("d/side", "a.py")):
        (root / name).symlink_to(target)
    commit(root, {})
    place = sync(tmp_path / "head", our_git.find_repo(root), entries(root))
    assert sorted(p.name for p in place.rglob("*") if p.is_symlink()) == ["in", "side"]


def test_blobs_are_written_as_they_are_stored(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {".gitattributes": "*.txt text eol=crlf ident\n", "a.txt": "$Id$\n"})
    git(root, "config", "filter.x.smudge", "touch marker")
    place = sync(tmp_path / "head", our_git.find_repo(root), entries(root))
    assert (place / "a.txt").read_bytes() == b"$Id$\n"


def test_a_large_file_is_streamed_and_a_name_is_kept_to_the_byte(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9\n.bin")
    root = make_repo(tmp_path / "r", {name: b"x" * 5_000_000})
    place = sync(tmp_path / "head", our_git.find_repo(root), entries(root))
    assert (place / name).stat().st_size == 5_000_000


def test_a_missing_object_is_named(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"a.py": "a\n"})
    with pytest.raises(GitError, match="is missing"):
        sync(tmp_path / "head", our_git.find_repo(root), {"a.py": Entry("100644", "1" * 40)})


def test_a_path_that_leaves_the_snapshot_is_never_written(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"a.py": "a\n"})
    entry = entries(root)["a.py"]
    evil = {"../escaped": entry, ".git/hooks/x": entry, "d/.GIT/x": entry, "ok.py": entry}
    place = sync(tmp_path / "head", our_git.find_repo(root), evil)
    assert content(place) == {"ok.py": b"a\n"}
    assert not (tmp_path / "escaped").exists()


def test_a_second_gate_waits_and_then_says_so(tmp_path: Path) -> None:
    with lock(tmp_path, 1), pytest.raises(GitError, match="another gate"), lock(tmp_path, 0):
        raise AssertionError("held twice")


def test_a_layout_that_nobody_reads_is_not_written(tmp_path: Path) -> None:

    root = make_repo(tmp_path / "r", {"a.py": "a\n"})
    layout = Layout(tmp_path / "head", our_git.find_repo(root), entries(root))
    assert layout.read("no.py") is None
    assert not (tmp_path / "head").exists()
    assert layout.read("a.py") == b"a\n"


_NAMES = st.sampled_from(["a", "b", "a/x", "a/y", "b/c/d", "z"])
_TREES = st.lists(st.dictionaries(_NAMES, st.sampled_from([b"1", b"22", b""]), max_size=5), min_size=1, max_size=5)


@given(_TREES)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_after_any_history_a_snapshot_holds_exactly_the_last_tree(
    tmp_path_factory: pytest.TempPathFactory, trees: list[dict[str, bytes]]
) -> None:
    base = tmp_path_factory.mktemp("s")
    root = make_repo(base / "r", {"start": "x"})
    repo = our_git.find_repo(root)
    last: dict[str, bytes] = {}
    for tree in trees:
        last = {k: v for k, v in tree.items() if not any(o.startswith(f"{k}/") for o in tree)}
        reader, made = git_trees.with_files(repo, our_git.empty_tree(repo), dict(last), base / "scratch")
        sync(base / "head", reader, our_git.entries(reader, made))
    assert content(base / "head") == last
    known = manifest.read(base / "head.manifest")
    assert known is not None and {manifest.path_in(row) for row in known.rows} == set(last)
    assert manifest.is_whole(base / "head", known, lambda: known.rows)


@given(_TREES, st.lists(st.booleans(), min_size=5, max_size=5))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_snapshot_of_trees_that_git_holds_is_the_same_whether_their_names_are_known_or_not(
    tmp_path_factory: pytest.TempPathFactory, trees: list[dict[str, bytes]], named: list[bool]
) -> None:
    base = tmp_path_factory.mktemp("s")
    root = make_repo(base / "r", {"start": "x"})
    repo = our_git.find_repo(root)
    last: dict[str, bytes] = {}
    for tree, is_named in zip(trees, named, strict=False):
        last = {k: v for k, v in tree.items() if not any(o.startswith(f"{k}/") for o in tree)}
        git(root, "rm", "-rfq", "--ignore-unmatch", ".")
        write(root, dict(last))
        git(root, "add", "-A")
        made = git(root, "write-tree")
        sync(base / "head", repo, our_git.entries(repo, made), made if is_named else "")
        assert content(base / "head") == last


def test_a_snapshot_of_a_known_tree_is_brought_on_by_what_differs_and_lists_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make_repo(tmp_path / "r", {"a.py": "a\n", "pkg/b.py": "b\n"})
    repo, place = our_git.find_repo(root), tmp_path / "head"
    sync(place, repo, entries(root), our_git.tree_of(repo, "HEAD"))
    commit(root, {"a.py": None, "pkg/b.py": "bb\n", "pkg/c.py": "c\n"})
    second, listed = our_git.tree_of(repo, "HEAD"), entries(root)
    monkeypatch.setattr(manifest, "rows_of", _of_few(manifest.rows_of, 2))
    sync(place, repo, listed, second)
    assert content(place) == {"pkg/b.py": b"bb\n", "pkg/c.py": b"c\n"}
    (place / "pkg/c.py").unlink()
    monkeypatch.undo()
    sync(place, repo, listed, second)
    assert content(place) == {"pkg/b.py": b"bb\n", "pkg/c.py": b"c\n"}


def _of_few(rows_of: Callable[[Entries], frozenset[str]], most: int) -> Callable[[Entries], frozenset[str]]:
    def asked(entries: Entries) -> frozenset[str]:
        assert len(entries) <= most
        return rows_of(entries)

    return asked


def test_a_snapshot_whose_tree_was_cleared_away_is_made_anew(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"a.py": "a\n"})
    repo, place = our_git.find_repo(root), tmp_path / "head"
    write(root, {"a.py": "staged\n"})
    git(root, "add", "-A")
    staged = git(root, "write-tree")
    sync(place, repo, our_git.entries(repo, staged), staged)
    (place / "left.py").write_text("a tool was here")
    (root / ".git/objects" / staged[:2] / staged[2:]).unlink()
    sync(place, repo, entries(root), our_git.tree_of(repo, "HEAD"))
    assert content(place) == {"a.py": b"a\n"}


def test_a_tree_in_a_store_of_ours_is_not_what_a_snapshot_is_known_by(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"a.py": "a\n"})
    repo, place = our_git.find_repo(root), tmp_path / "head"
    reader, made = git_trees.with_files(repo, our_git.tree_of(repo, "HEAD"), {"b.py": b"b\n"}, tmp_path / "scratch")
    sync(place, reader, our_git.entries(reader, made), made)
    known = manifest.read(tmp_path / "head.manifest")
    assert known is not None and known.tree == "" and len(known.rows) == 2
    shutil.rmtree(tmp_path / "scratch")
    sync(place, repo, entries(root), our_git.tree_of(repo, "HEAD"))
    assert content(place) == {"a.py": b"a\n"}


def test_an_altered_copy_holds_what_it_should_and_leaves_the_snapshot_alone(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"a.py": "1\n", "b.py": "2\n", "c.py": "3\n"})
    layout = Layout(tmp_path / "head", our_git.find_repo(root), entries(root))
    for text in ("one\n", "two\n"):
        listed, there = layout.altered("bare", {"a.py": text.encode(), "b.py": None, "sub/new.py": b"x\n"})
        found = {path: there.read(path) for path in ("a.py", "b.py", "c.py", "sub/new.py")}
        assert found == {"a.py": text.encode(), "b.py": None, "c.py": b"3\n", "sub/new.py": b"x\n"}
        assert sorted(listed) == ["a.py", "c.py", "sub/new.py"]
    assert (layout.read("a.py"), layout.read("b.py")) == (b"1\n", b"2\n")
    assert len(list((tmp_path / "head-bare-objects").glob("??/*"))) == 2
