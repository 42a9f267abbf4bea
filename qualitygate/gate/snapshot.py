"""A directory that holds one tree, so that no tool ever runs in the work tree.

Files are written from blobs as they are stored: no filter, no line-ending conversion, no attribute
of a hostile clone takes effect. Only what differs from the last tree is written, and every file
that is written gets a modification time in a whole second that this snapshot never used before:
mypy compares size and whole seconds only, and would miss a same-size edit within one second
(mypy 2.4.1, 6 of 6 tries).
"""

from __future__ import annotations

import os
import stat
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol

from qualitygate import git, git_trees
from qualitygate.checks import node_modules
from qualitygate.checks.tool import Modules
from qualitygate.errors import GitError
from qualitygate.gate import listing, manifest
from qualitygate.git import Repo
from qualitygate.model import Entries, Entry

_PIECE = 4 * 1024 * 1024
"""Bytes of contents that are held in memory at once."""


@contextmanager
def lock(directory: Path, timeout: float) -> Iterator[None]:
    """Hold this worktree's snapshots; a second gate waits, and the kernel lets go of a killed one's lock."""
    import fcntl

    holder, _, held = os.environ.get(_HOLDS, "").partition(":")
    if held == os.fspath(directory) and holder != str(os.getpid()):
        raise GitError(
            "a tool that this gate runs has called the gate again, in the same work tree",
            hint="let the tool not commit there; what it calls waits for the gate, and the gate for it",
        )
    git_trees.make_room(directory / "lock")
    deadline = time.monotonic() + timeout
    with open(directory / "lock", "wb") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise GitError(
                        "another gate is running in this work tree", hint="wait for it to end, then run again"
                    ) from None
                time.sleep(0.05)
        os.environ[_HOLDS] = f"{os.getpid()}:{directory}"  # what is started from here on inherits it
        try:
            yield
        finally:
            os.environ.pop(_HOLDS, None)


MANY = 5000
"""Files from which on a snapshot is known by git's name for its tree."""
_HOLDS = "QUALITYGATE_HOLDS"
"""The process of a gate whose tools run, and the snapshots that it holds: a tool that waited for these would wait for
itself."""


class Laid(Protocol):
    """One side's files, as a check sees them."""

    def path(self) -> Path:
        """The directory that holds them."""

    def read(self, path: str) -> bytes | None:
        """The content of one file; None where there is no regular file of that name."""

    def beside(self, name: str) -> Path:
        """A place for what belongs to this directory and is not in it: a tool's cache, an environment."""

    def apart(self, name: str) -> Laid:
        """The same files in another directory, cleaned of what was written into it before."""

    def altered(self, name: str, files: Mapping[str, bytes | None]) -> tuple[Entries, Laid]:
        """Some of the files with another content (None: removed), and all others, in another directory."""

    def furnish(self, modules: Modules, roots: Sequence[Path]) -> None:
        """See that JavaScript finds the packages of the project from here."""

    def narrowed(self, files: Iterable[str]) -> Laid:
        """What a tool needs that is to look at these files: no less, where it may read others."""


class Layout:
    """A snapshot that is written when somebody first asks for it, and then once. `tree`: see `sync`.

    `alone`: whoever looks at a file of it reads no other.
    """

    def __init__(self, directory: Path, repo: Repo, entries: Entries, tree: str = "", *, alone: bool = False) -> None:
        self._directory = directory
        self._repo = repo
        self._entries = entries
        self._tree = tree
        self._alone = alone
        self._few: Layout | None = None
        self._guard = threading.Lock()  # checks run side by side
        self._done = False

    def path(self) -> Path:
        """The directory, holding exactly the entries."""
        with self._guard:
            if not self._done:
                sync(self._directory, self._repo, self._entries, self._tree)
                self._done = True
        return self._directory

    def beside(self, name: str) -> Path:
        """A place for what belongs to this directory and is not in it."""
        return self._directory.with_name(f"{self._directory.name}-{name}")

    def apart(self, name: str) -> Layout:
        """The same tree in another directory, cleaned of what was written into it before."""
        directory = self.beside(f"for-{name}")
        sweep(directory)
        return Layout(directory, self._repo, self._entries)

    def altered(self, name: str, files: Mapping[str, bytes | None]) -> tuple[Entries, Laid]:
        """Some of the files with another content (None: removed), and all others, in another directory."""
        there = {path: data for path, data in files.items() if data is not None}
        import shutil  # it brings every compression with it

        place = self.beside(f"{name}-objects")
        shutil.rmtree(place, ignore_errors=True)  # what was altered before is written out already
        repo, ids = git_trees.store(self._repo, list(there.values()), place)
        entries = {path: entry for path, entry in self._entries.items() if path not in files}
        for path, blob in zip(there, ids, strict=True):
            known = self._entries.get(path)
            entries[path] = Entry(known.mode if known is not None and known.is_file else "100644", blob)
        return entries, Layout(self.beside(name), repo, entries)

    def furnish(self, modules: Modules, roots: Sequence[Path]) -> None:
        """Link the packages of the project into the directory."""
        packages = [path.rpartition("/")[0] for path in listing.called(self._entries, "package.json")]
        place = self.path()
        with self._guard:
            node_modules.lay_out(modules, place, packages, roots)

    def narrowed(self, files: Iterable[str]) -> Layout:
        """These files and those asked for before, in the same directory, if that is enough; else all."""
        if not self._alone or self._done:
            return self
        known = self._few._entries if self._few is not None else {}
        more = {path: self._entries[path] for path in files if path not in known}
        if more or self._few is None:
            self._few = Layout(self._directory, self._repo, {**known, **more})
        return self._few

    def read(self, path: str) -> bytes | None:
        """The content of one file; None where the tree has no regular file of that name."""
        entry = self._entries.get(path)
        if entry is None or not entry.is_file:
            return None
        try:
            return (self.narrowed((path,)).path() / path).read_bytes()
        except OSError:
            return None


