"""Conflict markers that a merge left behind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from qualitygate.checks.builtin.reading import look_at_texts, may_be_text
from qualitygate.checks.tool import Reads
from qualitygate.model import Finding, Report

name = "markers"
title = "merge markers"
scope: Literal["tree", "lines"] = "tree"
reads: Reads = "self"
config_files: tuple[str, ...] = ()
package = ""
wants = may_be_text

_OURS, _BASE, _THEIRS = (character * 7 + b" " for character in (b"<", b"|", b">"))
_MIDDLE = b"=" * 7


def look(root: str, files: tuple[str, ...], options: Mapping[str, Any]) -> Report:
    """One finding per marker line. A row of `=` is one only inside a conflict: elsewhere it underlines a heading."""
    return look_at_texts(_find, root, files, options)


def _find(path: str, data: bytes, options: Mapping[str, Any]) -> list[Finding]:
    if not any(marker in data for marker in (_OURS, _BASE, _THEIRS)):
        return []
    found = []
    inside = False
    for number, line in enumerate(data.split(b"\n"), 1):
        is_middle = inside and line.rstrip(b"\r") == _MIDDLE
        if is_middle or line.startswith((_OURS, _BASE, _THEIRS)):
            marker = line[:7].decode("ascii")
            message = f"merge conflict marker `{marker}`"
            fix = "resolve the conflict and delete its markers"
            found.append(Finding(name, "builtin:merge-marker", path, number, 1, number, 8, message, fix=fix))
            inside = line.startswith(_OURS) or (inside and not line.startswith(_THEIRS))
    return found
