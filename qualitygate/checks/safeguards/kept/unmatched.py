"""Tests of base that have no partner in head: absorbed, hidden, gone with their subject, or lost."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from qualitygate.checks.safeguards.inventory.case import Assertion, held
from qualitygate.checks.safeguards.inventory.places import language, suffix
from qualitygate.checks.safeguards.inventory.words import contained, likeness, pairs, python_words, skeleton
from qualitygate.checks.safeguards.kept.called import text_of
from qualitygate.checks.safeguards.kept.loss import UNKNOWN, Compared, Loss, key_of, loss_of, weight
from qualitygate.checks.safeguards.kept.pairing import Paired, last_part
from qualitygate.checks.safeguards.kept.product import Product
from qualitygate.checks.safeguards.kept.sides import Placed, Sides
from qualitygate.checks.safeguards.kept.whole import is_part, wholes
from qualitygate.checks.safeguards.protocol import Pair

_ABSORBED = 0.8
_ROWS = 0.4
_UNROLLED = 0.55
_SAME = 0.6
_COPY = 0.95
_CONTAINED = 0.9
_PREPARING = ("beforeEach", "before(", "beforeAll", "setUp", "setup_method", "@Before", "autouse", "before :", "let(")
_ROUGHLY = 40
"""Two texts of one test differ in their names by fewer characters than this."""


class Unmatched:
    """What is left of base when all pairs are made. `pool` is what fresh and changed tests assert besides."""

    def __init__(
        self, pair: Pair, sides: Sides, paired: Paired, product: Product, pool: Counter[tuple[str, str]]
    ) -> None:
        self.pair, self.sides, self.paired, self.product, self.pool = pair, sides, paired, product, pool
        self.unread = frozenset(path for path, _ in sides.unread)

    def losses(self, compared: list[Compared]) -> Iterator[Loss]:
        """Those that nothing explains, a whole file at once."""
        left = [placed for placed in self.paired.lost if placed.path not in self.unread]
        left = [placed for placed in self._without_twins(left) if not self._absorbed(placed)]
        left = self._as_rows(left, compared)
        by_file: dict[tuple[str, str], list[tuple[Placed, str]]] = defaultdict(list)
        for placed in left:
            rule, why = self._lot(placed)
            by_file[(placed.path, rule)].append((placed, why))
        for (path, rule), found in by_file.items():
            if self._file_is_gone(path):
                names = ", ".join(f"`{last_part(placed.case.id)}`" for placed, _ in found[:5])
                more = f" and {len(found) - 5} more" if len(found) > 5 else ""
                why = found[0][1]
                if len(found) > 1:
                    why = why.replace("is ", "are ", 1) if why.startswith("is ") else why.replace("stands", "stand", 1)
                count = f"{len(found)} tests" if len(found) > 1 else "1 test"
                yield Loss(rule, path, 1, path, f"{count} of {path} {why}: {names}{more}")
            else:
                for placed, why in found:
                    yield loss_of(rule, placed, placed, why)

    def _without_twins(self, lost: list[Placed]) -> list[Placed]:
        """Without those that were written down twice: another test of the same file still does the same."""
        if not lost:
            return []
        head, home = self.sides.head, self.sides.home
        sizes = {(placed.path, len(placed.case.source) // _ROUGHLY) for placed in head.tests}
        near = {
            placed
            for placed in lost
            if any(
                (home.get(placed.path, placed.path), len(placed.case.source) // _ROUGHLY + step) in sizes
                for step in (-1, 0, 1)
            )
        }
        lengths = [len(placed.case.source) for placed in near]
        others = self._copies(lost)
        there = {
            _twin(placed, placed.path)
            for placed in head.tests
            if any(abs(len(placed.case.source) - length) < _ROUGHLY for length in lengths)
        }
        return [
            placed
            for placed in lost
            if placed not in others
            and (placed not in near or _twin(placed, home.get(placed.path, placed.path)) not in there)
        ]

    def _copies(self, lost: list[Placed]) -> set[Placed]:
        """Those that stood there twice, and still stand once: in a test of their file that says all of it, word for
        word, and maybe more; or in a file beside.
        """
        found: set[Placed] = set()
        for path in {placed.path for placed in lost}:
            home = self.sides.home.get(path, path)
            mine = [placed for placed in lost if placed.path == path]
            if not _sets_up(self._text(home)):
                found.update(self._said_again(mine, [one for one in self.sides.head.tests if one.path == home]))
            if home not in self.pair.head:
                found.update(self._beside(path, mine))
        return found

    def _said_again(self, lost: list[Placed], there: list[Placed]) -> Iterator[Placed]:
        least = min(len(one.case.source) for one in lost)
        others = [(other, _Said(other)) for other in there if 2 * len(other.case.source) > least]
        for one in lost:
            said = _Said(one)
            if any(said.is_in(words) and self._runs(other) for other, words in others):
                yield one

    def _runs(self, placed: Placed) -> bool:
        reading = self.sides.head.reading(placed)
        return not reading.skip and not reading.flaws and bool(reading.assertions)

    def _beside(self, path: str, lost: list[Placed]) -> Iterator[Placed]:
        """What an unchanged file of the same folder says as well, which reads like the one that is gone."""
        folder = path.rpartition("/")[0]
        text = (self.pair.read_base(path) or b"").decode("utf-8", "replace")
        for other in sorted(self.pair.head):
            if other in self.pair.changed or other.rpartition("/")[0] != folder or suffix(other) != suffix(path):
                continue
            there = self.pair.read_head(other) or b""
            if not 0.9 < (len(there) + 1) / (len(text) + 1) < 1.1:
                continue
            twin = there.decode("utf-8", "replace")
            if likeness(pairs(python_words(text)), pairs(python_words(twin))) >= _COPY:
                bodies = {_body(Placed(other, case)) for case in held(self.pair.head_facts(other)).tests}
                yield from (placed for placed in lost if _body(placed) in bodies)

    def _text(self, path: str) -> str:
        return (self.pair.read_head(path) or b"").decode("utf-8", "replace")

    def _file_is_gone(self, path: str) -> bool:
        home = self.sides.home.get(path, path)
        there = self.sides.head.files.get(home)
        return (there is None or not there.tests) and len(self.sides.base.files[path].tests) > 1

    def _lot(self, placed: Placed) -> tuple[str, str]:
        """The rule for a test that has no partner, and what became of it in words."""
        hidden = self._hidden_as(placed)
        if hidden:
            return "uncollected", hidden
        if not self.product.changed and not self.product.needs_others:
            return "lost", "is gone"
        text = text_of(placed)
        gone = self.product.gone(text)
        if gone:
            return "removed-with-subject", f"is gone with `{'`, `'.join(gone[:3])}`"
        shrunk = self.product.shrunk(text, placed.case.id)
        if shrunk:
            return "removed-with-subject", f"is gone with a part of what it uses: `{'`, `'.join(shrunk[:3])}`"
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
                same_name and likeness(self.sides.base.bag(placed), self.sides.head.bag(other)) >= _SAME
            ):
                return f"is not collected any more: it is `{other.case.id}` in {other.path} now"
        return ""

    def _absorbed(self, placed: Placed) -> bool:
        """Whether fresh or changed tests assert what it did."""
        reading = self.sides.base.reading(placed)
        wanted = Counter(key_of(assertion) for assertion in reading.assertions)
        if not wanted:
            return False
        there = sum(min(count, self.pool[key]) for key, count in wanted.items())
        if there < _ABSORBED * wanted.total() and self._in_wholes(placed, reading.assertions):
            return True
        if there < _ABSORBED * wanted.total():
            return False
        self.pool.subtract({key: min(count, self.pool[key]) for key, count in wanted.items()})
        return True

    def _in_wholes(self, placed: Placed, assertions: Sequence[Assertion]) -> bool:
        """Whether a fresh test of its file expects one text that all these are about."""
        home = self.sides.home.get(placed.path, placed.path)
        text = self._text(home)
        for fresh in self.paired.fresh:
            if fresh.path == home:
                texts = wholes(self.sides.head.reading(fresh).assertions, text)
                if sum(is_part(one, texts) for one in assertions) >= _ABSORBED * len(assertions):
                    return True
        return False

    def _as_rows(self, lost: list[Placed], compared: list[Compared]) -> list[Placed]:
        """Without those that became rows of a test with parameters."""
        head, base = self.sides.head, self.sides.base
        room = {placed: head.reading(placed).cases or UNKNOWN for placed in self.paired.fresh}
        for each in compared:
            room[each.after] = (each.new.cases or UNKNOWN) - (each.old.cases or UNKNOWN)
        tables = [
            (placed, pairs(skeleton(head.words(placed))))
            for placed, free in room.items()
            if free > 0 and head.reading(placed).cases != 1
        ]
        rest = []
        for placed in lost:
            mine = pairs(skeleton(base.words(placed))) if tables else Counter()
            best, at = 0.0, -1
            for number, (table, theirs) in enumerate(tables):
                if room[table] > 0 and language(table.path) == language(placed.path):
                    score = likeness(mine, theirs)
                    if contained(theirs, mine) >= _UNROLLED and weight(head.reading(table)) >= weight(
                        base.reading(placed)
                    ):
                        score = max(score, _ROWS)
                    best, at = max((best, at), (score, number))
            if best >= _ROWS:
                room[tables[at][0]] -= 1
            else:
                rest.append(placed)
        return rest


def _body(placed: Placed) -> tuple[str, ...]:
    """All that a test is but its name and its suites."""
    name = last_part(placed.case.id)
    return tuple(word for word in python_words("\n".join((*placed.case.marks, placed.case.source))) if word != name)


class _Said:
    """The words of a test, in any case, and their neighbours."""

    def __init__(self, placed: Placed) -> None:
        words = [word.lower() for word in _body(placed)]
        self.words, self.pairs = Counter(words), pairs(words)

    def is_in(self, other: _Said) -> bool:
        """Whether another test says all of this, in nearly the same order."""
        return self.words <= other.words and contained(self.pairs, other.pairs) >= _CONTAINED


def _sets_up(text: str) -> bool:
    """Whether suites of this file may prepare something of their own, so that one body can mean two tests."""
    return any(word in text for word in _PREPARING)


def _twin(placed: Placed, path: str) -> tuple[object, ...]:
    """All that a test is but its name."""
    name = last_part(placed.case.id)
    words = tuple(word for word in python_words("\n".join((*placed.case.marks, placed.case.source))) if word != name)
    return path, placed.case.id.removesuffix(name), words
