"""Tests that are said again, what was deprecated, what is compared with itself, and what is not there to be read."""

from __future__ import annotations

from qualitygate.checks.safeguards import tests
from qualitygate.model import Entry
from tests.checks.safeguards.pairs import compared, pair
from tests.checks.safeguards.test_kept_tests import CODE, PATH, RAISES, ROWS, TOTAL, judged, of_test, rules


def test_a_duplicate_may_go_whose_twin_says_as_much_in_another_suite() -> None:
    inner = "describe('a', () => {\n  it('one', () => {\n    const x = f(1)\n    expect(x).toBe(2)\n"
    more = inner + "    expect(g(x)).toBe(3)\n  })\n})\n"
    twin = "it('uno', () => {\n  const x = f(1)\n  expect(x).toBe(2)\n})\n"
    assert not compared({"a.test.js": more + twin}, {"a.test.js": more}, tests)
    other = twin.replace("f(1)", "f(2)")
    assert rules(compared({"a.test.js": more + other}, {"a.test.js": more}, tests)) == {"lost"}
    prepared = "beforeEach(() => {})\n" + more
    assert rules(compared({"a.test.js": prepared + twin}, {"a.test.js": prepared}, tests)) == {"lost"}
    off = more.replace("it('one'", "it.skip('one'")
    assert rules(compared({"a.test.js": more + twin}, {"a.test.js": off}, tests)) == {"lost", "skipped"}


def test_a_copy_of_a_file_may_go() -> None:
    copy = "tests/test_shopping.py"
    base = {**CODE, PATH: TOTAL + RAISES + ROWS, copy: "# the same\n" + TOTAL + RAISES + ROWS}
    assert not compared(base, {path: text for path, text in base.items() if path != copy}, tests)
    base[copy] = base[copy].replace("== 3", "== 4")
    found = compared(base, {path: text for path, text in base.items() if path != copy}, tests)
    assert [one.message for one in found] == ["1 test of tests/test_shopping.py is gone: `test_total`"]


DEPRECATED = {
    "shop.py": "def total(items, tax=0):\n    if callable(tax):\n        warn('total(fn) is old', DeprecationWarning)\n"
    "        tax = tax(items)\n    return sum(items) + tax\n"
}


def test_what_was_deprecated_may_go_with_its_tests_whatever_comes_in_its_place() -> None:
    gone = of_test("with warns(DeprecationWarning):", "    assert total([1], len) == 2")
    head = {
        "shop.py": CODE["shop.py"].replace(
            "    return", "    if tax is None:\n        raise TypeError(tax)\n    return"
        )
    }
    found = compared({**DEPRECATED, PATH: gone + RAISES}, {**head, PATH: RAISES}, tests)
    assert rules(found) == {"removed-with-subject"}
    plain = {"shop.py": DEPRECATED["shop.py"].replace("DeprecationWarning", "UserWarning")}
    found = compared({**plain, PATH: gone + RAISES}, {**head, PATH: RAISES}, tests)
    assert rules(found) == {"lost-with-code"}


def test_two_calls_of_one_function_may_be_compared() -> None:
    """`sorted(a) == sorted(b)`, and lists of rows, were taken for something compared with itself."""
    before = of_test("found = total([1])", "assert found == [1]")
    for after in (
        of_test("found = total([1])", "assert sorted(found) == sorted([1])"),
        of_test("found = total([1])", "assert [(x, 1) for x in found] == [(1, 1)]"),
        of_test("found = total([1])", "assert found == total([2])"),
    ):
        assert "tolerance" not in rules(judged(before, after)), after
    assert rules(judged(before, of_test("found = total([1])", "assert found == total([1])"))) == {"tolerance"}


def test_a_conftest_that_becomes_a_link_is_told() -> None:
    base = {**CODE, PATH: TOTAL, "tests/conftest.py": "import pytest\n"}
    given = pair(base, {**base, "tests/conftest.py": "/tmp/elsewhere.py"}, tests)
    for there, expected in ((Entry("120000", "a"), {"tolerance"}), (Entry("100644", "a"), set())):
        found = tests.compare(given._replace(head={**given.head, "tests/conftest.py": there}), {}).findings
        assert rules(found) == expected


def test_a_file_of_tests_that_is_too_large_to_read_decides_nothing() -> None:
    report = tests.compare(pair({PATH: TOTAL}, {PATH: TOTAL + "#" * 2_100_000}, tests), {})
    assert "larger than" in report.reason and not report.findings


def test_a_handler_of_another_kind_catches_no_assertion() -> None:
    base = "class ShopTests {\n  [Fact] public void A() {\n    Assert.Equal(3, Total());\n  }\n}\n"
    for caught, expected in (
        ("SqlException ex) when (ex.Message == text", set()),
        ("Exception ex) when (ex.Message == text", {"tolerance"}),
        ("Exception", {"tolerance"}),
    ):
        guarded = f"try {{ Assert.Equal(3, Total()); }} catch ({caught}) {{ }}"
        head = base.replace("Assert.Equal(3, Total());", guarded)
        assert rules(compared({"ShopTests.cs": base}, {"ShopTests.cs": head}, tests)) == expected, caught
