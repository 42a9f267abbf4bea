"""Which rules of our pack for semgrep fit the code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qualitygate.bootstrap.calibrate import Calibrated, calibrate
from qualitygate.checks.tools.semgrep import READ_IN_PART
from qualitygate.checks.tools.semgrep_languages import KNOWN, language
from qualitygate.inspection.facts import Facts
from qualitygate.model import Report
from qualitygate.playbook import Playbook
from qualitygate.rule_pack import Rule

_FEW = 10
_SHARE = 0.1
"""More files than these that the engine cannot read whole: then it is not made for this code."""


def candidates(pack: Sequence[Rule], facts: Facts) -> tuple[str, ...]:
    """The rules worth a try: for a language and a framework that are there, about tests only where some are in it."""
    here = {one for one, name in KNOWN.items() if name in facts.languages}
    frameworks = {fact.name for fact in facts.frameworks}
    tested = {language(path) for path, role in facts.roles.items() if role == "test"}
    return tuple(
        rule.id
        for rule in pack
        if here.intersection(rule.languages)
        and (not rule.frameworks or frameworks.intersection(rule.frameworks))
        and (not rule.tests_only or tested.intersection(rule.languages))
    )


def read_in_part(report: Report) -> tuple[str, ...]:
    """The files that have to be left out for the engine to be able to say anything; none if there are too many."""
    found = sorted({finding.path for finding in report.findings if finding.rule == READ_IN_PART})
    return tuple(found) if len(found) <= max(_FEW, _SHARE * report.looked_at) else ()


def settle(
    rules: Sequence[Rule], report: Report, playbook: Playbook, facts: Facts
) -> tuple[tuple[str, ...], tuple[Calibrated, ...]]:
    """The rules that the code does not plainly contradict, and those that it does."""
    dropped: list[Calibrated] = []
    for languages in sorted({rule.languages for rule in rules}):
        names = {f"semgrep:{rule.id}" for rule in rules if rule.languages == languages}
        found = tuple(finding for finding in report.findings if finding.rule in names)
        rows = calibrate(sorted(names), found, lines=_lines(languages, facts), thresholds=playbook.thresholds)
        dropped += [row for row in rows if row.kind == "many"]
    gone = {row.rule.removeprefix("semgrep:") for row in dropped}
    return tuple(rule.id for rule in rules if rule.id not in gone), tuple(dropped)


def _lines(languages: Sequence[str], facts: Facts) -> int:
    counted: Mapping[str, int] = {name: fact.lines for name, fact in facts.languages.items()}
    return sum(counted.get(KNOWN[one], 0) for one in languages)
