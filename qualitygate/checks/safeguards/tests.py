"""Tests are safeguards: what a change takes from them, test by test and assertion by assertion."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from qualitygate.checks.safeguards.inventory.places import is_test, language
from qualitygate.checks.safeguards.protocol import Pair, Rule
from qualitygate.checks.tool import Reads
from qualitygate.model import Finding, Report

name = "kept-tests"
title = "tests are kept"
scope: Literal["pair"] = "pair"
reads: Reads = "tree"
config_files: tuple[str, ...] = ()
package = ""
facts_version = 3

_MOST_BYTES = 2_000_000

rules: tuple[Rule, ...] = (
    Rule(
        "tests:lost",
        "block",
        "block",
        "a test is gone while the code that it tests stayed as it was",
        "put the test back and mend what it found, or keep its assertions in the test that took its place",
    ),
    Rule(
        "tests:lost-with-code",
        "block",
        "show",
        "a test is gone, and the names that it uses are still there",
        "put the test back and fit it to the new behaviour; if that was taken away, name the test and say why",
        nameable=True,
        kind="tests:lost",
    ),
    Rule(
        "tests:removed-with-subject",
        "show",
        "show",
        "a test is gone with a function, class or parameter that it used",
        "nothing, if the removal is wanted; otherwise put both back",
    ),
    Rule(
        "tests:uncollected",
        "block",
        "block",
        "a test is still written down, but no runner finds it any more",
        "give the file, class and function back the names that the runner collects",
    ),
    Rule(
        "tests:skipped",
        "block",
        "block",
        "a test that ran is switched off whatever happens, or all others are",
        "take the skip, xfail or only away and mend what fails",
    ),
    Rule(
        "tests:skipped-conditionally",
        "show",
        "show",
        "a test that always ran depends on a condition now",
        "keep the condition as narrow as its reason",
    ),
    Rule(
        "tests:no-assertion",
        "block",
        "block",
        "a test that checked something runs, but cannot fail on a wrong result",
        "put the assertions back and mend the code until they hold",
    ),
    Rule(
        "tests:fewer-assertions",
        "block",
        "block",
        "a test checks less while the code that it tests stayed as it was",
        "put the assertion back and mend the code until it holds",
    ),
    Rule(
        "tests:fewer-assertions-aside",
        "block",
        "show",
        "a test checks less, and the change of code beside it has nothing to do with it",
        "put the assertion back; if it has to go with this change, name the test and say why",
        nameable=True,
        kind="tests:fewer-assertions",
    ),
    Rule(
        "tests:fewer-assertions-with-code",
        "show",
        "show",
        "a test checks less than before the change of code",
        "assert what takes the place of what is gone",
        kind="tests:fewer-assertions",
    ),
    Rule(
        "tests:weaker-assertion",
        "block",
        "block",
        "an assertion accepts results that it refused",
        "assert the exact value again",
    ),
    Rule(
        "tests:tolerance",
        "block",
        "block",
        "a test can pass in cases in which it failed",
        "put the tolerance, the exception, the cases and the order of statements back as they were",
    ),
    Rule(
        "tests:retried",
        "show",
        "show",
        "a test that passes at the third try is broken, or what it tests is",
        "mend what makes it fail",
    ),
    Rule(
        "tests:expectation-changed",
        "show",
        "show",
        "a test expects another result of the same call",
        "make sure that the new result is what is wanted, not only what the code returns",
    ),
    # What follows is told by those who saw the tests run: `gate/executed.py`.
    Rule(
        "tests:not-run",
        "block",
        "show",
        "a test that passed is not executed any more, and finds nothing",
        "let the runner execute it again, and mend what fails then",
    ),
    Rule(
        "tests:not-run-with-code",
        "block",
        "show",
        "a test that passed is not executed any more, and no text tells whether that follows from the change of code",
        "let the runner execute it again; if what it tests was taken away, name the test and say why",
        nameable=True,
        kind="tests:not-run",
    ),
    Rule(
        "tests:fewer-cases",
        "block",
        "show",
        "a test runs with fewer parameters than it passed with",
        "run it with all that it ran with",
    ),
    Rule(
        "tests:fewer-cases-with-code",
        "show",
        "show",
        "a test runs with fewer parameters than before the change of code",
        "nothing, if what they stood for is gone",
        kind="tests:fewer-cases",
    ),
)


def wants(path: str) -> bool:
    """Files of languages whose tests can be read; which of them hold tests depends on the options."""
    return bool(language(path))


def extract(path: str, data: bytes, options: Mapping[str, Any]) -> Any:
    """The tests of a file, and the functions beside them, as text; what a test asserts is read when it differs."""
    kind = language(path)
    if not kind or not is_test(path, options):
        return {}
    from qualitygate.checks.safeguards.inventory.case import facts  # here, because most commits change no test
    from qualitygate.checks.safeguards.inventory.reading import inventory

    if len(data) > _MOST_BYTES:
        return {"unread": f"larger than {_MOST_BYTES} bytes"}
    try:
        text = data.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError:
        text = data.decode("latin-1").replace("\r\n", "\n")
    try:
        return facts(inventory(text, path, kind))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as fault:
        return {"unread": f"cannot be parsed: {str(fault).splitlines()[0] if str(fault) else type(fault).__name__}"}


def _bare(facts: Any) -> Any:
    """The facts of a file without the lines that they stand on; what was not read is like nothing else."""
    if not facts:
        return facts
    if "unread" in facts:
        return object()
    return {
        kind: [[row[0], *row[2:]] for row in rows] if kind in ("tests", "others") else rows
        for kind, rows in facts.items()
    }


def compare(pair: Pair, options: Mapping[str, Any]) -> Report:
    """What the tests lost between the trees."""
    paths = [path for path in pair.changed if is_test(path, options)]
    if not paths:
        return Report((), 0)
    if not pair.renames and all(_bare(pair.base_facts(path)) == _bare(pair.head_facts(path)) for path in paths):
        return Report((), len(paths))
    from qualitygate.checks.safeguards.kept.judging import judge

    losses, sides = judge(pair, options)
    fixes = {rule.name: rule.fix for rule in rules}
    found = dict.fromkeys(
        Finding(
            name,
            f"tests:{loss.rule}",
            loss.path,
            loss.line,
            1,
            loss.line,
            1,
            loss.message,
            "safeguard",
            fixes[f"tests:{loss.rule}"],
            loss.name,
        )
        for loss in losses
    )
    reason = "; ".join(f"{path} {why}" for path, why in sides.unread[:3])
    return Report(tuple(found), sides.looked_at, reason)
