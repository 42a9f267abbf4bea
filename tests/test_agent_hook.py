"""Through the commands that are registered, as an agent runs them."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.claude_protocol import Session
from qualitygate import hook_scripts
from qualitygate.agents import claude
from qualitygate.agents.catalogue import AGENTS
from qualitygate.bootstrap.agent_files import Chosen, add_agents
from qualitygate.bootstrap.agent_proof import prove_agents
from qualitygate.bootstrap.draft import Draft
from qualitygate.commands.install import install
from qualitygate.locations import LAUNCHER
from tests.support import commit, git, make_repo, write

SETTINGS = """\
schema = 1

[checks.ruff]
tier = "edit"

[checks.secrets]
tier = "edit"

[checks.large-files]
tier = "commit"
max_kib = 20
"""
OLD = "import os\n\n\ndef f(a):\n    return not a in [1]\n"
BAD = OLD + "\n\ndef g(a):\n    return not a in [2]\n"
GOOD = OLD + "\n\ndef g(a):\n    return a not in [2]\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = make_repo(
        tmp_path / "shop",
        {
            "qualitygate.toml": SETTINGS,
            "ruff.toml": 'lint.select = ["F401", "E713"]\n',
            ".gitignore": "build/\n",
            "a.py": OLD,
            "README.md": "A shop.\n",
        },
    )
    draft = Draft(lambda path: None)
    add_agents(draft, (Chosen(AGENTS["claude"], "as asked"),))
    commit(root, {path: edit.after for path, edit in draft.edits.items()}, "agents")
    install(root, trust_it=False, ask=None)
    return root


@pytest.fixture
def session(root: Path) -> Session:
    return Session(root, dict(os.environ))


def test_a_full_disk_is_said_to_an_agent_as_what_it_is() -> None:
    from qualitygate.agent_hook import _what_went_wrong

    said = _what_went_wrong(OSError(errno.ENOSPC, "full", "/x"))
    assert said.startswith("cannot write: No space left on device: /x (make room") and "details" not in said


def test_a_session_begins_with_what_is_expected(session: Session) -> None:
    said = session.start()
    assert not said.stopped
    assert "- at each edit and commit: ruff, secrets\n- at each commit: large-files\n" in said.to_agent
    assert len(said.to_agent) < 1000


def test_an_edit_is_answered_with_what_is_new_in_it(session: Session) -> None:
    said = session.write("a.py", BAD)
    assert said.stopped
    assert '"a.py":9:16 "Test for membership should be `not in`"' in said.to_agent
    assert "qualitygate: failed, 1 new finding\n" in said.to_agent  # what was there is not listed
    assert said.to_agent.endswith("next: fix each of these (`qualitygate fix` does it for 1), then go on\n")
    assert session.write("a.py", GOOD)[:3] == (False, "", "")


def test_a_name_that_the_next_edit_may_use_waits_for_the_end(session: Session) -> None:
    session.prompt("go on")
    assert not session.write("b.py", "import json\n").stopped
    said = session.stop()
    assert said.stopped
    assert "ruff:F401" in said.to_agent


@pytest.mark.parametrize("path", ("build/made.py", "../elsewhere.py"))
def test_files_that_are_not_the_projects_are_not_judged(session: Session, path: str) -> None:
    assert session.write(path, BAD)[:3] == (False, "", "")


def test_a_repository_inside_that_has_no_gate_is_left_alone(session: Session, root: Path) -> None:
    make_repo(root / "inner", {"a.py": ""})
    assert session.write("inner/a.py", BAD)[:3] == (False, "", "")


def test_a_link_and_a_file_that_is_gone_are_no_edit(root: Path) -> None:
    (root / "link.py").symlink_to("a.py")
    for name in ("link.py", "gone.py"):
        payload = json.dumps({"session_id": "s", "cwd": str(root), "tool_input": {"file_path": str(root / name)}})
        assert call(root, "edited", payload.encode()) == (0, "")


def test_commands_past_the_gate_are_refused_and_others_are_not(session: Session) -> None:
    said, done = session.bash("git commit --no-verify -m x")
    assert said.stopped and done is None
    assert "`git commit --no-verify`" in said.to_agent
    said, done = session.bash("git status --short")
    assert not said.stopped and done is not None and done.returncode == 0


@pytest.mark.parametrize("path", (".claude/settings.json", LAUNCHER, ".git/hooks/pre-commit"))
def test_the_registration_is_not_the_agents_to_write(session: Session, root: Path, path: str) -> None:
    before = (root / path).read_bytes()
    assert session.write(path, "{}").stopped
    assert (root / path).read_bytes() == before


def test_a_turn_that_changed_something_ends_green(session: Session) -> None:
    session.prompt("go on")
    session.write("a.py", BAD)
    said = session.stop()
    assert said.stopped
    assert "next: fix each of these (`qualitygate fix` does it for 1), then finish\n" in said.to_agent
    assert "say which and why; a person decides" in said.to_agent
    session.write("a.py", GOOD)
    assert session.stop(again=True)[:3] == (False, "", "")


def test_a_turn_that_changed_nothing_ends_however_red_the_persons_own_work_is(session: Session, root: Path) -> None:
    write(root, {"a.py": BAD})
    session.prompt("what does f do?")
    assert session.stop()[:3] == (False, "", "")


def test_a_change_of_prose_alone_ends_a_turn(session: Session) -> None:
    session.prompt("go on")
    session.write("README.md", "A larger shop.\n")
    assert session.stop()[:3] == (False, "", "")


def test_a_commit_past_the_hooks_is_noticed_at_the_end(session: Session, root: Path) -> None:
    session.prompt("go on")
    session.write("a.py", BAD)
    git(root, "-c", "core.hooksPath=/dev/null", "commit", "-qam", "unseen")
    assert session.stop().stopped


def test_whoever_cannot_mend_it_is_let_go_and_the_person_is_told(session: Session) -> None:
    session.prompt("go on")
    session.write("a.py", BAD)
    assert [session.stop(again=number > 0).stopped for number in range(claude.stops - 1)] == [True] * 7
    said = session.stop(again=True)
    assert not said.stopped
    assert "kept from stopping 7 times and stops all the same, with 1 new finding" in said.to_person
    session.prompt("and now?")
    assert not session.stop().stopped  # nothing has changed since


def test_what_cannot_be_decided_keeps_nobody_for_long(session: Session, root: Path) -> None:
    session.prompt("go on")
    write(root, {"qualitygate.toml": SETTINGS.replace('"edit"', '"edit"\nversion = "0.1"', 1), "a.py": GOOD})
    assert [session.stop(again=number > 0).stopped for number in range(3)] == [True, True, False]


def test_in_a_linked_worktree_the_files_there_are_judged(session: Session, root: Path, tmp_path: Path) -> None:
    git(root, "worktree", "add", "-q", os.fspath(tmp_path / "linked"))
    said = session.write("../linked/a.py", BAD)
    assert said.stopped and '"a.py":9:16' in said.to_agent


def call(root: Path, event: str, data: bytes) -> tuple[int, str]:
    done = subprocess.run(["sh", LAUNCHER, "claude", event], cwd=root, input=data, capture_output=True, check=False)
    return done.returncode, done.stdout.decode()


@pytest.mark.parametrize("data", (b"", b"{", b"[]", b"\xff", b'{"cwd": "/"}', b"[" * 100_000))
def test_an_event_that_cannot_be_read_stops_a_command_and_nothing_else(root: Path, data: bytes) -> None:
    code, said = call(root, "command", data)
    assert (code, json.loads(said)["hookSpecificOutput"]["permissionDecision"]) == (0, "deny")
    for event in ("edited", "start", "prompt"):
        code, said = call(root, event, data)
        assert code == 0 and "could not judge" in json.loads(said)["systemMessage"]
        assert "decision" not in json.loads(said)


def test_settings_that_are_broken_stop_the_end_once(root: Path, session: Session) -> None:
    session.prompt("go on")
    write(root, {"qualitygate.toml": "schema = \n", "a.py": BAD})
    said = session.stop()
    assert said.stopped and "qualitygate.toml" in said.to_agent
    said = session.stop(again=True)
    assert not said.stopped and "qualitygate.toml" in said.to_person


@pytest.mark.parametrize(
    "args", ((), ("claude",), ("claude", "nothing"), ("nobody", "stop"), ("claude", "stop", "now"))
)
def test_a_wrong_call_is_never_read_as_a_refusal(args: tuple[str, ...], root: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "qualitygate", "hook", *args], cwd=root, input=b"{}", capture_output=True, check=False
    )
    assert done.returncode == 1
    assert b"error: `qualitygate hook AGENT EVENT` was called with" in done.stderr


def test_a_clone_without_qualitygate_is_told_once_and_not_stopped(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / ".git" / "qualitygate" / hook_scripts.WHERE).unlink()
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    assert call(root, "command", b"{}") == (0, "")
    assert call(root, "stop", b"{}") == (0, "")
    code, said = call(root, "start", b"{}")
    assert code == 0 and "pip install qualitygate-toolkit && qualitygate install" in said


def test_a_branch_without_the_launcher_stands_in_nobodys_way(session: Session, root: Path) -> None:
    (root / LAUNCHER).unlink()
    assert session.bash("git commit --no-verify --allow-empty -m x")[0][:3] == (False, "", "")
    assert session.stop()[:3] == (False, "", "")


def test_the_proof_asks_through_the_registered_command(root: Path) -> None:
    (proof,) = prove_agents(root, (Chosen(AGENTS["claude"], ""),))
    assert (proof.title, proof.reason) == ("Claude Code", "")
    (root / LAUNCHER).write_text("exit 0\n")
    (proof,) = prove_agents(root, (Chosen(AGENTS["claude"], ""),))
    assert proof.reason.startswith("`git commit --no-verify -m seed` was not refused")


def test_an_agent_that_was_started_to_change_something_ends_green_too(session: Session) -> None:
    session.prompt("go on")
    session.begin_help("a")
    session.write("a.py", BAD)
    said = session.end_help("a")
    assert said.stopped and '"a.py":9:16' in said.to_agent
    assert session.end_help("a", again=True).stopped
    said = session.end_help("a", again=True)
    assert not said.stopped and "kept from stopping 2 times" in said.to_person
    assert session.stop().stopped, "what it left is judged when the session's own agent stops"


def test_an_agent_that_was_started_to_look_is_not_kept(session: Session) -> None:
    session.prompt("go on")
    session.write("a.py", BAD)
    session.begin_help("a")
    assert session.end_help("a")[:3] == (False, "", "")
    assert session.end_help("never seen to begin")[:3] == (False, "", "")


@pytest.mark.parametrize("tool", ("push_files", "create_or_update_file", "merge_pull_request"))
def test_commits_at_the_code_host_are_refused(session: Session, tool: str) -> None:
    said = session.remote(f"mcp__github__{tool}")
    assert said.stopped and "commit and push them" in said.to_agent


@pytest.mark.parametrize("tool", ("get_file_contents", "create_pull_request", "list_issues", "add_issue_comment"))
def test_reading_and_asking_at_the_code_host_is_free(session: Session, tool: str) -> None:
    assert session.remote(f"mcp__github__{tool}")[:3] == (False, "", "")


@pytest.mark.parametrize(
    ("path", "text", "why"),
    (
        (".claude/settings.json", "{}", "does not call the gate for Claude Code any more"),
        (".claude/settings.local.json", '{"disableAllHooks": true}', "`disableAllHooks` is set"),
    ),
)
def test_settings_that_end_the_hooks_do_not_count_for_this_session(
    session: Session, root: Path, path: str, text: str, why: str
) -> None:
    assert session.change_settings(".claude/settings.json")[:3] == (False, "", "")
    write(root, {path: text})
    said = session.change_settings(path)
    assert said.stopped and why in said.to_agent and why in said.to_person


def test_settings_of_somebody_else_are_nobodys_business(session: Session, root: Path) -> None:
    write(root, {".claude/settings.local.json": '{"model": "other"}'})
    assert session.change_settings(".claude/settings.local.json")[:3] == (False, "", "")
    write(root, {".claude/settings.local.json": "{torn"})
    assert session.change_settings(".claude/settings.local.json")[:3] == (False, "", "")
