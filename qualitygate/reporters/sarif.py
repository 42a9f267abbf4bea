"""The report as SARIF 2.1.0 (OASIS), which code hosts and editors read."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

from qualitygate.model import Finding, Verdict
from qualitygate.quote import clean
from qualitygate.reporters import summary

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "SRCROOT"
_MESSAGE = 2000


def render(verdict: Verdict) -> str:
    """One SARIF log in ASCII with one run, ending in a line break.

    A verdict that is undecided is a run whose execution was not successful, so that nobody takes it for clean.
    """
    status = summary.status(verdict)
    results = list(_results(verdict))
    rules = sorted({result["ruleId"] for result in results})
    for result in results:
        result["ruleIndex"] = rules.index(result["ruleId"])
    run = {
        "tool": {"driver": {"name": "qualitygate", "rules": [{"id": rule} for rule in rules]}},
        "invocations": [
            {
                "executionSuccessful": status != "undecided",
                "exitCodeDescription": status,
                "toolExecutionNotifications": list(_notifications(verdict)),
            }
        ],
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the repository."}}},
        "columnKind": "unicodeCodePoints",
        "results": results,
        "properties": {
            "verdict": status,
            "known": verdict.known,
            "fixed": verdict.fixed,
            "bases": [clean(base.why) for base in verdict.bases],
        },
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _results(verdict: Verdict) -> Iterator[dict[str, Any]]:
    for findings, level, state in (
        (verdict.new, "error", "new"),
        (verdict.hidden, "error", "new"),
        (verdict.lost, "error", "absent"),
        (verdict.accepted, "warning", "new"),
        (verdict.waived, "warning", "new"),
        (verdict.touched, "note", "updated"),
        (verdict.revealed, "note", "unchanged"),
        (verdict.shown, "note", "new"),
    ):
        for finding in sorted(findings, key=summary.place):
            result = {
                "ruleId": clean(finding.rule, 200),
                "level": level,
                "baselineState": state,
                "message": {"text": clean(finding.message, _MESSAGE) or "no message"},
                "locations": [{"physicalLocation": _place(finding)}],
                "properties": {
                    "check": clean(finding.check),
                    "direction": finding.direction,
                    "fix": clean(finding.fix),
                },
            }
            if finding in verdict.accepted:
                by = "; ".join(f"{clean(one.who)}: {clean(one.reason)}" for one in verdict.acceptances)
                result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": by or "accepted"}]
            if finding in verdict.waived:
                result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": "a waiver"}]
            if known := verdict.fingerprint(finding):
                result["partialFingerprints"] = {"qualitygate/v1": known}
            yield result


def _place(finding: Finding) -> dict[str, Any]:
    from urllib.parse import quote

    uri = quote(os.fsencode(finding.path))
    place: dict[str, Any] = {"artifactLocation": {"uri": uri, "uriBaseId": _ROOT}}
    if finding.line > 0:
        place["region"] = {"startLine": finding.line}
        # Tools do not agree on whether an end column is part of what they mean; lines are certain.
        if finding.end_line > finding.line:
            place["region"]["endLine"] = finding.end_line
        elif finding.column > 0:
            place["region"]["startColumn"] = finding.column
    return place


def _notifications(verdict: Verdict) -> Iterator[dict[str, Any]]:
    for check, reason in summary.undecided(verdict):
        text = f"{clean(check)} could not decide: {clean(reason, _MESSAGE)}"
        yield {"level": "error", "message": {"text": text}}
    for note in verdict.notes:
        yield {"level": "note", "message": {"text": clean(note, _MESSAGE) or "-"}}
