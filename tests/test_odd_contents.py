"""What stands between a file and its blob, odd names and odd shapes: judged as it would be committed, and kept."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.footprint import footprint, gate, program, refusal
from tests.support import commit, git, make_repo, write
from tests.test_odd_repositories import BAD, GATE, GOOD, gated, meets_the_gate, new, try_commit

POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0" * 64 + "\nsize 12345\n"


def test_pointers_of_lfs_are_judged_as_they_are_stored_on_both_sides(tmp_path: Path) -> None:
    root = gated(tmp_path / "r", {".gitattributes": "*.bin filter=lfs diff=lfs -text\n", "old.bin": POINTER})
    write(root, {"new.bin": POINTER, "old.bin": POINTER.replace("12345", "99999"), "a.py": GOOD + BAD})
    before = footprint(root)
    assert new(root) == {"a.py"} and footprint(root) == before


def test_a_filter_of_the_user_decides_what_is_judged_and_what_is_on_disk_stays(tmp_path: Path) -> None:
    root = gated(tmp_path / "r", {".gitattributes": "*.py filter=up\n"})
    git(root, "config", "filter.up.clean", "sed 's/import ours/import sys/'")
    git(root, "config", "filter.up.smudge", "sed 's/import sys/import ours/'")
    write(root, {"a.py": GOOD + "import ours\n"})
    before = footprint(root)
    assert new(root) == {"a.py"}  # as the blob would read: `import sys`
    git(root, "add", "-A")
    assert new(root, "--staged") == {"a.py"}
    assert try_commit(root)[0] == 1 and (root / "a.py").read_text() == GOOD + "import ours\n"
    git(root, "reset", "-q")
    assert footprint(root) == before
    answer = gate(root, "fix")
    assert "a git filter stands between" in answer.out + answer.err and footprint(root) == before, answer


def test_keywords_that_git_expands_make_nothing_new(tmp_path: Path) -> None:
    root = gated(tmp_path / "r", {".gitattributes": "*.py ident\n", "k.py": '"""$Id$"""\n' + BAD})
    (root / "k.py").unlink()
    git(root, "checkout", "-q", "--", "k.py")
    assert "$Id: " in (root / "k.py").read_text()
    before = footprint(root)
    assert new(root) == set() and footprint(root) == before
    write(root, {"k.py": (root / "k.py").read_text() + BAD.replace("sys", "json")})
    assert new(root) == {"k.py"}


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_an_encoding_of_the_work_tree_is_judged_as_it_is_stored(tmp_path: Path, encoding: str) -> None:
    name = "UTF-16" if encoding == "utf-16" else "ISO-8859-1"
    root = gated(tmp_path / "r", {".gitattributes": f"e.py working-tree-encoding={name}\n"})
    write(root, {"e.py": ("# caf\xe9\n" + BAD).encode(encoding)})
    before = footprint(root)
    assert new(root) == {"e.py"} and footprint(root) == before
    write(root, {"e.py": ("# caf\xe9\n" + GOOD).encode(encoding)})
    assert new(root) == set()
    git(root, "add", "-A")
    assert try_commit(root)[0] == 0


@pytest.mark.parametrize("eol", ["crlf", "lf"])
def test_line_endings_that_attributes_ask_for_make_nothing_new_and_stay(tmp_path: Path, eol: str) -> None:
    root = gated(tmp_path / "r", {".gitattributes": f"*.py text eol={eol}\n", "old.py": BAD})
    ending = "\r\n" if eol == "crlf" else "\n"
    write(root, {"old.py": BAD.replace("\n", ending)})
    git(root, "add", "--renormalize", ".")
    before = footprint(root)
    assert new(root) == set() and footprint(root) == before
    write(root, {"old.py": (BAD + "import json\n").replace("\n", ending)})
    assert new(root) == {"old.py"}
    assert gate(root, "fix").code == 0
    assert (root / "old.py").read_bytes() == BAD.replace("\n", ending).encode()


def test_what_is_not_exported_is_judged(tmp_path: Path) -> None:
    root = gated(tmp_path / "r", {".gitattributes": "d export-ignore\n*.py export-subst\n"})
    write(root, {"d/a.py": "# $Format:%H$\n" + BAD})
    assert new(root) == {"d/a.py"}


LONGEST = "é" * 126 + ".py"  # 255 bytes


def test_the_longest_name_and_twins_in_two_forms_of_one_letter(tmp_path: Path) -> None:
    root = gated(tmp_path / "r")
    twins = ["caf\u00e9.py", "cafe\u0301.py"]
    write(root, dict.fromkeys((LONGEST, *twins, "d/" * 60 + "deep.py"), BAD))
    if len({path.name for path in root.glob("caf*")}) < 2:
        pytest.skip("the file system does not tell them apart")
    names = {LONGEST, *twins, "d/" * 60 + "deep.py"}
    assert new(root) == names
    git(root, "add", "-A")
    assert new(root, "--staged") == names
    assert gate(root, "fix").code == 0 and (root / LONGEST).read_text() == ""
    assert {(root / name).read_text() for name in names} == {""}


@pytest.mark.parametrize("name", [".GIT", "git~1", ".git ", ".git.", ".gitmodules", "...", "CON", "aux.py"])
def test_names_that_look_like_gits_own(tmp_path: Path, name: str) -> None:
    root = gated(tmp_path / "r")
    write(root, {f"{name}/x.py" if not name.endswith((".py", "modules")) else name: BAD})
    added = subprocess.run(["git", "add", "-A"], cwd=root, capture_output=True, check=False)
    if added.returncode:
        assert "git cannot read the work tree" in refusal(gate(root, "run"))
        return
    assert gate(root, "run").code == (0 if name == ".gitmodules" else 1)


def test_a_link_that_is_staged_where_the_work_tree_has_a_file(tmp_path: Path) -> None:
    (tmp_path / "outside").write_text(BAD)
    root = gated(tmp_path / "r", {"l.py": GOOD})
    (root / "l.py").unlink()
    (root / "l.py").symlink_to(tmp_path / "outside")
    git(root, "add", "l.py")
    (root / "l.py").unlink()
    write(root, {"l.py": GOOD + BAD})
    before = footprint(root)
    assert new(root, "--staged") == set() and new(root) == {"l.py"} and footprint(root) == before
    assert gate(root, "fix", "--staged").code == 0 and footprint(root) == before
    assert gate(root, "fix").code == 0 and (root / "l.py").read_text() == GOOD
    assert (tmp_path / "outside").read_text() == BAD and git(root, "ls-files", "-s", "l.py").startswith("120000")


def test_a_fix_does_not_go_through_a_link_to_a_folder(tmp_path: Path) -> None:
    write(tmp_path, {"outside/a.py": GOOD + BAD})
    root = gated(tmp_path / "r", {"d/a.py": GOOD})
    write(root, {"d/a.py": GOOD + BAD})
    git(root, "add", "-A")
    (root / "d/a.py").unlink()
    (root / "d").rmdir()
    (root / "d").symlink_to(tmp_path / "outside")
    before = footprint(root)
    for argv in (("fix",), ("fix", "--staged")):
        gate(root, *argv)
        assert footprint(root) == before and (tmp_path / "outside/a.py").read_text() == GOOD + BAD


def test_a_repository_whose_refs_are_a_table(tmp_path: Path) -> None:
    root = tmp_path / "r"
    made = subprocess.run(["git", "init", "-q", "--ref-format=reftable", root], capture_output=True, check=False)
    if made.returncode:
        pytest.skip("this git keeps refs in files only")
    write(root, {**GATE, "a.py": GOOD})
    git(root, "add", "-A")
    git(root, "commit", "-qm", "start")
    assert gate(root, "install").code == 0
    meets_the_gate(root)


def test_nested_submodules_and_one_whose_pointer_alone_changes(tmp_path: Path) -> None:
    inner = make_repo(tmp_path / "inner", {"i.py": BAD})
    middle = make_repo(tmp_path / "middle", {"m.py": BAD})
    git(middle, "submodule", "--quiet", "add", os.fspath(inner), "in")
    git(middle, "commit", "-qm", "in")
    root = gated(tmp_path / "r")
    git(root, "submodule", "--quiet", "add", os.fspath(middle), "mid")
    git(root, "submodule", "--quiet", "update", "--init", "--recursive")
    git(root, "commit", "-qm", "mid")
    git(root, "submodule", "absorbgitdirs")
    commit(root / "mid", {"more.py": BAD})
    inside = git(root / "mid", "status", "--porcelain") + git(root / "mid", "rev-parse", "HEAD")
    git(root, "add", "mid")
    before = footprint(root)
    assert new(root) == set() and new(root, "--staged") == set() and footprint(root) == before
    assert try_commit(root)[0] == 0
    assert git(root / "mid", "status", "--porcelain") + git(root / "mid", "rev-parse", "HEAD") == inside


def test_patches_that_are_applied_and_commits_that_are_folded_meet_the_gate(tmp_path: Path) -> None:
    root = gated(tmp_path / "r")
    git(root, "switch", "-qc", "other")
    git(root, "config", "core.hooksPath", "/dev/null")
    commit(root, {"b.py": BAD})
    (tmp_path / "p").write_text(git(root, "format-patch", "--stdout", "-1") + "\n")
    git(root, "config", "--unset", "core.hooksPath")
    git(root, "switch", "-q", "main")
    git(root, "am", "-q", os.fspath(tmp_path / "p"), check=False)  # no hook of ours: what comes next judges it
    write(root, {"c.py": GOOD})
    git(root, "add", "-A")
    code, said = try_commit(root)
    assert code == 1 and "b.py:1:8" in said, said
    write(root, {"b.py": GOOD})
    git(root, "add", "-A")
    assert try_commit(root, "--fixup", "HEAD")[0] in (0, 129) or try_commit(root)[0] == 0


def test_a_bisection_in_progress_and_its_commits_are_judged(tmp_path: Path) -> None:
    root = gated(tmp_path / "r")
    for n in range(4):
        write(root, {"a.py": GOOD + f"x = {n}\n"})
        git(root, "commit", "-qam", str(n))
    git(root, "bisect", "start", "HEAD", "HEAD~4")
    state = (root / ".git/BISECT_LOG").read_bytes()
    write(root, {"b.py": BAD})
    assert new(root) == {"b.py"}
    git(root, "add", "-A")
    assert try_commit(root)[0] == 1 and (root / ".git/BISECT_LOG").read_bytes() == state


def test_a_commit_of_some_hunks_is_judged_without_the_others(tmp_path: Path) -> None:
    root = gated(tmp_path / "r", {"a.py": GOOD + "x = 1\n" * 30})
    write(root, {"a.py": "y = 1\n" + GOOD + "x = 1\n" * 30 + BAD})
    done = subprocess.run(
        ["git", "commit", "-qm", "x", "-p"], cwd=root, input=b"y\nn\n", capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert (root / "a.py").read_text().endswith(BAD) and "import sys" not in git(root, "show", "HEAD:a.py")
    done = subprocess.run(["git", "commit", "-qm", "x", "-p"], cwd=root, input=b"y\n", capture_output=True, check=False)
    assert done.returncode == 1 and b"a.py:35:8" in done.stderr, done.stderr


def test_a_hook_that_was_there_and_is_no_text_comes_back_to_the_byte(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {**GATE, "a.py": GOOD})
    script = b"#!/bin/sh\n# caf\xe9 \xff\x00\nexit 0\n"
    write(root, {".git/hooks/pre-commit": script})
    (root / ".git/hooks/pre-commit").chmod(0o750)
    before = footprint(root)
    assert gate(root, "install").code == 0
    assert try_commit(root, "--allow-empty")[0] == 0
    git(root, "reset", "-q", "--hard", "HEAD~1")
    git(root, "reflog", "expire", "--expire=now", "--all")
    assert gate(root, "uninstall").code == 0
    assert footprint(root) == before


def test_a_file_that_does_not_parse_has_mended_nothing(tmp_path: Path) -> None:
    debt = "import sys\nimport json\nimport re\n"
    root = gated(tmp_path / "r", {"old.py": debt})
    write(root, {"old.py": debt + "def broken(:\n"})
    git(root, "add", "-A")
    code, said = try_commit(root)
    assert code == 1 and "old.py:4" in said and git(root, "log", "--format=%s") == "start"
    write(root, {"old.py": debt + "x = 1\n"})
    git(root, "add", "-A")
    assert try_commit(root)[0] == 0, "the debt of before is still known"
    write(root, {"old.py": debt + "import csv\n"})
    git(root, "add", "-A")
    assert try_commit(root)[0] == 1


def test_a_check_that_is_left_no_file_is_not_called_passed(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"qualitygate.toml": "schema = 1\n[checks.ruff]\n", "a.txt": "x\n"})
    answer = program(root, "run")
    assert answer.code == 2 and "passed" not in answer.out, answer


EVIL_YAML = {
    "bomb": "a: &a [x,x,x,x,x,x,x,x,x]\n"
    + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [{','.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(12))
    + "repos: []\n",
    "deep": "repos: " + "[" * 10_000 + "]" * 10_000 + "\n",
    "duplicate keys": "repos: []\nrepos: [{repo: local, hooks: []}]\n",
    "a python object": "repos: !!python/object/apply:os.system ['touch ran']\n",
    "wrong types": "repos: {a: 1}\n",
    "a date": "repos: 2020-01-01\n",
    "a mark": "\ufeffrepos: []\n",
}


@pytest.mark.parametrize("name", EVIL_YAML)
def test_settings_of_hooks_that_are_meant_to_hurt_are_named_or_read_and_never_run(tmp_path: Path, name: str) -> None:
    root = make_repo(tmp_path / "r", {"a.toml": "x = 1\n", ".pre-commit-config.yaml": EVIL_YAML[name]})
    before = footprint(root)
    for argv in (("inspect",), ("bootstrap", "--dry-run"), ("run",)):
        answer = program(root, *argv)
        assert answer.code in (0, 2) and "Traceback" not in answer.err + answer.out, answer
        assert answer.code == 0 or "error: " in answer.err
        assert footprint(root) == before and not (root / "ran").exists()


@pytest.mark.slow
def test_twenty_thousand_files_and_one_change(tmp_path: Path) -> None:
    settings = "schema = 1\n[gate]\ntime_limit = 600\n[checks.ruff]\n"
    root = make_repo(tmp_path / "r", {**GATE, "qualitygate.toml": settings, "a.py": GOOD})
    rows = [b"commit refs/heads/main\ncommitter x <x@example.com> 1 +0000\ndata 4\nmany\nfrom refs/heads/main^0\n"]
    rows += [b"M 100644 inline d%d/e%d/f%d.py\ndata 6\nx = 1\n\n" % (n % 40, n % 97, n) for n in range(20_000)]
    subprocess.run(["git", "fast-import", "--quiet"], cwd=root, input=b"".join(rows), check=True)
    git(root, "reset", "-q")
    (tmp_path / "bad").write_text("x = 1\n" + BAD)
    blob = git(root, "hash-object", "-w", "../bad")
    git(root, "update-index", "--add", "--cacheinfo", f"100644,{blob},d1/e1/f1.py")
    answer = gate(root, "run", "--staged")
    assert answer.code == 1 and "d1/e1/f1.py:2:8" in answer.out, answer
