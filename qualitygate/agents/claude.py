"""Claude Code: JSON on standard input, JSON on standard output with exit code 0.

Field names are those of the types that the vendor ships (`@anthropic-ai/claude-agent-sdk`, `sdk.d.ts`); tests compare.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from qualitygate.agents.agent import Answer, Event, Kind, Reply

name = "claude"
title = "Claude Code"
signs = (".claude", "CLAUDE.md")
programs = ("claude",)
variable = "CLAUDECODE"
settings = ".claude/settings.json"
stops = 8
"""A turn ends with a warning after so many refusals in a row (`CLAUDE_CODE_STOP_HOOK_BLOCK_CAP` raises it)."""

_SHELLS = "Bash|Monitor"
_WRITERS = "Edit|MultiEdit|Write|NotebookEdit"
_NAMES: Mapping[Kind, str] = {
    "start": "SessionStart",
    "prompt": "UserPromptSubmit",
    "command": "PreToolUse",
    "write": "PreToolUse",
    "edited": "PostToolUse",
    "stop": "Stop",
    "remote": "PreToolUse",
    "helper": "SubagentStart",
    "helped": "SubagentStop",
    "settings": "ConfigChange",
}
_REMOTE = "mcp__github__.*"
_MATCHERS: Mapping[Kind, str] = {"command": _SHELLS, "write": _WRITERS, "edited": _WRITERS, "remote": _REMOTE}
_SECONDS: Mapping[Kind, int] = {"edited": 60, "stop": 600, "helped": 600, "command": 20, "write": 20, "remote": 20}
_OTHERWISE = 30


def registration(launcher: str) -> Mapping[str, Any]:
    """Groups of hooks per event. What guards an action blocks it when the hook itself fails.

    A branch without the launcher has no gate: there the hooks do nothing, and never stand in the way.
    """
    hooks: dict[str, list[dict[str, Any]]] = {}
    for kind, event in _NAMES.items():
        command = f'cd "$CLAUDE_PROJECT_DIR" && if [ -f {launcher} ]; then sh {launcher} {name} {kind}; fi'
        hook: dict[str, Any] = {"type": "command", "command": command, "timeout": _SECONDS.get(kind, _OTHERWISE)}
        if event == "PreToolUse":
            hook["onFailure"] = "block"
        group: dict[str, Any] = {"matcher": _MATCHERS[kind]} if kind in _MATCHERS else {}
        hooks.setdefault(event, []).append({**group, "hooks": [hook]})
    return {"hooks": hooks}


def off(settings: Mapping[str, Any]) -> str:
    """`disableAllHooks` does what it says."""
    return "`disableAllHooks` is set" if settings.get("disableAllHooks") is True else ""


def read(kind: Kind, payload: Mapping[str, Any]) -> Event:
    """An event from what Claude Code writes to the hook's standard input. Raises ValueError."""
    folder, session = payload.get("cwd"), payload.get("session_id")
    if not isinstance(folder, str) or not isinstance(session, str):
        raise ValueError("`cwd` or `session_id` is missing")
    event = Event(kind, session, folder)
    asked = payload.get("tool_input")
    asked = asked if isinstance(asked, Mapping) else {}
    if kind == "command":
        command = asked.get("command", "")
        if not isinstance(command, str):
            raise ValueError("`tool_input.command` is not text")
        return event._replace(command=command)
    if kind == "remote":
        tool = payload.get("tool_name")
        if not isinstance(tool, str):
            raise ValueError("`tool_name` is missing")
        return event._replace(tool=tool)
    if kind == "settings":
        path = payload.get("file_path")
        return event._replace(paths=(path,) if isinstance(path, str) else ())
    if kind in ("write", "edited"):
        path = asked.get("file_path") or asked.get("notebook_path")
        if not isinstance(path, str):
            raise ValueError("`tool_input.file_path` is missing")
        return event._replace(paths=(path,))
    helper = payload.get("agent_id") if kind in ("helper", "helped") else ""
    if not isinstance(helper, str):
        raise ValueError("`agent_id` is missing")
    return event._replace(again=payload.get("stop_hook_active") is True, helper=helper)


def example(folder: str, command: str) -> bytes:
    """The payload of a PreToolUse event, as Claude Code sends it."""
    fields = {"session_id": "qualitygate", "transcript_path": "", "cwd": folder, "hook_event_name": "PreToolUse"}
    tool = {"tool_name": "Bash", "tool_input": {"command": command}, "tool_use_id": "qualitygate"}
    return json.dumps({**fields, **tool}).encode("utf-8")


def reply(kind: Kind, answer: Answer) -> Reply:
    """One JSON object, nothing where there is nothing to say; always exit code 0, so that it is read."""
    document: dict[str, Any] = {}
    if answer.refused and _NAMES[kind] == "PreToolUse":
        decision = {"permissionDecision": "deny", "permissionDecisionReason": answer.text}
        document["hookSpecificOutput"] = {"hookEventName": _NAMES[kind], **decision}
    elif answer.refused:
        document = {"decision": "block", "reason": answer.text}
    elif answer.text and kind != "settings":  # that event takes no text for the agent
        document["hookSpecificOutput"] = {"hookEventName": _NAMES[kind], "additionalContext": answer.text}
    if answer.aside:
        document["systemMessage"] = answer.aside
    return Reply(0, json.dumps(document) + "\n" if document else "")
