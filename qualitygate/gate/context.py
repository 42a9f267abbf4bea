"""What stands around a finding, in words that survive moving, re-indenting and reformatting."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from functools import cached_property

from qualitygate.frozen import NamedTuple
from qualitygate.gate.tokens import Lexed, decode, lex, split_lines
from qualitygate.model import Finding

TOKENS = 4
"""How many tokens each side of a finding identify it."""
NEIGHBOURS = 2
"""How many non-blank lines each side do, in a language without a lexer."""


class Context(NamedTuple):
    """The place of a finding: what stands left of it, at it, and right of it."""

    left: tuple[str, ...]
    centre: str
    right: tuple[str, ...]


class Spot(NamedTuple):
    """Where a finding points in a row of tokens or lines; `said` stands for what the row left out."""

    row: Sequence[str]
    start: int
    stop: int
    reach: int
    said: str = ""


class Text:
    """One version of one file, cut into lines and tokens when first asked."""

    def __init__(self, path: str, data: bytes) -> None:
        self.path = path
        self.data = data

    @cached_property
    def lexed(self) -> Lexed | None:
        return lex(self.path, self.data)

    @cached_property
    def lines(self) -> list[str]:
        if self.lexed:
            return split_lines(self.lexed.text)
        lines = split_lines(decode(self.data))
        if b"uses:" in self.data and self.path.endswith((".yml", ".yaml")):
            return [_VERSION.sub("", line) if "uses:" in line else line for line in lines]
        return lines

    @cached_property
    def filled(self) -> list[int]:
        """The numbers of the lines that are not blank."""
        return [number for number, line in enumerate(self.lines, 1) if line.strip()]

    @cached_property
    def rows(self) -> list[str]:
        """The text of those lines, whitespace collapsed."""
        return [" ".join(self.lines[number - 1].split()) for number in self.filled]

    @cached_property
    def _counts(self) -> Counter[str]:
        return Counter(self.rows)

    def count(self, line: int) -> int:
        """How many lines read as this one does, whitespace apart."""
        return self._counts[" ".join(self.lines[line - 1].split())]

    @cached_property
    def owners(self) -> list[str]:
        """For every line the dotted name of the definition that holds or begins it, as indentation tells."""
        owners, open_, last = [], list[tuple[int, str]](), ""
        for line in self.lines:
            row = line.lstrip()
            if row and row[0] not in _NO_DEDENT:
                depth = len(line.expandtabs()) - len(row.expandtabs())
                while open_ and depth <= open_[-1][0]:
                    open_.pop()
                name = defined_name(line)
                if name:
                    open_.append((depth, f"{open_[-1][1]}.{name}" if open_ else name))
                last = open_[-1][1] if open_ else ""
            owners.append(last)
        return owners

    @cached_property
    def definitions(self) -> frozenset[str]:
        """The dotted names of everything that is defined here."""
        return frozenset(self.owners)


# An action of a workflow is the same one in its next version: who raises that has not edited what was found in its use.
_VERSION = re.compile(r"(?<=\w)@[\w./-]+[\"']?(?:\s+#.*)?(?=\s*$)")
_NO_DEDENT = frozenset(")]}#\"'")
_HEADER = re.compile(
    r"\s*(?:(?:export|default|async|public|private|static)\s+)*"
    r"(?:def|class|function|func|fn|interface|struct)\s+(\w+)"
)


def defined_name(line: str) -> str:
    """The name whose definition begins on a line; empty where none does."""
    found = _HEADER.match(line)
    return found[1] if found else ""


def find_spot(text: Text, finding: Finding) -> Spot | None:
    """Where the finding points; None where it is about the file, or about a line that is not there."""
    line, column = finding.line, finding.column
    if not 0 < line <= len(text.lines) or _is_about_file(finding):
        return None
    if text.lexed is None:
        return _line_spot(text, line)
    return _token_spot(text, text.lexed, line, column) if column > 0 else _logical_spot(text, text.lexed, line)


def _is_about_file(finding: Finding) -> bool:
    # Tools that have something to say about a whole file say it at its first character, zero wide.
    place = (finding.line, finding.column)
    return place == (1, 1) == (finding.end_line, finding.end_column)


def _line_spot(text: Text, line: int) -> Spot:
    at = bisect_left(text.filled, line)
    blank = at == len(text.filled) or text.filled[at] != line
    return Spot(text.rows, at, at if blank else at + 1, NEIGHBOURS)


def _token_spot(text: Text, lexed: Lexed, line: int, column: int) -> Spot:
    offset = lexed.offset(line, column)
    at = bisect_left(lexed.ends, offset + 1)
    if at < len(lexed.starts) and lexed.starts[at] <= offset:
        # A docstring is one token, but what is said about its tenth line is about that line.
        return _line_spot(text, line) if lexed.line(lexed.starts[at]) < line else Spot(lexed.tokens, at, at + 1, TOKENS)
    comment = _comment(lexed, offset)
    if comment is not None:
        return Spot(lexed.tokens, at, at, TOKENS, comment)
    return Spot(lexed.tokens, at, at, TOKENS, lexed.text[offset : offset + 1].strip())


def _comment(lexed: Lexed, offset: int) -> str | None:
    at = bisect_left(lexed.comments, (offset + 1, 0)) - 1
    if at < 0 or lexed.comments[at][1] <= offset:
        return None
    start, end = lexed.comments[at]
    # A comment may be a page: what is said about its tenth line is about that line.
    line = lexed.line(offset)
    start, end = max(start, lexed.lines[line - 1]), min((end, *lexed.lines[line : line + 1]))
    return "# " + " ".join(lexed.text[start:end].lstrip("#").split())


def _logical_spot(text: Text, lexed: Lexed, line: int) -> Spot:
    start = lexed.lines[line - 1]
    stop = lexed.lines[line] if line < len(lexed.lines) else len(lexed.text) + 1
    first = bisect_left(lexed.ends, start + 1)
    if first < len(lexed.starts) and lexed.starts[first] < start:
        return _line_spot(text, line)
    if first == len(lexed.starts) or lexed.starts[first] >= stop:
        comment = bisect_left(lexed.comments, (start, 0))
        if comment < len(lexed.comments) and lexed.comments[comment][0] < stop:
            return Spot(lexed.tokens, first, first, TOKENS, _comment(lexed, lexed.comments[comment][0]) or "")
        return Spot(lexed.tokens, first, first, TOKENS)
    after = bisect_left(lexed.breaks, first + 1)
    end = lexed.breaks[after] if after < len(lexed.breaks) else len(lexed.tokens)
    return Spot(lexed.tokens, lexed.breaks[after - 1], end, TOKENS)


def context_at(spot: Spot) -> Context:
    """The words around a spot, as far as its row's reach."""
    centre = spot.said or "\x1f".join(spot.row[spot.start : spot.stop])
    left = spot.row[max(spot.start - spot.reach, 0) : spot.start]
    return Context(tuple(left), centre, tuple(spot.row[spot.stop : spot.stop + spot.reach]))


