"""The tests of C#: xUnit, NUnit and MSTest, with FluentAssertions and Shouldly."""

from __future__ import annotations

from qualitygate.checks.safeguards.inventory.braces import (
    Tokens,
    again,
    arguments,
    is_literal,
    lex,
    source_between,
    text_between,
)
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
    Skip,
)
from qualitygate.checks.safeguards.inventory.constants import truth
from qualitygate.checks.safeguards.inventory.dead_code import Walls

_TESTS = frozenset(
    (
        *("Fact", "Theory", "Test", "TestCase", "TestCaseSource", "TestMethod", "DataTestMethod"),
        *("SkippableFact", "SkippableTheory", "AvaloniaFact", "UIFact", "WpfFact", "Property"),
    )
)
_ROWS = frozenset(("InlineData", "TestCase", "DataRow"))
_CONDITIONS = frozenset(("Platform", "ConditionalFact", "ConditionalTheory", "OSCondition", "SupportedOSPlatform"))
_METHODS = {
    **dict.fromkeys(
        ("Equal", "AreEqual", "StrictEqual", "Same", "AreSame", "Null", "IsNull", "Empty", "Single"), EXACT
    ),
    **dict.fromkeys(("Equivalent", "AreEquivalent", "Collection", "Throws", "ThrowsAsync", "ThrowsExactly"), EXACT),
    **dict.fromkeys(("ThrowsException", "ThrowsExceptionAsync", "PropertyChanged", "Raises"), EXACT),
    **dict.fromkeys(("Contains", "DoesNotContain", "StartsWith", "EndsWith", "Matches", "All", "ThrowsAny"), CONTAINS),
    **dict.fromkeys(("ThrowsAnyAsync", "Catch", "CatchAsync", "IsSubsetOf", "Subset"), CONTAINS),
    **dict.fromkeys(("NotEqual", "AreNotEqual", "NotSame", "IsType", "IsInstanceOf", "IsInstanceOfType"), BOUNDED),
    **dict.fromkeys(("InRange", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "IsAssignableFrom"), BOUNDED),
    **dict.fromkeys(("True", "False", "IsTrue", "IsFalse"), TRUTHY),
    **dict.fromkeys(("NotNull", "IsNotNull", "NotEmpty", "IsNotEmpty", "DoesNotThrow"), EXISTS),
    **dict.fromkeys(("Pass",), VACUOUS),
}
_SHOULD = {
    **dict.fromkeys(("Be", "BeEquivalentTo", "Equal", "BeNull", "BeEmpty", "HaveCount", "BeSameAs", "ShouldBe"), EXACT),
    **dict.fromkeys(("Throw", "ThrowExactly", "ThrowAsync", "ShouldBeNull", "ShouldBeEmpty", "ShouldThrow"), EXACT),
    **dict.fromkeys(("BeCloseTo", "BeApproximately"), PARTIAL),
    **dict.fromkeys(("NotBe", "BeOfType", "BeGreaterThan", "BeLessThan", "BePositive", "ShouldNotBe"), BOUNDED),
    **dict.fromkeys(("BeTrue", "BeFalse", "ShouldBeTrue", "ShouldBeFalse"), TRUTHY),
    **dict.fromkeys(("NotBeNull", "NotBeEmpty", "NotThrow", "ShouldNotBeNull", "ShouldNotThrow"), EXISTS),
}
_OWNERS = frozenset(("Assert", "CollectionAssert", "StringAssert", "ClassicAssert"))
_UNARY = frozenset(
    ("Null", "IsNull", "NotNull", "IsNotNull", "True", "False", "IsTrue", "IsFalse", "Empty", "NotEmpty")
)
_WEAK = ("Is . Not . Null", "Is . Not . Empty", "Is . Not . EqualTo", "Throws . Exception", "Has . ", "Does . ")
_BLOCKS = frozenset(
    ("if", "for", "foreach", "while", "switch", "catch", "using", "lock", "fixed", "return", "new", "nameof")
)


