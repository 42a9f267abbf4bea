"""Which build system makes the program: as its manifests say, or a build file with a name of its own."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from qualitygate.inspection.ecosystems.catalogue import is_aside
from qualitygate.inspection.ecosystems.manifest import Manifest
from qualitygate.inspection.facts import Evidence, Fact, Member
from qualitygate.inspection.own_names import LANGUAGES_OF
from qualitygate.inspection.python_project import Project
from qualitygate.inspection.sources import Sources

# Where no manifest of ours says more.
_FILES = (
    *(("MODULE.bazel", "bazel"), ("WORKSPACE", "bazel"), ("WORKSPACE.bazel", "bazel"), ("build.sbt", "sbt")),
    *(("mix.exs", "mix"), ("Package.swift", "swift"), ("pubspec.yaml", "pub"), ("project.clj", "leiningen")),
    *(("build.xml", "ant"), ("build.zig", "zig"), ("dune-project", "dune"), ("stack.yaml", "stack")),
    *(("cabal.project", "cabal"), ("SConstruct", "scons"), ("premake5.lua", "premake"), ("wscript", "waf")),
    *(("configure.in", "autotools"), ("Makefile.PL", "MakeMaker"), ("build.cake", "cake")),
)
_MAKE = ("Makefile", "makefile", "GNUmakefile")


def build_system(
    sources: Sources,
    projects: Iterable[Project],
    manifests: Iterable[Manifest],
    members: Iterable[Member],
    ranked: Collection[str | None],
) -> Fact | None:
    """One build system, several at the top joined by `and`, or one per project: `hatchling (backend), vite (frontend)`.

    `ranked` are the languages that the repository is written in: a bundler of style sheets builds no Python package.
    """
    found: dict[str, list[tuple[str, Fact]]] = {}
    for project in projects:
        if project.build:
            found.setdefault(project.root, []).append(("python", project.build))
    inside = {m.path for m in members}
    for manifest in manifests:
        counts = not manifest.root or (manifest.root in inside and not is_aside(manifest.path))
        if manifest.build and manifest.ecosystem != "python" and counts:
            found.setdefault(manifest.root, []).append((manifest.ecosystem, manifest.build))
    for built in found.values():
        built.sort(key=lambda row: row[1].name == "gradle")  # of two for the JVM, the one that was there first
    top = _of_languages(found.pop("", []), ranked) or _by_file(sources, ranked)
    if top:
        return _joined(top)
    nested = {root: _of_languages(rows, ()) for root, rows in sorted(found.items())}
    first: dict[str, tuple[str, Fact]] = {}
    for root, rows in nested.items():
        for fact in rows:
            first.setdefault(fact.name, (root, fact))
    if len(first) < 2:
        return next((fact for _, fact in first.values()), None)
    evidence = tuple(e for _, fact in first.values() for e in fact.evidence)
    return Fact(", ".join(f"{name} ({root})" for name, (root, _) in first.items()), evidence)


def _of_languages(rows: Sequence[tuple[str, Fact]], ranked: Collection[str | None]) -> list[Fact]:
    """The builds of the languages that count; of the others only where those have none."""
    wanted = [fact for ecosystem, fact in rows if not _languages(ecosystem).isdisjoint(ranked)]
    return list({f.name: f for f in reversed(wanted or [fact for _, fact in rows])}.values())[::-1]


def _languages(ecosystem: str) -> set[str]:
    return set(LANGUAGES_OF.get(ecosystem, ()))


def _by_file(sources: Sources, ranked: Collection[str | None]) -> list[Fact]:
    found = [Fact(name, (Evidence(path),)) for path, name in _FILES if path in sources.names]
    native = not set(LANGUAGES_OF["native"]).isdisjoint(ranked)
    if not found and native:
        found = [Fact("make", (Evidence(path),)) for path in _MAKE if path in sources.names]
    return found[:1]


def _joined(facts: Sequence[Fact]) -> Fact:
    return Fact(" and ".join(f.name for f in facts), tuple(e for f in facts for e in f.evidence))
