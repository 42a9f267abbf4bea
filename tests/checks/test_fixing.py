from __future__ import annotations

import pytest

from qualitygate.checks.catalogue import TOOLS
from qualitygate.checks.fixing import Edit, Fix, apply, formatter, mender


def fix(*edits: Edit, removes: bool = False) -> Fix:
    return Fix("r", "a.py", edits[0].line, edits[0].column, edits, removes)


def on_one_line(line: int, start: int, end: int, text: str) -> Fix:
    return fix(Edit(line, start, line, end, text))


@pytest.mark.parametrize(
    ("data", "fixes", "made"),
    (
        (b"x == None\n", (on_one_line(1, 3, 5, "is"),), b"x is None\n"),
        (b"a\r\nb\r\n", (on_one_line(2, 1, 2, "c"),), b"a\r\nc\r\n"),
        (b"a\rb\n", (on_one_line(2, 1, 2, "c"),), b"a\rc\n"),
        (b"a\x0cb\n", (on_one_line(1, 3, 4, "c"),), b"a\x0cc\n"),
        ("s = 'ü' == x\n".encode(), (on_one_line(1, 9, 11, "is"),), "s = 'ü' is x\n".encode()),
        (b"\xef\xbb\xbfx = 1\n", (on_one_line(1, 1, 2, "y"),), b"\xef\xbb\xbfy = 1\n"),
        (b"import os\nx = 1", (fix(Edit(1, 1, 2, 1, "")),), b"x = 1"),
        (b"x = 1\nimport os\n", (fix(Edit(2, 1, 3, 1, "")),), b"x = 1\n"),
        (b"x = 1", (fix(Edit(1, 6, 1, 6, "\n")),), b"x = 1\n"),
        (b"", (fix(Edit(1, 1, 1, 1, "x\n")),), b"x\n"),
    ),
)
def test_edits_land_where_the_tool_counts(data: bytes, fixes: tuple[Fix, ...], made: bytes) -> None:
    assert apply(data, fixes) == (made, fixes)


@pytest.mark.parametrize(
    "edit", (Edit(3, 1, 3, 2, "y"), Edit(1, 9, 1, 9, "y"), Edit(1, 0, 1, 1, "y"), Edit(1, 3, 1, 1, "y"))
)
def test_an_edit_of_a_place_that_is_not_there_is_left_out(edit: Edit) -> None:
    assert apply(b"x = 1\n", (fix(edit),)) == (b"x = 1\n", ())


def test_an_edit_of_bytes_that_are_no_text_is_left_out() -> None:
    assert apply(b"x = '\xff'\n", (on_one_line(1, 1, 2, "y"),)) == (b"x = '\xff'\n", ())


def test_of_two_fixes_that_meet_the_upper_one_is_made() -> None:
    first, second, third = on_one_line(1, 1, 4, "A"), on_one_line(1, 3, 6, "B"), on_one_line(1, 7, 8, "C")
    assert apply(b"abcdefgh\n", (third, second, first)) == (b"AdefCh\n", (first, third))


def test_two_findings_with_one_and_the_same_fix_are_both_mended() -> None:
    edit = Edit(1, 1, 2, 1, "")
    both = (Fix("r", "a.py", 1, 8, (edit,)), Fix("r", "a.py", 1, 12, (edit,)))
    assert apply(b"import os, re\n", both) == (b"", both)


def test_two_insertions_at_one_place_are_not_made_at_once() -> None:
    first, second = fix(Edit(1, 1, 1, 1, "a")), Fix("s", "a.py", 1, 1, (Edit(1, 1, 1, 1, "b"),))
    assert apply(b"x\n", (first, second)) == (b"ax\n", (first,))


def test_a_block_is_not_emptied_by_two_removals() -> None:
    data = b"if x:\n    import a\n    import b\nimport c\n"
    gone = tuple(fix(Edit(line, 1, line + 1, 1, ""), removes=True) for line in (2, 3, 4))
    assert apply(data, gone) == (b"if x:\n    import b\n", (gone[0], gone[2]))


def test_who_can_fix_and_who_cannot() -> None:
    assert {name for name, tool in TOOLS.items() if mender(tool)} == {"ruff"}
    assert {name for name, tool in TOOLS.items() if formatter(tool)} == {
        "ruff-format",
        "gofmt",
        "rustfmt",
        "shfmt",
        "terraform-fmt",
    }
