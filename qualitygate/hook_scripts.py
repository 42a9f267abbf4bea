"""The git hooks of a clone: put ours in, in front of what was there, and take them out again to the byte."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from qualitygate import git, git_config
from qualitygate.errors import GitError, QualityGateError
from qualitygate.frozen import NamedTuple
from qualitygate.git import Repo
from qualitygate.hook_managers import NAMES as NAMES
from qualitygate.hook_managers import STRICT as STRICT
from qualitygate.hook_managers import calls_gate, husky_of, shim_for, writer
from qualitygate.process import is_running

KEPT = ".before-qualitygate"
OWN = "qualitygate-hooks"
"""The hooks of a clone whose user has a folder of hooks for all repositories: ours, which run those first."""
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
_INSTALL = "qualitygate install"
_SIGN = b"# qualitygate git hook."


class Installed(NamedTuple):
    """What `install` did: where, which hooks are ours now, and which of them run an earlier hook first.

    `tracked`: files that are the repository's, relative to its root, and have to be committed.
    `managed`: the hooks that a manager runs, and which; these are left as they are, for it calls the gate.
    """

    directory: Path
    written: tuple[str, ...]
    chained: tuple[str, ...]
    tracked: tuple[str, ...] = ()
    managed: Mapping[str, str] = {}


def directory(repo: Repo) -> Path:
    """Where git looks for this clone's hooks. Raises GitError where that is shared with other repositories."""
    said, scope = hooks_path(repo)
    if not said:
        return repo.common_dir / "hooks"
    path = place_named(repo, said)
    for owned in (repo.root, repo.common_dir):
        if path.is_relative_to(owned.resolve()):
            return path
    if scope in ("global", "system"):
        return repo.common_dir / OWN  # where `install` has git look instead
    raise GitError(
        f"core.hooksPath is {said}, a folder that other repositories share",
        hint="git config --local core.hooksPath .git/hooks  (for this clone alone), then `qualitygate install`",
    )


def hooks_path(repo: Repo) -> tuple[str, str]:
    """`core.hooksPath` and its scope (`local`, `global`, ...); "" for both where it is not set."""
    value, scope = git_config.value(repo, "core.hooksPath"), git_config.scope_of(repo, "core.hooksPath")
    return value or "", scope


def place_named(repo: Repo, said: str) -> Path:
    """The folder that a value of `core.hooksPath` names, from this work tree."""
    try:
        return (repo.root / Path(said).expanduser()).resolve()
    except RuntimeError:  # `~nobody/hooks`: git finds nothing there either
        return repo.root / said


def is_ours(path: Path) -> bool:
    """Whether a hook file was written by us."""
    try:
        return _SIGN in path.read_bytes()[:400]
    except OSError:
        return False


def is_as_written(repo: Repo, template: str, path: Path) -> bool:
    """Whether a hook of ours says what `install` writes, wherever its interpreter and our package are."""
    place = path.parent
    try:
        text = path.read_bytes().decode("utf-8", "surrogateescape")
        expected = _script(template, path.name, tracked=is_tracked(repo, place), shared=_for_all(repo))
    except OSError:
        return False
    return _without_places(text) == _without_places(expected)


def _without_places(text: str) -> list[str]:
    return [
        line.partition("=")[0] if line.startswith(("python=/", "package=/", "python='", "package='")) else line
        for line in text.splitlines()
    ]


def is_strict(repo: Repo) -> bool:
    """Whether the hooks of strict mode are in this clone."""
    return is_ours(directory(repo) / STRICT[0])


def install(repo: Repo, template: str, strict: str = "") -> Installed:
    """Write our hooks, all or none. A hook that is there already is kept beside ours, which runs it first.

    `strict` is the script of strict mode, whose hooks are written where it is given. A hook whose manager calls the
    gate stays the manager's. Where the user has one folder of hooks for all repositories, this clone gets its own,
    which runs those first. Raises QualityGateError where that cannot be written.
    """
    place = directory(repo)
    shared = _for_all(repo)
    tracked = is_tracked(repo, place)
    chained, fresh, written = [], [], []
    managed: dict[str, str] = {}
    try:
        _bring_husky(repo, place)
        place.mkdir(parents=True, exist_ok=True)
        _sweep(place)
        for name in (*NAMES, *(STRICT if strict else ())):
            path, kept = place / name, place / f"{name}{KEPT}"
            if by := calls_gate(repo.root, place, name) or _runs_us_first(place, name):
                managed[name] = by
                continue
            if not os.path.lexists(path) and (shim := shim_for(repo.root, place, name)):
                _write(path, shim)
                managed[name] = "lefthook"
                continue
            if not is_ours(path):
                if os.path.lexists(path) and os.path.lexists(kept) and writer(path) != writer(kept):
                    raise QualityGateError(
                        f"{path} was written over ours, and {kept.name} was there before: only one of them can be kept",
                        hint=f"have one of them do the work of both, and remove the other; then `{_INSTALL}`",
                    )
                fresh.append(name)
                if os.path.lexists(path):
                    _keep(path, kept)
            if kept.exists() or (shared and (shared / name).exists()):
                chained.append(name)
            _write(path, _script(strict if name == STRICT[0] else template, name, tracked=tracked, shared=shared))
            written.append(name)
        if shared:
            _take_over(repo, place, shared)
    except OSError as exc:
        for name in fresh:
            _take_out(place, name)
        raise QualityGateError(
            f"cannot install the hooks in {place}: {(exc.strerror or str(exc)).lower()}",
            hint="make it writable, or run as its owner; nothing was changed",
        ) from None
    files = (*written, *(f"{name}{KEPT}" for name in chained)) if tracked else ()
    paths = tuple(os.path.relpath(place / name, repo.root) for name in files)
    return Installed(place, tuple(written), tuple(chained), paths, managed)


