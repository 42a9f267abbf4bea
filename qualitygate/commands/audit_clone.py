"""What of a clone keeps the gate from running, or from seeing what is committed. It reads, and writes nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from qualitygate import git, git_config, hook_scripts
from qualitygate.agents.catalogue import AGENTS
from qualitygate.agents.registration import faults
from qualitygate.commands.install import template, wants_strict
from qualitygate.errors import GitError
from qualitygate.git import Repo
from qualitygate.hook_managers import calls_gate, writer
from qualitygate.locations import LAUNCHER

_MANAGERS = ("pre-commit", "prek")
_LISTED = 5


def hooks(repo: Repo) -> tuple[str, ...]:
    try:
        place = hook_scripts.directory(repo)
    except GitError as exc:
        return (f"{exc.message}: none of ours runs",)
    said = []
    strict = hook_scripts.STRICT if wants_strict(repo) or hook_scripts.is_strict(repo) else ()
    for name in (*hook_scripts.NAMES, *strict):
        path = place / name
        if hook_scripts.is_ours(path):
            if not os.access(path, os.X_OK):
                said.append(f"{name} is not executable: git skips it")
            elif not hook_scripts.is_as_written(repo, template(_script_of(name)), path):
                said.append(f"{name} is not as this version writes it")
        elif not calls_gate(repo.root, place, name) and not is_managed(repo, path):
            said.append(f"{name} is not installed" if not path.exists() else f"{name} is not ours")
    where = git_config.value(repo, "core.hooksPath")
    if said and where:
        said.append(f"core.hooksPath is {where}")
    return tuple(said)


def _script_of(name: str) -> str:
    return "strict.sh" if name == hook_scripts.STRICT[0] else "hook.sh"


def is_managed(repo: Repo, path: Path) -> str:
    """Whether pre-commit or prek run this hook, and the gate is one of theirs; neither has a post-rewrite for us.

    Returns the name of the manager, or "".
    """
    if hook_scripts.is_ours(path.with_name(f"{path.name}.legacy")) and writer(path) in _MANAGERS:
        return writer(path)  # installed over ours, which it runs first
    try:
        if b"id: qualitygate" not in (repo.root / ".pre-commit-config.yaml").read_bytes():
            return ""
        who = writer(path.parent / "pre-commit" if path.name == "post-rewrite" else path)
        return who if who in _MANAGERS else ""
    except OSError:
        return ""


def blind_spots(repo: Repo) -> tuple[str, ...]:
    """What hides changes from the gate, makes git run other hooks, or keeps coding agents from calling it."""
    return (*_environment(os.environ), *_hidden(repo), *_replaced(repo), *_aliases(repo), *_agents(repo))


def hooks_path_from(environ: Mapping[str, str]) -> str:
    """The variable that sets `core.hooksPath` for every git below; "" where none does."""
    if "core.hookspath" in environ.get("GIT_CONFIG_PARAMETERS", "").lower():
        return "GIT_CONFIG_PARAMETERS"
    keys = (value for name, value in environ.items() if name.startswith("GIT_CONFIG_KEY_"))
    return "GIT_CONFIG_COUNT" if any(value.lower() == "core.hookspath" for value in keys) else ""


def _environment(environ: Mapping[str, str]) -> Iterator[str]:
    if said := hooks_path_from(environ):
        yield f"{said} of this environment sets core.hooksPath for every git"


def _hidden(repo: Repo) -> Iterator[str]:
    """Files that git does not look at, so that `git status` and `commit -a` pass them over."""
    sparse = (git_config.value(repo, "core.sparseCheckout") or "").lower() == "true"
    marks = {"h": "assume-unchanged", **({} if sparse else {"S": "skip-worktree", "s": "skip-worktree"})}
    found: dict[str, list[str]] = {}
    for path, mark in git.marks(repo).items():
        if mark in marks:
            found.setdefault(marks[mark], []).append(path)
    for what, paths in found.items():
        more = f" and {len(paths) - _LISTED} more" if len(paths) > _LISTED else ""
        yield f"{what} is set for {', '.join(paths[:_LISTED])}{more}: changes there are not seen"


def _replaced(repo: Repo) -> Iterator[str]:
    names = [name.removeprefix("refs/replace/") for name in git.refs(repo, "refs/replace/")]
    if names:
        named = ", ".join(name[:7] for name in names[:_LISTED])
        yield f"`git replace` shows other objects for {named}: the gate reads the real ones"
    if (repo.common_dir / "info" / "grafts").exists():
        yield "info/grafts gives commits other parents: the gate reads history as git shows it"


def _aliases(repo: Repo) -> Iterator[str]:
    for name, value in git_config.aliases(repo).items():
        words = value.lower().split()
        if "--no-verify" in words or "core.hookspath" in value.lower():
            yield f"the alias `git {name}` leaves hooks out: {value}"


def _agents(repo: Repo) -> Iterator[str]:
    """Registrations that are committed and gone from the work tree, and settings that switch all hooks off."""
    for agent in AGENTS.values():
        wanted = git.contents(repo, "HEAD", [agent.settings]).get(agent.settings, b"")
        if LAUNCHER.encode("ascii") in wanted:
            yield from faults(agent, os.fspath(repo.root))
