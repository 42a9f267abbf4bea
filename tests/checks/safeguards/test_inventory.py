"""Inventories read any text without failing, and find the tests that were put there."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualitygate.checks.safeguards import tests
from qualitygate.checks.safeguards.inventory.braces import again, lex, lex_javascript
from qualitygate.checks.safeguards.inventory.case import held
from qualitygate.checks.safeguards.inventory.places import is_product, is_test, language, named_as_test
from qualitygate.checks.safeguards.inventory.reading import body, read
from qualitygate.checks.safeguards.inventory.words import contained, likeness, pairs, python_words
from tests.checks.safeguards.pairs import compared

PATHS = (
    "a.test.ts",
    "a.test.tsx",
    "test/a.js",
    "a_test.go",
    "src/a.rs",
    "ATest.java",
    "ATest.kt",
    "a_spec.rb",
    "test_a.py",
)
_PIECES = st.sampled_from(
    [
        *(
            "it(",
            "test(",
            "describe('a', ",
            "() => {",
            "})",
            ")",
            "}",
            "{",
            "(",
            "[",
            "]",
            "`${",
            "`",
            '"',
            "'",
            "\n",
            " ",
            ";",
            ",",
        ),
        *(
            "expect(a).toBe(1)",
            "expect(",
            ".each([1])",
            ".skip",
            "return",
            "try {",
            "} catch {",
            "assert",
            "should.",
            "<p>",
            "/x/",
            "//",
        ),
        *(
            "func TestA(t *testing.T) {",
            "t.Error()",
            "if a != b {",
            "#[test]",
            "fn a() {",
            "assert_eq!(a, b);",
            "mod t {",
            'r#"',
            "'a",
        ),
        *(
            "@Test",
            "void a() {",
            "class A {",
            "fun `a b`() =",
            "assertThat(a).isEqualTo(1)",
            "shouldBe",
            '"""',
            "it 'a' do",
            "end",
        ),
        *(
            "def test_a():\n    assert a == 1\n",
            "class TestA:\n",
            "    def test_b(self):\n        pass\n",
            "x = [1]\n",
            "@mark\n",
            "\\",
            "é",
        ),
    ]
)
TEXTS = st.lists(_PIECES, max_size=30).map("".join) | st.text(max_size=200)


@settings(max_examples=200, deadline=None)
@given(TEXTS, st.sampled_from(PATHS))
def test_any_text_gives_plain_facts_that_are_read_back(text: str, path: str) -> None:
    found = tests.extract(path, text.encode("utf-8", "replace"), {})
    assert json.loads(json.dumps(found)) == found
    kept = held(found)
    for case in (*kept.tests, *kept.others):
        reading = read(case, language(path), kept.tables)
        assert all(assertion.strength > 0 for assertion in reading.assertions)
        assert reading.cases >= 0
        assert isinstance(body(case, language(path)), list)


@settings(max_examples=100, deadline=None)
@given(TEXTS, TEXTS, st.sampled_from(PATHS[:-1]))  # what does not parse in Python is undecided: test_kept_tests.py
def test_any_two_texts_can_be_compared_and_no_text_loses_against_itself(one: str, two: str, path: str) -> None:
    data = [text.encode("utf-8", "replace").decode() for text in (one, two)]
    compared({path: data[0]}, {path: data[1]}, tests)
    assert not compared({path: data[0]}, {path: data[0] + "\n"}, tests)


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_tokens_are_kept_one_a_line(text: str) -> None:
    for tokens in (lex(text, "go"), lex(text, "rust"), lex(text, "jvm"), lex_javascript(text, jsx=True)):
        assert again("\n".join(tokens.words))[:2] == tokens[:2]
        assert all(tokens.partner[partner] == at for at, partner in enumerate(tokens.partner) if partner >= 0)
        assert len(tokens.lines) == len(tokens.words)
        assert list(tokens.lines) == sorted(tokens.lines)


@pytest.mark.parametrize("text", ['r"C:\\"', 'r#"a " b"#', 'br##"one "# two"##', 'r""'])
def test_no_raw_string_of_rust_hides_the_tests_below_it(text: str) -> None:
    code = f"#[test]\nfn one() {{\n    assert_eq!({text}, it());\n}}\n\n#[test]\nfn two() {{\n    assert!(it());\n}}\n"
    assert [test[:2] for test in tests.extract("tests/a.rs", code.encode(), {})["tests"]] == [["one", 2], ["two", 7]]


def test_facts_of_a_pending_test_are_plain_json() -> None:
    found = tests.extract("a_spec.rb", b'it "later"\n', {})
    assert found["tests"] == [["later", 1, ["pending"], "", "test"]]


