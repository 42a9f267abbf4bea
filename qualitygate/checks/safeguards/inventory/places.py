"""Which files hold tests, in what language, and which hold the product."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qualitygate.globs import matches

LANGUAGES = {
    ".py": "python",
    **dict.fromkeys((".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts"), "javascript"),
    ".go": "go",
    ".rs": "rust",
    **dict.fromkeys((".java", ".kt", ".kts"), "jvm"),
    ".rb": "ruby",
    ".cs": "csharp",
    ".bats": "bats",
}
_FOLDERS = frozenset(("test", "tests", "__tests__", "spec", "specs", "testing", "e2e", "testsuite", "unit_tests"))
# What an application is made of besides: a template or a query that changed may well change what is right.
_PRODUCT = frozenset(
    (
        *(".c", ".h", ".cc", ".cpp", ".hpp", ".swift", ".php", ".scala", ".ex", ".exs", ".pyx", ".pyi", ".sql"),
        *(".vue", ".svelte", ".astro", ".erb", ".haml", ".slim", ".jinja", ".j2", ".html", ".css", ".scss", ".proto"),
        *(".graphql", ".prisma", ".sh", ".lua", ".dart", ".m", ".mm", ".clj", ".erl", ".hs", ".ml", ".zig"),
    )
)
_ASIDE = frozenset(("docs", "doc", "examples", "example", "benchmarks", "benchmark", "bench", "scripts", ".github"))
_SETTINGS = frozenset(("setup.py", "noxfile.py", "conftest.py", "Rakefile.rb"))


def suffix(path: str) -> str:
    """The last suffix, with its dot; "" for none."""
    name = path.rpartition("/")[2]
    at = name.rfind(".")
    return name[at:] if at > 0 else ""


def language(path: str) -> str:
    """The language of a file whose tests can be read; "" for any other."""
    return LANGUAGES.get(suffix(path), "")


def named_as_test(path: str) -> bool:
    """Whether runners find tests in a file of this name wherever it stands."""
    name = path.rpartition("/")[2]
    stem, end = name.partition(".")[0], suffix(path)
    kind = LANGUAGES.get(end, "")
    if kind == "python":
        return stem.startswith("test_") or stem.endswith("_test") or stem in ("test", "tests")
    if kind == "javascript":
        rest = name[: -len(end)]
        return rest.endswith((".test", ".spec", "-test", "_test", "-spec", ".cy", ".e2e")) or stem in ("test", "spec")
    if kind == "go":
        return name.endswith("_test.go")
    if kind == "jvm":
        return stem.endswith(("Test", "Tests", "IT", "Spec", "TestCase")) or stem.startswith("Test")
    if kind == "csharp":
        return stem.endswith(("Test", "Tests", "Spec", "Specs", "Fixture")) or _of_tests(path)
    if kind == "bats":
        return True
    if kind == "ruby":
        return stem.endswith(("_spec", "_test")) or stem.startswith("test_")
    return False


def _of_tests(path: str) -> bool:
    """Whether a project of .NET that is named as one of tests holds the file: `Shop.Tests/Totals.cs`."""
    return any(part.endswith(("Tests", "Test", "Specs")) for part in path.split("/")[:-1])


def is_test(path: str, options: Mapping[str, Any]) -> bool:
    """Whether a file is looked at for tests, or for what tests share. Rust keeps them in the files of the product."""
    kind = language(path)
    if not kind:
        return False
    own = tuple(options.get("tests", ()))
    if own and matches(path, own):
        return True
    if kind == "rust" or named_as_test(path) or path.rpartition("/")[2] == "conftest.py":
        return True
    return kind != "go" and not _FOLDERS.isdisjoint(path.split("/")[:-1])


def is_product(path: str, options: Mapping[str, Any]) -> bool:
    """Whether a change of this file can make another behaviour right: source code that is neither test nor setting."""
    parts = path.split("/")
    if parts[-1] in _SETTINGS or ".config." in parts[-1]:
        return False
    if language(path) not in ("go", "jvm") and not _ASIDE.isdisjoint(parts[:-1]):  # there, `doc` may be any package
        return False
    if language(path) == "rust":
        return _FOLDERS.isdisjoint(parts[:-1])
    if is_test(path, options) or not _FOLDERS.isdisjoint(parts[:-1]):
        return False
    return bool(language(path)) or suffix(path) in _PRODUCT
