"""What is known of one test: where it stands, what it asserts, and whether it runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from qualitygate.frozen import NamedTuple

Skip = Literal["", "conditional", "unconditional"]

# How much an assertion demands. The steps between are for what is learnt later; only the order counts.
VACUOUS, EXISTS, TRUTHY, BOUNDED, CONTAINS, PARTIAL, EXACT, STRICT = 0, 10, 20, 30, 40, 50, 60, 65


class Case(NamedTuple):
    """A test, or a function beside the tests, as `extract` keeps it.

    `marks` are the decorators, modifiers and annotations that stand around it. `source` is its text in Python and
    Ruby, elsewhere its tokens, one a line. `kind`: `test`, or `other` for what is not collected.
    """

    id: str
    line: int
    marks: tuple[str, ...]
    source: str
    kind: str = "test"


class Assertion(NamedTuple):
    """What one assertion demands: that `subject` stands in relation `operator` to `expected`."""

    strength: int
    subject: str
    operator: str
    expected: str
    tolerance: float = 0.0


class Reading(NamedTuple):
    """What a test does. `cases` counts its rows of parameters, of tables, of literals that it loops over; 0: who knows.

    `flaws` are places where an assertion may be passed by: `swallowed`, `after-return`, `not-awaited`, ...
    `uses` are the names that occur, `calls` those of functions beside it that it calls.
    """

    assertions: tuple[Assertion, ...] = ()
    skip: Skip = ""
    why: str = ""
    cases: int = 1
    flaws: tuple[str, ...] = ()
    uses: frozenset[str] = frozenset()
    calls: frozenset[str] = frozenset()
    only: bool = False


class Held(NamedTuple):
    """What `extract` found in one file. `tables` are the lengths of literal lists that have a name."""

    tests: tuple[Case, ...] = ()
    others: tuple[Case, ...] = ()
    tables: Mapping[str, int] = {}
    muted: str = ""
    unread: str = ""


def _rows(cases: Sequence[Case]) -> list[list[Any]]:
    return [[case.id, case.line, list(case.marks), case.source, case.kind] for case in cases]


def facts(held: Held) -> dict[str, Any]:
    """As plain JSON."""
    found: dict[str, Any] = {"tests": _rows(held.tests), "others": _rows(held.others)}
    if held.tables:
        found["tables"] = dict(held.tables)
    if held.muted:
        found["muted"] = held.muted
    return found


def _cases(rows: Sequence[Sequence[Any]]) -> tuple[Case, ...]:
    return tuple(Case(row[0], row[1], tuple(row[2]), row[3], row[4]) for row in rows)


def held(found: Mapping[str, Any] | None) -> Held:
    """Back from JSON; of a file that is not there: nothing."""
    if not found:
        return Held()
    return Held(
        _cases(found.get("tests", ())),
        _cases(found.get("others", ())),
        found.get("tables", {}),
        found.get("muted", ""),
        found.get("unread", ""),
    )
