"""What a snapshot holds: its files, and the time that was given to each of its folders when it was last written to.

A list of files is compared by the hundred thousand at every commit, so it is kept as rows of text that are
compared as they are, and whether all files are still there is asked of their folders: a file that is
taken away changes the time of its folder.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from qualitygate.frozen import NamedTuple
from qualitygate.model import Entries

_FORM = b"qualitygate snapshot 2 "
_SECOND = 1_000_000_000


class Manifest(NamedTuple):
    """`stamp` is the last time that was given, in whole seconds; `rows` are `mode blob path`.

    Where the snapshot holds a `tree` of git, its files are known by that, and there are no rows.
    """

    stamp: int
    rows: frozenset[str]
    folders: Mapping[str, int]
    tree: str = ""


def path_of(directory: Path) -> Path:
    """Where the manifest of a snapshot is."""
    return directory.with_name(f"{directory.name}.manifest")


def rows_of(entries: Entries) -> frozenset[str]:
    """The files of a tree as a manifest names them."""
    return frozenset([f"{entry.mode} {entry.blob} {path}" for path, entry in entries.items()])


def path_in(row: str) -> str:
    """The path that a row names."""
    return row.split(" ", 2)[2]


def read(path: Path) -> Manifest | None:
    """The manifest; None where there is none, or it is not whole."""
    try:
        head, _, body = path.read_bytes().partition(b"\n")
        if head != _FORM + _sum(body):
            return None
        first, _, rest = os.fsdecode(body).partition("\0")
        stamp, count, tree = first.split(" ")
    except (OSError, ValueError):
        return None
    fields = rest.split("\0") if rest else []
    pairs = (row.split(" ", 1) for row in fields[: int(count)])
    return Manifest(int(stamp), frozenset(fields[int(count) :]), {name: int(time) for time, name in pairs}, tree)


def write(path: Path, manifest: Manifest) -> None:
    """Replace the manifest in one step. Raises OSError."""
    folders = [f"{stamp} {name}" for name, stamp in manifest.folders.items()]
    first = f"{manifest.stamp} {len(folders)} {manifest.tree}"
    body = os.fsencode("\0".join((first, *folders, *manifest.rows)))
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_bytes(_FORM + _sum(body) + b"\n" + body)
    os.replace(temporary, path)


def _sum(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest().encode("ascii")


def is_whole(directory: Path, manifest: Manifest, rows: Callable[[], Iterable[str]]) -> bool:
    """Whether every plain file is there still: cleaners of caches take single ones. `rows` is asked only in doubt.

    What is no plain file may never have been made. A folder that somebody wrote to is looked through, and
    given its time again.
    """
    top = os.fspath(directory)
    doubtful = {name for name, stamp in manifest.folders.items() if not _is_of(f"{top}/{name}", stamp)}
    if not doubtful:
        return True
    for row in rows():
        path = path_in(row)
        if path.rpartition("/")[0] in doubtful and row.startswith("100") and not os.path.lexists(f"{top}/{path}"):
            return False
    return all(_give(f"{top}/{name}", manifest.folders[name]) for name in doubtful)


def _is_of(folder: str, stamp: int) -> bool:
    try:
        return os.lstat(folder).st_mtime_ns == stamp * _SECOND
    except OSError:
        return False


def _give(folder: str, stamp: int) -> bool:
    try:
        os.utime(folder, (stamp, stamp))
    except FileNotFoundError:
        return True  # it held what was never made
    except OSError:
        return False
    return True


def stamped(directory: Path, known: Mapping[str, int], touched: Iterable[str], stamp: int) -> dict[str, int]:
    """The times of all folders, after what was done to files in the `touched` ones, which get this one."""
    found, top = dict(known), os.fspath(directory)
    above: set[str] = set()
    for one in set(touched):
        folder = one
        while folder not in above:
            above.add(folder)
            folder = folder.rpartition("/")[0]
    for folder in above:
        if os.path.isdir(f"{top}/{folder}") and _give(f"{top}/{folder}", stamp):
            found[folder] = stamp
        else:
            found.pop(folder, None)
    return found
