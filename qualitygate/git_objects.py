"""What is in git's objects, read by ourselves where git has told their content anyway."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from qualitygate.frozen import NamedTuple
from qualitygate.model import Entry


class Known(NamedTuple):
    """What git was asked ahead: the id of an object, its kind (`tree`) and its content; empty where there is none."""

    id: str
    kind: str
    data: bytes


def files_at(known: Mapping[str, Known], tree: str, places: Sequence[str]) -> dict[str, Entry] | None:
    """The files of a tree that are one of these paths, or lie below it where it ends in `/`.

    `known`: objects by their ids. None where they do not tell: one was not asked for, or a folder is there.
    """
    found: dict[str, Entry] = {}
    for place in places:
        parts, at = place.rstrip("/").split("/"), tree
        for number, part in enumerate(parts):
            folder = known.get(at)
            if folder is None or folder.kind not in ("tree", ""):
                return None
            entry = in_tree(folder.data, part, len(tree) // 2) if folder.id else None
            if entry is None:
                break
            if number == len(parts) - 1:
                if place.endswith("/") or entry.mode == "40000":
                    return None
                if entry.mode != "160000":
                    found[place] = entry
            elif entry.mode != "40000":
                break
            at = entry.blob
    return found


def in_tree(data: bytes, name: str, width: int) -> Entry | None:
    """The row of one name in the content of a tree object, whose ids have `width` bytes."""
    at = 0
    while at < len(data):
        space, end = data.index(b" ", at), data.index(b"\0", at)
        if data[space + 1 : end] == os.fsencode(name):
            return Entry(data[at:space].decode("ascii"), data[end + 1 : end + 1 + width].hex())
        at = end + 1 + width
    return None
