"""The tests of JavaScript and TypeScript: vitest, jest, mocha, jasmine, node:test, ava, Playwright."""

from __future__ import annotations

from qualitygate.checks.safeguards.inventory.braces import (
    Tokens,
    arguments,
    lex_javascript,
    source_between,
    text_between,
)
from qualitygate.checks.safeguards.inventory.case import Case, Held
from qualitygate.checks.safeguards.inventory.dead_code import Walls
from qualitygate.frozen import NamedTuple

_SUITES = frozenset(("describe", "context", "suite", "xdescribe", "fdescribe", "xcontext", "fcontext"))
_TESTS = frozenset(("it", "test", "specify", "xit", "fit", "xtest", "ftest", "xspecify", "bench"))
_MODIFIERS = frozenset(
    (
        *("skip", "only", "todo", "each", "concurrent", "failing", "fails", "fixme", "sequential", "skipIf", "runIf"),
        *("serial", "parallel", "describe", "for", "extend", "slow", "shuffle"),
    )
)


class _Call(NamedTuple):
    """A call of `describe` or `it`: its modifiers, the bracket of its arguments, the title."""

    suite: bool
    marks: tuple[str, ...]
    opening: int
    title: str


def inventory(text: str, *, jsx: bool) -> Held:
    """What a file holds."""
    tokens = lex_javascript(text, jsx=jsx)
    doubtful = "return" in tokens.words or "if" in tokens.words
    found = _Found(tokens, Walls(tokens) if doubtful else None)
    found.walk(0, len(tokens.words), (), ())
    return Held(tuple(found.tests), tuple(found.others), found.tables)


