"""What each source file is for: source, test, script, migration, generated, vendored, example or documentation."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from qualitygate.frozen import NamedTuple
from qualitygate.inspection.census import Look
from qualitygate.inspection.facts import Evidence, Role
from qualitygate.inspection.languages import SORT_OF
from qualitygate.inspection.role_names import (
    BUILD_DIRS,
    DATED_MIGRATION,
    DJANGO_MIGRATION,
    DOCS_DIRS,
    EXAMPLE_DIRS,
    FIXTURE_DIRS,
    GENERATED_DIRS,
    GENERATED_NAME,
    HISTORY,
    MIGRATION_DIR,
    SCRIPT_DIRS,
    SCRIPT_LANGUAGES,
    SCRIPT_NAMES,
    SETTINGS_NAME,
    TEST_PROJECT,
    TEST_SET,
    TOP_EXAMPLE_DIRS,
    VENDORED_DIRS,
    VENDORED_NAMES,
    WRITTEN,
)
from qualitygate.inspection.testing_places import (
    beside_manifests,
    dirs_with_tests,
    is_test_name,
    test_dir_of,
    test_tops,
)
from qualitygate.locations import EXTENDED


class Marks(NamedTuple):
    """What is said about paths outside of the files themselves."""

    linguist: Mapping[str, str] = {}
    submodules: Collection[str] = ()
    environments: Collection[str] = ()
    derived: Mapping[str, tuple[Role, Evidence]] = {}


def roles_of(looks: Iterable[Look], marks: Marks | None = None) -> tuple[dict[str, Role], dict[str, Evidence]]:
    """The role of each file of code or prose, and for what nobody here wrote by hand, how that shows."""
    seen, marks = tuple(looks), marks or Marks()
    names = frozenset(k.path for k in seen)
    alembic = _alembic_roots(names)
    numbered = _numbered(names)
    with_tests = dirs_with_tests(names) | beside_manifests(names)
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
    if path.startswith(EXTENDED):
        return "vendored", Evidence(EXTENDED.rstrip("/"), 0, "copies of shared settings")
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
    if parts[-1] in VENDORED_NAMES:
        return "vendored", Evidence(path, 0, "file name")
    if mark == "written":
        return None
    if GENERATED_NAME.search(path):
        return "generated", Evidence(path, 0, "file name")
    if look.generated:
        return "generated", Evidence(path, *look.generated)
    return None


def _is_written(path: str) -> bool:
    """Whether a file in a folder called `build` looks like a part of the build, not like its result."""
    return not path.endswith(".d.ts") and bool(WRITTEN.search(path))


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
    found = MIGRATION_DIR.search(path)
    if found:
        return "migration", Evidence(path[: found.end()], 0, "migration history")
    marker = folder in numbered and (path.endswith("/__init__.py") or numbered[folder] >= HISTORY)
    if marker or DJANGO_MIGRATION.search(path) or DATED_MIGRATION.search(path):
        return "migration", Evidence(folder, 0, "numbered migrations")
    return None


def _numbered(names: Iterable[str]) -> dict[str, int]:
    """The folders of numbered migrations, and how many of those are dated: those of Python have a folder each."""
    found: dict[str, int] = {}
    for path in names:
        dated = bool(DATED_MIGRATION.search(path))
        if dated or DJANGO_MIGRATION.search(path):
            folder = path.rpartition("/")[0]
            found[folder] = found.get(folder, 0) + dated
    return found


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
    if TEST_SET.search(path) or (look.language in ("C#", "F#") and any(TEST_PROJECT.search(p) for p in parts)):
        return "test"
    if (top in SCRIPT_DIRS or top.startswith(".")) and f"{top}/__init__.py" not in names:
        return "script"
    # In a monorepo each project has a scripts folder of its own; a package called so is code.
    if (
        any(p in ("scripts", "script", "bin", "benches", "benchmarks", "fuzz") for p in parts)
        and f"{folders}/__init__.py" not in names
    ):
        return "script"
    if (name in SCRIPT_NAMES or SETTINGS_NAME.search(name)) and f"{folders}/__init__.py" not in names:
        return "script"
    if look.shebang or (look.language in ("Shell", "Batch", "PowerShell") and not parts):
        return "script"
    if name == "tasks.py" and "invoke" in look.imports:
        return "script"
    return "source"
