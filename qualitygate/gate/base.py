"""What is trusted: the trees whose debt is known, for a commit, a push or the shared hook."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from qualitygate import git, git_history
from qualitygate.errors import GitError
from qualitygate.frozen import NamedTuple
from qualitygate.gate import ancestry, merge, records
from qualitygate.gate.state import read_json, write_json
from qualitygate.git import Repo
from qualitygate.model import Base

DEFAULT_REFS = (
    "refs/remotes/upstream/HEAD",
    "refs/remotes/origin/HEAD",
    "refs/remotes/origin/main",
    "refs/remotes/origin/master",
    "refs/remotes/origin/trunk",
)
"""Where the trusted branch is looked for, if the settings name none."""


class Trusted(NamedTuple):
    """The trusted ref: the name to print and the commit it stands for."""

    name: str
    commit: str


class Bases(NamedTuple):
    """The trees a verdict may know debt from: the nearest first, then the trusted merge bases.

    `forks`: what the nearest ones have in common, where several histories meet; then the merge rule
    decides (see `gate.merge`), else a finding is known that any of them has. `parents` are those of
    the commit that is judged, and `accepted` are ancestors that only a person let through: never base. `granting`:
    the commit whose waivers count, "" for the nearest tree.
    """

    nearest: tuple[Base, ...]
    trusted: tuple[Base, ...] = ()
    forks: tuple[Base, ...] = ()
    parents: tuple[str, ...] = ()
    accepted: tuple[Base, ...] = ()
    granting: str = ""

    @property
    def all(self) -> tuple[Base, ...]:
        found = {base.tree: base for base in reversed((*self.nearest, *self.trusted))}
        return tuple(reversed(found.values()))


def trusted_ref(repo: Repo, named: str) -> Trusted | None:
    """The first that exists of: `gate.trusted`, the remotes' HEAD, origin's usual main branches.

    The current branch is never its own trusted ref. Raises GitError when `named` is set and not here.
    """
    if named:
        return _named_ref(repo, named)
    here = git.refs(repo, *DEFAULT_REFS)
    for ref in DEFAULT_REFS:
        if ref in here:
            return Trusted(ref.removeprefix("refs/remotes/"), here[ref])
    return None


def _named_ref(repo: Repo, named: str) -> Trusted | None:
    current = git.symbolic_ref(repo, "HEAD")
    name = git.symbolic_full_name(repo, named)
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

    The nearest ancestors that are trusted: recorded, adopted, or on the trusted ref. One, on a plain
    line of commits, and debt of the trusted merge base is known as well; several where lines of
    commits met, or are about to. Without any the parents themselves, and the reason says so.
    """
    ref = trusted_ref(repo, trusted)
    start = records.adopted(shared)
    if not parents:
        return Bases((start or Base(git.empty_tree(repo), "", "the empty tree: this is the first commit", True),))
    merges = _merge_bases(repo, shared, ref, parents) if ref else ()
    walk = ancestry.trusted_ancestors(repo, shared, parents, ref.commit if ref else "", start)
    found = [_named(repo, base, ref, merges) for base in walk.trusted]
    if len(found) <= 1 and (found or merges or start):
        nearest = (*found, *merges, *((start,) if start else ()))[:1]
        # What a merge brings was mended on its way, though the trusted branch may still have it.
        there = Bases(nearest, () if walk.met else merges)
    else:
        meeting = merge.sides(repo, found or [_unadopted(repo, parent) for parent in parents])
        there = Bases(meeting.nearest, (), meeting.forks)
    granting = ref.commit if ref else ""
    return there._replace(parents=tuple(sorted(parents)), accepted=walk.accepted, granting=granting)


