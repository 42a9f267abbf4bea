"""What people let through, and what went past the gate: as text, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator

from qualitygate.commands.audit import Audit, Passed
from qualitygate.model import Verdict
from qualitygate.quote import clean, shown_path
from qualitygate.reporters import json_report, summary
from qualitygate.reporters.summary import plural

_LIMIT = 50
_CARRIED = 10


def consequence(*, wip: bool, final: bool) -> str:
    """What accepting will mean, before it is done."""
    if final:
        return (
            "accepting is final here: there is no remote where anybody else is asked, and the tree is known afterwards"
        )
    what = "this unfinished work" if wip else "this tree"
    return f"accepting lets {what} be committed here; each later report shows it, and a push fails until it is mended"


def render_accepted(verdict: Verdict) -> str:
    """That it is done, and what to type next."""
    return f"accepted: {summary.accepted(verdict)}, in tree {verdict.head.id[:7]}; next: git commit"


def render_text(audit: Audit) -> str:
    """One block per kind of thing that went past, the sum last."""
    blocks = [
        list(block)
        for block in (
            _unrecorded(audit),
            _accepted(audit),
            _settings(audit),
            _agents(audit),
            _extended(audit),
            _hooks(audit),
            _clone(audit),
            _attempts(audit),
        )
    ]
    return "\n\n".join("\n".join(block) for block in (*blocks, [_last(audit)]) if block)


def _unrecorded(audit: Audit) -> Iterator[str]:
    rows = [one for one in audit.unrecorded if not one.later]
    if rows:
        yield f"{plural(len(rows), 'commit')} without a record: nothing shows that the gate saw them"
    for one in rows[:_LIMIT]:
        yield f"  {one.commit[:7]} {clean(one.subject, 100)}"
        yield from (f"          {line}" for line in _what(one))
    if len(rows) > _LIMIT:
        yield f"  ... and {len(rows) - _LIMIT} more, `qualitygate audit --json` shows all"


def _what(one: Passed) -> Iterator[str]:
    """Why its record does not count, and what it brought, where that was asked."""
    if one.why:
        yield clean(one.why, 200)
    if one.state in ("passed", "accepted"):
        yield "carried nothing that the gate refuses"
    elif one.state.startswith("undecided"):
        yield f"what it carried is {clean(one.state, 200)}"
    for finding in sorted(one.carried, key=summary.place)[:_CARRIED]:
        numbers = f":{finding.line}:{finding.column}" if finding.line else ""
        yield f"carried {shown_path(finding.path)}{numbers}: {clean(finding.rule, 80)} {clean(finding.message, 200)}"
    if len(one.carried) > _CARRIED:
        yield f"... and {len(one.carried) - _CARRIED} more"


def _accepted(audit: Audit) -> Iterator[str]:
    if audit.accepted:
        yield f"{plural(len(audit.accepted), 'commit')} accepted by a person"
    for one in audit.accepted:
        found = plural(one.by.findings, "finding") if one.by.findings else "undecided checks"
        final = ", final" if one.by.final else ""
        yield f"  {one.commit[:7]} {clean(one.subject, 100)}"
        yield f"          {found}{final}, by {summary.said(one.by)}"


def _settings(audit: Audit) -> Iterator[str]:
    if audit.settings:
        yield f"the gate's settings changed in {plural(len(audit.settings), 'commit')}"
    weakened = dict(audit.weakened)
    for commit, subject in audit.settings:
        yield f"  {commit[:7]} {clean(subject, 100)}"
        yield from (f"          weaker: {clean(what, 200)}" for what in weakened.get(commit, ()))


def _agents(audit: Audit) -> Iterator[str]:
    if audit.agents:
        yield "hooks of coding agents were taken away"
    for commit, subject, what in audit.agents:
        yield f"  {commit[:7]} {clean(subject, 100)}"
        yield f"          {clean(what, 200)}"


def _extended(audit: Audit) -> Iterator[str]:
    if audit.extended:
        yield "shared settings are not as they were copied, `qualitygate sync --check` says more"
    yield from (f"  {clean(row)}" for row in audit.extended[:_LIMIT])


def _hooks(audit: Audit) -> Iterator[str]:
    if audit.hooks:
        yield "hooks in this clone, `qualitygate install` puts them in"
    yield from (f"  {clean(row)}" for row in audit.hooks)


def _clone(audit: Audit) -> Iterator[str]:
    if audit.clone:
        yield "this clone hides something from the gate, or passes it over"
    yield from (f"  {clean(row, 300)}" for row in audit.clone)


def _attempts(audit: Audit) -> Iterator[str]:
    if audit.attempts:
        yield "commits of agents that passed late"
    for commit, subject, done in audit.attempts:
        off = f", {done.suppressed} with a rule switched off" if done.suppressed else ""
        yield f"  {commit[:7]} {clean(subject, 100)}: refused {done.attempts} times before{off}"


def _last(audit: Audit) -> str:
    covered = sum(bool(one.later) for one in audit.unrecorded)
    also = f"; {covered} of them judged together with a later one" if covered else ""
    verb = "something to look at" if audit.has_something else "nothing to say"
    return f"{verb}: {plural(audit.commits, 'commit')} since {clean(audit.since, 80)}{also}"


def render_json(audit: Audit) -> str:
    """The document of `audit --json`."""
    document = {
        "schema": 1,
        "since": clean(audit.since),
        "until": audit.until,
        "commits": audit.commits,
        "unrecorded": [
            {
                "commit": one.commit,
                "subject": clean(one.subject),
                "judged_with": one.later,
                "why": one.why,
                "state": one.state,
                "carried": [json_report.finding_row(finding, "") for finding in one.carried],
            }
            for one in audit.unrecorded
        ],
        "accepted": [
            {"commit": one.commit, "subject": clean(one.subject), **one.by._asdict()} for one in audit.accepted
        ],
        "settings": [{"commit": commit, "subject": clean(subject)} for commit, subject in audit.settings],
        "extended": [clean(row) for row in audit.extended],
        "hooks": [clean(row) for row in audit.hooks],
        "weakened": [{"commit": commit, "what": [clean(row) for row in what]} for commit, what in audit.weakened],
        "agents": [
            {"commit": commit, "subject": clean(subject), "what": clean(what)} for commit, subject, what in audit.agents
        ],
        "clone": [clean(row) for row in audit.clone],
        "attempts": [
            {"commit": commit, "refused": done.attempts, "with_suppressions": done.suppressed}
            for commit, _, done in audit.attempts
        ],
    }
    return json.dumps(json_report.readable(document), indent=2)
