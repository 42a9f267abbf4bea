"""`qualitygate inspect`: the facts about a repository."""

from __future__ import annotations

from pathlib import Path

from qualitygate import git
from qualitygate.inspection.facts import Facts
from qualitygate.inspection.inspect import inspect as look


def inspect(path: Path) -> Facts:
    """Facts about the repository that holds `path`; raises GitError where there is none."""
    return look(git.find_repo(path).root)