def for_push(repo: Repo, shared: Path, *, trusted: str, commit: str) -> Bases:
    """The bases for what is about to be shared: the trusted merge bases, or adopted where that is newer.

    Before anything is trusted, what a person has finally accepted is not asked about again.
    """
    ref = trusted_ref(repo, trusted)
    merges = _merge_bases(repo, shared, ref, [commit]) if ref else ()
    start = records.adopted(shared)
    if start and start.commit and any(git_history.is_ancestor(repo, one.commit, start.commit) for one in merges):
        # What stood unpushed when the gate was set up is nobody's new defect.
        return Bases((start,), merges, granting=ref.commit if ref else "")
    if merges:
        return Bases(merges, granting=ref.commit if ref else "")
    final = ancestry.finally_accepted(repo, shared, commit, start)
    return Bases((start or _first_push(repo, commit),), accepted=final)


def _first_push(repo: Repo, commit: str) -> Base:
    return Base(git.tree_of(repo, commit), commit, "what is pushed: nothing is trusted or adopted yet", True)


def main_branch(repo: Repo, named: str) -> str:
    """The branch that everything ends up on, as far as that can be told: the trusted ref's, else a usual name.

    `named` as in `trusted_ref`. Where there is but one branch it is that one; "" where nothing tells.
    """
    heads = list(git.refs(repo, "refs/heads/"))
    ref = git.symbolic_full_name(repo, named) if named else ""
    for remote in () if ref else ("upstream", "origin"):
        ref = ref or git.symbolic_ref(repo, f"refs/remotes/{remote}/HEAD")
    if ref.startswith("refs/remotes/"):
        return ref.split("/", 3)[3]
    usual = [f"refs/heads/{name}" for name in ("main", "master", "trunk")]
    here = [ref] if ref else [*(name for name in usual if name in heads), *(heads if len(heads) == 1 else ())]
    return here[0].removeprefix("refs/heads/") if here else ""


def current_branch(repo: Repo) -> str:
    """The branch that HEAD is on; "" where it is detached."""
    return git.symbolic_ref(repo, "HEAD").removeprefix("refs/heads/")


def are_trusted(bases: Bases) -> bool:
    """Whether a verdict against these bases may itself serve as base: none of them was only assumed."""
    return not any(base.assumed for base in bases.all)


def _unadopted(repo: Repo, parent: str) -> Base:
    return Base(git.tree_of(repo, parent), parent, "HEAD, for want of a trusted ref or an adopted commit", True)


def _merge_bases(repo: Repo, shared: Path, ref: Trusted, parents: Sequence[str]) -> tuple[Base, ...]:
    found = _meeting(repo, shared, ref.commit, parents)
    if not found:
        if git.is_shallow(repo):
            raise GitError(f"history is cut off before it meets {ref.name}", hint="git fetch --unshallow")
        raise GitError(
            f"HEAD and the trusted ref {ref.name} have no common ancestor",
            hint="git fetch, or name another ref in qualitygate.toml: gate.trusted",
        )
    return tuple(Base(tree, commit, f"merge base with {ref.name}") for commit, tree in found)


def _meeting(repo: Repo, shared: Path, trusted: str, parents: Sequence[str]) -> list[tuple[str, str]]:
    """Commit and tree of each merge base. Where commits meet never changes, and is asked at every edit: it is kept."""
    file, key = shared / "merge-bases.json", " ".join((trusted, *sorted(parents)))
    kept = read_json(file)
    kept = kept if isinstance(kept, dict) else {}
    try:
        return [(str(commit), str(tree)) for commit, tree in kept[key]]
    except (KeyError, TypeError, ValueError):
        pass  # asked for the first time, or torn
    found = [(commit, git.tree_of(repo, commit)) for commit in git_history.merge_bases(repo, trusted, *parents)]
    if found and not git.is_shallow(repo):
        try:
            write_json(file, dict([*list(kept.items())[-_KEPT:], (key, found)]))
        except OSError:
            pass  # a read-only clone asks again
    return found


_KEPT = 30


def _named(repo: Repo, base: Base, ref: Trusted | None, merges: tuple[Base, ...]) -> Base:
    """An ancestor that is trusted for being on the trusted ref, with its tree and its reason."""
    if base.tree or ref is None:
        return base
    same = next((one for one in merges if one.commit == base.commit), None)
    return same or Base(git.tree_of(repo, base.commit), base.commit, f"on {ref.name}")


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
