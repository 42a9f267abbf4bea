"""Which package managers a repository uses, by manifests and lock files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from qualitygate.inspection.facts import Evidence, Fact, Role, merge
from qualitygate.inspection.python_project import Project
from qualitygate.inspection.requirements import requirement_files
from qualitygate.inspection.sources import Sources, base_name, dig, strings


class Ecosystem(NamedTuple):
    """A package manager known by base names of files: any `locks` or `manifests` name means it."""

    name: str
    locks: tuple[str, ...]
    manifests: tuple[str, ...]


ECOSYSTEMS: tuple[Ecosystem, ...] = (
    Ecosystem("pixi", ("pixi.lock",), ("pixi.toml",)),
    Ecosystem("conda", (), ("environment.yml", "environment.yaml", "conda-lock.yml")),
    Ecosystem("cargo", ("Cargo.lock",), ("Cargo.toml",)),
    Ecosystem("go modules", ("go.sum",), ("go.mod",)),
    Ecosystem("Maven", (), ("pom.xml", "mvnw", "mvnw.cmd")),
    Ecosystem(
        "Gradle",
        ("gradle.lockfile",),
        ("build.gradle", "build.gradle.kts", "settings.gradle", "settings.gradle.kts", "gradlew", "gradlew.bat"),
    ),
    Ecosystem("bundler", ("Gemfile.lock",), ("Gemfile",)),
    Ecosystem("composer", ("composer.lock",), ("composer.json",)),
    Ecosystem("mix", ("mix.lock",), ("mix.exs",)),
    Ecosystem("pub", ("pubspec.lock",), ("pubspec.yaml",)),
    Ecosystem("swift package manager", ("Package.resolved",), ("Package.swift",)),
)
NODE_LOCKS = {
    "package-lock.json": "npm",
    "npm-shrinkwrap.json": "npm",
    "yarn.lock": "yarn",
    "pnpm-lock.yaml": "pnpm",
    "bun.lock": "bun",
    "bun.lockb": "bun",
}
PYTHON_LOCKS = {
    "uv.lock": "uv",
    "poetry.lock": "poetry",
    "pdm.lock": "pdm",
    "Pipfile.lock": "pipenv",
    "Pipfile": "pipenv",
}
# Which manager a project without lock file is meant for, by its tool table, then by its build backend.
_TOOL_TABLES = ("uv", "poetry", "pdm", "rye", "hatch", "pixi", "flit")
_BY_BACKEND = {
    "hatchling": "hatch",
    "flit_core": "flit",
    "flit": "flit",
    "poetry-core": "poetry",
    "pdm-backend": "pdm",
    "uv_build": "uv",
    "maturin": "maturin",
    "setuptools": "pip/setuptools",
}
_ALIEN = ("vendored", "generated", "example", "test", "docs")


def package_managers(sources: Sources, projects: Iterable[Project], roles: Mapping[str, Role]) -> tuple[Fact, ...]:
    """The package managers, Python's first; each with its lock files before its manifests."""
    facts = [*_python(sources, tuple(projects)), *_node(sources, roles), *_others(sources, roles)]
    return merge(facts)


def _near(sources: Sources, roles: Mapping[str, Role], *names: str) -> tuple[str, ...]:
    """Files of these base names: at the top, or where the top has none, up to two folders down."""
    wanted = frozenset(names)
    found = [p for p in sources.paths if base_name(p) in wanted and p.count("/") <= 2 and not _aside(p)]
    top = [p for p in found if "/" not in p]
    rows = top or [p for p in found if roles.get(p) not in _ALIEN]
    return tuple(sorted(rows, key=lambda p: (names.index(base_name(p)), p)))


def _aside(path: str) -> bool:
    aside = ("example", "test", "doc", "vendor", "third", "fixture", "node_modules", "demo", "sample", "template")
    return any(part.lower().startswith(aside) for part in path.split("/")[:-1])


