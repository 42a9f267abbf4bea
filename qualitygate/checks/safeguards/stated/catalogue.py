"""Which keys of which tool bear on what the tool finds: `catalogue.json`, made from `catalogue.toml`."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from qualitygate.frozen import NamedTuple


class Row(NamedTuple):
    """One key: `path` leads to it from the tool's table. What the fields mean stands on top of `catalogue.toml`."""

    path: str
    how: str
    rule: str
    key: str


class ToolSettings(NamedTuple):
    """Where the settings of a tool stand, what weakens them, and the switches that its `strict` sets as well."""

    places: Sequence[str]
    rows: Sequence[Row]
    implied: frozenset[str]


@lru_cache(maxsize=1)
def tools() -> Mapping[str, ToolSettings]:
    """All tools, in the order of the table."""
    return {
        name: ToolSettings(row["places"], [Row(*one) for one in row["rows"]], frozenset(row["implied"]))
        for name, row in _document()["tools"].items()
    }


def levels() -> Mapping[str, int]:
    """How strict a word is, in small letters."""
    found: dict[str, int] = _document()["levels"]
    return found


@lru_cache(maxsize=1)
def _document() -> dict[str, Any]:
    with open(os.path.join(os.path.dirname(__file__), "catalogue.json"), encoding="utf-8") as stream:
        found: dict[str, Any] = json.load(stream)
    return found
