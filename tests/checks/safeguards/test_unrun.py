"""Tests that passed and do not run, from what a runner told of both trees and from the text of the change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hypothesis import given
from hypothesis import strategies as st

from qualitygate.checks.safeguards import tests as kept
from qualitygate.checks.safeguards.kept.fates import Fates
from qualitygate.checks.safeguards.kept.unrun import FEWER_CASES, LEFT_OUT, NOT_RUN, Unrun, is_whole, unrun
from qualitygate.model import Outcome
from tests.checks.safeguards.pairs import pair

Names = Mapping[str, Sequence[str]]


def told(names: Names, **skipped: str) -> tuple[Outcome, ...]:
    """Outcomes per file; one whose last name is in `skipped` was not executed, for the reason given."""
    every = [(path, name) for path, some in names.items() for name in some]
    return tuple(
        Outcome(path, name, "skipped", skipped[last])
        if (last := name.replace("::", " ").rpartition(" ")[2].partition("[")[0]) in skipped
        else Outcome(path, name, "passed")
        for path, name in every
    )


def found(
    before: Sequence[Outcome],
    after: Sequence[Outcome],
    base: Mapping[str, str] = {},
    head: Mapping[str, str] = {},
    renames: Mapping[str, str] = {},
) -> list[tuple[str, str, str]]:
    fates = Fates(pair(base, head, kept, renames), {})
    return [(one.rule, one.name, one.why) for one in unrun(before, after, fates)]


FILE = "tests/test_a.py"
UNITS = {FILE: ["test_a", "TestB::test_b", "test_c[1]", "test_c[2]"]}


def test_nothing_is_lost_where_all_runs() -> None:
    assert found(told(UNITS), told(UNITS)) == []
    assert is_whole(told(UNITS), told(UNITS))
    assert not is_whole(told(UNITS), told(UNITS, test_a="skipped"))


def test_what_was_not_executed_before_cannot_be_lost() -> None:
    assert found(told(UNITS, test_a="skipped", test_b="skipped", test_c="skipped"), ()) == []


def test_a_skip_keeps_its_reason_and_a_test_that_is_left_out_has_none() -> None:
    assert found(told(UNITS), told(UNITS, test_a="skipped: no")) == [(NOT_RUN, "test_a", "skipped: no")]
    assert found(told(UNITS), told({FILE: UNITS[FILE][1:]})) == [(NOT_RUN, "test_a", LEFT_OUT)]


def test_a_failure_is_an_execution() -> None:
    after = tuple(one._replace(state="failed") for one in told(UNITS))
    assert found(told(UNITS), after) == []


def test_a_file_that_fails_as_a_whole_is_said_already_and_a_package_too() -> None:
    other = told({"tests/test_z.py": ["test_z"]})
    for place in (FILE, "tests/__init__.py"):
        assert found(told(UNITS), (*other, Outcome(place, "", "failed"))) == []
    assert len(found(told(UNITS), (*other, Outcome("docs/__init__.py", "", "failed")))) == 3


def test_a_file_that_skips_itself_gives_its_reason_to_all() -> None:
    after = (Outcome(FILE, "", "skipped", "skipped: off"),)
    assert {why for _, _, why in found(told(UNITS), after)} == {"skipped: off"}


def test_a_case_that_is_skipped_is_not_made_good_by_another() -> None:
    before = told({FILE: ["test_c[1]", "test_c[2]"]})
    after = (*told({FILE: ["test_c[1]", "test_c[3]"]}), Outcome(FILE, "test_c[2]", "skipped", "skipped: two"))
    assert found(before, after) == [(NOT_RUN, "test_c", "skipped: two")]


@given(st.sets(st.text("abc[]:/ ", min_size=1, max_size=4), min_size=1), st.integers(0, 9))
def test_cases_with_other_names_are_counted(cases: set[str], more: int) -> None:
    before = told({FILE: [f"test_c[{case}]" for case in sorted(cases)]})
    renamed = [f"test_c[new {number}]" for number in range(len(cases) + more)]
    assert found(before, told({FILE: renamed})) == []
    fewer = told({FILE: renamed[: len(cases) - 1]})
    rules = [rule for rule, _, _ in found(before, fewer)]
    assert rules == ([FEWER_CASES] if len(cases) > 1 else [NOT_RUN])


def test_a_title_that_is_made_counts_by_its_number_in_a_file_that_did_not_change() -> None:
    before = told({"a.test.js": ["version 1", "size 3", "plain"]})
    assert found(before, told({"a.test.js": ["version 2", "size 4", "plain"]})) == []
    assert found(before, told({"a.test.js": ["version 2", "plain"]})) == [(NOT_RUN, "size 3", LEFT_OUT)]


def test_a_title_in_brackets_is_no_parameter() -> None:
    before = told({"a.test.js": ["returns [1]", "returns [2]"]})
    assert found(before, told({"a.test.js": ["returns [1]"]})) == [(NOT_RUN, "returns [2]", LEFT_OUT)]


def test_titles_are_the_same_whoever_joins_them() -> None:
    text = "describe('g', () => {\n  it('works', () => { expect(f(1)).toBe(2); });\n});\n"
    base, head = {"a.test.js": text}, {"b.test.js": text.replace("works", "does")}
    for join in (" > ", " "):
        before, after = told({"a.test.js": [f"g{join}works"]}), told({"b.test.js": [f"g{join}does"]})
        assert found(before, after, base, head, {"b.test.js": "a.test.js"}) == []


def test_a_test_that_runs_alone_is_told_by_its_text_and_those_beside_it_too() -> None:
    text = "it('a', () => { expect(f(1)).toBe(2); });\nit('b', () => { expect(f(2)).toBe(3); });\n"
    base, head = {"a.test.js": text}, {"a.test.js": text.replace("it('b'", "it.only('b'")}
    names = {"a.test.js": ["a", "b"]}
    assert found(told(names), told(names, a="skipped"), base, head) == []


def test_an_example_in_a_docstring_goes_with_its_function() -> None:
    code = 'def keep():\n    pass\n\n\ndef double():\n    """\n    >>> double()\n    """\n'
    without = code.partition("\n\n\ndef double")[0]
    before, after = told({"src/m.py": ["m.keep", "m.double"]}), told({"src/m.py": ["m.keep"]})
    assert found(before, after, {"src/m.py": code}, {"src/m.py": without}) == []
    emptied = code.replace(">>> double()", "")
    assert found(before, after, {"src/m.py": code}, {"src/m.py": emptied}) == [(NOT_RUN, "m.double", LEFT_OUT)]


def test_an_inherited_test_that_moved_with_its_class_is_no_loss() -> None:
    before, after = told({FILE: ["TestOne::test_x", "TestTwo::test_x"]}), told({FILE: ["TestOne::test_x"]})
    moved = (*after, *told({"tests/test_b.py": ["TestTwo::test_x"]}))
    base = {FILE: "class TestTwo(Common):\n    pass\n"}
    head = {FILE: "class TestOne(Common):\n    pass\n", "tests/test_b.py": base[FILE]}
    assert found(before, moved, base, head) == []
    assert found(before, after, base, head) == [(NOT_RUN, "TestTwo::test_x", LEFT_OUT)]


def test_what_stands_nowhere_in_the_text_is_said_to() -> None:
    before = told({FILE: ["TestTwo::test_x"]})
    (one,) = unrun(before, (), Fates(pair({FILE: "x = 1\n"}, {FILE: "x = 2\n"}, kept), {}))
    assert one == Unrun(NOT_RUN, FILE, 0, "TestTwo::test_x", LEFT_OUT, before, 1, stands=False)
