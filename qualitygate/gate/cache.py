"""Results of tools, kept by the content of everything they depend on."""

from __future__ import annotations

import os
from pathlib import Path

from qualitygate.gate.state import read_json, write_json
from qualitygate.model import Finding, Report

_PER_FOLDER = 24
"""256 folders of this many results bound the cache at some 6,000 files."""


def _path(shared: Path, key: str) -> Path:
    return shared / "cache" / key[:2] / f"{key}.json"


def get(shared: Path, key: str) -> Report | None:
    """The report kept under this key, or None."""
    found = read_json(_path(shared, key))
    try:
        return Report(tuple(Finding(*row) for row in found["findings"]), int(found["looked_at"]))
    except (TypeError, KeyError, ValueError):
        return None


def put(shared: Path, key: str, report: Report) -> None:
    """Keep a complete report; an incomplete one proves nothing and is never kept."""
    if report.reason:
        return
    path = _path(shared, key)
    try:
        write_json(path, {"findings": report.findings, "looked_at": report.looked_at}, lasting=False)
        _prune(path.parent)
    except OSError:
        pass  # an unwritable cache costs time, not truth


def _prune(folder: Path) -> None:
    if len(os.listdir(folder)) <= _PER_FOLDER:
        return
    kept = sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime)
    for path in kept[:-_PER_FOLDER]:
        path.unlink(missing_ok=True)
