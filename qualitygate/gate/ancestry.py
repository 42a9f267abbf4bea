"""Which ancestors of a commit are trusted, and which of those passed on the way a person let through."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from pathlib import Path

from qualitygate import git, git_history
from qualitygate.frozen import NamedTuple
from qualitygate.gate import accept, chain, records
from qualitygate.git import Repo
from qualitygate.git_history import Commit
from qualitygate.model import Acceptance, Base

_NEAR = 64
_FAR = 100_000


class Walk(NamedTuple):
    """What lies below some commits.

    `trusted`: the nearest trusted ancestor of each line of commits, none an ancestor of another; the
    tree of one that is on the trusted ref is left empty. `accepted`: nearest first, commits above those.
    `met`: there was more than one line, even if all but one of their ancestors are the others' as well.
    """

    trusted: tuple[Base, ...]
    accepted: tuple[Base, ...]
    met: bool = False


def trusted_ancestors(repo: Repo, shared: Path, starts: Sequence[str], ref: str, adopted: Base | None) -> Walk:
    """Walk down from `starts` to what is recorded, adopted, or reachable from the commit `ref` ("" for none)."""
    valid = chain.reader(shared)
    if len(starts) == 1 and starts[0] != ref:  # as a rule the parent is trusted itself; what follows walks the history
        if adopted is not None and starts[0] == adopted.commit:
            return Walk((adopted,), ())
        tree = git.tree_of(repo, starts[0])
        # Where its record was not made on its parent, it may be an old tree that was brought back: the walk tells.
        if chain.follows(valid(tree), _parents(repo, starts[0])):
            return Walk((Base(tree, starts[0], records.RECORDED),), ())
    for limit in (_NEAR, _FAR):
        rows = git_history.history(repo, starts, [ref] if ref else (), limit)
        cut = len(rows) == limit < _FAR
        walk = _walk(shared, valid, {row.id: row for row in rows}, starts, adopted, has_ref=bool(ref), cut=cut)
        if walk is not None:
            break
    found = walk or Walk((), ())
    if len(found.trusted) > 1:
        apart = set(git_history.independent(repo, [base.commit for base in found.trusted]))
        found = found._replace(trusted=tuple(b for b in found.trusted if b.commit in apart), met=True)
    return found


def _parents(repo: Repo, commit: str) -> list[str]:
    """The parents of a commit, as far as git was asked for it ahead."""
    known = repo.known.get(commit)
    head = known.data.partition(b"\n\n")[0].decode("ascii", "replace") if known is not None else ""
    return [line.removeprefix("parent ") for line in head.split("\n") if line.startswith("parent ")]


def _walk(
    shared: Path,
    valid: chain.Valid,
    rows: dict[str, Commit],
    starts: Sequence[str],
    adopted: Base | None,
    *,
    has_ref: bool,
    cut: bool,
) -> Walk | None:
    start = adopted.tree if adopted is not None else ""
    trusted: dict[str, Base] = {}
    accepted: list[Base] = []
    open_, seen = deque(starts), set(starts)
    while open_:
        name = open_.popleft()
        row = rows.get(name)
        if adopted is not None and name == adopted.commit:
            trusted[name] = adopted
        elif row is None:
            if cut:
                return None
            if has_ref:
                trusted[name] = Base("", name, "")
        elif (row.tree == start or valid(row.tree)) and not chain.is_replayed(valid, row, rows, start):
            trusted[name] = Base(row.tree, name, records.RECORDED)
        else:
            if accept.is_accepted(shared, row.tree):
                accepted.append(Base(row.tree, name, "accepted"))
            open_.extend(parent for parent in row.parents if parent not in seen)
            seen.update(row.parents)
    return Walk(tuple(trusted.values()), tuple(accepted))


def accepted_between(
    repo: Repo, shared: Path, start: Sequence[str], stop: Sequence[str]
) -> tuple[tuple[str, Acceptance], ...]:
    """What people let through among the commits reachable from `start` and not from `stop`, newest first.

    Each with the oldest commit that it holds for: an amended one has another tree than was accepted.
    """
    if not accept.any_here(shared):
        return ()
    found: dict[Acceptance, str] = {}
    for row in git_history.history(repo, start, stop, _FAR):
        for let in accept.lets(shared, row.tree):
            found.update((one, row.id) for one in let.by)
    return tuple((commit, one) for one, commit in found.items())


def finally_accepted(repo: Repo, shared: Path, commit: str, adopted: Base | None) -> tuple[Base, ...]:
    """The ancestors, down to what was adopted, whose tree a person has accepted for good."""
    if not accept.any_here(shared):
        return ()
    stop = [adopted.commit] if adopted and adopted.commit else []
    rows = git_history.history(repo, [commit], stop, _FAR)
    return tuple(Base(row.tree, row.id, "accepted") for row in rows if accept.is_final(shared, row.tree))
