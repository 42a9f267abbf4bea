from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualitygate.bootstrap.blocks import cut_block, marks, set_block
from qualitygate.errors import ConfigError

HASH = "# {}"
HTML = "<!-- {} -->"
BEGIN, END = (mark.encode() for mark in marks(HASH))


@pytest.mark.parametrize(
    ("data", "after"),
    (
        (None, BEGIN + b"\na\n" + END + b"\n"),
        (b"", BEGIN + b"\na\n" + END + b"\n"),
        (b"x\n", b"x\n" + BEGIN + b"\na\n" + END + b"\n"),
        (b"x", b"x\n" + BEGIN + b"\na\n" + END),
        (b"x\r\ny", b"x\r\ny\r\n" + BEGIN + b"\r\na\r\n" + END),
    ),
)
def test_set_block(data: bytes | None, after: bytes) -> None:
    assert set_block(data, HASH, ["a"]) == after
    assert cut_block(after, HASH) == (data or b"")


def test_a_block_is_replaced_where_it_stands() -> None:
    first = set_block(b"x\r\n", HASH, ["a"]) + b"mine\r\n"
    second = set_block(first, HASH, ["b", "c"])
    assert second == b"x\r\n" + BEGIN + b"\r\nb\r\nc\r\n" + END + b"\r\nmine\r\n"
    assert cut_block(second, HASH) == b"x\r\nmine\r\n"


def test_what_was_added_behind_a_block_without_final_newline_stays() -> None:
    assert cut_block(set_block(b"x", HASH, ["a"]) + b"\nmine\n", HASH) == b"x\nmine\n"


def test_markers_of_another_comment_format() -> None:
    data = set_block(b"# Title\n", HTML, ["text"])
    assert b"<!-- qualitygate: begin" in data
    assert cut_block(data, HASH) == data
    assert cut_block(data, HTML) == b"# Title\n"


@pytest.mark.parametrize("data", (BEGIN, END, END + b"\n" + BEGIN, (BEGIN + b"\n" + END + b"\n") * 2))
def test_marks_that_do_not_pair_are_refused(data: bytes) -> None:
    with pytest.raises(ConfigError, match=r"^\.gitignore: the marks of the managed block do not pair"):
        set_block(data, HASH, ["a"], file=".gitignore")
    with pytest.raises(ConfigError):
        cut_block(data, HASH)


@pytest.mark.parametrize("data", ("x\n".encode("utf-16"), b"a\0b"))
def test_what_is_no_utf8_text_is_refused(data: bytes) -> None:
    with pytest.raises(ConfigError, match="is not UTF-8 text"):
        set_block(data, HASH, ["a"])


PIECES = st.sampled_from([b"a", b"\n", b"\r\n", b"\r", b" ", b"#", b"\xef\xbb\xbf", b"\xff", BEGIN[:-1], END + b"x"])
TEXTS = st.lists(PIECES, max_size=12).map(b"".join).filter(lambda data: not data.startswith((b"\xff\xfe", b"\xfe\xff")))
LINES = st.lists(st.sampled_from(["a", "*.pyc", "", "é b"]), max_size=4)


@settings(deadline=None)
@given(TEXTS, LINES, LINES)
def test_cutting_restores_every_byte(data: bytes, lines: list[str], others: list[str]) -> None:
    once = set_block(data, HASH, lines)
    assert set_block(once, HASH, lines) == once
    assert cut_block(once, HASH) == data
    again = set_block(once, HASH, others)
    assert cut_block(again, HASH) == data
    assert set_block(again, HASH, lines) == once


@settings(deadline=None)
@given(TEXTS, TEXTS, LINES)
def test_what_others_add_stays(data: bytes, more: bytes, lines: list[str]) -> None:
    once = set_block(data, HASH, lines)
    if once.endswith(b"\n"):
        assert cut_block(more + b"\n" + once + more, HASH) == more + b"\n" + data + more
