from __future__ import annotations

import pytest

from qualitygate.bootstrap.plan import LeftOut, Plan, PlannedCheck
from qualitygate.bootstrap.uncovered import uncovered
from qualitygate.inspection.facts import Facts
from qualitygate.playbook import load_playbooks

BOOKS = load_playbooks()
WHY = "it executes code of this repository (build.rs), which is not trusted in this clone; bootstrap with --trust"


def plan(*tools: str, left_out: tuple[LeftOut, ...] = ()) -> Plan:
    checks = tuple(PlannedCheck(tool, tool, "ratchet", "commit", "", {}) for tool in tools)
    return Plan((), checks, (), left_out)


def test_a_language_whose_checks_were_all_left_out_is_named_with_what_to_type() -> None:
    rust = Facts(primary_language="Rust", secondary_language="Shell")
    rows = (LeftOut("clippy", WHY), LeftOut("rustfmt-crates-a", WHY), LeftOut("actionlint", "not here"))
    (row,) = uncovered(rust, BOOKS, plan("shellcheck", "syntax", left_out=rows))
    assert row.language == "Rust"
    assert row.why == f"clippy, rustfmt-crates-a: {WHY}"


@pytest.mark.parametrize("tools", (("syntax", "clippy"), ("command",)))
def test_a_check_of_the_language_or_a_command_of_the_project_covers_it(tools: tuple[str, ...]) -> None:
    assert uncovered(Facts(primary_language="Rust"), BOOKS, plan(*tools)) == ()


def test_a_language_that_we_know_nothing_of_is_said_to_be_so_where_it_is_the_first() -> None:
    (row,) = uncovered(Facts(primary_language="C++", secondary_language="HTML"), BOOKS, plan("syntax"))
    assert row.language == "C++" and row.why.startswith("none is known; a command of yours can be one")
    (row,) = uncovered(Facts(primary_language="Ruby"), BOOKS, plan("syntax"))
    assert row.why.startswith("nothing that is set up for it is known here")
