"""A directory that holds one tree, so that no tool ever runs in the work tree.

Files are written from blobs as they are stored: no filter, no line-ending conversion, no attribute
of a hostile clone takes effect. Only what differs from the last tree is written, and every file
that is written gets a modification time in a whole second that this snapshot never used before:
mypy compares size and whole seconds only, and would miss a same-size edit within one second
(mypy 2.4.1, 6 of 6 tries).
"""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qualitygate import git
from qualitygate.errors import GitError
from qualitygate.gate.state import read_json, write_json
from qualitygate.git import Repo
from qualitygate.model import Entries, Entry

_LARGE = 4 * 1024 * 1024


@contextmanager
def lock(directory: Path, timeout: float) -> Iterator[None]:
    """Hold this worktree's snapshots; a second gate waits, and the kernel lets go of a killed one's lock."""
    import fcntl

    directory.mkdir(parents=True, exist_ok=True)
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
        yield


class Layout:
    """A snapshot that is written when somebody first asks for it, and then once."""

    def __init__(self, directory: Path, repo: Repo, entries: Entries, guard: threading.Lock) -> None:
        self._directory = directory
        self._repo = repo
        self._entries = entries
        self._guard = guard
        self._done = False

    def path(self) -> Path:
        """The directory, holding exactly the entries."""
        with self._guard:
            if not self._done:
                sync(self._directory, self._repo, self._entries)
                self._done = True
        return self._directory

    def read(self, path: str) -> bytes | None:
        """The content of one file; None where the tree has no regular file of that name."""
        entry = self._entries.get(path)
        if entry is None or not entry.is_file:
            return None
        try:
            return (self.path() / path).read_bytes()
        except OSError:
            return None


def sync(directory: Path, repo: Repo, entries: Entries) -> Path:
    """Make `directory` hold exactly these files and return it.

    The caller holds `lock`. A snapshot whose last update did not end is thrown away and made anew.
    """
    manifest_path = directory.with_name(directory.name + ".json")
    known = _manifest(manifest_path) if directory.is_dir() else None
    if known is None:
        shutil.rmtree(directory, ignore_errors=True)
        _make_git_dir(directory, repo)
    last, have = known or (0, {})
    want = {path: [e.mode, e.blob] for path, e in entries.items() if _is_safe(path)}
    gone = [path for path, entry in have.items() if want.get(path) != entry]
    changed = [path for path, entry in want.items() if have.get(path) != entry]
    if known is not None and not gone and not changed:
        return directory
    stamp = max(int(time.time()), last + 1)
    manifest_path.unlink(missing_ok=True)  # from here to the end the snapshot is in doubt
    for path in gone:
        _remove(directory, path)
    _write(directory, repo, {path: entries[path] for path in changed}, stamp)
    write_json(manifest_path, {"stamp": stamp, "files": want})
    return directory


def _manifest(path: Path) -> tuple[int, dict[str, list[str]]] | None:
    """The last stamp and the files of a snapshot; None where that is not known for certain."""
    found = read_json(path)
    stamp, files = (found.get("stamp"), found.get("files")) if isinstance(found, dict) else (None, None)
    return (stamp, files) if isinstance(stamp, int) and isinstance(files, dict) else None


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
    size = git.sizes(repo, places)
    for blob, data in git.blobs(repo, [b for b in places if size[b] <= _LARGE]):
        for path in places[blob]:
            _write_one(directory, path, entries[path], data, stamp)
    for blob in (b for b in places if size[b] > _LARGE):
        for path in places[blob]:
            with open(_place(directory, path), "xb") as file:
                git.copy_blob(repo, blob, file)
            os.utime(directory / path, (stamp, stamp))


def _place(directory: Path, path: str) -> Path:
    target = directory / path
    target.parent.mkdir(parents=True, exist_ok=True)
    return target


def _write_one(directory: Path, path: str, entry: Entry, data: bytes, stamp: int) -> None:
    target = _place(directory, path)
    if entry.mode == "120000":
        link = os.fsdecode(data)
        inside = os.path.normpath(os.path.join(os.path.dirname(path), link))
        # A link that leaves the tree is not made: what it points at is no part of what is judged.
        if "\0" not in link and not os.path.isabs(link) and not inside.startswith(".."):
            os.symlink(link, target)
        return
    mode = 0o755 if entry.mode == "100755" else 0o644
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    with open(descriptor, "wb") as file:
        file.write(data)
    os.utime(target, (stamp, stamp))


def _make_git_dir(directory: Path, repo: Repo) -> None:
    # Tools look upwards for `.git` to find where a project ends; without one they would read the cache's parents.
    place = directory / ".git"
    (place / "objects" / "info").mkdir(parents=True)
    (place / "refs").mkdir()
    (place / "HEAD").write_text("ref: refs/heads/judged\n")
    (place / "objects" / "info" / "alternates").write_bytes(os.fsencode(git.real_objects(repo)) + b"\n")
    kind = git.object_format(repo)
    config = "[core]\n\trepositoryformatversion = 0\n\tbare = false\n"
    if kind != "sha1":
        config = f"[core]\n\trepositoryformatversion = 1\n\tbare = false\n[extensions]\n\tobjectformat = {kind}\n"
    (place / "config").write_text(config)
