"""What is said between the rounds of `loop`, and at its end."""

from __future__ import annotations

import json

from qualitygate.commands.loop import Looped, Round
from qualitygate.reporters import json_report, summary
from qualitygate.reporters.summary import plural

_WHY = {
    "passed": "it passed",
    "no change": "the last one changed nothing",
    "back and forth": "the files are again as they were refused before",
    "rounds": "no more are allowed (--max)",
    "undecided": "the gate could not decide twice in a row",
}


def render_round(done: Round) -> str:
    """One line for a round after which there is another."""
    ended = f", the command ended with {done.code}" if done.code else ""
    return f"round {done.number}: {summary.status(done.verdict)}, {summary.counts(done.verdict)}{ended}"


def render_end(looped: Looped) -> str:
    """One line: how many rounds there were, and why there was no further one."""
    code = looped.rounds[-1].code
    ended = f"; the command ended with {code}" if code else ""
    return f"{plural(len(looped.rounds), 'round')}: {_WHY[looped.ending]}{ended}"


def render_json(looped: Looped) -> str:
    """The document of `loop --json`: why it ended, and the verdict of each round, the last one whole.

    What the command itself prints on standard output comes before it.
    """
    rounds = [
        {
            "number": one.number,
            "code": one.code,
            "verdict": summary.status(one.verdict),
            "blocking": len(one.verdict.blocking),
        }
        for one in looped.rounds
    ]
    document = {"schema": 1, "ending": looped.ending, "rounds": rounds, "last": json_report.document(looped.verdict)}
    return json.dumps(json_report.readable(document), indent=2)
