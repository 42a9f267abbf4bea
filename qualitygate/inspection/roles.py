"""What each source file is for: source, test, script, migration, generated, vendored, example or documentation."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from qualitygate.inspection.census import Look
from qualitygate.inspection.facts import Evidence, Fact, Role
from qualitygate.inspection.languages import SORT_OF
from qualitygate.locations import EXTENDED

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
        *("functional_tests", "test_suite", "testsuite"),
    )
)
TOP_TEST_DIRS = frozenset(("testing", "integration", "regression"))
EXAMPLE_DIRS = frozenset(("examples", "example"))
TOP_EXAMPLE_DIRS = frozenset(
    ("samples", "sample", "demo", "demos", "tutorial", "tutorials", "docs_src", "snippets", "cookbook", "playground")
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
        *("build.py", "bootstrap.py", "pavement.py", "SConstruct"),
    )
)
_VENDORED_NAMES = frozenset(("versioneer.py", "ez_setup.py", "get-pip.py", "distribute_setup.py", "mvnw", "mvnw.cmd"))
_VENDORED_NAMES |= {"gradlew", "gradlew.bat"}
_GENERATED_NAME = re.compile(
    r"_pb2(?:_grpc)?\.pyi?$|\.pb\.(?:go|cc|h)$|\.min\.(?:js|css)$|\.gen\.(?:ts|tsx|js|go)$|\.generated\.\w+$|_generated\.\w+$"
    r"|(?:^|/)(?:parsetab|lextab)\.py$|\.g\.dart$|(?:^|/)(?:moc|qrc|ui)_\w+_rc\.py$|\.designer\.cs$",
    re.IGNORECASE,
)
_TEST_NAME = re.compile(
    r"^(?:test_.*|.*_test|tests|tests_.*|.*_tests|conftest)\.pyi?$|\.(?:test|spec|cy)\.[cm]?[jt]sx?$"
    r"|_test\.(?:go|rs|cc|cpp|dart|exs)$|(?:Test|Tests|IT)\.(?:java|kt|scala|cs)$|_spec\.rb$|\.bats$"
)
_DJANGO_MIGRATION = re.compile(r"(?:^|/)migrations/(?:[^/]+/)?(?:\d{4}_\w+|__init__)\.py$")
_MIGRATION_DIR = re.compile(r"(?:^|/)(?:migrations/versions|alembic/versions|prisma/migrations|db/migrate)(?=/)")


class Marks(NamedTuple):
    """What is said about paths outside of the files themselves."""

    linguist: Mapping[str, str] = {}
    submodules: Collection[str] = ()
    environments: Collection[str] = ()


def is_test_name(name: str) -> bool:
    """Whether a base name alone says test."""
    return bool(_TEST_NAME.search(name))


def roles_of(looks: Iterable[Look], marks: Marks | None = None) -> tuple[dict[str, Role], dict[str, Evidence]]:
    """The role of each file of code or prose, and for what nobody here wrote by hand, how that shows."""
    seen, marks = tuple(looks), marks or Marks()
    names = frozenset(k.path for k in seen)
    alembic = _alembic_roots(names)
    with_tests = _dirs_with_tests(names)
    tops = test_tops(names)
    roles: dict[str, Role] = {}
    foreign: dict[str, Evidence] = {}
    for look in seen:
        found = _foreign(look, marks, names) or _migration(look.path, alembic)
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
    if mark == "no":
        return None
    if mark in ("generated", "vendored"):
        return ("generated" if mark == "generated" else "vendored"), Evidence(".gitattributes", 0, f"linguist-{mark}")
    parts = path.split("/")
    if path.startswith(EXTENDED):
        return "vendored", Evidence(EXTENDED.rstrip("/"), 0, "copies of shared settings")
    for at, part in enumerate(parts[:-1]):
        folder = "/".join(parts[: at + 1])
        if folder in marks.environments:
            return "vendored", Evidence(folder, 0, "a tracked virtual environment")
        if part in VENDORED_DIRS:
            return "vendored", Evidence(folder, 0, f"folder name `{part}`")
        if part in GENERATED_DIRS:
            return "generated", Evidence(folder, 0, f"folder name `{part}`")
        if part in BUILD_DIRS and "/".join((*parts[:at], "package.json")) in names:
            return "generated", Evidence(folder, 0, "what is built, beside package.json")
    if parts[-1] in _VENDORED_NAMES or path.startswith("gradle/wrapper/"):
        return "vendored", Evidence(path, 0, "file name")
    if _GENERATED_NAME.search(path):
        return "generated", Evidence(path, 0, "file name")
    if look.generated:
        return "generated", Evidence(path, *look.generated)
    return None


def _alembic_roots(names: Collection[str]) -> frozenset[str]:
    return frozenset(n[: -len("/script.py.mako")] for n in names if n.endswith("/script.py.mako"))


def _migration(path: str, alembic: Collection[str]) -> tuple[Role, Evidence] | None:
    folder = path.rpartition("/")[0]
    for root in alembic:
        if path.startswith(root + "/") and path.endswith(".py"):
            where = root + "/versions" if path.startswith(root + "/versions/") else path
            return "migration", Evidence(where, 0, f"alembic environment in `{root}`")
    found = _MIGRATION_DIR.search(path)
    if found:
        return "migration", Evidence(path[: found.end()], 0, "migration history")
    if _DJANGO_MIGRATION.search(path):
        return "migration", Evidence(folder, 0, "numbered migrations")
    return None


def _dirs_with_tests(names: Collection[str]) -> frozenset[str]:
    found: set[str] = set()
    for path in names:
        if is_test_name(path.rpartition("/")[2]) or "__tests__/" in path:
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
    return ""


def _by_place(look: Look, names: Collection[str], with_tests: Collection[str]) -> Role:
    path = look.path
    folders, _, name = path.rpartition("/")
    parts = folders.split("/") if folders else []
    top = parts[0] if parts else ""
    if any(part in EXAMPLE_DIRS for part in parts) or top in TOP_EXAMPLE_DIRS:
        return "example"
    if top in DOCS_DIRS and not (name.endswith(".py") and f"{top}/__init__.py" in names):
        return "docs"
    if name == "conf.py" and any(f"{folders}/index{end}".lstrip("/") in names for end in (".rst", ".md")):
        return "docs"  # of Sphinx, which has no folder of its own in some projects
    if is_test_name(name) or test_dir_of(path, names, with_tests):
        return "test"
    if top in SCRIPT_DIRS and f"{top}/__init__.py" not in names:
        return "script"
    # In a monorepo each project has a scripts folder of its own; a package called so is code.
    if any(p in ("scripts", "script", "bin") for p in parts) and f"{folders}/__init__.py" not in names:
        return "script"
    if name in SCRIPT_NAMES and f"{folders}/__init__.py" not in names:
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
        where = named or _widest(path, total, alien)
        found.setdefault(where, []).append(evidence)
    for module in submodules:
        found.setdefault(module, []).append(Evidence(".gitmodules", 0, "submodule"))
    tops = [p for p in sorted(found) if not any(p.startswith(q + "/") for q in found)]
    return tuple(Fact(p, tuple(dict.fromkeys(found[p]))[:3]) for p in tops)


def _widest(path: str, total: Mapping[str, int], alien: Mapping[str, int]) -> str:
    whole = [folder for folder in _folders(path) if total[folder] == alien[folder]]
    return whole[-1] if whole else path


def _folders(path: str) -> list[str]:
    """The folders above a path, the nearest first."""
    parts = path.split("/")
    return ["/".join(parts[:n]) for n in range(len(parts) - 1, 0, -1)]
