"""Commands of a project as checks, in real repositories."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from qualitygate import git as our_git
from qualitygate.checks.catalogue import TOOLS
from qualitygate.commands.install import ensure_trust
from qualitygate.config import compile_policy
from qualitygate.defaults import compile_any
from qualitygate.gate import judging
from qualitygate.gate.planning import Gate, open_gate
from qualitygate.model import Verdict
from tests.support import commit, git, make_repo, write

LINT = """\
import pathlib
import sys

bad = [
    f"{path}:{number}: BAD is not a word"
    for path in sorted(pathlib.Path(".").rglob("*.txt"))
    for number, line in enumerate(path.read_text().splitlines(), 1)
    if "BAD" in line
]
print("\\n".join(bad))
sys.exit(bool(bad))
"""
SETTINGS = 'schema = 1\n[checks.words]\ntool = "command"\nrun = ["python3", "lint.py"]\n'
FILES: dict[str, str | bytes | None] = {"lint.py": LINT, "qualitygate.toml": SETTINGS, "a.txt": "one\ntwo\n"}


def gate(root: Path) -> Gate:
    return open_gate(root, TOOLS, compile_any)


def trust(root: Path) -> None:
    assert ensure_trust(our_git.find_repo(root), trust_it=True, ask=None)


def places(verdict: Verdict) -> list[tuple[str, int]]:
    return [(finding.path, finding.line) for finding in verdict.new]


def test_red_on_a_new_failure_at_the_line_that_it_names(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", FILES)
    trust(root)
    write(root, {"a.txt": "one\nBAD\n"})
    verdict = judging.judge_worktree(gate(root))
    assert (verdict.status, places(verdict)) == ("failed", [("a.txt", 2)])
    assert verdict.new[0].rule == "command:failed" and verdict.new[0].message == "BAD is not a word"
    write(root, {"a.txt": "one\ntwo\nthree\n"})
    verdict = judging.judge_worktree(gate(root))
    assert (verdict.status, verdict.checks[0].files, verdict.checks[0].unit) == ("passed", 1, "run")


def test_what_fails_on_base_too_is_known(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {**FILES, "a.txt": "one\nBAD here\n"})
    trust(root)
    write(root, {"a.txt": "zero\none\nBAD here\n", "b.txt": "fine\n"})
    verdict = judging.judge_worktree(gate(root))
    assert (verdict.status, verdict.known) == ("passed", 1)
    write(root, {"b.txt": "BAD there\n"})
    assert places(judging.judge_worktree(gate(root))) == [("b.txt", 1)]


def test_a_failure_without_a_place_is_known_where_base_has_it(tmp_path: Path) -> None:
    settings = SETTINGS.replace("lint.py", "fail.py")
    root = make_repo(tmp_path / "r", {"fail.py": "raise SystemExit(3)\n", "qualitygate.toml": settings, "a.txt": "a\n"})
    trust(root)
    write(root, {"a.txt": "b\n"})
    verdict = judging.judge_worktree(gate(root))
    assert (verdict.status, verdict.known) == ("passed", 1)


def test_a_program_that_is_missing_is_undecided(tmp_path: Path) -> None:
    settings = SETTINGS.replace('"python3"', '"no-such-program-here"')
    root = make_repo(tmp_path / "r", {**FILES, "qualitygate.toml": settings})
    trust(root)
    write(root, {"a.txt": "three\n"})
    verdict = judging.judge_worktree(gate(root))
    assert verdict.status == "undecided" and "no-such-program-here" in verdict.checks[0].reason


def test_nothing_runs_before_the_clone_is_trusted(tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    spy = f"open({os.fspath(marker)!r}, 'w').close()\n"
    root = make_repo(tmp_path / "r", {**FILES, "lint.py": spy})
    write(root, {"a.txt": "three\n"})
    verdict = judging.judge_worktree(gate(root))
    assert verdict.status == "undecided" and "not trusted" in verdict.checks[0].reason
    assert not marker.exists()
    trust(root)
    assert judging.judge_worktree(gate(root)).status == "passed" and marker.exists()


@pytest.mark.parametrize(
    "arrived",
    [
        {"qualitygate.toml": SETTINGS.replace("lint.py", "other.py")},
        {"lint.py": LINT + "# changed\n"},
    ],
)
def test_a_changed_command_that_arrives_by_fetch_is_not_executed_unasked(
    tmp_path: Path, arrived: dict[str, str | bytes | None]
) -> None:
    """Trust that outlived the command would run whatever somebody else has pushed since."""
    marker = tmp_path / "ran"
    upstream = make_repo(tmp_path / "upstream", FILES)
    git(tmp_path, "clone", "-q", str(upstream), "r")
    root = tmp_path / "r"
    trust(root)
    spy = f"open({os.fspath(marker)!r}, 'w').close()\n"
    commit(upstream, {**arrived, "other.py": spy})
    git(root, "pull", "-q")
    write(root, {"a.txt": "three\n"})
    verdict = judging.judge_worktree(gate(root))
    assert verdict.status == "undecided" and "not trusted" in verdict.checks[0].reason
    assert not marker.exists()


def test_a_command_that_is_changed_here_stays_trusted(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", FILES)
    trust(root)
    write(root, {"lint.py": LINT + "# changed\n", "a.txt": "BAD\n"})
    assert judging.judge_worktree(gate(root)).status == "failed"


def test_it_runs_in_a_copy_and_may_write_there(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {**FILES, "lint.py": "open('left.txt', 'w').write('x')\n"})
    trust(root)
    write(root, {"a.txt": "three\n"})
    assert judging.judge_worktree(gate(root)).status == "passed"
    assert not (root / "left.txt").exists() and not git(root, "status", "--porcelain", "left.txt")


def test_credentials_do_not_reach_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("NPM_TOKEN", "AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN", "PGPASSWORD", "SSH_AUTH_SOCK", "OPENAI_API_KEY")
    for name in names:
        monkeypatch.setenv(name, "hidden")
    told = f"import os, sys\nsys.exit(', '.join(n for n in {names!r} if n in os.environ) or 0)\n"
    root = make_repo(tmp_path / "r", {**FILES, "lint.py": told})
    trust(root)
    write(root, {"a.txt": "three\n"})
    verdict = judging.judge_worktree(gate(root))
    assert (verdict.status, [f.message for f in verdict.new]) == ("passed", [])
    assert verdict.known == 0


def test_two_commands_side_by_side_do_not_sweep_each_others_folder(tmp_path: Path) -> None:
    settings = SETTINGS + '[checks.again]\ntool = "command"\nrun = ["python3", "lint.py"]\n'
    root = make_repo(tmp_path / "r", {**FILES, "qualitygate.toml": settings})
    trust(root)
    write(root, {"a.txt": "BAD\n"})
    verdict = judging.judge_worktree(gate(root))
    assert [row.state for row in verdict.checks] == ["failed", "failed"]


def test_only_changed_files_that_matter_make_it_run(tmp_path: Path) -> None:
    settings = SETTINGS + 'files = ["**/*.txt"]\n'
    root = make_repo(tmp_path / "r", {**FILES, "qualitygate.toml": settings, "b.md": "x\n", "lint.py": "assert 0\n"})
    trust(root)
    write(root, {"b.md": "y\n"})
    row = judging.judge_worktree(gate(root)).checks[0]
    assert (row.state, row.cached) == ("passed", True)


def test_a_command_at_every_edit_is_refused() -> None:
    """There it would see the edited files alone, and be red for what is not there."""
    with pytest.raises(Exception, match="at `commit` at the earliest"):
        compile_policy((SETTINGS + 'tier = "edit"\n').encode(), file="qualitygate.toml", tools=tuple(TOOLS))
    with pytest.raises(Exception, match=r"run: is missing"):
        compile_policy(b"schema = 1\n[checks.command]\n", file="qualitygate.toml", tools=tuple(TOOLS))
