"""`qualitygate undo`: take bootstrap back, and the hooks with it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from qualitygate import git, hook_scripts
from qualitygate.bootstrap import journal
from qualitygate.bootstrap.journal import Refused
from qualitygate.commands.bootstrap import JOURNAL
from qualitygate.gate import records, trust
from qualitygate.gate.state import locate


class UndoResult(NamedTuple):
    """Files restored to their bytes, files from which ours was cut, files left alone, hooks removed."""

    restored: tuple[str, ...]
    cut: tuple[str, ...]
    refused: tuple[Refused, ...]
    hooks: tuple[str, ...]


def undo(path: Path) -> UndoResult:
    """Restore every file that still is as bootstrap wrote it; what was edited since is refused, with a diff."""
    repo = git.find_repo(path)
    shared = locate(repo).shared
    undone = journal.undo(repo.root, shared / JOURNAL)
    hooks = hook_scripts.uninstall(repo)
    if not undone.refused:
        records.forget(shared)
        trust.revoke(repo)
    return UndoResult(undone.restored, undone.cut, undone.refused, hooks)
