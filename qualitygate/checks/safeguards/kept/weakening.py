"""What a test demands less than before: assertions gone, weaker, more tolerant, passed by, or not run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from qualitygate.checks.safeguards.inventory.case import BOUNDED, CONTAINS, EXACT, EXISTS, TRUTHY, Assertion, Reading
from qualitygate.frozen import NamedTuple

_RANKS = {"": 0, "conditional": 1, "unconditional": 2}
_FLAWS = {
    "vacuous": "an assertion that always holds",
    "swallowed": "an assertion whose failure is caught and dropped",
    "after-return": "an assertion that is never reached",
    "early-return": "a way out before the assertions",
    "not-awaited": "an assertion that is not awaited",
    "empty-loop": "a loop over nothing",
    "never-run": "an assertion that never runs",
    "no-matcher": "an assertion without a demand",
    "doubled": "an assertion about a double that takes the place of what it was about",
    "may-panic": "an assertion that passes when it fails",
}
_HIDES = frozenset(("vacuous", "swallowed", "after-return", "empty-loop", "never-run", "no-matcher"))
_RAISING = (
    "raises",
    "assertRaises",
    "toThrow",
    "throws",
    "rejects",
    "raise_error",
    "Panics",
    "should_panic",
    "assertThrows",
)


class Change(NamedTuple):
    """What became of a test's demands: `missing` are base's alone, `added` head's alone; `facts` are rule and text."""

    facts: tuple[tuple[str, str], ...]
    missing: tuple[Assertion, ...]
    added: tuple[Assertion, ...]
    fewer_rows: tuple[int, int] | None


def shown(assertion: Assertion) -> str:
    """As a reader knows it."""
    text = " ".join(f"{assertion.subject} {assertion.operator} {assertion.expected}".split())
    return text if len(text) <= 90 else text[:87] + "..."


def still_needed(assertion: Assertion, source: str) -> bool:
    """Whether it said that a name is not None, and the test still takes something of that name, which then fails."""
    name = assertion.subject
    if assertion.strength > EXISTS or not name.isidentifier():
        return False
    taken = " " + " ".join(source.split())
    return any(f"{before}{name}{after}" in taken for before in " (" for after in (".", " . ", "["))


def skipping(before: Reading, after: Reading) -> tuple[str, str] | None:
    """Whether a test that ran does not any more."""
    if after.only and not before.only:
        return "skipped", "runs alone: its file's other tests do not run"
    if _RANKS[after.skip] <= _RANKS[before.skip]:
        return None
    if after.skip == "unconditional":
        return "skipped", f"is switched off: {after.why}"
    return "skipped-conditionally", f"does not always run: {after.why}"


def weakened(before: Reading, after: Reading, *, same: bool) -> Change:
    """Compare two readings of one test. `same`: it has kept its name, so that what became weaker is certain."""
    missing, added = _cancel(before.assertions, after.assertions)
    come = tuple(added)
    found: list[tuple[str, str]] = []
    missing, added = _one_subject(missing, added, found, same=same, many=not after.cases or after.cases > before.cases)
    missing, added = _elsewhere(missing, added, found, come, after.uses, same=same)
    before_flaws, after_flaws = Counter(before.flaws), Counter(after.flaws)
    hidden = False
    for flaw, text in _FLAWS.items():
        if after_flaws[flaw] > before_flaws[flaw]:
            if flaw == "early-return" and not missing and len(after.assertions) > len(before.assertions):
                continue
            found.append(("tolerance", text))
            hidden = hidden or flaw in _HIDES
    if (
        not after_flaws["+plain"]
        and after_flaws["+awaited"] < before_flaws["+awaited"]
        and after_flaws["+await"] < before_flaws["+await"]
        and len(after.assertions) >= len(before.assertions)
        and not missing
    ):
        found.append(("tolerance", _FLAWS["not-awaited"]))
    if before_flaws["+plain"] and not after_flaws["+plain"] and not after_flaws["+await"] and before.assertions:
        found.append(
            ("tolerance", "async, and waits for nothing: a runner that does not wait for it runs nothing of it")
        )
    if after_flaws["retried"] > before_flaws["retried"]:
        found.append(("retried", "is tried again until it passes"))
    rows = (before.cases, after.cases) if 0 < after.cases < before.cases else None
    if hidden:
        return Change(tuple(found), (), tuple(added), None)
    return Change(tuple(dict.fromkeys(found)), tuple(missing), tuple(added), rows)


def _cancel(before: tuple[Assertion, ...], after: tuple[Assertion, ...]) -> tuple[list[Assertion], list[Assertion]]:
    rest = Counter(after)
    missing = []
    for assertion in before:
        if rest[assertion]:
            rest[assertion] -= 1
        else:
            missing.append(assertion)
    added = []
    for assertion in reversed(after):
        if rest[assertion]:
            rest[assertion] -= 1
            added.append(assertion)
    return missing, added[::-1]


