"""`qualitygate undo`: take bootstrap back, and the hooks with it."""

from __future__ import annotations

from pathlib import Path

from qualitygate import git, hook_scripts
from qualitygate.bootstrap import journal
from qualitygate.bootstrap.journal import Refused
from qualitygate.commands.bootstrap import JOURNAL
from qualitygate.frozen import NamedTuple
from qualitygate.gate import trust
from qualitygate.gate.state import forget, locate


class UndoResult(NamedTuple):
    """Files restored to their bytes, new ones removed, some from which ours was cut, some left alone; hooks removed."""

    restored: tuple[str, ...]
    removed: tuple[str, ...]
    cut: tuple[str, ...]
    refused: tuple[Refused, ...]
    hooks: tuple[str, ...]


def undo(path: Path) -> UndoResult:
    """Restore every file that still is as bootstrap wrote it; what was edited since is refused, with a diff."""
    repo = git.find_repo(path)
    state = locate(repo)
    undone = journal.undo(repo.root, state.shared / JOURNAL)
    hooks = hook_scripts.uninstall(repo)
    if not undone.refused:
        forget(state)
        trust.revoke(repo)
    there = tuple(path for path in undone.restored if (repo.root / path).exists())
    gone = tuple(path for path in undone.restored if path not in there)
    return UndoResult(there, gone, undone.cut, undone.refused, hooks)
