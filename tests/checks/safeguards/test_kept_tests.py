"""What is said of a change that weakens tests of Python, and that nothing is said of one that reworks them."""

from __future__ import annotations

from textwrap import dedent, indent
from typing import cast

import pytest

from qualitygate.checks.safeguards import tests
from qualitygate.checks.safeguards.inventory.case import CONTAINS, Assertion
from qualitygate.checks.safeguards.kept.whole import is_part
from qualitygate.checks.safeguards.protocol import Comparer, Pair
from qualitygate.model import Finding, Report
from tests.checks.safeguards.pairs import compared, pair

PATH = "tests/test_shop.py"
CODE = {"shop.py": "def total(items, tax=0):\n    return sum(items) + tax\n"}

TOTAL = """
def test_total():
    items = [1, 2]
    result = total(items)
    assert result == 3
    assert total([]) == 0
"""
RAISES = """
def test_refuses():
    with pytest.raises(ValueError, match="negative"):
        total([-1])
"""
ROWS = """
@pytest.mark.parametrize("items, expected", [([1], 1), ([1, 2], 3), ([], 0)])
def test_rows(items, expected):
    assert total(items) == expected
"""
UNIT = """
class ShopTest(unittest.TestCase):
    def test_total(self):
        self.assertEqual(total([1, 2]), 3)
        self.assertAlmostEqual(total([0.1]), 0.1, delta=0.001)
"""


def judged(before: str, after: str | None, code: dict[str, str] | None = None, path: str = PATH) -> tuple[Finding, ...]:
    """What is said of one file that changed, and of code that did or did not."""
    base = {**CODE, PATH: before}
    head = {**(CODE if code is None else code), **({path: after} if after is not None else {})}
    return compared(base, head, tests)


def rules(found: tuple[Finding, ...]) -> set[str]:
    return {finding.rule.removeprefix("tests:") for finding in found}


def of_test(*lines: str) -> str:
    return "def test_total():\n" + indent("\n".join(lines), "    ") + "\n"


