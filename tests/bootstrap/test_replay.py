from __future__ import annotations

import json
from pathlib import Path

import pytest

from qualitygate.bootstrap.replay import Group, Replay, Replayed
from qualitygate.commands.replay import replay
from qualitygate.errors import QualityGateError
from qualitygate.model import Finding
from qualitygate.reporters.replay import render, render_json, render_line
from tests.support import commit, git, make_repo, write

CONFIG = """\
schema = 1

[checks.ruff]
tier = "edit"

[checks.syntax]

[checks.pytest]
tier = "push"
"""


def run(root: Path, *, last: int = 100, seconds: float = 100.0) -> Replay:
    return replay(root, last=last, seconds=seconds, progress=lambda text: None)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = make_repo(tmp_path / "repo", {"a.py": "x = 1\n", "ruff.toml": 'lint.select = ["F401"]\n'})
    commit(root, {"a.py": "import os\nx = 1\n"}, "bring a defect")
    commit(root, {"b.py": "y = 1\n"}, "fine")
    git(root, "checkout", "-q", "-b", "side", "HEAD~1")
    commit(root, {"c.toml": "a = [\n"}, "break a file")
    git(root, "checkout", "-q", "main")
    git(root, "merge", "-q", "--no-ff", "-m", "merge", "side")
    commit(root, {"README.md": "words\n"}, "prose")
    write(root, {"qualitygate.toml": CONFIG})
    return root


def test_commits_that_bring_something_new_are_named_and_merges_left_out(root: Path) -> None:
    before = sorted(p.name for p in root.rglob("*"))
    found = run(root)
    assert [group.checks for group in found.groups] == [("ruff", "syntax")]
    rows = {row.subject: [finding.rule for finding in row.new] for row in found.groups[0].commits}
    assert rows == {"prose": [], "break a file": ["syntax:toml"], "fine": [], "bring a defect": ["ruff:F401"]}
    assert found.groups[0].rules() == [("ruff:F401", 1), ("syntax:toml", 1)]
    assert sorted(p.name for p in root.rglob("*")) == before
    assert not (root / ".git" / "qualitygate" / "records").exists()


def test_the_settings_are_those_of_today(root: Path) -> None:
    commit(root, {"ruff.toml": 'lint.select = ["F401"]\n'}, "then")
    write(root, {"ruff.toml": 'lint.select = ["E711"]\n'})
    assert run(root).groups[0].rules() == [("syntax:toml", 1)]


def test_what_the_time_did_not_allow_is_not_claimed(root: Path) -> None:
    found = run(root, seconds=0.0)
    assert [len(group.commits) for group in found.groups] == [0]
    assert render_line(found) == "replay: no commit could be replayed in time"
    assert "0 of 4 in the time given" in render(found)
    assert json.loads(render_json(found))["groups"][0]["replayed"] == 0


def test_only_the_last_few_when_asked(root: Path) -> None:
    assert [row.subject for row in run(root, last=1).groups[0].commits] == ["prose"]


def test_without_settings_there_is_nothing_to_replay(tmp_path: Path) -> None:
    make_repo(tmp_path / "repo", {"a.py": "x = 1\n"})
    with pytest.raises(QualityGateError, match="there is no"):
        run(tmp_path / "repo")


def test_commits_are_listed_only_where_some_would_have_been_refused() -> None:
    rows = (Replayed("a" * 40, "one", (), ()), Replayed("b" * 40, "two", (), ()))
    found = Replay((Group(("ruff", "syntax"), rows), Group(("mypy",), rows)), 2, 1.0)
    assert render_line(found) == "replay: would have refused none of the last 2 commits"
    assert render(found) == "would have refused none of the last 2 commits"
    short = found._replace(groups=(found.groups[0], Group(("mypy",), rows[:1])))
    assert render_line(short) == (
        "replay: would have refused 0 of the last 2 commits (ruff, syntax); 0 of the last 1 commit (mypy)"
    )


def finding(rule: str) -> Finding:
    return Finding("ruff", rule, "a.py", 1, 1, 1, 2, "said")


def test_a_rule_that_refuses_many_commits_is_called_loud() -> None:
    rows = [Replayed("a" * 40, "one", (finding("ruff:F401"),), ())] * 3 + [Replayed("b" * 40, "two", (), ())] * 7
    rows += [Replayed("c" * 40, "three", (), (("ruff", "crashed"),))]
    found = Replay((Group(("ruff",), tuple(rows)),), 11, 1.0)
    assert render_line(found) == (
        "replay: would have refused 3 of the last 11 commits (ruff): ruff:F401 3, 1 undecided;"
        " loud: ruff:F401 in 3 of 11; `qualitygate replay` lists them"
    )
    assert render(found).splitlines()[:3] == ["aaaaaaaaa one", "  a.py:1: ruff:F401 said", ""]
