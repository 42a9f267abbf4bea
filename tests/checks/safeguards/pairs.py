"""Two trees in memory, for checks that compare them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from qualitygate.checks.safeguards.protocol import Comparer, Pair
from qualitygate.model import Entry


def pair(base: dict[str, str], head: dict[str, str], comparer: Comparer, renames: Mapping[str, str] = {}) -> Pair:
    """`base` and `head` are contents by path, `renames` from head path to base path."""
    sides = [{path: text.encode("utf-8", "surrogateescape") for path, text in side.items()} for side in (base, head)]
    entries = [{path: Entry("100644", hashlib.sha1(data).hexdigest()) for path, data in side.items()} for side in sides]

    def facts(side: Mapping[str, bytes]) -> Callable[[str], Any]:
        return lambda path: comparer.extract(path, side[path], {}) if path in side else None

    changed = frozenset(path for path in {*base, *head} if base.get(path) != head.get(path))
    return Pair(entries[0], entries[1], changed, renames, facts(sides[0]), facts(sides[1]), sides[0].get, sides[1].get)
