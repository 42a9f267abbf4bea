"""Before anything runs: which policy, which bases and which environment a tree is judged with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from qualitygate import git
from qualitygate.checks.tool import Environment, Tool
from qualitygate.errors import ConfigError
from qualitygate.gate import base as bases_
from qualitygate.gate import records, trust
from qualitygate.gate.base import Bases
from qualitygate.gate.policy import FILE, PLACES, UNREADABLE, Compile, GatePolicy, joined, load
from qualitygate.gate.state import State, digest, locate
from qualitygate.gate.surroundings import Surroundings, around, project_environment, version
from qualitygate.git import Repo
from qualitygate.model import Entries, Tree


class Gate(NamedTuple):
    """How to judge in one repository. `limit` overrides the policy's time limit, in seconds.

    `only`: names of checks, none means all. `environment`: empty means find it, and use it only if
    this clone is trusted; else the one in it.
    """

    repo: Repo
    state: State
    tools: Mapping[str, Tool]
    compile: Compile
    tier: str = "commit"
    everything: bool = False
    base: str = ""
    limit: float | None = None
    progress: Callable[[str], None] = lambda check: None
    environment: tuple[Environment | None, ...] = ()
    only: tuple[str, ...] = ()


class Plan(NamedTuple):
    """What one judgement will be made of. `reader` is the repo that can read `head`."""

    reader: Repo
    head: Tree
    bases: Bases
    policy: GatePolicy
    around: Surroundings
    key: records.Key


def open_gate(path: Path, tools: Mapping[str, Tool], compile_: Compile) -> Gate:
    """The gate of the repository that holds `path`."""
    repo = git.find_repo(path)
    return Gate(repo, locate(repo), tools, compile_)


def plan(gate: Gate, reader: Repo, head: Tree, find: Callable[[GatePolicy], Bases], *, here: bool) -> Plan:
    """Find the policy, the bases and the environment for a tree. `here`: it was made in this work tree."""
    ours = version()
    shared = gate.state.shared
    now = git.entries_at(reader, head.id, *PLACES)
    policy = load(reader, shared, now, ours, gate.compile)
    bases = find(policy)
    nearest = bases.nearest[0]
    before = git.entries_at(reader, nearest.tree, *PLACES)
    if FILE in before and before != now:
        policy = joined(policy, _of_base(policy, lambda: load(reader, shared, before, ours, gate.compile)))
    if gate.only:
        policy = policy._replace(checks=tuple(check for check in policy.checks if check.name in gate.only))
    surroundings = _around(gate, reader, head, policy, here=here)
    inside = digest(surroundings.ours, surroundings.environment_digest)
    rules = digest(policy.digest, gate.tier, gate.only)
    key = records.make_key(head.id, bases.all, rules, inside, bases.forks)
    return Plan(reader, head, bases, policy, surroundings, key)


def _of_base(head: GatePolicy, load_it: Callable[[], GatePolicy]) -> GatePolicy:
    """Base's policy; one that cannot be read takes nothing away and asks for nothing: else nobody could mend it."""
    try:
        return load_it()
    except ConfigError as exc:
        note = f"settings changed: those of base cannot be read, head's alone judge this change ({exc.message})"
        return head._replace(checks=(), notes=(note,), digest=UNREADABLE)


def _around(gate: Gate, reader: Repo, head: Tree, policy: GatePolicy, *, here: bool) -> Surroundings:
    """With the project's environment, if a check wants it, and what it executes was trusted in this clone."""
    if gate.environment:
        return around(gate.repo, gate.environment[0])
    wanted = any(
        check.options.get("environment") == "project" or gate.tools[check.tool].package for check in policy.checks
    )
    found = project_environment(gate.repo) if wanted else None
    if found is None or _is_trusted(gate, reader, head, here=here):
        return around(gate.repo, found)
    return around(gate.repo, None, found.prefix)


def _is_trusted(gate: Gate, reader: Repo, head: Tree, *, here: bool) -> bool:
    """Whether what this tree makes us execute may run.

    What is changed here, on top of a commit that is trusted, stays so. What arrived by fetch,
    checkout or merge is not trusted before a person says so again.
    """

    def key(repo: Repo, entries: Entries) -> str:
        read = trust.reader(repo, entries, gate.tools)
        return trust.digest_of(entries, trust.executable_configuration(read, gate.tools))

    ours = key(reader, head.entries)
    if trust.is_granted(gate.repo, ours):
        return True
    if not here:
        return False
    parents = bases_.parents_of_next_commit(gate.repo)
    if len(parents) != 1 or not trust.is_granted(gate.repo, key(gate.repo, git.entries(gate.repo, parents[0]))):
        return False
    trust.grant(gate.repo, ours)
    return True
