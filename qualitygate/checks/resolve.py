"""Find the program for a check: the project's own first, then the one that came with us."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from qualitygate.checks import environment as environments
from qualitygate.checks import node_modules, tool_environment, traits
from qualitygate.checks.program_version import program_version
from qualitygate.checks.tool import Environment, Modules, Project, Tool
from qualitygate.errors import ToolError
from qualitygate.frozen import NamedTuple


class Program(NamedTuple):
    """An executable, its version, and whether it is the project's."""

    executable: str
    version: str
    of_project: bool


def our_environment() -> Environment:
    """The environment that qualitygate runs from, found without `site` (the hook path has none)."""
    prefix = Path(sys.executable).parent.parent
    found = tuple(os.fspath(p) for p in sorted(prefix.glob("lib*/python3*/site-packages")) if p.is_dir())
    return Environment(os.fspath(prefix), sys.executable, found)


def matches(version: str, wanted: str) -> bool:
    """Whether a version falls under a prefix of whole components: `0.17` takes 0.17.6, not 0.170."""
    return not wanted or version == wanted or version.startswith(wanted.rstrip(".") + ".")


def program_of(tool: Tool, wanted: str, project: Project) -> Program:
    """What runs a tool, its version under `wanted` ("" takes any): the project's own first, then what we bring.

    Raises ToolError, naming what was found instead.
    """
    found = _program_of(tool, wanted, project)
    if found.version and _numbers(found.version) < _numbers(traits.oldest(tool)):
        raise ToolError(
            f"{tool.package} {found.version} is too old: the gate can call {traits.oldest(tool)} and later",
            hint=f"pip install --upgrade {tool.package}  (in the project's environment)",
        )
    return found


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def _program_of(tool: Tool, wanted: str, project: Project) -> Program:
    ecosystem = traits.ecosystem(tool)
    if ecosystem == "node":
        return _of_node(tool, wanted, project.modules)
    if ecosystem == "system":
        return _on_path(tool, wanted)
    return resolve(tool.package, wanted, project.environment, traits.program(tool))


def resolve(package: str, wanted: str, project: Environment | None, program: str = "") -> Program:
    """The program of a distribution whose version is under `wanted` ("" takes any).

    Raises ToolError, naming what was found instead. An empty package is our own interpreter.
    """
    if not package:
        return Program(sys.executable, "", False)
    if package in _OURS_ONLY:
        return _pinned(package, wanted)
    others = []
    for place, of_project in ((project, True), (our_environment(), False)):
        if place is None:
            continue
        executable = environments.tool_path(place, program or package)
        version = environments.installed(place, package)
        if executable and version:
            if matches(version, wanted):
                return Program(executable, version, of_project)
            others.append(f"{version} in {place.prefix}")
    if package in tool_environment.PINNED and not others:
        return _pinned(package, wanted)
    if others:
        raise ToolError(
            f"{package} {wanted} is needed, found {', '.join(others)}",
            hint=f"pip install '{package}=={wanted}.*'  (for the project), or change its `version` in the settings",
        )
    raise ToolError(f"{package} was not found", hint=f"pip install {package}  (into the project's environment)")


_OURS_ONLY = ("semgrep", "ast-grep-cli")
"""Programs that are called in a form which belongs to one version."""


def _of_node(tool: Tool, wanted: str, modules: Modules | None) -> Program:
    package = tool.package
    found = node_modules.installed(modules, package) if modules else None
    executable = node_modules.tool_path(modules, traits.program(tool)) if modules and found else None
    if executable and found and matches(found, wanted):
        return Program(executable, found, True)
    if package in tool_environment.PINNED and (not found or not executable):
        return _pinned(package, wanted)
    if executable and found and modules:
        raise ToolError(
            f"{package} {wanted} is needed, found {found} in {modules.top}",
            hint="install what the lock file names, or change its `version` in the settings",
        )
    raise ToolError(f"{package} is not in node_modules", hint="install the project's packages (`npm ci` or its like)")


def _on_path(tool: Tool, wanted: str) -> Program:
    import shutil  # it brings every compression with it

    name = traits.program(tool)
    executable = shutil.which(name, path=os.pathsep.join(_folders()))
    if executable is None:
        raise ToolError(f"{name} is not installed", hint=f"install {name}, so that it is on the PATH")
    version = program_version(executable, traits.version_argv(tool))
    if not matches(version, wanted):
        raise ToolError(
            f"{name} {wanted} is needed, found {version} ({executable})",
            hint="install that version, or change its `version` in the settings",
        )
    return Program(executable, version, False)


def _folders() -> list[str]:
    # A relative folder would let the repository bring a program of its own.
    return [folder for folder in os.environ.get("PATH", os.defpath).split(os.pathsep) if os.path.isabs(folder)]


def _pinned(package: str, wanted: str) -> Program:
    brought = tool_environment.PINNED[package]
    if not matches(brought, wanted):
        raise ToolError(
            f"{package} {wanted} is needed, this version of qualitygate brings {brought}",
            hint="change or remove its `version` in the settings",
        )
    return Program(*tool_environment.program(package), of_project=False)
