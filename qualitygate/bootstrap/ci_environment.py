"""The steps by which CI sets up the project's environment, where a check needs it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qualitygate.bootstrap.plan import PlannedCheck
from qualitygate.checks.catalogue import TOOLS
from qualitygate.frozen import NamedTuple
from qualitygate.inspection.ecosystems.node import LOCKS
from qualitygate.inspection.setup_commands import SetUp


class Steps(NamedTuple):
    """Shell lines in order, the GitHub action that brings their program ("" for none), and where they come from."""

    lines: tuple[str, ...]
    action: str
    source: str
    folder: str = ""


def steps_for(checks: Sequence[PlannedCheck], set_up: SetUp) -> tuple[Steps, ...]:
    """What these checks need: nothing, unless one of them looks at the project's own environment."""
    wanted = [check for check in checks if check.options.get("environment") == "project"]
    node = [check for check in wanted if getattr(TOOLS[check.tool], "ecosystem", "python") == "node"]
    python = [check for check in wanted if getattr(TOOLS[check.tool], "ecosystem", "python") == "python"]
    found = [_python(set_up, sorted({TOOLS[check.tool].package for check in python}))] if python else []
    folders = dict.fromkeys(_lock_folder(set_up, str(check.options.get("root", ""))) for check in node)
    return (*found, *(_node(set_up, *folder) for folder in folders if folder is not None))


_MANAGERS = {
    "uv.lock": ("uv", ("uv sync --locked",)),
    "poetry.lock": ("poetry", ("poetry install",)),
    "pdm.lock": ("pdm", ("pdm sync",)),
    "Pipfile.lock": ("pipenv", ("pipenv sync --dev",)),
}
# pipx is there on GitHub's machines; elsewhere pip does as well.
_BEFORE = {
    "poetry": ("python -m pip install poetry", "export POETRY_VIRTUALENVS_IN_PROJECT=true"),
    "pdm": ("python -m pip install pdm",),
    "pipenv": ("python -m pip install pipenv", "export PIPENV_VENV_IN_PROJECT=1"),
}


def _python(set_up: SetUp, packages: list[str]) -> Steps:
    own = [raw for raw in set_up.commands if not raw.directory]
    for lock, (manager, usual) in _MANAGERS.items():
        said = [raw for raw in own if raw.command.split()[0] == manager]
        if lock in set_up.names or said:
            lines = tuple(raw.command for raw in said) or usual
            source = f"as {said[0].path} does" if said else f"by {lock}"
            return Steps((*_BEFORE.get(manager, ()), *lines), "astral-sh/setup-uv" if manager == "uv" else "", source)
    said = [raw for raw in own if re.match(r"(?:python3? -m )?pip3? ", raw.command)]
    if said:
        lines = tuple(re.sub(r"^(?:python3? -m )?pip3? ", f"{_PIP} ", raw.command) for raw in said)
        return Steps((_VENV, *lines), "", f"as {said[0].path} does")
    return Steps((_VENV, *_usual_pip(set_up, packages)), "", "by its manifests")


_VENV = "python -m venv .venv"
_PIP = ".venv/bin/python -m pip"


def _usual_pip(set_up: SetUp, packages: list[str]) -> tuple[str, ...]:
    files = sorted(name for name in set_up.names if re.fullmatch(r"[\w.-]*requirements[\w.-]*\.txt", name))
    wanted = [f"-r {name}" for name in files]
    wanted += ["-e ."] if {"pyproject.toml", "setup.py"} & set_up.names else []
    return tuple(f"{_PIP} install {one}" for one in (*wanted, " ".join(packages)))


def _lock_folder(set_up: SetUp, root: str) -> tuple[str, str] | None:
    """The folder at or above `root` that has a lock file, and that file's name."""
    parts = [part for part in root.split("/") if part and part != "."]
    for end in range(len(parts), -1, -1):
        folder = "/".join(parts[:end])
        for lock in (*LOCKS, "package.json"):
            if (f"{folder}/{lock}" if folder else lock) in set_up.names:
                return folder, lock
    return None


_NODE = {
    "npm": ("npm ci",),
    "yarn": ("corepack enable", "yarn install --immutable || yarn install --frozen-lockfile"),
    "pnpm": ("corepack enable", "pnpm install --frozen-lockfile"),
    "bun": ("npm install --global bun", "bun install --frozen-lockfile"),
}


def _node(set_up: SetUp, folder: str, lock: str) -> Steps:
    manager = LOCKS.get(lock, "")
    said = [raw for raw in set_up.commands if raw.command.split()[0] == manager and raw.directory == folder]
    if said:
        before = ("corepack enable",) if manager in ("yarn", "pnpm") else ()
        lines = (*before, *(raw.command for raw in said))
        return Steps(lines, "actions/setup-node", f"as {said[0].path} does", folder)
    lines = _NODE[manager] if manager else ("npm install",)
    return Steps(lines, "actions/setup-node", f"by {lock}", folder)
