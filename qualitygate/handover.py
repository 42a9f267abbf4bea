"""What the first hook of a commit tells the second: exactly this index has just passed.

A record says the same, but to look it up costs as much as the first hook did. This holds only within
one git process, for the same bytes of the same index, and once.
"""

from __future__ import annotations

import os

from qualitygate.locations import user_cache

VARIABLE = "QUALITYGATE_GIT_PROCESS"
"""Set by the hook script: the process id of the git that runs it."""


def leave() -> None:
    """Say that the index that git names has passed; without effect where that cannot be told for certain."""
    place, told = _place(), _told()
    if not place or not told:
        return
    try:
        os.makedirs(os.path.dirname(place), exist_ok=True)
        _sweep(os.path.dirname(place))
        with open(f"{place}.{os.getpid()}", "w", encoding="ascii") as file:
            file.write(told)
        os.replace(f"{place}.{os.getpid()}", place)
    except OSError:
        pass  # the second hook then looks the record up


def take() -> bool:
    """Whether the first hook said so, of this index as it is now. What was said is gone after that."""
    place = _place()
    if not place or not os.path.exists(place):
        return False
    try:
        with open(place, encoding="ascii") as file:
            said = file.read()
        os.unlink(place)
    except (OSError, ValueError):
        return False
    return bool(said) and said == _told()


def _sweep(folder: str) -> None:
    """Remove what nobody has taken, and nobody can any more: its git has ended."""
    for name in os.listdir(folder):
        if not os.path.exists(f"/proc/{name.partition('.')[0]}"):
            os.unlink(os.path.join(folder, name))


def _place() -> str:
    process = os.environ.get(VARIABLE, "")
    return user_cache("qualitygate", "handover", process) if process.isdecimal() else ""


def _told() -> str:
    """The index and its content, and since when that git runs: process ids come again. "" where it is not known."""
    index, process = os.environ.get("GIT_INDEX_FILE", ""), os.environ.get(VARIABLE, "")
    if not index or not process.isdecimal():
        return ""
    import hashlib

    try:
        with open(f"/proc/{process}/stat", "rb") as file:
            started = file.read().rpartition(b")")[2].split()[19]
        with open(index, "rb") as file:
            content = file.read()
    except (OSError, IndexError):
        return ""
    parts = (os.fsencode(os.path.abspath(index)), started, content)
    return hashlib.sha256(b"\0".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()
