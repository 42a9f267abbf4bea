"""Work that is not committed stays to the byte: while others write, where a disk is full, or a tool writes."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.footprint import footprint, gate, program, start
from tests.support import git, make_repo, write
from tests.test_faults import BAD, GATE, GOOD, SLOW, let_go, wait_for, with_ruff


def start_commit(root: Path, *args: str) -> subprocess.Popen[bytes]:
    argv = ["git", "commit", "-qm", "x", *args]
    return subprocess.Popen(argv, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def commit(root: Path) -> tuple[int, str]:
    running = start_commit(root)
    said = running.communicate(timeout=200)[1]
    return running.returncode, said.decode()


def _written(path: Path) -> tuple[int, int, int, int]:
    """What changes where a file is written; that it was read, as git may, does not count."""
    known = path.stat()
    return known.st_ino, known.st_mode, known.st_size, known.st_mtime_ns


def test_an_edit_that_an_agent_makes_while_a_commit_is_judged_stays(tmp_path: Path) -> None:
    """What pre-commit, prek, lefthook and lint-staged do here is measured in docs/fault-battery.md."""
    root = with_ruff(tmp_path / "r", SLOW)
    write(root, {"a.py": GOOD + "x = 1\n", "b.py": GOOD})
    git(root, "add", "-A")
    write(root, {"a.py": GOOD + "x = 1\n# mine\n"})  # staged in part
    write(tmp_path, {"slow": ""})
    running = start_commit(root)
    wait_for((tmp_path / "started").exists, running)
    seen = (root / "a.py").read_text()
    write(root, {"a.py": "# written anew by an agent\n", "b.py": GOOD + "# later\n", "new.py": BAD})
    written = _written(root / "a.py")
    let_go(root)
    said = running.communicate()[1]
    assert running.returncode == 0 and seen == GOOD + "x = 1\n# mine\n", said
    assert (root / "a.py").read_text() == "# written anew by an agent\n"
    assert _written(root / "a.py") == written, "not even the time of the file has changed"
    assert (root / "b.py").read_text() == GOOD + "# later\n" and (root / "new.py").read_text() == BAD
    assert git(root, "show", "HEAD:a.py") == (GOOD + "x = 1\n").strip()
    assert git(root, "show", "--stat", "--format=", "HEAD").count("|") == 2


def test_a_file_that_is_added_while_a_commit_is_judged_is_not_taken_for_judged(tmp_path: Path) -> None:
    root = with_ruff(tmp_path / "r", SLOW)
    write(root, {"a.py": GOOD + "x = 1\n"})
    write(tmp_path, {"slow": ""})
    running = start_commit(root, "-a")  # git holds its lock: what is added waits for the index of the commit
    wait_for((tmp_path / "started").exists, running)
    write(root, {"late.py": BAD})
    refused = subprocess.run(["git", "add", "late.py"], cwd=root, capture_output=True, check=False)
    let_go(root)
    running.communicate()
    tree = git(root, "ls-tree", "-r", "--name-only", "HEAD").split()
    assert ("late.py" in tree) is False and (running.returncode, refused.returncode) == (0, 128)
    records = list((root / ".git/qualitygate/records").iterdir())
    assert [path.name for path in records] == [git(root, "rev-parse", "HEAD^{tree}")]


def test_an_index_that_a_tool_changes_while_it_runs_is_stale_and_nothing_is_recorded(tmp_path: Path) -> None:
    meddling = (
        'git -C "{tmp}/r" update-index --add --cacheinfo 100644,$(cat "{tmp}/blob"),late.py\nexec "{real}" "$@"\n'
    )
    root = with_ruff(tmp_path / "r", meddling)
    write(tmp_path, {"late": BAD})
    write(tmp_path, {"blob": git(root, "hash-object", "-w", "../late")})
    write(root, {"a.py": GOOD + "x = 1\n"})
    git(root, "add", "-A")
    answer = program(root, "run", "--staged")
    assert answer.code == 2 and "the index changed while the gate ran" in answer.out, answer
    git(root, "reset", "-q")
    write(root, {"a.py": GOOD + "x = 2\n"})  # or what was found would not be looked for again
    git(root, "add", "a.py")
    code, said = commit(root)
    assert code != 0 and "the index changed while the gate ran" in said and git(root, "log", "--format=%s") == "start"


def test_a_tool_that_writes_where_it_works_reaches_no_file_of_the_user_and_no_later_run(tmp_path: Path) -> None:
    messy = 'for f in *.py; do echo "import json" >> "$f"; done; echo x > made.py; rm -f b.py; exec "{real}" "$@"\n'
    root = with_ruff(tmp_path / "r", messy, {"b.py": GOOD})
    write(root, {"a.py": GOOD + "x = 1\n", "untracked.py": GOOD})
    before = footprint(root)
    for argv in (("run",), ("run", "--staged"), ("run", "--commit", "HEAD"), ("run",)):
        answer = gate(root, *argv)
        assert footprint(root) == before, answer
    quiet = (root / ".venv/bin/ruff").read_text().replace(messy.partition("exec")[0], "")
    write(root, {".venv/bin/ruff": quiet, "a.py": GOOD + "x = 2\n"})
    answer = gate(root, "run")
    assert answer.code == 0, answer


def test_precious_files_in_every_folder_stay_when_fixes_are_made(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {**GATE, ".gitignore": "*.keep\n", "a.py": GOOD, "d/e/b.py": GOOD, "d/c.py": GOOD})
    precious = [
        f"{folder}{name}" for folder in ("", "d/", "d/e/", "f/") for name in ("x.keep", "y.dat", ".qualitygate-z")
    ]
    write(root, dict.fromkeys(precious, b"\x00precious\xff"))
    for n, path in enumerate(precious):
        (root / path).chmod((0o600, 0o444, 0o755)[n % 3])
    write(root, dict.fromkeys(("a.py", "d/e/b.py", "d/c.py"), GOOD + BAD))
    before = footprint(root)
    assert gate(root, "fix").code == 0
    after = footprint(root)
    fixed = {"a.py", "d/e/b.py", "d/c.py"}
    assert {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)} == fixed
    assert all((root / path).read_text() == GOOD for path in fixed)


def test_a_fix_in_lines_that_are_edited_and_not_staged_is_offered_and_nothing_else_is_touched(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {**GATE, "a.py": GOOD, "b.py": GOOD, "c.py": GOOD})
    write(root, {"a.py": BAD + GOOD, "b.py": GOOD + BAD})
    git(root, "add", "-A")
    write(root, {"a.py": "import sys  # and mine, in the same line\n" + GOOD, "c.py": GOOD + "# unstaged\n"})
    before = footprint(root)
    answer = gate(root, "fix", "--staged")
    after = footprint(root)
    assert answer.code == 1 and ".patch" in answer.out + answer.err, answer
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"b.py", "git"} and (root / "b.py").read_text() == GOOD
    assert git(root, "show", ":a.py") == (BAD + GOOD).strip() and git(root, "stash", "list") == ""


def test_a_rename_that_is_staged_and_a_new_file_of_the_old_name_both_stay(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {**GATE, "a.py": GOOD * 5, "b.py": GOOD})
    assert gate(root, "install").code == 0
    git(root, "mv", "a.py", "moved.py")
    write(root, {"a.py": "# made again, and not git's\n", "moved.py": GOOD * 5 + "# edited, not staged\n"})
    before = footprint(root)
    assert gate(root, "run", "--staged").code == 0 and footprint(root) == before
    assert commit(root)[0] == 0
    assert (root / "a.py").read_text() == "# made again, and not git's\n"
    assert (root / "moved.py").read_text().endswith("# edited, not staged\n")
    assert git(root, "ls-tree", "-r", "--name-only", "HEAD").split().count("a.py") == 0


def test_a_lock_of_git_stops_a_fix_of_what_is_staged_with_its_name_and_stays(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {**GATE, "a.py": GOOD})
    write(root, {"a.py": GOOD + BAD})
    git(root, "add", "-A")
    write(root, {".git/index.lock": "somebody's"})
    before = footprint(root)
    answer = gate(root, "fix", "--staged")
    assert answer.code == 2 and ".git/index.lock exists" in answer.err, answer
    after = footprint(root)
    assert after[".git/index.lock"] == before[".git/index.lock"] and after["git"] == before["git"]
    (root / ".git/index.lock").unlink()
    assert gate(root, "fix", "--staged").code == 0 and (root / "a.py").read_text() == GOOD


def test_a_tool_that_commits_does_not_call_the_gate_again(tmp_path: Path) -> None:
    """A hook manager's hook, or a tool, that calls git: there is an end to it, and the work tree stays."""
    again = 'cd "{tmp}/r" && echo once >> "{tmp}/calls" && git commit -qm inner --allow-empty 2>> "{tmp}/said"\n'
    again += 'exec "{real}" "$@"\n'
    root = with_ruff(tmp_path / "r", again)
    write(root, {".git/hooks/post-checkout": "#!/bin/sh\ntouch checked-out\n"})
    (root / ".git/hooks/post-checkout").chmod(0o755)
    write(root, {"a.py": GOOD + "x = 1\n"})
    git(root, "add", "-A")
    write(root, {"a.py": GOOD + "x = 1\n# unstaged\n"})
    running = start_commit(root)
    said = running.communicate(timeout=200)[1]
    assert (tmp_path / "calls").read_text().count("once") < 4, said
    assert "a tool that this gate runs has called the gate again" in (tmp_path / "said").read_text()
    assert (root / "a.py").read_text() == GOOD + "x = 1\n# unstaged\n" and not (root / "checked-out").exists()
    assert not (root / ".git/index.lock").exists()


