from __future__ import annotations

import pytest

from qualitygate.model import Base, CheckResult, Status, Tree, Verdict
from qualitygate.reporters import summary

HEAD = Tree("0" * 40, {}, "the index")
SKIPPED = CheckResult("pytest", "pytest", "", 0, "skipped", False, 0.0, "runs at push")
PASSED = CheckResult("ruff", "ruff", "", 0, "passed", False, 0.0)


@pytest.mark.parametrize(
    ("status", "checks", "recorded", "expected"),
    [
        ("passed", (), False, "undecided"),
        ("passed", (SKIPPED,), False, "undecided"),
        ("accepted", (SKIPPED,), False, "undecided"),
        ("passed", (SKIPPED,), True, "undecided"),
        ("passed", (), True, "passed"),
        ("passed", (SKIPPED, PASSED), False, "passed"),
        ("failed", (), False, "failed"),
        ("undecided", (PASSED,), False, "undecided"),
    ],
)
def test_nothing_ran_is_never_passed(
    status: Status, checks: tuple[CheckResult, ...], recorded: bool, expected: Status
) -> None:
    assert summary.status(Verdict(status, HEAD, (), checks=checks, recorded=recorded)) == expected


def test_undecided_names_each_check_once_and_the_gate_if_nothing_ran() -> None:
    stuck = CheckResult("mypy", "mypy", "", 0, "undecided", False, 0.0, "missing")
    both = Verdict("undecided", HEAD, (), checks=(stuck, PASSED), undecided=(("mypy", "missing"), ("gate", "stale")))
    assert summary.undecided(both) == (("mypy", "missing"), ("gate", "stale"))
    assert summary.not_looked_at(both) == ("mypy",)
    assert summary.undecided(Verdict("passed", HEAD, (), checks=(SKIPPED,))) == (("gate", "no check ran"),)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], ""),
        (["a"], "a"),
        (["a", "b"], "a and b"),
        (["a", "b", "c"], "a, b and c"),
        (["a", "b", "c", "d", "e"], "a, b, c and 2 more"),
    ],
)
def test_listed(words: list[str], expected: str) -> None:
    assert summary.listed(words, 3) == expected


def test_the_base_is_named_by_commit_or_else_by_tree() -> None:
    bases = (Base("a" * 40, "", "the empty tree"), Base("b" * 40, "c" * 40, "merge base with\x1b[2K main"))
    expected = "against aaaaaaa (the empty tree) and ccccccc (merge base with\\x1b[2K main)"
    assert summary.against(bases) == expected
    assert summary.against(()) == "against nothing"
