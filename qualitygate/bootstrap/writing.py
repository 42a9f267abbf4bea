"""One file of the work tree, read and replaced: never through a link, never outside the root, whole or not at all."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable
from pathlib import Path

from qualitygate.errors import QualityGateError

Step = Callable[[str], None]

_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


def check_place(root: Path, path: str) -> None:
    """Raise QualityGateError unless `path` is, or may become, a regular file below `root` that we may write."""
    where = _inside(root, path)
    status = _status(where)
    folder = where.parent
    while _status(folder) is None:
        folder = folder.parent
    if not os.access(folder, os.W_OK | os.X_OK) or (status is not None and not os.access(where, os.W_OK)):
        raise QualityGateError(f"cannot write {path}: permission denied", hint="nothing was changed")


def read(root: Path, path: str) -> bytes | None:
    """The bytes of a regular file, None where there is nothing; raises QualityGateError for anything else."""
    where = _inside(root, path)
    if _status(where) is None:
        return None
    with open(os.open(where, os.O_RDONLY | _NOFOLLOW), "rb") as file:
        return file.read()


def replace(
    root: Path,
    path: str,
    before: bytes | None,
    after: bytes,
    temp: str,
    *,
    executable: bool = False,
    step: Step = lambda _: None,
) -> None:
    """Put `after` in the place of `before` in one rename, keeping mode and owner; makes the folders it needs.

    Raises QualityGateError when the file does not hold `before`.
    """
    where = _inside(root, path)
    where.parent.mkdir(parents=True, exist_ok=True)
    step("folders made")
    old = _status(where)
    beside = where.with_name(temp)
    write_synced(beside, after, mode=0o777 if executable else 0o666)
    step("temp written")
    if old is not None:
        os.chmod(beside, stat.S_IMODE(old.st_mode))
        _keep_owner(beside, old)
    if read(root, path) != before:
        beside.unlink()
        raise QualityGateError(f"{path} was changed by somebody else", hint="run it again")
    os.replace(beside, where)
    sync_folder(where.parent)


def remove(root: Path, path: str) -> None:
    """Delete one regular file."""
    where = _inside(root, path)
    where.unlink(missing_ok=True)
    sync_folder(where.parent)


def remove_temp(root: Path, path: str, temp: str) -> None:
    """Delete what an interrupted `replace` of `path` left beside it."""
    _inside(root, path).with_name(temp).unlink(missing_ok=True)


def missing_folders(root: Path, paths: Iterable[str]) -> tuple[str, ...]:
    """The folders that writing these paths would make, outermost first."""
    found: dict[str, None] = {}
    for path in paths:
        parts = path.split("/")[:-1]
        for end in range(1, len(parts) + 1):
            folder = "/".join(parts[:end])
            if _status(root / folder) is None:
                found[folder] = None
    return tuple(found)


def remove_empty(root: Path, folders: Iterable[str]) -> None:
    """Delete those of the folders that are empty; given outermost first."""
    for folder in reversed(tuple(folders)):
        try:
            (root / folder).rmdir()
        except OSError:
            pass  # somebody put something there, or it was never made


def write_synced(path: Path, data: bytes, *, mode: int = 0o600) -> None:
    """Write a new file and wait until it is on the disk."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NOFOLLOW
    try:
        with open(os.open(path, flags, mode), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        raise
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk, where the system can."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError:
        pass  # not every file system syncs folders
    finally:
        os.close(handle)


def _inside(root: Path, path: str) -> Path:
    parts = path.split("/")
    if not path or path.startswith("/") or "\\" in path or any(part in ("", ".", "..") for part in parts):
        raise QualityGateError(f"{path!r} is not a path below the repository's root")
    here = root
    for part in parts[:-1]:
        here = here / part
        status = _status(here)
        if status is not None and not stat.S_ISDIR(status.st_mode):
            kind = "a symbolic link" if stat.S_ISLNK(status.st_mode) else "not a folder"
            raise QualityGateError(f"cannot write {path}: {here.relative_to(root).as_posix()} is {kind}")
    here = here / parts[-1]
    status = _status(here)
    if status is not None and not stat.S_ISREG(status.st_mode):
        kind = "a symbolic link" if stat.S_ISLNK(status.st_mode) else "not a regular file"
        raise QualityGateError(f"cannot write {path}: it is {kind}", hint="replace it with a regular file")
    return here


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return None


def _keep_owner(path: Path, old: os.stat_result) -> None:
    new = path.stat()
    if (new.st_uid, new.st_gid) != (old.st_uid, old.st_gid) and hasattr(os, "chown"):
        try:
            os.chown(path, old.st_uid, old.st_gid)
        except OSError:
            pass  # only the superuser may, and everyone else writes as himself
