"""What a test of JavaScript or TypeScript does."""

from __future__ import annotations

from qualitygate.checks.safeguards.inventory.braces import Tokens, again, arguments, is_literal, text_between
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
    Reading,
)
from qualitygate.checks.safeguards.inventory.constants import truth
from qualitygate.checks.safeguards.inventory.dead_code import Walls

_MATCHERS = {
    **dict.fromkeys(
        ("toBe", "toEqual", "toStrictEqual", "toHaveLength", "toBeNull", "toBeUndefined", "toBeNaN", "eq"), EXACT
    ),
    **dict.fromkeys(("equal", "equals", "eql", "eqls", "deepEqual", "lengthOf", "null", "undefined", "empty"), EXACT),
    **dict.fromkeys(("toMatchSnapshot", "toMatchInlineSnapshot", "toThrowErrorMatchingInlineSnapshot"), EXACT),
    **dict.fromkeys(("toThrowErrorMatchingSnapshot", "toMatchFileSnapshot", "toHaveBeenCalledWith"), EXACT),
    **dict.fromkeys(("toHaveBeenLastCalledWith", "toHaveBeenNthCalledWith", "toHaveBeenCalledTimes"), EXACT),
    **dict.fromkeys(("toHaveBeenCalledOnce", "toHaveTextContent", "toHaveValue", "toHaveText", "toEqualTypeOf"), EXACT),
    **dict.fromkeys(("toHaveAttribute", "toHaveURL", "toHaveCount", "toBeChecked", "toHaveReturnedWith"), EXACT),
    **dict.fromkeys(
        ("toBeCloseTo", "toMatchObject", "closeTo", "toMatchTypeOf", "toHaveBeenCalledExactlyOnceWith"), PARTIAL
    ),
    **dict.fromkeys(("toContain", "toContainEqual", "toMatch", "include", "includes", "contain", "match"), CONTAINS),
    **dict.fromkeys(("toContainText", "toHaveClass", "toHaveStyle", "toHaveReturned", "toSatisfy"), CONTAINS),
    **dict.fromkeys(("toBeGreaterThan", "toBeGreaterThanOrEqual", "toBeLessThan", "toBeLessThanOrEqual"), BOUNDED),
    **dict.fromkeys(
        ("toBeInstanceOf", "toHaveBeenCalled", "toBeCalled", "above", "below", "instanceOf", "a", "an"), BOUNDED
    ),
    **dict.fromkeys(("toBeTruthy", "toBeFalsy", "ok", "true", "false", "toBeInTheDocument", "toBeVisible"), TRUTHY),
    **dict.fromkeys(("toBeDefined", "exist", "toBeAny", "toBeUnknown"), EXISTS),
}
_ASSERTS = {
    **dict.fromkeys(("equal", "strictEqual", "deepEqual", "deepStrictEqual", "is", "same", "strictSame"), EXACT),
    **dict.fromkeys(("equals", "deepEquals", "isNull", "isUndefined", "lengthOf", "snapshot"), EXACT),
    **dict.fromkeys(("throws", "rejects", "throwsAsync"), CONTAINS),
    **dict.fromkeys(("notEqual", "notStrictEqual", "notDeepEqual", "notDeepStrictEqual", "not", "instanceOf"), BOUNDED),
    **dict.fromkeys(("match", "include", "doesNotMatch", "regex", "like", "has", "partialDeepStrictEqual"), CONTAINS),
    **dict.fromkeys(("ok", "isTrue", "isFalse", "true", "false", "truthy", "falsy", "notOk", "isOk", "assert"), TRUTHY),
    **dict.fromkeys(("doesNotThrow", "doesNotReject", "notThrows", "exists", "isDefined", "ifError"), EXISTS),
    **dict.fromkeys(("fail", "pass", "end", "plan"), VACUOUS),
}
_EXPECTS = frozenset(("expect", "should", "expectTypeOf", "assertType", "expectType"))
_SHORT = frozenset(_ASSERTS) - {"match", "has", "end", "plan", "include", "snapshot", "assert"}
_LINKS = frozenset(
    ("to", "be", "been", "have", "has", "that", "which", "and", "with", "at", "of", "deep", "own", "nested")
)
_STAGES = frozenset(("not", "resolves", "rejects", "poll", "soft", "eventually"))


