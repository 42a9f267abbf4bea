"""The report as annotations of GitHub Actions: workflow commands on standard output."""

from __future__ import annotations

from collections.abc import Iterator

from qualitygate.model import Finding, Verdict
from qualitygate.quote import clean
from qualitygate.reporters import summary

_SHOWN = 10
"""GitHub shows that many annotations of each level per step; the others are only in the log."""
_MESSAGE = 1000


def render(verdict: Verdict) -> str:
    """One line per finding, those on changed lines first, and the verdict last, each a workflow command."""
    blocking = sorted(verdict.blocking, key=lambda f: _order(verdict, f))
    rest = sorted((*verdict.touched, *verdict.revealed, *verdict.shown), key=lambda f: _order(verdict, f))
    lines = [_annotation("error", finding) for finding in blocking]
    lines += [
        _annotation("warning", finding) for finding in sorted((*verdict.accepted, *verdict.waived), key=summary.place)
    ]
    lines += [_annotation("notice", finding) for finding in rest]
    lines += [
        _command("error", f"{clean(c)} could not decide: {clean(r, _MESSAGE)}") for c, r in summary.undecided(verdict)
    ]
    lines += [_command("notice", clean(note, _MESSAGE)) for note in verdict.notes]
    return "\n".join((*lines, *_last(verdict, len(blocking)))) + "\n"


def render_error(message: str, hint: str = "") -> str:
    """The annotation for a run that came to no verdict."""
    text = f"qualitygate undecided: {clean(message, _MESSAGE)}" + (f" ({clean(hint, _MESSAGE)})" if hint else "")
    return _command("error", text) + "\n"


def _order(verdict: Verdict, finding: Finding) -> tuple[bool, tuple[str, int, int, str, str]]:
    return finding not in verdict.on_changed_lines, summary.place(finding)


def _last(verdict: Verdict, blocking: int) -> Iterator[str]:
    status = summary.status(verdict)
    more = f"; GitHub shows {_SHOWN} of them, this log all" if blocking > _SHOWN else ""
    text = f"qualitygate {status}: {summary.counts(verdict)} {summary.against(verdict.bases)}{more}"
    yield text if status == "passed" else _command("error" if status != "accepted" else "warning", text)


def _annotation(level: str, finding: Finding) -> str:
    where = {"file": finding.path, "title": finding.rule}
    if finding.line > 0:
        where |= {"line": str(finding.line), "endLine": str(max(finding.end_line, finding.line))}
        if finding.column > 0 and finding.end_line <= finding.line:
            where["col"] = str(finding.column)
    fix = f" (fix: {clean(finding.fix)})" if finding.fix else ""
    return _command(level, clean(finding.message, _MESSAGE) + fix, **where)


def _command(level: str, text: str, **properties: str) -> str:
    """`::error file=a.py,line=1::text`, escaped as the toolkit of GitHub Actions reads it."""
    named = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{level}{' ' if named else ''}{named}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(clean(text)).replace(":", "%3A").replace(",", "%2C")
