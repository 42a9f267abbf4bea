"""From two sides to what is lost: pairs compared, what has no partner explained or reported."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from qualitygate.checks.safeguards.inventory.case import BOUNDED, TRUTHY, Assertion, Reading
from qualitygate.checks.safeguards.inventory.places import is_test, language, named_as_test
from qualitygate.checks.safeguards.inventory.words import likeness, pairs, python_words, skeleton
from qualitygate.checks.safeguards.kept.called import Shared
from qualitygate.checks.safeguards.kept.for_all import for_all
from qualitygate.checks.safeguards.kept.loss import UNKNOWN, Compared, Loss, key_of, loss_of, weight
from qualitygate.checks.safeguards.kept.pairing import Paired, last_part, pair_tests
from qualitygate.checks.safeguards.kept.product import Product
from qualitygate.checks.safeguards.kept.replaced import replaced
from qualitygate.checks.safeguards.kept.sides import Placed, Sides, sides_of
from qualitygate.checks.safeguards.kept.testpaths import testpaths
from qualitygate.checks.safeguards.kept.unmatched import Unmatched
from qualitygate.checks.safeguards.kept.weakening import shown, skipping, still_needed, weakened
from qualitygate.checks.safeguards.kept.whole import is_part, wholes
from qualitygate.checks.safeguards.protocol import Pair

_ABSORBED = 0.8
_ROWS = 0.4
_SETTING_UP = frozenset(
    (
        "setUp",
        "setUpClass",
        "setUpModule",
        "asyncSetUp",
        "setup_method",
        "setup_class",
        "setup_module",
        "setup_function",
    )
)
_WARNINGS = ("warns", "assertWarns", "deprecated_call")
"""What a deprecation is asserted with, which ends when what was deprecated does."""


def judge(pair: Pair, options: Mapping[str, Any]) -> tuple[list[Loss], Sides]:
    """All losses of a change."""
    losses, sides, _ = judge_pairs(pair, options)
    return losses, sides


def judge_pairs(pair: Pair, options: Mapping[str, Any]) -> tuple[list[Loss], Sides, Paired]:
    """All losses of a change, and which test of base is which of head."""
    sides = sides_of(pair, options)
    if not sides.base.files and not sides.head.files:
        return [], sides, Paired((), (), (), ())
    judge_ = _Judge(pair, sides, options)
    return list(judge_.losses()), sides, judge_.paired


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
                yield loss_of("skipped", placed, placed, "runs alone: its file's other tests do not run")
        for each in compared:
            self._offer(each.change.added)
        for each in compared:
            yield from self._weaker(each)
        yield from self._muted()
        yield from self._settings_up()
        yield from replaced(self.pair, self.sides, self.options)
        yield from for_all(self.pair, self.sides, self.options)
        yield from self._moved_out()
        yield from Unmatched(self.pair, self.sides, self.paired, self.product, self.pool).losses(compared)

    def _offer(self, assertions: tuple[Assertion, ...]) -> None:
        self.pool.update(key_of(assertion) for assertion in assertions)

    # pairs

    def _helpers(self) -> Iterator[tuple[Placed, Placed]]:
        """Functions beside the tests that changed and kept their names."""
        there = {(placed.path, placed.case.id): placed for placed in self.sides.head.others}
        names = Counter((placed.path, placed.case.id) for placed in self.sides.base.others)
        for placed in self.sides.base.others:
            if names[(placed.path, placed.case.id)] > 1:
                continue
            home = (
                placed.path if placed.path in self.sides.head.files else self.sides.home.get(placed.path, placed.path)
            )
            twin = there.get((home, placed.case.id))
            if twin is not None and twin.case.source != placed.case.source:
                yield placed, twin

    def _fewer_rows(self) -> Iterator[tuple[Placed, Placed]]:
        """Tests that are unchanged, but whose list of cases, or a switch for them, is another one under its name."""
        for before, after in self.paired.unchanged:
            old, new = self.sides.base.files[before.path].tables, self.sides.head.files[after.path].tables
            other = [name for name, size in old.items() if new.get(name, size) != size]
            if other and any(name in text for name in other for text in (before.case.source, *before.case.marks)):
                yield before, after

    def _compare(self, before: Placed, after: Placed) -> Compared:
        old, new = self.sides.base.reading(before), self.sides.head.reading(after)
        if old.calls != new.calls:
            gone = self.shared[0].assertions(old.calls - new.calls, before.path)
            come = self.shared[1].assertions(new.calls - old.calls, after.path)
            old = old._replace(assertions=old.assertions + gone)
            new = new._replace(assertions=new.assertions + come)
        same = last_part(before.case.id) == last_part(after.case.id)
        return Compared(before, after, old, new, weakened(old, new, same=same))

    def _weaker(self, each: Compared) -> Iterator[Loss]:
        before, after, old, new, change = each
        if before.case.kind == "test":
            skipped = skipping(old, new)
            if skipped is not None:
                yield loss_of(skipped[0], before, after, skipped[1])
                if new.skip == "unconditional":
                    return  # what it would do does not matter
        reported = set()
        by_rule: dict[str, list[str]] = defaultdict(list)
        for fact, text in change.facts:
            rule = fact
            if fact == "another-subject":  # surely weaker only where nothing else explains it
                rule = self._with_code(before) or "weaker-assertion"
            by_rule[rule].append(text)
        for rule, texts in by_rule.items():
            reported.add(rule)
            more = f", and {len(texts) - 2} more" if len(texts) > 2 else ""
            said = {"expectation-changed": "expects another: ", "retried": ""}.get(rule, "asserts less: ")
            yield loss_of(rule, before, after, said + "; ".join(texts[:2]) + more)
        swallowing = self._swallowing(each)
        if swallowing and "tolerance" not in reported:
            reported.add("tolerance")
            yield loss_of("tolerance", before, after, f"asserts less: what fails may be caught by `@{swallowing}`")
        if "tolerance" in reported and not change.missing:
            return
        yield from self._fewer(each)

    def _swallowing(self, each: Compared) -> str:
        """A decorator that came to a test, is written in its file, and catches what goes wrong."""
        for name in sorted(each.new.calls - each.old.calls):
            if f"@{name}" in each.after.case.source:
                for other in self.sides.head.others:
                    caught = "except" in other.case.source or "suppress(" in other.case.source
                    if other.path == each.after.path and last_part(other.case.id) == name and caught:
                        return name
        return ""

    def _settings_up(self) -> Iterator[Loss]:
        """What runs before tests and skips them all: `setUp`, a fixture."""
        known = {(placed.path, placed.case.id): placed for placed in self.sides.base.others}
        for placed in self.sides.head.others:
            source = placed.case.source
            sets_up = last_part(placed.case.id) in _SETTING_UP or "fixture" in source.partition("def ")[0]
            if not sets_up or "skip" not in source.lower() or placed.path.endswith("conftest.py"):
                continue
            now = self.sides.head.reading(placed)
            before = known.get((self.sides.home.get(placed.path, placed.path), placed.case.id))
            old = self.sides.base.reading(before) if before is not None else Reading()
            skipped = skipping(old, now)
            if skipped is not None and placed.path in self.sides.base.files:
                yield loss_of(skipped[0], before or placed, placed, f"takes its tests with it: {now.why}")

    def _fewer(self, each: Compared) -> Iterator[Loss]:
        before, after, old, new, change = each
        missing = [one for one in change.missing if not self._moved(one) and not still_needed(one, after.case.source)]
        if missing and new.assertions:
            texts = wholes(new.assertions, self._text(after.path))
            missing = [one for one in missing if not is_part(one, texts)]
        if not missing and change.fewer_rows is None:
            return
        if missing and old.assertions and not new.assertions and not self._outlived(missing):
            yield loss_of("no-assertion", before, after, f"asserts nothing any more: {_listed(missing)}")
        elif missing and weight(new) - _slight(missing, change.added) * (new.cases or UNKNOWN) < weight(old):
            rule = self._with_code(before) or "fewer-assertions"
            yield loss_of(rule, before, after, f"does not assert any more: {_listed(missing)}")
        elif change.fewer_rows is not None and old.assertions and not self._rows_elsewhere(each):
            was, now = change.fewer_rows
            if weight(new) >= weight(old):
                return
            rule = self._with_code(before) or "tolerance"
            yield loss_of(rule, before, after, f"runs {now} of the {was} cases that it had")

    def _with_code(self, placed: Placed) -> str:
        """The rule for a test that asserts less beside a change of code, by whether the two have to do with each other.

        "" without a change of code.
        """
        if not self.product.changed:
            return ""
        related = self.product.concerns(self.shared[0].text(placed))
        return "fewer-assertions-with-code" if related else "fewer-assertions-aside"

    def _text(self, path: str) -> str:
        return (self.pair.read_head(path) or b"").decode("utf-8", "replace")

    def _outlived(self, missing: list[Assertion]) -> bool:
        """Whether the code changed, and all that is gone said little: that something has a type, or warns."""
        little = all(each.strength <= BOUNDED or each.operator in _WARNINGS for each in missing)
        return little and self.product.changed

    def _moved(self, assertion: Assertion) -> bool:
        """Whether another test asserts it now; each can stand for one only."""
        key = key_of(assertion)
        if self.pool[key] > 0:
            self.pool[key] -= 1
            return True
        return False

    def _rows_elsewhere(self, each: Compared) -> bool:
        """Whether a fresh test does the same with other rows, or has the rows that are missing."""
        literals = _literals(each.before) - _literals(each.after)
        fresh = {word for placed in self.paired.fresh for word in _literals(placed)}
        for before, after in self.paired.pairs:
            fresh |= _literals(after) - _literals(before)
        if literals and len(literals & fresh) >= _ABSORBED * len(literals):
            return True
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
            if before.path != after.path and self._is_out(before.path, after.path):
                where[before.path] = (after.path, where.get(before.path, ("", 0))[1] + 1)
                continue
            if before.path != after.path and named_as_test(before.path) and not named_as_test(after.path):
                where[before.path] = (after.path, where.get(before.path, ("", 0))[1] + 1)
        for origin, (path, count) in where.items():
            out = self._is_out(origin, path)
            if out or (language(origin) not in ("rust", "go") and not self._neighbours_run(path)):
                yield Loss(
                    "uncollected",
                    path,
                    1,
                    origin,
                    f"{count} tests of {origin} stand in {path} now, where no runner looks for them",
                )

    def _is_out(self, before: str, after: str) -> bool:
        """Whether a test left the folders that pytest is told to look in."""
        if not after.endswith(".py"):
            return False
        told = testpaths(self.pair.read_head, self.pair.head)
        inside = [any(path == one or path.startswith(f"{one}/") for one in told) for path in (before, after)]
        return bool(told) and inside == [True, False]

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


def _literals(placed: Placed) -> set[str]:
    words = python_words("\n".join((*placed.case.marks, placed.case.source)))
    return {word for word in words if word[0] == '"' or word[0].isdigit()}


def _slight(missing: list[Assertion], added: tuple[Assertion, ...]) -> int:
    """How many of the new assertions say too little to stand for one that is gone."""
    strong = sum(assertion.strength > TRUTHY for assertion in missing)
    return min(strong, sum(assertion.strength <= TRUTHY for assertion in added))


def _listed(assertions: list[Assertion]) -> str:
    more = f", and {len(assertions) - 2} more" if len(assertions) > 2 else ""
    return "; ".join(f"`{shown(assertion)}`" for assertion in assertions[:2]) + more
