"""The tests of Ruby: RSpec and minitest. Blocks are told by their indentation, as every style guide has it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

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

_MATCHERS = {
    **dict.fromkeys(
        ("eq", "eql", "equal", "be_nil", "be_empty", "match_array", "contain_exactly", "have_http_status"), EXACT
    ),
    **dict.fromkeys(("include", "match", "start_with", "end_with", "have_content", "redirect_to", "change"), CONTAINS),
    **dict.fromkeys(("be_within", "have_attributes"), PARTIAL),
    **dict.fromkeys(("be_a", "be_an", "be_kind_of", "be_instance_of", "be", "have_received"), BOUNDED),
    **dict.fromkeys(("be_truthy", "be_falsey", "be_valid", "be_present"), TRUTHY),
    **dict.fromkeys(("exist", "be_defined"), EXISTS),
}
_ASSERTS = {
    **dict.fromkeys(
        ("assert_equal", "assert_nil", "assert_empty", "assert_same", "assert_raises", "assert_difference"), EXACT
    ),
    **dict.fromkeys(("assert_in_delta", "assert_in_epsilon", "assert_response"), PARTIAL),
    **dict.fromkeys(("assert_includes", "assert_match", "assert_select", "assert_redirected_to"), CONTAINS),
    **dict.fromkeys(
        ("assert_instance_of", "assert_kind_of", "assert_not_equal", "refute_equal", "assert_operator"), BOUNDED
    ),
    **dict.fromkeys(("assert", "refute", "assert_not", "assert_predicate"), TRUTHY),
    **dict.fromkeys(("refute_nil", "assert_not_nil", "assert_nothing_raised"), EXISTS),
}
_UNARY = frozenset(("assert", "refute", "assert_nil", "refute_nil", "assert_not_nil", "assert_empty", "assert_not"))


@lru_cache(maxsize=1)
def _patterns() -> tuple[Any, ...]:
    import re  # here, because most commits change no test

    return (
        re.compile(
            r"^(\s*)(x|f)?(describe|context|feature|it|specify|scenario|example|test|RSpec\.describe|class|module)\b(.*)$"
        ),
        re.compile(r"^(\s*)def\s+(?:self\.)?(\w+[?!]?)"),
        re.compile(r"(?<![\w.])expect\s*(\(|\{|do\b)"),
        re.compile(r"^\s*(assert\w*|refute\w*|must_\w+)\b[ (]?(.*)$"),
        re.compile(r"""(['"])(.*?)\1"""),
        re.compile(r"\b([a-z_]\w*[?!]?)\b"),
    )


def inventory(text: str) -> Held:
    """What a file holds."""
    opening, method, *_ = _patterns()
    lines = text.splitlines()
    tests: list[Case] = []
    others: list[Case] = []
    open_: list[tuple[int, str, tuple[str, ...]]] = []
    for at, line in enumerate(lines):
        found, defined = opening.match(line), method.match(line)
        if found is None and defined is None:
            continue
        indent = len((found or defined)[1])
        while open_ and open_[-1][0] >= indent:
            open_.pop()
        parents = tuple(each[1] for each in open_)
        marks = tuple(mark for each in open_ for mark in each[2])
        if defined is not None:
            name, kind = defined[2], "test" if defined[2].startswith("test_") else "other"
            (tests if kind == "test" else others).append(
                Case("::".join((*parents, name)), at + 1, marks, _block(lines, at, indent), kind)
            )
            continue
        word, rest = found[3], found[4]
        own: tuple[str, ...] = ("x",) if found[2] == "x" else ("f",) if found[2] == "f" else ()
        own += tuple(mark for mark in ("skip", "pending") if f"{mark}:" in rest or f":{mark}" in rest)
        title = _title(rest)
        if word in ("describe", "context", "feature", "RSpec.describe", "class", "module"):
            open_.append((indent, title or rest.strip(), own))
        elif rest.rstrip().endswith(("do", "|", "}")) or " { " in rest or " do |" in rest:
            tests.append(
                Case(
                    "::".join((*parents, title or f"line {_position(tests, parents)}")),
                    at + 1,
                    (*marks, *own),
                    _block(lines, at, indent),
                )
            )
        elif title:
            tests.append(Case("::".join((*parents, title)), at + 1, (*marks, *own, "pending"), ""))
    return Held(tuple(tests), tuple(others))


def _position(tests: list[Case], parents: tuple[str, ...]) -> int:
    prefix = "::".join(parents)
    return sum(case.id.startswith(prefix) for case in tests) + 1


def _title(rest: str) -> str:
    found = _patterns()[4].search(rest)
    return found[2] if found else rest.strip(" ()").removesuffix(" do").strip()


def _block(lines: list[str], at: int, indent: int) -> str:
    if lines[at].rstrip().endswith("}") and lines[at].count("{") == lines[at].count("}"):
        return lines[at]
    for end in range(at + 1, len(lines)):
        line = lines[end]
        if line.strip() and len(line) - len(line.lstrip()) <= indent:
            return "\n".join(lines[at : end + 1])
    return "\n".join(lines[at:])


def read(case: Case, tables: dict[str, int]) -> Reading:
    """Read one test or helper."""
    _, _, expecting, asserting, _, names = _patterns()
    found: list[Assertion] = []
    flaws: list[str] = []
    skip: Skip = "unconditional" if {"x", "skip", "pending"} & set(case.marks) else ""
    why = "pending" if skip else ""
    lines = [line for line in case.source.split("\n") if not line.lstrip().startswith("#")]
    inner = min((len(line) - len(line.lstrip()) for line in lines[1:-1] if line.strip()), default=0)
    quiet = dead = False
    for at, line in enumerate(lines):
        text = line.strip()
        first = text.partition(" ")[0].partition("(")[0]
        depth = len(line) - len(line.lstrip())
        if first in ("skip", "pending") and at:
            certain = _always(text)
            if certain is not False and (certain is None or depth > inner) and skip != "unconditional":
                skip, why = "conditional", text
            elif certain is not False:
                skip, why = "unconditional", text
        if first in ("return", "next") and at and depth == inner:
            certain = _always(text)
            dead = dead or certain is True
            if certain is None:
                flaws.append("early-return")
        quiet = text == "begin" or (quiet and not text.startswith(("rescue", "ensure", "end")))
        if text.startswith("rescue") and at + 1 < len(lines) and lines[at + 1].strip() in ("end", "nil", "true"):
            for _ in range(_within(lines, at)):
                flaws.append("swallowed")
                if found:
                    found.pop()
        assertion = _expected(text, lines, at) if expecting.search(text) else None
        if assertion is None:
            plain = asserting.match(text)
            assertion = _asserted(plain[1], plain[2]) if plain else None
        if assertion is None:
            continue
        swallowed = text.endswith((" rescue nil", " rescue true", " rescue false"))
        if dead or swallowed or assertion.strength == VACUOUS:
            flaws.append("after-return" if dead else "swallowed" if swallowed else "vacuous")
        else:
            found.append(assertion)
    words = frozenset(names.findall(case.source))
    return Reading(tuple(found), skip, why, 1, tuple(flaws), words, words, "f" in case.marks)


def _always(text: str) -> bool | None:
    """Whether what a trailing `if` or `unless` asks for always holds; True without one."""
    for word in (" if ", " unless "):
        _, found, condition = text.partition(word)
        if found:
            holds = truth(condition.replace("!", "! ").replace("(", " ( ").replace(")", " ) ").split())
            return None if holds is None else holds is (word == " if ")
    return True


def _within(lines: list[str], at: int) -> int:
    """How many assertions stand in the block that this `rescue` belongs to."""
    _, _, expecting, asserting, *_ = _patterns()
    count = 0
    while at > 0 and lines[at].strip() != "begin":
        at -= 1
        count += bool(expecting.search(lines[at]) or asserting.match(lines[at]))
    return count


def _expected(text: str, lines: list[str], at: int) -> Assertion:
    joined = text
    while (
        at + 1 < len(lines)
        and not any(sign in joined for sign in (".to ", ".not_to ", ".to_not ", ".to("))
        and len(joined) < 2000
    ):
        at += 1
        joined += " " + lines[at].strip()
    for sign in (".to_not ", ".not_to ", ".to ", ".to("):
        left, found, right = joined.partition(sign)
        if found:
            break
    subject = left.partition("expect")[2].strip(" ({})")
    matcher = right.partition("(")[0].partition(" ")[0].strip()
    given = right[len(matcher) :].strip(" ()")
    strength = _MATCHERS.get(matcher, CONTAINS)
    if matcher == "raise_error":
        strength = (
            CONTAINS if not given or given in ("StandardError", "Exception") else STRICT if "," in given else EXACT
        )
    negated = "not" in sign
    if negated:
        strength = EXISTS if matcher in ("be_nil", "raise_error", "be_empty") else min(strength, BOUNDED)
    if (strength == EXACT and subject == given) or (subject in ("true", "1") and matcher in ("be_truthy", "eq")):
        strength = VACUOUS
    if matcher in ("eq", "be") and given in ("true", "false"):
        matcher, given, strength = ("be_truthy" if given == "true" else "be_falsey"), "", TRUTHY
    return Assertion(strength, subject, ("not " if negated else "") + matcher, given)


def _asserted(name: str, rest: str) -> Assertion:
    parts = [part.strip() for part in rest.strip().removesuffix(")").removesuffix(" do").split(", ")]
    strength = _ASSERTS.get(name, CONTAINS)
    if name in ("assert", "refute") and (parts[0] in ("true", "!nil", "1") or parts[0].endswith("|| true")):
        return Assertion(VACUOUS, parts[0], "always", "")
    if name in _UNARY or len(parts) == 1:
        inner = EXACT if name == "assert" and " == " in parts[0] else strength
        return Assertion(inner, parts[0].partition(" == ")[0], name, parts[0].partition(" == ")[2])
    if parts[0] == parts[1] and strength == EXACT:
        strength = VACUOUS
    return Assertion(strength, parts[1], name, parts[0])
