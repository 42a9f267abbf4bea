"""A session of Claude Code without the model: its tools, and the hooks registered for them, run as it runs them.

From its public documentation and types: every hook whose matcher fits the tool is started through a shell with the
event on standard input; exit code 2, or `deny` and `block` in the JSON that it prints, stop what was to happen.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple


class Said(NamedTuple):
    """What the hooks of one event answered together, and how many seconds each took."""

    stopped: bool
    to_agent: str
    to_person: str
    seconds: tuple[float, ...]


class Session:
    """One session in a project. `env` is what its commands see beside its own variables."""

    def __init__(self, root: Path, env: Mapping[str, str], session: str = "story") -> None:
        self.root = root
        self.env = {**env, "CLAUDE_PROJECT_DIR": os.fspath(root), "CLAUDECODE": "1"}
        self.session = session
        self.timed: list[tuple[str, float]] = []
        settings = json.loads((root / ".claude" / "settings.json").read_text())
        self._hooks: Mapping[str, Any] = settings["hooks"]

    def start(self) -> Said:
        return self._event("SessionStart", "", {"source": "startup"})

    def prompt(self, text: str) -> Said:
        return self._event("UserPromptSubmit", "", {"prompt": text})

    def bash(self, command: str) -> tuple[Said, subprocess.CompletedProcess[str] | None]:
        """A shell command: asked about first, then run, unless a hook refuses it."""
        tool: dict[str, Any] = {"tool_name": "Bash", "tool_input": {"command": command}, "tool_use_id": "t"}
        said = self._event("PreToolUse", "Bash", tool)
        if said.stopped:
            return said, None
        done = subprocess.run(
            ["bash", "-c", command], cwd=self.root, env=dict(self.env), capture_output=True, text=True, check=False
        )
        return said, done

    def write(self, path: str, content: str) -> Said:
        """The Write tool: asked about first, then written, then looked at."""
        asked = {"file_path": os.fspath(self.root / path), "content": content}
        tool: dict[str, Any] = {"tool_name": "Write", "tool_input": asked, "tool_use_id": "t"}
        said = self._event("PreToolUse", "Write", tool)
        if said.stopped:
            return said
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(content)
        return self._event("PostToolUse", "Write", {**tool, "tool_response": {"type": "update"}})

    def stop(self, *, again: bool = False) -> Said:
        return self._event("Stop", "", {"stop_hook_active": again})

    def begin_help(self, helper: str) -> Said:
        return self._event("SubagentStart", "", {"agent_id": helper, "agent_type": "general-purpose"})

    def end_help(self, helper: str, *, again: bool = False) -> Said:
        fields = {"agent_id": helper, "agent_type": "general-purpose", "agent_transcript_path": ""}
        return self._event("SubagentStop", "", {**fields, "stop_hook_active": again})

    def change_settings(self, path: str) -> Said:
        return self._event("ConfigChange", "", {"source": "project_settings", "file_path": os.fspath(self.root / path)})

    def remote(self, tool: str) -> Said:
        """A tool of a code host: asked about; it is not used."""
        return self._event("PreToolUse", tool, {"tool_name": tool, "tool_input": {}, "tool_use_id": "t"})

    def _event(self, name: str, tool: str, fields: Mapping[str, Any]) -> Said:
        base = {"session_id": self.session, "transcript_path": "", "cwd": os.fspath(self.root), "hook_event_name": name}
        payload = json.dumps({**base, **fields})
        stopped, to_agent, to_person, seconds = False, [], [], []
        for command in self._matching(name, tool):
            begin = time.perf_counter()
            done = subprocess.run(
                ["bash", "-c", command],
                cwd=self.root,
                env=dict(self.env),
                input=payload,
                capture_output=True,
                text=True,
                check=False,
            )
            seconds.append(time.perf_counter() - begin)
            self.timed.append((command.split(" claude ")[-1].split(";")[0], seconds[-1]))
            if done.returncode == 2:
                stopped = True
                to_agent.append(done.stderr)
                continue
            if done.returncode != 0:
                to_person.append(f"hook failed with {done.returncode}: {done.stderr}")
                continue
            document = json.loads(done.stdout) if done.stdout.strip().startswith("{") else {}
            specific = document.get("hookSpecificOutput", {})
            stopped |= document.get("decision") == "block" or specific.get("permissionDecision") == "deny"
            said = (document.get("reason"), specific.get("permissionDecisionReason"), specific.get("additionalContext"))
            to_agent += [text for text in said if text]
            to_person += [document["systemMessage"]] if "systemMessage" in document else []
        return Said(stopped, "\n".join(to_agent), "\n".join(to_person), tuple(seconds))

    def _matching(self, name: str, tool: str) -> Iterator[str]:
        for group in self._hooks.get(name, ()):
            matcher = group.get("matcher", "")
            if not matcher or not tool or re.fullmatch(matcher, tool):
                yield from (hook["command"] for hook in group["hooks"])
