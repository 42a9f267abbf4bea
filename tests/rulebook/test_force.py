from __future__ import annotations

from collections.abc import Iterator

import pytest

from qualitygate.checks.catalogue import TOOLS
from qualitygate.checks.traits import comparer
from qualitygate.config import PAIRS
from qualitygate.model import Check
from qualitygate.rulebook.force import Sight, standing


def sight(*tools: str) -> Sight:
    checks = tuple(Check(f"my {tool}", tool, "ratchet", "commit", "", {}) for tool in tools)
    return Sight(checks, "qualitygate.toml", lambda path: None, lambda check: frozenset())


def rules() -> Iterator[tuple[str, str]]:
    for tool in PAIRS:
        found = comparer(TOOLS[tool])
        assert found is not None and found.rules
        yield from ((tool, rule.name) for rule in found.rules)


@pytest.mark.parametrize(("tool", "rule"), [*rules()])
def test_rules_whose_names_begin_otherwise_than_their_check_is_called_are_in_force_where_it_runs(
    tool: str, rule: str
) -> None:
    assert standing(rule, sight("ruff", tool)).checks[0].tool == tool
    none = standing(rule, sight("ruff"))
    assert (none.state, none.why) == ("not in force", f"no check runs {tool} (qualitygate.toml)")


def test_a_check_that_runs_tests_tells_which_do_not_run_any_more() -> None:
    assert [check.tool for check in standing("tests:not-run", sight("pytest", "kept-tests")).checks] == [
        "kept-tests",
        "pytest",
    ]
    assert standing("tests:fewer-cases", sight("vitest")).state == "in force"
    assert standing("tests:lost", sight("pytest")).state == "not in force"
