from __future__ import annotations

import re

import pytest

from qualitygate.model import Check
from qualitygate.playbook import load_playbooks
from qualitygate.reporters.agent import tokens
from qualitygate.reporters.exemptions import without_exemptions
from qualitygate.rule_pack import pack_names
from qualitygate.rule_texts import load_texts
from qualitygate.rulebook.force import OwnRule, Sight
from qualitygate.rulebook.page import render
from tests.checkout import ROOT

TEXTS = load_texts()
OPTIONS = {"semgrep": {"rules": pack_names()}}
CHECKS = tuple(
    Check(check.name, check.tool, check.policy, check.tier, "", OPTIONS.get(check.tool, check.options))
    for playbook in sorted(load_playbooks(), key=lambda one: one.stack != "python")
    for check in playbook.checks
    if playbook.stack in ("python", "common")
)
ALL = frozenset(rule.removeprefix("ruff:") for rule in TEXTS.rules if re.fullmatch(r"ruff:[A-Z]+\d+", rule))
TOKENS = 3000


def page(checks: tuple[Check, ...] = CHECKS, enabled: frozenset[str] | str = ALL) -> str:
    return render(Sight(checks, "qualitygate.toml", lambda path: None, lambda check: enabled), TEXTS).decode()


def test_the_whole_page() -> None:
    """After a wanted change: write `page()` into that file, and read the difference."""
    assert page() == (ROOT / "tests" / "data" / "rulebook" / "RULEBOOK.md").read_text(encoding="utf-8")


SIZES = {"all": page(), "more": page(enabled=ALL | {f"XYZ{n:03}" for n in range(900)}), "no ruff": page(CHECKS[-1:])}


@pytest.mark.parametrize("text", SIZES.values(), ids=SIZES)
def test_an_agent_can_read_all_of_it(text: str) -> None:
    assert sum(tokens(line) + 1 for line in text.splitlines()) < TOKENS
    assert not re.search(r"[ \t]$|\n\n\n|\{(fix|checks|legend|often|list)\}", text, re.M)
    assert text.endswith("\n") and not text.endswith("\n\n")
    assert text.count("```") % 2 == 0


@pytest.mark.parametrize("text", SIZES.values(), ids=SIZES)
def test_it_names_no_way_round_and_nothing_of_this_machine(text: str) -> None:
    assert without_exemptions(text) == text
    assert not re.search(r"(?<![\w.])/[a-z]+/|\d+\.\d+\.\d+|qualitygate (accept|undo|uninstall)|pyproject", text)


def test_only_what_is_in_force_is_named() -> None:
    text = page(CHECKS[:1], frozenset({"F401", "F402", "B002", "PLE0100"}))
    assert "ruff:F401" in text and "B002 `++n`" in text and "PLE 0100 " in text
    assert "\nF402 names that do not exist" in text
    for other in ("F821", "B003", "PLE 0100 0101", "mypy", "secrets", "E9 "):
        assert other not in text
    assert "formats the lines" not in text and "formats the lines" in page()


def test_rules_that_are_not_known_are_not_left_out_in_silence() -> None:
    text = page(enabled="ruff does not take its settings as they are")
    assert "They stand in ruff's settings" in text and "B002" not in text
    assert "The project chose 2 more" in page(enabled=(ALL - {"B008", "E712"}) | {"D100", "D101"})


def test_rules_for_semgrep_are_named_where_a_check_runs_it() -> None:
    own = {f"own-{n:02}": OwnRule(".qualitygate/rules/own.yml", f"no  {n}\nat all", "") for n in range(22)}
    (check,) = (check for check in CHECKS if check.tool == "semgrep")
    for checks, there in (((check,), True), (CHECKS[-1:], False)):
        text = render(Sight(checks, "qualitygate.toml", lambda path: None, lambda check: ALL, own), TEXTS).decode()
        assert ("- `semgrep:own-00` no 0 at all\n" in text) is there
        assert ("- 2 more in `.qualitygate/rules/`" in text) is there
        assert ("no-time-limit" in text) is there


def test_the_policies_that_are_there_are_explained() -> None:
    text = page((CHECKS[0]._replace(policy="clean", tier="push"),))
    assert "Policy: `clean` refuses what is there at all. Tier: `push` when pushing." in text