def inventory(text: str) -> Held:
    """What a file holds."""
    tokens = lex("\n".join("" if line.lstrip().startswith("#") else line for line in text.split("\n")), "csharp")
    words, partner = tokens.words, tokens.partner
    tests: list[Case] = []
    others: list[Case] = []
    classes: list[tuple[int, str, tuple[str, ...]]] = []
    own: list[str] = []
    at = 0
    while at + 1 < len(words):
        word = words[at]
        while classes and at > classes[-1][0]:
            classes.pop()
        if word == "[" and partner[at] > at and (at == 0 or words[at - 1] in ("{", "}", ";", "]")):
            own.extend(text_between(tokens, *each) for each in arguments(tokens, at))
            at = partner[at]
        elif word in ("class", "record", "struct") and (at == 0 or words[at - 1] not in (".", ":", ",")):
            opening = _opening(tokens, at + 1)
            if opening:
                classes.append((partner[opening], words[at + 1], tuple(own)))
                at = opening
            own = []
        elif word == "(" and partner[at] > at and classes and words[at - 1].isidentifier():
            opening = _opening(tokens, partner[at] + 1) if words[at - 1] not in _BLOCKS else 0
            if opening:
                marks = (*(mark for each in classes for mark in each[2]), *own)
                runs = any(_head(mark) in _TESTS for mark in own)
                end = partner[opening] if words[opening] == "{" else _end(tokens, opening)
                case = Case(
                    ".".join((*(each[1] for each in classes), words[at - 1])),
                    tokens.lines[at],
                    marks,
                    source_between(tokens, at, end + 1),
                    "test" if runs else "other",
                )
                if runs or "Assert" in case.source or "Should" in case.source:
                    (tests if runs else others).append(case)
                at = end
            own = []
        elif word in (";", "}", "{"):
            own = []
        at += 1
    return Held(tuple(tests), tuple(others))


def _head(mark: str) -> str:
    return mark.partition(" (")[0].split(" . ")[-1].removesuffix("Attribute")


def _opening(tokens: Tokens, at: int) -> int:
    """Where the body begins: a block, or the arrow of an expression; 0 where there is none."""
    words, partner = tokens.words, tokens.partner
    while at < len(words) and words[at] not in ("{", ";", "}", "=", "=>", ")"):
        at = partner[at] + 1 if partner[at] > at else at + 1
    block = at < len(words) and words[at] == "{" and partner[at] > at
    return at if block or (at < len(words) and words[at] == "=>") else 0


def _end(tokens: Tokens, at: int) -> int:
    while at + 1 < len(tokens.words) and tokens.words[at] != ";":
        at = tokens.partner[at] + 1 if tokens.partner[at] > at else at + 1
    return at


def read(case: Case, tables: dict[str, int]) -> Reading:
    """Read one test or helper."""
    reader = _Reader(again(case.source))
    reader.run()
    skip: Skip = reader.skip
    why, rows = reader.why, 0
    for mark in case.marks:
        head = _head(mark)
        if head in ("Ignore", "Explicit") or " Skip = " in mark or mark.startswith("Skip = ") or "Ignore = " in mark:
            skip, why = "unconditional", mark
        elif head in _CONDITIONS and not skip:
            skip, why = "conditional", mark
        elif head in _ROWS:
            rows += 1
        elif head == "ExpectedException":
            reader.found.append(Assertion(EXACT, "whole", "throws", mark))
    reader.flaws.extend("vacuous" for found in reader.found if found.strength == VACUOUS)
    uses = frozenset(word for word in reader.tokens.words if word.isidentifier())
    found = tuple(one for one in reader.found if one.strength > VACUOUS)
    return Reading(found, skip, why, max(1, rows), (*reader.walls.flaws, *reader.flaws), uses, frozenset(reader.calls))


