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
    """Nothing for a project that has no gate yet. All words come from the repository, and are made visible."""
    if not rows:
        return
    by_check = {proof.check: proof for proof in proofs}
    commands = [clean(_command(row), 60) for row in rows[:_SHOWN]]
    width = max([len(_TITLE) - 2, *map(len, commands)])
    yield f"{_TITLE:<{width + 2}}  green now  what became of it"
    for row, command in zip(rows, commands, strict=False):
        where = f"{clean(row.path, 60)}:{row.line}" if row.line else clean(row.path, 60)
        yield f"  {command:<{width}}  {_GREEN[row.green]:<9}  {clean(became(row, by_check), 200)} ({where})"
    left = len(rows) - _SHOWN
    if left > 0:
        yield f"  ... and {left} more: qualitygate bootstrap --json, or inspect"


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
    if not rows:
        return
    names = [clean(f"{row.tool}: {row.what}", 60) for row in rows[:_SHOWN]]
    width = max([len(_HOUSE) - 2, *map(len, names)])
    yield f"{_HOUSE:<{width + 2}}  fires on its seed"
    for row, name in zip(rows, names, strict=False):
        fires = {True: "yes", False: "no", None: "not tried"}[row.fires]
        why = f": {clean(row.why, 160)}" if row.why else ""
        yield f"  {name:<{width}}  {fires}{why} ({clean(row.path, 60)})"
    if len(rows) > _SHOWN:
        yield f"  ... and {len(rows) - _SHOWN} more: qualitygate bootstrap --json"