@contextmanager
def small_disk(place: Path, size: str) -> Iterator[Path]:
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", os.fspath(place)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no small disk can be mounted here")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", os.fspath(place)], check=True)


def fill(disk: Path) -> None:
    with open(disk / "filler", "wb", buffering=0) as file:
        try:
            while file.write(b"\0" * 4096):
                pass
        except OSError:
            pass


def free(disk: Path) -> None:
    (disk / "filler").unlink()


def test_a_cache_whose_disk_is_full_decides_nothing_and_works_when_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with small_disk(tmp_path / "small", "2m") as disk:
        root = make_repo(tmp_path / "r", {**GATE, "a.py": GOOD, **{f"m{n}.py": GOOD for n in range(40)}})
        assert gate(root, "install").code == 0
        monkeypatch.setenv("XDG_CACHE_HOME", os.fspath(disk / "cache"))
        write(root, {"a.py": GOOD + BAD})
        git(root, "add", "-A")
        before = footprint(root)
        fill(disk)
        for argv in (("run",), ("run", "--staged"), ("fix",)):
            answer = program(root, *argv)
            assert answer.code == 2 and "Traceback" not in answer.err, answer
            assert "hint: " in answer.out + answer.err and footprint(root) == before, answer
        assert commit(root)[0] != 0 and git(root, "log", "--format=%s") == "start"
        free(disk)
        assert program(root, "run").code == 1 and footprint(root) == before


