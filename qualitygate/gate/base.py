"""What is trusted: the trees whose debt is known, for a commit, a push or the shared hook."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from qualitygate import git
from qualitygate.errors import GitError
from qualitygate.gate import records
from qualitygate.git import Repo
from qualitygate.model import Base

_DEFAULT_REFS = (
    "refs/remotes/upstream/HEAD",
    "refs/remotes/origin/HEAD",
    "refs/remotes/origin/main",
    "refs/remotes/origin/master",
    "refs/remotes/origin/trunk",
)
_NEAR = 64


class Trusted(NamedTuple):
    """The trusted ref: the name to print and the commit it stands for."""

    name: str
    commit: str


class Bases(NamedTuple):
    """The trees a verdict may know debt from: one per parent, nearest first, then the trusted merge base."""

    nearest: tuple[Base, ...]
    trusted: Base | None

    @property
    def all(self) -> tuple[Base, ...]:
        found = {base.tree: base for base in reversed((*self.nearest, *((self.trusted,) if self.trusted else ())))}
        return tuple(reversed(found.values()))


def trusted_ref(repo: Repo, named: str) -> Trusted | None:
    """The first that exists of: `gate.trusted`, the remotes' HEAD, origin's usual main branches.

    The current branch is never its own trusted ref. Raises GitError when `named` is set and not here.
    """
    if named:
        return _named_ref(repo, named)
    here = git.refs(repo, *_DEFAULT_REFS)
    for ref in _DEFAULT_REFS:
        if ref in here:
            return Trusted(ref.removeprefix("refs/remotes/"), here[ref])
    return None


def _named_ref(repo: Repo, named: str) -> Trusted | None:
    current = git.call(repo, "symbolic-ref", "--quiet", "HEAD").stdout.decode("utf-8", "surrogateescape").strip()
    full = git.call(repo, "rev-parse", "--symbolic-full-name", "--verify", "--quiet", "--end-of-options", named)
    name = full.stdout.decode("utf-8", "surrogateescape").strip()
    if current and name == current:
        return None
    commit = git.rev_parse(repo, f"{named}^{{commit}}")
    if commit is None:
        remote, _, branch = named.partition("/")
        raise GitError(
            f"the trusted ref {named!r} (qualitygate.toml: gate.trusted) is not in this clone",
            hint=f"git fetch {remote} {branch}",
        )
    return Trusted(named, commit)


def find(repo: Repo, shared: Path, *, trusted: str, parents: Sequence[str]) -> Bases:
    """The bases for a commit with these parents (none: the first commit).

    Per parent the nearest ancestor whose tree has a valid record, else the trusted merge base, else
    adopted. Without any of them the parents themselves, and the reason says so.
    """
    ref = trusted_ref(repo, trusted)
    merge = _merge_base(repo, ref, parents) if ref and parents else None
    start = records.adopted(shared)
    nearest: list[Base] = []
    for parent in parents:
        found = _nearest(repo, shared, parent, merge.commit if merge else "", start)
        nearest.append(found or merge or start or _unadopted(repo, parent))
    if not parents:
        nearest.append(start or Base(git.empty_tree(repo), "", "the empty tree: this is the first commit", True))
    return Bases(tuple(dict.fromkeys(nearest)), merge)


def for_push(repo: Repo, shared: Path, *, trusted: str, commit: str) -> Bases:
    """The base for what is about to be shared: the trusted merge base, or adopted where that is newer."""
    ref = trusted_ref(repo, trusted)
    merge = _merge_base(repo, ref, [commit]) if ref else None
    start = records.adopted(shared)
    if start and merge and start.commit and git.is_ancestor(repo, merge.commit, start.commit):
        # What stood unpushed when the gate was set up is nobody's new defect.
        return Bases((start,), merge)
    return Bases((merge or start or _first_push(repo, commit),), merge)


def _first_push(repo: Repo, commit: str) -> Base:
    return Base(git.tree_of(repo, commit), commit, "what is pushed: nothing is trusted or adopted yet", True)


def are_trusted(bases: Bases) -> bool:
    """Whether a verdict against these bases may itself serve as base: none of them was only assumed."""
    return not any(base.assumed for base in bases.all)


def _unadopted(repo: Repo, parent: str) -> Base:
    return Base(git.tree_of(repo, parent), parent, "HEAD, for want of a trusted ref or an adopted commit", True)


def _merge_base(repo: Repo, ref: Trusted, parents: Sequence[str]) -> Base | None:
    commit = git.merge_base(repo, parents[0], ref.commit)
    if commit is None:
        if git.is_shallow(repo):
            raise GitError(f"history is cut off before it meets {ref.name}", hint="git fetch --unshallow")
        raise GitError(
            f"HEAD and the trusted ref {ref.name} have no common ancestor",
            hint="git fetch, or name another ref in qualitygate.toml: gate.trusted",
        )
    return Base(git.tree_of(repo, commit), commit, f"merge base with {ref.name}")


def _nearest(repo: Repo, shared: Path, parent: str, stop: str, start: Base | None) -> Base | None:
    if start and parent == start.commit:
        return start
    tree = git.tree_of(repo, parent)
    if parent != stop and records.is_trusted(shared, tree):  # as a rule; what follows walks the history
        return Base(tree, parent, records.RECORDED)
    stops = [stop] if stop else []
    for limit in (_NEAR, 100_000):
        rows = git.ancestry(repo, [parent], stops, limit)
        for commit, tree in rows:
            if start and commit == start.commit:
                return start
            if records.is_trusted(shared, tree):
                return Base(tree, commit, records.RECORDED)
        if len(rows) < limit:
            break
    return None


def parents_of_next_commit(repo: Repo) -> list[str]:
    """HEAD, and what is being merged: named by MERGE_HEAD, or by git's own GITHEAD_ variables before it is written."""
    head = git.head_commit(repo)
    if head is None:
        return []
    merging = []
    try:
        merging = (repo.git_dir / "MERGE_HEAD").read_text("ascii").split()
    except OSError:
        # `git merge` runs pre-merge-commit before it writes MERGE_HEAD, but tells its children whom it merges.
        if os.environ.get("GIT_REFLOG_ACTION", "").startswith(("merge", "pull")):
            merging = [name.removeprefix("GITHEAD_") for name in os.environ if name.startswith("GITHEAD_")]
    return list(dict.fromkeys([head, *sorted(merging)]))