def sync(directory: Path, repo: Repo, entries: Entries, tree: str = "") -> Path:
    """Make `directory` hold exactly these files and return it.

    `tree`: what git calls them as a whole; what is to be written is then not looked for among all of them.
    The caller holds `lock`. A snapshot whose last update did not end is thrown away and made anew.
    """
    place = manifest.path_of(directory)
    last = manifest.read(place) if directory.is_dir() else None
    differs = _differs(directory, repo, last, entries, tree) if last is not None else None
    if last is None or differs is None:
        _start(directory, repo, entries)
        last, differs = manifest.Manifest(0, frozenset(), {}), ([], [path for path in entries if _is_safe(path)])
    elif not any(differs):
        return directory
    gone, changed = differs
    folders = last.folders
    stamp = max(int(time.time()), last.stamp + 1)
    place.unlink(missing_ok=True)  # from here to the end the snapshot is in doubt
    try:
        for path in gone:
            _remove(directory, path)
        _write(directory, repo, {path: entries[path] for path in changed}, stamp)
    except OSError:  # somebody else's file is in the way
        _start(directory, repo, entries)
        gone, changed = [], [path for path in entries if _is_safe(path)]
        _write_anew(directory, repo, {path: entries[path] for path in changed}, stamp)
        folders = {}
    touched = (path.rpartition("/")[0] for path in (*gone, *changed))
    # A tree in a store of our own may be gone by the next time; and few files are compared sooner than git is asked.
    name = tree if not repo.objects and len(entries) >= MANY else ""
    rows = frozenset(row for row in manifest.rows_of(entries) if _is_safe(manifest.path_in(row))) if not name else ()
    stamps = manifest.stamped(directory, folders, touched, stamp)
    manifest.write(place, manifest.Manifest(stamp, frozenset(rows), stamps, name))
    return directory


def _differs(
    directory: Path, repo: Repo, last: manifest.Manifest, entries: Entries, tree: str
) -> tuple[list[str], list[str]] | None:
    """What has to be removed, and what has to be written; None where the snapshot is not what it was."""

    def held() -> frozenset[str]:
        return manifest.rows_of(git.entries(repo, last.tree)) if last.tree else last.rows

    try:
        if not manifest.is_whole(directory, last, held):
            return None
        if last.tree and tree:
            old, new = git.between(repo, last.tree, tree) if last.tree != tree else ({}, {})
            had, rows = manifest.rows_of(old), manifest.rows_of(new)
        else:
            had, rows = held(), manifest.rows_of(entries)
    except GitError:  # the tree that it holds was cleared away
        return None
    gone, changed = map(manifest.path_in, had - rows), map(manifest.path_in, rows - had)
    return [path for path in gone if _is_safe(path)], [path for path in changed if _is_safe(path)]


def sweep(directory: Path) -> None:
    """Remove what is not of the tree, or was changed since it was laid out: what we write has whole seconds."""
    known = manifest.read(manifest.path_of(directory))
    files = {manifest.path_in(row) for row in known.rows} if known is not None else set()
    for folder, folders, names in os.walk(directory, topdown=False):
        if folder == os.fspath(directory):
            folders[:] = [name for name in folders if name != ".git"]
        below = os.path.relpath(folder, directory)
        if below.split("/")[0] == ".git":
            continue
        for name in (*names, *(n for n in folders if os.path.islink(os.path.join(folder, n)))):
            path = os.path.normpath(os.path.join(below, name))
            if path not in files or _is_changed(os.path.join(folder, name)):
                os.unlink(os.path.join(folder, name))
        if not os.listdir(folder):
            os.rmdir(folder)


