"""The tests of Java and Kotlin: JUnit, TestNG, kotlin.test, with AssertJ, Hamcrest, Truth, Mockito and MockMvc."""

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

_TESTS = frozenset(("Test", "ParameterizedTest", "RepeatedTest", "TestFactory", "TestTemplate", "Property"))
_METHODS = {
    **dict.fromkeys(("assertEquals", "assertSame", "assertNull", "assertArrayEquals", "assertIterableEquals"), EXACT),
    **dict.fromkeys(("assertContentEquals", "assertThrowsExactly", "assertThrows", "assertFailsWith"), EXACT),
    **dict.fromkeys(("assertNotEquals", "assertNotSame", "assertInstanceOf", "assertIs"), BOUNDED),
    **dict.fromkeys(("assertTrue", "assertFalse"), TRUTHY),
    **dict.fromkeys(("assertNotNull", "assertDoesNotThrow"), EXISTS),
    **dict.fromkeys(("assertContains", "assertLinesMatch", "assertFails"), CONTAINS),
}
_CHAIN = {
    **dict.fromkeys(
        ("isEqualTo", "isSameAs", "isNull", "isEmpty", "hasSize", "containsExactly", "isZero", "isAbsent"), EXACT
    ),
    **dict.fromkeys(("isSameInstanceAs", "hasMessage", "hasToString", "isExactlyInstanceOf", "isEmptyString"), EXACT),
    **dict.fromkeys(("isCloseTo", "isWithin", "containsExactlyInAnyOrder", "usingRecursiveComparison"), PARTIAL),
    **dict.fromkeys(
        ("contains", "startsWith", "endsWith", "matches", "containsAnyOf", "hasMessageContaining"), CONTAINS
    ),
    **dict.fromkeys(
        ("isNotEqualTo", "isInstanceOf", "isGreaterThan", "isLessThan", "isBetween", "isNotSameAs"), BOUNDED
    ),
    **dict.fromkeys(("isTrue", "isFalse"), TRUTHY),
    **dict.fromkeys(("isNotNull", "isNotEmpty", "isPresent", "isNotBlank"), EXISTS),
}
_STATEMENTS = frozenset(
    (
        "if",
        "for",
        "while",
        "switch",
        "when",
        "catch",
        "synchronized",
        "try",
        "new",
        "return",
        "else",
        "throw",
        "in",
        "is",
    )
)
_INFIX = {"shouldBe": EXACT, "shouldNotBe": BOUNDED, "shouldContain": CONTAINS, "shouldThrow": EXACT}


def inventory(text: str) -> Held:
    """What a file holds."""
    tokens = lex(text, "jvm")
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
        if word == "@" and words[at + 1] != "interface":
            end = at + 2
            while end + 1 < len(words) and words[end] == ".":
                end += 2
            if end < len(words) and words[end] == "(" and partner[end] > end:
                end = partner[end] + 1
            own.append(text_between(tokens, at + 1, end))
            at = end
            continue
        if word in ("class", "object", "record") and words[at - 1] not in (".", "::"):
            opening = _opening(words, partner, at + 1)
            if opening:
                classes.append((partner[opening], words[at + 1], tuple(own)))
                at = opening
            own = []
        elif word == "(" and partner[at] > at and (own or _is_declared(words, at)) and _is_name(words[at - 1]):
            opening = _opening(words, partner, partner[at] + 1)
            if opening:
                name = words[at - 1].strip("`")
                runs = any(mark.partition(" (")[0].split(" . ")[-1] in _TESTS for mark in own)
                marks = (*(mark for each in classes for mark in each[2]), *own)
                title = ".".join((*(each[1] for each in classes), name))
                case = Case(
                    title,
                    tokens.lines[at],
                    marks,
                    source_between(tokens, at, partner[opening] + 1),
                    "test" if runs else "other",
                )
                if runs or "assert" in case.source:
                    (tests if runs else others).append(case)
                at = partner[opening]
                own = []
        elif word in (";", "}", "{"):
            own = []
        at += 1
    return Held(tuple(tests), tuple(others))


