"""Which rules of our pack for semgrep fit the code."""

from __future__ import annotations

from collections.abc import Sequence

from qualitygate.bootstrap.calibrate import Calibrated, calibrate
from qualitygate.inspection.facts import Facts
from qualitygate.model import Report
from qualitygate.playbook import Playbook
from qualitygate.rule_pack import Rule


def candidates(pack: Sequence[Rule], facts: Facts) -> tuple[str, ...]:
    """The rules worth a try: one about tests only where there are some."""
    has_tests = "test" in facts.roles.values()
    return tuple(rule.id for rule in pack if has_tests or not rule.tests_only)


def settle(
    rules: Sequence[str], report: Report, playbook: Playbook, facts: Facts
) -> tuple[tuple[str, ...], tuple[Calibrated, ...]]:
    """The rules that the code does not plainly contradict, and those that it does."""
    lines = facts.languages["Python"].lines if "Python" in facts.languages else 0
    names = tuple(f"semgrep:{rule}" for rule in rules)
    rows = calibrate(names, report.findings, lines=lines, thresholds=playbook.thresholds)
    dropped = tuple(row for row in rows if row.kind == "many" and row.rule in names)
    gone = {row.rule.removeprefix("semgrep:") for row in dropped}
    return tuple(rule for rule in rules if rule not in gone), dropped