_NAMES = st.from_regex(r"q[a-z]{1,7}", fullmatch=True)  # no keyword of any language begins so


@settings(max_examples=50, deadline=None)
@given(st.lists(_NAMES, min_size=1, max_size=6, unique=True), st.integers(1, 4))
def test_every_test_that_is_written_is_found_with_its_assertions(names: list[str], count: int) -> None:
    python = "".join(f"def test_{name}():\n" + f"    assert {name}() == 1\n" * count for name in names)
    script = "".join(f"it('{name}', () => {{\n" + f"  expect({name}()).toBe(1)\n" * count + "})\n" for name in names)
    golang = "".join(
        f"func Test{name.title()}(t *testing.T) {{\n" + f"\tif {name}() != 1 {{\n\t\tt.Fatal()\n\t}}\n" * count + "}\n"
        for name in names
    )
    rust = "".join(f"#[test]\nfn {name}() {{\n" + f"    assert_eq!({name}(), 1);\n" * count + "}\n" for name in names)
    ruby = "".join(f'it "{name}" do\n' + f"  expect({name}()).to eq(1)\n" * count + "end\n" for name in names)
    java = "".join(f"@Test\nvoid {name}() {{\n" + f"  assertEquals(1, {name}());\n" * count + "}\n" for name in names)
    given_ = {
        "test_a.py": python,
        "a.test.js": script,
        "a_test.go": golang,
        "tests/a.rs": rust,
        "a_spec.rb": ruby,
        "ATest.java": java,
    }
    for path, text in given_.items():
        kept = held(tests.extract(path, text.encode(), {}))
        assert len(kept.tests) == len(names), path
        assert [len(read(case, language(path), {}).assertions) for case in kept.tests] == [count] * len(names), path


@settings(max_examples=100, deadline=None)
@given(st.lists(_NAMES, max_size=20), st.lists(_NAMES, max_size=20))
def test_likeness_is_a_share(left: list[str], right: list[str]) -> None:
    one, two = pairs(left), pairs(right)
    assert 0 <= likeness(one, two) <= 1
    assert likeness(one, two) == pytest.approx(likeness(two, one))
    assert likeness(one, one) == contained(one, one) == 1


@pytest.mark.parametrize("text", ["a == 'x'", 'a=="x"  # why', "a == (\n    'x'\n)", "a == u'x'"])
def test_layout_quotes_and_comments_do_not_count_in_python(text: str) -> None:
    assert [word for word in python_words(text) if word not in "()"] == ["a", "=", "=", '"x"']


@pytest.mark.parametrize(
    ("path", "test", "product"),
    [
        ("tests/test_a.py", True, False),
        ("tests/models.py", True, False),
        ("src/a_test.py", True, False),
        ("conftest.py", True, False),
        ("src/contest.py", False, True),
        ("src/attest/a.py", False, True),
        ("src/a.spec.ts", True, False),
        ("src/__tests__/a.tsx", True, False),
        ("src/latest.ts", False, True),
        ("vite.config.ts", False, False),
        ("pkg/a_test.go", True, False),
        ("tests/a.go", False, False),
        ("src/lib.rs", True, True),
        ("tests/it.rs", True, False),
        ("src/test/java/com/ATest.java", True, False),
        ("src/main/java/com/Attest.java", False, True),
        ("spec/a_spec.rb", True, False),
        ("app/models/a.rb", False, True),
        ("docs/conf.py", False, False),
        ("doc/man_docs.go", False, True),
        ("setup.py", False, False),
        ("README.md", False, False),
        ("templates/a.html", False, True),
        ("tests/data/a.html", False, False),
    ],
)
def test_what_is_a_test_and_what_is_the_product(path: str, test: bool, product: bool) -> None:
    assert is_test(path, {}) is test
    assert is_product(path, {}) is product


def test_names_that_runners_look_for() -> None:
    assert all(named_as_test(path) for path in ("test_a.py", "a.test.ts", "a_test.go", "ATest.java", "a_spec.rb"))
    assert not any(named_as_test(path) for path in ("tests/a.py", "a.ts", "a.go", "A.java", "spec/a.rb", "a.txt"))


def test_jsx_with_odd_brackets_loses_no_test() -> None:
    text = "it('a', () => {\n  render(<p title=\"(\">don't {x} (</p>)\n  expect(1 / 2).toBe(a) // )\n})\n"
    text += "it('b', () => { expect(b).toBe(1) })\n"
    assert [case.id for case in held(tests.extract("a.test.tsx", text.encode(), {})).tests] == ["a", "b"]


def test_a_file_too_large_is_not_read() -> None:
    assert "unread" in tests.extract("test_a.py", b"#" * 2_000_001, {})
