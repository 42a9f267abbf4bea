from __future__ import annotations

import re
from pathlib import Path

import pytest

from qualitygate import git as git_
from qualitygate.gate.ranges import Range, changed_lines, format_regions, stays_within
from qualitygate.gate.trees import commit_tree
from qualitygate.model import Base
from tests.support import commit, git, make_repo

TEN = b"".join(b"%d\n" % number for number in range(1, 11))


@pytest.mark.parametrize(
    ("new", "allowed", "inside"),
    (
        (TEN, (), True),
        (TEN.replace(b"4\n", b"x\n"), ((4, 4),), True),
        (TEN.replace(b"4\n", b"x\n"), ((3, 3), (5, 9)), False),
        (TEN.replace(b"4\n5\n", b"x\n"), ((4, 4), (5, 5)), True),
        (TEN.replace(b"4\n", b"4\n\n"), ((5, 5),), True),
        (TEN.replace(b"4\n", b"4\n\n"), ((4, 4),), True),
        (TEN.replace(b"4\n", b"4\n\n"), ((6, 9),), False),
        (TEN.replace(b"2\n", b"x\n").replace(b"8\n", b"y\n"), ((2, 2), (8, 8)), True),
        (TEN.replace(b"2\n", b"x\n").replace(b"8\n", b"y\n"), ((2, 2),), False),
        (TEN.replace(b"10\n", b"10"), ((1, 9),), False),
        (b"", ((1, 10),), True),
    ),
)
def test_whether_a_change_stays_within_some_lines(new: bytes, allowed: tuple[Range, ...], inside: bool) -> None:
    assert stays_within(TEN, new, allowed) is inside


def upper(data: bytes, first: int, last: int) -> bytes:
    lines = data.splitlines(keepends=True)
    return b"".join(line.upper() if first <= n <= last else line for n, line in enumerate(lines, 1))


def test_only_the_changed_lines_of_a_region_are_formatted() -> None:
    data = b"a\nb\nc\nd\ne\n"
    assert format_regions(data, [(1, 5)], [(2, 2), (4, 4)], upper) == (b"a\nB\nc\nD\ne\n", 1)


def test_blank_lines_around_a_change_come_without_the_old_lines_beside_it() -> None:
    def spaced(data: bytes, first: int, last: int) -> bytes:
        if last - first < 2:
            return data
        return re.sub(rb"\n+new\n", b"\n\n\nnew\n", data.replace(b"old\n", b"OLD\n"))

    assert format_regions(b"old\n\nnew\n", [(1, 3)], [(3, 3)], spaced) == (b"old\n\n\nnew\n", 1)
    assert format_regions(b"old\nnew\nold\n", [(1, 3)], [(2, 2)], spaced) == (b"old\n\n\nnew\nold\n", 1)


def test_a_result_that_reaches_beyond_is_not_taken() -> None:
    assert format_regions(b"a\nb\nc\n", [(2, 2)], [(2, 2)], lambda data, *_: data.upper()) == (b"a\nb\nc\n", 0)


@pytest.mark.parametrize(
    ("data", "region", "made"),
    (
        (b"A\nB", (2, 2), b"A\nB\n"),
        (b"A\r\nB", (1, 2), b"A\r\nB\r\n"),
        (b"A\nB", (1, 1), b"A\nB"),
        (b"A\nB\n", (2, 2), b"A\nB\n"),
    ),
)
def test_a_last_line_without_a_line_break_gets_one_if_that_is_all_that_is_wrong(
    data: bytes, region: Range, made: bytes
) -> None:
    assert format_regions(data, [region], [region], upper) == (made, int(made != data))


def test_what_cannot_be_formatted_stays_and_the_rest_is_formatted() -> None:
    def one(data: bytes, first: int, last: int) -> bytes | None:
        return None if first == 3 else upper(data, first, last)

    assert format_regions(b"a\nb\nc\n", [(1, 1), (3, 3)], [(1, 3)], one) == (b"A\nb\nc\n", 1)


def test_regions_go_from_the_bottom_up_so_that_lines_above_keep_their_numbers() -> None:
    def double(data: bytes, first: int, last: int) -> bytes:
        lines = data.splitlines(keepends=True)
        return b"".join([*lines[:last], *lines[first - 1 : last], *lines[last:]])

    assert format_regions(b"a\nb\nc\n", [(1, 1), (3, 3)], [(1, 3)], double) == (b"a\na\nb\nc\nc\n", 2)


def test_changed_lines_are_those_that_no_base_has(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"a.py": "1\n2\n3\n4\n5\n", "same.py": "1\n", "gone.py": "1\n"})
    first = git(root, "rev-parse", "HEAD^{tree}")
    commit(root, {"a.py": "1\nx\n3\n4\n5\n"})
    second = git(root, "rev-parse", "HEAD^{tree}")
    commit(root, {"a.py": "1\nx\n3\ny\n", "new.py": "1\n"})
    repo = git_.find_repo(root)
    head = commit_tree(repo, "HEAD")
    one = changed_lines(repo, [Base(first, "", "")], head)
    assert (one("a.py"), one("same.py")) == (((2, 2), (4, 4)), ())
    assert one("new.py")[0][1] > 1000
    both = changed_lines(repo, [Base(first, "", ""), Base(second, "", "")], head)
    assert both("a.py") == ((4, 4),)


def test_a_removal_counts_as_the_lines_on_both_sides(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"a.py": "1\n2\n3\n4\n"})
    base = Base(git(root, "rev-parse", "HEAD^{tree}"), "", "")
    commit(root, {"a.py": "1\n2\n4\n"})
    repo = git_.find_repo(root)
    assert changed_lines(repo, [base], commit_tree(repo, "HEAD"))("a.py") == ((2, 3),)