def _python(sources: Sources, projects: tuple[Project, ...]) -> Iterator[Fact]:
    tops = [p for p in projects if not p.root and p.manifests] or [p for p in projects if p.manifests]
    for project in tops:
        yield from _of_project(sources, project, projects)
    top_files = tuple(p for p in requirement_files(sources) if "requirement" in p)
    nested = (
        ()
        if top_files or tops
        else tuple(p for p in sources.paths if p.endswith("/requirements.txt") and p.count("/") == 1 and not _aside(p))
    )
    if top_files or nested:
        yield Fact("pip", tuple(Evidence(p) for p in top_files or nested))


def _of_project(sources: Sources, project: Project, projects: tuple[Project, ...]) -> Iterator[Fact]:
    at = f"{project.root}/" if project.root else ""
    pyproject = f"{at}pyproject.toml"
    data = sources.toml(pyproject)
    for lock, name in PYTHON_LOCKS.items():
        if f"{at}{lock}" in sources.names:
            evidence = [Evidence(f"{at}{lock}")]
            if lock != "Pipfile" and pyproject in sources.names and data:
                evidence += [Evidence(pyproject), *_members(projects, project, data)]
            yield Fact(name, tuple(evidence))
    locked = any(f"{at}{lock}" in sources.names for lock in PYTHON_LOCKS)
    build = project.build.name if project.build else ""
    describes = bool(dig(data, "project") or dig(data, "build-system") or dig(data, "tool", "poetry"))
    if not locked and pyproject in sources.names and (describes or dig(data, "tool", "uv")):
        table = next((t for t in _TOOL_TABLES if dig(data, "tool", t) and t not in ("flit", "hatch")), "")
        name = table or _BY_BACKEND.get(build, "pip")
        yield Fact(name, (sources.evidence(pyproject, f"[tool.{table}" if table else "build-backend", "[project]"),))
    legacy = [p for p in project.manifests if p.endswith(("setup.py", "setup.cfg"))]
    if (build == "setuptools" and any(p.endswith("setup.py") for p in legacy)) or (legacy and not data and build):
        yield Fact("pip/setuptools", tuple(Evidence(p) for p in sorted(legacy, reverse=True)))


def _members(projects: tuple[Project, ...], top: Project, data: Mapping[str, Any]) -> list[Evidence]:
    members = strings(dig(data, "tool", "uv", "workspace", "members"))
    stems = tuple(m.split("*")[0].rstrip("/") for m in members)
    return [
        Evidence(f"{p.root}/pyproject.toml")
        for p in projects
        if p.root != top.root and any(p.root == s or p.root.startswith(s + "/") for s in stems)
    ]


def _node(sources: Sources, roles: Mapping[str, Role]) -> Iterator[Fact]:
    locks = _near(sources, roles, *NODE_LOCKS)
    manifests = [
        p
        for p in sources.paths
        if base_name(p) == "package.json" and p.count("/") <= 3 and not _aside(p) and roles.get(p) not in _ALIEN
    ]
    if not manifests:
        return
    if "package.json" in manifests and not dig(sources.json("package.json"), "workspaces"):
        manifests = ["package.json"]
    said = dig(sources.json(manifests[0]), "packageManager")
    named = said.split("@")[0] if isinstance(said, str) else ""
    for name in dict.fromkeys(NODE_LOCKS[base_name(p)] for p in locks):
        mine = [p for p in locks if NODE_LOCKS[base_name(p)] == name]
        yield Fact(name, tuple(Evidence(p) for p in [*mine, *sorted(manifests)]))
    if not locks:
        evidence = sources.evidence(manifests[0], '"packageManager"') if named else Evidence(manifests[0])
        yield Fact(named or "npm", (evidence, *(Evidence(p) for p in sorted(manifests)[1:])))


def _others(sources: Sources, roles: Mapping[str, Role]) -> Iterator[Fact]:
    for ecosystem in ECOSYSTEMS:
        files = _near(sources, roles, *ecosystem.locks, *ecosystem.manifests)
        if any(base_name(p) in (*ecosystem.locks, *ecosystem.manifests[:2]) for p in files):
            yield Fact(ecosystem.name, tuple(Evidence(p) for p in files))
