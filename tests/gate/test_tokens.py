from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualitygate.gate.tokens import Lexed, lex


def tokens(source: str | bytes) -> list[str]:
    data = source if isinstance(source, bytes) else source.encode()
    return lexed(data).tokens


def lexed(data: bytes) -> Lexed:
    found = lex("a.py", data)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("x=[1,2]", "x = [\n    1,\n    2,\n]\n", id="magic comma"),
        pytest.param("f('a')", 'f("a")', id="quotes"),
        pytest.param("f('it\\'s')", 'f("it\'s")', id="escaped quote"),
        pytest.param("x = U'a' + B'b' + F'{a}'", 'x = "a" + b"b" + f"{a}"', id="prefixes"),
        pytest.param("f('a' 'b')", 'f("ab")', id="joined strings"),
        pytest.param("f(f'{a}' 'b')", 'f(f"{a}b")', id="joined with an f-string"),
        pytest.param("f(f'{ a[\"b\"] }')", "f(f\"{a['b']}\")", id="f-string fields"),
        pytest.param("f('\\xAB')", 'f("\\xab")', id="hexadecimal escape"),
        pytest.param('def f():\n  """  a\n  b """', 'def f():\n    """a\n    b"""', id="docstring"),
        pytest.param("x = 0XFF + 1E5 + .5 + 5. + 10L", "x = 0xff + 1e5 + 0.5 + 5.0 + 10l", id="numbers"),
        pytest.param("a; b", "a\nb", id="semicolon"),
        pytest.param("x = a + \\\n  b", "x = (\n    a\n    + b\n)", id="continuation"),
        pytest.param("class A(): pass", "class A:\n    pass", id="empty bases"),
        pytest.param("x  # why\n", "#why\nx\n", id="comments"),
        pytest.param("if x:\n\ty", "if x:\n        y", id="tabs"),
        pytest.param("a\r\nb\r\n", "a\nb\n", id="carriage returns"),
        pytest.param("a\rb\r", "a\nb\n", id="old line ends"),
        pytest.param(b"\xef\xbb\xbfx = 1", b"x = 1", id="byte order mark"),
        pytest.param(b"x\x00 = 1", b"x = 1", id="nul"),
        pytest.param("x=-1", "x = -1", id="unary minus"),
    ],
)
def test_what_a_formatter_changes_is_not_seen(before: str | bytes, after: str | bytes) -> None:
    assert tokens(before) == tokens(after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x == None", "x is None"),
        ("f('a')", "f('b')"),
        ("f('a')", "f(b'a')"),
        ("f('a', 'b')", "f('a' 'b')"),
        ("a < b", "a <= b"),
        ("a ** b", "a * b"),
        ("x: int", "x = int"),
        ("'a\\nb'", "'anb'"),
        ("a\n'b'\n'c'", "a\n'bc'"),
    ],
)
def test_what_a_programmer_changes_is_seen(before: str, after: str) -> None:
    assert tokens(before) != tokens(after)


@pytest.mark.parametrize(
    "source",
    [
        b"",
        b"print 'a' % `b`, 0777, 5L\nexec 'x' in d\nraise E, 'm'\nif a <> b: pass\n",
        b"x = '\xe4\xf6'\n",
        b"def f(:\n    return ((\n",
        b'"""never closed\nx = 1\n',
        b"'never closed\nx = 1\n",
        b"'\\",
        b"\\",
        b'f"{x["a"]}"\n',
        "名 = 'ü' + ∑\n".encode(),
        b"\x00\x01\xff\xfe",
        b"\xff\xfea\x00=\x001\x00",
    ],
)
def test_nothing_is_too_broken(source: bytes) -> None:
    found = lexed(source)
    assert len(found.tokens) == len(found.starts) == len(found.ends)
    assert found.starts == sorted(found.starts)


@given(st.binary(max_size=200) | st.text("'\"\\\n\r#([{,; rbfu0x.ea=", max_size=60).map(str.encode))
def test_any_bytes_give_tokens_in_order(data: bytes) -> None:
    found = lexed(data)
    spans = list(zip(found.starts, found.ends, strict=True))
    assert all(start < end for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    assert len(found.tokens) == len(spans)
    assert found.lines == sorted(found.lines)
    assert len(found.lines) == len(found.text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))


def test_lines_and_columns() -> None:
    found = lexed(b"a = '''x\ny''' + b\n\tc\n")
    where = {t: (found.line(s), found.column(s)) for t, s in zip(found.tokens, found.starts, strict=True)}
    assert where["b"] == (2, 8)
    assert where["c"] == (3, 2)
    assert found.offset(3, 2) == found.starts[-1]
    assert found.offset(3, 99) == found.ends[-1]
    assert found.offset(4, 1) == len(found.text)


def test_logical_lines() -> None:
    found = lexed(b"a = (1,\n  2)\nb; c\nif x: y\n")
    assert [found.tokens[i] for i in found.breaks] == ["a", "b", "c", "if"]


def test_an_open_bracket_ends_at_the_next_definition() -> None:
    found = lexed(b"x = (1,\ndef f():\n    pass\n")
    assert [found.tokens[i] for i in found.breaks] == ["x", "def", "pass"]


def test_comments_are_kept_aside() -> None:
    found = lexed(b"x = '# no'  # yes\n")
    assert [found.text[a:b] for a, b in found.comments] == ["# yes"]


@pytest.mark.parametrize(
    ("path", "known"),
    [("a.py", True), ("d.d/A.PYI", True), ("a.txt", False), ("py", False), (".py", True), ("a.py/b", False)],
)
def test_language_by_name(path: str, known: bool) -> None:
    assert (lex(path, b"x") is not None) is known


def test_a_huge_file_has_no_tokens() -> None:
    assert lex("a.py", b"x\n" * 3_000_000) is None
