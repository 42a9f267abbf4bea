"""A package that gets another name: old debt is left in peace, and what is added with it is found."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from benchmarks.renaming import play
from qualitygate import git as our_git
from qualitygate import git_diffs
from tests.support import git, make_repo, write


@pytest.mark.parametrize("count", [30, pytest.param(1500, marks=pytest.mark.slow)])
@pytest.mark.parametrize("base_names", [False, True])
def test_a_package_that_is_renamed_keeps_its_debt_and_gets_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int, base_names: bool
) -> None:
    places = (str(Path(sys.executable).parent), os.environ["PATH"])  # the benchmark plays what is on the PATH
    monkeypatch.setenv("PATH", os.pathsep.join(places))
    found = play(tmp_path, count, base_names=base_names)
    assert [row.rpartition(" ")[2] for row in found.refused] == ["ruff:E711"]
    assert (found.passed, found.undecided) == ((), 0)
    assert found.known > 3 * count


def test_renames_that_cannot_all_be_compared_in_time_are_followed_as_git_usually_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make_repo(tmp_path / "r", {f"old/m{n}.py": f"import m{n}\n" * 9 for n in range(3)})
    git(root, "mv", "old", "new")
    write(root, {f"new/m{n}.py": f"import m{n}\n" * 8 + "x = 1\n" for n in range(3)})
    git(root, "add", "-A")
    monkeypatch.setattr(git_diffs, "_PATIENCE", 0.0)
    monkeypatch.setattr(git_diffs, "_AS_USUAL", "-l1")
    found = git_diffs.diff(our_git.find_repo(root), "HEAD^{tree}", git(root, "write-tree"))
    assert [(one.old, one.new) for one in found] == [(f"old/m{n}.py", f"new/m{n}.py") for n in range(3)]
