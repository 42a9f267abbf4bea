"""Which names are the project's own: import names of Python, and what the manifests of other languages call it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from qualitygate.inspection.census import Look
from qualitygate.inspection.ecosystems.manifest import Manifest
from qualitygate.inspection.facts import Evidence, Fact, Member, Role
from qualitygate.inspection.python_project import Project
from qualitygate.inspection.requirements import canonical
from qualitygate.inspection.sources import Sources

_NOT_FIRST_PARTY = frozenset(
    ("setup", "conftest", "noxfile", "fabfile", "versioneer", "manage", "ez_setup", "dodo", "wscript", "wsgi", "asgi")
)
# The languages whose code makes a manifest at the top one of the program, not of its tools.
LANGUAGES_OF = {
    "python": ("Python", "Jupyter Notebook", "Cython"),
    "node": ("JavaScript", "TypeScript", "Vue", "Svelte", "Astro", "CoffeeScript"),
    "rust": ("Rust",),
    "go": ("Go",),
    "jvm": ("Java", "Kotlin", "Scala", "Groovy"),
    "ruby": ("Ruby",),
    "php": ("PHP",),
    "dotnet": ("C#", "F#", "Visual Basic"),
    "terraform": ("Terraform", "HCL"),
    "native": ("C", "C++", "C/C++ header", "Objective-C", "CUDA"),
}
_PACKAGE = re.compile(r"^[ \t]*package[ \t]+([\w.`]+)", re.MULTILINE)
_SAMPLED = 40


def named_packages(
    sources: Sources,
    manifests: Iterable[Manifest],
    members: Iterable[Member],
    looks: Iterable[Look],
    roles: Mapping[str, Role],
    ranked: Collection[str | None],
) -> Iterator[Fact]:
    """What the manifests of languages other than Python call the code beside them, and the packages of the JVM."""
    inside = {m.path for m in members}
    source = {k.path: k.language for k in looks if roles.get(k.path) == "source"}
    homes = {m.root for m in manifests if m.describes}
    owned: dict[str, set[str]] = {}
    for path, language in source.items():
        home = path.rpartition("/")[0]
        while home and home not in homes:
            home = home.rpartition("/")[0]
        owned.setdefault(home, set()).add(language)
    for manifest in manifests:
        mine = owned.get(manifest.root, set()).intersection(LANGUAGES_OF.get(manifest.ecosystem, ()))
        if mine and (manifest.root in inside or mine.intersection(ranked)):
            yield from manifest.packages
    if not set(LANGUAGES_OF["jvm"]).isdisjoint(ranked):
        jvm = [p for p, language in source.items() if language in LANGUAGES_OF["jvm"]]
        yield from _jvm(sources, jvm, {m.root for m in manifests if m.ecosystem == "jvm"})


def _jvm(sources: Sources, files: Iterable[str], homes: Collection[str]) -> Iterator[Fact]:
    """The package that all sources of a module share, less those inside of another one."""
    modules: dict[str, list[str]] = {}
    for path in sorted(files, key=lambda p: (p.count("/"), p)):
        home = path.rpartition("/")[0]
        while home and home not in homes:
            home = home.rpartition("/")[0]
        if len(modules.setdefault(home, [])) < _SAMPLED:
            modules[home].append(path)
    found: dict[str, Evidence] = {}
    for paths in modules.values():
        shared: list[str] | None = None
        for path in paths:
            stated = _PACKAGE.search((sources.text(path) or "")[:8000])
            if stated:
                parts = stated[1].replace("`", "").split(".")
                shared = parts if shared is None else _common(shared, parts)
        if shared and len(shared) > 1:
            found.setdefault(".".join(shared), Evidence(paths[0], 0, "the package that its sources share"))
    for name in sorted(found):
        if not any(name.startswith(other + ".") for other in found):
            yield Fact(name, (found[name],))


def _common(one: list[str], other: list[str]) -> list[str]:
    length = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return one[:length]


def first_party(
    python_files: Iterable[str], roles: Mapping[str, Role], projects: Iterable[Project], names: Collection[str]
) -> tuple[Fact, ...]:
    """Import names that are the project's own: as declared, and otherwise as the files lie."""
    files = tuple(python_files)
    found: dict[str, Fact] = {}
    projects = tuple(projects)
    for project in projects:
        for name, evidence in _of_project(project, projects, files, roles, names):
            if name not in found:
                found[name] = Fact(name, (evidence,))
    return tuple(found.values())


def _of_project(
    project: Project,
    projects: tuple[Project, ...],
    files: tuple[str, ...],
    roles: Mapping[str, Role],
    names: Collection[str],
) -> list[tuple[str, Evidence]]:
    at = f"{project.root}/" if project.root else ""
    others = [p.root + "/" for p in projects if p.root and p.root != project.root and p.root.startswith(at)]
    mine = [p[len(at) :] for p in files if p.startswith(at) and not any(p.startswith(o) for o in others)]
    places = [d + "/" for d in project.package_dirs]
    if any(p.startswith("src/") for p in mine) and f"{at}src/__init__.py" not in names:
        places.append("src/")
    declared = list(project.packages)
    dist = canonical(project.name).replace("-", "_")
    for place in ("", *places):
        # A folder of that name needs no `__init__.py`: poetry's own package has none.
        known = any(p == f"{place}{dist}.py" or p.startswith(f"{place}{dist}/") for p in mine if p.endswith(".py"))
        if not declared and dist and known and roles.get(f"{at}{place}{dist}/__init__.py", "source") == "source":
            declared.append((dist, Evidence(f"{at}{place}{dist}", 0, "carries the project's name")))
    modules = _by_layout(mine, at, tuple(dict.fromkeys(places)), roles, names, spaces=project.build is not None)
    if declared and project.build is not None:
        # A built distribution says what it is; only further packages under its own source folder are added.
        return declared + [m for m in modules if places and m[1].path.startswith(tuple(at + p for p in places))]
    return declared + modules


def _by_layout(
    mine: Iterable[str],
    at: str,
    places: tuple[str, ...],
    roles: Mapping[str, Role],
    names: Collection[str],
    *,
    spaces: bool,
) -> list[tuple[str, Evidence]]:
    """Top packages and modules; with `spaces` also folders without `__init__.py` in a folder that is all source."""
    found: dict[str, Evidence] = {}
    for path in mine:
        place = next((p for p in places if path.startswith(p)), "")
        inner = path[len(place) :]
        top, _, rest = inner.partition("/")
        role = roles.get(at + path)
        if rest:
            known = f"{at}{place}{top}/__init__.py" in names
            if role == "source" and (known or (spaces and place and path.endswith(".py") and top.isidentifier())):
                text = "a package with source files" if known else "a namespace with source files"
                found.setdefault(top, Evidence(f"{at}{place}{top}", 0, text))
        elif not place or inner != "__init__.py":
            stem = top.rpartition(".")[0]
            plain = stem.isidentifier() and stem not in _NOT_FIRST_PARTY and not stem.startswith("__")
            if plain and top.endswith(".py") and (role == "source" or stem == "tests"):
                found.setdefault(stem, Evidence(at + path, 0, "a module beside the others"))
    return sorted(found.items())
