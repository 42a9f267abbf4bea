"""Settings that a change weakens are judged by what they no longer report."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from qualitygate.checks.catalogue import TOOLS
from qualitygate.defaults import compile_any
from qualitygate.gate import judging, keeping, records
from qualitygate.gate.doubt import judge_for_a_person
from qualitygate.gate.planning import Gate, open_gate
from qualitygate.model import Acceptance, Verdict
from tests.support import commit, git, make_repo, write

GATE = 'schema = 1\n[checks.ruff]\ntier = "commit"\n'
RULES = '[lint]\nselect = ["F", "E501"]\n'
OLD = "import os\n"
BAD = "def f():\n    return undefined\n"


def opened(root: Path) -> Gate:
    return open_gate(root, TOOLS, compile_any)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Old debt (F401 in old.py), and the gate set up on it."""
    root = make_repo(tmp_path / "r", {"qualitygate.toml": GATE, "ruff.toml": RULES, "old.py": OLD, "a.py": "x = 1\n"})
    records.adopt(opened(root).state.shared, git(root, "rev-parse", "HEAD"), git(root, "rev-parse", "HEAD^{tree}"))
    return root


def judged(root: Path, files: Mapping[str, str | None]) -> Verdict:
    write(root, files)
    git(root, "add", "-A")
    return judging.judge_index(opened(root), record=True)


def places(verdict: Verdict) -> list[tuple[str, str]]:
    return [(finding.path, finding.rule) for finding in verdict.hidden]


@pytest.mark.parametrize(
    "settings",
    [
        {"ruff.toml": '[lint]\nselect = ["F401"]\n'},
        {"ruff.toml": RULES + '[lint.per-file-ignores]\n"a.py" = ["F821"]\n'},
        {"ruff.toml": 'exclude = ["a.py"]\n' + RULES},
        {"ruff.toml": None, "pyproject.toml": '[tool.ruff.lint]\nselect = ["F401"]\n'},
        {".ruff.toml": '[lint]\nselect = ["F401"]\n'},
    ],
    ids=["rule off", "ignored there", "left out", "moved and loosened", "shadowed"],
)
def test_a_defect_that_comes_with_looser_settings_is_hidden(root: Path, settings: dict[str, str | None]) -> None:
    verdict = judged(root, {"a.py": BAD, **settings})
    assert (verdict.status, places(verdict)) == ("failed", [("a.py", "ruff:F821")])
    assert [row.state for row in verdict.checks] == ["failed"]


def test_settings_that_hide_old_debt_are_no_way_to_mend_it(root: Path) -> None:
    verdict = judged(root, {"ruff.toml": '[lint]\nselect = ["F", "E501"]\nignore = ["F401"]\n'})
    assert (verdict.status, places(verdict)) == ("failed", [("old.py", "ruff:F401")])


@pytest.mark.parametrize(
    "settings",
    [
        {"ruff.toml": "# a comment\n" + RULES.replace('"F", "E501"', '\n  "E501",\n  "F",\n')},
        {"ruff.toml": '[lint]\nselect = ["F", "E501", "B"]\n'},
        {"ruff.toml": None, "pyproject.toml": '[tool.ruff.lint]\nselect = ["F", "E501"]\n'},
        {"ruff.toml": "line-length = 100\n" + RULES},
    ],
    ids=["rewritten", "tightened", "moved", "nothing is hidden by it"],
)
def test_settings_that_report_as_much_are_silent(root: Path, settings: dict[str, str | None]) -> None:
    verdict = judged(root, {"a.py": "x = 2\n", **settings})
    assert (verdict.status, verdict.hidden) == ("passed", ())


def test_a_limit_that_stands_in_the_message_is_no_other_finding(root: Path) -> None:
    """The limit stands in the message: `Line too long (130 > 88)`."""
    write(root, {"long.py": f"x = '{'y' * 130}'\n"})
    git(root, "add", "-A")
    git(root, "commit", "-qm", "debt", "--no-verify")
    records.adopt(opened(root).state.shared, git(root, "rev-parse", "HEAD"), git(root, "rev-parse", "HEAD^{tree}"))
    assert judged(root, {"ruff.toml": "line-length = 100\n" + RULES}).hidden == ()


def test_settings_that_do_not_load_leave_it_undecided(root: Path) -> None:
    verdict = judged(root, {"ruff.toml": "[lint]\nselect = 7\n", "a.py": BAD})
    assert verdict.status == "undecided"


def test_settings_that_do_not_load_and_touch_no_file_of_the_tool_are_not_passed(root: Path) -> None:
    """All files cancel out, so nothing would run at all."""
    assert judged(root, {"ruff.toml": "[lint]\nselect = 7\n"}).status == "undecided"


def test_settings_of_base_that_do_not_load_are_no_dead_end(root: Path) -> None:
    write(root, {"ruff.toml": "[lint]\nselect = 7\n"})
    git(root, "add", "-A")
    git(root, "commit", "-qm", "broken", "--no-verify")
    records.adopt(opened(root).state.shared, git(root, "rev-parse", "HEAD"), git(root, "rev-parse", "HEAD^{tree}"))
    verdict = judged(root, {"ruff.toml": RULES})
    assert verdict.status == "undecided"
    assert "settings changed, and those of base do not work here" in verdict.undecided[0][1]


def test_a_check_that_is_introduced_has_nothing_before(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"ruff.toml": RULES, "old.py": OLD})
    records.adopt(opened(root).state.shared, git(root, "rev-parse", "HEAD"), git(root, "rev-parse", "HEAD^{tree}"))
    verdict = judged(root, {"qualitygate.toml": GATE, "ruff.toml": '[lint]\nselect = ["E501"]\n'})
    assert (verdict.status, verdict.hidden) == ("passed", ())


def test_what_one_side_of_a_merge_loosened_was_judged_there(root: Path) -> None:
    git(root, "switch", "-qc", "side")
    commit(root, {"ruff.toml": '[lint]\nselect = ["F", "E501"]\nignore = ["F401"]\n'})
    assert places(judging.judge_commit(opened(root), "HEAD")) == [("old.py", "ruff:F401")]
    let(root, "HEAD~", reset=True)
    git(root, "switch", "-q", "main")
    assert judged(root, {"b.py": "y = 1\n"}).recorded
    git(root, "commit", "-qm", "ours")
    git(root, "merge", "-q", "--no-commit", "--no-ff", "side")
    verdict = judging.judge_index(opened(root), record=True)
    assert (verdict.status, verdict.hidden) == ("accepted", ())


def test_what_was_accepted_as_hidden_is_not_asked_about_again(root: Path) -> None:
    """The next commit stands on the same base, so its settings differ as well."""
    git(root, "switch", "-qc", "topic")
    assert judged(root, {"ruff.toml": '[lint]\nselect = ["E501"]\n'}).status == "failed"
    let(root)
    git(root, "commit", "-qm", "accepted")
    verdict = judged(root, {"b.py": "y = 1\n"})
    assert (verdict.status, [f.path for f in verdict.accepted]) == ("accepted", ["old.py"])


def let(root: Path, onto: str = "", *, reset: bool = False) -> None:
    """A person accepts what is staged; `reset`: what the last commit holds, made again."""
    if reset:
        git(root, "reset", "-q", "--soft", onto)
    doubt = judge_for_a_person(opened(root))
    by = Acceptance(doubt.made.head.id, "Ada", 1, "we do not care", len(doubt.verdict.blocking))
    keeping.let_through(opened(root), doubt.made, doubt.verdict, (by,), inherited=False)
    if reset:
        git(root, "commit", "-qm", "accepted")
