from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from qualitygate.agents import claude
from qualitygate.agents.agent import KINDS, Answer, Event, Kind, Reply

DATA = Path(__file__).parents[1] / "data" / "claude"
SESSION = "0b4c9e0e-5a6f-4e8f-9d5c-2f1f6a9f3b11"


def payload(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((DATA / f"{name}.json").read_text())
    return found


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    (
        ("start", "start", {}),
        ("prompt", "prompt", {}),
        ("command", "command", {"command": "git commit -qm 'Add a discount'"}),
        ("write", "write", {"paths": ("/work/shop/shop/orders.py",)}),
        ("edited", "edited", {"paths": ("/work/shop/shop/orders.py",)}),
        ("edited-notebook", "edited", {"paths": ("/work/shop/a.ipynb",)}),
        ("stop", "stop", {"again": True}),
        ("remote", "remote", {"tool": "mcp__github__push_files"}),
        ("helper", "helper", {"helper": "a7f3"}),
        ("helped", "helped", {"helper": "a7f3", "again": True}),
        ("settings", "settings", {"paths": ("/work/shop/.claude/settings.json",)}),
    ),
)
def test_recorded_events(name: str, kind: Kind, expected: dict[str, Any]) -> None:
    assert claude.read(kind, payload(name)) == Event(kind, SESSION, "/work/shop")._replace(**expected)


@pytest.mark.parametrize(
    ("kind", "changed", "missing"),
    (
        ("command", {"cwd": None}, "cwd"),
        ("stop", {"session_id": 5}, "session_id"),
        ("command", {"tool_input": {"command": ["git", "commit"]}}, "tool_input.command"),
        ("write", {"tool_input": "text"}, "file_path"),
        ("edited", {"tool_input": {}}, "file_path"),
        ("remote", {"tool_name": None}, "tool_name"),
        ("helped", {"agent_id": 7}, "agent_id"),
    ),
)
def test_an_event_that_lacks_something_is_no_event(kind: Kind, changed: dict[str, Any], missing: str) -> None:
    with pytest.raises(ValueError, match=missing):
        claude.read(kind, {**payload("command"), **changed})


def test_a_monitor_without_a_command_runs_none() -> None:
    assert claude.read("command", {**payload("command"), "tool_input": {"ws": {"url": "ws://a"}}}).command == ""


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_to_say_is_an_empty_reply(kind: Kind) -> None:
    assert claude.reply(kind, Answer()) == Reply(0)


@pytest.mark.parametrize(
    ("kind", "answer", "document"),
    (
        (
            "command",
            Answer(True, "no"),
            {
                "hookSpecificOutput": {
                    "hookEventName": "PreToolUse",
                    "permissionDecision": "deny",
                    "permissionDecisionReason": "no",
                }
            },
        ),
        ("edited", Answer(True, "mend it"), {"decision": "block", "reason": "mend it"}),
        ("stop", Answer(True, "red"), {"decision": "block", "reason": "red"}),
        ("stop", Answer(aside="still red"), {"systemMessage": "still red"}),
        ("helped", Answer(True, "red"), {"decision": "block", "reason": "red"}),
        ("settings", Answer(True, "no", "aside"), {"decision": "block", "reason": "no", "systemMessage": "aside"}),
        (
            "start",
            Answer(text="a gate"),
            {"hookSpecificOutput": {"hookEventName": "SessionStart", "additionalContext": "a gate"}},
        ),
    ),
)
def test_replies(kind: Kind, answer: Answer, document: dict[str, Any]) -> None:
    reply = claude.reply(kind, answer)
    assert (reply.code, json.loads(reply.stdout), reply.stderr) == (0, document, "")


def test_what_is_registered() -> None:
    hooks = claude.registration("gate/hook")["hooks"]
    of_helpers = ["SubagentStart", "SubagentStop", "ConfigChange"]
    assert list(hooks) == ["SessionStart", "UserPromptSubmit", "PreToolUse", "PostToolUse", "Stop", *of_helpers]
    guards = hooks["PreToolUse"]
    assert [group["matcher"] for group in guards] == [
        "Bash|Monitor",
        "Edit|MultiEdit|Write|NotebookEdit",
        "mcp__github__.*",
    ]
    assert all(hook["onFailure"] == "block" for group in guards for hook in group["hooks"])
    assert hooks["Stop"][0]["hooks"][0]["command"] == (
        'cd "$CLAUDE_PROJECT_DIR" && if [ -f gate/hook ]; then sh gate/hook claude stop; fi'
    )


def test_hooks_that_are_switched_off_are_noticed() -> None:
    assert "disableAllHooks" in claude.off({"disableAllHooks": True})
    assert claude.off({"disableAllHooks": False}) == claude.off({}) == ""


def test_the_example_is_an_event() -> None:
    assert claude.read("command", json.loads(claude.example("/r", "git status"))).command == "git status"
