"""Which test of base is which test of head: the body tells, then the name, then how alike they are."""

from __future__ import annotations

from collections import Counter, defaultdict

from qualitygate.checks.safeguards.inventory.places import language
from qualitygate.checks.safeguards.inventory.words import likeness
from qualitygate.checks.safeguards.kept.sides import Placed, Side, Sides
from qualitygate.frozen import NamedTuple

_ALIKE, _NAMED, _REWRITTEN = 0.6, 0.4, 0.35
_TRIVIAL = 6
_MOST = 60_000
"""So many comparisons of two bodies at most: a tree that is imported in one go is matched by body and name only."""


class Paired(NamedTuple):
    """Who is who: `unchanged` are equal in every character; `lost` have no one in head, `fresh` no one in base."""

    pairs: tuple[tuple[Placed, Placed], ...]
    unchanged: tuple[tuple[Placed, Placed], ...]
    lost: tuple[Placed, ...]
    fresh: tuple[Placed, ...]


def pair_tests(sides: Sides) -> Paired:
    """Match one to one, as a reader would: equal, same body, same name in place, elsewhere, alike."""
    matcher = _Matcher(sides)
    matcher.equal()
    matcher.same_body()
    matcher.by_key(
        lambda placed: (matcher.at_home(placed), placed.case.id), lambda placed: (placed.path, placed.case.id)
    )
    matcher.same_name()
    matcher.alike(_ALIKE, everywhere=True)
    matcher.alike(_REWRITTEN, everywhere=False)
    return Paired(tuple(matcher.pairs), tuple(matcher.unchanged), tuple(matcher.left), tuple(matcher.right))


def last_part(name: str) -> str:
    """The name of a test without what it stands in."""
    return name.replace(" > ", "::").rpartition("::")[2]


class _Matcher:
    """What is still without a partner."""

    def __init__(self, sides: Sides) -> None:
        self.base: Side = sides.base
        self.head: Side = sides.head
        self.home = sides.home
        self.left = list(sides.base.tests)
        self.right = list(sides.head.tests)
        self.pairs: list[tuple[Placed, Placed]] = []
        self.unchanged: list[tuple[Placed, Placed]] = []

    def at_home(self, placed: Placed) -> str:
        """Where its file stands in head."""
        return placed.path if placed.path in self.head.files else self.home.get(placed.path, placed.path)

    def _take(self, found: list[tuple[Placed, Placed]]) -> None:
        gone, used = {id(pair[0]) for pair in found}, {id(pair[1]) for pair in found}
        self.left = [placed for placed in self.left if id(placed) not in gone]
        self.right = [placed for placed in self.right if id(placed) not in used]

    def equal(self) -> None:
        """The same name, marks and text in the same file."""
        there: dict[tuple[object, ...], list[Placed]] = defaultdict(list)
        for placed in self.right:
            there[(placed.path, placed.case.id, placed.case.marks, placed.case.source)].append(placed)
        found = []
        for placed in self.left:
            twins = there.get((self.at_home(placed), placed.case.id, placed.case.marks, placed.case.source))
            if twins:
                found.append((placed, twins.pop(0)))
        self._take(found)
        self.unchanged.extend(found)

    def same_body(self) -> None:
        """The same words in the same order, wherever they stand."""
        if not self.left or not self.right:
            return
        there: dict[tuple[str, ...], list[Placed]] = defaultdict(list)
        for placed in self.right:
            there[self.head.words(placed)].append(placed)
        found: list[tuple[Placed, Placed]] = []
        done: set[int] = set()
        for rank in range(3):
            for placed in self.left:
                twins = there.get(self.base.words(placed)) if id(placed) not in done else None
                if not twins:
                    continue
                size = len(self.base.words(placed))
                twin = next((each for each in twins if self._ranks(placed, each, rank, size)), None)
                if twin is not None:
                    twins.remove(twin)
                    done.add(id(placed))
                    found.append((placed, twin))
        self._take(found)
        self.pairs.extend(found)

    def _ranks(self, placed: Placed, twin: Placed, rank: int, size: int) -> bool:
        if language(placed.path) != language(twin.path):
            return False
        same_name = last_part(placed.case.id) == last_part(twin.case.id)
        if rank == 0:
            return placed.case.id == twin.case.id and twin.path == self.at_home(placed)
        return same_name if rank == 1 or size < _TRIVIAL else True

    def by_key(self, mine: object, theirs: object) -> None:
        """The same key: the first with the first."""
        there: dict[object, list[Placed]] = defaultdict(list)
        for placed in self.right:
            there[theirs(placed)].append(placed)  # type: ignore[operator]
        found = []
        for placed in self.left:
            twins = there.get(mine(placed))  # type: ignore[operator]
            if twins:
                found.append((placed, twins.pop(0)))
        self._take(found)
        self.pairs.extend(found)

    def same_name(self) -> None:
        """The same name elsewhere, if the bodies are somewhat alike."""
        there: dict[str, list[Placed]] = defaultdict(list)
        for placed in self.right:
            there[last_part(placed.case.id)].append(placed)
        found = []
        for placed in self.left:
            twins = [
                each
                for each in there.get(last_part(placed.case.id), ())
                if language(each.path) == language(placed.path)
            ]
            scored = sorted(
                ((likeness(self.base.bag(placed), self.head.bag(each)), at) for at, each in enumerate(twins)),
                reverse=True,
            )
            if scored and scored[0][0] >= _NAMED:
                twin = twins[scored[0][1]]
                there[last_part(placed.case.id)].remove(twin)
                found.append((placed, twin))
        self._take(found)
        self.pairs.extend(found)

    def alike(self, least: float, *, everywhere: bool) -> None:
        """The most alike first. Elsewhere than in its file only if that is not too many."""
        everywhere = everywhere and len(self.left) * len(self.right) <= _MOST
        near: dict[str, list[int]] = defaultdict(list)
        for at, placed in enumerate(self.right):
            near["" if everywhere else placed.path].append(at)
        scored: list[tuple[float, int, int]] = []
        for first, placed in enumerate(self.left):
            mine = self.base.bag(placed)
            size = mine.total()
            for second in near.get("" if everywhere else self.at_home(placed), ()):
                other = self.right[second]
                if language(other.path) != language(placed.path):
                    continue
                theirs = self.head.bag(other)
                if 2 * min(size, theirs.total()) < least * (size + theirs.total()):
                    continue
                score = likeness(mine, theirs)
                if score >= least:
                    scored.append((-score, first, second))
        found = []
        used: Counter[tuple[int, int]] = Counter()
        for _, first, second in sorted(scored):
            if not used[(0, first)] and not used[(1, second)]:
                used[(0, first)] = used[(1, second)] = 1
                found.append((self.left[first], self.right[second]))
        self._take(found)
        self.pairs.extend(found)