def read(case: Case, tables: dict[str, int]) -> Reading:
    """Read one test or helper."""
    tokens = again(case.source)
    reader = _Reader(tokens, tables)
    reader.run()
    skip, why, only, rows = "", "", False, 1
    for mark in case.marks:
        word = mark.partition("(")[0].partition("`")[0].strip()
        if word in (".skip", ".todo", ".fixme", ".failing", ".fails"):
            skip, why = "unconditional", mark
        elif word in (".skipIf", ".runIf") and not skip:
            holds = truth(mark.replace(word, "", 1).split())
            if holds is None or holds is (word == ".skipIf"):
                skip, why = ("conditional" if holds is None else "unconditional"), mark
        elif word == ".only":
            only = True
        elif word == ".retry":
            reader.flaws.append("retried")
        elif word in (".each", ".for"):
            rows *= _rows(mark, tables)
            if mark.replace(" ", "").endswith("([])"):
                skip, why = "unconditional", mark  # without cases, nothing runs
    if reader.skipped and not skip:
        skip, why = reader.skipped, "skip()"
    literal = _literals(tokens)
    reader.found = [
        one._replace(strength=VACUOUS) if one.subject in literal and is_literal(one.expected) else one
        for one in reader.found
    ]
    reader.flaws.extend("vacuous" for found in reader.found if found.strength == VACUOUS)
    return Reading(
        tuple(found for found in reader.found if found.strength > VACUOUS),
        skip,  # type: ignore[arg-type]  # one of the three words
        why,
        rows + reader.rounds if rows else 0,
        tuple(reader.flaws),
        frozenset(word for word in tokens.words if word[0].isalpha() or word[0] in "_$"),
        frozenset(reader.calls),
        only,
    )


def _literals(tokens: Tokens) -> set[str]:
    """Names that stand for what is written down: `const result = 3`."""
    words = tokens.words
    found = set()
    for at in range(len(words) - 4):
        if words[at] == "const" and words[at + 2] == "=" and is_literal(words[at + 3]):
            after = words[at + 4]
            if after in (";", "}", "const", "let", "expect", "assert", "await", "return"):
                found.add(words[at + 1])
    return found


