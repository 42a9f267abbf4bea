"""Which package managers a repository uses, by manifests and lock files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from qualitygate.frozen import NamedTuple
from qualitygate.inspection.ecosystems import node
from qualitygate.inspection.ecosystems.catalogue import is_aside, named_manifests
from qualitygate.inspection.ecosystems.manifest import Manifest, at
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
    Ecosystem("go modules", ("go.sum",), ("go.mod", "go.work")),
    Ecosystem("dep", ("Gopkg.lock",), ("Gopkg.toml",)),
    Ecosystem("Maven", (), ("pom.xml", "mvnw", "mvnw.cmd")),
    Ecosystem(
        "Gradle",
        ("gradle.lockfile",),
        ("build.gradle", "build.gradle.kts", "settings.gradle", "settings.gradle.kts", "gradlew", "gradlew.bat"),
    ),
    Ecosystem("sbt", (), ("build.sbt",)),
    Ecosystem("bundler", ("Gemfile.lock",), ("Gemfile", "gems.rb")),
    Ecosystem("composer", ("composer.lock",), ("composer.json",)),
    Ecosystem("mix", ("mix.lock",), ("mix.exs",)),
    Ecosystem("pub", ("pubspec.lock",), ("pubspec.yaml",)),
    Ecosystem("swift package manager", ("Package.resolved",), ("Package.swift",)),
    Ecosystem("CocoaPods", ("Podfile.lock",), ("Podfile",)),
    Ecosystem("vcpkg", (), ("vcpkg.json",)),
    Ecosystem("conan", ("conan.lock",), ("conanfile.txt", "conanfile.py")),
    Ecosystem("deno", ("deno.lock",), ("deno.json", "deno.jsonc")),
    Ecosystem("bower", (), ("bower.json",)),
    Ecosystem("terraform", (".terraform.lock.hcl",), ()),
    Ecosystem("cabal", (), ("cabal.project",)),
    Ecosystem("stack", ("stack.yaml.lock",), ("stack.yaml",)),
    Ecosystem("opam", (), ("dune-project",)),
    Ecosystem("Homebrew", (), ("Brewfile",)),
    Ecosystem("nix", ("flake.lock",), ("flake.nix",)),
)
_READ = {"go modules": "go", "Maven": "jvm", "Gradle": "jvm", "bundler": "ruby", "composer": "php"}
# Settings of a package manager that lie beside its manifest.
_NODE_SETTINGS = {
    "npm": (".npmrc",),
    "pnpm": ("pnpm-workspace.yaml", ".npmrc"),
    "yarn": (".yarnrc.yml", ".yarnrc"),
    "bun": ("bunfig.toml",),
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
_MEMBERS = 50
"""Members shown as evidence of one manager."""
_ALIEN = ("vendored", "generated", "example", "test", "docs")


def package_managers(
    sources: Sources, projects: Iterable[Project], manifests: Iterable[Manifest], roles: Mapping[str, Role]
) -> tuple[Fact, ...]:
    """The package managers, Python's first; each with its lock files before its manifests.

    One that looks after several members is called so: `uv workspace`, `npm workspace`.
    """
    own = tuple(manifests)
    facts = [*_python(sources, tuple(projects)), *_node(sources, own), *_cargo(sources, own), *_nuget(own)]
    return merge([*facts, *_others(sources, roles, own)])


def _near(sources: Sources, roles: Mapping[str, Role], *names: str) -> tuple[str, ...]:
    """Files of these base names: at the top, or where the top has none, up to two folders down."""
    wanted = frozenset(names)
    found = [
        p for p in sources.paths if p.count("/") <= 2 and base_name(p) in wanted and not (_aside(p) or is_aside(p))
    ]
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
            workspace = name == "uv" and dig(data, "tool", "uv", "workspace") is not None
            yield Fact(f"{name} workspace" if workspace else name, tuple(evidence))
    locked = any(f"{at}{lock}" in sources.names for lock in PYTHON_LOCKS)
    build = project.build.name if project.build else ""
    name = "" if locked else python_manager(sources, project)
    if name:
        table = f"[tool.{name}" if dig(data, "tool", name) else "build-backend"
        yield Fact(name, (sources.evidence(pyproject, table, "[project]"),))
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


def python_manager(sources: Sources, project: Project) -> str:
    """The manager that a pyproject.toml without lock file is meant for, empty where it describes nothing."""
    pyproject = f"{project.root}/pyproject.toml" if project.root else "pyproject.toml"
    data = sources.toml(pyproject) if pyproject in sources.names else {}
    describes = bool(dig(data, "project") or dig(data, "build-system") or dig(data, "tool", "poetry"))
    if not describes and not dig(data, "tool", "uv"):
        return ""
    table = next((t for t in _TOOL_TABLES if dig(data, "tool", t) and t not in ("flit", "hatch")), "")
    return table or _BY_BACKEND.get(project.build.name if project.build else "", "pip")


def _node(sources: Sources, manifests: tuple[Manifest, ...]) -> Iterator[Fact]:
    """One fact per manager of a package.json that no other one takes in."""
    mine = [m for m in manifests if m.ecosystem == "node" and m.describes]
    known = frozenset(m.path for m in mine)
    inner = {p: m for m in mine if m.workspace for p in named_manifests(m, m.workspace, known)}
    for manifest in mine:
        if manifest.path in inner and inner[manifest.path] is not manifest:
            continue
        root = manifest.root
        locks = [at(root, name) for name in node.LOCKS if at(root, name) in sources.names]
        locks = [p for p in locks if not p.endswith("pnpm-workspace.yaml")]
        said = node.manager(sources, manifest.path)
        if said and not locks and root and not dig(sources.json(manifest.path), "packageManager"):
            continue  # the lock file of a project above covers it
        names = list(dict.fromkeys(node.LOCKS[base_name(p)] for p in locks)) or [said or "npm"]
        members = [Evidence(p) for p, top in inner.items() if top is manifest][:_MEMBERS]
        for name in names:
            files = [p for p in locks if node.LOCKS[base_name(p)] == name]
            beside = [at(root, f) for f in _NODE_SETTINGS.get(name, ()) if at(root, f) in sources.names]
            top = Evidence(manifest.path) if locks else sources.evidence(manifest.path, '"packageManager"')
            evidence = (*(Evidence(p) for p in files), top, *(Evidence(p) for p in beside), *members)
            yield Fact(f"{name} workspace" if manifest.workspace else name, evidence)


def _cargo(sources: Sources, manifests: tuple[Manifest, ...]) -> Iterator[Fact]:
    mine = [m for m in manifests if m.ecosystem == "rust"]
    top = [m for m in mine if m.root == ""] or mine
    locks = [p for m in top if (p := at(m.root, "Cargo.lock")) in sources.names]
    several = any(m.workspace and (m.workspace.members or m.workspace.kind) for m in top) and len(mine) > 1
    if mine:
        evidence = (*(Evidence(p) for p in locks), *(Evidence(m.path) for m in (mine if several else top)[:_MEMBERS]))
        yield Fact("cargo workspace" if several else "cargo", evidence)


def _nuget(manifests: tuple[Manifest, ...]) -> Iterator[Fact]:
    mine = [Evidence(m.path) for m in manifests if m.ecosystem == "dotnet"]
    if mine:
        yield Fact("NuGet", tuple(mine[:_MEMBERS]))


def _others(sources: Sources, roles: Mapping[str, Role], manifests: tuple[Manifest, ...]) -> Iterator[Fact]:
    for ecosystem in ECOSYSTEMS:
        files = _near(sources, roles, *ecosystem.locks, *ecosystem.manifests)
        if ecosystem.name in _READ:  # only in the folders of projects that are the repository's own
            roots = {m.root for m in manifests if m.ecosystem == _READ[ecosystem.name]}
            files = tuple(p for p in files if p.rpartition("/")[0] in roots)
        if any(base_name(p) in (*ecosystem.locks, *ecosystem.manifests[:2]) for p in files):
            yield Fact(ecosystem.name, tuple(Evidence(p) for p in files))
