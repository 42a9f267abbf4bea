"""What a person reads about a replay: one line after bootstrap, all of it when asked."""

from __future__ import annotations

import json
from collections.abc import Iterator

from qualitygate.bootstrap.replay import Group, Replay, Replayed
from qualitygate.quote import clean
from qualitygate.reporters.summary import place, plural

_FINDINGS = 5


def render_line(replay: Replay) -> str:
    """How many of the last commits would have been refused, per group, and what is too loud."""
    parts = _parts(replay)
    if not parts:
        return f"replay: {_nothing(replay)}"
    loud = [f"{rule} in {n} of {len(g.commits)}" for g in replay.groups for rule, n in g.loud()]
    more = f"; loud: {', '.join(loud)}" if loud else ""
    missed = [name for group in replay.groups if not group.commits for name in group.checks]
    more += f"; not replayed in time: {', '.join(missed)}" if missed else ""
    listed = "; `qualitygate replay` lists them" if any(group.blocked for group in replay.groups) else ""
    return f"replay: would have refused {'; '.join(parts)}{more}{listed}"


def _nothing(replay: Replay) -> str:
    return "no commit could be replayed in time" if replay.asked else "nothing to replay, there is one commit only"


def _parts(replay: Replay) -> list[str]:
    """What is said of each group; of all at once where they saw the same commits and had nothing to say."""
    groups = [group for group in replay.groups if group.commits]
    silent = not any(row.new or row.undecided for group in groups for row in group.commits)
    if silent and groups and len({len(group.commits) for group in groups}) == 1:
        return [f"none of the last {plural(len(groups[0].commits), 'commit')}"]
    return [_group(group) for group in groups]


def _group(group: Group) -> str:
    rules = ", ".join(f"{clean(rule)} {n}" for rule, n in group.rules()[:3])
    unsure = sum(bool(row.undecided) and not row.new for row in group.commits)
    tail = f", {unsure} undecided" if unsure else ""
    named = f" ({', '.join(group.checks)})"
    count = f"{len(group.blocked)} of the last {plural(len(group.commits), 'commit')}"
    return count + named + (f": {rules}" if rules else "") + tail


def render(replay: Replay) -> str:
    """Every commit that would have been refused, with what would have been new in it."""
    lines = []
    for group in replay.groups:
        for row in group.blocked:
            lines += list(_commit(row))
    for group in replay.groups:
        unsure = [row for row in group.commits if row.undecided and not row.new]
        if unsure:
            check, reason = unsure[0].undecided[0]
            where = f"{len(unsure)} undecided, first {unsure[0].commit[:9]}"
            lines += [f"{where}: {clean(check)}: {clean(reason)}", ""]
    lines += [f"rules of {', '.join(g.checks)}: {_rules(g)}" for g in replay.groups if g.blocked]
    short = [g for g in replay.groups if len(g.commits) < replay.asked]
    lines += [f"{', '.join(g.checks)}: {len(g.commits)} of {replay.asked} in the time given (--seconds)" for g in short]
    parts = _parts(replay)
    lines.append(f"would have refused {'; '.join(parts)}" if parts else _nothing(replay))
    return "\n".join(lines)


def _rules(group: Group) -> str:
    return ", ".join(f"{clean(rule)} in {n}" for rule, n in group.rules())


def _commit(row: Replayed) -> Iterator[str]:
    yield f"{row.commit[:9]} {clean(row.subject, 100)}"
    ordered = sorted(row.new, key=place)
    for finding in ordered[:_FINDINGS]:
        yield f"  {clean(finding.path)}:{finding.line}: {clean(finding.rule)} {clean(finding.message, 160)}"
    if len(ordered) > _FINDINGS:
        yield f"  ... and {len(ordered) - _FINDINGS} more"
    yield ""


def render_json(replay: Replay) -> str:
    """The document of `replay --json`."""
    return json.dumps({"schema": 1, **as_json(replay)}, indent=2)


def as_json(replay: Replay) -> dict[str, object]:
    """The replay as plain data."""
    return {
        "asked": replay.asked,
        "seconds": round(replay.seconds, 1),
        "groups": [
            {
                "checks": list(group.checks),
                "replayed": len(group.commits),
                "refused": len(group.blocked),
                "undecided": sum(bool(row.undecided) and not row.new for row in group.commits),
                "rules": dict(group.rules()),
                "loud": [rule for rule, _ in group.loud()],
                "commits": [
                    {
                        "commit": row.commit,
                        "subject": clean(row.subject),
                        "findings": [
                            {"path": clean(f.path), "line": f.line, "rule": f.rule, "message": clean(f.message)}
                            for f in sorted(row.new, key=place)
                        ],
                    }
                    for row in group.blocked
                ],
            }
            for group in replay.groups
        ],
    }
