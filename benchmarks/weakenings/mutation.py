"""One change of one test file: what the tree holds afterwards, and what git would call renamed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple


class Changed(NamedTuple):
    """The files that differ, by path; None for one that is gone. `renames` from new path to old."""

    files: Mapping[str, str | None]
    renames: Mapping[str, str] = {}


Mutator = Callable[[str, str, int], "Changed | None"]
"""From path, text and a number that chooses the place to the change; None where the file offers no such place."""


def only(path: str, text: str, new: str) -> Changed | None:
    """This file with another text."""
    return Changed({path: new}) if new != text else None
