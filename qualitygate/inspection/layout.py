"""Where source and tests live, and which import names are the project's own."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from qualitygate.inspection.facts import Evidence, Fact, Role
from qualitygate.inspection.python_project import Project
from qualitygate.inspection.requirements import canonical
from qualitygate.inspection.roles import is_test_name, test_dir_of, test_tops
from qualitygate.inspection.sources import base_name

_NOT_FIRST_PARTY = frozenset(
    ("setup", "conftest", "noxfile", "fabfile", "versioneer", "manage", "ez_setup", "dodo", "wscript", "wsgi", "asgi")
)


def source_roots(files: Iterable[str], projects: Iterable[Project], names: Collection[str]) -> tuple[str, ...]:
    """The folders that hold source files, `.` for the top; a nested project's are below its own folder."""
    homes = sorted((p.root for p in projects if p.root), key=len, reverse=True)
    grouped: dict[str, list[str]] = {}
    every = tuple(files)
    for path in every:
        home = next((h for h in homes if path.startswith(h + "/")), "")
        grouped.setdefault(home, []).append(path[len(home) + 1 :] if home else path)
    sizes: dict[str, int] = {}
    for home, paths in grouped.items():
        below: dict[str, list[str]] = {}
        for path in paths:
            below.setdefault(path.partition("/")[0] if "/" in path else ".", []).append(path)
        for top, members in below.items():
            for root, size in _roots_in(top, members, home, names).items():
                where = "/".join(p for p in (home, root) if p and p != ".") or "."
                sizes[where] = sizes.get(where, 0) + size
    roots = sorted(sizes, key=lambda r: (-sizes[r], r))
    # Stubs describe code that is elsewhere: `typings/` holds what other projects left out.
    stubs = {r for r in roots if r != "." and all(p.endswith(".pyi") for p in every if p.startswith(r + "/"))}
    return tuple(r for r in roots if r not in stubs or stubs == set(roots))


def _roots_in(top: str, members: Collection[str], home: str, names: Collection[str]) -> dict[str, int]:
    """The source roots at or below one top folder, and how many files each holds."""
    at = f"{home}/{top}" if home else top
    if top == "src":
        trees = [p.split("/", 3)[2] if p.startswith("src/main/") and p.count("/") > 2 else "" for p in members]
        return {f"src/main/{t}" if t else "src": trees.count(t) for t in dict.fromkeys(trees)}
    direct = any(p.count("/") == 1 for p in members)
    children = {p.split("/")[1] for p in members if p.count("/") > 1}
    if top != "." and not direct and f"{at}/__init__.py" not in names and len(children) == 1:
        child = next(iter(children))
        if f"{at}/{child}/__init__.py" in names:
            return {f"{top}/{child}": len(members)}
    return {top: len(members)}


def test_roots(roles: Mapping[str, Role], names: Collection[str]) -> tuple[str, ...]:
    """The folders called after tests that hold some; where there is none, the folders of the test files."""
    tests = [path for path, role in roles.items() if role == "test"]
    named_so = [p for p in tests if is_test_name(base_name(p))]
    with_tests = {"/".join(p.split("/")[:n]) for p in named_so for n in range(1, p.count("/") + 1)}
    tops = test_tops(names)
    named = {top if (top := p.partition("/")[0]) in tops else test_dir_of(p, names, with_tests) for p in tests} - {""}
    loose = [p for p in named_so if base_name(p) != "conftest.py"]
    return tuple(sorted(named)) or tuple(sorted({p.rpartition("/")[0] or "." for p in loose}))


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
