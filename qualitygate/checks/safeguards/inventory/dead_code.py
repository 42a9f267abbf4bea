"""Where an assertion of a language with braces does not count: behind a return, under a catch that says nothing."""

from __future__ import annotations

from qualitygate.checks.safeguards.inventory.braces import Tokens, arguments

_FAILING = frozenset(("throw", "fail", "done", "next", "expect", "assert", "reject", "raise", "panic", "cb"))


class Walls:
    """The spans of one body in which nothing counts, each with its flaw."""

    def __init__(self, tokens: Tokens, catcher: str = "") -> None:
        self.tokens = tokens
        self.flaws: list[str] = []
        self.spans: list[tuple[int, int, str]] = []
        self.blocks = [(at, end) for at, end in enumerate(tokens.partner) if end > at and tokens.words[at] == "{"]
        self.body = self.blocks[0] if self.blocks else (0, len(tokens.words))
        words = tokens.words
        for at, word in enumerate(words):
            if word == "return" or word == "throw":
                self._leaves(at)
            elif word == "try" and catcher:
                self._caught(at, catcher)
            elif (
                word == "if"
                and at + 3 < len(words)
                and words[at + 1] in ("(", "false")
                and "false" in words[at + 1 : at + 3]
            ):
                self._never(at)

    def around(self, at: int) -> str:
        """The flaw of the span that this token is in; "" for none."""
        return next((flaw for first, end, flaw in self.spans if first <= at < end), "")

    def depth(self, at: int) -> int:
        """How many blocks this token is in."""
        return sum(first < at < end for first, end in self.blocks)

    def _leaves(self, at: int) -> None:
        """A `return` without a condition, or one that leaves the whole test early when something holds."""
        words = self.tokens.words
        bare = at + 1 < len(words) and words[at + 1] in (";", "}")
        around = [block for block in self.blocks if block[0] < at < block[1]]
        if not around or not (bare or words[at] == "throw"):
            return
        inner = max(around)
        before = words[at - 1]
        if before == ")" or before == "else":
            if inner == self.body and bare:
                self.flaws.append("early-return")
            return
        if self._is_conditional(inner) and inner != self.body:
            if bare and len(around) == 2 and around[0] == self.body and inner[1] - inner[0] < 6:
                self.flaws.append("early-return")
            return
        if bare:
            self.spans.append((at, inner[1], "after-return"))

    def _is_conditional(self, block: tuple[int, int]) -> bool:
        words, partner = self.tokens.words, self.tokens.partner
        at = block[0] - 1
        if at < 0:
            return False
        if words[at] in ("else", "try", "finally", "do"):
            return True
        if words[at] == ")" and 0 < partner[at] < at:
            return words[partner[at] - 1] in ("if", "for", "while", "catch", "switch", "when")
        back = at
        while back > max(0, at - 40) and words[back] not in ("{", "}", ";"):
            if words[back] in ("if", "for", "while", "match", "case", "select", "switch"):
                return True
            back -= 1
        return False

    def _caught(self, at: int, catcher: str) -> None:
        words, partner = self.tokens.words, self.tokens.partner
        opening = at + 1
        if opening >= len(words) or words[opening] != "{" or partner[opening] < 0:
            return
        follow = partner[opening] + 1
        if follow >= len(words) or words[follow] != catcher:
            return
        while follow < len(words) and words[follow] != "{":
            follow += 1
        if follow < len(words) and partner[follow] > follow:
            inside = words[follow : partner[follow]]
            failing_before = any(word in ("fail", "unreachable") for word in words[opening : partner[opening]])
            if not failing_before and not any(
                word in _FAILING or word.startswith(("assert", "fail")) for word in inside
            ):
                self.spans.append((opening, partner[opening], "swallowed"))

    def _never(self, at: int) -> None:
        words, partner = self.tokens.words, self.tokens.partner
        opening = at + 1
        if words[opening] == "(":
            if [words[first:end] for first, end in arguments(self.tokens, opening)] != [["false"]]:
                return
            opening = partner[opening]
        opening += 1
        if opening < len(words) and words[opening] == "{" and partner[opening] > opening:
            self.spans.append((opening, partner[opening], "never-run"))
