"""Whether the hooks that were registered with an agent answer: asked through the very command that it will run."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from qualitygate.agents.agent import KINDS, Agent
from qualitygate.bootstrap.agent_files import Chosen
from qualitygate.frozen import NamedTuple
from qualitygate.locations import LAUNCHER
from qualitygate.process import run, tool_env

_SECONDS = 60.0


class AgentProof(NamedTuple):
    """One agent, and why its hooks would not hold; "" where a command past the gate was refused, another was not."""

    title: str
    reason: str


def prove_agents(root: Path, chosen: tuple[Chosen, ...]) -> tuple[AgentProof, ...]:
    """Send each agent's guard a command that it must refuse, and one that it must not."""
    tried = ((agent, _try(root, agent, commands(agent.registration(LAUNCHER)))) for agent, _ in chosen)
    return tuple(AgentProof(agent.title, reason) for agent, reason in tried)


def _try(root: Path, agent: Agent, registered: Mapping[str, str]) -> str:
    command = registered["command"]
    for shell, refused in (("git commit --no-verify -m seed", True), ("git status", False)):
        payload = agent.example(os.fspath(root), shell)
        env = tool_env({"CLAUDE_PROJECT_DIR": os.fspath(root)})
        output = run(["sh", "-c", command], cwd=root, env=env, stdin=payload, timeout=_SECONDS)
        if output.code != 0 or (b"refused:" in output.stdout) != refused:
            said = (output.stderr or output.stdout).decode("utf-8", "replace").strip()[:200]
            return f"`{shell}` was {'not ' if refused else ''}refused: {said or 'no answer'}"
    return ""


def commands(registration: Mapping[str, Any]) -> dict[str, str]:
    """The registered commands by the event that they answer."""
    called = ((kind, text) for text in _texts(registration) for kind in KINDS if f" {kind};" in f"{text};")
    return dict(called)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for inside in value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ():
        yield from _texts(inside)