def _is_changed(path: str) -> bool:
    status = os.lstat(path)
    return stat.S_ISREG(status.st_mode) and status.st_mtime_ns % 1_000_000_000 != 0


def _start(directory: Path, repo: Repo, entries: Entries) -> None:
    import shutil  # it brings every compression with it

    shutil.rmtree(directory, ignore_errors=True)
    ids = next((len(entry.blob) for entry in entries.values()), 0)
    _make_git_dir(directory, repo, {40: "sha1", 64: "sha256"}.get(ids) or git.object_format(repo))


def _write_anew(directory: Path, repo: Repo, entries: Entries, stamp: int) -> None:
    try:
        _write(directory, repo, entries, stamp)
    except OSError as exc:
        raise GitError(
            f"cannot lay the tree out in {directory}: {exc.strerror or exc}",
            hint="make room there, or set XDG_CACHE_HOME; if the tree names one path twice, `git fsck` says so",
        ) from None


def _is_safe(path: str) -> bool:
    parts = path.split("/")
    return not any(part in ("", ".", "..") or part.lower() == ".git" for part in parts)


def _remove(directory: Path, path: str) -> None:
    target = directory / path
    target.unlink(missing_ok=True)
    parent = target.parent
    while parent != directory:
        try:
            parent.rmdir()
        except OSError:
            break
        parent = parent.parent


def _write(directory: Path, repo: Repo, entries: Entries, stamp: int) -> None:
    places: dict[str, list[str]] = {}
    for path, entry in entries.items():
        if entry.is_file or entry.mode == "120000":
            places.setdefault(entry.blob, []).append(path)
    _make_folders(directory, (path for paths in places.values() for path in paths))
    # Through a file: nobody has asked how large they are, and one file of a tree can be larger than our memory.
    passing = directory.with_name(f"{directory.name}.blobs")
    with open(passing, "w+b") as file:
        passing.unlink()
        for blob, size in git.blobs_through(repo, places, file):
            start = file.tell()
            for path in places[blob]:
                file.seek(start)
                _write_one(directory, path, entries[path], _pieces(file, size), stamp)


def _pieces(file: IO[bytes], size: int) -> Iterator[bytes]:
    while size > 0:
        piece = file.read(min(size, _PIECE))
        if not piece:
            raise OSError("a file of ours is cut off")
        size -= len(piece)
        yield piece


def _make_folders(directory: Path, paths: Iterable[str]) -> None:
    """Make every folder before the first file: a broken tree can hold a link, and files below it.

    Nothing is written through a link. Raises OSError.
    """
    top = os.fspath(directory)
    folders: set[str] = set()
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder and folder not in folders:
            folders.add(folder)
            folder = folder.rpartition("/")[0]
    for folder in sorted(folders):  # what holds it comes before it
        place = f"{top}/{folder}"
        try:
            os.mkdir(place)
        except FileExistsError:
            if not stat.S_ISDIR(os.lstat(place).st_mode):
                raise NotADirectoryError(f"{folder} is no folder") from None


def _write_one(directory: Path, path: str, entry: Entry, pieces: Iterable[bytes], stamp: int) -> None:
    target = directory / path
    if entry.mode == "120000":
        link = os.fsdecode(b"".join(pieces))
        if _stays_inside(path, link):
            os.symlink(link, target)
        return
    mode = 0o755 if entry.mode == "100755" else 0o644
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    with open(descriptor, "wb") as file:
        file.writelines(pieces)
    os.utime(target, (stamp, stamp))


def _stays_inside(path: str, link: str) -> bool:
    """Whether a link ends in the tree; one that leaves it is not made, it points at nothing that is judged.

    `..` after a name is refused: the name can be a link itself, and its parent then lies elsewhere.
    """
    if "\0" in link or not link or os.path.isabs(link):
        return False
    parts = [part for part in link.split("/") if part not in ("", ".")]
    up = next((number for number, part in enumerate(parts) if part != ".."), len(parts))
    return ".." not in parts[up:] and up <= path.count("/")


def _make_git_dir(directory: Path, repo: Repo, kind: str) -> None:
    # Tools look upwards for `.git` to find where a project ends; without one they would read the cache's parents.
    place = directory / ".git"
    (place / "objects" / "info").mkdir(parents=True)
    (place / "refs").mkdir()
    (place / "HEAD").write_text("ref: refs/heads/judged\n", encoding="ascii")
    (place / "objects" / "info" / "alternates").write_bytes(os.fsencode(git.alternate(git.real_objects(repo))) + b"\n")
    config = "[core]\n\trepositoryformatversion = 0\n\tbare = false\n"
    if kind != "sha1":
        config = f"[core]\n\trepositoryformatversion = 1\n\tbare = false\n[extensions]\n\tobjectformat = {kind}\n"
    (place / "config").write_text(config, encoding="ascii")
