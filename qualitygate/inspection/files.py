"""The tracked files and their bytes, read without following anything out of the work tree."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from qualitygate import git
from qualitygate.frozen import NamedTuple
from qualitygate.git import Repo

READ_LIMIT = 1024 * 1024
"""Bytes of a file that are looked at; of what is longer only the lines are counted."""
_COUNT_LIMIT = 64 * 1024 * 1024
_CHUNK = 1024 * 1024


class Tracked(NamedTuple):
    """One path of the index and its octal mode (`100644`, `120000` a link, `160000` a submodule).

    A `sparse` one is left out of the work tree on purpose.
    """

    path: str
    mode: str
    sparse: bool = False


class Content(NamedTuple):
    """What was read of one file. `data` holds at most `READ_LIMIT` bytes; `lines` and `size` are of the whole file."""

    data: bytes = b""
    size: int = 0
    lines: int = 0
    reason: str = ""


def tracked_files(repo: Repo) -> tuple[Tracked, ...]:
    """The paths of the index, sorted, each once even while it is unmerged. Raises GitError.

    Before the first commit also what could be added to it: then nothing else says what the project's files are.
    """
    found: dict[str, Tracked] = {}
    for row in git.ask(repo, "ls-files", "-z", "--stage", "-t").split(b"\0"):
        if row:
            meta, path = row.split(b"\t", 1)
            tag, mode = meta.split(b" ", 2)[:2]
            name = os.fsdecode(path)
            found[name] = Tracked(name, mode.decode("ascii"), tag == b"S")
    if git.rev_parse(repo, "HEAD") is None:
        for row in git.ask(repo, "ls-files", "-z", "--others", "--exclude-standard").split(b"\0"):
            if row and not row.endswith(b"/"):  # a repository of its own inside this one
                name = os.fsdecode(row)
                found[name] = Tracked(name, "120000" if (repo.root / name).is_symlink() else "100644")
    return tuple(found[name] for name in sorted(found))


def linguist_marks(repo: Repo, paths: list[str]) -> dict[str, str]:
    """What `.gitattributes` calls generated or vendored: path to `generated`, `vendored`, `no` or `written`.

    `written` is said not to be generated, and may still be somebody else's; `no` is neither.
    """
    stdin = b"".join(os.fsencode(path) + b"\0" for path in paths)
    output = git.call(repo, "check-attr", "-z", "--stdin", "linguist-generated", "linguist-vendored", stdin=stdin)
    if output.code != 0:
        return {}
    fields = output.stdout.split(b"\0")
    marks: dict[str, str] = {}
    for path, attribute, value in zip(fields[::3], fields[1::3], fields[2::3], strict=False):
        name = os.fsdecode(path)
        if value in (b"set", b"true", b"1"):
            marks[name] = attribute.decode("ascii").removeprefix("linguist-")
        elif value in (b"unset", b"false", b"0"):
            said = "no" if attribute.endswith(b"vendored") else "written"
            marks[name] = said if marks.get(name, "written") == "written" else marks[name]
    return marks


class Reader:
    """Reads files below one directory; remembers which folders are really folders."""

    def __init__(self, root: Path) -> None:
        self.root = os.fspath(root)
        self._folders: dict[str, str] = {"": ""}

    def _folder_fault(self, folder: str) -> str:
        known = self._folders.get(folder)
        if known is None:
            known = self._folder_fault(folder.rpartition("/")[0])
            if not known:
                # A folder swapped for a link would lead a tracked path out of the work tree.
                try:
                    mode = os.lstat(os.path.join(self.root, folder)).st_mode
                    known = "" if stat.S_ISDIR(mode) else "a parent is not a directory"
                except (OSError, ValueError):
                    known = "missing"
            self._folders[folder] = known
        return known

    def read(self, path: str) -> Content:
        """The content of one tracked file; a `reason` where it could not be read. Never raises, never blocks."""
        fault = self._folder_fault(path.rpartition("/")[0])
        if fault:
            return Content(reason=fault)
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        try:
            handle = os.open(os.path.join(self.root, path), flags)
        except FileNotFoundError:
            return Content(reason="missing")
        except (OSError, ValueError) as exc:
            return Content(reason=(getattr(exc, "strerror", None) or "cannot be opened").lower())
        try:
            status = os.fstat(handle)
            if not stat.S_ISREG(status.st_mode):
                return Content(reason="not a regular file")
            return _drain(handle, status.st_size)
        except OSError as exc:
            return Content(reason=(exc.strerror or "cannot be read").lower())
        finally:
            os.close(handle)


def _drain(handle: int, size: int) -> Content:
    data = os.read(handle, min(size, READ_LIMIT)) if size else b""
    while len(data) < min(size, READ_LIMIT) and (more := os.read(handle, READ_LIMIT - len(data))):
        data += more
    lines, seen, last = data.count(b"\n"), len(data), data[-1:]
    while seen < min(size, _COUNT_LIMIT) and (chunk := os.read(handle, _CHUNK)):
        lines, seen, last = lines + chunk.count(b"\n"), seen + len(chunk), chunk[-1:]
    return Content(data, size, lines + (last not in (b"", b"\n")))
