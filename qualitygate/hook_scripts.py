"""The git hooks of a clone: put ours in, in front of what was there, and take them out again to the byte."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from qualitygate import git
from qualitygate.errors import GitError, QualityGateError
from qualitygate.git import Repo

NAMES = ("pre-commit", "pre-merge-commit", "prepare-commit-msg", "post-rewrite", "pre-push")
KEPT = ".before-qualitygate"
WHERE = "where"
"""In the gate's folder of a clone: where its interpreter and our package are, as assignments of a shell."""

# A folder of hooks that is tracked is everybody's: no path of this machine may stand in it, and whoever has no
# qualitygate must be able to commit.
_LOOK_UP = """git=$(git rev-parse --git-common-dir)
python=
package=
if [ -f "$git/qualitygate/where" ]; then
    . "$git/qualitygate/where"
fi"""
_SIGN = b"# qualitygate git hook."


class Installed(NamedTuple):
    """What `install` did: where, which hooks are ours now, and which of them run an earlier hook first.

    `tracked`: files that are the repository's, relative to its root, and have to be committed.
    """

    directory: Path
    written: tuple[str, ...]
    chained: tuple[str, ...]
    tracked: tuple[str, ...] = ()


def directory(repo: Repo) -> Path:
    """Where git looks for this clone's hooks. Raises GitError where that is shared with other repositories."""
    said = git.config(repo, "core.hooksPath")
    if not said:
        return repo.common_dir / "hooks"
    path = (repo.root / Path(said).expanduser()).resolve()
    for owned in (repo.root, repo.common_dir):
        if path.is_relative_to(owned.resolve()):
            return path
    raise GitError(
        f"core.hooksPath is {said}, a folder that other repositories share",
        hint="git config --local core.hooksPath .git/hooks  (for this clone alone), then `qualitygate install`",
    )


def is_ours(path: Path) -> bool:
    """Whether a hook file was written by us."""
    try:
        return _SIGN in path.read_bytes()[:400]
    except OSError:
        return False


def install(repo: Repo, template: str) -> Installed:
    """Write our hooks, all or none. A hook that is there already is kept beside ours, which runs it first.

    Raises QualityGateError where that cannot be written.
    """
    place = directory(repo)
    tracked = is_tracked(repo, place)
    chained, fresh = [], []
    try:
        place.mkdir(parents=True, exist_ok=True)
        for name in NAMES:
            path, kept = place / name, place / f"{name}{KEPT}"
            if not is_ours(path):
                fresh.append(name)
                if os.path.lexists(path):
                    path.replace(kept)
            if kept.exists():
                chained.append(name)
            _write(path, _script(template, name, tracked=tracked))
    except OSError as exc:
        for name in fresh:
            _take_out(place, name)
        raise QualityGateError(
            f"cannot install the hooks in {place}: {(exc.strerror or str(exc)).lower()}",
            hint="make it writable, or run as its owner; nothing was changed",
        ) from None
    files = (*NAMES, *(f"{name}{KEPT}" for name in chained)) if tracked else ()
    paths = tuple(os.path.relpath(place / name, repo.root) for name in files)
    return Installed(place, NAMES, tuple(chained), paths)


def is_tracked(repo: Repo, place: Path) -> bool:
    """Whether a folder of hooks belongs to the repository's files: everybody who clones it gets them."""
    root = repo.root.resolve()
    if place.is_relative_to(repo.common_dir.resolve()) or not place.is_relative_to(root):
        return False
    return not git.is_ignored(repo, place.relative_to(root).as_posix())


def write_where(shared: Path) -> None:
    """Leave word in this clone of where we are: for hooks that are tracked, and those of coding agents."""
    shared.mkdir(parents=True, exist_ok=True)
    _write(shared / WHERE, _assignments() + "\n")


def _assignments() -> str:
    package = os.fspath(Path(__file__).parent)
    return f"python={shlex.quote(sys.executable)}\npackage={shlex.quote(package)}"


def _script(template: str, name: str, *, tracked: bool) -> str:
    gone = "qualitygate is not here any more"
    values: Mapping[str, str] = {
        "@HOOK@": name,
        "@WHERE@": _LOOK_UP if tracked else _assignments(),
        "@GONE@": "this repository has a quality gate, which is not installed here" if tracked else f"error: {gone}",
        "@CODE@": "0" if tracked else "2",
    }
    for mark, value in values.items():
        template = template.replace(mark, value)
    return template


def _write(path: Path, text: str) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_text(text, encoding="utf-8", errors="surrogateescape")
        temporary.chmod(0o755)
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def uninstall(repo: Repo) -> tuple[str, ...]:
    """Take our hooks out and put back what was there; returns the names of those removed."""
    place = directory(repo)
    ours = [name for name in NAMES if is_ours(place / name)]
    for name in ours:
        _take_out(place, name)
    return tuple(ours)


def _take_out(place: Path, name: str) -> None:
    path, kept = place / name, place / f"{name}{KEPT}"
    if is_ours(path):
        path.unlink()
    if os.path.lexists(kept) and not os.path.lexists(path):
        kept.replace(path)
