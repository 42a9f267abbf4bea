"""The tests of shell scripts: bats, in which a command that fails fails the test."""

from __future__ import annotations

from qualitygate.checks.safeguards.inventory.case import (
    BOUNDED,
    CONTAINS,
    EXACT,
    EXISTS,
    VACUOUS,
    Assertion,
    Case,
    Held,
    Reading,
    Skip,
)

_TESTING = ("[ ", "[[ ", "test ", "(( ", "assert", "refute", "grep ", "diff ", "cmp ")
_EQUAL = {" = ": EXACT, " == ": EXACT, " -eq ": EXACT, " =~ ": CONTAINS}
_OTHER = dict.fromkeys((" != ", " -ne ", " -lt ", " -le ", " -gt ", " -ge ", " < ", " > "), BOUNDED)
_MASKED = ("|| true", "|| :", "|| return 0", "; true", "&& true || true")


def inventory(text: str) -> Held:
    """What a file holds."""
    tests: list[Case] = []
    others: list[Case] = []
    lines = text.split("\n")
    for at, line in enumerate(lines):
        head = line.strip()
        named = head.startswith("@test ") and head.endswith("{")
        if not named and not (head.endswith("() {") and line[:1].strip()):
            continue
        end = next((row for row in range(at + 1, len(lines)) if lines[row].startswith("}")), len(lines) - 1)
        name = head[6:-1].strip().strip("\"'") if named else head.partition("(")[0].removeprefix("function ").strip()
        case = Case(name, at + 1, (), "\n".join(lines[at : end + 1]), "test" if named else "other")
        (tests if named else others).append(case)
    return Held(tuple(tests), tuple(others))


def read(case: Case, tables: dict[str, int]) -> Reading:
    """Read one test or helper."""
    found: list[Assertion] = []
    flaws: list[str] = []
    calls: set[str] = set()
    skip: Skip = ""
    why = ""
    depth, dead = 0, False
    for line in case.source.split("\n")[1:]:
        text = line.strip()
        first = text.partition(" ")[0]
        depth -= first in ("fi", "done", "esac")
        if first == "skip" and not dead:
            if not skip or depth == 0:
                skip, why = ("unconditional" if depth == 0 else "conditional"), text
        elif first in ("return", "exit") and text.split()[1:2] in ([], ["0"]):
            dead = dead or depth == 0
            if depth == 1:
                flaws.append("early-return")
        elif text.startswith(("! ", *_TESTING)) and not text.endswith(("; then", "; do")):
            if dead:
                flaws.append("after-return")
            elif text.endswith(_MASKED):
                flaws.append("swallowed")
            else:
                found.append(_demanded(text))
        elif text and not text.startswith("#"):
            calls.add(first)
        depth += first in ("if", "for", "while", "until", "case", "elif") and "fi" not in text.split()[1:]
        depth -= first == "elif"
    flaws.extend("vacuous" for one in found if one.strength == VACUOUS)
    real = tuple(one for one in found if one.strength > VACUOUS)
    words = frozenset(case.source.replace("$", " ").replace('"', " ").split())
    return Reading(real, skip, why, 1, tuple(flaws), words, frozenset(calls))


def _demanded(text: str) -> Assertion:
    """What a command asks for: `[ "$output" = 3 ]`."""
    inner = text.strip("[]() ").removeprefix("test ")
    for sign, strength in (*_EQUAL.items(), *_OTHER.items()):
        left, there, right = inner.partition(sign)
        if there:
            kind = EXACT if strength == EXACT else strength
            left, right = left.strip(), right.strip()
            wide = kind == EXACT and right.startswith("*") and right.endswith("*")
            return Assertion(VACUOUS if left == right else CONTAINS if wide else kind, left, sign.strip(), right)
    first = text.partition(" ")[0]
    if first.startswith(("assert", "refute")):
        strength = EXACT if first in ("assert_output", "assert_equal", "assert_line", "assert_failure") else CONTAINS
        strength = EXISTS if first in ("assert", "refute") else strength
        return Assertion(strength, first, first, text[len(first) :].strip())
    if inner.startswith(("-n ", "-z ", "-f ", "-e ", "-d ", "-s ")):
        return Assertion(EXACT if inner.startswith("-z ") else EXISTS, inner[3:], inner[:2], "")
    return Assertion(CONTAINS, text, first, "")
