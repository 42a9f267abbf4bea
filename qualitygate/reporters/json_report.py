"""The report for programs, and the contract: keys may be added, none is ever renamed."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from typing import Any

from qualitygate.model import Base, Finding, Verdict
from qualitygate.reporters import summary

SCHEMA = 1


def render(verdict: Verdict) -> str:
    """One JSON document in ASCII, ending in a line break.

    Text that is not UTF-8 shows each such byte as `\\xNN`; a path of that kind also has `path_bytes`,
    its bytes in base64, and only then is `path` not the path itself.
    """
    return json.dumps(readable(document(verdict)), indent=2) + "\n"


def document(verdict: Verdict) -> dict[str, Any]:
    """The report as plain data."""

    def rows(findings: Iterable[Finding]) -> list[dict[str, Any]]:
        return [finding_row(finding, verdict.fingerprint(finding)) for finding in sorted(findings, key=summary.place)]

    return {
        "schema": SCHEMA,
        "verdict": summary.status(verdict),
        "head": verdict.head.id,
        "base": _base(verdict.bases[0]) if verdict.bases else None,
        "bases": [_base(base) for base in verdict.bases],
        "new": rows(verdict.new),
        "lost": rows(verdict.lost),
        "touched": rows(verdict.touched),
        "revealed": rows(verdict.revealed),
        "hidden": rows(verdict.hidden),
        "shown": rows(verdict.shown),
        "known": verdict.known,
        "fixed": verdict.fixed,
        "checks": [{**row._asdict(), "seconds": round(row.seconds, 3)} for row in verdict.checks],
        "undecided": [{"check": check, "reason": reason} for check, reason in summary.undecided(verdict)],
        "waived": rows(verdict.waived),
        "notes": list(verdict.notes),
        "accepted": rows(verdict.accepted),
        "acceptances": [one._asdict() for one in verdict.acceptances],
        "shared_settings": dict(verdict.origins),
        "carriers": [
            {
                "commit": one.commit,
                "subject": one.subject,
                "findings": [verdict.fingerprint(finding) for finding in one.findings],
            }
            for one in verdict.carriers
        ],
    }


def _base(base: Base) -> dict[str, str]:
    return {"tree": base.tree, "commit": base.commit, "why": base.why}


def finding_row(finding: Finding, fingerprint: str) -> dict[str, Any]:
    """One finding as plain data."""
    row = {
        "check": finding.check,
        "rule": finding.rule,
        "path": finding.path,
        "line": finding.line,
        "column": finding.column,
        "message": finding.message,
        "direction": finding.direction,
        "fingerprint": fingerprint,
        "fix": finding.fix,
    }
    if readable(finding.path) != finding.path:
        row["path_bytes"] = base64.b64encode(_bytes(finding.path)).decode("ascii")
    return row


def _bytes(path: str) -> bytes:
    try:
        return path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return path.encode("utf-8", "surrogatepass")


def readable(value: Any) -> Any:
    """Plain data whose text every JSON parser takes: a byte that is not UTF-8 becomes `\\xNN`."""
    if isinstance(value, dict):
        return {readable(key): readable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [readable(item) for item in value]
    if not isinstance(value, str):
        return value
    if not any("\ud800" <= char <= "\udfff" for char in value):
        return value
    return "".join(_escape(char) if "\ud800" <= char <= "\udfff" else char for char in value)


def _escape(char: str) -> str:
    code = ord(char)
    return f"\\x{code - 0xDC00:02x}" if 0xDC80 <= code <= 0xDCFF else f"\\u{code:04x}"