def swapped(text: str, *pairs: tuple[str, str]) -> str:
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    return text


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (TOTAL + RAISES, RAISES, "lost"),
        (TOTAL, None, "lost"),
        (TOTAL + RAISES, RAISES + "def test_other():\n    assert 1 + 1 == 2\n", "lost"),
        (TOTAL, TOTAL.replace("def test_total", "def _test_total"), "uncollected"),
        (TOTAL, TOTAL.replace("def test_total", "def check_total"), "uncollected"),
        (TOTAL, "__test__ = False\n" + TOTAL, "uncollected"),
        (TOTAL, "@pytest.mark.skip\n" + TOTAL.lstrip(), "skipped"),
        (TOTAL, "@pytest.mark.skipif(True, reason='x')\n" + TOTAL.lstrip(), "skipped"),
        (TOTAL, "@pytest.mark.xfail(strict=False)\n" + TOTAL.lstrip(), "skipped"),
        (TOTAL, "@unittest.expectedFailure\n" + TOTAL.lstrip(), "skipped"),
        (TOTAL, "pytestmark = [pytest.mark.skip]\n" + TOTAL, "skipped"),
        (TOTAL, "pytest.skip('later', allow_module_level=True)\n" + TOTAL, "skipped"),
        (TOTAL, swapped(TOTAL, ("    items", "    pytest.skip('later')\n    items")), "skipped"),
        (TOTAL, swapped(TOTAL, ("    items", "    if True:\n        pytest.skip('later')\n    items")), "skipped"),
        (TOTAL, "@pytest.mark.skipif(WINDOWS, reason='x')\n" + TOTAL.lstrip(), "skipped-conditionally"),
        (
            TOTAL,
            swapped(TOTAL, ("    items", "    if WINDOWS:\n        pytest.skip('x')\n    items")),
            "skipped-conditionally",
        ),
        (TOTAL, of_test("total([1, 2])"), "no-assertion"),
        (TOTAL, of_test("pass"), "no-assertion"),
        (TOTAL, swapped(TOTAL, ("    assert total([]) == 0\n", "")), "fewer-assertions"),
        (TOTAL, swapped(TOTAL, ("result == 3", "result")), "weaker-assertion"),
        (TOTAL, swapped(TOTAL, ("result == 3", "result is not None")), "weaker-assertion"),
        (TOTAL, swapped(TOTAL, ("result == 3", "result in (3, 4)")), "weaker-assertion"),
        (TOTAL, swapped(TOTAL, ("result == 3", "isinstance(result, int)")), "weaker-assertion"),
        (TOTAL, swapped(TOTAL, ("result == 3", "result == 3 or result == 4")), "weaker-assertion"),
        (TOTAL, swapped(TOTAL, ("result == 3", "items")), "fewer-assertions"),
        (TOTAL, swapped(TOTAL, ("result == 3", "True")), "tolerance"),
        (TOTAL, swapped(TOTAL, ("result == 3", "result == 3 or True")), "tolerance"),
        (TOTAL, swapped(TOTAL, ("result == 3", "(result == 3, 'message')")), "tolerance"),
        (TOTAL, swapped(TOTAL, ("result == 3", "result == result")), "tolerance"),
        (TOTAL, swapped(TOTAL, ("result == 3", "result == ANY")), "tolerance"),
        (TOTAL, swapped(TOTAL, ("    items", "    return\n    items")), "tolerance"),
        (
            TOTAL,
            swapped(TOTAL, ("    assert result", "    if not result:\n        return\n    assert result")),
            "tolerance",
        ),
        (
            TOTAL,
            swapped(
                TOTAL,
                ("    assert result == 3", "    try:\n        assert result == 3\n    except Exception:\n        pass"),
            ),
            "tolerance",
        ),
        (
            TOTAL,
            swapped(
                TOTAL, ("    assert result", "    with contextlib.suppress(AssertionError):\n        assert result")
            ),
            "tolerance",
        ),
        (TOTAL, swapped(TOTAL, ("    assert result", "    for _ in []:\n        assert result")), "tolerance"),
        (TOTAL, swapped(TOTAL, ("    assert result", "    if False:\n        assert result")), "tolerance"),
        (RAISES, swapped(RAISES, ('ValueError, match="negative"', "Exception")), "tolerance"),
        (RAISES, swapped(RAISES, (', match="negative"', "")), "tolerance"),
        (
            RAISES,
            swapped(RAISES, ('pytest.raises(ValueError, match="negative")', "suppress(ValueError)")),
            "no-assertion",
        ),
        (ROWS, swapped(ROWS, (", ([], 0)", "")), "tolerance"),
        (ROWS, swapped(ROWS, ("([], 0)", "pytest.param([], 0, marks=pytest.mark.skip)")), "tolerance"),
        (UNIT, swapped(UNIT, ("delta=0.001", "delta=1000")), "tolerance"),
        (UNIT, swapped(UNIT, ("assertEqual(total([1, 2]), 3)", "assertTrue(total([1, 2]))")), "weaker-assertion"),
        (UNIT, swapped(UNIT, ("assertEqual(total([1, 2]), 3)", "assertEqual(total([1, 2]), mock.ANY)")), "tolerance"),
        (UNIT, swapped(UNIT, ("(unittest.TestCase)", "")).replace("ShopTest", "Shop"), "uncollected"),
        (
            of_test("assert total([0.1]) == approx(0.1, abs=1e-6)"),
            of_test("assert total([0.1]) == approx(0.1, abs=10)"),
            "tolerance",
        ),
        (of_test("assert total([0.1]) < 0.2"), of_test("assert total([0.1]) < 20"), "tolerance"),
        (of_test("assert total([0.1]) == 0.1"), of_test("assert total([0.1]) == approx(0.1, rel=5)"), "tolerance"),
        (TOTAL, swapped(TOTAL, ("result == 3", "result == 4")), "expectation-changed"),
    ],
)
def test_a_weaker_test_is_told(before: str, after: str | None, expected: str) -> None:
    assert rules(judged(before, after)) == {expected}


def test_an_assertion_that_is_not_awaited_is_told() -> None:
    before = "async def test_total():\n    await assert_total([1], 1)\n    assert await total([1]) == 1\n"
    assert rules(judged(before, before.replace("    await assert", "    assert"))) == {"tolerance"}
    assert rules(judged(before, before.replace("assert await total", "assert total"))) == {"tolerance"}
    assert not judged(before, before.replace("await ", "").replace("async ", ""))


