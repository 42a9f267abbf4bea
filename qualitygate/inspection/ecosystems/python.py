"""Python projects as manifests among the others; what they say is read in `python_project.py`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from qualitygate.inspection.ecosystems.manifest import Manifest, Workspace, at, nearest
from qualitygate.inspection.facts import Fact
from qualitygate.inspection.package_managers import PYTHON_LOCKS, python_manager
from qualitygate.inspection.python_project import Project
from qualitygate.inspection.sources import Sources, dig, strings


def python_manifests(sources: Sources, projects: Iterable[Project]) -> Iterator[Manifest]:
    """One manifest per project that says what it is; settings of tools alone describe none.

    `build` holds the package manager here, for the members.
    """
    for project in projects:
        path = _describing(sources, project)
        pyproject = at(project.root, "pyproject.toml")
        workspace = _workspace(sources, pyproject) if pyproject in sources.names else None
        if not path and not workspace:
            continue
        lock = nearest(project.root, PYTHON_LOCKS, sources.names)
        legacy = "pip/setuptools" if path.endswith(("setup.py", "setup.cfg")) else "pip"
        name = PYTHON_LOCKS[lock.rpartition("/")[2]] if lock else python_manager(sources, project) or legacy
        evidence = sources.evidence(path or pyproject, "[project]", "[tool.poetry]", "setup(")
        manager = Fact(name, (evidence,))
        yield Manifest(
            "python", path or pyproject, project.name, workspace=workspace, build=manager, describes=bool(path)
        )


def _describing(sources: Sources, project: Project) -> str:
    for path in project.manifests:
        if path.endswith("pyproject.toml"):
            data = sources.toml(path)
            if any(dig(data, *keys) for keys in (("project",), ("build-system",), ("tool", "poetry"))):
                return path
        elif path.endswith("setup.cfg"):
            if "metadata" in sources.ini(path):
                return path
        else:
            return path
    return ""


def _workspace(sources: Sources, path: str) -> Workspace | None:
    table = dig(sources.toml(path), "tool", "uv", "workspace")
    globs = strings(dig(table, "members"))
    return Workspace("uv workspace", globs, strings(dig(table, "exclude"))) if globs else None
