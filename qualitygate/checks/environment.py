"""The project's Python environment: where it is, and what is in it.

Nothing is executed to learn any of this: directories are listed, small files are read.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from qualitygate.checks.tool import Environment

_FOLDERS = (".venv", "venv", "env")


def find(root: Path, main_root: Path | None, tracked: Callable[[str], bool], folder: str = "") -> Environment | None:
    """The environment of the project at `root`, or at the main work tree of a linked one.

    For a `folder` of it, the one nearest to that.

    `tracked` tells whether git tracks a path (relative to the root) or anything below it: what came
    with the clone is no environment of its user. `$VIRTUAL_ENV` counts unless it belongs to a hook
    manager or is the one that qualitygate runs from.
    """
    named = os.environ.get("UV_PROJECT_ENVIRONMENT", "")
    parts = folder.split("/") if folder else []
    levels = ["/".join(parts[:n]) for n in range(len(parts), -1, -1)]
    for place in dict.fromkeys(p for p in (root, main_root) if p is not None):
        for level in levels:
            for name in (*_FOLDERS, named):
                if name and (found := _own(place, place / level / name, tracked)):
                    return found
    active = os.environ.get("VIRTUAL_ENV", "")
    if not os.path.isabs(active) or _is_hook_managers(active) or _is_ours(active):
        return None
    return _own(root, Path(active), tracked)


def _own(root: Path, prefix: Path, tracked: Callable[[str], bool]) -> Environment | None:
    found = load(prefix)
    if found is None:
        return None
    paths = (os.path.abspath(prefix), os.path.realpath(prefix))
    tops = (os.path.abspath(root), os.path.realpath(root))
    places = {below(path, top) for path in paths for top in tops} - {""}
    return None if "." in places or any(tracked(place) for place in sorted(places)) else found


def load(prefix: Path) -> Environment | None:
    """The environment in a directory; None unless it has `pyvenv.cfg` and an executable `bin/python`."""
    prefix = Path(os.path.abspath(prefix))
    python = prefix / "bin" / "python"
    if not (prefix / "pyvenv.cfg").is_file() or not os.access(python, os.X_OK) or python.is_dir():
        return None
    return Environment(os.fspath(prefix), os.fspath(python), _site_folders(prefix))


def site_packages(env: Environment) -> tuple[str, ...]:
    """Its site-packages folders, listed anew; a `lib64` that is a link to `lib` counts once."""
    return _site_folders(Path(env.prefix))


def _site_folders(prefix: Path) -> tuple[str, ...]:
    folders = {os.path.realpath(p): p for p in sorted(prefix.glob("lib*/python*/site-packages"), reverse=True)}
    return tuple(sorted(os.fspath(p) for p in folders.values() if p.is_dir()))


def _is_hook_managers(prefix: str) -> bool:
    home = os.path.expanduser("~")
    caches = os.environ.get("XDG_CACHE_HOME") or os.path.join(home, ".cache")
    data = os.environ.get("XDG_DATA_HOME") or os.path.join(home, ".local", "share")
    stores = [os.environ.get("PRE_COMMIT_HOME", ""), os.environ.get("PREK_HOME", "")]
    for parent in (caches, data, os.path.join(home, ".cache"), os.path.join(home, "Library", "Caches")):
        stores += [os.path.join(parent, "pre-commit"), os.path.join(parent, "prek")]
    if os.path.basename(prefix.rstrip("/")).startswith("py_env-"):
        return True
    return any(store and below(os.path.realpath(prefix), os.path.realpath(store)) for store in stores)


def _is_ours(prefix: str) -> bool:
    # `sys.prefix` alone is not enough: Python 3.10 sets it in `site`, which the hook path does without.
    ours = {os.path.realpath(sys.prefix), os.path.realpath(os.path.dirname(os.path.dirname(sys.executable)))}
    return os.path.realpath(prefix) in ours


def tool_path(env: Environment, name: str) -> str | None:
    """The program of that name in the environment."""
    path = os.path.join(env.prefix, "bin", name)
    return path if os.path.isfile(path) and os.access(path, os.X_OK) else None


def installed(env: Environment, name: str) -> str | None:
    """The version of a distribution, from the name of its metadata folder."""
    wanted = _normalised(name)
    for folder in env.site_packages:
        for entry in metadata(folder):
            found, _, version = entry.removesuffix(".dist-info").partition("-")
            if version and _normalised(found) == wanted:
                return version
    return None


def digest(env: Environment) -> str:
    """What it holds, as one hash: the Python version and every distribution with its version."""
    from hashlib import sha256

    settings = dict(_settings(env.prefix))
    names = sorted(name for folder in env.site_packages for name in metadata(folder))
    version = settings.get("version") or settings.get("version_info", "")
    return sha256("\n".join((version, *names)).encode("utf-8", "surrogateescape")).hexdigest()


def _normalised(name: str) -> str:
    return "-".join(part for part in name.lower().replace("_", "-").replace(".", "-").split("-") if part)


def metadata(folder: str) -> list[str]:
    try:
        return sorted(name for name in os.listdir(folder) if name.endswith(".dist-info"))
    except OSError:
        return []


def _settings(prefix: str) -> Iterator[tuple[str, str]]:
    for line in read_text(os.path.join(prefix, "pyvenv.cfg")).splitlines():
        key, equals, value = line.partition("=")
        if equals:
            yield key.strip().lower(), value.strip()


def read_text(path: str) -> str:
    try:
        with open(path, encoding="utf-8-sig", errors="surrogateescape") as file:
            return file.read()
    except OSError:
        return ""


def below(path: str, top: str) -> str:
    """`path` relative to `top`, "." where they are the same, "" where it is not below."""
    if path == top:
        return "."
    top = top.rstrip(os.sep) + os.sep
    return path[len(top) :] if path.startswith(top) else ""


def path_lines(path: str) -> list[str]:
    lines = (line.rstrip() for line in read_text(path).splitlines())
    return [line for line in lines if line and not line.startswith(("#", "import ", "import\t"))]


def inside(place: str, env: Environment, roots: Sequence[Path]) -> tuple[Path, str] | None:
    """The work tree that a folder is part of, and where; what lies in the environment itself is part of none."""
    for path in (os.path.normpath(place), os.path.realpath(place)):
        if any(below(path, prefix) for prefix in (env.prefix, os.path.realpath(env.prefix))):
            return None
        for root in roots:
            for top in (os.path.abspath(root), os.path.realpath(root)):
                if part := below(path, top):
                    return root, part
    return None
