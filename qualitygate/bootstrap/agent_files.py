"""The registration of the gate with coding agents: which agents, and what is written for them."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from shutil import which

from qualitygate.agents.agent import Agent
from qualitygate.agents.catalogue import AGENTS
from qualitygate.bootstrap import json_text
from qualitygate.bootstrap.draft import Draft
from qualitygate.bootstrap.edits import Edit
from qualitygate.bootstrap.plan import Step
from qualitygate.errors import QualityGateError
from qualitygate.frozen import NamedTuple
from qualitygate.locations import LAUNCHER
from qualitygate.resources import read

AUTO, NONE = "auto", "none"


class Chosen(NamedTuple):
    """An agent that the gate is registered with, and what tells that it is used."""

    agent: Agent
    evidence: str


def choose(
    root: Path, asked: str, environ: Mapping[str, str] = os.environ, find: Callable[[str], str | None] = which
) -> tuple[Chosen, ...]:
    """The agents in `asked`: names with commas between, `none`, or `auto` for those that left a sign here.

    Raises QualityGateError for a name that is not known.
    """
    if asked != AUTO:
        names = [name.strip() for name in asked.split(",") if name.strip() not in ("", NONE)]
        for name in names:
            if name not in AGENTS:
                raise QualityGateError(f"unknown agent {name!r}", hint=f"known: {', '.join(AGENTS)}; or none")
        return tuple(Chosen(AGENTS[name], "as asked") for name in dict.fromkeys(names))
    found = []
    for agent in AGENTS.values():
        signs = [f"{sign} is here" for sign in agent.signs if (root / sign).exists()]
        signs += [f"{agent.variable} is set" for _ in (1,) if environ.get(agent.variable)]
        signs += [f"`{program}` is on the PATH" for program in agent.programs if find(program)]
        if signs:
            found.append(Chosen(agent, signs[0]))
    return tuple(found)


def add_agents(draft: Draft, chosen: tuple[Chosen, ...]) -> tuple[Chosen, ...]:
    """Add the registration of these agents to the plan; returns those whose hooks will run."""
    able = []
    for agent, evidence in chosen:
        before = draft.read(agent.settings)
        if before is not None and (why := agent.off(_document(before, agent.settings))):
            draft.leave_out(f"hooks of {agent.title}", f"{why} in {agent.settings}")
            continue
        lists = agent.registration(LAUNCHER)
        after = json_text.add(before, lists, file=agent.settings, ours=lambda item: json_text.mentions(item, LAUNCHER))
        draft.write(Edit(agent.settings, before, after, kind="json", marker=LAUNCHER))
        if before != after:
            reason = "it is told after an edit what is wrong, kept from going past the gate and from stopping while red"
            draft.steps.append(Step(f"register the gate with {agent.title} in {agent.settings}", reason, evidence))
        able.append(Chosen(agent, evidence))
    if able:
        script = read("hooks", "agents", "agent-hook.sh")
        if script is None:
            raise QualityGateError("the installation lacks hooks/agents/agent-hook.sh", hint="install it again")
        draft.write(Edit(LAUNCHER, draft.read(LAUNCHER), script, executable=True))
    return tuple(able)


def registered(draft: Draft, chosen: tuple[Chosen, ...]) -> tuple[Chosen, ...]:
    """Those that the gate is registered with already."""
    return tuple(one for one in chosen if LAUNCHER.encode("ascii") in (draft.read(one.agent.settings) or b""))


def _document(data: bytes, file: str) -> Mapping[str, object]:
    json_text.add(data, {}, file=file)  # raises for what is no JSON object, and says where
    found: Mapping[str, object] = json.loads(data.decode("utf-8-sig"))
    return found
