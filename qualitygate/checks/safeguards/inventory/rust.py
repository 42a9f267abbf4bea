"""The tests of Rust: functions under `#[test]` and its like, beside the product or in `tests/`."""

from __future__ import annotations

from collections.abc import Iterator

from qualitygate.checks.safeguards.inventory.braces import Tokens, again, arguments, lex, source_between, text_between
from qualitygate.checks.safeguards.inventory.case import (
    BOUNDED,
    CONTAINS,
    EXACT,
    PARTIAL,
    TRUTHY,
    VACUOUS,
    Assertion,
    Case,
    Held,
    Reading,
    Skip,
)
from qualitygate.checks.safeguards.inventory.dead_code import Walls

_MACROS = {
    **dict.fromkeys(
        ("assert_eq", "debug_assert_eq", "assert_snapshot", "assert_str_eq", "assert_yaml_snapshot"), EXACT
    ),
    **dict.fromkeys(("assert_ne", "debug_assert_ne"), BOUNDED),
    **dict.fromkeys(("assert", "debug_assert"), TRUTHY),
    **dict.fromkeys(("assert_matches", "assert_ok", "assert_err", "assert_pending", "assert_ready"), PARTIAL),
}
_PLAIN = ("cfg ( test )",)
_NEVER = ("cfg ( any ( ) )", "cfg ( never )", "cfg ( FALSE )")


def inventory(text: str, *, all_tests: bool) -> Held:
    """What a file holds. `all_tests`: it is none of the product, so that each function beside the tests is theirs."""
    tokens = lex(text, "rust")
    found: tuple[list[Case], list[Case]] = ([], [])
    _walk(tokens, 0, len(tokens.words), (), (), found)
    others = [case for case in found[1] if all_tests or any("test" in mark for mark in case.marks)]
    return Held(tuple(found[0]), tuple(others))


def product_words(text: str) -> list[str]:
    """The words of a file without its tests: what a user of the crate gets."""
    tokens = lex(text, "rust")
    kept: list[str] = []
    end = 0
    for first, last in _tests_in(tokens):
        kept += tokens.words[end:first]
        end = last
    return kept + tokens.words[end:]


def product_text(text: str) -> str:
    """A file with its tests as empty lines."""
    tokens = lex(text, "rust")
    lines = text.splitlines()
    for first, last in _tests_in(tokens):
        for number in range(tokens.lines[first], tokens.lines[min(last, len(tokens.lines)) - 1] + 1):
            lines[number - 1] = ""
    return "\n".join(lines)


def _tests_in(tokens: Tokens) -> Iterator[tuple[int, int]]:
    """What stands under an attribute that says `test`, as (first, end) of its tokens, in their order."""
    words, partner = tokens.words, tokens.partner
    at = 0
    while at < len(words):
        if words[at] != "#[" or partner[at] <= at or "test" not in words[at : partner[at]]:
            at += 1
            continue
        first, at = at, partner[at] + 1
        while at < len(words) and words[at] not in ("{", ";"):
            at = partner[at] + 1 if partner[at] > at else at + 1
        at = max(partner[at], at) + 1 if at < len(words) else at
        yield first, at


def _walk(
    tokens: Tokens,
    first: int,
    end: int,
    parents: tuple[str, ...],
    marks: tuple[str, ...],
    found: tuple[list[Case], list[Case]],
) -> None:
    words, partner = tokens.words, tokens.partner
    own: list[str] = []
    at = first
    while at < end:
        word = words[at]
        if word == "#[" and partner[at] > at:
            own.append(text_between(tokens, at + 1, partner[at]))
            at = partner[at]
        elif word in ("mod", "impl") and at + 1 < end:
            opening = _block(tokens, at, end)
            if opening:
                name = words[at + 1] if word == "mod" else " ".join(words[at + 1 : opening])
                _walk(
                    tokens, opening + 1, partner[opening], (*parents, name) if name else parents, (*marks, *own), found
                )
                at = partner[opening]
            own = []
        elif word == "fn" and at + 1 < end:
            opening = _block(tokens, at, end)
            if opening:
                runs = any(_is_test(mark) for mark in own)
                case = Case(
                    "::".join((*parents, words[at + 1])),
                    tokens.lines[at],
                    (*marks, *own),
                    source_between(tokens, at + 2, partner[opening] + 1),
                    "test" if runs else "other",
                )
                if runs or _asserts(case.source):
                    found[0 if runs else 1].append(case)
                at = partner[opening]
            own = []
        elif word in ("{", ";", "}"):
            at = partner[at] if word == "{" and partner[at] > at else at
            own = []
        at += 1