def test_a_list_of_cases_with_a_name_is_shortened() -> None:
    before = (
        'CASES = [1, 2, 3]\n\n@pytest.mark.parametrize("n", CASES)\ndef test_each(n):\n    assert total([n]) == n\n'
    )
    assert rules(judged(before, before.replace("1, 2, 3", "1"))) == {"tolerance"}
    assert not judged(before, before.replace("1, 2, 3", "1, 2, 3, 4"))


def test_a_helper_that_asserts_less_is_told() -> None:
    before = "def check(result):\n    assert result == 3\n    assert result.tax == 0\n\n"
    before += "def test_total():\n    check(total([3]))\n"
    assert rules(judged(before, before.replace("    assert result.tax == 0\n", ""))) == {"fewer-assertions"}
    assert rules(judged(before, before.replace("    check(total([3]))\n", "    total([3])\n"))) == {"no-assertion"}


def test_a_class_is_switched_off() -> None:
    before = "class TestShop:\n    def test_total(self):\n        assert total([1]) == 1\n"
    assert rules(judged(before, before.replace("class TestShop", "class OldShop"))) == {"uncollected"}
    assert rules(judged(before, before.replace(":\n    def", ":\n    __test__ = False\n    def", 1))) == {"uncollected"}
    assert rules(judged(before, before + "\nTestShop.__test__ = False\n")) == {"uncollected"}


def test_a_file_that_is_moved_where_no_runner_looks() -> None:
    for new in ("tests/shop_old.py", "tests/test_shop.py.bak", "old/shop.py"):
        base, head = {**CODE, PATH: TOTAL + RAISES}, {**CODE, new: TOTAL + RAISES}
        assert rules(compared(base, head, tests, {new: PATH})) == {"uncollected"}, new


def test_files_of_odd_names_may_be_renamed_where_others_run_under_such_names() -> None:
    base = {"tests/test_shop.py": TOTAL, "tests/models.py": RAISES}
    head = {"tests/shop.py": TOTAL, "tests/models.py": RAISES}
    assert not compared(base, head, tests, {"tests/shop.py": "tests/test_shop.py"})


GUARDED = TOTAL + RAISES + ROWS


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (TOTAL, TOTAL.replace("test_total", "test_sum_of_items")),
        (TOTAL + RAISES, RAISES + TOTAL),
        (
            TOTAL,
            TOTAL.replace("    assert result == 3", "    # three\n    assert (\n        result\n        == 3\n    )"),
        ),
        (TOTAL, TOTAL.replace("result", "answer")),
        (TOTAL, TOTAL.replace("result == 3", "result == 3, 'sum'")),
        (TOTAL, TOTAL.replace("result == 3", "result == 3 and total([2]) == 2")),
        (
            TOTAL,
            of_test("items = [1, 2]", "result = total(items)", "assert result == 3")
            + "\ndef test_empty():\n    assert total([]) == 0\n",
        ),
        (
            of_test("assert total([1]) == 1") + "\ndef test_two():\n    assert total([2]) == 2\n",
            '@pytest.mark.parametrize("n", [1, 2])\ndef test_both(n):\n    assert total([n]) == n\n',
        ),
        (
            of_test("items = read()", "assert 'a' in items", "assert 'b' in items"),
            of_test("items = read()", "assert items == ['a', 'b']"),
        ),
        (
            of_test("user = read()", "assert user.name == 'a'", "assert user.age == 3"),
            of_test("user = read()", "assert user == User(name='a', age=3)"),
        ),
        (
            TOTAL,
            "def same(result):\n    assert result == 3\n    assert total([]) == 0\n\n"
            "def test_total():\n    items = [1, 2]\n    result = total(items)\n    same(result)\n",
        ),
        (
            "def test_a():\n    assert total([1]) == 1\n\ndef test_b():\n    assert total([2]) == 2\n",
            "def test_ab():\n    assert total([1]) == 1\n    assert total([2]) == 2\n",
        ),
        (of_test("assert total([1]) is True"), of_test("assert total([1])")),
        (
            of_test("assert total([1]) == 1"),
            "class TestShop:\n    def test_total(self):\n        assert total([1]) == 1\n",
        ),
        (UNIT, "def test_total():\n    assert total([1, 2]) == 3\n    assert total([0.1]) == approx(0.1, abs=0.001)\n"),
        (TOTAL, "@pytest.mark.slow\n" + TOTAL.lstrip()),
        (TOTAL, "@pytest.mark.skipif(False, reason='x')\n" + TOTAL.lstrip()),
        (TOTAL, TOTAL + "@pytest.mark.skip\ndef test_later():\n    assert 0 == 1\n"),
        (of_test("assert total([1]) == 1") * 2, of_test("assert total([1]) == 1")),
        (of_test("assert 3 == total([3])"), of_test("assert total([3]) == 3")),
        (of_test("assert total([0.1]) < 20"), of_test("assert total([0.1]) < 2")),
        (of_test("assert total([0.1]) == approx(0.1, abs=10)"), of_test("assert total([0.1]) == approx(0.1)")),
        (RAISES, RAISES.replace("ValueError", "shop.ValueError")),
    ],
)
def test_a_rework_is_let_through(before: str, after: str) -> None:
    blocked = {rule.name for rule in tests.rules if rule.agent == "block"}
    assert not [finding for finding in judged(before, after) if finding.rule in blocked]


