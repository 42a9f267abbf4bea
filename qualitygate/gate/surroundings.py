"""What a judgement rests on besides the trees: our own environment, and that of the project."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

from qualitygate import git
from qualitygate.checks import environment as environments
from qualitygate.checks import node_modules, traits
from qualitygate.checks.resolve import our_environment
from qualitygate.checks.tool import Project, Tool
from qualitygate.errors import ToolError
from qualitygate.frozen import NamedTuple
from qualitygate.gate.state import digest
from qualitygate.git import Repo


class Surroundings(NamedTuple):
    """`project` is what the project has installed; `untrusted` is the place of what it has and what may not be used.

    `roots` are the work trees whose code it may hold. The digests say in short what stands in it ("" for none),
    and in our own environment (`ours`): an upgrade of either makes every result anew. `trusted`: what the
    repository makes tools execute may run.
    """

    project: Project
    untrusted: str
    environment_digest: str
    roots: tuple[Path, ...]
    ours: str
    trusted: bool = False

    def without_environment(self) -> Surroundings:
        """The same for a check that does not use the project's environment."""
        return self._replace(project=Project(), environment_digest="")


Around = Mapping[str, Surroundings]
"""By the root of the checks that they are for."""


def around(repo: Repo, project: Project, untrusted: str = "", *, trusted: bool = False) -> Surroundings:
    """The surroundings in which this environment, and no other of the project's, may be used."""
    found = ""
    if project.environment:
        found = environments.digest(project.environment)
    if project.modules:
        found += node_modules.digest(project.modules)
    ours = digest(version(), environments.digest(our_environment()))
    return Surroundings(project, untrusted, found, work_trees(repo), ours, trusted)


def must_be_trusted(
    tool: Tool, options: Mapping[str, Any], read: Callable[[str], bytes | None], around: Surroundings
) -> None:
    """Raises ToolError for a program that would execute code of the repository (a build script) before it may."""
    if around.trusted or traits.ecosystem(tool) == "python":  # whose adapters see to it: what they need is an option
        return
    if traits.ecosystem(tool) == "project":
        raise ToolError(
            "it runs a command of this repository, which is not trusted in this clone",
            hint="read it, then `qualitygate install --trust`",
        )
    executed = traits.executes(tool, read)
    # What comes with the machine is here whether anything was installed for the project or not.
    if not executed and traits.ecosystem(tool) == "system" and traits.uses_project(tool, options):
        executed = ("its tests",)
    if executed:
        raise ToolError(
            f"it executes code of this repository ({', '.join(executed[:3])}), which is not trusted in this clone",
            hint="`qualitygate install --trust`; to set the check up, bootstrap with --trust",
        )


def must_be_installed(
    tool: Tool, options: Mapping[str, Any], read: Callable[[str], bytes | None], around: Surroundings
) -> None:
    """Raises ToolError where the code of the project needs what is not installed, or not to be used."""
    if not traits.uses_project(tool, options) or traits.ecosystem(tool) == "project":
        return  # a command may need either, or neither, and says itself what is not there
    node = traits.imports(tool) == "node"
    if (around.project.modules if node else around.project.environment) is not None:
        return
    if not around.untrusted and not traits.named_packages(tool, read):
        return
    needs, make = ("packages", "install them (`npm ci`)") if node else ("environment", "create it (.venv)")
    what = f"{around.untrusted} is not trusted in this clone" if around.untrusted else "there is none"
    first = "" if around.untrusted else f"{make}, then run "
    raise ToolError(f"it needs the project's {needs}: {what}", hint=f"{first}`qualitygate install --trust`")


def version() -> str:
    """Our own version, from the metadata beside us; `unknown` in a checkout that was never installed."""
    return environments.installed(our_environment(), "qualitygate-toolkit") or "unknown"


def project_at(repo: Repo, root: str, wanted: Collection[str] = ("python", "node")) -> Project:
    """What the project has installed in this clone for its folder `root`, be it trusted or not, of these ecosystems."""
    trees = work_trees(repo)

    def tracked(path: str) -> bool:
        return git.is_tracked(repo, path)

    environment = environments.find(repo.root, trees[-1], tracked, root) if "python" in wanted else None
    modules = node_modules.find(trees, root, tracked) if "node" in wanted else None
    return Project(environment, modules)


def place_of(project: Project) -> str:
    """Where it is, in words; "" where there is nothing."""
    places = [project.environment.prefix] if project.environment else []
    places += [os.path.join(project.modules.top, project.modules.folders[0])] if project.modules else []
    return " and ".join(places)


def work_trees(repo: Repo) -> tuple[Path, ...]:
    """This work tree, and the main one where this is linked to it."""
    main = repo.common_dir.parent if repo.common_dir.name == ".git" else repo.root
    return tuple(dict.fromkeys((repo.root, main)))
