"""Find the directives in the text of one file, each with the code that it governs."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from qualitygate.checks.safeguards.suppression.comments import Span, line_starts, mark
from qualitygate.checks.safeguards.suppression.directives import Directive
from qualitygate.checks.safeguards.suppression.reasons import is_reason
from qualitygate.frozen import NamedTuple

_SHORT = 3
"""Code of fewer characters says nothing of where it is from: what stands before it is taken, too."""
_LONGEST = 160
_NO_CODE = re.compile(r"[\s()\[\]{},;'\"`]+")
_SILENT = re.compile(
    r"TYPE_CHECKING|__name__\s*==|\braise\s+NotImplementedError|^\s*\.\.\.\s*$|@(?:\w+\.)*(?:abstractmethod|overload)\b"
)
_DECORATED = re.compile(r"^\s*@(?:\w+\.)*(?:abstractmethod|overload)\b")


class Found(NamedTuple):
    """One directive in a text: plain JSON, but for being a tuple.

    `codes` are sorted, empty for all. `reason`: whether one stands with it. `code` is what it governs
    without layout, brackets and quotes, "" for a whole file; `before` and `after` what stands around that.
    """

    name: str
    scope: str
    codes: tuple[str, ...]
    line: int
    column: int
    reason: bool
    code: str
    before: str
    after: str


class _Place(NamedTuple):
    directive: Directive
    start: int
    end: int
    codes: tuple[str, ...]
    reason: bool


class Text:
    """A text whose lines end in `\\n`, with its comments, and without them."""

    def __init__(self, language: str, path: str, text: str) -> None:
        self.text = text
        self.marked = mark(language, path, text)
        self.starts = line_starts(text)
        self.strings = [start for start, _ in self.marked.strings]
        bare = text
        parts, at = [], 0
        for start, end in self.marked.comments:
            if start >= at:
                parts += [bare[at:start], blanked(bare[start:end])]
                at = end
        self.bare = "".join(parts) + bare[at:]
        self.lines = self.bare.split("\n")

    def line(self, offset: int) -> int:
        """The line, from 0."""
        return bisect_right(self.starts, offset) - 1

    def is_string(self, offset: int) -> bool:
        """Whether a character stands in a string."""
        at = bisect_right(self.strings, offset) - 1
        return at >= 0 and offset < self.marked.strings[at][1]


def blanked(text: str) -> str:
    """The same lines, empty."""
    return "".join("\n" if character == "\n" else " " for character in text)


def normal(code: str) -> str:
    """Code without what a formatter decides."""
    return _NO_CODE.sub("", code)


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def read(language: str, path: str, text: str, directives: list[Directive]) -> dict[str, Any]:
    """The facts of one text: `found` and `guards`, where there are any."""
    # Words alone are in many texts; to tell comments from strings is what takes time.
    directives = [one for one in directives if _compiled(one.pattern).search(text)]
    if not directives:
        return {}
    whole = Text(language, path, text)
    places = [*_in_comments(whole, [one for one in directives if one.where == "comment"])]
    places += _in_code(whole, [one for one in directives if one.where == "code"])
    if not places:
        return {}
    places.sort(key=lambda place: place.start)
    facts: dict[str, Any] = {}
    if found := [list(one) for one in _settled(whole, places)]:
        facts["found"] = found
    if guards := [[place.directive.name, whole.line(place.start) + 1] for place in places if place.directive.guard]:
        facts["guards"] = guards
    return facts


def _in_comments(whole: Text, directives: list[Directive]) -> Iterator[_Place]:
    for start, end in whole.marked.comments:
        comment = whole.text[start:end]
        spans: list[Span] = []
        hits: list[tuple[Directive, re.Match[str]]] = []
        for directive in directives:
            for match in _matches(directive, comment):
                if not any(first < match.end() and match.start() < last for first, last in spans):
                    hits.append((directive, match))
                    spans.append(match.span())
        if not hits:
            continue
        rest, at = "", 0
        for first, last in sorted(spans):
            rest, at = rest + comment[at:first] + " ", last
        reason = is_reason(rest + comment[at:])
        for directive, match in hits:
            yield _Place(directive, start + match.start(), end, _codes(directive, match), reason)


# What a mark of a comment is elsewhere begins nothing in the middle of a word: `https://`.
_SEGMENT = re.compile(
    r"(?:#+|(?:^|(?<=\s))(?://+!?|--|;+|<!--+)|^/\*+!?|^\{/\*+|^=begin)(?:[^\S\n]|\*)*(?:\n(?:[^\S\n]|\*)*)?"
)
_LAST_LINE = re.compile(r"\n(?:[^\S\n]|\*)*(?=[^\n]*\Z)")


def _matches(directive: Directive, comment: str) -> list[re.Match[str]]:
    """Where a directive begins a comment, or what follows another mark of one in it; or anywhere."""
    pattern = _compiled(directive.pattern)
    if directive.anywhere:
        return [one for one in pattern.finditer(comment) if not _in_a_word(comment, one.start())]
    begins = [match.end() for match in _SEGMENT.finditer(comment)]
    if directive.last_line and (last := _LAST_LINE.search(comment)):
        begins = [last.end()]
    # `// #nosec` is one directive, whose mark is another language's.
    found = {one.start(): one for at in begins if (one := pattern.match(comment, at)) is not None}
    return list(found.values())


def _in_a_word(comment: str, at: int) -> bool:
    return at > 0 and (comment[at - 1].isalnum() or comment[at - 1] in "_-`'\"")


def _codes(directive: Directive, match: re.Match[str]) -> tuple[str, ...]:
    text = match["codes"] if "codes" in match.re.groupindex else None
    if not text:
        return ()
    if directive.code:
        codes = [next(filter(None, one.groups()), "") for one in _compiled(directive.code).finditer(text)]
    else:
        codes = re.split(r"[\s,|]+", text)
    found = sorted({code for one in codes if (code := one.strip())})
    return () if any(code in directive.everything for code in found) else tuple(found)


def _in_code(whole: Text, directives: list[Directive]) -> Iterator[_Place]:
    for directive in directives:
        for match in _compiled(directive.pattern).finditer(whole.bare):
            if whole.is_string(match.start()):
                continue
            said = match["reason"] if "reason" in match.re.groupindex else None
            line_end = whole.text.find("\n", match.end())
            beside = _comment_between(whole, match.start(), line_end if line_end >= 0 else len(whole.text))
            yield _Place(
                directive, match.start(), match.end(), _codes(directive, match), bool(said) or is_reason(beside)
            )


def _comment_between(whole: Text, start: int, end: int) -> str:
    return " ".join(whole.text[first:last] for first, last in whole.marked.comments if start <= first < end)


def _settled(whole: Text, places: list[_Place]) -> Iterator[Found]:
    lines = list(whole.lines)
    for place in places:  # an attribute governs what follows it, not itself
        if place.directive.where == "code":
            first, last = whole.line(place.start), whole.line(place.end)
            if first == last:
                at = place.start - whole.starts[first]
                lines[first] = (
                    lines[first][:at] + " " * (place.end - place.start) + lines[first][at + place.end - place.start :]
                )
            else:
                lines[first : last + 1] = [""] * (last + 1 - first)
    first_code = next((number for number, line in enumerate(whole.lines) if line.strip()), len(lines))
    toggled: set[str] = set()
    for place in places:
        directive = place.directive
        if directive.guard:
            continue
        if directive.ends == directive.pattern:
            toggled ^= {directive.name}
            if directive.name not in toggled:
                continue
        number = whole.line(place.start)
        alone = directive.where == "comment" and not whole.lines[number].strip()
        scope = _scope(whole, place, alone, number < first_code)
        at = _governed(lines, whole.line(place.end - 1), scope, alone)
        if directive.kind == "coverage" and scope != "file" and _is_silent(lines, at):
            continue
        reason = place.reason or ((alone or directive.where == "code") and is_reason(_above(whole, number)))
        code, before, after = ("", "", "") if scope in ("file", "project") else _around(lines, at)
        column = place.start - whole.starts[number] + 1
        yield Found(directive.name, scope, place.codes, number + 1, column, reason, code, before, after)


def _scope(whole: Text, place: _Place, alone: bool, before_code: bool) -> str:
    directive = place.directive
    scope = directive.scope
    if alone:
        margin = whole.text[whole.starts[whole.line(place.start)] :][:1].strip()
        scope = (before_code and directive.top) or (margin and directive.margin) or directive.alone or scope
    if scope == "range":
        ends = _compiled(directive.ends)
        if directive.where == "code":
            closed = ends.search(whole.bare, place.end) is not None
        else:
            closed = any(
                ends.search(whole.text, start, end) for start, end in whole.marked.comments if start >= place.end
            )
        return "range" if closed else "file"
    return scope


def _governed(lines: list[str], number: int, scope: str, alone: bool) -> int:
    """The line, from 0, that the directive is about: where it stands, or the next with code."""
    if not alone and scope == "line" and lines[number].strip():
        return number
    below = number if scope == "block" and lines[number].strip() else number + 1
    return next((at for at in range(below, len(lines)) if lines[at].strip()), number)


def _is_silent(lines: list[str], at: int) -> bool:
    """Whether nothing could run there: a type checker's part, an abstract or overloaded function."""
    if _SILENT.search(lines[at]):
        return True
    start = next((n for n in range(at, max(at - 4, -1), -1) if re.match(r"\s*(?:async\s+)?def\b", lines[n])), -1)
    return start > 0 and any(_DECORATED.match(line) for line in lines[max(start - 5, 0) : start] if line.strip())


def _around(lines: list[str], at: int) -> tuple[str, str, str]:
    code = normal(lines[at])
    before = at - 1
    while before >= 0 and len(code) < _SHORT:
        code = normal(lines[before]) + code
        before -= 1
    above = next((text for n in range(before, -1, -1) if (text := normal(lines[n]))), "")
    below = next((text for n in range(at + 1, len(lines)) if (text := normal(lines[n]))), "")
    return code[:_LONGEST], above[:40], below[:40]


def _above(whole: Text, number: int) -> str:
    """The comment on lines of their own that ends just above a line, without what it switches off."""
    found = []
    by_line = {whole.line(end - 1): (start, end) for start, end in whole.marked.comments}
    at = number - 1
    while at in by_line and not whole.lines[at].strip():
        start, end = by_line[at]
        found.append(whole.text[start:end])
        at = whole.line(start) - 1
    return "\n".join(one for one in reversed(found) if not _LOOKS_LIKE_ONE.search(one))


_LOOKS_LIKE_ONE = re.compile(r"(?i)noqa|nosec|nolint|type:\s*ignore|disable|ignore[-_=:\[(]|@ts-|pragma|skip|^#!")
