"""A Python project as its manifests describe it: build system, lowest Python, dependencies, packages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from qualitygate.frozen import NamedTuple
from qualitygate.inspection.ecosystems.globs import glob
from qualitygate.inspection.facts import Broken, Evidence, Fact, Role
from qualitygate.inspection.requirements import (
    Dependency,
    from_hatch,
    from_pipfile,
    from_pyproject,
    from_requirement_files,
    from_setup,
    requirement_files,
)
from qualitygate.inspection.setup_py import guess_setup, read_setup
from qualitygate.inspection.sources import Sources, dig, strings, tables

_BACKENDS = {
    "poetry": "poetry-core",
    "mesonpy": "meson-python",
    "pdm": "pdm-backend",
    "scikit_build_core": "scikit-build-core",
}
_LOWER = re.compile(r"(?:>=|~=|==|\^|~|>)\s*v?(\d+(?:\.\d+)?)")
_UPPER = re.compile(r"<\s*(3\.\d+)")
_CLASSIFIER = re.compile(r"Programming Language :: Python :: (\d\.\d+)\s*$")
_MANIFESTS = ("pyproject.toml", "setup.py", "setup.cfg", "Pipfile")


class Project(NamedTuple):
    """One Python project. `root` is its folder, empty for the top; `packages` are import names with their evidence."""

    root: str
    name: str
    manifests: tuple[str, ...]
    build: Fact | None
    runtime: Fact | None
    upper: Fact | None
    dependencies: tuple[Dependency, ...]
    packages: tuple[tuple[str, Evidence], ...]
    package_dirs: tuple[str, ...]


def find_projects(sources: Sources, roles: Mapping[str, Role]) -> tuple[Project, ...]:
    """The projects of the repository, the one at the top first; examples, tests and vendored code have none."""
    homes: dict[str, list[str]] = {"": []}
    busy = _busy_folders(roles)
    table = dig(sources.toml("pyproject.toml"), "tool", "uv", "workspace") if "pyproject.toml" in sources.names else {}
    globs, excluded = strings(dig(table, "members")), strings(dig(table, "exclude"))
    for path in sources.paths:
        folder, _, name = path.rpartition("/")
        if name not in _MANIFESTS:
            continue
        named = any(glob(folder, g) for g in globs) and not any(glob(folder, g) for g in excluded)
        if not folder or named or (folder.count("/") <= 2 and folder in busy):
            if name == "setup.py" and (
                "setup(" not in (sources.text(path) or "") or (folder and f"{folder}/__init__.py" in sources.names)
            ):
                continue  # a module that only has the name
            homes.setdefault(folder, []).append(path)
    return tuple(_read(sources, root, tuple(manifests)) for root, manifests in sorted(homes.items()))


def _busy_folders(roles: Mapping[str, Role]) -> frozenset[str]:
    found: set[str] = set()
    for path, role in roles.items():
        if role == "source":
            folder = path.rpartition("/")[0]
            while folder and folder not in found:
                found.add(folder)
                folder = folder.rpartition("/")[0]
    return frozenset(found)


def _read(sources: Sources, root: str, manifests: tuple[str, ...]) -> Project:
    at = f"{root}/" if root else ""
    pyproject, cfg, setup, pipfile = (f"{at}{name}" for name in ("pyproject.toml", "setup.cfg", "setup.py", "Pipfile"))
    data = sources.toml(pyproject)
    ini = sources.ini(cfg) if cfg in sources.names else {}
    called = _setup_call(sources, setup)
    dependencies = [*from_pyproject(sources, pyproject)] if data else []
    dependencies += from_hatch(sources, f"{at}hatch.toml", sources.toml(f"{at}hatch.toml"))
    dependencies += [*from_setup(sources, setup, called), *from_setup(sources, cfg, _cfg_metadata(ini))]
    if pipfile in sources.names:
        dependencies += from_pipfile(sources, pipfile)
    if not root:
        dependencies += from_requirement_files(sources, requirement_files(sources))
    else:
        dependencies += from_requirement_files(sources, sources.match(f"{at}requirements.txt"))
    requires = _requires(sources, pyproject, data, cfg, ini, setup, called, pipfile)
    name = dig(data, "project", "name") or dig(data, "tool", "poetry", "name")
    name = name or dig(ini, "metadata", "name") or called.get("name") or ""
    packages, dirs = _packages(sources, pyproject, data, cfg, ini, setup, called)
    return Project(
        root,
        name if isinstance(name, str) else "",
        manifests,
        _build(sources, pyproject, data, setup, cfg, ini),
        next(requires, None),
        _upper(sources, pyproject, data),
        tuple(dependencies),
        packages,
        dirs,
    )


def _setup_call(sources: Sources, path: str) -> Mapping[str, Any]:
    tree = sources.python(path) if path in sources.names else None
    try:
        return read_setup(tree) if tree is not None else guess_setup(sources.text(path) or "")
    except RecursionError:
        sources.broken.append(Broken(path, 0, "nested too deeply"))
    return {}


def _cfg_metadata(ini: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    options = ini.get("options", {})
    extras = {k: v.split("\n") for k, v in ini.get("options.extras_require", {}).items()}
    return {
        "install_requires": options.get("install_requires", "").split("\n"),
        "tests_require": options.get("tests_require", "").split("\n"),
        "extras_require": extras,
    }


def _build(
    sources: Sources, pyproject: str, data: Mapping[str, Any], setup: str, cfg: str, ini: Mapping[str, Any]
) -> Fact | None:
    backend = dig(data, "build-system", "build-backend")
    if isinstance(backend, str) and backend:
        first = backend.split(":")[0].split(".")[0]
        return Fact(_BACKENDS.get(first, first), (sources.evidence(pyproject, "build-backend"),))
    if dig(data, "build-system"):
        return Fact("setuptools", (sources.evidence(pyproject, "[build-system]"),))
    if setup in sources.names and "setup(" in (sources.text(setup) or ""):
        return Fact("setuptools", (sources.evidence(setup, "setup("),))
    if "metadata" in ini and "name" in ini["metadata"]:
        return Fact("setuptools", (sources.evidence(cfg, "[metadata]"),))
    return None


def lowest(constraint: str) -> str:
    """The lowest `major.minor` that a constraint admits (`>=3.9,<4`, `^3.8`, `~=3.10`), empty where it sets none."""
    found = [_pair(v) for v in _LOWER.findall(constraint)]
    return ".".join(str(n) for n in min(found)) if found else ""


def _pair(version: str) -> tuple[int, int]:
    major, _, minor = version.partition(".")
    return int(major), int(minor or 0)


def least(versions: Iterable[str]) -> str:
    """The smallest of `major.minor` strings, empty for none."""
    return min(versions, key=_pair, default="")


def _requires(
    sources: Sources,
    pyproject: str,
    data: Mapping[str, Any],
    cfg: str,
    ini: Mapping[str, Any],
    setup: str,
    called: Mapping[str, Any],
    pipfile: str,
) -> Iterator[Fact]:
    poetry = dig(data, "tool", "poetry", "dependencies", "python")
    stated = (
        (pyproject, "requires-python", dig(data, "project", "requires-python")),
        (pyproject, "python =", poetry if isinstance(poetry, str) else dig(poetry, "version")),
        (cfg, "python_requires", dig(ini, "options", "python_requires")),
        (setup, "python_requires", called.get("python_requires")),
        (pyproject, "requires-python", dig(data, "tool", "flit", "metadata", "requires-python")),
    )
    for path, needle, constraint in stated:
        if isinstance(constraint, str) and lowest(constraint):
            yield Fact(lowest(constraint), (sources.evidence(path, needle),))
    if pipfile in sources.names:
        version = dig(sources.toml(pipfile), "requires", "python_version")
        if isinstance(version, str) and re.fullmatch(r"\d+\.\d+", version):
            yield Fact(version, (sources.evidence(pipfile, "python_version"),))
    cfg_classifiers = (dig(ini, "metadata", "classifiers") or dig(ini, "metadata", "classifier") or "").split("\n")
    for path, lines in (
        (pyproject, dig(data, "project", "classifiers")),
        (pyproject, dig(data, "tool", "poetry", "classifiers")),
        (cfg, cfg_classifiers),
        (setup, called.get("classifiers")),
    ):
        version = least(m[1] for m in map(_CLASSIFIER.search, strings(lines)) if m)
        if version:
            yield Fact(version, (sources.evidence(path, f"Python :: {version}"),))


def _upper(sources: Sources, pyproject: str, data: Mapping[str, Any]) -> Fact | None:
    constraint = dig(data, "project", "requires-python") or dig(data, "tool", "poetry", "dependencies", "python")
    found = _UPPER.search(constraint) if isinstance(constraint, str) else None
    return Fact(found[1], (sources.evidence(pyproject, "requires-python", "python ="),)) if found else None


def _packages(
    sources: Sources,
    pyproject: str,
    data: Mapping[str, Any],
    cfg: str,
    ini: Mapping[str, Any],
    setup: str,
    called: Mapping[str, Any],
) -> tuple[tuple[tuple[str, Evidence], ...], tuple[str, ...]]:
    """Import names that the manifests declare, and the folders that they say hold packages."""
    tool = dig(data, "tool")
    named: list[tuple[str, str]] = []
    packages = dig(tool, "setuptools", "packages")
    named += [(pyproject, p) for p in strings(packages) + strings(dig(tool, "setuptools", "py-modules"))]
    named += [
        (pyproject, p.split("/")[-1]) for p in strings(dig(tool, "hatch", "build", "targets", "wheel", "packages"))
    ]
    named += [(pyproject, p) for p in strings(dig(tool, "flit", "module", "name"))]
    named += [
        (pyproject, p) for table in tables(dig(tool, "poetry", "packages")) for p in strings(table.get("include"))
    ]
    named += [(pyproject, p) for p in strings(dig(tool, "uv", "build-backend", "module-name"))]
    named += [(pyproject, p.strip("*").strip(".")) for p in strings(dig(packages, "find", "include"))]
    for key in ("packages", "py_modules"):
        text = dig(ini, "options", key) or ""
        named += [(cfg, p.strip()) for p in text.split("\n") if p.strip() and not p.strip().startswith("find")]
        named += [(setup, p) for p in strings(called.get(key))]
    dirs = [*strings(dig(packages, "find", "where")), *strings(dig(called.get("packages"), "where"))]
    dirs += [d for table in tables(dig(tool, "poetry", "packages")) for d in strings(table.get("from"))]
    dirs += strings(dig(ini, "options.packages.find", "where"))
    dirs += [
        v
        for v in (dig(tool, "setuptools", "package-dir", ""), dig(called.get("package_dir"), ""))
        if isinstance(v, str)
    ]
    tops: dict[str, Evidence] = {}
    for path, name in named:
        top = name.split(".")[0].split("/")[0]
        if top.isidentifier() and top not in tops:
            tops[top] = sources.evidence(path, f'"{name}"', f"'{name}'", name)
    return tuple(tops.items()), tuple(dict.fromkeys(d.strip("./") for d in dirs if d.strip("./")))