def test_a_test_moves_to_another_file() -> None:
    base = {**CODE, PATH: TOTAL + RAISES}
    head = {**CODE, PATH: RAISES, "tests/test_sums.py": TOTAL}
    assert not compared(base, head, tests)
    assert not compared(base, {**CODE, "tests/test_sums.py": TOTAL + RAISES}, tests, {"tests/test_sums.py": PATH})


def test_assertions_move_to_a_helper_of_another_file() -> None:
    head = "from tests.sums import same\n\ndef test_total():\n    result = total([1, 2])\n    same(result)\n"
    helper = "def same(result):\n    assert result == 3\n    assert total([]) == 0\n"
    for there in (True, False):  # written for this, or there before
        base = {**CODE, PATH: TOTAL, **({"tests/sums.py": helper} if there else {})}
        assert not compared(base, {**CODE, PATH: head, "tests/sums.py": helper}, tests), there
    empty = {**CODE, PATH: head, "tests/sums.py": "def same(result):\n    pass\n"}
    assert rules(compared({**CODE, PATH: TOTAL}, empty, tests)) == {"no-assertion"}


CHANGED = {"shop.py": "def total(items, tax=0):\n    return sum(items) + 2 * tax\n"}


def test_with_a_change_of_code_a_lost_test_stops_an_agent_only() -> None:
    found = judged(TOTAL + RAISES, RAISES, CHANGED)
    assert rules(found) == {"lost-with-code"}
    rule = next(rule for rule in tests.rules if rule.name == "tests:lost-with-code")
    assert (rule.agent, rule.person, rule.nameable) == ("block", "show", True)
    fewer = TOTAL.replace("    assert total([]) == 0\n", "")
    assert rules(judged(TOTAL, fewer, CHANGED)) == {"fewer-assertions-with-code"}


@pytest.mark.parametrize(
    "text",
    [
        "# changed\n" + CODE["shop.py"],
        CODE["shop.py"].replace(":\n", ':\n    """Sum."""\n', 1),
        CODE["shop.py"] + "\n\n\n",
    ],
)
def test_a_comment_is_no_change_of_code(text: str) -> None:
    assert rules(judged(TOTAL + RAISES, RAISES, {"shop.py": text})) == {"lost"}


def test_settings_and_documents_are_no_code() -> None:
    for path in ("docs/conf.py", "noxfile.py", "README.md", "examples/a.py", "tests/data.py"):
        base, head = {**CODE, PATH: TOTAL + RAISES}, {**CODE, PATH: RAISES, path: "x = 1\n"}
        assert rules(compared(base, head, tests)) == {"lost"}, path


@pytest.mark.parametrize(
    ("code", "test"),
    [
        ("def total(items):\n    return sum(items)\n", of_test("assert total([1], tax=2) == 3")),
        ("def total(items, tax=0):\n    return 1\n", of_test("assert discount([1]) == 3")),
        ("class Shop:\n    def open(self): ...\n", of_test("assert Shop().closed == 3")),
        ("def main(): return ['--tax']\n", of_test("assert run('--discount') == 3")),
    ],
)
def test_a_test_that_goes_with_what_it_is_about_is_shown(code: str, test: str) -> None:
    before = {
        "shop.py": "def total(items, tax=0):\n    return sum(items)\n\ndef discount(items): ...\n"
        "class Shop:\n    closed = False\n    def open(self): ...\n"
        "def main(): return ['--tax', '--discount']\n"
    }
    after = {"shop.py": code + "def main(): return ['--tax']\n" if "main" not in code else code}
    found = compared({**before, PATH: test + RAISES}, {**after, PATH: RAISES}, tests)
    assert rules(found) == {"removed-with-subject"}
    rule = next(rule for rule in tests.rules if rule.name == "tests:removed-with-subject")
    assert (rule.agent, rule.person) == ("show", "show")


