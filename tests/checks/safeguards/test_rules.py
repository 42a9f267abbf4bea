"""What all checks that compare two trees have in common, and the page that lists their rules."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from qualitygate.checks import traits
from qualitygate.checks.catalogue import TOOLS
from qualitygate.checks.safeguards.protocol import Comparer
from qualitygate.config import PAIRS

PAGE = Path(__file__).parents[3] / "docs" / "safeguards.md"
START, END = "<!-- rules -->\n", "<!-- /rules -->\n"


def comparers() -> list[Comparer]:
    found = [traits.comparer(TOOLS[name]) for name in TOOLS]
    return [comparer for comparer in found if comparer is not None]


def table() -> str:
    rows = ["| rule | agent | person | why |", "|---|---|---|---|"]
    for comparer in comparers():
        for rule in comparer.rules:
            named = " (nameable)" if rule.nameable else ""
            rows.append(f"| `{rule.name}` | {rule.agent}{named} | {rule.person} | {rule.why} |")
    return "\n".join(rows) + "\n"


def test_the_page_is_current() -> None:
    text = PAGE.read_text(encoding="utf-8")
    before, rest = text.split(START)
    after = rest.split(END)[1]
    if os.environ.get("UPDATE_DOCS"):
        PAGE.write_text(f"{before}{START}{table()}{END}{after}", encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == f"{before}{START}{table()}{END}{after}"


def test_each_of_them_may_be_configured_as_one() -> None:
    assert {comparer.name for comparer in comparers()} <= set(PAIRS)


@pytest.mark.parametrize("comparer", comparers(), ids=lambda comparer: comparer.name)
def test_its_rules_are_told_apart_and_say_what_to_do(comparer: Comparer) -> None:
    names = [rule.name for rule in comparer.rules]
    assert len(names) == len(set(names))
    assert len({name.partition(":")[0] for name in names}) == 1
    for rule in comparer.rules:
        assert rule.why and rule.fix
        assert not rule.kind or rule.kind in names
        # What stops a person stops an agent.
        assert (rule.agent, rule.person) != ("show", "block")


@pytest.mark.parametrize("comparer", comparers(), ids=lambda comparer: comparer.name)
def test_rules_of_one_loss_are_of_one_kind(comparer: Comparer) -> None:
    """Against one base product code changed as well, against the other it did not: it is the same loss."""
    for rule in comparer.rules:
        if rule.name.endswith("-with-code"):
            assert rule.kind == rule.name.removesuffix("-with-code")