def _is_declared(words: list[str], at: int) -> bool:
    """Whether the name before this bracket is that of a function that is declared: a type or `fun` stands before it."""
    name, before = words[at - 1], words[at - 2] if at > 1 else ""
    if before == "fun" or name[0] == "`":
        return True
    return name not in _STATEMENTS and (
        before in (">", "]") or (_is_name(before[:1] or " ") and before not in _STATEMENTS)
    )


def _is_name(word: str) -> bool:
    return word[0].isalpha() or word[0] in "_`$"


def _opening(words: list[str], partner: list[int], at: int) -> int:
    while at < len(words) and words[at] not in ("{", ";", "}", "=", "@"):
        at = partner[at] + 1 if partner[at] > at else at + 1
    if at < len(words) and words[at] == "=":  # fun name() = runTest { ... }
        while at < len(words) and words[at] not in ("{", ";", "}", "@", "fun"):
            at = partner[at] + 1 if partner[at] > at else at + 1
    return at if at < len(words) and words[at] == "{" and partner[at] > at else 0


def read(case: Case, tables: dict[str, int]) -> Reading:
    """Read one test or helper."""
    tokens = again(case.source)
    reader = _Reader(tokens)
    reader.run()
    skip: Skip = ""
    why, rows = "", 0
    for mark in case.marks:
        head = mark.partition(" (")[0].split(" . ")[-1]
        if head in ("Disabled", "Ignore", "Ignored") or (head == "Test" and "enabled = false" in mark):
            skip, why = "unconditional", mark
        elif head.startswith(("DisabledOn", "DisabledIf", "EnabledOn", "EnabledIf", "RequiresDocker")) and not skip:
            skip, why = "conditional", mark
        elif head in ("ValueSource", "CsvSource", "EnumSource", "MethodSource"):
            rows += mark.count(" , ") + 1 if "{" in mark or "[" in mark else 0
        elif head == "Test" and "expected" in mark:
            reader.found.append(Assertion(EXACT, "whole", "throws", mark))
    if reader.assumes and not skip:
        skip, why = reader.assumes
    flaws = (*reader.walls.flaws, *reader.flaws)
    uses = frozenset(word for word in tokens.words if word and _is_name(word))
    return Reading(tuple(reader.found), skip, why, 1 + rows, flaws, uses, frozenset(reader.calls))


