"""What is said of tests that passed and do not run any more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from qualitygate.checks.safeguards.kept.unrun import FEWER_CASES, LEFT_OUT, Unrun, split
from qualitygate.model import Finding

_SHOWN = 3
_MANY = 5
"""So many tests of one file that are lost for one reason are one finding."""


def of(lost: Sequence[Unrun], deciding: Sequence[str], *, with_code: bool) -> Iterator[Finding]:
    """One for each test, or for a file in which many have the same lot; of no check yet.

    `deciding`: files of the change that may say which tests run. `with_code`: whether product code changed with it.
    """
    groups: dict[tuple[str, str, str], list[Unrun]] = defaultdict(list)
    for one in lost:
        why = f"{one.why}{_with(deciding)}" if one.why == LEFT_OUT else one.why
        open_ = with_code and (one.rule == FEWER_CASES or not one.stands)
        groups[one.path, f"{one.rule}-with-code" if open_ else one.rule, why].append(one)
    for (path, rule, why), some in groups.items():
        if len(some) < _MANY:
            for one in some:
                yield _finding(rule, path, one.line, f"{one.was[0].path}::{split(one.was[0])[0]}", _text(one, why))
            continue
        names = ", ".join(f"`{one.name}`" for one in some[:_SHOWN])
        text = f"{len(some)} tests ({names} and {len(some) - _SHOWN} more) passed and do not run any more: {why}"
        yield _finding(rule, path, 0, some[0].was[0].path, text)


def _finding(rule: str, path: str, line: int, name: str, text: str) -> Finding:
    return Finding("", rule, path, line, 0, line, 0, text, "safeguard", name=name)


def _text(one: Unrun, why: str) -> str:
    cases = [case for was in one.was if (case := split(was)[1])]
    named = ", ".join(f"`{case}`" for case in cases[:_SHOWN]) + (" ..." if len(cases) > _SHOWN else "")
    if one.rule == FEWER_CASES:
        many = f"{one.many} cases that passed are" if one.many > 1 else "1 case that passed is"
        return f"test `{one.name}`: {many} not run any more{', of' if len(cases) > one.many else ':'} {named}"
    of_it = f" ({len(cases)} cases: {named})" if len(cases) > 1 else f" ({named})" if cases else ""
    return f"test `{one.name}`{of_it} passed and does not run any more: {why}"


def _with(deciding: Sequence[str]) -> str:
    return f"; the change touches {', '.join(deciding[:_SHOWN])}" if deciding else ""
