"""One run of semgrep's engine for the files of two trees: its start takes longer than most changes do."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from qualitygate.process import Output


def apart(output: Output, base_root: str) -> tuple[Output, Output]:
    """What is about files below `base_root`, which is absolute, comes second, with paths relative to it.

    What names no file, or cannot be read, is in both.
    """
    try:
        said = json.loads(output.stdout)
        halves = [_half(said, base_root.rstrip("/") + "/", of_base=of_base) for of_base in (False, True)]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return output, output
    head, base = (output._replace(stdout=json.dumps(half).encode("ascii")) for half in halves)
    return head, base


def _half(said: Mapping[str, Any], top: str, *, of_base: bool) -> dict[str, Any]:
    scanned = [path for path in said["paths"]["scanned"] if path.startswith(top) is of_base]
    return {
        **said,
        "results": _about(said["results"], top, of_base=of_base),
        "errors": _about(said["errors"], top, of_base=of_base),
        "paths": {**said["paths"], "scanned": [path.removeprefix(top) for path in scanned]},
    }


def _about(rows: Sequence[Mapping[str, Any]], top: str, *, of_base: bool) -> list[dict[str, Any]]:
    found = []
    for row in rows:
        place = row.get("location") or {}
        path = row.get("path") or place.get("path") or ""
        if path and path.startswith(top) is not of_base:
            continue
        inside = {"path": row["path"].removeprefix(top)} if "path" in row else {}
        if "path" in place:
            inside["location"] = {**place, "path": place["path"].removeprefix(top)}
        found.append({**row, **inside})
    return found
