"""What two checks of one tool say alike of one place, because the folders that they are for overlap: one finding."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from qualitygate.checks.scope import root_of
from qualitygate.model import Check, Finding


class Told(NamedTuple):
    """Findings, each once; `again` are those that were left out, each with the one that stands for it."""

    once: tuple[Finding, ...]
    again: tuple[tuple[Finding, Finding], ...] = ()

    def with_again(self, some: Iterable[Finding]) -> tuple[Finding, ...]:
        """Some of them, and those for which they stand."""
        some = tuple(some)
        return (*some, *(left_out for left_out, one in self.again if one in some)) if self.again else some


def told_once(checks: Sequence[Check], found: tuple[Finding, ...]) -> Told:
    """What the check of the innermost folder says stands for what those of the folders around it say, word for word."""
    known = {check.name: check for check in checks}
    if len({finding.check for finding in found}) < 2:
        return Told(found)

    def key(finding: Finding) -> tuple[str, Finding]:
        check = known.get(finding.check)
        return check.tool if check else finding.check, finding._replace(check="")

    def depth(finding: Finding) -> int:
        check = known.get(finding.check)
        return len(root_of(check)) if check else 0

    best: dict[tuple[str, Finding], Finding] = {}
    for finding in found:
        other = best.setdefault(key(finding), finding)
        if depth(finding) > depth(other):
            best[key(finding)] = finding
    # Of one check several may be alike: each of them counts.
    stands = [(finding, best[key(finding)]) for finding in found]
    return Told(
        tuple(finding for finding, one in stands if finding.check == one.check),
        tuple((finding, one) for finding, one in stands if finding.check != one.check),
    )
