"""The gate as hooks and commands use it: choose the trees, judge them, leave a record."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from qualitygate import git
from qualitygate.checks import environment as environments
from qualitygate.checks.resolve import our_environment
from qualitygate.checks.tool import Environment, Tool
from qualitygate.errors import GitError, QualityGateError
from qualitygate.gate import accept, records, stash, trust
from qualitygate.gate import base as bases_
from qualitygate.gate.ancestry import accepted_between
from qualitygate.gate.base import Bases
from qualitygate.gate.policy import FILE, Compile, GatePolicy, joined, load
from qualitygate.gate.snapshot import lock
from qualitygate.gate.state import State, digest, locate
from qualitygate.gate.trees import commit_tree, index_tree, watched_index, worktree_tree
from qualitygate.git import Repo
from qualitygate.model import Acceptance, Base, Entries, Tree, Verdict


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
    """What one judgement will be made of, before anything runs."""

    reader: Repo
    head: Tree
    bases: Bases
    policy: GatePolicy
    environment: Environment | None
    untrusted: str
    key: records.Key


def open_gate(path: Path, tools: Mapping[str, Tool], compile_: Compile) -> Gate:
    """The gate of the repository that holds `path`."""
    repo = git.find_repo(path)
    return Gate(repo, locate(repo), tools, compile_)


def version() -> str:
    """Our own version, from the metadata beside us; `unknown` in a checkout that was never installed."""
    return environments.installed(our_environment(), "qualitygate-toolkit") or "unknown"


def judge_index(gate: Gate, *, record: bool) -> Verdict:
    """What is about to be committed. Stale, and undecided, if the index moves meanwhile."""
    head, moved = watched_index(gate.repo, gate.state.worktree)
    verdict = _judge(gate, gate.repo, head, _commit_bases(gate, head), record=record, here=True)
    if moved():
        stale = ("gate", "the index changed while the gate ran; run it again")
        verdict = verdict._replace(status="undecided", undecided=(*verdict.undecided, stale))
    return verdict


class Doubt(NamedTuple):
    """What a person may let through: the judgement on the index, how it was made, and the branch it is for."""

    made: Plan
    verdict: Verdict
    branch: str
    is_main: bool
    has_trusted: bool


def judge_for_a_person(gate: Gate) -> Doubt:
    """What is about to be committed, for a person to decide on."""
    _, head = index_tree(gate.repo, gate.state.worktree)
    made = plan(gate, gate.repo, head, _commit_bases(gate, head), here=True)
    verdict = judge_index(gate, record=False)
    if verdict.head.id != head.id:
        raise GitError("the index changed while the gate ran", hint="run it again")
    branch = bases_.current_branch(gate.repo)
    trusted = bases_.trusted_ref(gate.repo, made.policy.trusted)
    is_main = bool(branch) and branch == bases_.main_branch(gate.repo, made.policy.trusted)
    return Doubt(made, verdict, branch, is_main, trusted is not None)


def still_stands(gate: Gate, made: Plan) -> bool:
    """Whether the next commit would have this tree and these parents."""
    parents = tuple(sorted(bases_.parents_of_next_commit(gate.repo)))
    return (index_tree(gate.repo, gate.state.worktree)[1].id, parents) == (made.head.id, made.bases.parents)


def judge_worktree(gate: Gate) -> Verdict:
    """The files on disk, with what pre-commit or prek have set aside put back. Never recorded."""
    patch = stash.find_patch() if stash.inside_manager() else None
    repo, head = worktree_tree(gate.repo, gate.state.worktree, patch)
    return _judge(gate, repo, head, _commit_bases(gate, head), record=False, here=True)


def plan_here(gate: Gate, reader: Repo, head: Tree) -> Plan:
    """How the index or the work tree would be judged, and what is made from them."""
    return plan(gate, reader, head, _commit_bases(gate, head), here=True)


def judge_commit(gate: Gate, rev: str, *, record: bool = False) -> Verdict:
    """A commit, as if it were about to be made on its parents."""
    head = commit_tree(gate.repo, rev)
    return _judge(gate, gate.repo, head, lambda policy: _bases_of(gate, policy, rev), record=record)


def judge_range(gate: Gate, old: str, new: str) -> Verdict:
    """Everything from one commit or tree to another, in one run."""
    base = _asked(gate.repo, old)
    return _judge(gate, gate.repo, commit_tree(gate.repo, new), lambda policy: Bases((base,)), record=False)


def judge_push(gate: Gate, commit: str) -> Verdict:
    """A commit that is about to be shared, against the trusted merge base."""
    head = commit_tree(gate.repo, commit)

    def find(policy: GatePolicy) -> Bases:
        return bases_.for_push(gate.repo, gate.state.shared, trusted=policy.trusted, commit=commit)

    verdict = _judge(gate, gate.repo, head, find, record=True)
    return verdict if verdict.status == "passed" else _with_accepted(gate, commit, verdict)


def _with_accepted(gate: Gate, commit: str, verdict: Verdict) -> Verdict:
    """Say which of the commits that are pushed a person has let through here: that holds for commits only."""
    stop = [base.commit for base in verdict.bases if base.commit]
    notes = [
        f"{name[:7]} was accepted here by {one.who} ({one.reason}), which lets commits through, not a push"
        for name, one in accepted_between(gate.repo, gate.state.shared, [commit], stop)
        if not one.final
    ]
    return verdict._replace(notes=(*verdict.notes, *notes))


def _asked(repo: Repo, rev: str) -> Base:
    return Base(git.tree_of(repo, rev), git.rev_parse(repo, f"{rev}^{{commit}}") or "", f"{rev}, as asked")


def _commit_bases(gate: Gate, head: Tree) -> Callable[[GatePolicy], Bases]:
    if gate.base:
        asked = _asked(gate.repo, gate.base)
        return lambda policy: Bases((asked,))
    parents = bases_.parents_of_next_commit(gate.repo)
    return lambda policy: bases_.find(gate.repo, gate.state.shared, trusted=policy.trusted, parents=parents)


def _bases_of(gate: Gate, policy: GatePolicy, rev: str) -> Bases:
    commit = git.rev_parse(gate.repo, f"{rev}^{{commit}}")
    if commit is None:
        raise GitError(f"{rev!r} is not a commit", hint="give a commit, or a range A..B")
    if gate.base:
        return Bases((_asked(gate.repo, gate.base),))
    parents = git.parents(gate.repo, commit)
    return bases_.find(gate.repo, gate.state.shared, trusted=policy.trusted, parents=parents)


def plan(gate: Gate, reader: Repo, head: Tree, find: Callable[[GatePolicy], Bases], *, here: bool) -> Plan:
    """Find the policy, the bases and the environment for a tree. `here`: it was made in this work tree."""
    ours = version()
    shared = gate.state.shared
    now = git.entry(reader, head.id, FILE)
    policy = load(reader, shared, now, ours, gate.compile)
    bases = find(policy)
    nearest = bases.nearest[0]
    before = git.entry(reader, nearest.tree, FILE)
    if FILE in before and before != now:
        policy = joined(policy, load(reader, shared, before, ours, gate.compile))
    if gate.only:
        policy = policy._replace(checks=tuple(check for check in policy.checks if check.name in gate.only))
    wanted = any(
        check.options.get("environment") == "project" or gate.tools[check.tool].package for check in policy.checks
    )
    environment, untrusted = None, ""
    if gate.environment:
        environment = gate.environment[0]
    elif wanted:
        environment, untrusted = _environment(gate, reader, head, here=here)
    surroundings = digest(our_digest(), environment_digest(environment))
    rules = digest(policy.digest, gate.tier, gate.only)
    key = records.make_key(head.id, bases.all, rules, surroundings, bases.forks)
    return Plan(reader, head, bases, policy, environment, untrusted, key)


def environment_digest(environment: Environment | None) -> str:
    """What stands in an environment, in short; "" for none."""
    return environments.digest(environment) if environment else ""


def work_trees(repo: Repo) -> tuple[Path, ...]:
    """This work tree, and the main one where this is linked to it."""
    main = repo.common_dir.parent if repo.common_dir.name == ".git" else repo.root
    return tuple(dict.fromkeys((repo.root, main)))


def our_digest() -> str:
    """What stands in our own environment, in short: our version, and those of the tools that came with us."""
    return digest(version(), environments.digest(our_environment()))


def judge_trees(gate: Gate, reader: Repo, old: str, new: str) -> Verdict:
    """One tree against another, both readable through `reader`. Never recorded."""
    head = Tree(new, git.entries(reader, new), "a trial")
    return _judge(gate, reader, head, lambda policy: Bases((Base(old, "", "a trial"),)), record=False)


def _environment(gate: Gate, reader: Repo, head: Tree, *, here: bool) -> tuple[Environment | None, str]:
    """The project's environment, if what it and the configuration execute was trusted in this clone; else its place."""

    trees = work_trees(gate.repo)
    found = environments.find(gate.repo.root, trees[-1], lambda path: git.is_tracked(gate.repo, path))
    if found is None:
        return None, ""
    return (found, "") if _is_trusted(gate, reader, head, here=here) else (None, found.prefix)


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


