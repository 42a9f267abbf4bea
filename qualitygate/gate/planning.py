"""Before anything runs: which policy, which bases and which environment a tree is judged with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from qualitygate import actor, git, git_history
from qualitygate.checks import traits
from qualitygate.checks.catalogue import used_by
from qualitygate.checks.scope import root_of
from qualitygate.checks.tool import Project, Tool
from qualitygate.errors import ConfigError
from qualitygate.frozen import NamedTuple
from qualitygate.gate import base as bases_
from qualitygate.gate import records, trust, waiving
from qualitygate.gate.base import Bases
from qualitygate.gate.policy import FILE, PLACES, UNREADABLE, Compile, GatePolicy, joined, load
from qualitygate.gate.state import State, digest, locate, read_json, write_json
from qualitygate.gate.surroundings import Around, around, place_of, project_at, version
from qualitygate.gate.trees import is_taking_over
from qualitygate.git import Repo
from qualitygate.model import Check, Entries, Tree


class Gate(NamedTuple):
    """How to judge in one repository. `limit` overrides the policy's time limit, in seconds.

    `only`: names of checks, none means all. `project`: what the project has installed for a folder; None
    means find it, and use it only if this clone is trusted; else `trusted` says whether it is. `versions`:
    per check, of its tool, in place of those in the policy. `actor`: who made the change, `agent` or `person`;
    else the policy says, or the environment.
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
    project: Callable[[str], Project] | None = None
    trusted: bool = False
    only: tuple[str, ...] = ()
    versions: Mapping[str, str] = {}
    actor: str = ""


class Plan(NamedTuple):
    """What one judgement will be made of. `reader` is the repo that can read `head`."""

    reader: Repo
    head: Tree
    bases: Bases
    policy: GatePolicy
    around: Around
    key: records.Key
    tier: str = "commit"


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
    if policy.trusted:  # most name none: what vets it is not loaded for them
        from qualitygate.gate.naming import vetted

        policy = vetted(gate.repo, shared, policy, ours, gate.compile)
    bases = find(policy)
    nearest = bases.nearest[0]
    before = git.entries_at(reader, nearest.tree, *PLACES)
    if FILE in before:
        old = policy if before == now else _of_base(policy, lambda: load(reader, shared, before, ours, gate.compile))
        policy = joined(policy, old)
    let = waiving.granted(reader, shared, bases, ours, gate.compile)
    asked, said = waiving.added(policy, (*let.waivers, *let.expired, *policy.stood), who(gate, policy))
    policy = policy._replace(waivers=let.waivers, added=asked, notes=(*policy.notes, *waiving.notes(let), *said))
    if gate.only:
        policy = policy._replace(checks=tuple(check for check in policy.checks if check.name in gate.only))
    if gate.versions:
        rows = (check._replace(version=gate.versions.get(check.name, check.version)) for check in policy.checks)
        policy = policy._replace(checks=tuple(rows))

    def may_run(root: str) -> bool:
        tools = used_by(gate.tools, (check.tool for check in policy.checks))
        return _is_trusted(gate, reader, head, tools, root, here=here)

    surroundings = around_checks(gate, policy.checks, may_run)
    inside = digest([(root, one.ours, one.environment_digest) for root, one in sorted(surroundings.items())])
    rules = digest(policy.digest, gate.tier, gate.only, who(gate, policy), let.waivers)
    key = records.make_key(head.id, bases.all, rules, inside, bases.forks)
    return Plan(reader, head, bases, policy, surroundings, key, gate.tier)


def who(gate: Gate, policy: GatePolicy) -> str:
    """Whose change is judged, `agent` or `person`: what the settings say, else who runs us."""
    said = policy.gate.get("actor", "auto")
    if said != "auto":
        return str(said)
    return gate.actor or ("agent" if actor.agent() else "person")


def around_checks(gate: Gate, checks: Iterable[Check], may_run: Callable[[str], bool]) -> Around:
    """The surroundings per root, with what the project has installed there, if a check wants it and it may run."""
    found = {}
    for root, ecosystems in _needs(gate, checks).items():
        if gate.project is not None:
            found[root] = around(gate.repo, gate.project(root), trusted=gate.trusted)
            continue
        project = project_at(gate.repo, root, ecosystems)
        place = place_of(project)
        trusted = bool(place or "system" in ecosystems) and may_run(root)
        found[root] = around(gate.repo, project if trusted else Project(), "" if trusted else place, trusted=trusted)
    return found


_NEEDS = 2
"""Counts up when another answer is worked out of the same settings."""


def _needs(gate: Gate, checks: Iterable[Check]) -> Mapping[str, Sequence[str]]:
    """Per root, from which ecosystems its checks may use what is installed. To load every adapter for this costs more
    than all else that a tree which passed before needs, so it is worked out once."""
    asked = sorted({(check.tool, root_of(check), str(check.options.get("environment", ""))) for check in checks})
    known = gate.state.shared / "policy" / f"needs-{digest(version(), asked, _NEEDS)}.json"
    found = read_json(known)
    if isinstance(found, dict) and set(found) == {"", *(root for _, root, _ in asked)}:
        return {root: tuple(map(str, names)) for root, names in found.items()}
    wanted: dict[str, set[str]] = {"": set()}
    for name, root, environment in asked:
        tool, here = gate.tools[name], wanted.setdefault(root, set())
        if traits.ecosystem(tool) == "project":
            here.update(("python", "node", "system"))
            continue
        if tool.package:
            here.add(traits.ecosystem(tool))
        if traits.uses_project(tool, {"environment": environment}):
            here.update((traits.ecosystem(tool), traits.imports(tool)))
    needs = {root: tuple(sorted(names)) for root, names in wanted.items()}
    try:
        write_json(known, needs, lasting=False)
    except OSError:
        pass  # a read-only clone works it out again
    return needs


def _of_base(head: GatePolicy, load_it: Callable[[], GatePolicy]) -> GatePolicy:
    """Base's policy; one that cannot be read takes nothing away and asks for nothing: else nobody could mend it."""
    try:
        return load_it()
    except ConfigError as exc:
        note = f"settings changed: those of base cannot be read, head's alone judge this change ({exc.message})"
        return head._replace(checks=(), notes=(note,), digest=UNREADABLE)


def _is_trusted(gate: Gate, reader: Repo, head: Tree, tools: Mapping[str, Tool], root: str, *, here: bool) -> bool:
    """Whether what this tree makes `tools`, started in `root`, execute may run.

    What is changed here, on top of a commit that is trusted, stays so. What arrived by fetch,
    checkout or merge is not trusted before a person says so again; of `git checkout OTHER -- FILE` and its
    like git keeps no note, but the file stands in a commit that HEAD does not descend from.
    """

    def key(repo: Repo, entries: Entries) -> frozenset[str]:
        read = trust.reader(repo, entries, tools)
        return trust.all_keys(read, entries, tools, root)

    ours = key(reader, head.entries)
    if trust.is_granted(gate.repo, ours):
        return True
    if not here or is_taking_over(gate.repo):
        return False
    parents = bases_.parents_of_next_commit(gate.repo)
    if len(parents) != 1:
        return False
    before = git.entries(gate.repo, parents[0])
    if not trust.is_granted(gate.repo, key(gate.repo, before)):
        return False
    read = trust.reader(reader, head.entries, tools)
    new = trust.changed(read, trust.decisive(read, tools, root), before, head.entries)
    if new and git_history.is_elsewhere(gate.repo, new):
        return False
    trust.grant(gate.repo, ours)
    return True
