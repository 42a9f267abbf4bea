"""Find the program for a check: the project's own first, then the one that came with us."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NamedTuple

from qualitygate.checks import environment as environments
from qualitygate.checks import tool_environment
from qualitygate.checks.tool import Environment
from qualitygate.errors import ToolError


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


def resolve(package: str, wanted: str, project: Environment | None) -> Program:
    """The program of `package` whose version is under `wanted` ("" takes any).

    Raises ToolError, naming what was found instead. An empty package is our own interpreter.
    """
    if not package:
        return Program(sys.executable, "", False)
    if package in tool_environment.PINNED:
        return _pinned(package, wanted)
    others = []
    for place, of_project in ((project, True), (our_environment(), False)):
        if place is None:
            continue
        executable = environments.tool_path(place, package)
        version = environments.installed(place, package)
        if executable and version:
            if matches(version, wanted):
                return Program(executable, version, of_project)
            others.append(f"{version} in {place.prefix}")
    if others:
        raise ToolError(
            f"{package} {wanted} is needed, found {', '.join(others)}",
            hint=f"pip install '{package}=={wanted}.*'  (for the project), or change its `version` in the settings",
        )
    raise ToolError(f"{package} was not found", hint=f"pip install {package}  (into the project's environment)")


def _pinned(package: str, wanted: str) -> Program:
    brought = tool_environment.PINNED[package]
    if not matches(brought, wanted):
        raise ToolError(
            f"{package} {wanted} is needed, this version of qualitygate brings {brought}",
            hint="change or remove its `version` in the settings",
        )
    return Program(*tool_environment.program(package), of_project=False)
