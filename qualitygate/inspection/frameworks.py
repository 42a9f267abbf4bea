"""Frameworks, by declared dependency and by what Python code really imports; the table is `frameworks.toml`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from qualitygate.frozen import NamedTuple
from qualitygate.inspection.census import Look
from qualitygate.inspection.ecosystems.catalogue import is_aside
from qualitygate.inspection.ecosystems.manifest import INDIRECT, Manifest, evidence_of
from qualitygate.inspection.facts import Evidence, Fact, Role, merge
from qualitygate.inspection.patterns import Patterns
from qualitygate.inspection.python_project import Project
from qualitygate.inspection.requirements import Dependency
from qualitygate.inspection.sources import Sources

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ECOSYSTEMS = ("node", "rust", "go", "jvm", "ruby", "php", "dotnet", "native")


class Framework(NamedTuple):
    """A framework and its traces; the fields are explained in `frameworks.toml`."""

    name: str
    python: tuple[str, ...] = ()
    module: str = ""
    notebook: bool = False
    weak: bool = False
    dev: bool = False
    brings: str = ""
    node: tuple[str, ...] = ()
    rust: tuple[str, ...] = ()
    go: tuple[str, ...] = ()
    jvm: tuple[str, ...] = ()
    ruby: tuple[str, ...] = ()
    php: tuple[str, ...] = ()
    dotnet: tuple[str, ...] = ()
    native: tuple[str, ...] = ()


@cache
def known_frameworks() -> tuple[Framework, ...]:
    """Every framework, in the order of the table."""
    data: dict[str, Any] = tomllib.loads(Path(__file__).with_name("frameworks.toml").read_text(encoding="utf-8"))
    rows: Iterator[dict[str, Any]] = (
        {k: tuple(v) if isinstance(v, list) else v for k, v in row.items()} for row in data.values()
    )
    return tuple(Framework(name, **row) for name, row in zip(data, rows, strict=True))


def frameworks(
    sources: Sources,
    projects: Iterable[Project],
    manifests: Iterable[Manifest],
    looks: Iterable[Look],
    roles: Mapping[str, Role],
) -> tuple[Fact, ...]:
    """Frameworks that are declared; Python ones count where the code also imports them.

    A repository that is itself a framework has it too: its rules are those of its users.
    """
    facts = [*_python(tuple(projects), looks, roles), *_declared(sources, tuple(manifests))]
    brought = {f.brings for f in known_frameworks() if f.brings and any(fact.name == f.name for fact in facts)}
    return merge(fact for fact in facts if fact.name not in brought)


def _python(projects: tuple[Project, ...], looks: Iterable[Look], roles: Mapping[str, Role]) -> Iterator[Fact]:
    importers: dict[str, Evidence] = {}
    for look in looks:
        if roles.get(look.path) in ("source", "script", "migration"):
            for module in look.imports:
                if module not in importers or look.path.count("/") < importers[module].path.count("/"):
                    importers[module] = Evidence(look.path, 0, f"imports {module}")
    own = {p.name.lower(): p for p in projects if p.manifests}
    declared: dict[str, list[Dependency]] = {}
    for project in projects:
        for dependency in project.dependencies:
            declared.setdefault(dependency.name, []).append(dependency)
    for framework in known_frameworks():
        lines = [d for name in framework.python for d in declared.get(name, ())]
        if framework.weak:
            lines = [d for d in lines if not d.group and not d.exact]
        seen = importers.get(framework.module)
        itself = next((own[name] for name in framework.python if name in own), None)
        if itself and not framework.weak:
            yield Fact(framework.name, (Evidence(itself.manifests[0], 0, "the project itself"),))
        elif framework.notebook and any(not d.group for d in lines):
            yield Fact(framework.name, (next(d.evidence for d in lines if not d.group),))
        elif lines and seen and not itself:
            yield Fact(framework.name, (lines[0].evidence, seen))


@cache
def _tables() -> dict[str, Patterns[Framework]]:
    return {
        ecosystem: Patterns((p, f) for f in known_frameworks() for p in getattr(f, ecosystem))
        for ecosystem in ECOSYSTEMS
    }


def _declared(sources: Sources, manifests: tuple[Manifest, ...]) -> Iterator[Fact]:
    for manifest in manifests:
        table = _tables().get(manifest.ecosystem)
        if table is None or is_aside(manifest.path):
            continue
        # A plugin of Gradle or Maven is needed for development only, and still makes the program what it is; an
        # application that is bundled has all its packages there.
        by_development = manifest.ecosystem == "jvm" or _is_application(sources, manifest)
        for framework in table.find(manifest.name) if manifest.name and manifest.ecosystem != "jvm" else ():
            if not framework.weak and manifest.name in getattr(framework, manifest.ecosystem):
                yield Fact(framework.name, (sources.evidence(manifest.path, manifest.name),))
        for dependency in manifest.dependencies:
            for framework in table.find(dependency.name) if dependency.group != INDIRECT else ():
                if not dependency.group or framework.dev or (by_development and not framework.weak):
                    yield Fact(framework.name, (evidence_of(sources, manifest.path, dependency.name),))


def _is_application(sources: Sources, manifest: Manifest) -> bool:
    """Whether a package.json is of a program, not of a package that others get."""
    data = sources.json(manifest.path) if manifest.ecosystem == "node" else {}
    return data.get("private") is True and not any(data.get(k) for k in ("main", "module", "exports", "workspaces"))
