"""The ecosystems whose manifests are read, and the manifests that count as the repository's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

from qualitygate.inspection.ecosystems import dotnet, go, gradle, maven, native, node, php, ruby, rust, terraform
from qualitygate.inspection.ecosystems.globs import glob
from qualitygate.inspection.ecosystems.manifest import Ecosystem, Manifest, Reader, Workspace, at
from qualitygate.inspection.facts import Role, Unreadable
from qualitygate.inspection.sources import Sources, base_name

_SETTINGS = ("settings.gradle", "settings.gradle.kts")
ECOSYSTEMS: tuple[Ecosystem, ...] = (
    Ecosystem("node", ("package.json",), node.read),
    Ecosystem("rust", ("Cargo.toml",), rust.read),
    Ecosystem("go", ("go.work", "go.mod"), go.read),
    Ecosystem("jvm", ("pom.xml",), maven.read),
    Ecosystem("jvm", (*_SETTINGS, "build.gradle", "build.gradle.kts"), gradle.read),
    Ecosystem("ruby", ("Gemfile", "gems.rb", "*.gemspec"), ruby.read),
    Ecosystem("php", ("composer.json",), php.read),
    Ecosystem(
        "dotnet",
        ("*.sln", "*.slnx", "*.csproj", "*.fsproj", "*.vbproj", "Directory.Build.props", "Directory.Packages.props"),
        dotnet.read,
    ),
    Ecosystem("native", ("CMakeLists.txt", "meson.build", "configure.ac"), native.read),
    Ecosystem("terraform", ("versions.tf", "main.tf", "terraform.tf", "providers.tf"), terraform.read),
)
PYTHON_FILES = ("pyproject.toml", "setup.py", "setup.cfg", "Pipfile")
"""Read in `python_project.py`; here only so that a workspace finds its members."""
# Settings that all projects below take over: also those below a folder of tests.
_SHARED = ("Directory.Build.props", "Directory.Packages.props")
_LIMIT = 600
"""Manifests read in one inspection, the shallow ones first."""
_DEEPEST = 5
_PATTERNS = 500
_READERS: dict[str, Reader] = {name: e.read for e in ECOSYSTEMS for name in e.files if "*" not in name}
_SUFFIXES = {name[1:]: e.read for e in ECOSYSTEMS for name in e.files if name.startswith("*")}
# Folders whose projects are there to be looked at, tested with or copied, not to be worked on.
ASIDE = frozenset(
    (
        *("example", "examples", "fixture", "fixtures", "__fixtures__", "test", "tests", "__tests__", "testdata"),
        *("test-data", "test_data", "testing", "spec", "specs", "e2e", "sample", "samples", "demo", "demos", "doc"),
        *("docs", "documentation", "template", "templates", "vendor", "third_party", "third-party", "thirdparty"),
        *("node_modules", "playground", "playgrounds", "sandbox", "sandboxes", "benchmark", "benchmarks", "bench"),
        *("snippets", "tutorial", "tutorials", "cookbook", "testsuite", "integration-tests", "integration_tests"),
        *("test-projects", "test-fixtures", "test_fixtures", "mocks", "__mocks__", "starters", "boilerplate", "skel"),
        *("fuzz", "androidtest", "smoke-tests", "smoke_tests", "dev-resources", "reproductions"),
    )
)


_ASIDE_ENDS = (
    *("-docs", "-examples", "-example", "-demo", "-playground", "-fixtures", "-sample"),
    *("_template", "-template", "-templates", "-tests"),
)


def is_aside(path: str) -> bool:
    """Whether a folder above a path is called after examples, fixtures, tests, documentation or foreign code."""
    return any(p in ASIDE or p.endswith(_ASIDE_ENDS) for p in path.lower().split("/")[:-1])


def manifests(sources: Sources, roles: Mapping[str, Role]) -> tuple[Manifest, ...]:
    """The repository's own manifests, those at the top first: not of fixtures, unless a workspace names them."""
    every = sorted((p for p in sources.paths if _reader(p)), key=lambda p: (p.count("/"), p))
    near = [p for p in every if p.count("/") <= _DEEPEST and roles.get(p) != "vendored"]
    own = [p for p in near if not is_aside(p) or base_name(p) in _SHARED]
    found: dict[str, Manifest] = {}
    _read_all(sources, own, found)
    known = frozenset(every)
    seen: set[str] = set()
    while True:  # a member may itself name members
        new = [m for m in found.values() if m.workspace and m.path not in seen]
        if not new:
            break
        seen.update(m.path for m in new)
        named = [p for m in new if m.workspace for p in named_manifests(m, m.workspace, known) if p not in found]
        _read_all(sources, named, found)
    return tuple(sorted(found.values(), key=lambda m: (m.path.count("/"), m.path)))


def _reader(path: str) -> Reader | None:
    name = base_name(path)
    return _READERS.get(name) or next((r for end, r in _SUFFIXES.items() if name.endswith(end)), None)


def _read_all(sources: Sources, paths: Iterable[str], found: dict[str, Manifest]) -> None:
    for path in paths:
        if len(found) >= _LIMIT:
            reason = f"more than {_LIMIT} manifests in this repository: the rest was not looked at"
            sources.skipped.append(Unreadable(path, reason))
            return
        reader = _reader(path)
        manifest = reader(sources, path) if reader else None
        if manifest is not None:
            found[path] = manifest


def named_manifests(manifest: Manifest, workspace: Workspace, known: Iterable[str]) -> tuple[str, ...]:
    """The manifests of the same ecosystem that a workspace names."""
    exact = frozenset(at(manifest.root, p) for p in workspace.exact)
    files = next((e.files for e in ECOSYSTEMS if _is_called(base_name(manifest.path), e.files)), PYTHON_FILES)
    patterns = [at(manifest.root, g) for g in workspace.members[:_PATTERNS]]
    excluded = [at(manifest.root, g) for g in workspace.excluded[:_PATTERNS]]
    plain = frozenset(p for p in patterns if not any(c in p for c in "*?[{"))
    globs = [p for p in patterns if p and p not in plain]
    inside = f"{manifest.root}/" if manifest.root else ""
    found = []
    for path in known:
        folder, _, name = path.rpartition("/")
        if (
            path in exact
            or (folder in plain and folder != manifest.root and _is_called(name, files))
            or (folder.startswith(inside) and _is_called(name, files) and any(glob(folder, g) for g in globs))
        ):
            found.append(path)
        if found[-1:] == [path] and any(folder == e or glob(folder, e) or folder.startswith(e + "/") for e in excluded):
            found.pop()
    return tuple(p for p in found if "node_modules/" not in p)


def _is_called(name: str, files: Iterable[str]) -> bool:
    return any(fnmatchcase(name, f) for f in files)
