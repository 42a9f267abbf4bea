"""Show a verdict in the format that was asked for, or that fits who reads it."""

from __future__ import annotations

import os
from pathlib import Path

from qualitygate import actor
from qualitygate.errors import QualityGateError
from qualitygate.locations import user_cache
from qualitygate.model import Verdict
from qualitygate.output import Console
from qualitygate.reporters.summary import status

_EXIT_CODES = {"passed": 0, "accepted": 0, "failed": 1, "undecided": 2}

FORMATS = {"json": "json_report", "sarif": "sarif", "github": "github", "junit": "junit", "markdown": "markdown"}
"""Formats for programs, and the module that renders each."""


def exit_code(verdict: Verdict) -> int:
    """0 passed or accepted, 1 failed, 2 undecided."""
    return _EXIT_CODES[status(verdict)]


def with_cache(verdict: Verdict) -> Verdict:
    """The verdict with a note per check that ran: what was known of each tree, and why the rest was not."""
    notes = tuple(f"cache: {row.check}: {row.cache}" for row in verdict.checks if row.cache)
    return verdict._replace(notes=(*verdict.notes, *notes))


def show(
    console: Console, verdict: Verdict, style: str = "auto", *, only: tuple[str, ...] = (), more: tuple[str, ...] = ()
) -> None:
    """Write the report to standard output. `more`: lines that an agent is told besides.

    `auto`: short and quoted for an agent, text for a person. `brief`: the same, but one line for
    what simply passed.
    """
    plain = verdict.status == "passed" and not verdict.shown
    seen = verdict.status == "accepted" and not verdict.checks  # it was shown when a person accepted it
    if style == "brief" and (plain or seen) and not actor.agent():
        from qualitygate.reporters import text

        console.write_result(text.render_briefly(verdict, color=console.color))
        return
    if style in ("auto", "brief"):
        style = "agent" if actor.agent() else "text"
    if style in FORMATS:
        console.write_result(_rendered(verdict, style))
    elif style == "agent":
        console.write_result(for_agent(verdict, more=more))
    else:
        from qualitygate.reporters import text

        console.write_result(text.render(verdict, color=console.color, only=only))


def _rendered(verdict: Verdict, style: str) -> str:
    # Each format is imported when it is asked for: a hook pays for every import.
    from importlib import import_module

    return str(import_module(f"qualitygate.reporters.{FORMATS[style]}").render(verdict))


def wanted_files(named: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Format and path of reports to write, from `FORMAT=PATH`. Raises QualityGateError for anything else."""
    found = tuple((style, path) for style, _, path in (one.partition("=") for one in named))
    for (style, path), one in zip(found, named, strict=True):
        if style not in FORMATS or not path:
            raise QualityGateError(f"--write {one!r} is not FORMAT=PATH", hint=f"formats: {', '.join(FORMATS)}")
    return found


def save(verdict: Verdict, files: tuple[tuple[str, str], ...]) -> None:
    """Write the report to files, each in its format. Raises QualityGateError where that fails."""
    for style, path in files:
        try:
            Path(path).write_text(_rendered(verdict, style), encoding="utf-8", errors="backslashreplace")
        except OSError as exc:
            raise QualityGateError(f"cannot write {path}: {exc.strerror or exc}", hint="name another file") from None


def show_way_on(console: Console, verdict: Verdict) -> None:
    """Tell a person whose commit was stopped how to let it through all the same; an agent is told nothing."""
    if exit_code(verdict) and not actor.agent():
        console.say("hint: mend it, or let what is staged through with a reason: `qualitygate accept`")


def for_agent(verdict: Verdict, then: str = "", more: tuple[str, ...] = ()) -> str:
    """The report for a coding agent; `then` is what it does once all is fixed, the same again unless it says so."""
    from qualitygate.reporters import agent

    return agent.render(
        verdict,
        then=then or agent.AGAIN,
        more=more,
        log=_log(verdict) if verdict.blocking else "",
    )


def _log(verdict: Verdict) -> str:
    """The path of a file with the whole report; an agent is shown only what fits its attention."""
    from qualitygate.reporters import text

    folder = Path(user_cache("qualitygate", "log"))
    path = folder / f"verdict-{verdict.head.id[:12]}.txt"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(text.render(verdict, limit=0), encoding="utf-8", errors="backslashreplace")
    except OSError:
        return ""  # what fits is printed anyway
    return os.fspath(path)
