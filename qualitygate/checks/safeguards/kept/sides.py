"""The tests of both trees, as far as the change touches them, each with its file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from qualitygate.checks.safeguards.inventory.case import Case, Held, Reading, held
from qualitygate.checks.safeguards.inventory.places import is_test, language
from qualitygate.checks.safeguards.inventory.reading import body, read
from qualitygate.checks.safeguards.inventory.words import pairs
from qualitygate.checks.safeguards.protocol import Pair
from qualitygate.frozen import NamedTuple

_NOTHING = Held()


class Placed(NamedTuple):
    """One test in its file, on one side of the change."""

    path: str
    case: Case


class Side:
    """One tree: its tests in the files that differ, read when somebody asks."""

    def __init__(self, files: Mapping[str, Held]) -> None:
        self.files = files
        self.tests = [Placed(path, case) for path, found in files.items() for case in found.tests]
        self.others = [Placed(path, case) for path, found in files.items() for case in found.others]
        self._read: dict[Placed, Reading] = {}
        self._words: dict[Placed, tuple[str, ...]] = {}
        self._bags: dict[Placed, Counter[tuple[str, str]]] = {}

    def reading(self, placed: Placed) -> Reading:
        """What a test does."""
        found = self._read.get(placed)
        if found is None:
            tables = self.files.get(placed.path, _NOTHING).tables
            found = self._read[placed] = read(placed.case, language(placed.path), tables)
        return found

    def words(self, placed: Placed) -> tuple[str, ...]:
        """The words of its body."""
        found = self._words.get(placed)
        if found is None:
            found = self._words[placed] = tuple(body(placed.case, language(placed.path)))
        return found

    def bag(self, placed: Placed) -> Counter[tuple[str, str]]:
        """Its words as pairs of neighbours."""
        found = self._bags.get(placed)
        if found is None:
            found = self._bags[placed] = pairs(self.words(placed))
        return found


class Sides(NamedTuple):
    """Both trees. `home` says where a file of base stands in head; `unread` are files of head that cannot be read."""

    base: Side
    head: Side
    home: Mapping[str, str]
    unread: tuple[tuple[str, str], ...]
    looked_at: int


def sides_of(pair: Pair, options: Mapping[str, Any]) -> Sides:
    """Both trees, of the files that the change touches and that may hold tests."""
    base: dict[str, Held] = {}
    head: dict[str, Held] = {}
    unread: list[tuple[str, str]] = []
    looked_at = 0
    for path in sorted(pair.changed):
        if not is_test(path, options):
            continue
        before = held(pair.base_facts(path)) if path in pair.base else _NOTHING
        after = held(pair.head_facts(path)) if path in pair.head else _NOTHING
        looked_at += path in pair.head or path in pair.base
        if before.tests or before.others or before.tables:
            base[path] = before
        if after.unread and before.tests:
            unread.append((path, after.unread))
        elif path in pair.head:
            head[path] = after
    home = {before: after for after, before in pair.renames.items() if after in head and before in base}
    return Sides(Side(base), Side(head), home, tuple(unread), looked_at)
