from __future__ import annotations

import os
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualitygate.quote import clean, quoted, quoted_path, shown_path


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain text, 'as it is'", "plain text, 'as it is'"),
        ("größer 日本 🚀", "größer 日本 🚀"),
        ("a\nb\r\tc", "a\\nb\\r\\tc"),
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("\x1b]0;title\x07", "\\x1b]0;title\\x07"),
        ("\x9b31m\x7f\0", "\\x9b31m\\x7f\\x00"),
        ("user\u202etxt.exe\u2066", "user\\u202etxt.exe\\u2066"),
        ("a\u200bb\ufeffc\u2028d", "a\\u200bb\\ufeffc\\u2028d"),
        ("a\ufe0fb\U000e0101\u3164", "a\\ufe0fb\\U000e0101\\u3164"),
        ("tag\U000e0041", "tag\\U000e0041"),
        (os.fsdecode(b"caf\xe9"), "caf\\xe9"),
        ("\ud800", "\\ud800"),
        ("", ""),
    ],
)
def test_clean_leaves_only_what_can_be_seen(text: str, expected: str) -> None:
    assert clean(text) == expected


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("abcdefghij", 10, "abcdefghij"),
        ("abcdefghijk", 10, "abcdefg..."),
        ("\x1b" * 9, 10, "\\x1b..."),
        ("abc\x1b\x1b\x1b", 8, "abc..."),
        ("x" * 10_000_000, 10, "xxxxxxx..."),
    ],
)
def test_clean_never_cuts_an_escape_in_two(text: str, limit: int, expected: str) -> None:
    assert clean(text, limit) == expected


@given(st.text(st.characters(exclude_categories=())), st.integers(8, 60))
def test_clean_is_one_visible_line_within_its_limit(text: str, limit: int) -> None:
    shown = clean(text, limit)
    assert len(shown) <= limit
    assert not [c for c in shown if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")]
    assert shown.encode("utf-8").decode("utf-8") == shown


@given(st.text(st.characters(exclude_categories=())))
def test_nothing_ends_a_quote_but_its_end(text: str) -> None:
    assert quoted(text).count('"') == 2
    path = quoted_path(text, 60)
    assert path[0] == path[-1] == '"'
    assert '"' not in path[1:-1].replace("\\\\", "").replace('\\"', "")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("src/app/[id]/page-1.tsx", "src/app/[id]/page-1.tsx"),
        ("größe/日本.py", "größe/日本.py"),
        ("my file.py", '"my file.py"'),
        ("passed: no new findings", '"passed: no new findings"'),
        ("back\\slash", '"back\\\\slash"'),
        ('a"b', '"a\\"b"'),
        ("two\nlines", '"two\\nlines"'),
        ("", '""'),
    ],
)
def test_a_path_is_bare_only_where_it_cannot_be_mistaken(path: str, expected: str) -> None:
    assert shown_path(path) == expected


def test_a_long_path_keeps_both_ends() -> None:
    shown = shown_path("start/" + "x" * 5000 + "/end.py")
    assert len(shown) <= 242
    assert shown.startswith('"start/xxx')
    assert shown.endswith('xxx/end.py"')
    assert "..." in shown
