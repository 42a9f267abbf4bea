"""The tests of Go: the functions that `go test` runs, with `testing`, testify and gotest.tools."""

from __future__ import annotations

from qualitygate.checks.safeguards.inventory.braces import Tokens, again, arguments, lex, source_between, text_between
from qualitygate.checks.safeguards.inventory.case import (
    BOUNDED,
    CONTAINS,
    EXACT,
    EXISTS,
    PARTIAL,
    STRICT,
    TRUTHY,
    VACUOUS,
    Assertion,
    Case,
    Held,
    Reading,
)
from qualitygate.checks.safeguards.inventory.dead_code import Walls

_FAILS = frozenset(("Error", "Errorf", "Fatal", "Fatalf", "Fail", "FailNow"))
_PACKAGES = frozenset(("assert", "require", "is", "s", "suite", "c", "qt", "check", "must", "test"))
_ASSERTS = {
    **dict.fromkeys(("Equal", "EqualValues", "Exactly", "Nil", "Empty", "Len", "Zero", "Same", "DeepEqual"), EXACT),
    **dict.fromkeys(("NoError", "JSONEq", "YAMLEq", "EqualError", "ErrorIs", "NilError", "Equals"), EXACT),
    **dict.fromkeys(("ErrorContains", "PanicsWithValue", "PanicsWithError"), STRICT),
    **dict.fromkeys(("InDelta", "InEpsilon", "ElementsMatch", "WithinDuration", "ErrorAs"), PARTIAL),
    **dict.fromkeys(("Contains", "NotContains", "Regexp", "Subset", "Panics", "Error"), CONTAINS),
    **dict.fromkeys(("NotEqual", "IsType", "Implements", "Greater", "GreaterOrEqual", "Less", "LessOrEqual"), BOUNDED),
    **dict.fromkeys(("True", "False", "Truef", "Falsef", "Eventually", "Assert"), TRUTHY),
    **dict.fromkeys(("NotNil", "NotEmpty", "NotZero", "NotPanics"), EXISTS),
}
_SWAPS = frozenset(("Equal", "EqualValues", "Exactly", "JSONEq", "InDelta", "ElementsMatch"))


def inventory(text: str) -> Held:
    """What a file holds."""
    tokens = lex(text, "go")
    words, partner = tokens.words, tokens.partner
    tests: list[Case] = []
    others: list[Case] = []
    muted = "unconditional" if any(line.startswith("//go:build ignore") for line in text[:2000].splitlines()) else ""
    tagged = next((line for line in text[:2000].splitlines() if line.startswith("//go:build ")), "")
    muted = muted or ("conditional" if tagged else "")
    at = 0
    while at + 2 < len(words):
        if words[at] == "func" and partner[at] < 0:
            name = at + 1
            if words[name] == "(" and partner[name] > name:
                name = partner[name] + 1
            opening = name + 1
            while opening < len(words) and words[opening] != "{":
                opening = partner[opening] + 1 if partner[opening] > opening else opening + 1
            if opening < len(words) and partner[opening] > opening:
                title = words[name]
                runs = (
                    title.startswith(("Test", "Fuzz", "Example")) and not title[4:5].islower() and title != "TestMain"
                )
                case = Case(
                    title if name == at + 1 else f"{words[name - 2].lstrip('*')}.{title}",
                    tokens.lines[at],
                    (),
                    source_between(tokens, name + 1, partner[opening] + 1),
                    "test" if runs else "other",
                )
                (tests if runs else others).append(case)
                if title == "TestMain" and "Run" not in case.source.split("\n"):
                    muted = "unconditional"
                at = partner[opening]
        at += 1
    return Held(tuple(tests), tuple(others), {}, muted)


def read(case: Case, tables: dict[str, int]) -> Reading:
    """Read one test or helper."""
    tokens = again(case.source)
    walls = Walls(tokens)
    reader = _Reader(tokens, walls)
    reader.run()
    return Reading(
        tuple(found for found in reader.found if found.strength > VACUOUS),
        reader.skip,  # type: ignore[arg-type]  # one of the three words
        reader.why,
        1 + reader.rows,
        (*walls.flaws, *reader.flaws),
        frozenset(word for word in tokens.words if word[0].isalpha() or word[0] == "_"),
        frozenset(reader.calls),
    )