def test_a_subject_that_is_defined_elsewhere_is_not_gone() -> None:
    base = {
        "a.py": "def discount(): ...\n",
        "b.py": "def discount(): ...\n",
        PATH: of_test("assert discount() == 1") + RAISES,
    }
    head = {"a.py": "x = 1\n", "b.py": base["b.py"], PATH: RAISES}
    assert rules(compared(base, head, tests)) == {"lost-with-code"}


def test_a_subject_that_only_moved_is_not_gone() -> None:
    base = {"a.py": "def discount(): ...\n", PATH: of_test("assert discount() == 1") + RAISES}
    head = {"a.py": "from b import discount\n", "b.py": "def discount(): ...\n", PATH: RAISES}
    assert rules(compared(base, head, tests)) == {"lost-with-code"}


def test_the_name_of_a_finding_is_that_of_the_test_in_base() -> None:
    (found,) = judged(
        TOTAL.replace("test_total", "test_old"), TOTAL.replace("test_total", "test_new").replace("result == 3", "True")
    )
    assert found.name == f"{PATH}::test_old"
    assert (found.path, found.line, found.direction) == (PATH, 2, "safeguard")
    (gone,) = judged(TOTAL + RAISES, None)
    assert (gone.name, gone.path) == (PATH, PATH)
    assert "`test_total`, `test_refuses`" in gone.message


def test_a_file_that_cannot_be_parsed_decides_nothing() -> None:
    given = pair({PATH: TOTAL}, {PATH: "def test_total(:\n"}, tests)
    report = tests.compare(given, {})
    assert not report.findings
    assert report.reason.startswith(f"{PATH} cannot be parsed")


def test_a_file_that_could_not_be_parsed_before_is_no_loss() -> None:
    assert not compared({PATH: "def test_total(:\n"}, {PATH: TOTAL}, tests)


def test_a_change_without_tests_reads_nothing() -> None:
    def no_facts(path: str) -> object:
        raise AssertionError(path)

    given: Pair = pair(CODE, CHANGED, tests)._replace(base_facts=no_facts, head_facts=no_facts)
    assert tests.compare(given, {}) == Report((), 0)


def test_options_name_tests_of_odd_places() -> None:
    base, head = {"checks/shop.py": TOTAL + RAISES}, {"checks/shop.py": RAISES}
    assert not tests.compare(pair(base, head, tests), {}).findings
    options = {"tests": ["checks/*.py"]}
    assert rules(tests.compare(pair(base, head, tests, {}, options), options).findings) == {"lost"}


def test_every_finding_has_a_rule_and_a_fix() -> None:
    found = judged(
        GUARDED, GUARDED.replace("result == 3", "True").replace(", ([], 0)", "").replace("negative", "other")
    )
    named = {rule.name: rule.fix for rule in tests.rules}
    assert {finding.rule: finding.fix for finding in found}.items() <= named.items()
    assert all(finding.check == tests.name and finding.name and finding.message for finding in found)


def test_names_of_rules_are_told_apart() -> None:
    assert len({rule.name for rule in tests.rules}) == len(tests.rules)
    assert all(rule.why and rule.fix and not rule.fix.endswith(".") for rule in tests.rules)


def test_marks_of_the_class_hold_for_its_tests() -> None:
    before = dedent(
        """
        class TestShop:
            def test_total(self):
                assert total([1]) == 1
        """
    )
    assert rules(judged(before, before.replace("class", "@pytest.mark.skip\nclass"))) == {"skipped"}


