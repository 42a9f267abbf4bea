"""Replace a file of the work tree, if it still is what was judged; never half, and never what somebody else wrote."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

from qualitygate.process import undisturbed

_PREFIX = ".qualitygate-fix-"
_CHANGED = "it is not on disk as it was judged: changed meanwhile, or a git filter stands between"
_EXCHANGE = 2
_UNKNOWN = frozenset((errno.ENOSYS, errno.EINVAL, errno.EPERM))


def on_disk(path: Path, judged: bytes) -> bytes | None:
    """The bytes of a file, if they are those judged, or the same with every line break as CRLF; else None."""
    data = path.read_bytes()
    same = data == judged or (b"\r" not in judged and data == judged.replace(b"\n", b"\r\n"))
    return data if same else None


def replace(
    root: Path,
    path: str,
    judged: bytes,
    new: bytes,
    *,
    room: Path | None = None,
    before_swap: Callable[[], None] = lambda: None,
) -> str:
    """Put `new` in the place of `judged`; returns why not, "" if it was done.

    Mode, owner, extended attributes and line breaks stay. What somebody writes up to the last moment
    stays as well: the files change places in one step, and change back if the old one was another.
    The new one is made in `room`, a folder for this work tree alone, where that is on the same file
    system: a run that is killed leaves nothing beside the user's files. The caller holds the lock of
    this work tree, so that temporary files found here are left-overs.
    """
    target = root / path
    try:
        if refusal := _refusal(root, path):
            return refusal
        held = on_disk(target, judged)
        if held is None:
            return _CHANGED
        if held != judged:
            new = new.replace(b"\n", b"\r\n")
        for left in (*target.parent.glob(f"{_PREFIX}*"), *(room.glob(f"{_PREFIX}*") if room else ())):
            left.unlink()
        if room is not None:
            room.mkdir(parents=True, exist_ok=True)
            try:
                return _through(room, target, held, new, before_swap)
            except OSError as exc:
                if exc.errno != errno.EXDEV:
                    raise
        return _through(target.parent, target, held, new, before_swap)
    except FileNotFoundError:
        return "it is gone"
    except OSError as exc:
        return f"it cannot be written: {exc.strerror or exc}"


def _through(folder: Path, target: Path, held: bytes, new: bytes, before_swap: Callable[[], None]) -> str:
    temporary = folder / f"{_PREFIX}{os.getpid()}"
    with undisturbed():
        try:
            _write_like(temporary, target, new)
            before_swap()
            return _swap(temporary, target, held)
        finally:
            temporary.unlink(missing_ok=True)


def _refusal(root: Path, path: str) -> str:
    target = root / path
    if os.path.realpath(target.parent) != os.path.join(os.path.realpath(root), os.path.dirname(path)).rstrip("/"):
        return "its folder is a link"
    mode = os.lstat(target).st_mode
    if not stat.S_ISREG(mode):
        return "it is no regular file"
    if not mode & 0o222 or not os.access(target, os.W_OK):
        return "it is read-only"
    return ""


def _write_like(temporary: Path, target: Path, data: bytes) -> None:
    with open(temporary, "xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    old = os.stat(target)
    if (old.st_uid, old.st_gid) != (os.geteuid(), os.getegid()):
        try:
            os.chown(temporary, old.st_uid, old.st_gid)
        except PermissionError:
            pass  # somebody who may write here, and is not its owner
    shutil.copystat(target, temporary)
    os.utime(temporary)


def _swap(temporary: Path, target: Path, held: bytes) -> str:
    if not _exchange(temporary, target):
        if target.is_symlink() or target.read_bytes() != held:
            return _CHANGED
        os.replace(temporary, target)
        return ""
    # What stood there until now is at the temporary name: nobody can change it unseen any more.
    if not temporary.is_symlink() and temporary.read_bytes() == held:
        return ""
    _exchange(temporary, target)
    return _CHANGED


def _exchange(one: Path, other: Path) -> bool:
    """Let two files change places in one step (renameat2 of Linux 3.15); False where that is not known."""
    import ctypes

    here = -100  # AT_FDCWD
    try:
        call = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError):
        return False
    if call(here, os.fsencode(one), here, os.fsencode(other), _EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in _UNKNOWN:
        return False
    raise OSError(code, os.strerror(code))
