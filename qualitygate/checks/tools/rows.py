"""What tools share that print a row per finding: how it becomes a finding, and when no row at all proves nothing."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from qualitygate.checks.tool import Request
from qualitygate.checks.tools.exits import complaint, why_incomplete
from qualitygate.frozen import NamedTuple
from qualitygate.model import Finding, Report
from qualitygate.process import Output


class Row(NamedTuple):
    """One row of an output: the rule without the tool's name, the path as it is printed, and the place, from 1."""

    rule: str
    path: str
    line: int
    column: int
    message: str
    end_line: int = 0
    end_column: int = 0
    fix: str = ""


Read = Callable[[Output], Iterable[Row]]
"""Reads all rows of an output; whatever it raises for one that it does not understand makes the run undecided."""


class CouldNot(ValueError):
    """What the program says in its output that it could not do."""


_UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError)


def paths(request: Request) -> tuple[str, ...]:
    """The request's files as arguments: `./` keeps one that begins with `-` or `@` from being read as an option."""
    return tuple(f"./{path}" if path.startswith(("-", "@", ":", "!", "#")) else path for path in request.files)


def no_user_settings(request: Request) -> dict[str, str]:
    """Environment for a tool that looks into the user's home directory for settings: one without any."""
    # Some break down where there is no such folder; ours is there as soon as the snapshot is.
    none = os.path.join(request.cache_dir, "no-user-settings")
    return {"HOME": os.path.dirname(request.cache_dir), "XDG_CONFIG_HOME": none}


def report(
    output: Output,
    request: Request,
    tool: str,
    read: Read,
    *,
    clean: Collection[int] = (0,),
    red: Collection[int] = (1,),
) -> Report:
    """The rows as findings of `tool`, all files counted as looked at.

    `clean` and `red` are the exit codes of a complete run without and with rows; what does not fit is undecided.
    """
    if reason := why_incomplete(output, {*clean, *red}, os.path.realpath(request.root)):
        return Report((), 0, reason)
    try:
        found = tuple(dict.fromkeys(_finding(row, request, tool) for row in read(output)))
    except CouldNot as exc:
        return Report((), 0, str(exc)[:300])
    except _UNREADABLE as exc:
        why = complaint(output.stderr, request.root) if output.stderr.strip() else f"{type(exc).__name__} {exc}"
        return Report((), 0, f"printed what cannot be read (exit code {output.code}): {why}")
    if output.code not in (red if found else clean):
        return Report((), 0, f"exit code {output.code} with {len(found)} findings: {complaint(output.stderr)}")
    return Report(found, len(request.files))


def only_given(report: Report, request: Request) -> Report:
    """The report, undecided if it names a file that the tool was not given."""
    if stray := sorted({finding.path for finding in report.findings} - set(request.files)):
        return Report((), 0, f"names {stray[0]}, which it was not given")
    return report


def relative(path: str, request: Request) -> str:
    """A printed path relative to the root; one that leads out of it stays absolute."""
    path = os.path.normpath(path)
    if not os.path.isabs(path):
        return path
    for root in (request.root, os.path.realpath(request.root)):
        if path.startswith(root.rstrip("/") + "/"):
            return os.path.relpath(path, root)
    return path


def lines(pattern: re.Pattern[str], data: bytes) -> Iterator[Mapping[str, str]]:
    """The named groups of each line of a text output; a line that is not of that form is a ValueError."""
    for line in data.decode("utf-8", "replace").splitlines():
        if line.strip():
            found = pattern.fullmatch(line)
            if found is None:
                raise ValueError(f"a line that is none of its own: {line[:80]}")
            yield found.groupdict("")


def _finding(row: Row, request: Request, tool: str) -> Finding:
    line, column = int(row.line), int(row.column)
    return Finding(
        check=request.check,
        rule=f"{tool}:{row.rule}",
        path=relative(row.path, request),
        line=line,
        column=column,
        end_line=int(row.end_line) or line,
        end_column=int(row.end_column) or column,
        message=" ".join(str(row.message).split()),
        fix=row.fix,
    )
