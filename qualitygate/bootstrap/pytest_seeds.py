"""Seeds for a project's tests: one that fails, and product code that is broken, which some test must notice."""

from __future__ import annotations

import ast
import re
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

_TEST_FILE = re.compile(r"(?:^|/)(?:test_[^/]*|[^/]*_test|tests)\.py$")
_FAILING = b'\n\ndef test_qualitygate_seed():\n    assert "qualitygate" == "seed"\n'
_BREAKING = b'\nraise RuntimeError("qualitygate seed")\n'
_HOSTS = 3


def failing_tests(paths: Sequence[str], read: Callable[[str], bytes | None]) -> dict[str, bytes]:
    """A few test files, each with one more test, which fails."""
    hosts = {path: data for path in paths if _TEST_FILE.search(path) and (data := read(path)) and b"def test" in data}
    return {path: data.rstrip() + b"\n" + _FAILING for path, data in list(hosts.items())[:_HOSTS]}


def broken_modules(
    paths: Sequence[str], read: Callable[[str], bytes | None], roots: Sequence[str]
) -> Iterator[dict[str, bytes]]:
    """One module at a time that cannot be imported any more, those that most test files import first."""
    known = frozenset(paths)
    imported: Counter[str] = Counter()
    for path in paths:
        if _TEST_FILE.search(path) or path.endswith("conftest.py"):
            imported.update({place for name in _imports(read(path) or b"") for place in _places(name, known, roots)})
    for path, _ in imported.most_common(_HOSTS):
        if not _TEST_FILE.search(path) and not path.endswith("conftest.py"):
            yield {path: (read(path) or b"").rstrip() + b"\n" + _BREAKING}


def _imports(data: bytes) -> set[str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return names | {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module and not n.level}


def _places(name: str, known: frozenset[str], roots: Sequence[str]) -> Iterator[str]:
    """Files that importing a module executes: its own, else the nearest package of the tree that holds it."""
    parts = name.split(".")
    for root in dict.fromkeys(("", "src", *roots)):
        top = "" if root in ("", ".") else f"{root}/"
        for length in range(len(parts), 0, -1):
            path = top + "/".join(parts[:length])
            found = [place for place in (f"{path}.py", f"{path}/__init__.py") if place in known]
            yield from found
            if found:
                break
