"""What is asked again and again of a long list of files, worked out once per list."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import TypeVar

from qualitygate.checks.tool import names_digest_input
from qualitygate.gate.state import digest
from qualitygate.model import Entries

_Answer = TypeVar("_Answer")

# By identity: a list is never changed once it is made, and is kept here so that no other gets its place.
_NAMES: dict[int, tuple[Entries, list[str]]] = {}
_NAMES_IN_SHORT: dict[int, tuple[Entries, str]] = {}
_CONTENTS: dict[int, tuple[Entries, dict[tuple[str, ...], str]]] = {}
_TEXTS: dict[int, tuple[Entries, str]] = {}
_PATHS: dict[str, dict[int, tuple[Entries, Sequence[str]]]] = {}
_SAME: dict[int, tuple[Entries, Entries]] = {}
_MOST = 16
_GUARD = threading.RLock()  # what is made of a list may ask for something else of it


def called(entries: Entries, name: str) -> Sequence[str]:
    """The paths of all files of this name, in whatever folder; all below it, if it is a `folder/`. In order."""
    return _once(_PATHS.setdefault(name, {}), entries, lambda entries: _search(_once(_TEXTS, entries, _text), name))


def _text(entries: Entries) -> str:
    """All paths as one text: what it is searched for is found sooner than by asking each path."""
    return "\0/".join(("", *entries, ""))


def _search(text: str, name: str) -> list[str]:
    word, found = (f"\0/{name}" if name.endswith("/") else f"/{name}\0"), []
    at = text.find(word)
    while at >= 0:
        start, stop = text.rfind("\0/", 0, at + 2) + 2, text.find("\0", at + 1)
        found.append(text[start:stop])
        at = text.find(word, stop)
    return found


def names(entries: Entries) -> list[str]:
    """The module and package names of a tree; see `names_digest_input`."""
    return _once(_NAMES, entries, names_digest_input)


def names_digest(entries: Entries) -> str:
    """The same in short."""
    return _once(_NAMES_IN_SHORT, entries, lambda entries: digest(names(entries)))


def content_digest(entries: Entries, files: tuple[str, ...]) -> str:
    """What stands in these files of a tree, in short."""
    made = _once(_CONTENTS, entries, lambda entries: {}, by_name=False)
    if files not in made:
        rows = "\0".join([f"{entries[path].mode} {entries[path].blob} {path}" for path in sorted(files)])
        made[files] = sha256(os.fsencode(rows)).hexdigest()
    return made[files]


def same_paths(entries: Entries, other: Entries) -> None:
    """Say that two lists name the same files, whatever is in them: what only asks for names has one answer for both."""
    with _GUARD:
        if len(_SAME) >= _MOST:
            _SAME.clear()
        _SAME[id(entries)] = (entries, other)


def _once(
    known: dict[int, tuple[Entries, _Answer]],
    entries: Entries,
    make: Callable[[Entries], _Answer],
    *,
    by_name: bool = True,
) -> _Answer:
    with _GUARD:  # the checks start at the same moment, and all of them ask
        same = _SAME.get(id(entries)) if by_name else None
        if same is not None and same[0] is entries:
            entries = same[1]
        found = known.get(id(entries))
        if found is not None and found[0] is entries:
            return found[1]
        if len(known) >= _MOST:
            known.clear()
        made = make(entries)
        known[id(entries)] = (entries, made)
        return made