class _Found:
    """One file on its way to what it holds."""

    def __init__(self, tokens: Tokens, walls: Walls | None) -> None:
        self.tokens, self.walls = tokens, walls
        self.tests: list[Case] = []
        self.others: list[Case] = []
        self.tables: dict[str, int] = {}
        self.seen: dict[str, int] = {}

    def walk(self, first: int, end: int, parents: tuple[str, ...], marks: tuple[str, ...]) -> None:
        """Add what stands between two tokens."""
        words, partner = self.tokens.words, self.tokens.partner
        at = first
        while at < end:
            word = words[at]
            if word in _SUITES or word in _TESTS:
                call = self._call(at)
                if call is not None:
                    self._add(call, at, parents, marks)
                    at = max(partner[call.opening], at) + 1
                    continue
            elif word == "function" and at + 2 < end and words[at + 2] == "(":
                at = self._function(words[at + 1], at, at + 2)
            elif word == "import" or (word in ("mock", "doMock") and words[at - 1] == "."):
                stop = next((n for n in range(at, min(end, at + 80)) if words[n][:1] in "\"'`;"), at)
                self.tables[" ".join(words[at : stop + 1])] = 1
            elif word in ("const", "let", "var") and at + 2 < end:
                at = self._constant(at)
            at += 1

    def _call(self, at: int) -> _Call | None:
        words, partner = self.tokens.words, self.tokens.partner
        if at and words[at - 1] in (".", "function", "const", "let", "import", "?."):
            return None
        name, marks = words[at], []
        suite = name in _SUITES
        if name[0] in "xf" and name not in ("for",):
            marks.append(".skip" if name[0] == "x" else ".only")
        at += 1
        size = len(words)
        while at + 1 < size and words[at] == "." and words[at + 1] in _MODIFIERS:
            modifier = words[at + 1]
            suite = suite or modifier == "describe"
            at += 2
            given = ""
            if modifier in ("skipIf", "runIf", "each", "for") and at < size:
                if words[at] == "(" and partner[at] > at:
                    given = text_between(self.tokens, at, partner[at] + 1)
                    at = partner[at] + 1
                elif words[at][0] == "`":
                    start = at
                    while (at < size and words[at] != "(") or at == start:
                        at = partner[at] + 1 if partner[at] > at else at + 1
                        if at >= size or words[at - 1].endswith("`"):
                            break
                    given = " ".join(words[start:at])
            marks.append(f".{modifier}{given}")
        if at >= size or words[at] != "(" or partner[at] < at:
            return None
        args = arguments(self.tokens, at)
        if not args:
            return None
        first, end = args[0]
        title = text_between(self.tokens, first, end)
        if len(args) == 1 and not any(".todo" in mark for mark in marks):
            return None
        title = title[1:-1] if title[:1] in "\"'`" and title[:1] else title
        options = next(
            (text for text in (text_between(self.tokens, *each) for each in args[1:]) if text.startswith("{")), ""
        )
        marks.extend(
            mark
            for mark in (".skip", ".only", ".todo")
            if f"{mark[1:]} : true" in options or f'{mark[1:]} : "' in options
        )
        if "retry :" in options or "retries :" in options:
            marks.append(".retry")
        return _Call(suite, tuple(marks), at, title[:300])

    def _add(self, call: _Call, at: int, parents: tuple[str, ...], marks: tuple[str, ...]) -> None:
        first, end = call.opening + 1, self.tokens.partner[call.opening]
        nested = call.suite or self._holds_tests(first, end)
        if self._is_dead(at):
            marks = (*marks, ".skip")
        if nested:
            self.walk(first, self._end_of_body(call, end), (*parents, call.title), (*marks, *call.marks))
            return
        name = " > ".join((*parents, call.title))
        count = self.seen[name] = self.seen.get(name, 0) + 1
        name = name if count == 1 else f"{name} ({count})"
        body = arguments(self.tokens, call.opening)[1:]
        start = body[0][0] if body else end
        source = source_between(self.tokens, start, end)
        self.tests.append(Case(name, self.tokens.lines[at], (*marks, *call.marks), source))

    def _is_dead(self, at: int) -> bool:
        """Whether this call is never reached: behind a return, or under a condition that never holds."""
        if self.walls is None:
            return False
        return bool(self.walls.around(at)) or (at > 0 and self.walls.before(at - 1) is False)

    def _end_of_body(self, call: _Call, end: int) -> int:
        """Where the function ends that a suite runs: the first that it is given."""
        for first, last in arguments(self.tokens, call.opening)[1:] if call.suite else ():
            if "=>" in self.tokens.words[first:last] or "function" in self.tokens.words[first:last]:
                return last
        return end

    def _holds_tests(self, first: int, end: int) -> bool:
        words = self.tokens.words
        return any(
            words[at] in _TESTS and words[at + 1] in ("(", ".") and self._call(at) is not None
            for at in range(first, end - 1)
        )

    def _function(self, name: str, start: int, opening: int) -> int:
        words, partner = self.tokens.words, self.tokens.partner
        at = partner[opening]
        while 0 < at < len(words) and words[at] != "{":
            at += 1
            if at - opening > 400:
                return start
        if at <= 0 or at >= len(words) or partner[at] < at:
            return start
        self.others.append(
            Case(name, self.tokens.lines[start], (), source_between(self.tokens, start, partner[at] + 1), "other")
        )
        return start

    def _constant(self, at: int) -> int:
        """A list that has a name, or a function."""
        words, partner = self.tokens.words, self.tokens.partner
        name = words[at + 1]
        value = at + 2
        while value < min(len(words) - 1, at + 40) and words[value] not in ("=", ";"):
            value += 1
        value += 1
        if value >= len(words):
            return at
        if words[value] == "[" and partner[value] > value:
            self.tables[name] = len(arguments(self.tokens, value))
            return at
        start = value + (words[value] == "async")
        if start < len(words) and words[start] == "(" and partner[start] > start:
            arrow = partner[start] + 1
            if (
                arrow + 1 < len(words)
                and words[arrow] == "=>"
                and words[arrow + 1] == "{"
                and partner[arrow + 1] > arrow
            ):
                source = source_between(self.tokens, value, partner[arrow + 1] + 1)
                self.others.append(Case(name, self.tokens.lines[at], (), source, "other"))
        return at