def _judge(
    gate: Gate,
    reader: Repo,
    head: Tree,
    find: Callable[[GatePolicy], Bases],
    *,
    record: bool,
    here: bool = False,
) -> Verdict:
    start = time.monotonic()
    made = plan(gate, reader, head, find, here=here)
    shared = gate.state.shared
    let = accept.permission(shared, made.key, made.bases.parents, made.bases.accepted)
    if let is not None and not gate.everything:
        return _let_through(made, let)
    may_record = record and made.policy.source == FILE and bases_.are_trusted(made.bases)
    if may_record and not gate.everything and records.exists(shared, made.key):
        notes = ("this tree passed before, against the same base",)
        return Verdict("passed", head, made.bases.all, notes=notes, recorded=True)
    verdict = judge_planned(gate, made, start)
    if may_record and verdict.status == "passed":
        _record(shared, made, verdict)
        return verdict._replace(recorded=True)
    if record and verdict.status == "accepted":
        return let_through(gate, made, verdict, verdict.acceptances, inherited=True)
    return verdict


def judge_planned(gate: Gate, made: Plan, start: float) -> Verdict:
    """Judge as planned; the time limit counts from `start`, of the monotonic clock. Never recorded."""
    # Only now: for a tree that passed before they are not needed, and a hook pays for every import.
    from qualitygate.gate.examine import Session
    from qualitygate.gate.runner import run_gate

    slow = gate.tier in ("push", "full")
    limit = gate.limit or (made.policy.push_time_limit if slow else made.policy.time_limit)
    session = Session(
        repo=made.reader,
        shared=gate.state.shared,
        place=gate.state.worktree,
        tools=gate.tools,
        policy=made.policy,
        environment=made.environment,
        environment_digest=environment_digest(made.environment),
        untrusted=made.untrusted,
        roots=work_trees(gate.repo),
        ours=our_digest(),
        tier=gate.tier,
        everything=gate.everything,
        deadline=start + limit,
        progress=gate.progress,
    )
    with lock(gate.state.worktree, limit):
        known = accept.known(gate.state.shared, made.head.id, made.bases.parents, made.bases.accepted)
        verdict = run_gate(session, made.head, made.bases, known)
    if made.policy.source != FILE:
        verdict = verdict._replace(notes=(*verdict.notes, f"no {FILE}: the defaults of the playbook were used"))
    return verdict


