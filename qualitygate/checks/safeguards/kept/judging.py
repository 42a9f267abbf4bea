"""From two sides to what is lost: pairs compared, what has no partner explained or reported."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from qualitygate.checks.safeguards.inventory.case import Assertion, Reading
from qualitygate.checks.safeguards.inventory.places import is_test, language, named_as_test
from qualitygate.checks.safeguards.inventory.words import likeness, pairs, skeleton
from qualitygate.checks.safeguards.kept.helpers import Shared
from qualitygate.checks.safeguards.kept.pairing import last_part, pair_tests
from qualitygate.checks.safeguards.kept.product import Product
from qualitygate.checks.safeguards.kept.sides import Placed, Sides, sides_of
from qualitygate.checks.safeguards.kept.weakening import Change, shown, skipping, weakened
from qualitygate.checks.safeguards.protocol import Pair

_ABSORBED = 0.8
_ROWS = 0.4


class Loss(NamedTuple):
    """One thing that head has lost: which rule, where, whose, and what in words."""

    rule: str
    path: str
    line: int
    name: str
    message: str


class _Compared(NamedTuple):
    before: Placed
    after: Placed
    old: Reading
    new: Reading
    change: Change


def judge(pair: Pair, options: Mapping[str, Any]) -> tuple[list[Loss], Sides]:
    """All losses of a change."""
    sides = sides_of(pair, options)
    if not sides.base.files and not sides.head.files:
        return [], sides
    judge_ = _Judge(pair, sides, options)
    return list(judge_.losses()), sides


class _Judge:
    """One change that is judged: its pairs, and what is still to be accounted for."""

    def __init__(self, pair: Pair, sides: Sides, options: Mapping[str, Any]) -> None:
        self.pair, self.sides, self.options = pair, sides, options
        self.product = Product(pair, options)
        self.shared = (
            Shared(pair, sides.base, options, of_head=False),
            Shared(pair, sides.head, options, of_head=True),
        )
        self.paired = pair_tests(sides)
        self.unread = frozenset(path for path, _ in sides.unread)
        self.pool: Counter[tuple[str, str]] = Counter()
        """What fresh and changed tests assert besides what they did: (operator, expected) and how often."""

    def losses(self) -> Iterator[Loss]:
        compared = [
            self._compare(before, after)
            for before, after in (*self.paired.pairs, *self._fewer_rows(), *self._helpers())
        ]
        for placed in self.paired.fresh:
            reading = self.sides.head.reading(placed)
            self._offer((*reading.assertions, *self.shared[1].assertions(reading.calls, placed.path)))
            if reading.only:
                yield self._loss("skipped", placed, placed, "runs alone: its file's other tests do not run")
        for each in compared:
            self._offer(each.change.added)
        for each in compared:
            yield from self._weaker(each)
        yield from self._muted()
        yield from self._moved_out()
        yield from self._lost(compared)

    def _offer(self, assertions: tuple[Assertion, ...]) -> None:
        self.pool.update(_key(assertion) for assertion in assertions)

    def _loss(self, rule: str, before: Placed, after: Placed, message: str) -> Loss:
        return Loss(
            rule,
            after.path,
            after.case.line,
            f"{before.path}::{before.case.id}",
            f"test `{last_part(before.case.id)}` {message}",
        )

    # pairs

    def _helpers(self) -> Iterator[tuple[Placed, Placed]]:
        """Functions beside the tests that changed and kept their names."""
        there = {(placed.path, placed.case.id): placed for placed in self.sides.head.others}
        for placed in self.sides.base.others:
            home = (
                placed.path if placed.path in self.sides.head.files else self.sides.home.get(placed.path, placed.path)
            )
            twin = there.get((home, placed.case.id))
            if twin is not None and twin.case.source != placed.case.source:
                yield placed, twin

    def _fewer_rows(self) -> Iterator[tuple[Placed, Placed]]:
        """Tests that are unchanged, but whose list of cases, which has a name, is shorter."""
        for before, after in self.paired.unchanged:
            old, new = self.sides.base.files[before.path].tables, self.sides.head.files[after.path].tables
            if (
                old != new
                and any(name in before.case.source and new.get(name, size) < size for name, size in old.items())
            ) or (
                old != new
                and any(
                    name in mark for mark in before.case.marks for name in old if new.get(name, old[name]) < old[name]
                )
            ):
                yield before, after

    def _compare(self, before: Placed, after: Placed) -> _Compared:
        old, new = self.sides.base.reading(before), self.sides.head.reading(after)
        if old.calls != new.calls:
            gone = self.shared[0].assertions(old.calls - new.calls, before.path)
            come = self.shared[1].assertions(new.calls - old.calls, after.path)
            old = old._replace(assertions=old.assertions + gone)
            new = new._replace(assertions=new.assertions + come)
        same = last_part(before.case.id) == last_part(after.case.id)
        return _Compared(before, after, old, new, weakened(old, new, same=same))

    def _weaker(self, each: _Compared) -> Iterator[Loss]:
        before, after, old, new, change = each
        if before.case.kind == "test":
            skipped = skipping(old, new)
            if skipped is not None:
                yield self._loss(skipped[0], before, after, skipped[1])
        reported = set()
        by_rule: dict[str, list[str]] = defaultdict(list)
        for rule, text in change.facts:
            by_rule[rule].append(text)
        for rule, texts in by_rule.items():
            reported.add(rule)
            more = f", and {len(texts) - 2} more" if len(texts) > 2 else ""
            yield self._loss(
                rule,
                before,
                after,
                ("asserts less: " if rule != "expectation-changed" else "expects another: ")
                + "; ".join(texts[:2])
                + more,
            )
        if "tolerance" in reported and not change.missing:
            return
        yield from self._fewer(each)

    def _fewer(self, each: _Compared) -> Iterator[Loss]:
        before, after, old, new, change = each
        missing = [assertion for assertion in change.missing if not self._moved(assertion)]
        if missing and old.assertions and not new.assertions:
            yield self._loss("no-assertion", before, after, f"asserts nothing any more: {_listed(missing)}")
        elif missing and len(new.assertions) * new.cases < len(old.assertions) * old.cases:
            with_code = "-with-code" if self.product.changed else ""
            yield self._loss(
                f"fewer-assertions{with_code}", before, after, f"does not assert any more: {_listed(missing)}"
            )
        elif change.fewer_rows is not None and old.assertions and not self._rows_elsewhere(each):
            was, now = change.fewer_rows
            if len(new.assertions) * now >= len(old.assertions) * was:
                return
            rule = "fewer-assertions-with-code" if self.product.changed else "tolerance"
            yield self._loss(rule, before, after, f"runs {now} of the {was} cases that it had")

    def _moved(self, assertion: Assertion) -> bool:
        """Whether another test asserts it now; each can stand for one only."""
        key = _key(assertion)
        if self.pool[key] > 0:
            self.pool[key] -= 1
            return True
        return False

    def _rows_elsewhere(self, each: _Compared) -> bool:
        """Whether a fresh test does the same with other rows."""
        mine = pairs(skeleton(self.sides.base.words(each.before)))
        return any(
            likeness(mine, pairs(skeleton(self.sides.head.words(placed)))) >= _ROWS
            and self.sides.head.reading(placed).assertions
            for placed in self.paired.fresh
            if language(placed.path) == language(each.before.path)
        )

    # files

    def _muted(self) -> Iterator[Loss]:
        """Files that skip themselves as a whole."""
        for path, after in self.sides.head.files.items():
            origin = next((old for old, new in self.sides.home.items() if new == path), path)
            before = self.sides.base.files.get(origin)
            if (
                before is not None
                and before.tests
                and after.muted
                and after.muted != before.muted
                and before.muted != "unconditional"
            ):
                rule = "skipped" if after.muted == "unconditional" else "skipped-conditionally"
                yield Loss(
                    rule,
                    path,
                    1,
                    origin,
                    f"none of the {len(before.tests)} tests of {origin} runs: the file skips itself",
                )

    def _moved_out(self) -> Iterator[Loss]:
        """Tests that are still there, in a file whose name no runner looks for."""
        where: dict[str, tuple[str, int]] = {}
        for before, after in (*self.paired.pairs, *self.paired.unchanged):
            if before.path != after.path and named_as_test(before.path) and not named_as_test(after.path):
                where[before.path] = (after.path, where.get(before.path, ("", 0))[1] + 1)
        for origin, (path, count) in where.items():
            if language(origin) not in ("rust", "go") and not self._neighbours_run(path):
                yield Loss(
                    "uncollected",
                    path,
                    1,
                    origin,
                    f"{count} tests of {origin} stand in {path} now, where no runner looks for them",
                )

    def _neighbours_run(self, path: str) -> bool:
        """Whether unchanged files beside this one hold tests under such a name, too."""
        folder = path.rpartition("/")[0]
        for other in self.pair.base:
            if (
                other.rpartition("/")[0] == folder
                and other not in self.pair.changed
                and language(other) == language(path)
            ) and (
                not named_as_test(other)
                and is_test(other, self.options)
                and (self.pair.base_facts(other) or {}).get("tests")
            ):
                return True
        return False

    # tests without a partner

    def _lost(self, compared: list[_Compared]) -> Iterator[Loss]:
        left = [placed for placed in self.paired.lost if placed.path not in self.unread and not self._absorbed(placed)]
        left = self._as_rows(left, compared)
        by_file: dict[tuple[str, str], list[tuple[Placed, str]]] = defaultdict(list)
        for placed in left:
            rule, why = self._lot(placed)
            by_file[(placed.path, rule)].append((placed, why))
        for (path, rule), found in by_file.items():
            if self._file_is_gone(path):
                names = ", ".join(f"`{last_part(placed.case.id)}`" for placed, _ in found[:5])
                more = f" and {len(found) - 5} more" if len(found) > 5 else ""
                count = f"{len(found)} tests" if len(found) > 1 else "1 test"
                yield Loss(rule, path, 1, path, f"{count} of {path} {found[0][1]}: {names}{more}")
            else:
                for placed, why in found:
                    yield self._loss(rule, placed, placed, why)

    def _file_is_gone(self, path: str) -> bool:
        home = self.sides.home.get(path, path)
        there = self.sides.head.files.get(home)
        return (there is None or not there.tests) and len(self.sides.base.files[path].tests) > 1

    def _lot(self, placed: Placed) -> tuple[str, str]:
        """The rule for a test that has no partner, and what became of it in words."""
        hidden = self._hidden_as(placed)
        if hidden:
            return "uncollected", hidden
        if not self.product.changed:
            return "lost", "is gone"
        gone = self.product.gone(self.sides.base.reading(placed).uses)
        if gone:
            return "removed-with-subject", f"is gone with `{'`, `'.join(gone[:3])}`"
        return "lost-with-code", "is gone"

    def _hidden_as(self, placed: Placed) -> str:
        """Where its body stands now, if not as a test."""
        moved = next(
            (new for new, old in self.pair.renames.items() if old == placed.path and new not in self.sides.head.files),
            "",
        )
        if moved and placed.path not in self.pair.head:
            return f"stands in {moved} now, where no runner looks for it"
        words = self.sides.base.words(placed)
        for other in self.sides.head.others:
            if language(other.path) != language(placed.path) or len(words) < 3:
                continue
            same_name = last_part(other.case.id).strip("_").endswith(last_part(placed.case.id).strip("_"))
            if self.sides.head.words(other) == words or (
                same_name and likeness(self.sides.base.bag(placed), self.sides.head.bag(other)) >= 0.6
            ):
                return f"is not collected any more: it is `{other.case.id}` in {other.path} now"
        return ""

    def _absorbed(self, placed: Placed) -> bool:
        """Whether fresh or changed tests assert what it did."""
        reading = self.sides.base.reading(placed)
        wanted = Counter(_key(assertion) for assertion in reading.assertions)
        if not wanted:
            return False
        there = sum(min(count, self.pool[key]) for key, count in wanted.items())
        if there < _ABSORBED * wanted.total():
            return False
        self.pool.subtract({key: min(count, self.pool[key]) for key, count in wanted.items()})
        return True

    def _as_rows(self, lost: list[Placed], compared: list[_Compared]) -> list[Placed]:
        """Without those that became rows of a test with parameters."""
        head, base = self.sides.head, self.sides.base
        room = {placed: head.reading(placed).cases for placed in self.paired.fresh}
        for each in compared:
            room[each.after] = room.get(each.after, 0) + each.new.cases - each.old.cases
        tables = [
            (placed, pairs(skeleton(head.words(placed))))
            for placed, free in room.items()
            if free > 0 and head.reading(placed).cases > 1
        ]
        rest = []
        for placed in lost:
            mine = pairs(skeleton(base.words(placed))) if tables else Counter()
            fits = [
                (likeness(mine, theirs), at)
                for at, (table, theirs) in enumerate(tables)
                if room[table] > 0 and language(table.path) == language(placed.path)
            ]
            best = max(fits, default=(0.0, -1))
            if best[0] >= _ROWS:
                room[tables[best[1]][0]] -= 1
            else:
                rest.append(placed)
        return rest


def _key(assertion: Assertion) -> tuple[str, str]:
    return (f"{assertion.subject} {assertion.operator}", assertion.expected)


def _listed(assertions: list[Assertion]) -> str:
    more = f", and {len(assertions) - 2} more" if len(assertions) > 2 else ""
    return "; ".join(f"`{shown(assertion)}`" for assertion in assertions[:2]) + more
