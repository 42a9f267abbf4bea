"""Try each rule on the code as it is: what the code plainly contradicts is no rule of this project."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Literal

from qualitygate.frozen import NamedTuple
from qualitygate.model import Finding
from qualitygate.playbook import Thresholds

Amount = Literal["clean", "few", "some", "many"]


class Calibrated(NamedTuple):
    """One rule on HEAD: how many findings, in how many files, and what that makes it."""

    rule: str
    findings: int
    files: int
    kind: Amount


def calibrate(
    rules: Sequence[str], findings: Sequence[Finding], *, lines: int, thresholds: Thresholds
) -> tuple[Calibrated, ...]:
    """Each rule that fired, most findings first, then the clean ones. `lines` is the size of the code looked at."""
    count = Counter(finding.rule for finding in findings)
    files = Counter(rule for rule, _ in {(finding.rule, finding.path) for finding in findings})
    fired = [
        Calibrated(rule, number, files[rule], _kind(number, lines, thresholds)) for rule, number in count.most_common()
    ]
    return (*fired, *(Calibrated(rule, 0, 0, "clean") for rule in rules if rule not in count))


def _kind(number: int, lines: int, thresholds: Thresholds) -> Amount:
    if number <= thresholds.few:
        return "few" if number else "clean"
    return "many" if number * 1000 > thresholds.many * max(lines, 1) else "some"