def _let_through(made: Plan, let: accept.Let) -> Verdict:
    verdict = Verdict("accepted", made.head, made.bases.all, undecided=let.undecided, recorded=True)
    ids = dict(zip(let.findings, let.fingerprints, strict=False))
    return verdict._replace(accepted=let.findings, acceptances=let.by, fingerprints=ids)


def let_through(gate: Gate, made: Plan, verdict: Verdict, by: tuple[Acceptance, ...], *, inherited: bool) -> Verdict:
    """Write down that this judgement was accepted, and return it so.

    What is final becomes base; everything else stays visible, and never does.
    """
    findings = (*verdict.accepted, *verdict.new)
    shared = gate.state.shared
    with _writable(shared):
        ids = tuple(verdict.fingerprints.get(finding, "") for finding in findings)
        let = accept.Let(made.key, made.bases.parents, findings, verdict.undecided, by, inherited, ids)
        accept.write(shared, let)
        if any(one.final and one.tree == made.head.id for one in by) and bases_.are_trusted(made.bases):
            _record(shared, made, verdict)
    return verdict._replace(status="accepted", new=(), accepted=findings, acceptances=by, recorded=True)


@contextmanager
def _writable(shared: Path) -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        raise QualityGateError(
            f"cannot write the record of this verdict: {exc}", hint=f"make {shared} writable"
        ) from None


def _record(shared: Path, made: Plan, verdict: Verdict) -> None:
    detail = {
        "qualitygate": version(),
        "checks": [[row.check, row.tool, row.version, row.files, row.state] for row in verdict.checks],
        "known": verdict.known,
        "fixed": verdict.fixed,
    }
    with _writable(shared):
        records.write(shared, made.key, made.bases.all, detail)
