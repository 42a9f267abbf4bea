"""Which source files are product code, as far as their names tell: no tests, no examples, no scripts."""

from __future__ import annotations

_ASIDE = frozenset(
    (
        *("test", "tests", "__tests__", "testing", "spec", "specs", "e2e", "testdata", "fixtures", "__mocks__"),
        *("doc", "docs", "docs_src", "example", "examples", "bench", "benchmark", "benchmarks", "scripts", "tools"),
        *("playground", ".github", "vendor", "node_modules"),
    )
)
_SETTINGS = frozenset(("setup.py", "noxfile.py", "conftest.py", "tasks.py"))
_MARKS = (".test.", ".spec.", ".test-d.", ".e2e.", ".cy.", ".stories.", ".config.", ".bench.")


def is_product(path: str) -> bool:
    """Whether a source file of this name is part of what is shipped."""
    folders, _, name = path.rpartition("/")
    stem = name.partition(".")[0]
    if name in _SETTINGS or stem.startswith("test_") or stem.endswith(("_test", "_spec")):
        return False
    if stem.endswith(("Test", "Tests")) and name.endswith((".kt", ".cs", ".java", ".swift")):
        return False
    return _ASIDE.isdisjoint(folders.split("/")) and not any(mark in name for mark in _MARKS)
