"""Where histories meet: what a merge may have is the three-way merge of what its sides had, finding by finding.

A finding that one side has mended since the fork stays mended, and what either side rightly has is
known. Only merges pay for looking at the fork.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from qualitygate import git, git_history
from qualitygate.frozen import NamedTuple
from qualitygate.git import Repo
from qualitygate.model import Base, Direction, Entries

_FORK = "merge base of these"


class Meeting(NamedTuple):
    """The trees that meet, and what they have in common; without forks a finding of any of them is known."""

    nearest: tuple[Base, ...]
    forks: tuple[Base, ...]


def sides(repo: Repo, found: Sequence[Base]) -> Meeting:
    """What a merge of these is judged against, duplicates and sides that changed nothing since the fork left out.

    Unrelated histories have no fork: it is taken to be empty. Of several forks, as criss-cross merges
    leave them, all are asked: debt that any of them has, and one side has not, was mended.
    """
    trees = tuple({base.tree: base for base in reversed(found)}.values())[::-1]
    if len(trees) == 1:
        return Meeting(trees, ())
    commits = git_history.common_ancestors(repo, [base.commit for base in trees])
    forks = tuple(Base(git.tree_of(repo, commit), commit, _FORK) for commit in commits)
    forks = tuple({base.tree: base for base in forks}.values())
    if len(forks) == 1:
        changed = tuple(base for base in trees if base.tree != forks[0].tree)
        if len(changed) == 1:
            return Meeting(changed, ())
        trees = changed
    return Meeting(trees, forks)


def expected(direction: Direction, fork: int, sides: Sequence[int]) -> int:
    """How often a merge should have a finding that the fork and its sides have so many times.

    What only one side changed, it decides. Where several did, and differently, the most debt is
    tolerated and the fewest safeguards are asked for.
    """
    changed = [count for count in sides if count != fork]
    if not changed:
        return fork
    return max(changed) if direction == "debt" else min(changed)


_T = TypeVar("_T")


def is_taken(head: _T, sides: Sequence[_T], forks: Sequence[_T]) -> bool:
    """Whether the merge has what follows by itself: one side changed it, or all did alike, and that was taken."""
    for fork in forks:
        changed = {side for side in sides if side != fork}
        if changed != {head} and (changed or head != fork):
            return False
    return bool(forks)


def contested(
    paths: Iterable[str], head: Entries, sides: Sequence[Entries], forks: Sequence[Entries]
) -> frozenset[str]:
    """Those of `paths`, in head or not, that the merge did not simply take from the side that changed them."""
    paths = frozenset(paths)
    found = {
        path
        for path in paths
        if not is_taken(head.get(path), [side.get(path) for side in sides], [fork.get(path) for fork in forks])
    }
    if any(path not in head for path in found):
        # One side changed what another renamed: under its new name it looks like a file that was only added.
        found |= {path for path in paths if any(path not in fork for fork in forks)}
    return frozenset(found)
