"""`qualitygate replay`: judge the last commits as the gate would have, had it stood there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from qualitygate import git, git_trees
from qualitygate.bootstrap.replay import Replay
from qualitygate.bootstrap.replay import replay as replay_commits
from qualitygate.bootstrap.scratch import open_scratch
from qualitygate.checks.catalogue import TOOLS
from qualitygate.checks.tool import is_config, settings_files
from qualitygate.commands.install import ensure_trust, trusted_project
from qualitygate.config import FILE_NAME
from qualitygate.defaults import compile_any
from qualitygate.errors import GitError, QualityGateError
from qualitygate.gate.policy import PLACES, on_disk
from qualitygate.model import Check


def replay(path: Path, *, last: int, seconds: float, progress: Callable[[str], None]) -> Replay:
    """Replay up to `last` commits within `seconds`, under the settings that are on disk. Writes nothing."""
    repo = git.find_repo(path)
    if git.head_commit(repo) is None:
        raise GitError("this repository has no commit yet", hint="there is nothing to replay")
    place = repo.root / FILE_NAME
    if not place.is_file():
        raise QualityGateError(f"there is no {FILE_NAME} here", hint="`qualitygate bootstrap .` writes one")
    held = on_disk(repo.root)
    policy = compile_any(held.pop(FILE_NAME), held)
    checks = [Check(**check) for check in policy["checks"]]
    names = settings_files(TOOLS) | {*PLACES}
    changed = [name for name in (*git_trees.changed_files(repo), FILE_NAME) if is_config(name, names)]
    files = {name: (repo.root / name).read_bytes() for name in changed if (repo.root / name).is_file()}
    trusted = ensure_trust(repo, trust_it=False, ask=None)
    with open_scratch(repo, TOOLS, compile_any, trusted_project(repo), trusted=trusted) as scratch:
        return replay_commits(scratch, files, checks, last=last, seconds=seconds, progress=progress)
