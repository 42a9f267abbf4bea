"""`ruff format`: lines that the formatter would change."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from qualitygate.checks.tool import Command, Reads, Request
from qualitygate.checks.tools import ruff_cli
from qualitygate.model import Finding, Report
from qualitygate.process import Output

name = "ruff-format"
title = "ruff format"
scope: Literal["tree", "lines"] = "lines"
reads: Reads = "self"
config_files: tuple[str, ...] = ruff_cli.CONFIG_FILES
package = "ruff"
reach = "whole"
wants = ruff_cli.wants
listing = ruff_cli.listing

RULE = "ruff-format:unformatted"

_SUMMARY = re.compile(
    rb"^(?=\d)(?:(\d+) files? would be reformatted)?(?:, )?(?:(\d+) files? already formatted)?$", re.MULTILINE
)
_ERROR = re.compile(rb"^error: (.*)$", re.MULTILINE)
_HUNK = re.compile(rb"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")


class Hunk(NamedTuple):
    """One hunk of a unified diff: the first line in the old file, and its rows with their signs."""

    start: int
    rows: tuple[bytes, ...]


class _Unreadable(ValueError):
    """Output that is not a diff."""


def command(request: Request) -> Command:
    """`ruff format --diff`, which prints what it would change and changes nothing."""
    return ruff_cli.command(request, "format", "--diff")


def range_command(request: Request, path: str, data: bytes, first: int, last: int) -> Command:
    """`ruff format --range`, which has been there since 0.2.1. Its end is where the line after `last` begins."""
    named = ruff_cli.command(request._replace(files=()), "format", f"--range={first}-{last + 1}")
    return Command((*named.argv, f"--stdin-filename=./{path}", "-"), named.env, data)


def parse_range(output: Output) -> bytes | None:
    """Standard output; None for any exit code but 0."""
    return output.stdout if output.code == 0 and not output.timed_out and not output.truncated else None


def parse(output: Output, request: Request) -> Report:
    """One finding per region that would change, in lines of the file as it is.

    A file that does not parse has none and is not counted; `ruff check` reports it.
    """
    log = ruff_cli.read_log(output, request, (0, 1, 2))
    # Exit code 2 means "some files do not parse" as well as "nothing was done": the log tells them apart.
    if output.code == 2 and log.reason:
        log = ruff_cli.read_log(output, request, (0, 1))
    if log.reason:
        return Report((), 0, log.reason)
    errors = [line.decode("utf-8", "replace") for line in _ERROR.findall(output.stderr)]
    excused = [line for line in errors if line.startswith(("Failed to parse ", "Failed to read "))]
    if len(excused) < len(errors):
        return Report((), 0, next(line for line in errors if line not in excused)[:300])
    try:
        found, changed = _findings(output.stdout, request)
    except ValueError as exc:
        return Report((), 0, f"printed what cannot be read as its diff: {exc}")
    summary = _SUMMARY.findall(output.stderr)
    would, already = (int(count or 0) for count in (summary[-1] if summary else (0, 0)))
    if would != changed or would + already + len(excused) != log.processed:
        told = f"{log.processed} files, {changed} diffs, {would} to format, {already} formatted"
        return Report((), 0, f"its counts do not agree: {told}")
    return Report(tuple(found), would + already)


def _findings(diff: bytes, request: Request) -> tuple[list[Finding], int]:
    index = ruff_cli.path_index(request.files)
    found, files = [], 0
    for shown, hunks in sections(diff):
        path = index.get(shown)
        if path is None:
            raise _Unreadable(f"names {shown}, which it was not given")
        files += 1
        for first, last in (region for hunk in hunks for region in regions(hunk)):
            found.append(Finding(request.check, RULE, path, first, 0, last, 0, "not formatted", fixable="safe"))
    return found, files


def sections(diff: bytes) -> Iterator[tuple[str, list[Hunk]]]:
    """The files of a unified diff, each with its hunks. Raises ValueError for anything else."""
    # As the program does: a lone carriage return ends a line too.
    lines = diff.splitlines()
    at = 0
    while at < len(lines):
        if not lines[at]:
            at += 1
            continue
        if not lines[at].startswith(b"--- ") or not lines[at + 1 : at + 2] == [b"+++ " + lines[at][4:]]:
            raise _Unreadable(f"no file header in line {at + 1}")
        path, hunks, at = lines[at][4:].decode("utf-8", "replace"), [], at + 2
        while at < len(lines) and lines[at].startswith(b"@@"):
            hunk, at = _hunk(lines, at)
            hunks.append(hunk)
        if not hunks:
            raise _Unreadable(f"no hunk for {path}")
        yield path, hunks


def _hunk(lines: list[bytes], at: int) -> tuple[Hunk, int]:
    header = _HUNK.fullmatch(lines[at])
    if header is None:
        raise _Unreadable(f"no hunk header in line {at + 1}")
    start, old, new = int(header[1]), int(header[2] or 1), int(header[4] or 1)
    rows, at = [], at + 1
    while old > 0 or new > 0:
        sign = lines[at][:1] if at < len(lines) else b""
        if sign not in (b" ", b"-", b"+", b"\\") or not sign:
            raise _Unreadable("a hunk ends too early")
        if sign != b"\\":
            rows.append(lines[at])
            old -= sign != b"+"
            new -= sign != b"-"
        at += 1
    while at < len(lines) and lines[at].startswith(b"\\"):
        at += 1
    return Hunk(start, tuple(rows)), at


def regions(hunk: Hunk) -> list[tuple[int, int]]:
    """The (first, last) old lines of each contiguous change.

    An insertion spans the lines on either side. Blank lines that go take their blank neighbours
    along: which of three blank lines is the superfluous one is the diff's arbitrary choice.
    """
    rows, found = hunk.rows, []
    line, at = hunk.start, 0
    while at < len(rows):
        end = at
        while end < len(rows) and rows[end][:1] in (b"-", b"+"):
            end += 1
        if end == at:
            line, at = line + 1, at + 1
            continue
        gone = [row for row in rows[at:end] if row.startswith(b"-")]
        after = line + len(gone)
        if gone:
            first = line - (_blanks(rows[:at][::-1]) if not gone[0][1:].strip() else 0)
            last = after - 1 + (_blanks(rows[end:]) if not gone[-1][1:].strip() else 0)
        else:
            first, last = line - (at > 0), line - (end == len(rows))
        found.append((max(first, 1), max(last, first, 1)))
        line, at = after, end
    return found


def _blanks(rows: tuple[bytes, ...]) -> int:
    count = 0
    while count < len(rows) and not rows[count].strip() and rows[count].startswith(b" "):
        count += 1
    return count
