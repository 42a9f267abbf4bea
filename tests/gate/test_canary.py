"""A change that touches the settings of a tool and no file of it: all files cancel out, yet something must be tried."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from qualitygate.checks.catalogue import TOOLS
from qualitygate.checks.tool import Project
from qualitygate.defaults import compile_any
from qualitygate.gate import judging
from qualitygate.gate.planning import open_gate
from qualitygate.model import Report, Verdict
from tests.support import make_repo, open_words, words, write

CHECKS = "schema = 1\n[checks.ruff]\n[checks.ruff-format]\n[checks.mypy]\n"
FILES = {
    "qualitygate.toml": CHECKS,
    "ruff.toml": 'lint.select = ["F"]\n',
    "mypy.ini": "[mypy]\n",
    "a.py": "import os\n",
}


def judged(root: Path, head: dict[str, str | None]) -> Verdict:
    make_repo(root, FILES)
    write(root, head)
    gate = open_gate(root, TOOLS, compile_any)._replace(project=lambda root: Project())
    return judging.judge_worktree(gate)


@pytest.mark.parametrize(
    ("head", "undecided"),
    [
        pytest.param({"ruff.toml": "lint.select = 3\n"}, ["ruff", "ruff-format"], id="broken"),
        pytest.param({"ruff.toml": 'exclude = ["*"]\n'}, ["ruff", "ruff-format"], id="everything excluded"),
        pytest.param(
            {"ruff.toml": 'exclude = ["*"]\n', "a.py": "x = 2\n"}, ["ruff", "ruff-format"], id="and a file edited"
        ),
        pytest.param({"ruff.toml": 'lint.exclude = ["a.py"]\n'}, [], id="left to another check"),
        pytest.param({"mypy.ini": "[mypy]\nexclude = a.py\n"}, ["mypy"], id="no file for the type checker"),
        pytest.param({"mypy.ini": "[mypy]\nplugins = no.such\n"}, ["mypy"], id="a plugin that is not there"),
        pytest.param({"ruff.toml": 'lint.select = ["F", "E"]\n'}, [], id="fine"),
        pytest.param({"README": "x\n"}, [], id="no settings at all"),
    ],
)  # fmt: skip
def test_settings_that_break_or_blind_a_tool_are_noticed(
    tmp_path: Path, head: dict[str, str | None], undecided: list[str]
) -> None:
    verdict = judged(tmp_path / "r", head)
    found = [check for check, _ in verdict.undecided]
    if "lint.exclude" in str(head):  # ruff checks nothing then, ruff format does
        undecided = ["ruff"] if "ruff" in found else []
    assert found == undecided
    assert (verdict.status == "passed") is not bool(undecided)


def test_settings_that_left_everything_out_before_are_no_news(tmp_path: Path) -> None:
    make_repo(tmp_path / "r", {**FILES, "ruff.toml": 'exclude = ["*"]\n'})
    write(tmp_path / "r", {"ruff.toml": 'exclude = ["*", "b"]\n'})
    gate = open_gate(tmp_path / "r", TOOLS, compile_any)._replace(project=lambda root: Project())
    assert judging.judge_worktree(gate).undecided == ()


def counting(asked: list[int]) -> SimpleNamespace:
    def look(root: str, files: tuple[str, ...], options: object) -> Report:
        asked.append(len(files))
        return Report((), len(files))

    return words(look=look, config_files=("words.cfg",))


def test_a_tool_whose_settings_changed_is_run_though_no_file_of_it_did(tmp_path: Path) -> None:
    make_repo(tmp_path / "r", {"qualitygate.toml": "schema = 1\n", "words.cfg": "1\n", "a.py": "x\n", "b.py": "y\n"})
    write(tmp_path / "r", {"words.cfg": "2\n"})
    asked: list[int] = []
    verdict = judging.judge_worktree(open_words(tmp_path / "r", tool=counting(asked)))
    assert (verdict.status, 2 in asked) == ("passed", True)


def test_nothing_is_tried_while_no_settings_changed(tmp_path: Path) -> None:
    make_repo(tmp_path / "r", {"qualitygate.toml": "schema = 1\n", "words.cfg": "1\n", "a.py": "x\n"})
    write(tmp_path / "r", {"b.md": "2\n"})
    asked: list[int] = []
    judging.judge_worktree(open_words(tmp_path / "r", tool=counting(asked)))
    assert asked == []
