from __future__ import annotations

import pytest

from qualitygate import actor
from qualitygate.agents.agent import Agent
from qualitygate.agents.catalogue import AGENTS
from qualitygate.agents.guard.places import refusal_for_place


@pytest.mark.parametrize("agent", AGENTS.values(), ids=AGENTS)
def test_the_git_hooks_know_the_agent_by_the_variable_of_its_adapter(agent: Agent) -> None:
    assert actor.agent({agent.variable: "1"}) == agent.name


@pytest.mark.parametrize("agent", AGENTS.values(), ids=AGENTS)
def test_no_agent_may_write_what_registers_the_gate_with_another(agent: Agent) -> None:
    assert refusal_for_place(agent.settings) is not None
    assert refusal_for_place(f"deep/{agent.settings}") is not None
