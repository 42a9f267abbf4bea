"""Where an assertion of a language with braces does not count: behind a return, under a catch that says nothing."""

from __future__ import annotations

from qualitygate.checks.safeguards.inventory.braces import Tokens
from qualitygate.checks.safeguards.inventory.constants import truth

_BROAD = frozenset(
    ("Exception", "Error", "AssertionError", "AssertionException", "XunitException", "AssertFailedException")
)
_FAILING = frozenset(("throw", "fail", "done", "next", "expect", "assert", "reject", "raise", "panic", "cb"))


class Walls:
    """The spans of one body in which nothing counts, each with its flaw."""

    def __init__(self, tokens: Tokens, catcher: str = "") -> None:
        self.tokens = tokens
        self.flaws: list[str] = []
        self.spans: list[tuple[int, int, str]] = []
        self.blocks = [(at, end) for at, end in enumerate(tokens.partner) if end > at and tokens.words[at] == "{"]
        self.body = self.blocks[0] if self.blocks else (0, len(tokens.words))
        self.certain: dict[int, bool] = {}
        """Blocks behind an `if` that always holds, or never does, by where they begin."""
        words = tokens.words
        for at, word in enumerate(words):
            if word == "if":
                self._decided(at)
        for at, word in enumerate(words):
            if word == "return" or word == "throw":
                self._leaves(at)
            elif word == "try" and catcher:
                self._caught(at, catcher)

    def around(self, at: int) -> str:
        """The flaw of the span that this token is in; "" for none."""
        return next((flaw for first, end, flaw in self.spans if first <= at < end), "")

    def depth(self, at: int) -> int:
        """How many blocks this token is in, without those that are entered whatever happens."""
        return sum(first < at < end and not self.certain.get(first, False) for first, end in self.blocks)

    def _leaves(self, at: int) -> None:
        """A `return` without a condition, or one that leaves the whole test early when something holds."""
        words = self.tokens.words
        bare = at + 1 < len(words) and words[at + 1] in (";", "}")
        around = [block for block in self.blocks if block[0] < at < block[1] and not self.certain.get(block[0], False)]
        if not around or not (bare or words[at] == "throw") or self.around(at) == "never-run":
            return
        inner = max(around)
        before = words[at - 1]
        if before == ")" or before == "else":
            holds = self.before(at - 1)
            if holds and bare:
                self.spans.append((at, inner[1], "after-return"))
            elif inner == self.body and bare and holds is None:
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
            lead = words[partner[at] - 1]
            if lead in ("if", "for", "while", "catch", "switch", "when"):
                return True
            if lead in ("func", "function", "fn"):
                return False
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
        caught = follow + 1
        while follow < len(words) and words[follow] != "{":
            follow += 1
        if not _catches_failures(words[caught:follow]):
            return
        if follow < len(words) and partner[follow] > follow:
            inside = words[follow : partner[follow]]
            failing_before = _fails(words[opening : partner[opening]])
            if not failing_before and not any(
                word in _FAILING or word.startswith(("assert", "fail")) for word in inside
            ):
                self.spans.append((opening, partner[opening], "swallowed"))

    def before(self, closing: int) -> bool | None:
        """Whether the condition in the bracket that closes here holds, if it is that of an `if`."""
        words, opening = self.tokens.words, self.tokens.partner[closing]
        if words[closing] != ")" or opening < 1 or words[opening - 1] != "if":
            return None
        return truth(words[opening + 1 : closing])

    def _decided(self, at: int) -> None:
        """An `if` whose condition always comes out the same: one of its blocks never runs."""
        words, partner = self.tokens.words, self.tokens.partner
        opening = at + 1
        while opening < len(words) and words[opening] not in ("{", ";", "}"):
            opening = partner[opening] + 1 if partner[opening] > opening else opening + 1
        if opening >= len(words) or words[opening] != "{" or partner[opening] < opening:
            return
        holds = truth(words[at + 1 : opening])
        if holds is None:
            return
        other = partner[opening] + 1
        other = other + 1 if words[other : other + 2] == ["else", "{"] else 0
        for block, runs in ((opening, holds), (other, not holds)):
            if block:
                self.certain[block] = runs
            if block and not runs:
                self.spans.append((block, partner[block], "never-run"))


def _fails(words: list[str]) -> bool:
    """Whether something in a block fails whatever happens: `fail()`, `Assert.True(false)`."""
    if any(word in ("fail", "Fail", "unreachable") for word in words):
        return True
    places = [at for at in range(1, len(words) - 1) if words[at] == "(" and words[at + 1] == "false"]
    return any(words[at - 1].lower().startswith(("assert", "true", "istrue")) for at in places)


def _catches_failures(words: list[str]) -> bool:
    """Whether a `catch` of this, brackets included, catches an assertion that failed, and not another kind alone."""
    words = words[: words.index(")")] if ")" in words else words  # what stands behind is a condition
    names = [word for word in words if word[0].isalpha() or word[0] == "_"]
    if not names:
        return True
    if ":" in words:  # catch (e: Kind)
        kind = names[-1]
    elif len(names) > 1:  # catch (Kind e), catch (Kind e) when (...)
        kind = names[0] if "." not in words else names[-2]
    else:
        kind = names[0] if names[0][0].isupper() else ""
    return not kind.endswith(("Exception", "Error")) or kind in _BROAD
