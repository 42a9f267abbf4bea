"""What every report says of a verdict in words: its status, its counts, its base, what was not looked at."""

from __future__ import annotations

import time
from collections.abc import Sequence

from qualitygate.model import Acceptance, Base, Carrier, Finding, Status, Verdict
from qualitygate.quote import clean

GATE = "gate"
"""The name under which the gate itself, not one of its checks, is undecided."""


def status(verdict: Verdict) -> Status:
    """The verdict's status, except that a gate in which nothing ran has not passed."""
    passed = verdict.status in ("passed", "accepted")
    return "undecided" if passed and not _ran(verdict) else verdict.status


def undecided(verdict: Verdict) -> tuple[tuple[str, str], ...]:
    """Check and reason, once for each check that decided nothing."""
    rows = [(row.check, row.reason) for row in verdict.checks if row.state == "undecided"]
    found = dict((*rows, *verdict.undecided))
    if not found and not _ran(verdict):
        found[GATE] = "no check ran"
    return tuple(found.items())


def not_looked_at(verdict: Verdict) -> tuple[str, ...]:
    """The names of the checks that this verdict says nothing about."""
    skipped = (row.check for row in verdict.checks if row.state == "skipped")
    return tuple(dict.fromkeys((*(check for check, _ in undecided(verdict) if check != GATE), *skipped)))


def counts(verdict: Verdict) -> str:
    """What blocks, in words: `2 new findings, 1 lost`."""
    parts = [plural(len(verdict.new), "new finding")]
    parts += [f"{len(found)} {word}" for word, found in (("lost", verdict.lost), ("hidden", verdict.hidden)) if found]
    return ", ".join(parts[1:] if len(parts) > 1 and not verdict.new else parts)


def accepted(verdict: Verdict) -> str:
    """What was let through, in words: `2 findings, mypy undecided`."""
    parts = [plural(len(verdict.accepted), "finding")] if verdict.accepted else []
    open_ = [clean(check, 40) for check, _ in undecided(verdict)]
    return ", ".join((*parts, *([f"{listed(open_, 3)} undecided"] if open_ else []))) or "nothing"


def said(one: Acceptance) -> str:
    """Who let a tree through, when and why: `Ada <ada@example.com> on 2026-11-23: a hotfix`."""
    when = time.strftime("%Y-%m-%d", time.gmtime(one.when))
    why = "; ".join((*(["unfinished work"] if one.wip else []), *([clean(one.reason)] if one.reason else [])))
    return f"{clean(one.who, 120)} on {when}: {why}"


def carried(one: Carrier) -> str:
    """What came past the gate, and with which commit: `1 of these is from 1a2b3c4 (on), which no record stands for`."""
    number = len(one.findings)
    subject = f" ({clean(one.subject, 60)})" if one.subject else ""
    return (
        f"{number} of these {'is' if number == 1 else 'are'} from {one.commit[:7]}{subject}, which no record stands for"
    )


def against(bases: Sequence[Base]) -> str:
    """The trees that debt may be known from, nearest first: `against 3f2a9c1 (last record)`."""
    named = [f"{(base.commit or base.tree)[:7]} ({clean(base.why, 120)})" for base in bases]
    return f"against {listed(named, 3)}" if named else "against nothing"


def listed(words: Sequence[str], limit: int) -> str:
    """Words with commas and an `and`, the last few as a number when there are more than `limit`."""
    if len(words) > limit:
        words = (*words[:limit], f"{len(words) - limit} more")
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def plural(number: int, noun: str) -> str:
    """`no files`, `1 file`, `2 files`."""
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"


_REMEDIES = {
    "the index": "qualitygate fix --staged",
    "the work tree": "qualitygate fix",
    "files just edited": "qualitygate fix",
}


def remedy(verdict: Verdict, *, removals: bool = True) -> tuple[str, int]:
    """The command that fixes new findings, and how many it can; "" where there are none, or it does not reach them.

    Without `removals` it leaves names in the work tree that are not used yet.
    """
    command = _REMEDIES.get(verdict.head.origin, "")
    kinds = ("safe", "removes") if removals or verdict.head.origin == "the index" else ("safe",)
    number = sum(finding.fixable in kinds for finding in verdict.new)
    return (command, number) if command and number else ("", 0)


def place(finding: Finding) -> tuple[str, int, int, str, str]:
    """The order in which findings are read."""
    return finding.path, finding.line, finding.column, finding.rule, finding.message


def _ran(verdict: Verdict) -> bool:
    # A tree that is looked up in the records has passed before; no check runs again.
    looked_up = verdict.recorded and not verdict.checks
    return looked_up or any(row.state != "skipped" for row in verdict.checks)
