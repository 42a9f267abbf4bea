from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from qualitygate.commands.fix import Fixed, fix
from qualitygate.errors import GitError, QualityGateError
from tests.support import git, make_repo, write

CONFIG = "schema = 1\n[checks.ruff]\n[checks.ruff-format]\n"
RUFF = '[lint]\nselect = ["E", "F", "I", "UP", "W"]\n'
OLD = "import os\nimport sys\n\nprint(os.name == None,  sys)\n\n\ndef f(a):\n    return a\n\n\ndebt = {  1:2 }\n"
EDITED = OLD.replace("    return a\n", "    x = [ a,1 ]\n    return not x in [a]\n")
MENDED = OLD.replace("    return a\n", "    x = [a, 1]\n    return x not in [a]\n")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = make_repo(tmp_path / "r", {"qualitygate.toml": CONFIG, "ruff.toml": RUFF, "a.py": OLD, "b.py": OLD})
    monkeypatch.chdir(made)
    return made


def rules(result: Fixed) -> dict[str, int]:
    found: dict[str, int] = {}
    for (_, rule), number in result.fixed.items():
        found[rule] = found.get(rule, 0) + number
    return found


def state(root: Path) -> tuple[str, str, str]:
    return git(root, "ls-files", "-s"), git(root, "status", "--porcelain"), git(root, "stash", "list")


def test_only_what_is_new_is_fixed_and_a_second_run_changes_nothing(root: Path) -> None:
    write(root, {"a.py": EDITED})
    index = git(root, "ls-files", "-s")
    result = fix(root)
    assert (root / "a.py").read_text() == MENDED
    assert rules(result) == {"ruff:E713": 1, "ruff-format:unformatted": 1}
    assert (result.files, result.verdict.status) == (("a.py",), "passed")
    assert git(root, "ls-files", "-s") == index
    again = fix(root)
    assert (again.files, (root / "a.py").read_text()) == ((), MENDED)


