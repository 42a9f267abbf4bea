from __future__ import annotations

import pytest

from qualitygate.bootstrap.calibrate import calibrate
from qualitygate.model import Finding
from qualitygate.playbook import Thresholds


def found(rule: str, count: int) -> list[Finding]:
    return [Finding("ruff", rule, f"f{n % 3}.py", n, 1, n, 2, "m") for n in range(count)]


@pytest.mark.parametrize(
    ("count", "lines", "kind"),
    [(0, 1000, "clean"), (1, 10, "few"), (20, 10, "few"), (21, 1000, "many"), (21, 100_000, "some"), (21, 0, "many")],
)
def test_a_rule_is_what_the_code_makes_of_it(count: int, lines: int, kind: str) -> None:
    rows = calibrate(["ruff:F401"], found("ruff:F401", count), lines=lines, thresholds=Thresholds(20, 5))
    assert [(row.rule, row.findings, row.kind) for row in rows] == [("ruff:F401", count, kind)]


def test_rules_that_fired_come_first_with_their_files_counted() -> None:
    findings = [*found("ruff:B006", 2), *found("ruff:F401", 5)]
    rows = calibrate(["ruff:A", "ruff:B006", "ruff:F401"], findings, lines=10, thresholds=Thresholds(20, 5))
    assert [(row.rule, row.findings, row.files) for row in rows] == [
        ("ruff:F401", 5, 3),
        ("ruff:B006", 2, 2),
        ("ruff:A", 0, 0),
    ]
