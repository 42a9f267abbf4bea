"""One move and its twin, and what all checks that compare two trees say of them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple, cast

from qualitygate.checks.safeguards import handlers, settings, suppressions, tests, types
from qualitygate.checks.safeguards.protocol import Comparer, Rule
from qualitygate.model import Finding
from tests.checks.safeguards.pairs import compared

CHECKS = tuple(cast("Comparer", check) for check in (tests, suppressions, types, handlers, settings))
RULES: Mapping[str, Rule] = {rule.name: rule for check in CHECKS for rule in check.rules}
Tree = Mapping[str, str]


class Move(NamedTuple):
    """What an agent does to `base` (`bad`), and what looks like it and takes nothing away (`twin`).

    `part` is what it weakens, `name` the move in words, `language` what it is written in. `renames`, `twin_renames`:
    from head path to base path, as git sees them.
    """

    part: str
    name: str
    language: str
    base: Tree
    bad: Tree
    twin: Tree
    renames: Mapping[str, str] = {}
    twin_renames: Mapping[str, str] = {}


def told(base: Tree, head: Tree, renames: Mapping[str, str] = {}) -> tuple[Finding, ...]:
    """What all checks say of a change."""
    return tuple(finding for check in CHECKS for finding in compared(base, head, check, renames))


def swapped(text: str, *pairs: tuple[str, str]) -> str:
    """A text with each first one of a pair replaced by the second; it must be there."""
    for old, new in pairs:
        if old not in text:
            raise ValueError(f"{old!r} is not in {text!r}")
        text = text.replace(old, new, 1)
    return text


Swaps = tuple[tuple[str, str], ...]


def in_file(
    part: str,
    name: str,
    language: str,
    path: str,
    base: str,
    bad: Swaps,
    twin: Swaps,
    also: Tree = MappingProxyType({}),
) -> Move:
    """A move within one file, as swaps of its text."""
    there = {**also, path: base}
    return Move(
        part,
        name,
        language,
        there,
        {**there, path: swapped(base, *bad)},
        {**there, path: swapped(base, *twin)},
    )


def worst(findings: tuple[Finding, ...]) -> tuple[str, str, str]:
    """The rule that stops most, and what it does to an agent's and to a person's change; none: three times ""."""
    found = [RULES[finding.rule] for finding in findings]
    if not found:
        return "", "", ""
    rule = max(found, key=lambda one: (one.person == "block", one.agent == "block"))
    return rule.name, rule.agent, rule.person
