"""What each source file is for: source, test, script, migration, generated, vendored, example or documentation."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from qualitygate.inspection.census import Look
from qualitygate.inspection.facts import Evidence, Fact, Role
from qualitygate.inspection.languages import SORT_OF

VENDORED_DIRS = frozenset(
    (
        *("vendor", "vendors", "vendored", "_vendor", "_vendored", "vendored_packages", "third_party", "third-party"),
        *("thirdparty", "3rdparty", "3rd_party", "3rd-party", "node_modules", "bower_components", "jspm_packages"),
        *("site-packages", "dist-packages", "Pods", "Godeps", "_extern", "externals", ".yarn", "third_party_libs"),
    )
)
BUILD_DIRS = frozenset(("dist", "build"))
GENERATED_DIRS = frozenset(("__generated__", "_generated", "__snapshots__", "__pycache__"))
TEST_DIRS = frozenset(
    (
        *("tests", "test", "__tests__", "spec", "specs", "e2e", "unittests", "unit_tests", "integration_tests"),
        *("functional_tests", "test_suite", "testsuite", "integration-tests", "unit-tests", "e2e-tests", "unittest"),
        *("uitests", "cypress"),
    )
)
FIXTURE_DIRS = frozenset(("testdata", "__fixtures__", "__mocks__", "test-fixtures", "test_fixtures"))
TOP_TEST_DIRS = frozenset(("testing", "integration", "regression", "features"))
EXAMPLE_DIRS = frozenset(("examples", "example"))
TOP_EXAMPLE_DIRS = frozenset(
    (
        "samples",
        "sample",
        "demo",
        "demos",
        "tutorial",
        "tutorials",
        "docs_src",
        "snippets",
        "cookbook",
        "playground",
        "playgrounds",
    )
)
DOCS_DIRS = frozenset(("docs", "doc", "documentation", "website"))
SCRIPT_DIRS = frozenset(
    (
        *(
            "scripts",
            "script",
            "tools",
            "bin",
            "hack",
            "ci",
            "dev",
            "devtools",
            "build_tools",
            "build-support",
            "setup",
        ),
        *(
            "requirements",
            "benchmarks",
            "benchmark",
            "bench",
            "benches",
            "fuzz",
            "contrib",
            "misc",
            "maint",
            "release",
            "packaging",
            ".github",
        ),
        *(".circleci", ".ci", ".devcontainer", ".gitlab", ".hooks", ".githooks", ".husky"),
    )
)
SCRIPT_NAMES = frozenset(
    (
        *("setup.py", "noxfile.py", "fabfile.py", "dodo.py", "duties.py", "manage.py", "wscript", "hatch_build.py"),
        *("build.py", "bootstrap.py", "pavement.py", "SConstruct", "post_gen_project.py", "pre_gen_project.py"),
        # Build and tool settings in the dress of a program.
        *("build.rs", "Gemfile", "gems.rb", "Rakefile", "Guardfile", "Capfile", "Dangerfile", "Fastfile", "Podfile"),
        *(
            "config.ru",
            "Steepfile",
            "Appraisals",
            "build.sbt",
            "mix.exs",
            "Package.swift",
            "gulpfile.js",
            "Gruntfile.js",
        ),
        *("artisan", "rector.php", ".php-cs-fixer.php", ".php-cs-fixer.dist.php", ".php_cs", ".php_cs.dist"),
        *("Gulpfile.js", "gulpfile.babel.js", "Jakefile", "Jakefile.js", "karma.conf.js", "wdio.conf.js", "mage.go"),
        *("magefile.go", "build.zig", "premake5.lua", "Makefile.PL", "Build.PL", "server.php"),
    )
)
_VENDORED_NAMES = frozenset(("versioneer.py", "ez_setup.py", "get-pip.py", "distribute_setup.py", "mvnw", "mvnw.cmd"))
_MANIFESTS = frozenset(
    (
        *("package.json", "Cargo.toml", "go.mod", "pom.xml", "build.gradle", "build.gradle.kts", "pyproject.toml"),
        *("setup.py", "Gemfile", "composer.json", "mix.exs", "Package.swift", "pubspec.yaml", "build.sbt"),
    )
)
_PROJECTS = (".csproj", ".fsproj", ".gemspec")
_VENDORED_NAMES |= {"gradlew", "gradlew.bat"}
_SETTINGS_NAME = re.compile(
    r"\.(?:config|conf|setup)\.[cm]?[jt]sx?$|^\.[\w.-]+\.(?:[cm]?js|rb|php)$|\.gemspec$|^(?:vitest|jest|vite)\.workspace\.[jt]s$"
)
# Source sets of Gradle and Maven; folders of .NET projects are called after what they hold.
_TEST_SET = re.compile(r"(?:^|/)src/(?:test\w*|\w+Test|it)(?=/)")
_TEST_PROJECT = re.compile(r"(?:^|\.|[a-z0-9])(?:Unit|Integration|Functional|Acceptance)?Tests?$")
_GENERATED_NAME = re.compile(
    r"_pb2(?:_grpc)?\.pyi?$|\.pb\.(?:go|cc|h)$|\.min\.(?:js|css)$|\.gen\.(?:ts|tsx|js|go)$|\.generated\.\w+$|_generated\.\w+$"
    r"|(?:^|/)(?:parsetab|lextab)\.py$|\.g\.dart$|(?:^|/)(?:moc|qrc|ui)_\w+_rc\.py$|\.designer\.cs$|\.g(?:\.i)?\.cs$|[mM]odelSnapshot\.cs$|(?:^|/)db/schema\.rb$|\.pb\.(?:swift|dart)$"
    r"|(?:^|/)zz_generated\.[\w.]+\.go$|(?:^|/)wire_gen\.go$|\.freezed\.dart$|-generated\.\w+$",
    re.IGNORECASE,
)
_TEST_NAME = re.compile(
    r"^(?:test_.*|.*_test|tests|tests_.*|.*_tests|conftest)\.pyi?$|\.(?:test|spec|cy)\.[cm]?[jt]sx?$"
    r"|_test\.(?:go|rs|cc|cpp|dart|exs)$|(?:Test|Tests|IT)\.(?:java|kt|scala|cs)$|_spec\.rb$|\.bats$"
    r"|_test\.rb$|^test_.*\.rb$|Test\.php$|(?:Test|Spec)\.(?:groovy|kt|scala|swift)$|Tests\.swift$|\.test\.php$|\.tftest\.hcl$"
    r"|^test_.*\.(?:c|cc|cpp|sh)$|[-_](?:unit)?test\.(?:c|cc|cpp|cxx|sh)$"
)
_WRITTEN = re.compile(
    r"\.(?:[cm]?ts|tsx|py|sh|rb|ps1)$|webpack|rollup|vite|config|(?:^|/)build/(?:build|index|util)[^/]*$"
)
_HISTORY = 3
"""Dated migrations that make a folder one of nothing else: what tools write beside them belongs to it."""
SCRIPT_LANGUAGES = ("Shell", "Batch", "PowerShell")
_TEST_FOLDER = re.compile(r"^\w[\w.-]*[-_.]tests$")
_DJANGO_MIGRATION = re.compile(r"(?:^|/)migrations/(?:[^/]+/)?\d{4}_\w+\.py$")
_DATED_MIGRATION = re.compile(r"(?:^|/)\w*[Mm]igrations/(?:[^/]+/)?\d{8,14}[-_]\w[\w.-]*\.(?:cs|php|rb|[cm]?[jt]s)$")
_MIGRATION_DIR = re.compile(
    r"(?:^|/)(?:migrations/versions|alembic/versions|prisma/migrations|db/migrate|database/migrations)(?=/)"
)


class Marks(NamedTuple):
    """What is said about paths outside of the files themselves."""

    linguist: Mapping[str, str] = {}
    submodules: Collection[str] = ()
    environments: Collection[str] = ()
    derived: Mapping[str, tuple[Role, Evidence]] = {}


def is_test_name(name: str) -> bool:
    """Whether a base name alone says test."""
    return bool(_TEST_NAME.search(name))


def roles_of(looks: Iterable[Look], marks: Marks | None = None) -> tuple[dict[str, Role], dict[str, Evidence]]:
    """The role of each file of code or prose, and for what nobody here wrote by hand, how that shows."""
    seen, marks = tuple(looks), marks or Marks()
    names = frozenset(k.path for k in seen)
    alembic = _alembic_roots(names)
    numbered = _numbered(names)
    with_tests = _dirs_with_tests(names) | beside_manifests(names)
    tops = test_tops(names)
    roles: dict[str, Role] = {}
    foreign: dict[str, Evidence] = {}
    for look in seen:
        found = _foreign(look, marks, names) or _migration(look.path, alembic, numbered)
        sort = SORT_OF.get(look.language)
        if found and (sort or found[0] == "vendored"):
            roles[look.path], foreign[look.path] = found
        elif sort == "prose":
            roles[look.path] = "docs"
        elif sort in ("code", "notebook"):
            role = _by_place(look, names, with_tests)
            roles[look.path] = "test" if role == "source" and look.path.partition("/")[0] in tops else role
    return roles, foreign


def _foreign(look: Look, marks: Marks, names: Collection[str]) -> tuple[Role, Evidence] | None:
    path = look.path
    mark = marks.linguist.get(path)
    if mark == "no" and "node_modules" not in path:
        return None
    # Who keeps documentation out of the statistics of languages says nothing about who wrote it.
    if mark == "generated" or (mark == "vendored" and path.partition("/")[0] not in DOCS_DIRS):
        return ("generated" if mark == "generated" else "vendored"), Evidence(".gitattributes", 0, f"linguist-{mark}")
    parts = path.split("/")
    for at, part in enumerate(parts[:-1]):
        folder = "/".join(parts[: at + 1])
        if folder in marks.environments:
            return "vendored", Evidence(folder, 0, "a tracked virtual environment")
        if part in VENDORED_DIRS:
            return "vendored", Evidence(folder, 0, f"folder name `{part}`")
        if mark == "written":
            continue
        if part in GENERATED_DIRS:
            return "generated", Evidence(folder, 0, f"folder name `{part}`")
        if part in BUILD_DIRS and "/".join((*parts[:at], "package.json")) in names and not _is_written(look.path):
            return "generated", Evidence(folder, 0, "what is built, beside package.json")
    if path in marks.derived:
        return marks.derived[path]
    if f"/{path}".count("/gradle/wrapper/"):
        return "vendored", Evidence(
            path[: path.index("gradle/wrapper/") + len("gradle/wrapper")], 0, "the wrapper of gradle"
        )
    if parts[-1] in _VENDORED_NAMES:
        return "vendored", Evidence(path, 0, "file name")
    if mark == "written":
        return None
    if _GENERATED_NAME.search(path):
        return "generated", Evidence(path, 0, "file name")
    if look.generated:
        return "generated", Evidence(path, *look.generated)
    return None


def _is_written(path: str) -> bool:
    """Whether a file in a folder called `build` looks like a part of the build, not like its result."""
    return not path.endswith(".d.ts") and bool(_WRITTEN.search(path))


def promoted(roles: Mapping[str, Role], looks: Iterable[Look], primary: str | None) -> dict[str, Role]:
    """The roles, with scripts as source in a repository that is written in a language of scripts."""
    table = dict(roles)
    if primary not in SCRIPT_LANGUAGES:
        return table
    for look in looks:
        top, _, rest = look.path.partition("/")
        if look.language == primary and table.get(look.path) == "script" and not (rest and top in SCRIPT_DIRS):
            table[look.path] = "source"
    return table


def _alembic_roots(names: Collection[str]) -> frozenset[str]:
    return frozenset(n[: -len("/script.py.mako")] for n in names if n.endswith("/script.py.mako"))


def _migration(path: str, alembic: Collection[str], numbered: Mapping[str, int]) -> tuple[Role, Evidence] | None:
    folder = path.rpartition("/")[0]
    for root in alembic:
        if path.startswith(root + "/") and path.endswith(".py"):
            where = root + "/versions" if path.startswith(root + "/versions/") else path
            return "migration", Evidence(where, 0, f"alembic environment in `{root}`")
    found = _MIGRATION_DIR.search(path)
    if found:
        return "migration", Evidence(path[: found.end()], 0, "migration history")
    marker = folder in numbered and (path.endswith("/__init__.py") or numbered[folder] >= _HISTORY)
    if marker or _DJANGO_MIGRATION.search(path) or _DATED_MIGRATION.search(path):
        return "migration", Evidence(folder, 0, "numbered migrations")
    return None


def _numbered(names: Iterable[str]) -> dict[str, int]:
    """The folders of numbered migrations, and how many of those are dated: those of Python have a folder each."""
    found: dict[str, int] = {}
    for path in names:
        dated = bool(_DATED_MIGRATION.search(path))
        if dated or _DJANGO_MIGRATION.search(path):
            folder = path.rpartition("/")[0]
            found[folder] = found.get(folder, 0) + dated
    return found


def _dirs_with_tests(names: Collection[str]) -> frozenset[str]:
    found: set[str] = set()
    for path in names:
        if is_test_name(path.rpartition("/")[2]) or "__tests__/" in path or path.endswith(".feature"):
            found.update(_folders(path))
    return frozenset(found)


def test_tops(names: Iterable[str]) -> frozenset[str]:
    """The top folders that hold hardly anything but tests, whatever they are called (`t`, `qa`).

    A package whose tests lie in a folder of that name inside it is none, however many they are.
    """
    tests: dict[str, int] = {}
    others: dict[str, int] = {}
    for path in names:
        top, _, rest = path.partition("/")
        name = path.rpartition("/")[2]
        if rest and name.endswith(".py") and name != "__init__.py" and TEST_DIRS.isdisjoint(path.split("/")[:-1]):
            counts = tests if is_test_name(name) else others
            counts[top] = counts.get(top, 0) + 1
    return frozenset(top for top, count in tests.items() if count >= 5 and count > 3 * others.get(top, 0))


def beside_manifests(names: Collection[str]) -> frozenset[str]:
    """The folders called after tests that lie beside a manifest: those hold tests, whatever their files are called."""
    homes = {n.rpartition("/")[0] for n in names if n.rpartition("/")[2] in _MANIFESTS or n.endswith(_PROJECTS)}
    return frozenset(f"{home}/{part}" if home else part for home in homes for part in TEST_DIRS)


def test_dir_of(path: str, names: Collection[str], with_tests: Collection[str]) -> str:
    """The outermost folder above `path` that holds tests by its name, or an empty string.

    `django/test` is a test *library*: inside a package, the name counts only where test files lie below.
    """
    parts = path.split("/")[:-1]
    for at, part in enumerate(parts):
        folder = "/".join(parts[: at + 1])
        if at == 0 and part in TOP_TEST_DIRS and folder in with_tests and f"{folder}/__init__.py" not in names:
            return folder
        if part.lower() in TEST_DIRS and (at == 0 or folder in with_tests or parts[:2] == ["src", "test"]):
            return folder
        # `smoke-tests`, but not a package of that name with code and a manifest of its own.
        if folder in with_tests and _TEST_FOLDER.match(part.lower()) and not _is_package(folder, names):
            return folder
    return ""


def _is_package(folder: str, names: Collection[str]) -> bool:
    return any(f"{folder}/{name}" in names for name in (*_MANIFESTS, "__init__.py"))


def _by_place(look: Look, names: Collection[str], with_tests: Collection[str]) -> Role:
    path = look.path
    folders, _, name = path.rpartition("/")
    parts = folders.split("/") if folders else []
    top = parts[0] if parts else ""
    if any(part in EXAMPLE_DIRS for part in parts) or top in TOP_EXAMPLE_DIRS:
        return "example"
    if (top in DOCS_DIRS or top.endswith("-docs")) and not (name.endswith(".py") and f"{top}/__init__.py" in names):
        return "docs"
    if name == "conf.py" and any(f"{folders}/index{end}".lstrip("/") in names for end in (".rst", ".md")):
        return "docs"  # of Sphinx, which has no folder of its own in some projects
    if is_test_name(name) or test_dir_of(path, names, with_tests) or not FIXTURE_DIRS.isdisjoint(parts):
        return "test"
    if _TEST_SET.search(path) or (look.language in ("C#", "F#") and any(_TEST_PROJECT.search(p) for p in parts)):
        return "test"
    if (top in SCRIPT_DIRS or top.startswith(".")) and f"{top}/__init__.py" not in names:
        return "script"
    # In a monorepo each project has a scripts folder of its own; a package called so is code.
    if (
        any(p in ("scripts", "script", "bin", "benches", "benchmarks") for p in parts)
        and f"{folders}/__init__.py" not in names
    ):
        return "script"
    if (name in SCRIPT_NAMES or _SETTINGS_NAME.search(name)) and f"{folders}/__init__.py" not in names:
        return "script"
    if look.shebang or (look.language in ("Shell", "Batch", "PowerShell") and not parts):
        return "script"
    if name == "tasks.py" and "invoke" in look.imports:
        return "script"
    return "source"


def foreign_paths(
    roles: Mapping[str, Role], foreign: Mapping[str, Evidence], names: Collection[str], submodules: Collection[str]
) -> tuple[Fact, ...]:
    """The largest folders in which every file is generated or vendored, and single files elsewhere."""
    total: dict[str, int] = {}
    alien: dict[str, int] = {}
    mixed: set[str] = set()
    for path in names:
        inside = path in foreign
        if path in roles and not inside:
            mixed.update(_folders(path))
        for folder in _folders(path):
            total[folder] = total.get(folder, 0) + 1
            alien[folder] = alien.get(folder, 0) + inside
    found: dict[str, list[Evidence]] = {}
    for path, evidence in foreign.items():
        if roles.get(path) == "migration" and evidence.path == path:
            continue  # an environment's own files are edited by hand
        named = evidence.path if path.startswith(evidence.path + "/") and evidence.path not in mixed else ""
        where = named or _widest(path, total, alien, alone=evidence.path == ".gitattributes")
        found.setdefault(where, []).append(evidence)
    for module in submodules:
        found.setdefault(module, []).append(Evidence(".gitmodules", 0, "submodule"))
    tops = [p for p in sorted(found) if not any(p.startswith(q + "/") for q in found)]
    return tuple(Fact(p, tuple(dict.fromkeys(found[p]))[:3]) for p in tops)


def _widest(path: str, total: Mapping[str, int], alien: Mapping[str, int], *, alone: bool) -> str:
    # One file alone is called by its name: a second one beside it may well be written by hand.
    whole = [folder for folder in _folders(path) if total[folder] == alien[folder] > (0 if alone else 1)]
    return whole[-1] if whole else path


def _folders(path: str) -> list[str]:
    """The folders above a path, the nearest first."""
    parts = path.split("/")
    return ["/".join(parts[:n]) for n in range(len(parts) - 1, 0, -1)]
