from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualitygate.gate.tokens import Lexed, lex


def lexed(source: str | bytes, name: str = "a.tsx") -> Lexed:
    found = lex(name, source if isinstance(source, bytes) else source.encode())
    assert found is not None
    return found


def tokens(source: str, name: str = "a.tsx") -> list[str]:
    return lexed(source, name).tokens


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("f(a,b)", "f(\n  a,\n  b,\n)\n", id="magic comma"),
        pytest.param("f('a')", 'f("a");', id="quotes and semicolon"),
        pytest.param("f('it\\'s')", 'f("it\'s")', id="escaped quote"),
        pytest.param("x => x + 1", "(x) => x + 1", id="brackets of an arrow"),
        pytest.param("x = {'a': 1, \"b\": 2}", "x = { a: 1, b: 2 }", id="quotes of keys"),
        pytest.param("x = 0XFF + 1E+5 + .5 + 5.0 + 10n", "x = 0xff + 1e5 + 0.5 + 5 + 10n", id="numbers"),
        pytest.param("a // why\nb /* so */", "a\nb", id="comments"),
        pytest.param("type A =\n  | B\n  | C", "type A = B | C", id="leading bar"),
        pytest.param("x = <a b='1'>one two</a>", 'x = (\n  <a b="1">\n    one\n    two\n  </a>\n)', id="JSX"),
        pytest.param("x = <a>b {c}</a>", 'x = <a>\n  b{" "}\n  {c}\n</a>', id="JSX white space"),
        pytest.param("x = css`\na:  b`", "x = css`\n  a: b`", id="layout in a template"),
        pytest.param("#!/usr/bin/env node\nx", "x", id="interpreter line"),
    ],
)
def test_what_a_formatter_changes_is_not_seen(before: str, after: str) -> None:
    assert tokens(before) == tokens(after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x == null", "x === null"),
        ("f('a')", "f('b')"),
        ("a < b", "a <= b"),
        ("a ?? b", "a || b"),
        ("`a ${b}`", "`a ${c}`"),
        ("`a ${b}`", "`b ${b}`"),
        ("/a/.test(b)", "/b/.test(b)"),
        ("x = <p>one</p>", "x = <p>two</p>"),
        ("x = <p a={1} />", "x = <p a={2} />"),
        ("5.0", "50"),
    ],
)
def test_what_a_programmer_changes_is_seen(before: str, after: str) -> None:
    assert tokens(before) != tokens(after)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("x = /['\"`]/; debugger", ["x", "=", "/['\"`]/", "debugger"]),
        ("x = a / b / c", ["x", "=", "a", "/", "b", "/", "c"]),
        ("if (a) { } /b'/.test(c)", ["if", "a", "/b'/", ".", "test", "c"]),
        ("return /[/]'/g", ["return", "/[/]'/g"]),
        (
            "x = `a ${b ? `c ${d}` : '}'} e`; f",
            ["x", "=", "`a ${", "b", "?", "`c ${", "d", "}`", ":", '"}"', "} e`", "f"],
        ),
        ("x = <p>don't {y} it's</p>; z", ["x", "=", "<", "p", ">", "don't", "y", "it's", "</", "p", ">", "z"]),
        ("x = <><A b='c' /></>", ["x", "=", "<", ">", "<", "A", "b", "=", '"c"', "/>", "</", ">"]),
        ("x = <T,>(y: T) => y", ["x", "=", "<", "T", ">", "y", ":", "T", "=>", "y"]),
        ("a?.b ? .5 : c", ["a", "?.", "b", "?", "0.5", ":", "c"]),
        ("this.#x = 1", ["this", ".", "#x", "=", "1"]),
    ],
)
def test_tokens(source: str, said: list[str]) -> None:
    assert tokens(source) == said


def test_a_type_in_angle_brackets_is_no_element_in_typescript() -> None:
    assert tokens("x = <T>'y'; it", "a.ts") == ["x", "=", "<", "T", ">", '"y"', "it"]


@pytest.mark.parametrize("name", ("a.js", "a.MJS", "a.cjs", "a.jsx", "a.ts", "a.mts", "a.cts", "a.d.ts", "a.tsx"))
def test_language_by_name(name: str) -> None:
    assert lex(name, b"x") is not None


def test_statements() -> None:
    found = lexed("a = {b: 1,\n c: 2}\nif (x) {\n  d; e\n}\nf\n  .g()\nh(() => {\n  i\n  j\n})\n")
    assert [found.tokens[i] for i in found.breaks] == ["a", "if", "d", "e", "f", "h", "i", "j"]


@pytest.mark.parametrize(
    "source", ["`a ${b", "<a b={", "x = <p>", "{{{", ")))", "`${`", "/*", "'\\", "\\", "x = <", "}`"]
)
def test_nothing_is_too_broken(source: str) -> None:
    for name in ("a.ts", "a.tsx"):
        found = lexed(source, name)
        assert len(found.tokens) == len(found.starts) == len(found.ends)


PIECES = st.lists(
    st.sampled_from(
        (
            *(
                "`",
                "${",
                "}",
                "{",
                "<a",
                ">",
                "</a>",
                "/>",
                "'",
                '"',
                "/",
                "\\",
                "//",
                "/*",
                "*/",
                "(",
                ")",
                "[",
                "]",
                "x",
            ),
            *("=", "\n", "return ", "1.", ".5e", "\r\n", ";", ",", "=>", "?.", "#", "é", "{' '}", "|", ":", " "),
        )
    ),
    max_size=40,
).map("".join)


@given(PIECES | st.binary(max_size=100).map(lambda data: data.decode("latin-1")), st.sampled_from(["a.ts", "a.tsx"]))
def test_any_text_gives_tokens_in_order(source: str, name: str) -> None:
    found = lexed(source, name)
    spans = list(zip(found.starts, found.ends, strict=True))
    assert all(start < end for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    assert len(found.tokens) == len(spans)
    assert all(found.tokens)
    assert found.breaks == sorted(set(found.breaks))
    assert len(found.lines) == len(found.text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    assert all(start < end for start, end in found.comments)


WORDS = [
    "a",
    "return",
    "==",
    "1",
    "'x'",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ";",
    "`t`",
    "=>",
    "b.c",
    "+",
    "!",
    "?",
    ":",
]
LAYOUT = [" ", "\n", "\t\n ", " /* why */ ", " // so\n"]


@given(st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(LAYOUT), st.sampled_from(LAYOUT)), max_size=30))
def test_layout_and_comments_are_not_seen(rows: list[tuple[str, str, str]]) -> None:
    one, other = ("".join(row[0] + row[n] for row in rows) for n in (1, 2))
    assert tokens(one) == tokens(other)