SIGNATURE = """res.json = function json(obj) {
  var val = obj;

  // support res.json(status, obj)
  if (arguments.length === 2) {
    deprecate('res.json(status, obj): Use res.status(status).json(obj) instead');
    this.statusCode = arguments[0];
    val = arguments[1];
  }

  return this.send(stringify(val));
};
"""
REMOVED = """res.json = function json(obj) {
  return this.send(stringify(obj));
};
"""
REWRITTEN = """res.json = function json(obj, options) {
  var chunks = Array.from(obj.chunks);
  return this.write(chunks, Object.assign({}, options));
};
"""
JSON_TEST = """it('responds with json and a status', function (done) {
  app.use(function (req, res) { res.json(201, { id: 1 }); });
  request(app).get('/').expect(201, '{"id":1}', done);
});
"""
OTHER = "it('works', function () { expect(send()).toBe(1); });\n"


def test_a_test_of_a_signature_that_goes_is_shown() -> None:
    now = SIGNATURE.replace("deprecate", "log")
    for before, code, rule in (
        (now, REMOVED, "removed-with-subject"),
        (now, REWRITTEN, "lost-with-code"),
        (SIGNATURE, REWRITTEN, "removed-with-subject"),
    ):
        base = {"lib/response.js": before, "test/res.js": JSON_TEST + OTHER}
        assert rules(compared(base, {"lib/response.js": code, "test/res.js": OTHER}, tests)) == {rule}, code


def test_a_removal_that_the_test_has_nothing_to_do_with_lets_no_test_go() -> None:
    unused = "\nfunction leftOver(first, second) {\n  var spare = first + second;\n  return spare;\n}\n"
    base = {"lib/response.js": SIGNATURE + unused, "test/res.js": JSON_TEST + OTHER}
    head = {"lib/response.js": SIGNATURE, "test/res.js": OTHER}
    assert rules(compared(base, head, tests)) == {"lost-with-code"}


SHOP = """class Shop:
    def __init__(self, items):
        self.items = [as_price(item) for item in items]


def as_price(item):
    return round(item, 2)


def greeting(name):
    return 'hello ' + name
"""
PRICED = of_test("shop = Shop([1.005])", "assert shop.items == [1.0]", "assert shop.items[0] >= 1")


def test_an_assertion_may_not_go_beside_a_change_that_it_has_nothing_to_do_with() -> None:
    fewer = PRICED.replace("    assert shop.items == [1.0]\n", "")
    assert fewer != PRICED
    base = {"shop.py": SHOP, PATH: PRICED}
    for before, after, rule in (
        ("'hello '", "'good day '", "fewer-assertions-aside"),
        ("round(item, 2)", "round(item, 3)", "fewer-assertions-with-code"),  # what `Shop` calls
        ("[as_price", "[-as_price", "fewer-assertions-with-code"),
        ("def greeting", "def spare():\n    return 1\n\n\ndef greeting", "fewer-assertions-aside"),
    ):
        head = {"shop.py": SHOP.replace(before, after), PATH: fewer}
        assert head["shop.py"] != SHOP
        assert rules(compared(base, head, tests)) == {rule}, after
    kinds = {rule.name: rule for rule in tests.rules}
    aside = kinds["tests:fewer-assertions-aside"]
    assert (aside.agent, aside.person, aside.nameable, aside.kind) == ("block", "show", True, "tests:fewer-assertions")


def test_what_a_fixture_of_the_file_calls_counts_as_used() -> None:
    fixture = "import pytest\n\n@pytest.fixture\ndef shop():\n    return Shop([1])\n\n"
    test = "def test_shop(shop):\n    assert shop.size == 1\n    assert shop.items == [1]\n"
    base = {"shop.py": SHOP, PATH: fixture + test}
    head = {
        "shop.py": SHOP.replace("round(item, 2)", "item"),
        PATH: fixture + test.replace("    assert shop.size == 1\n", ""),
    }
    assert rules(compared(base, head, tests)) == {"fewer-assertions-with-code"}


def test_a_check_for_none_is_no_loss_where_the_value_is_taken_apart_all_the_same() -> None:
    base = of_test("found = total([])", "assert found is not None", "found.close()", "assert count() == 0")
    assert not judged(base, base.replace("    assert found is not None\n", ""))
    unused = base.replace("found.close()", "close(found)")
    assert rules(judged(unused, unused.replace("    assert found is not None\n", ""))) == {"fewer-assertions"}


def test_assertions_move_to_functions_that_are_rows_of_parameters() -> None:
    base = of_test("assert total([1]) == 1")
    head = (
        "import pytest\n\ndef one():\n    assert total([1]) == 1\n\ndef two():\n    assert total([2]) == 2\n\n"
        "@pytest.mark.parametrize('check', [one, two])\n" + of_test("check()").replace("():", "(check):")
    )
    assert not judged(base, head)


