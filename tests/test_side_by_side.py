"""Several gates at once: in one work tree, in many of one repository, in two versions, on one cache."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from qualitygate.gate import records
from qualitygate.gate.records import Key
from qualitygate.git import find_repo
from qualitygate.model import Base
from tests.footprint import footprint, gate, program, start
from tests.support import git, make_repo, write
from tests.test_faults import BAD, GATE, GOOD, SLOW, let_go, wait_for, with_ruff


def test_a_record_of_one_work_tree_lets_no_other_tree_through(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {**GATE, "a.py": GOOD, "old.py": BAD})
    assert gate(root, "install").code == 0
    trees = []
    for n, text in enumerate((GOOD + "x = 1\n", GOOD + BAD)):
        git(root, "worktree", "add", "-q", "-b", f"b{n}", f"../w{n}")
        write(tmp_path / f"w{n}", {"a.py": text})
        git(tmp_path / f"w{n}", "add", "-A")
    running = [
        subprocess.Popen(["git", "commit", "-qm", "x"], cwd=tmp_path / f"w{n}", stderr=subprocess.PIPE) for n in (0, 1)
    ]
    assert [one.communicate()[1] != b"?" and one.returncode for one in running] == [0, 1]
    # The tree that passed against its own base does not pass where it brings back what was mended.
    git(tmp_path / "w0", "rm", "-q", "old.py")
    git(tmp_path / "w0", "commit", "-qm", "mended")
    trees = git(root, "log", "--format=%T", "b0").split()
    git(tmp_path / "w0", "read-tree", trees[1])
    git(tmp_path / "w0", "checkout-index", "-qfa")
    again = subprocess.run(["git", "commit", "-qm", "back"], cwd=tmp_path / "w0", capture_output=True, check=False)
    assert again.returncode == 1 and b"old.py:1:8" in again.stderr


def test_a_record_that_is_copied_to_another_tree_or_edited_counts_for_nothing(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {**GATE, "a.py": GOOD})
    assert gate(root, "install").code == 0
    write(root, {"a.py": GOOD + "x = 1\n"})
    git(root, "commit", "-qam", "good")
    passed = next((root / ".git/qualitygate/records").glob("*/*.json"))
    write(root, {"a.py": GOOD + BAD})
    git(root, "add", "-A")
    tree = git(root, "write-tree")
    place = root / ".git/qualitygate/records" / tree
    place.mkdir()
    shutil.copy(passed, place / passed.name)
    assert program(root, "run", "--staged").code == 1
    refused = subprocess.run(["git", "commit", "-qm", "x"], cwd=root, capture_output=True, check=False)
    assert refused.returncode == 1 and b"F401" in refused.stderr
    assert not records.is_trusted(root / ".git/qualitygate", tree)


def test_a_record_is_of_one_policy_and_one_environment(tmp_path: Path) -> None:
    key = Key("tree", ("base",), "policy", "environment")
    records.write(tmp_path, key, (Base("base", "", "adopted"),), {})
    assert records.exists(tmp_path, key)
    for other in (
        key._replace(policy="p"),
        key._replace(environment="e"),
        key._replace(bases=()),
        key._replace(head="t"),
    ):
        assert not records.exists(tmp_path, other)


def test_two_versions_of_the_gate_on_one_cache_do_not_answer_for_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make_repo(tmp_path / "r", {**GATE, "a.py": GOOD})
    write(root, {"a.py": GOOD + BAD})

    def cached() -> list[bool]:
        answer = gate(root, "run", "--format", "json")
        assert answer.code == 1
        return [row["cached"] for row in json.loads(answer.out)["checks"]]

    assert not all(cached())
    assert all(cached())
    with monkeypatch.context() as patch:
        for module in ("qualitygate.gate.surroundings", "qualitygate.gate.policy", "qualitygate.gate.planning"):
            patch.setattr(f"{module}.version", lambda: "another", raising=False)
        assert not all(cached())
    assert all(cached()), "the results of the first are still there"


def test_two_commits_in_one_work_tree_do_not_take_each_others_index(tmp_path: Path) -> None:
    root = with_ruff(tmp_path / "r", SLOW, {"b.py": GOOD})
    write(root, {"a.py": GOOD + "x = 1\n", "b.py": GOOD + BAD})
    write(tmp_path, {"slow": ""})
    first = subprocess.Popen(["git", "commit", "-qm", "a", "a.py"], cwd=root, stderr=subprocess.PIPE)
    wait_for((tmp_path / "started").exists, first)
    second = subprocess.run(["git", "commit", "-qm", "b", "b.py"], cwd=root, capture_output=True, check=False)
    let_go(root)
    said = first.communicate()[1]
    assert first.returncode == 0, said
    assert second.returncode != 0 and git(root, "log", "-1", "--format=%s") == "a"
    assert git(root, "status", "--porcelain").splitlines() == ["M b.py"]
    assert program(root, "run").code == 1


def test_a_gate_and_a_fix_at_once_both_end_well(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {**GATE, **{f"m{n}.py": GOOD for n in range(20)}})
    write(root, {f"m{n}.py": GOOD + BAD for n in range(20)})
    running = [start(root, *argv) for argv in (("run",), ("fix",), ("run",), ("fix",))]
    for process in running:
        out, err = process.communicate(timeout=200)
        assert process.returncode in (0, 1, 2) and b"Traceback" not in err, (out, err)
    assert gate(root, "fix").code == 0
    assert {path.read_text() for path in root.glob("m*.py")} == {GOOD}
    assert git(root, "status", "--porcelain") == "" and not list(root.glob(".qualitygate*"))


def test_a_clone_in_the_place_of_another_does_not_meet_its_snapshot(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {**GATE, "a.py": GOOD, "only-here.py": GOOD})
    write(root, {"a.py": GOOD + BAD})
    assert gate(root, "run").code == 1
    shutil.rmtree(root)
    make_repo(root, {**GATE, "a.py": GOOD + "y = 1\n"})
    before = footprint(root)
    assert gate(root, "run", "--all-files").code == 0 and footprint(root) == before
    write(root, {"a.py": GOOD + "y = 1\n" + BAD})
    assert gate(root, "run").code == 1


def test_fixes_in_many_work_trees_at_once_do_not_meet(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {**GATE, **{f"m{n}.py": GOOD for n in range(8)}})
    places = [root, *(tmp_path / f"w{n}" for n in range(3))]
    for n, place in enumerate(places):
        if n:
            git(root, "worktree", "add", "-q", "-b", f"b{n}", os.fspath(place))
        write(place, {f"m{n}.py": GOOD + BAD for n in range(8)})
    running = [start(place, "fix") for place in places]
    for process in running:
        out, err = process.communicate(timeout=300)
        assert process.returncode == 0, (out, err)
    for place in places:
        assert {path.read_text() for path in place.glob("m*.py")} == {GOOD}
        assert git(place, "status", "--porcelain") == ""
    rooms = {find_repo(place).git_dir / "qualitygate/fix" for place in places}
    assert len(rooms) == 4 and all(room.is_dir() and not list(room.iterdir()) for room in rooms)
