"""`qualitygate audit`: what went past the gate here, and what it carried. It writes nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from qualitygate import git, git_history
from qualitygate.agents.catalogue import AGENTS
from qualitygate.checks.catalogue import TOOLS
from qualitygate.commands import audit_clone
from qualitygate.defaults import compile_any
from qualitygate.errors import ConfigError, GitError, QualityGateError
from qualitygate.extension import by_hand, read_lock
from qualitygate.frozen import NamedTuple
from qualitygate.gate import accept, attempts, base, chain, merge, naming, policy, records
from qualitygate.gate.ancestry import accepted_between
from qualitygate.gate.base import Bases
from qualitygate.gate.judging import judge_against
from qualitygate.gate.planning import Gate, open_gate
from qualitygate.gate.state import digest, locate
from qualitygate.gate.trees import commit_tree
from qualitygate.git import Repo
from qualitygate.git_history import Commit
from qualitygate.locations import EXTENDED, GIT_LAUNCHER, LAUNCHER, LOCK
from qualitygate.model import Acceptance, Base, Finding

_MOST = 100_000
_JUDGED = 20
"""Commits that are judged, the newest first."""
_SECONDS = 120.0
"""How long that may take; what is left is said to be left."""


class Passed(NamedTuple):
    """A commit that no record stands for; `later` names the next commit above it that was judged with it, or is "".

    `why`: what is wrong with a record that it seems to have. `carried`: what it brought that its parents had not;
    `state` is what judging it came to, "" where it was not judged.
    """

    commit: str
    subject: str
    later: str
    why: str = ""
    state: str = ""
    carried: tuple[Finding, ...] = ()


class Accepted(NamedTuple):
    """A commit that a person let through, and what that person said."""

    commit: str
    subject: str
    by: Acceptance


class Audit(NamedTuple):
    """`settings`: the commits of the range that changed `qualitygate.toml`, or shared settings below it.

    `weakened`: what such a commit took away, in words. `agents`: commits that took hooks of coding agents away.
    `hooks`: what is wrong with them here. `clone`: what else of this clone keeps the gate from seeing all.
    `attempts`: commits that an agent got through only at the third attempt or later; no reason to look at them.
    `extended`: how copies of shared settings differ from their lock, at the end.
    """

    since: str
    until: str
    commits: int
    unrecorded: tuple[Passed, ...]
    accepted: tuple[Accepted, ...]
    settings: tuple[tuple[str, str], ...]
    hooks: tuple[str, ...]
    extended: tuple[str, ...] = ()
    weakened: tuple[tuple[str, tuple[str, ...]], ...] = ()
    agents: tuple[tuple[str, str, str], ...] = ()
    clone: tuple[str, ...] = ()
    attempts: tuple[tuple[str, str, attempts.Done], ...] = ()

    @property
    def has_something(self) -> bool:
        return bool(
            self.accepted
            or self.settings
            or self.hooks
            or self.extended
            or self.agents
            or self.clone
            or any(not one.later for one in self.unrecorded)
        )


def audit(
    path: Path, range_: str = "", *, judge: bool = False, progress: Callable[[str], None] = lambda text: None
) -> Audit:
    """Look through a range of commits: `A..B`, `A` (up to HEAD), or by default what is not on the trusted ref.

    Without a trusted ref it begins where the gate was set up. With `judge`, the newest commits without a record are
    judged against their parents, to say what they carried. Raises GitError for a range that is none.
    """
    repo = git.find_repo(path)
    shared = locate(repo).shared
    since, until, name = _range(repo, shared, range_)
    stop = [since] if since else []
    rows = git_history.history(repo, [until], stop, _MOST)
    touched = git_history.history(repo, [until], stop, _MOST, paths=policy.PLACES)
    subjects = git_history.subjects(repo, [row.id for row in rows])
    past = _unrecorded(shared, rows, subjects, _doubts(repo, shared, rows))
    took = {tree: done for tree, done in attempts.finished(shared).items() if done.attempts + 1 >= attempts.SAME}
    settings = [row for row in touched if _was_there(repo, row)]
    return Audit(
        name,
        until,
        len(rows),
        tuple(_judged(repo, {row.id: row for row in rows}, past, progress)) if judge else past,
        tuple(Accepted(commit, subjects[commit], one) for commit, one in accepted_between(repo, shared, [until], stop)),
        tuple((row.id, subjects[row.id]) for row in settings),
        audit_clone.hooks(repo),
        _by_hand(repo, until),
        tuple((row.id, said) for row in settings if (said := _weakened(repo, shared, row))),
        tuple((row.id, subjects[row.id], said) for row, said in _agents(repo, until, stop)),
        audit_clone.blind_spots(repo),
        tuple((row.id, subjects[row.id], took[row.tree]) for row in rows if row.tree in took),
    )


def _doubts(repo: Repo, shared: Path, rows: list[Commit]) -> dict[str, str]:
    ref = base.trusted_ref(repo, _trusted_name(repo, shared))
    trusted = {row.id for row in git_history.history(repo, [ref.commit], limit=_MOST)} if ref else set()
    return chain.doubts(shared, rows, trusted, records.adopted(shared))


def _judged(
    repo: Repo, rows: dict[str, Commit], past: tuple[Passed, ...], progress: Callable[[str], None]
) -> Iterator[Passed]:
    gate = open_gate(repo.root, TOOLS, compile_any)
    end = time.monotonic() + _SECONDS
    left = _JUDGED
    for one in past:
        if one.later or not left or time.monotonic() > end:
            yield one
            continue
        left -= 1
        progress(one.commit[:7])
        try:
            verdict = judge_against(gate, repo, commit_tree(repo, one.commit), _parents(gate, rows[one.commit]))
        except QualityGateError as exc:
            yield one._replace(state=f"undecided: {exc.message}")
            continue
        stuck = "; ".join(f"{check}: {reason}" for check, reason in verdict.undecided[:3])
        state = f"undecided: {stuck}" if verdict.status == "undecided" else verdict.status
        yield one._replace(state=state, carried=verdict.blocking)


def _parents(gate: Gate, row: Commit) -> Bases:
    """What a commit is compared with to see what it brought itself."""
    if not row.parents:
        return Bases((Base(git.empty_tree(gate.repo), "", "the empty tree", True),))
    found = [Base(git.tree_of(gate.repo, parent), parent, "its parent") for parent in row.parents]
    meeting = merge.sides(gate.repo, found)
    return Bases(meeting.nearest, (), meeting.forks)


def _policy(repo: Repo, shared: Path, rev: str) -> policy.GatePolicy | None:
    """The settings of a commit; None where it has none, or they cannot be read."""
    entries = git.entries_at(repo, git.tree_of(repo, rev), *policy.PLACES)
    try:
        return policy.load(repo, shared, entries, digest("audit"), compile_any) if policy.FILE in entries else None
    except ConfigError:
        return None


def _weakened(repo: Repo, shared: Path, row: Commit) -> tuple[str, ...]:
    """In what the settings of a commit ask for less than those of its first parent that has some."""
    before = next((found for parent in row.parents if (found := _policy(repo, shared, parent))), None)
    now = _policy(repo, shared, row.id)
    if before is None:
        return ()
    if now is None:
        gone = git.rev_parse(repo, f"{row.id}:{policy.FILE}") is None
        return (f"{policy.FILE} {'is removed' if gone else 'cannot be read any more'}",)
    said = policy.joined(now._replace(notes=()), before).notes
    return tuple(note.removeprefix("settings changed: ").partition(";")[0] for note in said)


def _agents(repo: Repo, until: str, stop: list[str]) -> Iterator[tuple[Commit, str]]:
    """The commits that took a registration away, or a script that it calls."""
    places = (*(agent.settings for agent in AGENTS.values()), LAUNCHER, GIT_LAUNCHER)
    for row in git_history.history(repo, [until], stop, _MOST, paths=places):
        for parent in row.parents[:1]:
            before, now = (git.contents(repo, git.tree_of(repo, rev), places) for rev in (parent, row.id))
            for path in places:
                mark = LAUNCHER.encode("ascii") if path not in (LAUNCHER, GIT_LAUNCHER) else b""
                if path in before and mark in before[path] and (path not in now or mark not in now[path]):
                    yield row, f"{path} {'does not call the gate any more' if path in now else 'is removed'}"


def _by_hand(repo: Repo, commit: str) -> tuple[str, ...]:
    files = git.entries_at(repo, git.tree_of(repo, commit), EXTENDED)
    content = dict(git.blobs(repo, [entry.blob for entry in files.values()]))
    held = {path: content[entry.blob] for path, entry in files.items()}
    try:
        return tuple(by_hand(read_lock(held.get(LOCK)), held))
    except ConfigError as exc:
        return (exc.message,)


def _was_there(repo: Repo, row: Commit) -> bool:
    """Whether the settings stood before this commit: one that sets the gate up weakens nothing."""
    return any(git.rev_parse(repo, f"{parent}:{policy.FILE}") for parent in row.parents)


def _range(repo: Repo, shared: Path, range_: str) -> tuple[str, str, str]:
    """Where to begin ("" for the first commit) and to end, as commits, and the beginning in words."""
    old, dots, new = range_.partition("..")
    if range_:
        if not old or new.startswith(".") or (dots and not new):
            raise GitError(f"{range_!r} is not a range", hint="give two commits: A..B")
        return _commit(repo, old), _commit(repo, new or "HEAD"), old
    until = _commit(repo, "HEAD")
    ref = base.trusted_ref(repo, _trusted_name(repo, shared))
    if ref is not None:
        return ref.commit, until, ref.name
    start = records.adopted(shared)
    if start is None or not start.commit:
        return "", until, "the first commit"
    return start.commit, until, "where the gate was set up"


def _commit(repo: Repo, rev: str) -> str:
    commit = git.rev_parse(repo, f"{rev}^{{commit}}")
    if commit is None:
        raise GitError(f"{rev!r} is not a commit here", hint="`git rev-parse` must know it")
    return commit


def _trusted_name(repo: Repo, shared: Path) -> str:
    tree = git.rev_parse(repo, "HEAD^{tree}")
    try:
        entries = git.entries(repo, tree) if tree else {}
        rules = policy.load(repo, shared, entries, digest("audit"), compile_any)
        return naming.vetted(repo, shared, rules, digest("audit"), compile_any).trusted
    except ConfigError:
        return ""  # an audit says what happened, also where the settings cannot be read


def _unrecorded(
    shared: Path, rows: list[Commit], subjects: dict[str, str], doubts: dict[str, str]
) -> tuple[Passed, ...]:
    """Commits without a record, in git's order; what a recorded commit has below it was judged with it."""
    later: dict[str, str] = {}
    found = []
    for row in rows:  # children come before their parents
        recorded = row.id not in doubts and records.is_trusted(shared, row.tree)
        above = row.id if recorded else later.get(row.id, "")
        for parent in row.parents if above else ():
            later.setdefault(parent, above)
        if not recorded and not accept.is_accepted(shared, row.tree):
            found.append(Passed(row.id, subjects[row.id], later.get(row.id, ""), doubts.get(row.id, "")))
    return tuple(found)
