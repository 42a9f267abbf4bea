"""Every known move is seen and every twin is silent; the pages that list them are current (UPDATE_DOCS=1 rewrites)."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.checks.safeguards.moves import of_evasions, of_settings, of_suppressions, of_tests, of_types
from tests.checks.safeguards.moves.move import Move, told, worst
from tests.test_bypasses import FOUND, STOPPED

DOCS = Path(__file__).parents[3] / "docs"
PAGE, SUMMARY = DOCS / "safeguards-moves.md", DOCS / "safeguards.md"
START, END = "<!-- moves -->\n", "<!-- /moves -->\n"
PARTS = (of_suppressions, of_tests, of_types, of_settings, of_evasions)
MOVES = [move for part in PARTS for move in part.moves()]
_TITLES = {
    "suppressions": "Tools switched off in the text",
    "tests": "Tests and their assertions",
    "types": "Types and errors",
    "settings": "Settings, hooks, CI",
    "evasions": "Ways that no list had",
    "bypasses": "Ways round the hooks",
}
_MEANING = {"block": "stopped", "show": "shown"}

# What is only shown, and so stops nobody; why stands in docs/safeguards.md.
SHOWN_TESTS = {
    "importorskip for the whole file",
    "skipif with a condition",
    "skipIf with a condition",
    "testing.Short",
    "expectation edited",
}


class Row(NamedTuple):
    """One line of the page: a move, the languages that it was played in, and what came of it."""

    part: str
    name: str
    languages: tuple[str, ...]
    rules: tuple[str, ...]
    agent: str
    person: str


@lru_cache(maxsize=1)
def played() -> tuple[tuple[Move, tuple[str, str, str]], ...]:
    """All moves with the worst that is said of each."""
    return tuple((move, worst(told(move.base, move.bad, move.renames))) for move in MOVES)


def rows() -> Iterator[Row]:
    """Moves of one name and one lot on one line, the forms of one directive as well."""
    found: dict[tuple[str, str], list[tuple[str, tuple[str, str, str]]]] = {}
    for move, lot in played():
        name = move.name
        for form in (" without a code", " with a code", " with code and reason"):
            name = name.removesuffix(form)
        found.setdefault((move.part, name), []).append((move.language, lot))
    for (part, name), lots in found.items():
        yield from _of_name(part, name, lots)
    for name in STOPPED:
        yield Row("bypasses", f"`{name}`" if "-" in name else name, (), ("the commit hooks",), "stopped", "stopped")
    for name in FOUND:
        how = ("the audit, the next commit, a push",)
        yield Row("bypasses", f"`{name}`" if "-" in name else name, (), how, "stopped there", "stopped there")


def _of_name(part: str, name: str, lots: Sequence[tuple[str, tuple[str, str, str]]]) -> Iterator[Row]:
    def words(place: int, some: Iterable[tuple[str, tuple[str, str, str]]]) -> str:
        return ", ".join(dict.fromkeys(_MEANING.get(lot[place], "NOT SEEN") for _, lot in some))

    by_rule: dict[tuple[str, ...], list[tuple[str, tuple[str, str, str]]]] = {}
    for language, lot in lots:
        key = () if part == "suppressions" else (lot[0],)
        by_rule.setdefault(key, []).append((language, lot))
    for some in by_rule.values():
        languages = tuple(dict.fromkeys(language for language, _ in some if language))
        rules = tuple(dict.fromkeys(lot[0] for _, lot in some))
        yield Row(part, name, languages, rules, words(1, some), words(2, some))


def page() -> str:
    """The page in full."""
    lines = [
        "# Moves against the gate",
        "",
        "Ways to make a gate green without mending anything, as `tests/checks/safeguards/test_moves.py` plays",
        "them through the real checks. Each is played beside a twin: a change that looks like it and takes nothing",
        "away. All are seen, all twins are silent. Where several rules are named, it is one for each form: without",
        "a code, with one, with a reason. What a linter's settings hide is shown here and stopped by its effect",
        "([safeguards](safeguards.md)). The ways round the hooks are played by `tests/test_bypasses.py`.",
    ]
    for part, title in _TITLES.items():
        where = "" if part in ("settings", "bypasses") else " | in"
        lines += ["", f"## {title}", "", f"| move{where} | told by | an agent | a person |"]
        lines.append("|---|---|---|---|" + ("---|" if where else ""))
        for row in rows():
            if row.part == part:
                rules = ", ".join(f"`{rule}`" if ":" in rule else rule for rule in row.rules)
                cells = [row.name.replace("|", "\\|"), *([", ".join(row.languages)] if where else []), rules]
                lines.append(f"| {' | '.join((*cells, row.agent, row.person))} |")
    return "\n".join(lines) + "\n"


def summary() -> str:
    """A line for each part."""
    lines = [
        "| what is weakened | moves | seen | stop an agent | stop a person | twins silent |",
        "|---|---|---|---|---|---|",
    ]
    parts = Counter(move.part for move in MOVES)
    for part, count in parts.items():
        lots = [lot for move, lot in played() if move.part == part]
        seen, agent, person = (
            sum(bool(lot[0]) for lot in lots),
            sum(lot[1] == "block" for lot in lots),
            sum(lot[2] == "block" for lot in lots),
        )
        silent = sum(not told(move.base, move.twin, move.twin_renames) for move in MOVES if move.part == part)
        lines.append(f"| {_TITLES[part]} | {count} | {seen} | {agent} | {person} | {silent} |")
    ways = len(STOPPED) + len(FOUND)
    lines.append(f"| {_TITLES['bypasses']} | {ways} | {ways} | {ways} | {ways} | {ways} |")
    return "\n".join(lines) + "\n"


def _id(move: Move) -> str:
    return f"{move.part}-{move.language}-{move.name}"


@pytest.mark.parametrize("move", MOVES, ids=_id)
def test_the_move_is_seen(move: Move) -> None:
    found = told(move.base, move.bad, move.renames)
    assert found
    if move.part == "tests":
        assert (worst(found)[1] == "block") is (move.name not in SHOWN_TESTS)


@pytest.mark.parametrize("move", MOVES, ids=_id)
def test_its_twin_is_silent(move: Move) -> None:
    assert move.twin != move.base
    assert not told(move.base, move.twin, move.twin_renames)


def test_moves_are_told_apart() -> None:
    names = Counter(map(_id, MOVES))
    assert max(names.values()) == 1
    assert {move.part for move in MOVES} | {"bypasses"} == set(_TITLES)


def test_the_pages_are_current() -> None:
    before, rest = SUMMARY.read_text(encoding="utf-8").split(START)
    whole = f"{before}{START}{summary()}{END}{rest.split(END)[1]}"
    if os.environ.get("UPDATE_DOCS"):
        SUMMARY.write_text(whole, encoding="utf-8")
        PAGE.write_text(page(), encoding="utf-8")
    assert SUMMARY.read_text(encoding="utf-8") == whole
    assert PAGE.read_text(encoding="utf-8") == page()
