"""What became of a test of base, for those who saw it run there: the judgement of `kept-tests`, asked test by test."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qualitygate.checks.safeguards.kept.judging import judge_pairs
from qualitygate.checks.safeguards.kept.product import Product
from qualitygate.checks.safeguards.kept.sides import Placed
from qualitygate.checks.safeguards.protocol import Pair
from qualitygate.frozen import NamedTuple

_OFF = frozenset(("skipped", "uncollected"))
_LOST = frozenset(("lost", "lost-with-code", "uncollected"))
_ROWS = frozenset(("tolerance", "fewer-assertions", "fewer-assertions-with-code", "no-assertion"))


class Fate(NamedTuple):
    """`path` and `name`: where it stands in head. `stands`: that is known, and not only where it would be if it did.

    `settled`: nothing is to be added. It is named as lost or switched off, or another test took its place. `rows`:
    the same holds for cases that it has no more.
    """

    path: str
    name: str
    stands: bool
    line: int = 0
    settled: bool = False
    rows: bool = False


class Fates:
    """The fates of all tests of base; a test is named as its runner does, without parameters.

    `told`: whether `kept-tests` reports what it finds. Where nobody asked it to, only what it excuses is settled.
    """

    def __init__(self, pair: Pair, options: Mapping[str, Any], *, told: bool = True) -> None:
        self._pair, self._product = pair, Product(pair, options)
        losses, self._sides, paired = judge_pairs(pair, options)
        named = {loss.name for loss in losses if loss.rule in _LOST}
        lost = [one for one in paired.lost if told or not {one.path, f"{one.path}::{one.case.id}"} & named]
        self._lost = {(placed.path, plain(placed.case.id)) for placed in lost}
        both = (*paired.unchanged, *paired.pairs)
        self._after = {(one.path, plain(one.case.id)): (one, other) for one, other in both if one.case.kind == "test"}
        self._off = {loss.name for loss in losses if told and loss.rule in _OFF}
        self._fewer = {loss.name for loss in losses if loss.rule in _ROWS}
        self._told = told
        at = {(loss.path, loss.line) for loss in losses if told and loss.rule == "skipped"}
        self._written = {(placed.path, plain(placed.case.id)) for placed in self._sides.head.tests}
        there = (placed for placed in self._sides.head.tests if (placed.path, placed.case.line) in at)
        self._alone = {placed.path for placed in there if self._sides.head.reading(placed).only}

    @property
    def with_code(self) -> bool:
        """Whether code of the product changed, or what it depends on."""
        return self._product.changed or self._product.needs_others

    def of(self, path: str, name: str) -> Fate:
        """What became of one test of a file of base."""
        key = path, plain(name)
        if key in self._lost:
            return Fate(path, name, stands=False, settled=True)
        if key in self._after:
            return self._of_pair(*self._after[key])
        home = next((new for new, old in self._pair.renames.items() if old == path and path not in self._pair.head), "")
        stands = path not in self._pair.changed
        # An example in a docstring has the name of what it is about.
        return Fate(home or path, name, stands, settled=not stands and bool(self._product.gone(name)))

    def is_written(self, path: str, name: str) -> bool:
        """Whether a test of head stands in the text of a file that changed, under this name."""
        return (path, plain(name)) in self._written

    def _of_pair(self, before: Placed, after: Placed) -> Fate:
        told = f"{before.path}::{before.case.id}"
        off = told in self._off or before.path in self._off or after.path in self._alone
        rows = self._told if told in self._fewer else self._has_fewer_rows(before, after)
        return Fate(after.path, after.case.id, True, after.case.line, off, rows)

    def _has_fewer_rows(self, before: Placed, after: Placed) -> bool:
        """Whether the text says so, and then whether that is a loss is settled."""
        was, now = self._sides.base.reading(before).cases, self._sides.head.reading(after).cases
        return 0 < now < was


def plain(name: str) -> str:
    """A name of a test whoever names it: its groups are joined by `::`, ` > ` or a space."""
    return name.replace("::", " ").replace(" > ", " ")
