"""The gate as hooks and commands use it: choose the trees, judge them, leave a record."""

from __future__ import annotations

import time
from collections.abc import Callable

from qualitygate import git, git_history
from qualitygate.errors import GitError
from qualitygate.gate import accept, keeping, records, stash
from qualitygate.gate import base as bases_
from qualitygate.gate.ancestry import accepted_between
from qualitygate.gate.base import Bases
from qualitygate.gate.planning import Gate, Plan, plan
from qualitygate.gate.policy import FILE, GatePolicy
from qualitygate.gate.snapshot import lock
from qualitygate.gate.trees import commit_tree, watched_index, worktree_tree
from qualitygate.git import Repo
from qualitygate.git_ahead import with_answers
from qualitygate.locations import FOLDER
from qualitygate.model import Base, Tree, Verdict


def judge_index(gate: Gate, *, record: bool) -> Verdict:
    """What is about to be committed. Stale, and undecided, if the index moves meanwhile."""
    head, moved = watched_index(gate.repo, gate.state.worktree)
    still = True
    try:
        gate, reader = _asked_ahead(gate, gate.repo, head)
        verdict = _judge(gate, reader, head, _commit_bases(gate), record=record, here=True)
    finally:
        still = not moved()
    if not still:
        stale = ("gate", "the index changed while the gate ran; run it again")
        verdict = verdict._replace(status="undecided", undecided=(*verdict.undecided, stale))
    return verdict


def _asked_ahead(gate: Gate, reader: Repo, head: Tree) -> tuple[Gate, Repo]:
    """The gate and the repo that can read head, with what planning will ask git of it and of what is under it."""
    adopted = records.adopted(gate.state.shared)
    trees = [head.id, "HEAD^{tree}", *([adopted.tree] if adopted else [])]
    names = [f"{name}^{{commit}}" for name in ("HEAD", *bases_.DEFAULT_REFS)]
    folders = [f"{tree}:{FOLDER}".rstrip("/") for tree in ("HEAD", *trees) if "^" not in tree]
    reader = with_answers(reader, [*names, *trees, *folders])
    return gate._replace(repo=gate.repo._replace(known=reader.known)), reader


def judge_worktree(gate: Gate) -> Verdict:
    """The files on disk, with what pre-commit or prek have set aside put back. Never recorded."""
    patch = stash.find_patch() if stash.inside_manager() else None
    repo, head = worktree_tree(gate.repo, gate.state.worktree, patch)
    gate, repo = _asked_ahead(gate, repo, head)
    return _judge(gate, repo, head, _commit_bases(gate), record=False, here=True)


def plan_here(gate: Gate, reader: Repo, head: Tree) -> Plan:
    """How the index or the work tree would be judged, and what is made from them."""
    return plan(gate, reader, head, _commit_bases(gate), here=True)


def judge_commit(gate: Gate, rev: str, *, record: bool = False) -> Verdict:
    """A commit, as if it were about to be made on its parents."""
    head = commit_tree(gate.repo, rev)
    commit = git.rev_parse(gate.repo, f"{rev}^{{commit}}") or ""
    return _judge(gate, gate.repo, head, lambda policy: _bases_of(gate, policy, rev), record=record, commit=commit)


def judge_range(gate: Gate, old: str, new: str) -> Verdict:
    """Everything from one commit or tree to another, in one run."""
    base = _asked(gate.repo, old)
    head, commit = commit_tree(gate.repo, new), git.rev_parse(gate.repo, f"{new}^{{commit}}") or ""
    return _judge(gate, gate.repo, head, lambda policy: Bases((base,)), record=False, commit=commit)


def judge_push(gate: Gate, commit: str) -> Verdict:
    """A commit that is about to be shared, against the trusted merge base."""
    head = commit_tree(gate.repo, commit)

    def find(policy: GatePolicy) -> Bases:
        return bases_.for_push(gate.repo, gate.state.shared, trusted=policy.trusted, commit=commit)

    verdict = _judge(gate, gate.repo, head, find, record=True, commit=commit)
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


def _commit_bases(gate: Gate) -> Callable[[GatePolicy], Bases]:
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
    parents = git_history.parents(gate.repo, commit)
    return bases_.find(gate.repo, gate.state.shared, trusted=policy.trusted, parents=parents)


def judge_against(gate: Gate, reader: Repo, head: Tree, bases: Bases) -> Verdict:
    """A tree that `reader` can read against these bases, whatever else is trusted here. Never recorded."""
    return _judge(gate, reader, head, lambda policy: bases, record=False)


def judge_trees(gate: Gate, reader: Repo, old: str, new: str) -> Verdict:
    """One tree against another, both readable through `reader`. Never recorded."""
    head = Tree(new, git.entries(reader, new), "a trial")
    return judge_against(gate, reader, head, Bases((Base(old, "", "a trial"),)))


def _judge(
    gate: Gate,
    reader: Repo,
    head: Tree,
    find: Callable[[GatePolicy], Bases],
    *,
    record: bool,
    here: bool = False,
    commit: str = "",
) -> Verdict:
    start = time.monotonic()
    made = plan(gate, reader, head, find, here=here)
    verdict = _judge_made(gate, made, start, record=record)
    if verdict.blocking and (here or commit):
        verdict = _with_carriers(gate, made, verdict, commit)
    return verdict._replace(origins=made.policy.origins) if made.policy.origins else verdict


def _with_carriers(gate: Gate, made: Plan, verdict: Verdict, commit: str) -> Verdict:
    from qualitygate.gate.carriers import carriers

    found = carriers(
        gate.repo,
        gate.state.shared,
        made.reader,
        made.head,
        tips=made.bases.parents,
        commit=commit,
        bases=made.bases.all,
        findings=verdict.blocking,
    )
    return verdict._replace(carriers=found) if found else verdict


def _judge_made(gate: Gate, made: Plan, start: float, *, record: bool) -> Verdict:
    shared, head = gate.state.shared, made.head
    let = accept.permission(shared, made.key, made.bases.parents, made.bases.accepted)
    if let is not None and not gate.everything:
        return keeping.as_let_through(made, let)
    may_record = record and made.policy.source == FILE and bases_.are_trusted(made.bases)
    if may_record and not gate.everything and records.exists(shared, made.key):
        notes = ("this tree passed before, against the same base",)
        return Verdict("passed", head, made.bases.all, notes=notes, recorded=True)
    verdict = judge_planned(gate, made, start)
    if may_record and verdict.status == "passed":
        keeping.record(shared, made, verdict)
        return verdict._replace(recorded=True)
    if record and verdict.status == "accepted":
        return keeping.let_through(gate, made, verdict, verdict.acceptances, inherited=True)
    return verdict


def judge_planned(gate: Gate, made: Plan, start: float) -> Verdict:
    """Judge as planned; the time limit counts from `start`, of the monotonic clock. Never recorded."""
    # Only now: for a tree that passed before they are not needed, and a hook pays for every import.
    from qualitygate.gate.runner import run_gate
    from qualitygate.gate.session import open_session

    slow = gate.tier in ("push", "full")
    limit = gate.limit or (made.policy.push_time_limit if slow else made.policy.time_limit)
    session = open_session(gate, made.reader, made.policy, made.around, start + limit)
    with lock(gate.state.worktree, limit):
        known = accept.known(gate.state.shared, made.head.id, made.bases.parents, made.bases.accepted)
        verdict = run_gate(session, made.head, made.bases, known)
    if made.policy.source != FILE:
        verdict = verdict._replace(notes=(*verdict.notes, f"no {FILE}: the defaults of the playbook were used"))
    return verdict