def test_assertions_about_parts_give_way_to_one_about_the_whole_text() -> None:
    parts = of_test(
        "text = report()",
        "assert 'two apples' in text",
        "assert 'one melon' in text",
        "assert 'three pears' not in text",
    )
    whole = "WHOLE = '''\\\ntwo apples\n\none melon\n'''\n\n" + of_test("text = report()", "assert text == WHOLE")
    assert not judged(parts, whole)
    assert not judged(parts + RAISES, whole.replace("test_total", "test_the_whole_report") + RAISES)
    less = whole.replace("one melon\n", "").replace("test_total", "test_the_whole_report")
    assert rules(judged(parts + RAISES, less + RAISES)) == {"lost"}


@pytest.mark.parametrize(
    ("operator", "expected", "part"),
    [
        ("in", "'two apples'", True),
        ("in", "'three pears'", False),
        ("not in", "'three pears'", True),
        ("not in", "'two apples'", False),
        ("in", "'ap'", False),  # too short to tell
        ("in", "other", False),
    ],
)
def test_what_is_part_of_a_whole(operator: str, expected: str, *, part: bool) -> None:
    assert is_part(Assertion(CONTAINS, "text", operator, expected), ("two apples and one melon",)) is part


def test_a_subject_that_another_file_defines_too_goes_with_the_test_that_has_its_name() -> None:
    code = "package view\n\nfunc buildURL(owner string) string {\n\treturn prefix + owner + suffix\n}\n"
    test = "func %s(t *testing.T) {\n\turl := buildURL(owner)\n\tassert.Equal(t, wanted, url)\n}\n"
    rest = "package view\n\nfunc TestOther(t *testing.T) {\n\tassert.True(t, ready())\n}\n"
    other = {"b/url.go": code}
    for name, rule in (("TestBuildURLViewer", "removed-with-subject"), ("TestViewer", "lost-with-code")):
        base = {"a/view.go": code + "\nvar x = 1\n", "a/view_test.go": rest + test % name, **other}
        head = {"a/view.go": "package view\n\nvar x = 1\n", "a/view_test.go": rest, **other}
        assert rules(compared(base, head, tests)) == {rule}, name


SKIPS = "def pytest_collection_modifyitems(items):\n    for item in items:\n        item.add_marker(pytest.mark.skip)\n"
ASKS = (
    "def pytest_collection_modifyitems(config, items):\n    for item in items:\n"
    "        if 'slow' in item.keywords:\n            item.add_marker(pytest.mark.skip)\n"
)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("", SKIPS, {"skipped"}),
        ("import pytest\n", "import pytest\n" + SKIPS, {"skipped"}),
        ("", ASKS, {"skipped-conditionally"}),
        (SKIPS, SKIPS + "\nx = 1\n", set()),
        ("", "def pytest_ignore_collect(path):\n    return True\n", {"skipped"}),
        ("", "collect_ignore = ['test_shop.py']\n", {"uncollected"}),
        ("collect_ignore = ['setup.py']\n", "collect_ignore = ['setup.py', 'test_shop.py']\n", {"uncollected"}),
        ("", "collect_ignore_glob = ['*shop*']\n", {"uncollected"}),
        ("", "collect_ignore = ['setup.py', 'data']\n", set()),  # nothing that holds tests
        ("", "collect_ignore = [name for name in given()]\n", set()),
        ("collect_ignore = ['setup.py', 'a.py']\n", "collect_ignore = ['setup.py']\n", set()),
        ("", "@pytest.fixture\ndef shop():\n    return Shop()\n", set()),
    ],
)
def test_a_conftest_that_switches_off_all_tests_beside_it(before: str, after: str, said: set[str]) -> None:
    base = {**CODE, PATH: TOTAL, **({"tests/conftest.py": before} if before else {})}
    head = {**CODE, PATH: TOTAL, "tests/conftest.py": after}
    assert rules(compared(base, head, tests)) == said
    known = pair(base, head, cast("Comparer", tests))._replace(runners=frozenset(("pytest",)))
    assert not tests.compare(known, {}).findings, "pytest itself tells what it did not run"
