"""Tests that ran and passed in base, and that the runner does not execute any more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from qualitygate.checks.safeguards.kept.fates import Fate, Fates, plain
from qualitygate.frozen import NamedTuple
from qualitygate.model import Outcome

NOT_RUN, FEWER_CASES = "tests:not-run", "tests:fewer-cases"
LEFT_OUT = "not collected any more, or left out"

_Key = tuple[str, str]


class Unrun(NamedTuple):
    """One test, of which nothing or fewer cases run: where it is, what is said of it, and how it was called in base.

    `was` are its cases in question; `many` of them are gone, the others may have got other names.
    `stands`: its text is there.
    """

    rule: str
    path: str
    line: int
    name: str
    why: str
    was: tuple[Outcome, ...]
    many: int
    stands: bool = True


def unrun(before: Sequence[Outcome], after: Sequence[Outcome], fates: Fates) -> list[Unrun]:
    """What passed `before` and does not run `after`, but for what `fates` say something of."""
    return list(_Change(before, after, fates).unrun())


def is_whole(before: Iterable[Outcome], after: Iterable[Outcome]) -> bool:
    """Whether all that passed before runs now, under the same names: then nothing else has to be known."""
    ran = {(one.path, one.name) for one in after if one.state != "skipped"}
    return all((one.path, one.name) in ran for one in before if one.state == "passed" and one.name)


class _Gone(NamedTuple):
    """One case that passed before: `case` is its parameters, in brackets, `key` where it would be now."""

    was: Outcome
    fate: Fate
    bare: str
    case: str
    key: _Key


class _Change:
    """The tests of both trees, by where they stand."""

    def __init__(self, before: Sequence[Outcome], after: Sequence[Outcome], fates: Fates) -> None:
        self.before, self.after, self.fates = before, after, fates
        self.ran = {_key(one) for one in after if one.name and one.state != "skipped"}
        self.skipped = {_key(one): one for one in after if one.state == "skipped"}
        self.broken = [one.path for one in after if not one.name and one.state == "failed"]
        self.had: dict[_Key, set[str]] = defaultdict(set)
        self.has: dict[_Key, set[str]] = defaultdict(set)
        for one in before:
            bare, case = split(one)
            self.had[one.path, bare].add(case)
        for one in after:
            bare, case = split(one)
            if one.name and one.state != "skipped":
                self.has[one.path, plain(bare)].add(case)

    def unrun(self) -> Iterator[Unrun]:
        """Each test once for each reason."""
        known: dict[_Key, list[_Gone]] = defaultdict(list)
        unknown: dict[str, list[_Gone]] = defaultdict(list)
        for gone in self._gone():
            if gone.fate.stands:
                known[gone.fate.path, gone.fate.name].append(gone)
            else:
                unknown[gone.fate.path].append(gone)
        for (path, name), cases in known.items():
            yield from self._of_test(path, name, cases)
        yield from self._without_text(unknown)

    def _gone(self) -> Iterator[_Gone]:
        for one in self.before:
            if one.state != "passed" or not one.name or _key(one) in self.ran:
                continue
            bare, case = split(one)
            fate = self.fates.of(one.path, bare)
            key = fate.path, plain(fate.name + case)
            if not fate.settled and key not in self.ran and not self._is_broken(fate.path):
                yield _Gone(one, fate, bare, case, key)

    def _said(self, key: _Key) -> str:
        """What the runner says why it did not execute it, or anything in its file."""
        skipped = self.skipped.get(key) or self.skipped.get((key[0], ""))
        return skipped.said if skipped is not None else ""

    def _is_broken(self, path: str) -> bool:
        """Whether its file, or the package around it, fails as a whole: that is a finding already."""
        return any(path == place or path.startswith(f"{_folder(place)}/") for place in self.broken)

    def _of_test(self, path: str, name: str, cases: list[_Gone]) -> Iterator[Unrun]:
        by_why: dict[str, list[_Gone]] = defaultdict(list)
        rest: list[_Gone] = []
        for gone in cases:
            said = self._said(gone.key)
            (by_why[said] if said else rest).append(gone)
        line = cases[0].fate.line or next((self.skipped[g.key].line for g in cases if g.key in self.skipped), 0)
        for why, some in by_why.items():
            yield Unrun(NOT_RUN, path, line, name, why, tuple(gone.was for gone in some), len(some))
        now = self.has.get((path, plain(name)), set())
        count = len(rest) - len(now - self.had[cases[0].was.path, cases[0].bare])  # others got other parameters
        if not now and rest:
            if not cases[0].fate.line:  # no text was read that has its name
                rest = self._without_new_names(path, rest)
            if rest:
                yield Unrun(NOT_RUN, path, line, name, LEFT_OUT, tuple(gone.was for gone in rest), len(rest))
        elif count > 0 and not cases[0].fate.rows:
            yield Unrun(FEWER_CASES, path, line, name, "", tuple(gone.was for gone in rest), count)

    def _without_text(self, by_file: dict[str, list[_Gone]]) -> Iterator[Unrun]:
        """Tests that no text names: generated, inherited, of a language that is not read. Others may replace them."""
        for path, cases in by_file.items():
            off = [(gone, said) for gone in cases if (said := self._said(gone.key))]
            left = [gone for gone in cases if not self._said(gone.key) and not self._taken(gone)]
            off += [(gone, LEFT_OUT) for gone in self._without_new_names(path, left)]
            for gone, why in off:
                yield Unrun(NOT_RUN, path, 0, gone.was.name, why, (gone.was,), 1, stands=False)

    def _taken(self, gone: _Gone) -> bool:
        """Whether a test of the same last name runs somewhere now that did not before; it then stands for this one."""
        last = _last(gone.key[1])
        for names in self._fresh.values():
            name = next((name for name in names if _last(name) == last), None)
            if name is not None:
                names.remove(name)
                return True
        return False

    def _without_new_names(self, path: str, cases: list[_Gone]) -> list[_Gone]:
        """Those that are more than have come in the same file under names that no text has: such names are made."""
        several = cases[len(self._fresh[path]) :]
        del self._fresh[path][: len(cases)]
        return several

    @cached_property
    def _fresh(self) -> dict[str, list[str]]:
        """Per file, names that run now, did not before, and that no text has."""
        had = {_key(one) for one in self.before}
        fresh: dict[str, list[str]] = defaultdict(list)
        for one in self.after:
            key, (bare, _) = _key(one), split(one)
            if key in self.ran and key not in had and not self.fates.is_written(one.path, bare):
                fresh[one.path].append(key[1])
        return fresh


def split(one: Outcome) -> tuple[str, str]:
    """The name of a test without its parameters, and these: pytest alone writes them in brackets."""
    if not one.path.endswith(".py") or "[" not in one.name:
        return one.name, ""
    bare, bracket, case = one.name.partition("[")
    return bare, bracket + case


def _key(one: Outcome) -> _Key:
    return one.path, plain(one.name)


def _folder(place: str) -> str:
    return place.removesuffix("/__init__.py")


def _last(name: str) -> str:
    bare, bracket, case = name.partition("[")
    return bare.rpartition(" ")[2] + bracket + case