_STATEMENT = 32


def statement_at(text: Text, spot: Spot) -> tuple[str, ...]:
    """The logical line around a spot, as far as 32 tokens to each side; without a lexer the line itself."""
    if text.lexed is None or spot.row is not text.lexed.tokens:
        return tuple(spot.row[spot.start : spot.stop])
    breaks = text.lexed.breaks
    after = bisect_right(breaks, spot.start)
    low = breaks[after - 1] if after else 0
    high = breaks[after] if after < len(breaks) else len(spot.row)
    return tuple(spot.row[max(low, spot.start - _STATEMENT) : min(high, spot.stop + _STATEMENT)])


_WORD = re.compile(r"\w+")


def row_at(text: Text, line: int) -> tuple[str, ...]:
    """The tokens that begin on a physical line; its words where none does, as in a comment."""
    if text.lexed is not None:
        starts, lines = text.lexed.starts, text.lexed.lines
        first = bisect_left(starts, lines[line - 1])
        last = bisect_left(starts, lines[line]) if line < len(lines) else len(starts)
        if last > first:
            return tuple(text.lexed.tokens[first:last])
    return tuple(_WORD.findall(text.lines[line - 1]))


def occurrence(spot: Spot) -> int:
    """How many places before this one in its row read the same, counting the same reach to both sides."""
    low = max(spot.start - spot.reach, 0)
    pattern = spot.row[low : spot.stop + spot.reach]
    if not pattern:
        return 0
    return sum(1 for at in range(low) if spot.row[at] == pattern[0] and spot.row[at : at + len(pattern)] == pattern)


_VARIABLE = re.compile(r"(?<!\w)'[^'\n]*'|\"[^\"\n]*\"|`[^`\n]*`|\d+")


def message_class(message: str) -> str:
    """A message with its names and numbers blanked, so that it says what kind of thing was found."""
    return " ".join(_VARIABLE.sub("_", message).split())
