"""The table of a project's own gate: each command, whether it is green now, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from qualitygate.bootstrap.existing_gate import Standing
from qualitygate.bootstrap.house_rules import HouseRule
from qualitygate.bootstrap.prove import Proof
from qualitygate.quote import clean

_SHOWN = 12
_TITLE = "the project's own gate"
_HOUSE = "rules of its own, all kept"
_GREEN = {True: "yes", False: "no", None: "-"}


def render_existing(rows: Sequence[Standing], proofs: Sequence[Proof]) -> Iterator[str]:
    """Nothing for a project that has no gate yet."""
    if rows:
        yield from _table(_TITLE, "green now  what became of it", existing_rows(rows, proofs))


def existing_rows(rows: Sequence[Standing], proofs: Sequence[Proof]) -> list[tuple[str, ...]]:
    """Command, whether it is green, and what became of it. All words come from the repository, and are made visible."""
    by_check = {proof.check: proof for proof in proofs}
    found = []
    for row in rows[:_SHOWN]:
        where = f"{clean(row.path, 60)}:{row.line}" if row.line else clean(row.path, 60)
        found.append((clean(_command(row), 60), _GREEN[row.green], f"{clean(became(row, by_check), 200)} ({where})"))
    return found + _more(len(rows), "qualitygate bootstrap --json, or inspect")


def _more(count: int, where: str) -> list[tuple[str, ...]]:
    return [(f"... and {count - _SHOWN} more", "", where)] if count > _SHOWN else []


def _table(title: str, titles: str, rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    width = max([len(title) - 2, *(len(row[0]) for row in rows)])
    yield f"{title:<{width + 2}}  {titles}"
    for first, *rest in rows:
        cells = f"{rest[0]:<9}  {rest[1]}" if len(rest) == 2 else rest[0]
        yield f"  {first:<{width}}  {cells}".rstrip()


def _command(row: Standing) -> str:
    return f"{row.command} in {row.directory}" if row.directory else row.command


def became(row: Standing, proofs: Mapping[str, Proof]) -> str:
    """What became of a command, in words."""
    if row.group == "covered":
        return f"covered by check {row.why}"
    if not row.check:
        return f"listed only: {row.why}" if row.why else "listed only"
    proof = proofs.get(row.check)
    if proof is None:
        return f"planned as check {row.check}"
    return f"kept as check {row.check}" if proof.holds else f"not kept: {proof.reason}"


def existing_json(rows: Sequence[Standing], proofs: Sequence[Proof]) -> list[dict[str, Any]]:
    """The rows of `bootstrap --json`; `green_now` is null where a command was not run to its end."""
    by_check = {proof.check: proof for proof in proofs}
    return [
        {
            "command": row.command,
            "path": row.path,
            "line": row.line,
            "directory": row.directory,
            "kind": row.kind,
            "tools": list(row.tools),
            "class": row.group,
            "green_now": row.green,
            "seconds": round(row.seconds, 2),
            "check": row.check if row.check in by_check and by_check[row.check].holds else "",
            "became": became(row, by_check),
        }
        for row in rows
    ]


def render_house_rules(rows: Sequence[HouseRule]) -> Iterator[str]:
    """The project's own rules, which stay where they are, and whether each fires on its seed."""
    if rows:
        yield from _table(_HOUSE, "fires on its seed", house_rows(rows))


def house_rows(rows: Sequence[HouseRule]) -> list[tuple[str, ...]]:
    """Rule, and whether it fires, and why not."""
    found: list[tuple[str, ...]] = []
    for row in rows[:_SHOWN]:
        fires = {True: "yes", False: "no", None: "not tried"}[row.fires]
        why = f": {clean(row.why, 160)}" if row.why else ""
        found.append((clean(f"{row.tool}: {row.what}", 60), f"{fires}{why} ({clean(row.path, 60)})"))
    return found + [(first, last) for first, _, last in _more(len(rows), "qualitygate bootstrap --json")]
