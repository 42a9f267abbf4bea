"""All coding agents, by the name that `qualitygate hook` and `--agents` use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from qualitygate.agents import claude
from qualitygate.agents.agent import Agent

AGENTS: Mapping[str, Agent] = {module.name: cast("Agent", module) for module in (claude,)}
