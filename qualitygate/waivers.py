"""`.qualitygate/waivers.toml`: what may pass although it is found, granted by people, and asked for by agents."""

from __future__ import annotations

import datetime
from typing import Any

from qualitygate.config import parse_toml
from qualitygate.locations import WAIVERS
from qualitygate.schema import Field, Schema, load, refuse

LONGEST = 366
"""Days that a waiver may be granted for."""

_ASKED: Schema = {
    "rule": Field(
        "string", "the rule as reports name it, `*` for any part of it (`tests:lost`, `ruff:*`)", required=True
    ),
    "path": Field("string", "a glob of the files that it is for, from the repository's root", required=True),
    "name": Field("string", "one finding of several in a file: the id of a test, as the report names it"),
    "reason": Field("string", "why", required=True),
    "by": Field("string", "who granted it, or asked for it"),
}
SCHEMA: Schema = {
    "schema": Field("integer", "the number of this format, `1`", required=True, minimum=1),
    "waiver": Field(
        "tables",
        "what may pass; it counts once it stands on the trusted ref",
        fields={**_ASKED, "expires": Field("string", "the last day that it holds for, `2027-01-31`", required=True)},
    ),
    "request": Field("tables", "what an agent asks a person to let pass; it grants nothing", fields=_ASKED),
}


def compile_waivers(data: bytes) -> dict[str, Any]:
    """The file as rows of `model.Waiver`, under `waivers` and `requests`. Raises ConfigError."""
    document = read(data)
    problems = [
        f"{WAIVERS}: {kind}[{number}].path: `{row['path']}` must be relative to the repository's root"
        for kind in ("waiver", "request")
        for number, row in enumerate(document[kind])
        if row["path"].startswith("/") or ".." in row["path"].split("/")
    ]
    problems += [
        f"{WAIVERS}: waiver[{number}].expires: `{row['expires']}` is not a day, as `2027-01-31` is"
        for number, row in enumerate(document["waiver"])
        if not _is_day(row["expires"])
    ]
    refuse(problems)
    return {
        "waivers": [_row(row) for row in document["waiver"]],
        "requests": [_row(row) for row in document["request"]],
    }


def read(data: bytes) -> dict[str, Any]:
    """The file as a table, every key checked. Raises ConfigError."""
    raw = parse_toml(data, file=WAIVERS)
    for row in raw.get("waiver", ()) if isinstance(raw.get("waiver"), list) else ():
        if isinstance(row, dict) and isinstance(row.get("expires"), datetime.date):
            row["expires"] = row["expires"].isoformat()[:10]  # TOML has dates of its own
    return load(raw, SCHEMA, file=WAIVERS)


def _row(row: dict[str, Any]) -> list[str]:
    return [row["rule"], row["path"], row["reason"], row.get("expires", ""), row.get("name", ""), row.get("by", "")]


def _is_day(text: str) -> bool:
    try:
        return datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
