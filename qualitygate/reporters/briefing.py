"""What a coding agent is told when a session begins: that there is a gate, when it speaks, and what is expected."""

from __future__ import annotations

from collections.abc import Sequence

from qualitygate.locations import RULEBOOK
from qualitygate.model import Check
from qualitygate.quote import clean, shown_path

_AT = {"edit": "each edit and commit", "commit": "each commit", "push": "each push"}


def render(checks: Sequence[Check], program: str, *, has_rulebook: bool) -> str:
    """Some lines of plain text, ending in a line break. `program` is how qualitygate is called here."""
    rows = []
    for tier, when in _AT.items():
        names = [clean(check.name, 40) for check in checks if check.tier == tier and check.policy != "shown"]
        if names:
            rows.append(f"- at {when}: {', '.join(names)}")
    called = shown_path(program)
    more = f"; {RULEBOOK} explains the rules" if has_rulebook else ""
    return "\n".join(
        (
            "This repository has a quality gate (qualitygate). It judges what you change, not what was there before:",
            *rows,
            "After an edit you are told what is new and wrong in that file: fix that before you go on. A commit, and",
            "the end of your turn, are refused while something new is wrong; each report says what and where.",
            f"`{called} run` judges everything now; `{called} fix` formats and applies safe fixes{more}.",
            "What you cannot fix: do not work around it, say which and why, and a person decides.",
            "",
        )
    )
