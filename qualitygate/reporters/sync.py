"""Shared settings: what was copied, and how copies and sources differ."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from qualitygate.commands.sync import Drift, Synced
from qualitygate.config import FILE_NAME
from qualitygate.extension import Copy
from qualitygate.locations import EXTENDED
from qualitygate.quote import clean
from qualitygate.reporters.summary import plural

_EXIT_CODES = {"in step": 0, "drift": 1, "undecided": 2}


def exit_code(drift: Drift) -> int:
    """0 in step, 1 drift, 2 where a source could not be compared."""
    return _EXIT_CODES[drift.verdict]


def render(done: Synced) -> str:
    """One line per copy, and what to type next."""
    lines = [_line(copy) for copy in done.copies]
    lines += [f"  {copy.name}: {clean(done.newer[copy.name])}" for copy in done.copies if copy.name in done.newer]
    if not (done.written or done.removed):
        return "\n".join(
            (*lines, "nothing to do: " + ("the copies are in step" if lines else f"{FILE_NAME} extends nothing"))
        )
    files = f"{plural(len(done.written), 'file')} written, {len(done.removed)} removed"
    return "\n".join((*lines, f"{files}; next: git add {FILE_NAME} {EXTENDED}, look at the diff, and commit"))


def render_synced_json(done: Synced) -> str:
    """The document of `sync --json`."""
    document = {
        "schema": 1,
        "written": list(done.written),
        "removed": list(done.removed),
        "copies": [_copy(copy) for copy in done.copies],
    }
    return json.dumps(document, indent=2)


def render_origins(origins: Mapping[str, str]) -> str:
    """Which settings are shared ones, those of the gate itself first."""
    if not origins:
        return "no setting comes from shared ones"
    rows = sorted(origins.items(), key=lambda row: (not row[0].startswith("gate."), row))
    width = min(max(len(key) for key in origins), 60)
    return "\n".join(("settings that come from shared ones:", *(f"  {clean(k, 100):{width}}  {v}" for k, v in rows)))


def _copy(copy: Copy) -> dict[str, str]:
    return {"name": copy.name, "source": copy.source, "commit": copy.commit, "by": copy.by}


def _line(copy: Copy) -> str:
    commit = f" at {copy.commit[:12]}" if copy.commit else ""
    by = f", which {copy.by} extends" if copy.by else ""
    return f"{copy.name}: {clean(copy.source, 200)}{commit}{by}"


def render_drift(drift: Drift) -> str:
    """One block per copy, the verdict last."""
    return "\n".join(_drift(drift))


def _drift(drift: Drift) -> Iterator[str]:
    names = {copy.name for copy in drift.copies}
    for copy in drift.copies:
        yield _line(copy)
        yield from (f"  {clean(row.text, 300)}" for row in drift.rows if row.copy == copy.name)
    yield from (clean(row.text, 300) for row in drift.rows if row.copy not in names)
    number = plural(len(drift.copies), "copy").replace("copys", "copies")
    if drift.verdict == "in step":
        yield f"in step: {number} of shared settings" if drift.copies else f"in step: {FILE_NAME} extends nothing"
    elif drift.verdict == "drift":
        drifted = sum(row.kind == "drift" for row in drift.rows)
        yield f"drift: {drifted} to look at; `qualitygate sync` copies anew what nobody edited"
    else:
        yield "undecided: a source could not be read, so nothing is known of its drift"


def render_json(drift: Drift) -> str:
    """The document of `sync --check --json`."""
    document = {
        "schema": 1,
        "verdict": drift.verdict,
        "copies": [_copy(copy) for copy in drift.copies],
        "rows": [{"copy": row.copy, "kind": row.kind, "text": clean(row.text)} for row in drift.rows],
    }
    return json.dumps(document, indent=2)
