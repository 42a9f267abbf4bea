"""What formatters share that print a unified diff: its hunks as findings."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterator

from qualitygate.checks.tool import Request
from qualitygate.checks.tools.exits import complaint, why_incomplete
from qualitygate.frozen import NamedTuple
from qualitygate.model import Finding, Report
from qualitygate.process import Output

_HUNK = re.compile(rb"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")

Named = Callable[[bytes, bytes], "bytes | None"]
"""The file that two header lines (`--- `, `+++ `) name; None where they are no header."""


class Hunk(NamedTuple):
    """One hunk of a unified diff: the first line in the old file, and its rows with their signs."""

    start: int
    rows: tuple[bytes, ...]


class _Unreadable(ValueError):
    """Output that is not a diff."""


def same(old: bytes, new: bytes) -> bytes | None:
    """Headers that name the file twice."""
    return old if old == new else None


def orig(old: bytes, new: bytes) -> bytes | None:
    """Headers of which the first ends in `.orig`."""
    return new if old == new + b".orig" else None


def old_new(old: bytes, new: bytes) -> bytes | None:
    """Headers that begin with `old/` and `new/`."""
    return new[4:] if (old[:4], new[:4], old[4:]) == (b"old/", b"new/", new[4:]) else None


def sections(
    diff: bytes, named: Named = same, between: Callable[[bytes], bool] = lambda line: not line
) -> Iterator[tuple[str, list[Hunk]]]:
    """The files of a unified diff, each with its hunks; `between` says which lines may stand before a header.

    Raises ValueError for anything else.
    """
    # As the programs do: a lone carriage return ends a line too.
    lines = diff.splitlines()
    at = 0
    while at < len(lines):
        old, new = lines[at], lines[at + 1] if at + 1 < len(lines) else b""
        name = named(old[4:], new[4:]) if (old[:4], new[:4]) == (b"--- ", b"+++ ") else None
        if name is None:
            if not between(old):
                raise _Unreadable(f"no file header in line {at + 1}")
            at += 1
            continue
        path, hunks, at = name.decode("utf-8", "replace"), [], at + 2
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


def unformatted(request: Request, rule: str, path: str, hunks: list[Hunk]) -> Iterator[Finding]:
    """One finding per region that the formatter would change, in lines of the file as it is."""
    for first, last in (region for hunk in hunks for region in regions(hunk)):
        yield Finding(request.check, rule, path, first, 0, last, 0, "not formatted", fixable="safe")


class Style(NamedTuple):
    """How a formatter that prints diffs speaks: its headers, what else it prints, its exit codes, and its errors.

    `error` finds where one begins in standard error, `broken` those about a file that does not parse: groups
    `path`, `place` and `message`.
    """

    named: Named
    between: Callable[[bytes], bool]
    exits: Collection[int]
    error: re.Pattern[str]
    broken: re.Pattern[str]


def report(output: Output, request: Request, tool: str, style: Style) -> Report:
    """Findings `tool:unformatted`; a file that does not parse is `tool:does-not-parse`, on all of its lines."""
    errors = output.stderr.decode("utf-8", "replace")
    matches = list(style.broken.finditer(errors))
    understood = len(matches) == len(style.error.findall(errors))
    exits = range(256) if matches and understood else style.exits
    if reason := why_incomplete(output, exits, os.path.realpath(request.root)):
        return Report((), 0, reason)
    if not understood:
        return Report((), 0, complaint(output.stderr, os.path.realpath(request.root)))
    broken = {found["path"]: found for found in reversed(matches)}
    found: list[Finding] = []
    try:
        for path, hunks in sections(output.stdout, style.named, style.between):
            found += unformatted(request, f"{tool}:unformatted", os.path.normpath(path), hunks)
        found += [_unparsed(request, f"{tool}:does-not-parse", match) for match in broken.values()]
    except (ValueError, OSError) as exc:
        return Report((), 0, f"printed what cannot be read as its diff: {exc}")
    if stray := sorted({finding.path for finding in found} - set(request.files)):
        return Report((), 0, f"names {stray[0]}, which it was not given")
    if not found and output.code != 0:
        return Report((), 0, f"exit code {output.code} without a diff")
    return Report(tuple(found), len(request.files) - len(broken))


def _unparsed(request: Request, rule: str, found: re.Match[str]) -> Finding:
    path = os.path.normpath(found["path"])
    with open(os.path.join(request.root, path), "rb") as file:
        last = file.read().count(b"\n") + 1
    # Only findings on changed lines count: whatever changed in this file was not looked at.
    message = f"does not parse, so its format is not known: {found['place']}: {found['message'].strip()}"
    return Finding(request.check, rule, path, 1, 0, last, 0, message, fix="make the file parse")


def printed(output: Output) -> bytes | None:
    """A file that was formatted to standard output; None for any exit code but 0."""
    return output.stdout if output.code == 0 and not output.timed_out and not output.truncated else None
