"""One rule explained, for a person and for a coding agent, as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from qualitygate.config import FILE_NAME
from qualitygate.quote import clean
from qualitygate.reporters.exemptions import without_exemptions
from qualitygate.reporters.summary import plural
from qualitygate.rulebook.explain import Explanation

_ASK = "if the rule is wrong here, tell the person you work for: rule, file, line and why; it is for a person to decide"
_STILL = f"the change of {FILE_NAME} that relaxes or removes a check is still judged by the check as it was"


def render(told: Explanation, *, for_agent: bool) -> str:
    """What it is, whether it is in force, why, wrong and right; and for a person, how to change it."""
    text = told.text
    title = text.title or told.name
    name = f" ({told.name})" if told.name and told.name != title else ""
    lines = [f"{text.rule}: {clean(title)}{name}" if title else text.rule]
    lines += ["", _standing(told, for_agent)]
    if text.reason:
        lines += ["", f"why: {text.reason}"]
    if text.instead:
        lines += ([] if text.reason else [""]) + [f"do: {text.instead}"]
    lines += _more(told, for_agent)
    for word, code in (("wrong", text.wrong), ("right", text.right)):
        if code:
            lines += ["", f"{word}:", *(f"    {line}".rstrip() for line in code.split("\n"))]
    if told.found is not None:
        lines += ["", f"on disk now: {plural(told.found, 'finding')}; those from before a change are tolerated"]
    lines += ["", _ASK] if for_agent else _ways(told)
    return "\n".join(lines)


def _standing(told: Explanation, for_agent: bool) -> str:
    standing = told.standing
    if standing.state != "in force":
        # Why nothing looks for it is how to make nothing look for the next one.
        return standing.state + (f": {clean(standing.why)}" if standing.why and not for_agent else " here")
    checks = ", ".join(f"check {check.name}, policy {check.policy}, tier {check.tier}" for check in standing.checks)
    source = f" ({told.source})" if told.source != FILE_NAME else ""
    but_not = f"; not in {clean(', '.join(standing.but_not))}" if standing.but_not and not for_agent else ""
    return f"in force: {checks}{source}{but_not}{_shared(told)}"


def _shared(told: Explanation) -> str:
    """Which settings of these checks are shared ones."""
    names = {f"checks.{check.name}." for check in told.standing.checks}
    found: dict[str, list[str]] = {}
    for key, whose in told.origins.items():
        if key.startswith(tuple(names)):
            found.setdefault(whose, []).append(key)
    return "".join(f"\nfrom the shared settings {whose}: {', '.join(keys)}" for whose, keys in found.items())


def _more(told: Explanation, for_agent: bool) -> list[str]:
    said = [clean(part, 600) for part in told.more]
    if told.text.reason and told.text.title:
        return []
    kept = [part for part in said if not for_agent or without_exemptions(part) == part]
    return ["", "its tool says:", *(f"    {part}" for part in kept)] if kept else []


def _ways(told: Explanation) -> Iterator[str]:
    for way in told.ways:
        yield ""
        yield f"to {way.what}, in {clean(way.file)}:"
        yield from (f"    {clean(line, 2000)}" for line in way.lines)
    if any(way.file == FILE_NAME for way in told.ways):
        yield ""
        yield _STILL


def render_json(told: Explanation, *, for_agent: bool) -> str:
    """The document of `explain --json`; an agent's has no `ways`, and not why a rule is not in force."""
    text, standing = told.text, told.standing
    document: dict[str, Any] = {
        "schema": 1,
        "rule": text.rule,
        "name": told.name,
        "title": text.title,
        "state": standing.state,
        "why_not": "" if for_agent else standing.why,
        "checks": [{"check": c.name, "policy": c.policy, "tier": c.tier} for c in standing.checks],
        "source": told.source,
        "reason": text.reason,
        "instead": text.instead,
        "wrong": text.wrong,
        "right": text.right,
        "tool_says": [part for part in told.more if not for_agent or without_exemptions(part) == part],
        "on_disk": told.found,
        "shared_settings": dict(told.origins),
    }
    if not for_agent:
        document["ways"] = [{"what": way.what, "file": way.file, "lines": list(way.lines)} for way in told.ways]
    return json.dumps(document, indent=2)