def test_only_named_files_are_fixed(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(root, {"a.py": EDITED, "sub/c.py": "x = [ 1 ]\n", "b.py": EDITED})
    monkeypatch.chdir(root / "sub")
    assert fix(Path.cwd(), files=("c.py", "b.py")).files == ("b.py", "sub/c.py")
    assert (root / "a.py").read_text() == EDITED


@pytest.mark.parametrize("name", ("nowhere.py", "sub/x.py", "../out.py"))
def test_a_file_that_is_not_there_is_an_error(root: Path, name: str) -> None:
    with pytest.raises(QualityGateError, match="is not in the work tree"):
        fix(root, files=(name,))


def test_a_dry_run_writes_nothing_and_shows_the_same_diff_that_a_run_makes(root: Path) -> None:
    write(root, {"a.py": EDITED})
    before = state(root)
    result = fix(root, dry=True)
    assert (result.files, (root / "a.py").read_text(), state(root)) == (("a.py",), EDITED, before)
    git(root, "add", "a.py")
    fix(root)
    assert git(root, "diff", "--full-index", "a.py").encode() == result.diff.strip()


def test_an_unused_name_is_left_between_the_edits_of_an_agent(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "import json\n" + OLD
    write(root, {"a.py": text})
    assert fix(root, between_edits=True).files == ()
    monkeypatch.setenv("CLAUDECODE", "1")
    result = fix(root)
    assert (result.files, [finding.rule for finding in result.kept]) == ((), ["ruff:F401"])
    monkeypatch.delenv("CLAUDECODE")
    assert rules(fix(root)) == {"ruff:F401": 1}
    assert (root / "a.py").read_text() == OLD


def test_what_an_agent_has_staged_is_no_longer_between_edits(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAUDECODE", "1")
    write(root, {"a.py": "import json\n" + OLD})
    git(root, "add", "-A")
    assert fix(root, staged=True, between_edits=True).files == ()
    assert rules(fix(root, staged=True)) == {"ruff:F401": 1}


def test_a_fix_that_would_leave_an_unused_import_is_not_made_where_that_may_not_go(root: Path) -> None:
    write(root, {"c.py": "from typing import List\n\nx: List[int] = [  ]\n"})
    result = fix(root, between_edits=True)
    assert (root / "c.py").read_text() == "from typing import List\n\nx: List[int] = []\n"
    assert ("c.py", "ruff:UP006") in result.refused
    assert "ruff:F401" not in {finding.rule for finding in result.verdict.new}


def test_staged_and_on_disk_both_are_replaced(root: Path) -> None:
    write(root, {"a.py": EDITED})
    git(root, "add", "a.py")
    result = fix(root, staged=True)
    assert (result.files, result.patch, result.verdict.status) == (("a.py",), "", "passed")
    assert (root / "a.py").read_text() == MENDED == git(root, "show", ":a.py") + "\n"
    assert git(root, "status", "--porcelain") == "M  a.py"
    assert fix(root, staged=True).files == ()


def test_what_is_staged_in_part_is_not_touched_and_a_patch_is_offered(root: Path) -> None:
    write(root, {"a.py": EDITED, "b.py": EDITED})
    git(root, "add", "a.py", "b.py")
    write(root, {"a.py": EDITED + "later = 1\n"})
    before = git(root, "ls-files", "-s", "a.py")
    result = fix(root, staged=True)
    assert (result.files, result.partial) == (("b.py",), ("a.py",))
    assert (root / "a.py").read_text() == EDITED + "later = 1\n"
    assert git(root, "ls-files", "-s", "a.py") == before
    assert git(root, "stash", "list") == ""
    assert {finding.path for finding in result.verdict.new} == {"a.py"}
    git(root, "apply", "--cached", result.patch)
    assert git(root, "show", ":a.py") + "\n" == MENDED
    assert (root / "a.py").read_text() == EDITED + "later = 1\n"


def test_a_file_staged_and_then_deleted_on_disk_is_only_offered(root: Path) -> None:
    write(root, {"a.py": EDITED})
    git(root, "add", "a.py")
    (root / "a.py").unlink()
    assert fix(root, staged=True).partial == ("a.py",)
    assert not (root / "a.py").exists()


def test_a_run_killed_between_disk_and_index_is_completed_by_the_next(root: Path) -> None:
    write(root, {"a.py": EDITED})
    git(root, "add", "a.py")
    write(root, {"a.py": MENDED})
    assert fix(root, staged=True).files == ("a.py",)
    assert git(root, "status", "--porcelain") == "M  a.py"


def test_another_git_at_work_is_not_disturbed(root: Path) -> None:
    write(root, {"a.py": EDITED})
    git(root, "add", "a.py")
    before = (root / ".git/index").read_bytes()
    (root / ".git/index.lock").write_bytes(b"")
    with pytest.raises(GitError, match="another git is at work"):
        fix(root, staged=True)
    assert (root / ".git/index").read_bytes() == before
    assert (root / ".git/index.lock").read_bytes() == b""


def test_during_a_commit_the_index_of_git_is_not_written(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(root, {"a.py": EDITED})
    git(root, "add", "a.py")
    lock = root / ".git/next-index-1.lock"
    lock.write_bytes((root / ".git/index").read_bytes())
    monkeypatch.setenv("GIT_INDEX_FILE", os.fspath(lock))
    before = lock.read_bytes()
    assert fix(root, staged=True).partial == ("a.py",)
    assert (lock.read_bytes(), (root / "a.py").read_text()) == (before, EDITED)


@pytest.mark.parametrize("late", ("x = 1\n", EDITED + "# mine\n", None))
def test_a_file_that_somebody_changes_during_the_run_is_left_alone(root: Path, late: str | None) -> None:
    write(root, {"a.py": EDITED, "b.py": EDITED})
    done: list[str] = []

    def progress(check: str) -> None:
        if not done:
            done.append(check)
            write(root, {"a.py": late})

    result = fix(root, progress=progress)
    assert result.files == ("b.py",)
    assert [path for path, _ in result.skipped] == ["a.py"]
    assert (root / "a.py").read_text() == late if late else not (root / "a.py").exists()
    assert (root / "b.py").read_text() == MENDED


@pytest.mark.parametrize("during", (False, True))
def test_an_index_that_moves_is_not_overwritten(root: Path, monkeypatch: pytest.MonkeyPatch, during: bool) -> None:
    write(root, {"a.py": EDITED})
    git(root, "add", "a.py")
    done: list[str] = []

    def progress(check: str) -> None:
        if not done:
            done.append(check)
            write(root, {"new.py": "x = 1\n", **({"a.py": EDITED + "# mine\n"} if during else {})})
            git(root, "add", "-A")

    result = fix(root, staged=True, progress=progress)
    assert "new.py" in git(root, "ls-files")
    if during:
        assert (root / "a.py").read_text() == EDITED + "# mine\n" == git(root, "show", ":a.py") + "\n"
    else:
        assert result.files == ("a.py",)
        assert git(root, "show", ":a.py") + "\n" == MENDED


@pytest.mark.parametrize("mark", (b"", b"\xef\xbb\xbf"))
@pytest.mark.parametrize("ending", (b"", b"\n"))
def test_line_breaks_a_byte_order_mark_and_a_missing_last_one_stay(root: Path, mark: bytes, ending: bytes) -> None:
    def written(text: str) -> bytes:
        return mark + text.encode().replace(b"\n", b"\r\n").rstrip() + ending.replace(b"\n", b"\r\n")

    write(root, {"a.py": written(OLD)})
    git(root, "commit", "-qam", "as on windows")
    write(root, {"a.py": written(EDITED)})
    fix(root)
    assert (root / "a.py").read_bytes() == written(MENDED)


def test_a_file_that_git_converts_keeps_its_line_breaks_on_disk(root: Path) -> None:
    write(root, {".gitattributes": "*.py text eol=crlf\n"})
    git(root, "add", "-A")
    git(root, "commit", "-qm", "attributes")
    write(root, {"a.py": EDITED.encode().replace(b"\n", b"\r\n")})
    assert fix(root).files == ("a.py",)
    assert (root / "a.py").read_bytes() == MENDED.encode().replace(b"\n", b"\r\n")


def test_a_link_is_not_written_through_and_stays_a_link(root: Path, tmp_path: Path) -> None:
    (tmp_path / "outside.py").write_text(EDITED)
    (root / "link.py").symlink_to("../outside.py")
    (root / "inner.py").symlink_to("a.py")
    write(root, {"a.py": EDITED})
    assert fix(root).files == ("a.py",)
    assert (tmp_path / "outside.py").read_text() == EDITED
    assert (root / "link.py").is_symlink() and (root / "inner.py").is_symlink()


def test_modes_stay_and_a_read_only_file_is_skipped(root: Path) -> None:
    write(root, {"a.py": EDITED, "b.py": EDITED})
    (root / "a.py").chmod(0o755)
    (root / "b.py").chmod(0o444)
    result = fix(root)
    assert (result.files, result.skipped) == (("a.py",), (("b.py", "it is read-only"),))
    assert stat.S_IMODE((root / "a.py").stat().st_mode) == 0o755
    assert (root / "b.py").read_text() == EDITED
    assert result.verdict.status == "failed"


@pytest.mark.parametrize(
    ("name", "content"),
    (
        ("latin.py", b"# -*- coding: latin-1 -*-\nx = [ '\xfc' ]\n"),
        ("broken.py", b"import json\ndef f( :\n    x = [ 1 ]\n"),
        ("notebook.ipynb", b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}\n'),
        ("old_mac.py", b"x = [ 1 ]\ry = 2\r"),
    ),
)
def test_what_cannot_be_fixed_for_certain_is_not_touched(root: Path, name: str, content: bytes) -> None:
    write(root, {name: content, "a.py": EDITED})
    assert fix(root).files == ("a.py",)
    assert (root / name).read_bytes() == content


def test_a_submodule_is_not_entered(root: Path, tmp_path: Path) -> None:
    other = make_repo(tmp_path / "other", {"m.py": "x = 1\n"})
    git(root, "submodule", "--quiet", "add", os.fspath(other), "sub")
    git(root, "commit", "-qm", "submodule")
    write(root, {"sub/m.py": "x = [ 1 ]\n", "a.py": EDITED})
    assert fix(root).files == ("a.py",)
    assert (root / "sub/m.py").read_text() == "x = [ 1 ]\n"
    with pytest.raises(QualityGateError, match="is not in the work tree"):
        fix(root, files=("sub/m.py",))


def test_a_statement_after_old_code_that_is_not_formatted_leaves_the_old_code_as_it_is(
    root: Path,
) -> None:
    old = "def  old( a,b ):\n  return [a,\n     b]\n"
    write(root, {"a.py": old})
    git(root, "commit", "-qam", "debt")
    write(root, {"a.py": old + "\nvalue = [ 1 ]\n"})
    assert fix(root).verdict.status == "passed"
    assert (root / "a.py").read_text() == old + "\nvalue = [1]\n"


def test_without_a_check_that_can_fix_nothing_is_fixed(root: Path) -> None:
    write(root, {"qualitygate.toml": "schema = 1\n[checks.markers]\n", "a.py": EDITED})
    git(root, "commit", "-qam", "other checks")
    write(root, {"a.py": EDITED + "<<<<<<< a\n"})
    result = fix(root)
    assert (result.files, len(result.verdict.new)) == ((), 1)


def test_nothing_is_left_in_the_cache_or_the_work_tree(root: Path, own_home: Path) -> None:
    write(root, {"a.py": EDITED})
    fix(root)
    assert not list((own_home / "cache").rglob("fix-*"))
    assert git(root, "status", "--porcelain") == "M a.py"
