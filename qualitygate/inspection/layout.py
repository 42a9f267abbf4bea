"""Where source and tests live."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from qualitygate.frozen import NamedTuple
from qualitygate.inspection.facts import Role
from qualitygate.inspection.sources import base_name
from qualitygate.inspection.testing_places import beside_manifests, is_test_name, test_dir_of, test_tops

_LANGUAGE_DIRS = ("java", "kotlin", "groovy", "scala", "resources")
_JS = (".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts", ".vue", ".svelte", ".astro")
# Projects whose folder as a whole is the source, unless it has one called so.
_WHOLE = ("node", "dotnet", "go")
_ANDROID = ("res", "assets", "aidl", "baseline-prof")


class Home(NamedTuple):
    """The folder of one project, the ecosystems of its manifests, and the files that they name as entries."""

    root: str
    ecosystems: frozenset[str] = frozenset()
    entries: frozenset[str] = frozenset()


def source_roots(files: Iterable[str], homes: Iterable[Home], names: Collection[str]) -> tuple[str, ...]:
    """The folders that hold source files, `.` for the top; a nested project's are below its own folder."""
    by_root = {h.root: h for h in homes}
    grouped: dict[str, list[str]] = {}
    every = tuple(files)
    for path in every:
        home = path.rpartition("/")[0]
        while home and home not in by_root:
            home = home.rpartition("/")[0]
        grouped.setdefault(home, []).append(path[len(home) + 1 :] if home else path)
    sizes: dict[str, int] = {}
    for root, paths in grouped.items():
        for below, size in _roots_of(by_root.get(root, Home(root)), paths, by_root, names).items():
            where = "/".join(p for p in (root, below) if p and p != ".") or "."
            sizes[where] = sizes.get(where, 0) + size
    roots = sorted(sizes, key=lambda r: (-sizes[r], r))
    # Stubs describe code that is elsewhere: `typings/` holds what other projects left out.
    inside = {r: [p for p in every if p.startswith(r + "/")] for r in roots if r != "."}
    stubs = {r for r, found in inside.items() if found and all(p.endswith(".pyi") for p in found)}
    return tuple(r for r in roots if r not in stubs or stubs == set(roots))


def _roots_of(home: Home, paths: Sequence[str], homes: Mapping[str, Home], names: Collection[str]) -> dict[str, int]:
    below: dict[str, list[str]] = {}
    for path in paths:
        below.setdefault(path.partition("/")[0] if "/" in path else ".", []).append(path)
    # Of a package beside the top one the folder is the root, unless it keeps its code in `src`.
    if home.root and home.ecosystems.intersection(_WHOLE) and "python" not in home.ecosystems:
        if "src" not in below:
            return {".": len(paths)}
        below = {"src": below["src"]}
    if home.root and "python" in home.ecosystems and len(below) > 1:
        below.pop(".", None)  # beside the package of a nested project lie its scripts
    if not home.root and not home.ecosystems and len(homes) > 1:
        below.pop(".", None)  # a top that is no project itself, only the place of several
    loose = below.get(".", [])
    if "node" in home.ecosystems and loose and all(p.endswith(_JS) for p in loose) and len(below) > 1:
        del below["."]
        below |= {path: [path] for path in loose if path in home.entries}
    sizes: dict[str, int] = {}
    for top, members in below.items():
        for root, size in _roots_in(top, members, home.root, homes, names).items():
            sizes[root] = sizes.get(root, 0) + size
    return sizes


def _roots_in(
    top: str, members: Sequence[str], root: str, homes: Mapping[str, Home], names: Collection[str]
) -> dict[str, int]:
    """The source roots at or below one top folder, and how many files each holds."""
    at = f"{root}/{top}" if root else top
    if top == "src":
        return _source_sets(members)
    direct = any(p.count("/") == 1 for p in members)
    children = {p.split("/")[1] for p in members if p.count("/") > 1}
    if top != "." and not direct and f"{at}/__init__.py" not in names:
        child = next(iter(children), "")
        if len(children) == 1 and f"{at}/{child}/__init__.py" in names:
            return {f"{top}/{child}": len(members)}
    if top != "." and f"{at}/__init__.py" not in names and any(h.startswith(at + "/") for h in homes):
        # A folder of projects is none itself, be there a stray file beside them.
        return {f"{top}/{c}": sum(p.startswith(f"{top}/{c}/") for p in members) for c in sorted(children)}
    return {top: len(members)}


def _source_sets(members: Sequence[str]) -> dict[str, int]:
    """`src/main/java` and the like, where builds of the JVM keep each language apart; else `src`."""
    found: dict[str, int] = {}
    for path in members:
        parts = path.split("/")
        apart = len(parts) > 3 and (parts[1] == "main" or parts[2].startswith(_LANGUAGE_DIRS))
        root = "/".join(parts[:3]) if apart else "src"
        found[root] = found.get(root, 0) + 1
    return found


def beside_java(roots: Iterable[str], files: Iterable[str]) -> tuple[str, ...]:
    """The folders beside `src/main/java` that hold source of another kind: resources, style sheets, pages."""
    mains = {r.rpartition("/")[0] for r in roots if r.endswith(("src/main/java", "src/main/kotlin"))}
    found: dict[str, None] = {}
    for path in files:
        at = path.find("src/main/")
        main = path[: at + len("src/main")]
        if at >= 0 and main in mains:
            rest = path[len(main) + 1 :]
            if "/" in rest and rest.split("/")[0] not in _ANDROID:
                found[f"{main}/{rest.split('/')[0]}"] = None
    return tuple(found)


def test_roots(roles: Mapping[str, Role], names: Collection[str], roots: Collection[str]) -> tuple[str, ...]:
    """The folders called after tests that hold some; of tests beside the code, the source `roots` that they lie in."""
    tests = [path for path, role in roles.items() if role == "test"]
    named_so = [p for p in tests if is_test_name(base_name(p))]
    with_tests = {"/".join(p.split("/")[:n]) for p in named_so for n in range(1, p.count("/") + 1)}
    with_tests |= beside_manifests(names)
    tops = test_tops(names)
    rooted = {path: _test_root(path, tops, names, with_tests) for path in tests}
    named = set(rooted.values()) - {""}
    loose = [p for p in named_so if base_name(p) != "conftest.py" and not rooted[p]]
    if len(loose) > len(tests) - list(rooted.values()).count(""):  # most tests lie beside what they test
        named |= {_root_above(p, roots) or p.rpartition("/")[0] or "." for p in loose}
    return tuple(sorted(named))


def _root_above(path: str, roots: Collection[str]) -> str:
    folder = path.rpartition("/")[0]
    while folder and folder not in roots:
        folder = folder.rpartition("/")[0]
    return folder or ("." if "." in roots else "")


def _test_root(path: str, tops: Collection[str], names: Collection[str], with_tests: Collection[str]) -> str:
    top = path.partition("/")[0]
    parts = path.split("/")
    if "src" in parts[:-3]:
        at = parts.index("src")
        if parts[at + 2] in _LANGUAGE_DIRS and "test" in parts[at + 1].lower():
            return "/".join(parts[: at + 3])
    return top if top in tops else test_dir_of(path, names, with_tests)
