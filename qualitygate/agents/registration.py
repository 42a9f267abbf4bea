"""Whether the hooks of the gate are still registered with a coding agent, as its settings on disk say."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator

from qualitygate.agents.agent import Agent
from qualitygate.locations import LAUNCHER


def faults(agent: Agent, root: str, others: tuple[str, ...] = ()) -> Iterator[str]:
    """What is wrong in the settings below `root`, those that are the user's own there, and `others` (paths).

    A repository without the script that hooks call has no gate to register.
    """
    if not os.path.isfile(os.path.join(root, LAUNCHER)):
        return
    local = agent.settings.removesuffix(".json") + ".local.json"
    for name in dict.fromkeys((agent.settings, local, *(_inside(root, path) for path in others))):
        data = _read(os.path.join(root, name))
        if name == agent.settings and LAUNCHER.encode("ascii") not in data:
            yield f"{name} does not call the gate for {agent.title} any more"
        try:
            settings = json.loads(data or b"{}")
        except ValueError:
            continue  # the agent does not take it either
        if isinstance(settings, dict) and (why := agent.off(settings)):
            yield f"{name}: {why}, so that {agent.title} runs no hook"


def _inside(root: str, path: str) -> str:
    return os.path.relpath(path, root) if path.startswith(root + os.sep) else path


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""
