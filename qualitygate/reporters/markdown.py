"""The report as Markdown, for the page of a CI run."""

from __future__ import annotations

from collections.abc import Iterator

from qualitygate.model import Finding, Verdict
from qualitygate.quote import clean, shown_path
from qualitygate.reporters import summary

_SHOWN = 50
_MESSAGE = 300
_SPECIAL = str.maketrans({char: f"\\{char}" for char in "\\`*_{}[]<>()#+-!|~$@&:"})


def render(verdict: Verdict) -> str:
    """The verdict as a heading, what stands against it as a table, then the checks; ends in a line break.

    What comes from the repository is escaped: it is text, and never a link, an image or a mention.
    """
    status = summary.status(verdict)
    lines = [f"## qualitygate: {status}", "", f"{_text(summary.counts(verdict))} {_text(_against(verdict))}", ""]
    blocking = [(word, f) for word, found in _blocking(verdict) for f in sorted(found, key=summary.place)]
    if blocking:
        lines += ["| | where | rule | what | what to do |", "|---|---|---|---|---|"]
        lines += [_row(word, finding) for word, finding in blocking[:_SHOWN]]
        lines += ["", f"and {len(blocking) - _SHOWN} more, in the log"] if len(blocking) > _SHOWN else []
        lines.append("")
    lines += [f"- {_text(name)} could not decide: {_text(why)}" for name, why in summary.undecided(verdict)]
    lines += [f"- {_text(note)}" for note in verdict.notes]
    return "\n".join((*lines, "", *_checks(verdict))) + "\n"


def _blocking(verdict: Verdict) -> tuple[tuple[str, tuple[Finding, ...]], ...]:
    return (
        ("new", verdict.new),
        ("hidden", verdict.hidden),
        ("lost", verdict.lost),
        ("accepted", verdict.accepted),
        ("waived", verdict.waived),
    )


def _against(verdict: Verdict) -> str:
    known = f", {verdict.known} known" if verdict.known else ""
    return f"{summary.against(verdict.bases)}{known}"


def _row(word: str, finding: Finding) -> str:
    where = shown_path(finding.path) + (f":{finding.line}" if finding.line else "")
    cells = (word, where, finding.rule, finding.message, finding.fix)
    return f"| {' | '.join(_text(cell) for cell in cells)} |"


def _checks(verdict: Verdict) -> Iterator[str]:
    if verdict.checks:
        yield from ("| check | | looked at | seconds |", "|---|---|---|---|")
    for row in verdict.checks:
        looked = "" if row.state in ("skipped", "undecided") else summary.plural(row.files, row.unit)
        yield f"| {_text(row.check)} | {_text(row.state)} | {_text(looked)} | {row.seconds:.1f} |"


def _text(text: str) -> str:
    return clean(text, _MESSAGE).translate(_SPECIAL)
