"""`qualitygate audit`: what went past the gate here. It reads records and git, and judges nothing."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from qualitygate import git, git_history, hook_scripts
from qualitygate.defaults import compile_any
from qualitygate.errors import ConfigError, GitError
from qualitygate.extension import by_hand, read_lock
from qualitygate.gate import accept, base, policy, records
from qualitygate.gate.ancestry import accepted_between
from qualitygate.gate.state import digest, locate
from qualitygate.git import Repo
from qualitygate.git_history import Commit
from qualitygate.locations import EXTENDED, LOCK
from qualitygate.model import Acceptance

_MOST = 100_000
_MANAGERS = (b"pre-commit.com", b"prek")


class Passed(NamedTuple):
    """A commit that no record stands for; `later` names the next commit above it that was judged with it, or is ""."""

    commit: str
    subject: str
    later: str


class Accepted(NamedTuple):
    """A commit that a person let through, and what that person said."""

    commit: str
    subject: str
    by: Acceptance


class Audit(NamedTuple):
    """`settings`: the commits of the range that changed `qualitygate.toml`, or shared settings below it.

    `hooks`: what is wrong with them here. `extended`: how copies of shared settings differ from their lock, at the end.
    """

    since: str
    until: str
    commits: int
    unrecorded: tuple[Passed, ...]
    accepted: tuple[Accepted, ...]
    settings: tuple[tuple[str, str], ...]
    hooks: tuple[str, ...]
    extended: tuple[str, ...] = ()

    @property
    def has_something(self) -> bool:
        return bool(
            self.accepted
            or self.settings
            or self.hooks
            or self.extended
            or any(not one.later for one in self.unrecorded)
        )


def audit(path: Path, range_: str = "") -> Audit:
    """Look through a range of commits: `A..B`, `A` (up to HEAD), or by default what is not on the trusted ref.

    Without a trusted ref it begins where the gate was set up. Raises GitError for a range that is none.
    """
    repo = git.find_repo(path)
    shared = locate(repo).shared
    since, until, name = _range(repo, shared, range_)
    rows = git_history.history(repo, [until], [since] if since else (), _MOST)
    touched = git_history.history(repo, [until], [since] if since else (), _MOST, paths=policy.PLACES)
    subjects = git_history.subjects(repo, [row.id for row in rows])
    return Audit(
        name,
        until,
        len(rows),
        _unrecorded(shared, rows, subjects),
        tuple(
            Accepted(commit, subjects[commit], one)
            for commit, one in accepted_between(repo, shared, [until], [since] if since else [])
        ),
        tuple((row.id, subjects[row.id]) for row in touched if _was_there(repo, row)),
        _hooks(repo),
        _by_hand(repo, until),
    )


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
        return policy.load(repo, shared, entries, digest("audit"), compile_any).trusted
    except ConfigError:
        return ""  # an audit says what happened, also where the settings cannot be read


def _unrecorded(shared: Path, rows: list[Commit], subjects: dict[str, str]) -> tuple[Passed, ...]:
    """Commits without a record, in git's order; what a recorded commit has below it was judged with it."""
    later: dict[str, str] = {}
    found = []
    for row in rows:  # children come before their parents
        recorded = records.is_trusted(shared, row.tree)
        above = row.id if recorded else later.get(row.id, "")
        for parent in row.parents if above else ():
            later.setdefault(parent, above)
        if not recorded and not accept.is_accepted(shared, row.tree):
            found.append(Passed(row.id, subjects[row.id], later.get(row.id, "")))
    return tuple(found)


def _hooks(repo: Repo) -> tuple[str, ...]:
    try:
        place = hook_scripts.directory(repo)
    except GitError as exc:
        return (f"{exc.message}: none of ours runs",)
    said = []
    for name in hook_scripts.NAMES:
        path = place / name
        if hook_scripts.is_ours(path):
            if not os.access(path, os.X_OK):
                said.append(f"{name} is not executable: git skips it")
        elif not _is_managed(repo, path):
            said.append(f"{name} is not installed" if not path.exists() else f"{name} is not ours")
    where = git.config(repo, "core.hooksPath")
    if said and where:
        said.append(f"core.hooksPath is {where}")
    return tuple(said)


def _is_managed(repo: Repo, path: Path) -> bool:
    """Whether pre-commit or prek run this hook, and the gate is one of theirs; neither has a post-rewrite for us."""
    try:
        if b"id: qualitygate" not in (repo.root / ".pre-commit-config.yaml").read_bytes():
            return False
        if path.name == "post-rewrite":
            return any(word in (path.parent / "pre-commit").read_bytes() for word in _MANAGERS)
        return any(word in path.read_bytes() for word in _MANAGERS)
    except OSError:
        return False
