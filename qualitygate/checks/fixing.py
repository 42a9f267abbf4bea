"""What a tool offers to change: edits for single findings, or a file formatted in some of its lines only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, cast

from qualitygate.checks.tool import Command, Request, Tool
from qualitygate.frozen import NamedTuple
from qualitygate.process import Output

BOM = b"\xef\xbb\xbf"


class Edit(NamedTuple):
    """Text in place of what stands from one position up to, and without, another.

    Lines and columns count from 1, columns in characters; a byte order mark is no column.
    """

    line: int
    column: int
    end_line: int
    end_column: int
    text: str


class Fix(NamedTuple):
    """The edits that mend one finding, which rule, path and place name. `removes`: it takes a name away."""

    rule: str
    path: str
    line: int
    column: int
    edits: tuple[Edit, ...]
    removes: bool = False


class Fixes(NamedTuple):
    """All the safe fixes of one run; with a `reason`, nothing can be fixed, and why."""

    fixes: tuple[Fix, ...]
    reason: str = ""


class Mender(Protocol):
    """A tool that knows edits for its findings."""

    def fix_command(self, request: Request) -> Command:
        """The program that prints its fixes; it must not write below `request.root`."""

    def parse_fixes(self, output: Output, request: Request) -> Fixes:
        """The fixes that its author calls safe, none for a file that does not parse."""


class Formatter(Protocol):
    """A tool that formats some lines of a file and leaves the others alone, as far as syntax lets it.

    One that knows no ranges says `formats_whole = True`, and prints the whole file formatted.
    """

    def range_command(self, request: Request, path: str, data: bytes, first: int, last: int) -> Command:
        """The program that reads the file as `data` and prints it with lines `first` to `last` formatted."""

    def parse_range(self, output: Output) -> bytes | None:
        """The file with those lines formatted; None where it could not be done."""


def mender(tool: Tool) -> Mender | None:
    """The tool, if it knows edits for its findings."""
    return cast("Mender", tool) if hasattr(tool, "fix_command") else None


def formatter(tool: Tool) -> Formatter | None:
    """The tool, if it formats by range."""
    return cast("Formatter", tool) if hasattr(tool, "range_command") else None


def in_range(tool: Tool, data: bytes, made: bytes | None, first: int, last: int) -> bytes | None:
    """What a formatter made of a file; of one that formats it whole, what it changed about these lines."""
    if made is None or not getattr(tool, "formats_whole", False):
        return made
    return within(data, made, first, last)


def within(data: bytes, formatted: bytes, first: int, last: int) -> bytes:
    """The file with only those of its formatter's changes that meet lines `first` to `last`."""
    from difflib import SequenceMatcher  # only a fix needs it

    old, new = data.splitlines(keepends=True), formatted.splitlines(keepends=True)
    made: list[bytes] = []
    for kind, start, stop, there, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        meets = first <= stop and start < last if stop > start else first <= start + 1 and start <= last
        made += new[there:end] if kind != "equal" and meets else old[start:stop]
    return b"".join(made)


class _Span(NamedTuple):
    start: int
    end: int
    new: bytes


def apply(data: bytes, fixes: Sequence[Fix]) -> tuple[bytes, tuple[Fix, ...]]:
    """The file with as many of its fixes as do not meet each other, from the top; and which those are.

    Of the removals inside of blocks only one is made: two together may leave a block empty.
    """
    lines = data.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    taken: list[_Span] = []
    done: list[Fix] = []
    emptied = False
    for fix in sorted(fixes, key=lambda one: (one.edits[:1], one)):
        spans = [_span(edit, lines, starts) for edit in fix.edits]
        indented = fix.removes and lines[fix.line - 1 : fix.line] != [] and lines[fix.line - 1][:1] in (b" ", b"\t")
        fresh = [span for span in spans if span is not None and span not in taken]
        if not spans or None in spans or any(_meet(one, other) for one in fresh for other in taken):
            continue
        if indented and fresh and emptied:
            continue
        emptied |= indented
        taken += fresh
        done.append(fix)
    for span in sorted(taken, reverse=True):
        data = data[: span.start] + span.new + data[span.end :]
    return data, tuple(done)


def _span(edit: Edit, lines: Sequence[bytes], starts: Sequence[int]) -> _Span | None:
    """Where an edit is in bytes; None for a place that the file does not have."""
    start, end = (
        _offset(line, column, lines, starts)
        for line, column in ((edit.line, edit.column), (edit.end_line, edit.end_column))
    )
    return None if start is None or end is None or end < start else _Span(start, end, edit.text.encode("utf-8"))


def _offset(line: int, column: int, lines: Sequence[bytes], starts: Sequence[int]) -> int | None:
    if line == len(lines) + 1 and column == 1:
        return starts[-1]
    if not 1 <= line <= len(lines) or column < 1:
        return None
    text = lines[line - 1]
    skip = len(BOM) if line == 1 and text.startswith(BOM) else 0
    try:
        before = text[skip:].decode("utf-8")[: column - 1]
    except UnicodeDecodeError:
        return None
    return starts[line - 1] + skip + len(before.encode("utf-8")) if len(before) == column - 1 else None


def _meet(one: _Span, other: _Span) -> bool:
    return one.start == other.start or (one.start < other.end and other.start < one.end)
