"""Conditions that always come out the same, in Python and in languages with braces, and those that do not."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualitygate.checks.safeguards.inventory import constants, python_constants

ALWAYS = (
    *("True", "1", "'text'", "not False", "not 0", "True or slow", "slow or not slow", "1 == 1", "2 > 1", "x == x"),
    *(
        "sys.version_info >= (3,)",
        "sys.version_info > (2, 7)",
        "sys.version_info[0] == 3",
        "sys.version_info.major >= 3",
    ),
    *(
        "sys.version_info < (4,)",
        "__name__ != '__main__'",
        "bool(1)",
        "len('ab') == 2",
        "3 in (1, 2, 3)",
        "ON",
        "lambda: 0",
    ),
)
NEVER = (
    *(
        "False",
        "0",
        "''",
        "None",
        "[]",
        "not True",
        "slow and False",
        "1 == 2",
        "x != x",
        "TYPE_CHECKING",
        "t.TYPE_CHECKING",
    ),
    *("sys.version_info < (3,)", "sys.version_info[0] < 3", "__name__ == '__main__'", "OFF", "4 in (1, 2)"),
)
DEPENDS = (
    *("slow", "not slow", "slow or fast", "slow and fast", "True and slow", "sys.platform == 'win32'", "f(1) == f(1)"),
    *(
        "sys.version_info >= (3, 13)",
        "sys.version_info < (3, 12)",
        "os.environ.get('NEVER')",
        "os.name == 'nt'",
        "a < b < c",
    ),
    *("sys.version_info[1] >= 3", "1 / 0", "len(x)", "x in (1, 2)", "__name__ == other"),
)
NAMES = {"ON": 1, "OFF": 0}


@pytest.mark.parametrize(
    ("text", "expected"),
    [(text, holds) for texts, holds in ((ALWAYS, True), (NEVER, False), (DEPENDS, None)) for text in texts],
)
def test_a_condition_of_python(text: str, expected: bool | None) -> None:
    node = ast.parse(text, mode="eval").body
    assert python_constants.truth(node, NAMES) is expected
    if text not in ("'text'", "''"):
        assert python_constants.condition(ast.Constant(text), NAMES) is expected


@given(st.text(alphabet="not TrueFalse10andor()=<>![]sys.version_info,' ", max_size=60))
def test_a_condition_that_is_decided_is_what_python_makes_of_it(text: str) -> None:
    try:
        node = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError):
        return
    decided = python_constants.truth(node)
    if decided is not None and not any(
        isinstance(each, (ast.Name, ast.Attribute, ast.Call)) for each in ast.walk(node)
    ):
        try:
            assert bool(eval(compile(ast.Expression(node), "<text>", "eval"), {})) is decided
        except TypeError:
            pass


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *(
            (text, True)
            for text in ("true", "! false", "true || slow", "1 == 1", "( true )", "! ( false )", "2 > 1", "'a'")
        ),
        *((text, False) for text in ("false", "! true", "slow && false", "1 == 2", "null", "! ! false", "x != x", "0")),
        *((text, None) for text in ("slow", "! slow", "slow || fast", "f ( ) == f ( )", "a == b", "true && slow", "")),
    ],
)
def test_a_condition_in_braces(text: str, expected: bool | None) -> None:
    assert constants.truth(text.split()) is expected


@given(st.lists(st.sampled_from(["true", "false", "!", "(", ")", "&&", "||", "==", "1", "x", "<", "'"]), max_size=30))
def test_any_tokens_are_read(words: list[str]) -> None:
    assert constants.truth(words) in (True, False, None)
