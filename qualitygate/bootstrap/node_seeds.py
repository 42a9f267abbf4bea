"""Seeds for the tests of a JavaScript project: one that fails, and product code that is broken."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from qualitygate.checks.tools import node_files, node_imports

Read = Callable[[str], "bytes | None"]

_TEST_FILE = re.compile(r"[.-](?:test|spec)\.[cm]?[jt]sx?$|(?:^|/)(?:tests?|__tests__|spec)/.*\.[cm]?[jt]sx?$")
_TEST = re.compile(rb"(?m)^\s*(?:describe|it|test|suite)\b\S*\(")
_NAME = "qualitygate seed"
_BREAKING = b'\nthrow new Error("qualitygate seed");\n'
_HOSTS = 3


def failing_tests(paths: Sequence[str], read: Read) -> dict[str, bytes]:
    """A few test files, each with one more test, which fails, called as its others are."""
    found: dict[str, bytes] = {}
    for path in paths:
        data = read(path) if _TEST_FILE.search(path) and len(found) < _HOSTS else None
        function = _function(data or b"")
        if data and function:
            test = b'\n%s("%s", () => {\n  throw new Error("%s");\n});\n' % (function, _NAME.encode(), _NAME.encode())
            found[path] = data.rstrip() + b"\n" + test
    return found


def broken_modules(paths: Sequence[str], read: Read) -> Iterator[dict[str, bytes]]:
    """One module at a time that throws when it is loaded, those that most test files import first."""
    known = frozenset(paths)
    named = node_imports.packages(known, read)
    imported: Counter[str] = Counter()
    for path in sorted(known):
        data = read(path) if _TEST_FILE.search(path) else None
        if data and _TEST.search(data):
            imported.update({one.path for one in node_imports.imports_of(path, data, known, named)})
    ranked = (path for path, _ in sorted(imported.items(), key=lambda row: (-row[1], row[0])))
    for path in [path for path in ranked if not _TEST_FILE.search(path) and node_files.is_script(path)][:_HOSTS]:
        yield {path: (read(path) or b"").rstrip() + b"\n" + _BREAKING}


def _function(data: bytes) -> bytes:
    """`it` or `test`, whichever the file calls; empty for one that has no test."""
    calls = re.findall(rb"(?m)^\s*(it|test)\b[\w.]*\(", data)
    return calls[0] if calls else b""
