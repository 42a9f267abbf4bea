from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from qualitygate.checks import running
from qualitygate.checks.tool import Command
from qualitygate.gate import judging, observe, runner
from qualitygate.gate.planning import open_gate
from qualitygate.model import Report
from tests.support import make_repo, words, write

SLOW = {"name": "slow", "tool": "slow", "policy": "ratchet", "tier": "commit", "version": "", "options": {}}


def open_both(root: Path, slow: Any, quick: Any) -> Any:
    checks = [{**SLOW, "name": "quick", "tool": "quick"}, SLOW]
    document = {"schema": 1, "gate": {"time_limit": 60}, "checks": checks, "source": "qualitygate.toml"}
    return open_gate(root, {"slow": slow, "quick": quick}, lambda data: document)


def look(seen: list[str], name: str, found: Report) -> Any:
    def looked(place: str, files: tuple[str, ...], options: Mapping[str, Any]) -> Report:
        seen.append(name)
        return found

    return looked


def test_what_reads_the_whole_tree_is_at_work_before_the_others_begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "_HEAD_START", 60)
    seen: list[str] = []
    slow = words(name="slow", reads="tree", look=look(seen, "slow", Report((), 1)))
    quick = words(name="quick", look=look(seen, "quick", Report((), 1)))
    root = make_repo(tmp_path / "r", {"qualitygate.toml": "schema = 1\n", "a.py": "x\n"})
    write(root, {"a.py": "y\n"})
    released: list[list[str]] = []
    wait = runner._HeadStart.wait

    def waits(start: runner._HeadStart) -> None:
        wait(start)
        released.append(list(seen))

    monkeypatch.setattr(runner._HeadStart, "wait", waits)
    assert judging.judge_worktree(open_both(root, slow, quick)).status == "passed"
    assert [found[0] for found in released] == ["slow"]  # one waited, and what it waited for was at work
    assert set(seen) == {"slow", "quick"}


def test_nobody_waits_for_a_check_that_breaks_or_has_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "_HEAD_START", 60)
    quick = words(name="quick", look=look([], "quick", Report((), 1)))
    root = make_repo(tmp_path / "r", {"qualitygate.toml": "schema = 1\n", "a.py": "x\n"})
    write(root, {"a.py": "y\n"})

    def crash(*_: object) -> Report:
        raise RuntimeError("a defect")

    with pytest.raises(RuntimeError):
        judging.judge_worktree(open_both(root, words(name="slow", reads="tree", look=crash), quick))
    no_file = words(name="slow", reads="tree", wants=lambda path: path.endswith(".none"))
    assert judging.judge_worktree(open_both(root, no_file, quick)).status == "passed"


def test_a_program_that_runs_says_so_before_it_has_ended(tmp_path: Path) -> None:
    runs, mark = threading.Event(), tmp_path / "go"
    argv = ("sh", "-c", f"while [ ! -e '{mark}' ]; do :; done; echo done")

    def started() -> None:
        runs.set()
        mark.touch()

    assert running.run_command(Command(argv), tmp_path, 60, started).stdout == b"done\n" and runs.is_set()
    assert observe.Run._field_defaults["started"]() is None
