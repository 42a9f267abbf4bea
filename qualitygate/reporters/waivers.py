"""Waivers as text: what is granted, and what is asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator

from qualitygate.commands.waive import Waived, Waivers
from qualitygate.locations import WAIVERS
from qualitygate.model import Waiver
from qualitygate.quote import clean


def render_list(found: Waivers) -> str:
    """One line per waiver and per request."""
    return "\n".join(_lines(found) or ["no waivers, and nothing is asked for"])


def _lines(found: Waivers) -> list[str]:
    return [
        *_granted(found),
        *(f"asked for: {_what(one)} (by {clean(one.by)}: {clean(one.reason)})" for one in found.requests),
    ]


def _granted(found: Waivers) -> Iterator[str]:
    for one in found.waivers:
        state = "waived until" if one.expires >= found.today else "expired on"
        yield f"{state} {one.expires}: {_what(one)} ({clean(one.by)}: {clean(one.reason)})"


def _what(waiver: Waiver) -> str:
    name = f" {clean(waiver.name)}" if waiver.name else ""
    return f"{clean(waiver.rule)} in {clean(waiver.path)}{name}"


def render_written(waived: Waived) -> str:
    """What was written, and what has to happen until it counts."""
    if waived.granted:
        until = f"waived until {waived.waiver.expires}: {_what(waived.waiver)}"
        return f"{until}\nnext: commit {WAIVERS}; it counts once that commit is on the trusted ref"
    asked = f"asked for: {_what(waived.waiver)}"
    return f"{asked}\nnext: commit {WAIVERS} with the change; a person decides (`qualitygate waive RULE PATH`)"


def render_json(found: Waivers) -> str:
    """The same as one JSON document."""
    rows = {"waivers": [one._asdict() for one in found.waivers], "requests": [one._asdict() for one in found.requests]}
    return json.dumps({"schema": 1, **rows}, indent=2)


def render_written_json(waived: Waived) -> str:
    """What was written, as one JSON document."""
    return json.dumps({"schema": 1, "granted": waived.granted, "waiver": waived.waiver._asdict()}, indent=2)