class _Reader:
    """One body on its way to what it does."""

    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self.walls = Walls(tokens, "catch")
        self.found: list[Assertion] = []
        self.flaws: list[str] = []
        self.calls: set[str] = set()
        self.assumes: tuple[Skip, str] | None = None

    def run(self) -> None:
        words = self.tokens.words
        for at, word in enumerate(words[:-1]):
            after, before = words[at + 1], words[at - 1] if at else ""
            if word in _INFIX:
                self._add(at, Assertion(_INFIX[word], before, word, " ".join(words[at + 1 : at + 4])))
                continue
            if after not in ("(", "<", "{"):
                continue
            opening = at + 1
            if after == "<":
                opening = next((each for each in range(at + 2, min(at + 12, len(words))) if words[each] == "("), at + 1)
            args = [text_between(self.tokens, *each) for each in arguments(self.tokens, opening)]
            if word in (
                "assertThat",
                "expectThat",
                "assertWithMessage",
                "expectThatThrownBy",
                "assertThatThrownBy",
            ) or word.startswith("assertThat"):
                self._chained(at, opening, args)
            elif word.startswith("assert") and len(word) > 6:
                self._plain(at, word, args)
            elif word in ("andExpect", "expectStatus", "expectBody", "expectError", "expectNext", "expectComplete"):
                self._add(at, Assertion(EXACT, word, word, " , ".join(args)))
            elif word in ("verify", "verifyNoMoreInteractions", "verifyNoInteractions", "coVerify") and before != ".":
                self._add(at, Assertion(BOUNDED, args[0] if args else "", word, " , ".join(args[1:])))
            elif word.startswith("assume"):
                self._assumes(at, word, args)
            elif before != ".":
                self.calls.add(word)

    def _assumes(self, at: int, word: str, args: list[str]) -> None:
        holds = truth(args[0].split()) if word in ("assumeTrue", "assumeFalse") and args else None
        if holds is None or holds is (word == "assumeFalse"):
            certain = holds is not None and self.walls.depth(at) <= 1
            self.assumes = "unconditional" if certain else "conditional", f"{word} ( {' , '.join(args)} )"

    def _add(self, at: int, assertion: Assertion) -> None:
        flaw = self.walls.around(at)
        if flaw or assertion.strength == VACUOUS:
            self.flaws.append(flaw or "vacuous")
        else:
            self.found.append(assertion)

    def _plain(self, at: int, word: str, args: list[str]) -> None:
        strength = _METHODS.get(word, CONTAINS)
        first, second = (args[0] if args else ""), (args[1] if len(args) > 1 else "")
        if (strength == EXACT and "Throws" in word) or "Fails" in word:
            if self.tokens.words[at + 1] == "<":  # assertFailsWith<Kind> { ... }
                first, second = self.tokens.words[at + 2], word
            strength = (
                CONTAINS
                if first.removesuffix(" . class").removesuffix(" :: class") in ("Exception", "Throwable")
                else STRICT
                if len(args) > 2
                else strength
            )
            self._add(at, Assertion(strength, second, word, first))
            return
        if word in ("assertTrue", "assertFalse"):
            vacuous = first in ("true", "false", "! false") or first.endswith("|| true")
            self._add(at, Assertion(VACUOUS if vacuous else _inner(first), first, word, ""))
            return
        unary = word in ("assertNull", "assertNotNull")
        subject, expected = (first, "") if unary or strength == CONTAINS else (second, first)
        tolerance = 0.0
        if word == "assertEquals" and len(args) > 2 and is_literal(args[2]):
            try:
                tolerance = float(args[2].rstrip("fdFD"))
            except ValueError:
                tolerance = 0.0
        self._add(
            at,
            Assertion(
                VACUOUS if first == second and strength == EXACT and first else strength,
                subject,
                word,
                expected,
                tolerance,
            ),
        )

    def _chained(self, at: int, opening: int, args: list[str]) -> None:
        words, partner = self.tokens.words, self.tokens.partner
        subject = args[0] if args else ""
        if len(args) > 1 and words[at] == "assertThat":
            matcher = args[-1]
            weak = matcher.startswith(("notNullValue", "not (", "is ( notNullValue", "anything"))
            self._add(
                at,
                Assertion(
                    EXISTS if weak else EXACT if matcher.startswith(("is (", "equalTo")) else CONTAINS,
                    subject,
                    words[at],
                    matcher,
                ),
            )
            return
        if partner[opening] < opening:
            return
        after = partner[opening] + 1
        links: list[tuple[str, str]] = []
        while after + 2 < len(words) and words[after] == "." and words[after + 2] in ("(", "<"):
            name, start = words[after + 1], after + 2
            if words[start] == "<":
                start = next((each for each in range(start, min(start + 12, len(words))) if words[each] == "("), start)
            if partner[start] < start:
                break
            links.append((name, text_between(self.tokens, start + 1, partner[start])))
            after = partner[start] + 1
        demands = [
            link
            for link in links
            if link[0] in _CHAIN or link[0].startswith(("is", "has", "contains", "does", "matches"))
        ]
        if not demands:
            self.flaws.append("no-matcher") if not links else self._add(
                at, Assertion(CONTAINS, subject, links[-1][0], links[-1][1])
            )
            return
        for name, given in demands:
            strength = _CHAIN.get(name, CONTAINS)
            if (subject == given and strength == EXACT) or (subject == "true" and name == "isTrue"):
                strength = VACUOUS
            self._add(at, Assertion(strength, subject, name, given))


def _inner(text: str) -> int:
    if " == " in text or " . equals (" in text:
        return EXACT
    if " . contains (" in text or " . startsWith (" in text:
        return CONTAINS
    return EXISTS if text.endswith("!= null") else STRICT if text.startswith("Arrays . equals") else TRUTHY
