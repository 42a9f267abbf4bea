from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
from pathlib import Path

import pytest

from qualitygate.commands import accept
from qualitygate.commands.install import install
from qualitygate.errors import QualityGateError
from tests.checkout import ROOT
from tests.support import git, make_repo, write

SETTINGS = {
    "qualitygate.toml": "schema = 1\n[checks.ruff]\n[checks.merge-marker]\ntool = 'markers'\n",
    "ruff.toml": '[lint]\nselect = ["F"]\n',
}
GOOD = "import os\n\nprint(os.name)\n"
BAD = GOOD + "import json\n"
_ASKED = re.compile(rb"(through|Why): ")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A clone with our hooks, on a branch, with a defect staged."""
    upstream = make_repo(tmp_path / "up", {**SETTINGS, "a.py": GOOD})
    git(tmp_path, "clone", "-q", os.fspath(upstream), "a repo")
    root = tmp_path / "a repo"
    git(root, "switch", "-qc", "topic")
    install(root, trust_it=False, ask=None)
    write(root, {"a.py": BAD})
    git(root, "add", "-A")
    return root


def on_terminal(root: Path, answers: list[str], *args: str, **env: str) -> tuple[int, str]:
    """Run `qualitygate accept` on a terminal of its own; `{word}` in an answer is what it asks for."""
    ours, theirs = pty.openpty()
    program = subprocess.Popen(
        [sys.executable, "-m", "qualitygate", "accept", *args],
        cwd=root,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "PYTHONPATH": os.fspath(ROOT), "TERM": "dumb", **env},
        start_new_session=True,
    )
    os.close(theirs)
    said, left = b"", list(answers)
    while select.select([ours], [], [], 60)[0]:
        try:
            part = os.read(ours, 4096)
        except OSError:  # the other side is closed
            break
        said += part
        if left and len(_ASKED.findall(said)) > len(answers) - len(left):
            word = re.search(rb"Type (\w+) to", said)
            assert word
            os.write(ours, left.pop(0).replace("{word}", word[1].decode()).encode() + b"\n")
    os.close(ours)
    return program.wait(60), said.decode().replace("\r\n", "\n")


def try_commit(root: Path, *args: str, **env: str) -> subprocess.CompletedProcess[str]:
    argv = ["git", "commit", "-qm", "change", *args]
    return subprocess.run(argv, cwd=root, text=True, capture_output=True, check=False, env={**os.environ, **env})


def test_a_person_is_told_how_to_go_on_accepts_and_commits_and_cannot_push(root: Path) -> None:
    refused = try_commit(root)
    assert refused.returncode == 1
    assert refused.stderr.splitlines()[-1] == (
        "hint: mend it, or let what is staged through with a reason: `qualitygate accept`"
    )
    code, said = on_terminal(root, ["{word}", "a hotfix\x07"])
    assert code == 0, said
    assert "a.py:4:8: ruff:F401" in said and "a push fails until it is mended" in said
    assert said.splitlines()[-1].startswith("accepted: 1 finding, in tree ")
    done = try_commit(root)
    assert done.returncode == 0, done.stderr
    assert re.search(r"^accepted by Somebody <somebody@example.com> on [-\d]+: a hotfix", done.stderr, re.M)
    write(root, {"b.py": "y = 1\n"})
    git(root, "add", "-A")
    later = try_commit(root)
    assert later.returncode == 0
    assert "ruff: 1 accepted by a person (blocks no commit here)" in later.stderr
    pushed = subprocess.run(["git", "push", "-q", "origin", "topic"], cwd=root, capture_output=True, check=False)
    assert pushed.returncode == 1
    assert b"1 new finding" in pushed.stdout and b"was accepted here by Somebody" in pushed.stdout


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        (["y"], "was not typed"),
        (["yes"], "was not typed"),
        ([""], "was not typed"),
        (["{word}", ""], "no reason was given"),
    ],
)
def test_whoever_does_not_type_the_word_and_a_reason_has_accepted_nothing(
    root: Path, answers: list[str], said: str
) -> None:
    code, output = on_terminal(root, answers)
    assert (code, said in output) == (2, True), output
    assert try_commit(root).returncode == 1


def test_an_agent_is_refused_and_told_nothing_of_it(root: Path) -> None:
    code, said = on_terminal(root, ["{word}", "because"], CLAUDECODE="1")
    assert code == 2
    assert "only a person can do this, and it is run by an agent (claude)" in said
    refused = try_commit(root, CLAUDECODE="1")
    assert refused.returncode == 1
    assert "accept" not in refused.stdout + refused.stderr


def test_an_agent_commits_on_top_of_what_a_person_accepted_and_is_told_to_leave_it(root: Path) -> None:
    assert on_terminal(root, ["{word}"], "--reason", "a hotfix")[0] == 0
    assert try_commit(root).returncode == 0
    write(root, {"b.py": "import sys\n"})
    git(root, "add", "-A")
    refused = try_commit(root, CLAUDECODE="1")
    assert "accepted by a person: 1 finding, leave them as they are" in refused.stderr
    assert "b.py" in refused.stderr and "a.py" not in refused.stderr and "qualitygate accept" not in refused.stderr
    write(root, {"b.py": "x = 1\n"})
    git(root, "add", "-A")
    assert try_commit(root, CLAUDECODE="1").returncode == 0


@pytest.mark.parametrize("stdin", [subprocess.DEVNULL, subprocess.PIPE])
def test_without_a_terminal_nobody_can_accept(root: Path, stdin: int) -> None:
    argv = [sys.executable, "-m", "qualitygate", "accept", "--reason", "x"]
    env = {**os.environ, "PYTHONPATH": os.fspath(ROOT)}
    done = subprocess.run(argv, cwd=root, stdin=stdin, capture_output=True, text=True, check=False, env=env)
    assert (done.returncode, done.stderr.splitlines()[0]) == (2, "error: only a person at a terminal can do this")


def test_unfinished_work_goes_on_a_branch_and_not_on_main(root: Path) -> None:
    git(root, "switch", "-q", "main")
    code, said = on_terminal(root, ["{word}"], "--wip")
    assert code == 2
    assert "main is the main branch: unfinished work does not go there" in said
    git(root, "switch", "-q", "topic")
    code, said = on_terminal(root, ["{word}"], "--wip")
    assert code == 0, said
    assert try_commit(root).returncode == 0


def test_a_merge_that_was_stopped_is_accepted_and_committed(root: Path) -> None:
    git(root, "stash", "-q")
    git(root, "switch", "-qc", "theirs")
    git(root, "-c", "core.hooksPath=/dev/null", "commit", "-q", "--allow-empty", "-m", "apart")
    write(root, {"c.py": "import sys\n"})
    git(root, "add", "-A")
    git(root, "-c", "core.hooksPath=/dev/null", "commit", "-qm", "past the gate")
    git(root, "switch", "-q", "topic")
    write(root, {"d.py": "x = 1\n"})
    git(root, "add", "-A")
    assert try_commit(root).returncode == 0
    merge = ["git", "merge", "-q", "--no-edit", "theirs"]
    stopped = subprocess.run(merge, cwd=root, capture_output=True, text=True, check=False)
    assert stopped.returncode != 0 and "c.py:1:8" in stopped.stderr
    code, said = on_terminal(root, ["{word}"], "--reason", "theirs")
    assert code == 0, said
    assert try_commit(root).returncode == 0
    assert len(git(root, "show", "-s", "--format=%P").split()) == 2


def test_nothing_staged_and_nothing_wrong_are_told_apart(root: Path) -> None:
    git(root, "reset", "-q", "--hard")
    with pytest.raises(QualityGateError, match="nothing is staged"):
        accept.look(root, wip=False, terminal=True)
    write(root, {"b.py": "x = 1\n"})
    git(root, "add", "-A")
    assert accept.look(root, wip=False, terminal=True) is None


def test_an_index_that_moves_while_the_person_reads_is_not_accepted(root: Path) -> None:
    question = accept.look(root, wip=False, terminal=True)
    assert question is not None
    write(root, {"late.py": "import sys\n"})
    git(root, "add", "-A")
    with pytest.raises(QualityGateError, match="changed meanwhile"):
        accept.grant(question, typed=question.word, reason="x")
    git(root, "rm", "-q", "-f", "late.py")
    assert accept.grant(question, typed=question.word, reason="x").status == "accepted"
