"""`qualitygate run`: choose what is to be judged, and judge it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from qualitygate import git
from qualitygate.checks.catalogue import TOOLS
from qualitygate.defaults import compile_any
from qualitygate.errors import QualityGateError
from qualitygate.frozen import NamedTuple
from qualitygate.gate import judging, stash
from qualitygate.gate.planning import Gate, open_gate
from qualitygate.model import Tree, Verdict


class What(NamedTuple):
    """At most one of these is set; none means: what the caller's situation asks for."""

    staged: bool = False
    worktree: bool = False
    commit: str = ""
    range: str = ""


def run(
    path: Path,
    *,
    what: What,
    base: str = "",
    tier: str = "commit",
    everything: bool = False,
    progress: Callable[[str], None] = lambda check: None,
) -> Verdict:
    """Judge `what` in the repository that holds `path`.

    Inside a hook the situation decides: during `git commit` (git exports `GIT_INDEX_FILE`) the
    index, and the verdict is recorded; under `pre-commit run --from-ref A --to-ref B` that range; at
    a push what is pushed. Otherwise the work tree.
    """
    if sum((what.staged, what.worktree, bool(what.commit), bool(what.range))) > 1:
        raise QualityGateError("more than one of --staged, --worktree, --commit and --range", hint="give one of them")
    return _judged(path, what, base, tier, everything, progress)


def named(path: Path, head: Tree, names: tuple[str, ...]) -> tuple[str, ...]:
    """Paths as a person gives them, from `path` or from the repository's root, as they are called in the tree.

    Raises QualityGateError for one that is not in it.
    """
    root = git.find_repo(path).root if names else path
    return tuple(_name_in(root, head, name) for name in names)


def _name_in(root: Path, head: Tree, name: str) -> str:
    here = os.path.relpath(os.path.abspath(name), root)
    for path in (here, os.path.normpath(name)):
        if path == "." or path in head.entries or any(entry.startswith(f"{path}/") for entry in head.entries):
            return path
    raise QualityGateError(f"{name} is not in {head.origin}", hint="give a tracked file, or one that can be added")


def _judged(path: Path, what: What, base: str, tier: str, everything: bool, progress: Callable[[str], None]) -> Verdict:
    gate = open_gate(path, TOOLS, compile_any)
    gate = gate._replace(tier=tier, everything=everything, base=base, progress=progress)
    if what.commit:
        return judging.judge_commit(gate, what.commit)
    if what.range:
        old, dots, new = what.range.partition("..")
        if not dots or not old or not new or new.startswith("."):
            raise QualityGateError(f"{what.range!r} is not a range", hint="give two commits: --range A..B")
        return judging.judge_range(gate, old, new)
    if what.staged:
        return judging.judge_index(gate, record=False)
    if what.worktree:
        return judging.judge_worktree(gate)
    return _as_the_situation_asks(gate)


def _as_the_situation_asks(gate: Gate) -> Verdict:
    if stash.inside_manager():
        old, new = os.environ.get("PRE_COMMIT_FROM_REF", ""), os.environ.get("PRE_COMMIT_TO_REF", "")
        if "PRE_COMMIT_REMOTE_NAME" in os.environ:
            # pre-commit names no commit when a push creates the first branch of a remote.
            return judging.judge_push(gate, new or os.environ.get("PRE_COMMIT_LOCAL_BRANCH") or "HEAD")
        if old and new:
            return judging.judge_range(gate, old, new)
    if "GIT_INDEX_FILE" in os.environ:
        return judging.judge_index(gate, record=True)
    return judging.judge_worktree(gate)
