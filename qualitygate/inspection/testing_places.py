"""Which folders hold tests, by their names, by what lies in them and beside them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from qualitygate.inspection.role_names import MANIFESTS, PROJECTS, TEST_DIRS, TEST_FOLDER, TEST_NAME, TOP_TEST_DIRS


def is_test_name(name: str) -> bool:
    """Whether a base name alone says test."""
    return bool(TEST_NAME.search(name))


def dirs_with_tests(names: Collection[str]) -> frozenset[str]:
    found: set[str] = set()
    for path in names:
        if is_test_name(path.rpartition("/")[2]) or "__tests__/" in path or path.endswith(".feature"):
            found.update(folders_above(path))
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
    homes = {n.rpartition("/")[0] for n in names if n.rpartition("/")[2] in MANIFESTS or n.endswith(PROJECTS)}
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
        if folder in with_tests and TEST_FOLDER.match(part.lower()) and not _is_package(folder, names):
            return folder
    return ""


def _is_package(folder: str, names: Collection[str]) -> bool:
    return any(f"{folder}/{name}" in names for name in (*MANIFESTS, "__init__.py"))


def folders_above(path: str) -> list[str]:
    """The folders above a path, the nearest first."""
    parts = path.split("/")
    return ["/".join(parts[:n]) for n in range(len(parts) - 1, 0, -1)]