def _one_subject(
    missing: list[Assertion], added: list[Assertion], found: list[tuple[str, str]], *, same: bool, many: bool
) -> tuple[list[Assertion], list[Assertion]]:
    """Pair those about the same thing: first with the same operator, then with the strongest.

    `many`: the test has more rows of parameters than before, so that one assertion stands for several.
    """
    rest: list[Assertion] = []
    free = list(added)
    for alike in (True, False):
        rest = []
        for old in sorted(missing, key=lambda each: -each.strength):
            near = [
                each for each in free if each.subject == old.subject and (each.operator == old.operator or not alike)
            ]
            if not near:
                rest.append(old)
                continue
            new = max(near, key=lambda each: (each.strength, each.expected == old.expected))
            if not many:
                free.remove(new)
            fact = _changed(old, new)
            if fact and (same or fact[0] == "expectation-changed"):
                found.append(fact)
        missing = rest
    return rest, free


def _changed(old: Assertion, new: Assertion) -> tuple[str, str] | None:
    text = f"`{shown(old)}` became `{shown(new)}`"
    if new.tolerance > old.tolerance * 1.001 and (old.tolerance or new.strength <= old.strength):
        return "tolerance", text
    if new.operator == old.operator and _bound_moved(old, new):
        return "tolerance", text
    if new.strength < old.strength:
        broad = old.operator == new.operator and any(word in old.operator for word in _RAISING)
        return "tolerance" if broad else "weaker-assertion", text
    if new.expected != old.expected and new.strength == old.strength and old.expected:
        return "expectation-changed", text
    return None


def _bound_moved(old: Assertion, new: Assertion) -> bool:
    """`< 5` became `< 50`."""
    operator = old.operator.lower()
    upper = operator in ("<", "<=") or "less" in operator or operator == "below"
    if not upper and not (operator in (">", ">=") or "greater" in operator or operator == "above"):
        return False
    try:
        before, after = float(old.expected.replace(" ", "")), float(new.expected.replace(" ", ""))
    except ValueError:
        return False
    return after > before if upper else after < before


def _elsewhere(
    missing: list[Assertion],
    added: list[Assertion],
    found: list[tuple[str, str]],
    come: Sequence[Assertion],
    uses: frozenset[str],
    *,
    same: bool,
) -> tuple[list[Assertion], list[Assertion]]:
    """What is about another subject now: renamed, folded into one that says more, or replaced by one that says less."""
    free = list(added)
    rest = []
    for old in missing:
        twin = next(
            (each for each in free if each.operator == old.operator and each.expected == old.expected and old.expected),
            None,
        )
        if twin is not None:
            free.remove(twin)
        elif not _folded(old, come, uses):
            rest.append(old)
    missing, rest = rest, []
    for old in missing:
        near = [each for each in free if _root(each.subject) and _root(each.subject) in _names(old.subject)]
        near = near or [each for each in free if each.strength >= old.strength]
        if not near:
            rest.append(old)
            continue
        new = max(near, key=lambda each: each.strength)
        free.remove(new)
        if (same and new.strength <= TRUTHY and old.strength >= EXACT) or (
            same and new.strength <= EXISTS < old.strength
        ):
            found.append(("another-subject", f"`{shown(old)}` became `{shown(new)}`"))
    return rest, free


def _folded(old: Assertion, added: Sequence[Assertion], uses: frozenset[str]) -> bool:
    """Whether one of `added` demands this as well: an equality of the whole whose part it was."""
    root = _root(old.subject)
    literal = old.expected.strip("\"'`[](){} ")
    for new in added:
        if new.strength < EXACT or new.strength < old.strength:
            continue
        if literal and literal in new.expected and (len(literal) > 2 or old.strength <= CONTAINS):
            return True
        if root and root not in uses and _says_more(old, new):
            return True
        whole = old.subject.startswith((new.subject + ".", new.subject + "[", new.subject + " .", new.subject + " ["))
        if whole and old.strength <= EXACT:
            return True
        if old.strength <= CONTAINS and root and root in _names(new.subject):
            return True
    return False


def _says_more(old: Assertion, new: Assertion) -> bool:
    """In a test that was written anew: the same result, or a longer one, or a mere kind before."""
    same = old.operator == new.operator and old.expected == new.expected
    return same or old.strength <= BOUNDED or len(new.expected) >= 2 * max(len(old.expected), 10)


def _names(text: str) -> set[str]:
    word = ""
    found = set()
    for character in text + " ":
        if character.isalnum() or character == "_":
            word += character
        elif word:
            found.add(word)
            word = ""
    return found


def _root(text: str) -> str:
    """The name that an expression begins with, behind what merely wraps it."""
    word = ""
    for character in text + " ":
        if character.isalnum() or character in "_$":
            word += character
        elif character == "(" and word in (
            "len",
            "str",
            "list",
            "set",
            "sorted",
            "dict",
            "repr",
            "type",
            "bool",
            "int",
        ):
            word = ""
        elif word:
            return "" if word[0].isdigit() or word in ("self", "await", "not") else word
    return ""