def _asserts(source: str) -> bool:
    return "\nassert" in source


def _block(tokens: Tokens, at: int, end: int) -> int:
    words, partner = tokens.words, tokens.partner
    while at < end and words[at] not in ("{", ";"):
        at = partner[at] + 1 if partner[at] > at else at + 1
    return at if at < end and words[at] == "{" and partner[at] > at else 0


def _is_test(mark: str) -> bool:
    head = mark.partition(" (")[0].split(" :: ")[-1]
    return head in ("test", "rstest", "test_case", "quickcheck", "proptest", "case", "wasm_bindgen_test", "googletest")


def read(case: Case, tables: dict[str, int]) -> Reading:
    """Read one test or helper."""
    tokens = again(case.source)
    words = tokens.words
    walls = Walls(tokens)
    found: list[Assertion] = []
    flaws = list(walls.flaws)
    calls: set[str] = set()
    for at, word in enumerate(words[:-2]):
        after = words[at + 1]
        if (
            after == "!"
            and words[at + 2] in ("(", "[", "{")
            and ("assert" in word or word in ("panic", "unreachable", "prop_assert"))
        ):
            if word in ("panic", "unreachable"):
                continue
            assertion = _asserted(word, [text_between(tokens, *each) for each in arguments(tokens, at + 2)])
            flaw = walls.around(at)
            if flaw or assertion.strength == VACUOUS:
                flaws.append(flaw or "vacuous")
            else:
                found.append(assertion)
        elif after in ("(", "::"):
            opening = _call(tokens, at + 1)
            if not opening:
                continue
            calls.add(word)
            if word.startswith(("assert", "check_", "expect_", "verify_")):
                if walls.around(at):
                    flaws.append(walls.around(at))
                    continue
                args = [text_between(tokens, *each) for each in arguments(tokens, opening)]
                found.append(Assertion(CONTAINS, args[0] if args else "", word, " , ".join(args[1:])))
    skip: Skip = ""
    why, rows = "", 0
    for mark in case.marks:
        if mark == "ignore" or mark.startswith("ignore =") or mark in _NEVER:
            skip, why = "unconditional", mark
        elif mark.startswith("cfg (") and mark not in _PLAIN and not skip:
            skip, why = "conditional", mark
        elif mark.startswith("cfg_attr") and "ignore" in mark:
            skip, why = skip or "conditional", mark
        elif mark.startswith("should_panic"):
            if found:
                flaws.append("may-panic")
            found.append(Assertion(EXACT if "expected" in mark else CONTAINS, "should_panic", "should_panic", mark))
        elif mark.partition(" (")[0] in ("case", "test_case"):
            rows += 1
    uses = frozenset(word for word in words if word and (word[0].isalpha() or word[0] == "_"))
    return Reading(tuple(found), skip, why, 1 + rows, tuple(flaws), uses, frozenset(calls))


def _call(tokens: Tokens, at: int) -> int:
    """The bracket of a call's arguments, behind `::<T>` where there is one; 0 for none."""
    words = tokens.words
    if words[at] == "::" and words[at + 1] == "<":
        at = next((each for each in range(at + 2, min(at + 40, len(words))) if words[each] == "("), at)
    return at if words[at] == "(" else 0


def _asserted(macro: str, args: list[str]) -> Assertion:
    subject, expected = (args[0] if args else ""), (args[1] if len(args) > 1 else "")
    macro = macro.removeprefix("prop_").removeprefix("debug_")
    if macro == "assert":
        return _condition(subject)
    strength = _MACROS.get(macro, PARTIAL if macro.startswith("assert") else CONTAINS)
    if strength == EXACT and subject == expected:
        strength = VACUOUS
    return Assertion(strength, subject, macro, expected)


def _condition(text: str) -> Assertion:
    if text in ("true", "! false") or text.endswith("|| true"):
        return Assertion(VACUOUS, text, "always", "")
    if " && " not in text and " || " not in text:
        for sign, strength in ((" == ", EXACT), (" != ", BOUNDED), (" >= ", BOUNDED), (" <= ", BOUNDED)):
            left, found, right = text.partition(sign)
            if found:
                return Assertion(VACUOUS if left == right else strength, left, sign.strip(), right)
    if text.startswith("matches ! ("):
        subject, _, pattern = text[11:-2].partition(" , ")
        return Assertion(PARTIAL, subject, "matches", pattern)
    if " || " in text:
        return Assertion(BOUNDED, text.partition(" || ")[0], "or", text)
    return Assertion(TRUTHY, text.removeprefix("! "), "falsy" if text.startswith("! ") else "truthy", "")