def test_a_repository_whose_disk_is_full_loses_nothing_and_records_nothing(tmp_path: Path) -> None:
    with small_disk(tmp_path / "small", "2m") as disk:
        root = make_repo(disk / "r", {**GATE, "a.py": GOOD})
        assert gate(root, "install").code == 0
        write(root, {"a.py": GOOD + BAD, "b.py": GOOD})
        git(root, "add", "-A")
        write(root, {"b.py": GOOD + "# unstaged\n"})
        before = footprint(root)
        fill(disk)
        seen = []
        for argv in (("run",), ("run", "--staged"), ("fix",), ("fix", "--staged"), ("bootstrap",), ("install",)):
            answer = program(root, *argv)
            seen.append(answer.code)
            assert "Traceback" not in answer.err and "internal error" not in answer.err, (argv, answer)
            assert answer.code != 0 or argv in (("install",), ("bootstrap",)), (argv, answer)
            assert footprint(root) == before, (argv, answer)
        assert commit(root)[0] != 0
        records = root / ".git/qualitygate/records"
        assert not [path for path in records.rglob("*.json") if path.read_bytes() == b""]
        free(disk)
        assert gate(root, "fix", "--staged").code == 0 and (root / "a.py").read_text() == GOOD


def test_a_home_that_cannot_be_written_to_is_named_and_a_folder_elsewhere_helps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own_home: Path
) -> None:
    root = make_repo(tmp_path / "r", {**GATE, "a.py": GOOD})
    write(root, {"a.py": GOOD + BAD})
    with small_disk(tmp_path / "home", "1m") as home:
        (home / ".gitconfig").write_bytes((own_home / ".gitconfig").read_bytes())
        subprocess.run(["mount", "-o", "remount,ro", os.fspath(home)], check=True)
        for name in ("HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME"):
            monkeypatch.setenv(name, os.fspath(home))
        before = footprint(root)
        answer = program(root, "run")
        assert (answer.code, footprint(root)) == (2, before) and "XDG_CACHE_HOME" in answer.err, answer
        monkeypatch.setenv("XDG_CACHE_HOME", os.fspath(tmp_path / "elsewhere"))
        assert program(root, "run").code == 1 and footprint(root) == before


def test_a_checkout_that_cannot_be_written_to_is_still_judged(tmp_path: Path) -> None:
    with small_disk(tmp_path / "small", "4m") as disk:
        root = make_repo(disk / "r", {**GATE, "a.py": GOOD})
        assert gate(root, "install").code == 0
        write(root, {"a.py": GOOD + BAD})
        git(root, "add", "-A")
        subprocess.run(["mount", "-o", "remount,ro", os.fspath(disk)], check=True)
        before = footprint(root)
        for argv in (("run",), ("run", "--staged")):
            answer = program(root, *argv)
            assert answer.code in (1, 2) and "internal error" not in answer.err, (argv, answer)
            assert footprint(root) == before
        for argv in (("fix",), ("fix", "--staged"), ("bootstrap",)):
            answer = program(root, *argv)
            assert answer.code in (1, 2) and "internal error" not in answer.err, (argv, answer)
            assert footprint(root) == before


def test_started_twice_at_once_and_one_killed_the_other_answers(tmp_path: Path) -> None:
    root = with_ruff(tmp_path / "r", SLOW)
    write(root, {"a.py": GOOD + BAD})
    before = footprint(root)
    write(tmp_path, {"slow": ""})
    first = start(root, "run")
    wait_for((tmp_path / "started").exists, first)
    second = start(root, "run")
    first.kill()
    first.communicate()
    let_go(root)
    out, err = second.communicate(timeout=100)
    assert second.returncode == 1 and b"a.py:4:8: ruff:F401" in out, err
    assert footprint(root) == before
