"""One finding for one line: where two checks say the same of the same code, the one that asks for more is left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from qualitygate.model import Finding


class _Same(NamedTuple):
    """`folded` says nothing that one of `left` does not say when it begins at most `below` lines under it."""

    folded: frozenset[str]
    left: frozenset[str]
    below: int


_SWALLOWED = frozenset(
    (
        *("semgrep:swallowed-exception", "semgrep:swallowed-error", "ruff:S110", "ruff:S112", "eslint:no-empty"),
        *("oxlint:no-empty", "biome:noEmptyBlockStatements", "rubocop:Lint/SuppressedException"),
    )
)
_SAME = (
    # Rules of tools point at the body or at the whole of `try`, and do not let a handler pass that gives a reason.
    _Same(frozenset(("handlers:empty-broad",)), _SWALLOWED, 3),
    # Whoever names the rule is asked for the reason next; ours asks for both.
    _Same(
        frozenset(("ruff:PGH003", "ruff:PGH004", "eslint:@eslint-community/eslint-comments/no-unlimited-disable")),
        frozenset(("suppression:blanket", "suppression:file-wide")),
        0,
    ),
)


def folded(findings: Sequence[Finding]) -> Mapping[Finding, Finding]:
    """Findings that say again what another one says, each with that one. One stands for one: what is left is mended
    first, and any that was taken for the same without need is told then.
    """
    found: dict[Finding, Finding] = {}
    for same in _SAME:
        there = [one for one in findings if one.rule in same.left]
        for finding in findings if there else ():
            if finding.rule not in same.folded:
                continue
            near = [one for one in there if _meets(finding, one, same.below)]
            if near:
                found[finding] = min(near, key=lambda one: abs(one.line - finding.line))
                there.remove(found[finding])
    return found


def _meets(finding: Finding, other: Finding, below: int) -> bool:
    last = max(other.line, other.end_line)
    return other.path == finding.path and other.line - below <= finding.line <= last
