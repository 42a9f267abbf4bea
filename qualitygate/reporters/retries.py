"""What an agent that does not get on is told besides: what it tried, the rule in full, and when to stop trying."""

from __future__ import annotations

from collections.abc import Callable

from qualitygate.gate.attempts import SAME, Tries
from qualitygate.quote import quoted, quoted_path
from qualitygate.reporters.exemptions import without_exemptions
from qualitygate.reporters.summary import plural

_LINES = 28
_WIDTH = 110
_NAMED = ("", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


def render(tries: Tries, explain: Callable[[str], str]) -> tuple[str, ...]:
    """Lines for the report of one refusal; none for a first or second attempt that goes forward.

    `explain` gives the full text about a rule, "" where there is none; it is asked for one rule at most.
    """
    lines: list[str] = []
    for path, ago in tries.back[:2]:
        lines.append(
            f"{quoted_path(path, 120)} is as it was {plural(ago, 'attempt')} ago: both versions were refused, "
            "find one that meets all that is listed here"
        )
    if tries.stuck:
        worst = tries.stuck[0]
        lines.append(f"{_nth(worst.attempts)} attempt at {quoted(worst.rule, 80)} in {quoted_path(worst.path, 120)}")
        tried = [quoted(without_exemptions(line), 120) for line in worst.lines[-3:]]
        lines += [f"tried, and refused: {line}" for line in tried]
        if not tries.hopeless:
            lines += _told(explain(worst.rule))
    if tries.suppressed and tries.number >= SAME:
        lines.append(f"{plural(tries.suppressed, 'attempt')} switched a rule off, which is refused like what it hides")
    if tries.hopeless:
        lines.append(
            f"stop trying: {plural(tries.number, 'attempt')} did not mend this. The gate stays closed. Tell the person "
            "you work for which rule, which file and what you tried; a person decides"
        )
    return tuple(lines)


def _told(text: str) -> list[str]:
    rows = [line.rstrip() for line in text.splitlines() if line.strip()]
    kept = [row if len(row) <= _WIDTH else row[: _WIDTH - 3] + "..." for row in rows]
    if len(kept) > _LINES:
        kept = [*kept[: _LINES - 1], "..."]
    return ["the rule in full:", *(f"    {row}" for row in kept)] if kept else []


def _nth(number: int) -> str:
    return _NAMED[number] if number < len(_NAMED) else f"{number}th"
