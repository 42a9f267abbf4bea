from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualitygate.checks.catalogue import TOOLS
from qualitygate.checks.fixing import formatter, in_range, within
from qualitygate.checks.running import run_command
from qualitygate.checks.tool import Request

OLD = b"a = 1\nb  = 2\nc = 3\nd  = 4\n"
NEW = b"a = 1\nb = 2\nc = 3\nd = 4\n"


@pytest.mark.parametrize(
    ("first", "last", "made"),
    (
        (1, 1, OLD),
        (2, 2, b"a = 1\nb = 2\nc = 3\nd  = 4\n"),
        (3, 3, OLD),
        (3, 4, b"a = 1\nb  = 2\nc = 3\nd = 4\n"),
        (1, 4, NEW),
    ),
)
def test_only_changes_in_range_are_taken(first: int, last: int, made: bytes) -> None:
    assert within(OLD, NEW, first, last) == made


@pytest.mark.parametrize(("first", "last", "taken"), ((1, 1, True), (2, 2, True), (3, 3, False)))
def test_an_inserted_line_belongs_to_the_lines_on_both_sides(first: int, last: int, taken: bool) -> None:
    old, new = b"a\nb\nc\n", b"a\n\nb\nc\n"
    assert (within(old, new, first, last) == new) is taken


LINES = st.lists(st.sampled_from((b"a\n", b"b\n", b" \n", b"c\r\n", b"d")), max_size=8).map(b"".join)


@given(LINES, LINES, st.integers(1, 9), st.integers(0, 9))
def test_all_lines_give_the_formatted_file_and_a_formatted_file_stays(
    old: bytes, new: bytes, first: int, more: int
) -> None:
    assert within(old, new, 1, 100) == new
    assert within(old, old, first, first + more) == old

    assert set(within(old, new, first, first + more).splitlines()) <= {*old.splitlines(), *new.splitlines()}


def test_a_formatter_that_knows_ranges_is_believed() -> None:
    assert in_range(TOOLS["ruff-format"], OLD, NEW, 1, 1) == NEW
    assert in_range(TOOLS["gofmt"], OLD, NEW, 1, 1) == OLD
    assert in_range(TOOLS["gofmt"], OLD, None, 1, 1) is None


LONG = {
    "gofmt": ("go", b"package a\n\nvar a  = 1\n\nvar b  = 2\n", b"package a\n\nvar a  = 1\n\nvar b = 2\n", 5),
    "rustfmt": ("cargo", b"fn a( ) {}\n\nfn b( ) {}\n", b"fn a( ) {}\n\nfn b() {}\n", 3),
    "terraform-fmt": ("terraform", b"a =  1\n\n\nb =  2\n", b"a =  1\n\n\nb = 2\n", 4),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", LONG)
def test_live_a_formatter_of_whole_files_fixes_one_line(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, old, new, at = LONG[name]
    executable = shutil.which(program)
    if executable is None:
        pytest.skip(f"{program} is not installed on this machine")
    if program == "cargo":  # the compiler lies in the home of whoever runs the tests
        home = os.path.dirname(os.path.dirname(executable))
        monkeypatch.setenv("RUSTUP_HOME", os.path.join(os.path.dirname(home), ".rustup"))
    tool = TOOLS[name]
    form = formatter(tool)
    assert form is not None
    root = os.fspath(tmp_path)
    request = Request(name, root, ("a",), executable, {}, os.fspath(tmp_path / "cache"))
    said = run_command(form.range_command(request, "a", old, at, at), root, 60)
    assert in_range(tool, old, form.parse_range(said), at, at) == new