def _bring_husky(repo: Repo, place: Path) -> None:
    """Husky's own files for a worktree that lacks them, as they are in another one: they are ignored by git."""
    husky = husky_of(place)
    if husky is None or husky.stubs == husky.scripts or place.exists():
        return
    inner = place.relative_to(repo.root.resolve())
    for other in git.worktrees(repo):
        if (other / inner).is_dir():
            shutil.copytree(other / inner, place)
            return


def _runs_us_first(place: Path, name: str) -> str:
    """The manager that was installed over our hook and runs it before its own; "" where there is none."""
    who = writer(place / name)
    return who if who in ("pre-commit", "prek") and is_ours(place / f"{name}.legacy") else ""


def _for_all(repo: Repo) -> Path | None:
    """The folder of hooks that the user has for all repositories, if this clone is to run them too."""
    said = git_config.value(repo, "core.hooksPath", scope="global") or git_config.value(
        repo, "core.hooksPath", scope="system"
    )
    local = git_config.value(repo, "core.hooksPath", scope="local")
    if not said or (local and place_named(repo, local) != (repo.common_dir / OWN).resolve()):
        return None
    path = place_named(repo, said)
    return None if any(path.is_relative_to(p.resolve()) for p in (repo.root, repo.common_dir)) else path


def _take_over(repo: Repo, place: Path, shared: Path) -> None:
    """Have git look into this clone's own folder, with a script for each other hook that the user has for all."""
    for path in sorted(shared.iterdir()) if shared.is_dir() else ():
        if path.name not in NAMES and os.access(path, os.X_OK) and path.is_file() and "." not in path.name:
            quoted = shlex.quote(os.fspath(path))
            _write(place / path.name, f'#!/bin/sh\n{_SIGN.decode()} This one passes on.\nexec {quoted} "$@"\n')
    git_config.put(repo, "core.hooksPath", os.fspath(place))


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


def _script(template: str, name: str, *, tracked: bool, shared: Path | None = None) -> str:
    gone = "qualitygate is not here any more"
    values: Mapping[str, str] = {
        "@HOOK@": name,
        "@WHERE@": _LOOK_UP if tracked else _assignments(),
        "@EARLIER@": shlex.quote(os.fspath(shared / name)) if shared else f'"$here/$hook{KEPT}"',
        "@GONE@": "this repository has a quality gate, which is not installed here" if tracked else f"error: {gone}",
        "@CODE@": "0" if tracked else "2",
    }
    for mark, value in values.items():
        template = template.replace(mark, value)
    return template


_HALF = ".qualitygate-half-"


def _half(path: Path) -> Path:
    return path.with_name(f"{_HALF}{path.name}-{os.getpid()}")


def _write(path: Path, text: str) -> None:
    temporary = _half(path)
    try:
        temporary.write_text(text, encoding="utf-8", errors="surrogateescape")
        temporary.chmod(0o755)
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def _keep(path: Path, kept: Path) -> None:
    """Give the hook that is there its second name. It stays under the first until ours takes that in one step."""
    temporary = _half(kept)
    try:
        os.link(path, temporary, follow_symlinks=False)
    except OSError:
        shutil.copy2(path, temporary, follow_symlinks=False)  # where a file has one name only
    temporary.replace(kept)
    temporary.unlink(missing_ok=True)  # two names of one file do not take each other's place


def _sweep(place: Path) -> None:
    """Remove what a killed run left."""
    for left in place.glob(f"{_HALF}*"):
        if not is_running(int(left.name.rpartition("-")[2])):
            left.unlink(missing_ok=True)


def uninstall(repo: Repo) -> tuple[str, ...]:
    """Take our hooks out and put back what was there; returns the names of those removed."""
    place = directory(repo)
    ours = [name for name in (*NAMES, *STRICT) if is_ours(place / name)]
    _sweep(place)
    for name in (*NAMES, *STRICT):
        _take_out(place, name)
    for name in NAMES:  # made as the manager would have made it, for settings that are gone now
        path = place / name
        if writer(path) == "lefthook" and path.read_bytes().decode("utf-8", "replace") == shim_for(
            repo.root, place, name, asked=False
        ):
            path.unlink()
            ours.append(name)
    if place == (repo.common_dir / OWN).resolve() and place.is_dir():
        for path in place.iterdir():
            path.unlink()
        place.rmdir()
        git_config.put(repo, "core.hooksPath", None)
    return tuple(ours)


def _take_out(place: Path, name: str) -> None:
    path, kept = place / name, place / f"{name}{KEPT}"
    if not os.path.lexists(kept):
        if is_ours(path):
            path.unlink()
    elif is_ours(path) or not os.path.lexists(path):
        kept.replace(path)
    elif _is_same(path, kept):
        kept.unlink()  # an install that was killed came as far as this


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other) or one.read_bytes() == other.read_bytes()
    except OSError:
        return False