class _Reader:
    """One body on its way to what it does."""

    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self.walls = Walls(tokens, "catch")
        self.found: list[Assertion] = []
        self.flaws: list[str] = []
        self.calls: set[str] = set()
        self.skip: Skip = ""
        self.why = ""

    def run(self) -> None:
        words = self.tokens.words
        for at, word in enumerate(words[:-1]):
            owner = words[at - 2] if at > 1 and words[at - 1] == "." else ""
            opening = self._call(at)
            if not opening:
                continue
            args = [text_between(self.tokens, *each) for each in arguments(self.tokens, opening)]
            if (owner in _OWNERS and word in ("Ignore", "Inconclusive", "Skip")) or (owner, word) == ("Skip", "If"):
                self._skipped(at, args if word == "If" else [])
            elif owner in _OWNERS:
                self._asserted(at, word, args)
            elif word in _SHOULD and owner:
                given = args[0] if args else text_between(self.tokens, at + 1, opening)
                self._add(at, Assertion(_SHOULD[word], self._subject(at - 2), word, given))
            elif word.startswith("Should") and owner and len(word) > 6:
                self._add(at, Assertion(CONTAINS, self._subject(at - 2), word, " , ".join(args)))
            elif word in ("Verify", "Received", "VerifyAll", "MustHaveHappened"):
                self._add(at, Assertion(BOUNDED, owner, word, " , ".join(args)))
            elif not owner:
                self.calls.add(word)

    def _call(self, at: int) -> int:
        """The bracket of its arguments, behind `<T>` where there is one; 0 for no call."""
        words = self.tokens.words
        if not words[at].isidentifier():
            return 0
        opening = at + 1
        if words[opening] == "<":
            opening = next((each for each in range(at + 2, min(at + 14, len(words))) if words[each] == "("), at + 1)
        return opening if words[opening] == "(" and self.tokens.partner[opening] > opening else 0

    def _subject(self, at: int) -> str:
        """What stands before `.Should()`: names and calls, joined by dots."""
        words, partner = self.tokens.words, self.tokens.partner
        first = at
        while first > 0:
            if words[first] in (")", "]") and 0 <= partner[first] < first:
                first = partner[first] - (words[first] == ")")
            if first > 1 and words[first - 1] == ".":
                first -= 2
            else:
                break
        return text_between(self.tokens, max(first, 0), at + 1).removesuffix(" . Should ( )")

    def _add(self, at: int, assertion: Assertion) -> None:
        flaw = self.walls.around(at)
        if flaw:
            self.flaws.append(flaw)
        else:
            self.found.append(assertion)

    def _skipped(self, at: int, condition: list[str]) -> None:
        holds = truth(condition[0].split()) if condition else True
        if holds is False or self.walls.around(at) == "never-run" or self.skip == "unconditional":
            return
        self.skip = "unconditional" if holds and self.walls.depth(at) <= 1 else "conditional"
        self.why = text_between(self.tokens, max(at - 2, 0), at + 4)

    def _asserted(self, at: int, kind: str, args: list[str]) -> None:
        first, second = (args[0] if args else ""), (args[1] if len(args) > 1 else "")
        if kind == "That":
            weak = second.startswith(_WEAK) or not second
            strength = EXISTS if second.startswith(_WEAK[:2]) else CONTAINS if weak else EXACT
            strength = VACUOUS if first == "true" or (second and second == f"Is . EqualTo ( {first} )") else strength
            self._add(at, Assertion(strength, first, kind, second))
            return
        if kind in ("Fail",):
            return
        strength = _METHODS.get(kind, CONTAINS)
        if "Throws" in kind or "Catch" in kind:
            words = self.tokens.words
            named = words[at + 2] if words[at + 1] == "<" else first
            broad = named in ("Exception", "SystemException", "typeof ( Exception )")
            self._add(at, Assertion(CONTAINS if broad else strength, second or first, "Throws", named))
            return
        if kind in _UNARY:
            never = first in ("true", "false") or first.endswith("|| true")
            self._add(at, Assertion(VACUOUS if never else strength, first, kind, ""))
            return
        subject, expected = (second, first) if second else (first, "")
        if is_literal(subject) and not is_literal(expected):
            subject, expected = expected, subject
        tolerance = 0.0
        if kind in ("Equal", "AreEqual") and len(args) > 2 and is_literal(args[2]) and args[2][0].isdigit():
            tolerance = _spread(args[2])
        same = strength >= EXACT and subject == expected
        operator = "Equal" if kind in ("StrictEqual", "AreEqual") else kind
        self._add(at, Assertion(VACUOUS if same else min(strength, STRICT), subject, operator, expected, tolerance))


def _spread(text: str) -> float:
    """The third argument: how far a result may be off, or to how many digits it has to agree."""
    try:
        number = float(text.rstrip("fdmFDM"))
    except ValueError:
        return 0.0
    return 10.0**-number if text.isdigit() else number
