from __future__ import annotations

import difflib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualitygate.gate.linemap import SAME, UNKNOWN, Hunk, LineMap

# 1 kept, 2-3 edited into 2, one line added after the old 4, old 6 removed, the rest kept
HUNKS = [(2, 2, 2, 1), (4, 0, 4, 1), (6, 1, 5, 0)]


@pytest.mark.parametrize(("old", "new"), [(1, 1), (2, None), (3, None), (4, 3), (5, 5), (6, None), (7, 6), (100, 99)])
def test_to_new(old: int, new: int | None) -> None:
    assert LineMap(HUNKS).to_new(old) == new


@pytest.mark.parametrize(("new", "old"), [(1, 1), (2, None), (3, 4), (4, None), (5, 5), (6, 7), (99, 100)])
def test_to_old(new: int, old: int | None) -> None:
    assert LineMap(HUNKS).to_old(new) == old
    assert LineMap(HUNKS).changed(new) is (old is None)


@pytest.mark.parametrize(
    ("start", "end", "touched"),
    [
        (1, 1, False),
        (1, 2, True),
        (2, 2, True),
        (3, 3, False),
        (3, 9, True),
        (4, 4, True),
        (5, 5, False),
        (5, 6, True),  # a line between them was removed
        (6, 9, False),
        (7, 9, False),
    ],
)
def test_meets(start: int, end: int, touched: bool) -> None:
    assert LineMap(HUNKS).meets(start, end) is touched


@pytest.mark.parametrize(
    ("hunk", "first_kept", "goes_to"),
    [((0, 0, 1, 3), 1, 4), ((1, 2, 0, 0), 3, 1), ((1, 1, 1, 1), 2, 2)],
)
def test_at_the_top(hunk: tuple[int, int, int, int], first_kept: int, goes_to: int) -> None:
    assert LineMap([hunk]).to_new(first_kept) == goes_to
    assert LineMap([hunk]).to_old(goes_to) == first_kept


def test_order_of_hunks_does_not_matter() -> None:
    assert LineMap(reversed(HUNKS)).hunks == LineMap(HUNKS).hunks


def test_hunks_by_line() -> None:
    lines = LineMap(HUNKS)
    assert lines.old_hunk(3) == lines.new_hunk(2) == Hunk(2, 4, 2, 3)
    assert lines.old_hunk(4) is None
    assert lines.new_hunk(4) == Hunk(5, 5, 4, 5)
    assert lines.new_hunk(5) is None


def test_regions_join_hunks_that_few_lines_part() -> None:
    lines = LineMap([(2, 1, 2, 1), (5, 1, 5, 2), (30, 1, 31, 1)])
    assert lines.region(lines.hunks[0]) == lines.region(lines.hunks[1]) == Hunk(2, 6, 2, 7)
    assert lines.region(lines.hunks[2]) == Hunk(30, 31, 31, 32)


def test_same_keeps_every_line_and_unknown_none() -> None:
    assert (SAME.to_new(7), SAME.to_old(7), SAME.changed(7), SAME.meets(1, 9)) == (7, 7, False, False)
    assert (UNKNOWN.to_new(7), UNKNOWN.to_old(7), UNKNOWN.meets(1, 1)) == (None, None, True)


@given(st.lists(st.sampled_from("abc"), max_size=12), st.lists(st.sampled_from("abc"), max_size=12))
def test_agrees_with_the_diff(old: list[str], new: list[str]) -> None:
    matcher = difflib.SequenceMatcher(a=old, b=new, autojunk=False)
    hunks = []
    kept: dict[int, int] = {}
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            kept.update(zip(range(a + 1, b + 1), range(c + 1, d + 1), strict=True))
        else:
            hunks.append((a + (b > a), b - a, c + (d > c), d - c))
    lines = LineMap(hunks)
    assert {n: lines.to_new(n) for n in range(1, len(old) + 1)} == {n: kept.get(n) for n in range(1, len(old) + 1)}
    back = {after: before for before, after in kept.items()}
    assert {n: lines.to_old(n) for n in range(1, len(new) + 1)} == {n: back.get(n) for n in range(1, len(new) + 1)}
