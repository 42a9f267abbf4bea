"""The tool versions that a repository names: pins, lock files, hook revisions, its environment."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from qualitygate.inspection.facts import Environment, Evidence, Pin
from qualitygate.inspection.files import Reader
from qualitygate.inspection.hook_commands import pre_commit_hooks
from qualitygate.inspection.python_project import Project
from qualitygate.inspection.sources import Sources, base_name, dig
from qualitygate.inspection.tool_table import by_hook, known_tools

LOCKS = ("uv.lock", "poetry.lock", "pdm.lock", "pylock.toml")
_LOCKED = re.compile(r'^\[\[packages?\]\]\s*\nname = "([^"]+)"\s*\nversion = "([^"]+)"', re.MULTILINE)
_FROZEN = re.compile(r"rev:\s*\S+\s*#\s*frozen:\s*(\S+)")
_VERSION = re.compile(r"^v?(\d+(?:\.\d+)+(?:[a-z]+\d+)?)$")
# Repositories that mirror a tool under the tool's own version numbers.
_OWN_REVS = (
    "ruff",
    "mypy",
    "black",
    "isort",
    "flake8",
    "codespell",
    "pyupgrade",
    "bandit",
    "pylint",
    "typos",
    "zizmor",
)


def pinned_versions(sources: Sources, projects: Iterable[Project]) -> tuple[Pin, ...]:
    """Every named version of a known tool, exact ones only: lock files, then manifests, then hook revisions."""
    packages = {package: tool.name for tool in known_tools().values() for package in tool.packages}
    found = [*_locked(sources, packages), *_declared(projects, packages), *_required(sources), *_hooks(sources)]
    return tuple(dict.fromkeys(found))


def _locked(sources: Sources, packages: dict[str, str]) -> Iterator[Pin]:
    # By pattern, not by parser: a lock file is the largest TOML there is, and two lines of it are wanted.
    for path in sources.match(*LOCKS, *(f"*/{name}" for name in LOCKS)):
        text = sources.text(path) or ""
        line, at = 1, 0
        for found in _LOCKED.finditer(text):
            if found[1] in packages:
                line, at = line + text.count("\n", at, found.start(2)), found.start(2)
                yield Pin(packages[found[1]], found[2], Evidence(path, line, f"{found[1]} {found[2]}"))


def _declared(projects: Iterable[Project], packages: dict[str, str]) -> Iterator[Pin]:
    for project in projects:
        for dependency in project.dependencies:
            if dependency.name in packages and dependency.exact:
                yield Pin(packages[dependency.name], dependency.exact, dependency.evidence)


def _required(sources: Sources) -> Iterator[Pin]:
    for path, keys in (("pyproject.toml", ("tool", "ruff")), ("ruff.toml", ()), (".ruff.toml", ())):
        version = dig(sources.toml(path), *keys, "required-version") if path in sources.names else None
        exact = re.fullmatch(r"==\s*([\d.]+)", version) if isinstance(version, str) else None
        if exact:
            yield Pin("ruff", exact[1], sources.evidence(path, "required-version"))


def _hooks(sources: Sources) -> Iterator[Pin]:
    for hook in pre_commit_hooks(sources):
        tool = by_hook().get(hook.id)
        if tool is None or not any(name in base_name(hook.repo).lower() for name in _OWN_REVS):
            continue
        rows = (sources.text(hook.evidence.path) or "").splitlines()
        for number in range(hook.evidence.line, 0, -1):
            row = rows[number - 1][:300].strip()
            if row.lstrip("- ").startswith("rev:"):
                frozen = _FROZEN.search(row)
                version = _VERSION.match(frozen[1] if frozen else hook.rev[:60])
                if version:
                    yield Pin(tool.name, version[1], Evidence(hook.evidence.path, number, row[:120]))
                break


def environment_versions(reader: Reader, environments: Iterable[Environment]) -> tuple[Pin, ...]:
    """The versions installed in the project's own environments, by the names of their metadata folders."""
    from pathlib import Path

    packages = {package.replace("-", "_"): tool.name for tool in known_tools().values() for package in tool.packages}
    found = []
    for environment in environments:
        if environment.hostile:
            continue
        for site in sorted(Path(reader.root, environment.path).glob("lib/python3*/site-packages")):
            for entry in sorted(site.glob("*.dist-info")):
                name, _, version = entry.name.removesuffix(".dist-info").rpartition("-")
                if name.lower() in packages:
                    where = Evidence(f"{environment.path}", 0, entry.name)
                    found.append(Pin(packages[name.lower()], version, where))
    return tuple(found)
