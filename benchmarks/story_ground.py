"""Where defects can be put: the tracked files of a repository, sorted by what can be done to them."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from benchmarks.story_languages import Hosts
from qualitygate.checks.catalogue import TOOLS
from qualitygate.checks.safeguards import settings as stated
from qualitygate.checks.tool import is_config, settings_files
from qualitygate.checks.tools import syntax

_NOT_SOURCE = frozenset(
    (
        *("test", "tests", "testing", "docs", "doc", "examples", "example", "scripts", "tools", "migrations"),
        *("vendor", "_vendor", "thirdparty", "third_party"),
    )
)
_OURS = ("qualitygate.toml", "pyproject.toml", "ruff.toml", "mypy.ini", ".pre-commit-config.yaml")
_TEST_FILE = re.compile(r"(?:^|/)(?:test_[^/]*|[^/]*_test|tests)\.py$")
HOSTS = 3
"""Of the largest sources, so many take defects in turn."""
_LINES = 4000


class Ground(NamedTuple):
    """Where defects can be put: Python files, those with room for a function, prose, settings of each kind, tests.

    `hosts` are files of any other language.
    """

    root: Path
    python: Sequence[str]
    sources: Sequence[str]
    prose: Sequence[str]
    settings: Mapping[str, Sequence[str]]
    tests: Sequence[str]
    hosts: Hosts


def survey(root: Path, tracked: Sequence[str]) -> Ground:
    """Sort the tracked files by what can be done to them; the largest sources first: they repeat themselves most."""
    sources = {path: _lines(root / path) for path in tracked if path.endswith(".py") and _is_source(path)}
    good = [path for path, lines in sources.items() if 0 < lines <= _LINES and _gap((root / path).read_bytes())]
    good.sort(key=lambda path: -sources[path])
    kinds = {kind: [path for path in tracked if path.endswith(kind)] for kind in (".toml", ".json", ".yaml", ".yml")}
    # What is JSON with comments by custom nobody judges.
    kinds[".json"] = [path for path in kinds[".json"] if path[0] != "." and syntax.kind(path)]
    settings = {kind: [path for path in paths if not _is_read(path)] for kind, paths in kinds.items()}
    prose = [path for path in tracked if path.endswith((".md", ".rst", ".txt")) and (root / path).is_file()]
    # Bootstrap writes these anew, whatever is in them.
    prose = [path for path in prose if path not in ("AGENTS.md", "CLAUDE.md", ".qualitygate/RULEBOOK.md")]
    tests = [path for path in tracked if _TEST_FILE.search(path) and b"def test" in (root / path).read_bytes()]
    return Ground(root, list(sources), good, prose, settings, tests, Hosts(root, tracked))


def _is_read(path: str) -> bool:
    """Whether another program takes settings from it: that cannot decide either when the file is broken."""
    return is_config(path, settings_files(TOOLS)) or stated.wants(path) or path.endswith(_OURS)


def _is_source(path: str) -> bool:
    parts = path.split("/")
    return not _NOT_SOURCE.intersection(parts[:-1]) and not parts[-1].startswith(("test_", "setup.", "conftest"))


def _lines(path: Path) -> int:
    return path.read_bytes().count(b"\n") if path.is_file() and not path.is_symlink() else 0


def _gap(data: bytes) -> int:
    """The number of lines before the last place between two definitions where another one fits; 0 for none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            body = ast.parse(data).body
    except (SyntaxError, ValueError):
        return 0
    lines = data.split(b"\n")
    found = 0
    for before, node in pairwise(body):
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        at = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)]) - 1
        while at and lines[at - 1].startswith(b"#"):
            at -= 1
        # Between two overloads nothing may stand.
        apart = getattr(before, "name", None) != node.name
        if apart and at > 2 and not lines[at - 1].strip() and not lines[at - 2].strip():
            found = at
    return found


def insert(data: bytes, text: str) -> tuple[bytes, int]:
    """The file with `text` and two blank lines put between two definitions, and the number of its first line."""
    at = _gap(data)
    lines = data.split(b"\n")
    end = b"\r" if lines[0].endswith(b"\r") else b""
    added = [line.encode() + end for line in (*text.strip("\n").split("\n"), "", "")]
    return b"\n".join([*lines[:at], *added, *lines[at:]]), at + 1