class _Reader:
    """One body on its way to what it does."""

    def __init__(self, tokens: Tokens, walls: Walls) -> None:
        self.tokens, self.walls = tokens, walls
        self.found: list[Assertion] = []
        self.flaws: list[str] = []
        self.calls: set[str] = set()
        self.skip = self.why = ""
        self.rows = 0

    def run(self) -> None:
        words, partner = self.tokens.words, self.tokens.partner
        for at, word in enumerate(words):
            after = words[at + 1] if at + 1 < len(words) else ""
            if after != "(":
                if word == "struct" and after == "{":
                    self._table(at)
                continue
            before = words[at - 1] if at else ""
            owner = words[at - 2] if at > 1 and before == "." else ""
            if word in _FAILS and owner in ("t", "b", "f", "tb", "T"):
                self._add(at, self._guarded(at, text_between(self.tokens, at + 2, partner[at + 1])))
            elif word == "recover" and not owner and not self._fails_around(at):
                self.flaws.append("swallowed")
            elif word in ("Skip", "Skipf", "SkipNow") and owner:
                if self.walls.around(at) == "never-run":
                    continue
                inner = self.walls.depth(at)
                self.skip = "unconditional" if inner <= 1 else self.skip or "conditional"
                self.why = text_between(self.tokens, at + 2, partner[at + 1])
            elif owner in _PACKAGES or (owner == ")" and word in _ASSERTS) or owner in ("Require", "Assert"):
                self._asserted(at, word)
            elif not owner:
                self.calls.add(word)
                if (
                    word.lower().startswith(("assert", "check", "expect", "require", "verify", "must"))
                    and len(word) > 6
                ):
                    args = [text_between(self.tokens, *each) for each in arguments(self.tokens, at + 1)]
                    args = args[1:] if args[:1] == ["t"] else args
                    self._add(at, Assertion(CONTAINS, args[0] if args else "", word, " , ".join(args[1:])))

    def _fails_around(self, at: int) -> bool:
        """Whether the function that recovers from a panic fails the test for it, or for the lack of one."""
        around = [block for block in self.walls.blocks if block[0] < at < block[1]]
        if len(around) < 2:
            return False
        words = self.tokens.words[slice(*sorted(around)[1])]
        return any(word in _FAILS or word.startswith(("assert", "require")) for word in words)

    def _add(self, at: int, assertion: Assertion) -> None:
        flaw = self.walls.around(at)
        if flaw:
            self.flaws.append(flaw)
        else:
            self.found.append(assertion)
            if assertion.strength == VACUOUS:
                self.flaws.append("vacuous")

    def _table(self, at: int) -> None:
        """`[]struct{...}{ {...}, {...} }` and a map of them: how many rows."""
        partner, words = self.tokens.partner, self.tokens.words
        end = partner[at + 1]
        if end > 0 and end + 1 < len(words) and words[end + 1] == "{" and words[at - 1] == "]":
            self.rows += len(arguments(self.tokens, end + 1))

    def _asserted(self, at: int, kind: str) -> None:
        args = [text_between(self.tokens, *each) for each in arguments(self.tokens, at + 1)]
        if args[:1] and args[0] in ("t", "b", "s . T ( )", "suite . T ( )", "c"):
            args = args[1:]
        base = kind if kind in _ASSERTS else kind.removesuffix("f")
        if base not in _ASSERTS:
            return
        subject, expected = (args[0] if args else kind), (args[1] if len(args) > 1 else "")
        if base in _SWAPS and len(args) > 1 and self.tokens.words[at - 2] in ("assert", "require", "s", "suite", ")"):
            subject, expected = expected, subject
        strength = _ASSERTS[base]
        if (strength >= EXACT and subject == expected) or (base == "True" and subject == "true"):
            strength = VACUOUS
        unary = base in ("Nil", "NotNil", "NoError", "True", "False", "Empty", "NotEmpty", "Error", "Zero", "Panics")
        tolerance = 0.0
        if base in ("InDelta", "InEpsilon") and len(args) > 2:
            try:
                tolerance = float(args[2])
            except ValueError:
                tolerance = 0.0
        self._add(at, Assertion(strength, subject, base, "" if unary else expected, tolerance))

    def _guarded(self, at: int, message: str) -> Assertion:
        """What an `if` demands whose body fails the test."""
        words = self.tokens.words
        around = [block for block in self.walls.blocks if block[0] < at < block[1]]
        if not around:
            return Assertion(BOUNDED, message, "fails", "")
        opening = max(around)[0]
        first = opening - 1
        while first > 0 and words[first] not in ("if", "{", "}", "else", "case", "default"):
            first -= 1
        if words[first] != "if":
            return Assertion(BOUNDED, message, words[first] + " fails", "")
        condition = words[first + 1 : opening]
        if ";" in condition:
            condition = condition[len(condition) - condition[::-1].index(";") :]
        return _unless(condition)


def _unless(condition: list[str]) -> Assertion:
    """What holds unless a condition does."""
    text = " ".join(condition)
    if text in ("false", "1 == 2"):
        return Assertion(VACUOUS, text, "never", "")
    for sign, turned, strength in (
        ("!=", "==", EXACT),
        ("==", "!=", BOUNDED),
        ("<", ">=", BOUNDED),
        (">", "<=", BOUNDED),
    ):
        if sign in condition and "&&" not in condition and "||" not in condition:
            at = condition.index(sign)
            left, right = " ".join(condition[:at]), " ".join(condition[at + 1 :])
            if left == right:
                return Assertion(VACUOUS, left, turned, right)
            return Assertion(EXISTS if sign == "==" and right == "nil" else strength, left, turned, right)
    for word, strength in (("DeepEqual", EXACT), ("Equal", EXACT), ("Contains", CONTAINS), ("HasPrefix", CONTAINS)):
        if word in condition:
            return Assertion(strength, text.lstrip("! "), word, "")
    if "&&" in condition:
        return Assertion(BOUNDED, text, "not all", "")
    return Assertion(EXACT if "!=" in condition else TRUTHY, text, "unless", "")
