"""Assertions about parts of a text that one equality with the whole text took the place of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from qualitygate.checks.safeguards.inventory.case import EXACT, Assertion

_LEAST = 4
_MOST = 20_000


def wholes(assertions: Iterable[Assertion], text: str) -> tuple[str, ...]:
    """What these equalities expect, as text; for a name of the file, what that stands for."""
    expected = {one.expected for one in assertions if one.strength >= EXACT and one.expected}
    return tuple(_bare(_constant(each, text) if each.isidentifier() else each) for each in expected)


def is_part(assertion: Assertion, texts: Iterable[str]) -> bool:
    """Whether an equality with one of these texts demands this, too: that something stands in it, or does not."""
    import re

    quoted = re.findall(r"\"((?:[^\"\\]|\\.)*)\"|'((?:[^'\\]|\\.)*)'", f"{assertion.subject} {assertion.expected}")
    literals = [_bare(one or other) for one, other in quoted]
    if not literals or any(len(literal) < _LEAST for literal in literals):
        return False
    without = "not" in assertion.operator.lower()
    return any(all((literal in text) is not without for literal in literals) for text in texts if text)


def _bare(text: str) -> str:
    return text.replace("\\'", "'").replace('\\"', '"')


def _constant(name: str, text: str) -> str:
    return "\n".join(_values(name, text))[:_MOST]


def _values(name: str, text: str) -> Iterator[str]:
    for line in (f"\n{name} = ", f"\nconst {name} = ", f"\nlet {name} = ", f"\nvar {name} = "):
        _, found, rest = f"\n{text}".partition(line)
        if not found:
            continue
        mark = next((mark for mark in ('"""', "'''", "`") if rest[:6].lstrip("rRbBuUfF").startswith(mark)), "")
        if mark:
            yield rest.partition(mark)[2].partition(mark)[0]
        else:
            rows = rest.splitlines()
            end = next((n for n, row in enumerate(rows[1:], 1) if row and row[0] not in " \t)]}"), len(rows))
            yield "\n".join(rows[:end])