def _rows(mark: str, tables: dict[str, int]) -> int:
    given = again(mark.replace(" ", "\n"))
    at = next((at for at, word in enumerate(given.words) if word == "["), -1)
    if at >= 0:
        return max(1, len(arguments(given, at)))
    if "`" in mark:
        return max(1, mark.count("${") // max(1, mark.partition("${")[0].count("|") + 1))
    return max((tables.get(word, 0) for word in given.words), default=0)


class _Reader:
    """One body on its way to what it does."""

    def __init__(self, tokens: Tokens, tables: dict[str, int]) -> None:
        self.tokens = tokens
        self.tables = tables
        self.walls = Walls(tokens, "catch")
        self.found: list[Assertion] = []
        self.flaws: list[str] = list(self.walls.flaws)
        self.calls: set[str] = set()
        self.rounds = 0
        self.skipped = ""

    def run(self) -> None:
        words = self.tokens.words
        size = len(words)
        for at, word in enumerate(words):
            follows = words[at + 1] if at + 1 < size else ""
            before = words[at - 1] if at else ""
            if before == "." and word in ("expect", "should") and follows in ("(", "."):
                self._chained(at, word, follows)
            elif before != "." and word in _EXPECTS and follows in ("(", ".", "<"):
                self._expect(at)
            elif before != "." and word in ("assert", "t", "tap") and follows in ("(", "."):
                self._assert(at, word, follows)
            elif follows == "(" and before not in (".", "function"):
                self.calls.add(word)
                if (
                    len(word) > 6
                    and word.startswith(("assert", "expect", "should", "verify"))
                    and not word[6:7].islower()
                ):
                    self._add(at, Assertion(CONTAINS, self._argument(at + 1, 0), word, self._argument(at + 1, 1)))
            elif before == "." and word.startswith("assert") and len(word) > 6 and follows in ("(", "<"):
                self._typed(at)
            elif follows == "(" and before == "." and word in ("retries", "retryTimes"):
                self.flaws.append("retried")
            elif follows == "(" and before == "." and word == "skip" and self.walls.around(at) != "never-run":
                self.skipped = "unconditional" if self.walls.depth(at) <= 1 else "conditional"
            elif word == "[" and self.tokens.partner[at] > at:
                self._rounds(at)

    def _add(self, at: int, assertion: Assertion) -> None:
        flaw = self.walls.around(at)
        if flaw:
            self.flaws.append(flaw)
        elif not assertion.subject.startswith("<") or self.found[-1:] != [assertion]:  # a type twice in a row is one
            self.found.append(assertion)

    def _argument(self, opening: int, index: int) -> str:
        if opening >= len(self.tokens.words) or self.tokens.words[opening] != "(":
            return ""
        args = arguments(self.tokens, opening)
        return text_between(self.tokens, *args[index]) if index < len(args) else ""

    def _rounds(self, at: int) -> None:
        closing = self.tokens.partner[at]
        words = self.tokens.words
        looped = closing + 2 < len(words) and words[closing + 1] == "." and words[closing + 2] in ("forEach", "map")
        if looped or (at and words[at - 1] == "of"):
            size = len(arguments(self.tokens, at))
            self.rounds += size
            if not size:
                self.flaws.append("empty-loop")

    def _expect(self, at: int) -> None:
        words, partner = self.tokens.words, self.tokens.partner
        opening = at + 1
        start = at
        while opening < len(words) and words[opening] != "(" and opening < at + 30:
            if words[opening] == "." and opening + 1 < len(words) and words[opening + 1] not in _STAGES:
                self._should(at)
                return  # expect.any(...), expect.assertions(...)
            opening += 1
        if opening >= len(words) or partner[opening] < 0:
            return
        args = arguments(self.tokens, opening)
        subject = text_between(self.tokens, *args[0]) if args else text_between(self.tokens, at + 1, opening)
        names, given, _end = self._chain(partner[opening] + 1)
        stages = [name for name in names if name in _STAGES]
        kinds = [name for name in names if name not in _STAGES and name not in _LINKS]
        if words[at] in ("assertType", "expectType") or (words[at] == "expectTypeOf" and not kinds):
            self._add(at, Assertion(PARTIAL, subject, words[at], text_between(self.tokens, at + 1, opening)))
            return
        if not kinds:
            if subject:
                self.flaws.append("no-matcher")
            return
        kind = kinds[-1]
        expected = given
        strength = _strength(kind, expected, subject, stages)
        before = words[start - 1] if start else ""
        if ("resolves" in stages or "rejects" in stages) and before not in ("await", "return", "=>", "[", ",", "("):
            self.flaws.append("not-awaited")
        tolerance = 0.0
        if kind in ("toBeCloseTo", "closeTo"):
            tolerance = _digits(expected)
        operator = ".".join((*stages, kind))
        if kind in ("toBe", "toEqual", "toStrictEqual", "equal", "eql") and expected in ("true", "false"):
            operator = ".".join((*stages, "toBeTruthy" if expected == "true" else "toBeFalsy"))
            expected = ""
        self._add(at, Assertion(strength, subject, operator, expected, tolerance))

    def _typed(self, at: int) -> None:
        """`util.assertEqual<A, B>(true)`: what is asserted may be a type."""
        words = self.tokens.words
        opening = next((each for each in range(at + 1, min(at + 200, len(words))) if words[each] == "("), at + 1)
        subject = text_between(self.tokens, at + 1, opening) or self._argument(opening, 0)
        self._add(at, Assertion(EXACT, subject, words[at], self._argument(opening, 0 if opening > at + 1 else 1)))

    def _should(self, at: int) -> None:
        """`should.not.exist(error)`."""
        if self.tokens.words[at] == "should":
            names, given, _ = self._chain(at + 1)
            self._add(at, Assertion(EXACT if "not" in names else EXISTS, given, ".".join(names), ""))

    def _chain(self, at: int) -> tuple[list[str], str, int]:
        """Names that follow a call, the last arguments among them, and where the chain ends."""
        words, partner = self.tokens.words, self.tokens.partner
        names: list[str] = []
        given = ""
        while at + 1 < len(words) and words[at] == ".":
            names.append(words[at + 1])
            at += 2
            kind = at
            if at < len(words) and words[at] == "<":
                while at < len(words) and words[at] not in ("(", ";"):
                    at = partner[at] + 1 if partner[at] > at else at + 1
            if at < len(words) and words[at] == "(" and partner[at] > at:
                given = text_between(self.tokens, kind, at) + text_between(self.tokens, at + 1, partner[at])
                at = partner[at] + 1
        return names, given, at

    def _assert(self, at: int, word: str, follows: str) -> None:
        opening, kind = at + 1, "assert"
        words = self.tokens.words
        while opening + 1 < len(words) and words[opening] == ".":
            kind = words[opening + 1]
            opening += 2
        if opening >= len(words) or words[opening] != "(" or (word != "assert" and kind not in _SHORT):
            return
        args = arguments(self.tokens, opening)
        texts = [text_between(self.tokens, *each) for each in args]
        if kind == "assert" and texts:
            self._add(at, _condition(texts[0]))
            return
        strength = _ASSERTS.get(kind, CONTAINS)
        if kind in ("throws", "rejects") and len(texts) > 1 and texts[1][0] not in "\"'`":
            strength = STRICT
        if kind == "fail":
            return
        subject, expected = texts[0] if texts else kind, texts[1] if len(texts) > 1 else ""
        if strength == EXACT and subject == expected:
            strength = VACUOUS
        if strength == TRUTHY and (subject == "true" or is_literal(subject) or subject.endswith("|| true")):
            strength = VACUOUS
        self._add(at, Assertion(strength, subject, kind, expected))

    def _chained(self, at: int, word: str, follows: str) -> None:
        """`request(app).get('/').expect(200)`, `cy.get('a').should('exist')`, `value.should.equal(1)`."""
        if follows == ".":
            names, given, _ = self._chain(at + 1)
            kinds = [name for name in names if name not in _LINKS and name not in _STAGES]
            if kinds and not is_literal(self._owner(at)):
                self._add(at, Assertion(_MATCHERS.get(kinds[-1], CONTAINS), self._owner(at), kinds[-1], given))
            return
        args = [text_between(self.tokens, *each) for each in arguments(self.tokens, at + 1)]
        if not args or (len(args) == 1 and args[0] in ("done", "cb")):
            return
        named = len(args) > 1 and args[0][0] in "\"'`"
        subject = f".{word}({args[0]})" if named else f".{word}"
        expected = " , ".join(args[1:] if named else args[:1]).removesuffix(" , done")
        literal = expected[:1] == "/" or word == "should"
        function = expected.startswith(("(", "function", "async")) and ("=>" in expected or "function" in expected)
        if function and not any(sign in expected for sign in ("throw", "assert", "expect", "should", "equal")):
            self._add(at, Assertion(VACUOUS, subject, word, expected))
            return
        self._add(at, Assertion(CONTAINS if literal else EXACT, subject, word, expected))

    def _owner(self, at: int) -> str:
        """What stands before `.should`: names, calls and indices, joined by dots."""
        words, partner = self.tokens.words, self.tokens.partner
        first = at - 1
        while first > 0:
            before = words[first - 1]
            if before in (")", "]") and 0 <= partner[first - 1] < first:
                first = partner[first - 1]
            elif before == "." or words[first] in (".", "(", "["):
                named = before[0].isalnum() or before[0] in "_$\"'`"
                if not (named or (before == "." and words[first][0] not in "([")):
                    break
                first -= 1
            else:
                break
        return text_between(self.tokens, first, at - 1)


def _strength(kind: str, expected: str, subject: str, stages: list[str]) -> int:
    if subject == expected and kind in ("toBe", "toEqual", "toStrictEqual", "equal", "eql"):
        return VACUOUS
    if is_literal(subject) and (is_literal(expected) or kind in ("toBeTruthy", "toBeDefined", "ok", "true", "exist")):
        return VACUOUS
    if subject.endswith("|| true"):
        return VACUOUS
    negated = "not" in stages
    if kind in ("toThrow", "toThrowError", "throw", "throws", "rejectedWith", "throwError"):
        if negated:
            return EXISTS
        return STRICT if expected and expected not in ("Error", "( Error )") else CONTAINS
    if kind == "toHaveProperty":
        return EXACT if "," in expected else EXISTS
    if expected in ("true", "false") and kind in ("toBe", "toEqual", "toStrictEqual", "equal", "eql"):
        return TRUTHY
    strength = _MATCHERS.get(kind, CONTAINS)
    if strength == EXACT and "expect . any" in expected:
        strength = PARTIAL if not expected.startswith("expect . any") else EXISTS
    elif strength == EXACT and ("expect . objectContaining" in expected or "expect . arrayContaining" in expected):
        strength = PARTIAL
    if negated:
        strength = EXISTS if kind in ("toBeNull", "toBeUndefined", "null", "undefined") else min(strength, BOUNDED)
        if kind in ("toBeTruthy", "toBeFalsy", "ok"):
            strength = TRUTHY
    return strength


def _condition(text: str) -> Assertion:
    """`assert(a === b)`: what stands in it."""
    for sign, strength in ((" === ", EXACT), (" == ", EXACT), (" !== ", BOUNDED), (" >= ", BOUNDED), (" <= ", BOUNDED)):
        left, found, right = text.partition(sign)
        if found and " && " not in text and " || " not in text:
            return Assertion(VACUOUS if left == right else strength, left, sign.strip(), right)
    if text in ("0", "false", "null"):
        return Assertion(BOUNDED, text, "not reached", "")
    if text == "true" or text.endswith("|| true") or is_literal(text):
        return Assertion(VACUOUS, text, "always", "")
    return Assertion(BOUNDED if " || " in text else TRUTHY, text, "truthy", "")


def _digits(expected: str) -> float:
    last = expected.rpartition(" , ")[2].strip() if "," in expected else "2"
    try:
        return float(10.0 ** -float(last))
    except ValueError:
        return 0.0
