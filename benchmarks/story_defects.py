"""One defect per check that this check alone reports, put into files that are there; and how it is mended."""

from __future__ import annotations

import ast
import json
import random
import re
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from benchmarks import story_languages
from benchmarks.story_languages import Hosts
from benchmarks.story_tree import Defect, Found
from qualitygate.checks.tools import syntax

_NOT_SOURCE = frozenset(
    (
        *("test", "tests", "testing", "docs", "doc", "examples", "example", "scripts", "tools", "migrations"),
        *("vendor", "_vendor", "thirdparty", "third_party"),
    )
)
_OURS = ("qualitygate.toml", "pyproject.toml", "ruff.toml", "mypy.ini", ".pre-commit-config.yaml")
_TEST_FILE = re.compile(r"(?:^|/)(?:test_[^/]*|[^/]*_test|tests)\.py$")
_HOSTS = 3
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
    settings = {
        # What is JSON with comments by custom nobody judges.
        kind: [p for p in paths if p not in _OURS and not (kind == ".json" and (p[0] == "." or not syntax.kind(p)))]
        for kind, paths in kinds.items()
    }
    # What other programs read takes them along when it breaks: that is for last.
    settings = {kind: sorted(paths, key=lambda path: path.startswith(".")) for kind, paths in settings.items()}
    prose = [path for path in tracked if path.endswith((".md", ".rst", ".txt")) and (root / path).is_file()]
    # Bootstrap writes these anew, whatever is in them.
    prose = [path for path in prose if path not in ("AGENTS.md", "CLAUDE.md", ".qualitygate/RULEBOOK.md")]
    tests = [path for path in tracked if _TEST_FILE.search(path) and b"def test" in (root / path).read_bytes()]
    return Ground(root, list(sources), good, prose, settings, tests, Hosts(root, tracked))


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


_UNUSED = "def story_unused_import() -> None:\n    import json\n"
_USED = "def story_unused_import() -> str:\n    import json\n\n    return json.dumps(1)\n"
_MISTYPED = "def story_wrong_type() -> int:\n    value: int = {}\n    return value\n"

_COMPARED = """def story_compared(signature: str, wanted: str) -> bool:
    return signature {} wanted
"""


def _in_source(
    ground: Ground, check: str, number: int, broken: str, mended: str, line: int, rule: str
) -> Iterator[Defect]:
    if ground.sources:
        path = ground.sources[number % min(len(ground.sources), _HOSTS)]
        data = (ground.root / path).read_bytes()
        text, first = insert(data, broken)
        yield Defect(check, path, text, insert(data, mended)[0], Found(path, first + line, rule))


def _lint(ground: Ground, options: Mapping[str, object]) -> Iterator[Defect]:
    yield from _in_source(ground, "ruff", 0, _UNUSED, _USED, 1, "ruff:F401")


def _types(ground: Ground, options: Mapping[str, object]) -> Iterator[Defect]:
    texts = (_MISTYPED.format("1.5"), _MISTYPED.format("1"))
    yield from _in_source(ground, "mypy", 1, *texts, 1, "mypy:assignment")


def _format(ground: Ground, options: Mapping[str, object]) -> Iterator[Defect]:
    texts = ("story_spacing = [ 1,2 ]\n", "story_spacing = [1, 2]\n")
    yield from _in_source(ground, "ruff-format", 2, *texts, 0, "ruff-format:unformatted")


def _pattern(ground: Ground, options: Mapping[str, object]) -> Iterator[Defect]:
    # No rule of ruff says the same, whichever of them a project has.
    texts = (_COMPARED.format("=="), _COMPARED.format("in"))
    if not ground.sources:
        yield from story_languages.pattern(ground.hosts)
    yield from _in_source(ground, "semgrep", 1, *texts, 1, "semgrep:secret-compared-plainly")


def _secret(ground: Ground, options: Mapping[str, object]) -> Iterator[Defect]:
    # Drawn when it is needed, so that no scanner finds it in this file.
    key = "AK" + "IA" + "".join(random.Random(7).sample("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16))
    texts = (f'story_id = "{key}"\n', 'story_id = "named elsewhere"\n')
    if not ground.sources:
        yield from _secret_comment(ground, key)
    yield from _in_source(ground, "secrets", 0, *texts, 0, "secrets:aws-access-key")


def _secret_comment(ground: Ground, key: str) -> Iterator[Defect]:
    """In a comment, or in prose: any text file will do."""
    code = ground.hosts.of(*story_languages.SLASHES, *story_languages.SHELL, ".tf")
    path = next(iter((*code, *ground.prose)), "story.txt")
    data = _read(ground, path) or b"First.\n"
    broken, first = story_languages.put(data, story_languages.comment(path, f"story {key}"))
    mended, _ = story_languages.put(data, story_languages.comment(path, "named elsewhere"))
    yield Defect("secrets", path, broken, mended, Found(path, first, "secrets:aws-access-key"))


def _marker(ground: Ground, options: Mapping[str, object]) -> Iterator[Defect]:
    path = ground.prose[0] if ground.prose else "story.txt"
    data = _read(ground, path) or b"First.\n\nLast.\n"
    lines = data.split(b"\n")
    at = len(lines) // 2
    broken = b"\n".join([*lines[:at], b">" * 7 + b" theirs", *lines[at:]])
    mended = b"\n".join([*lines[:at], b"", *lines[at:]])
    yield Defect("merge-marker", path, broken, mended, Found(path, at + 1, "builtin:merge-marker"))


def _large(ground: Ground, options: Mapping[str, object]) -> Iterator[Defect]:
    limit = int(str(options.get("max_kib", 500)))
    data = b"x" * 1023 + b"\n"
    path = "story-data.txt"
    yield Defect("large-file", path, data * (limit + 1), data, Found(path, 0, "builtin:large-file"))


_SYNTAX = {
    ".toml": (b"\nstory =\n", b"\n# story\n", "syntax:toml"),
    ".yaml": (b"\nstory: a: b\n", b"\n# story\n", "syntax:yaml"),
    ".yml": (b"\nstory: a: b\n", b"\n# story\n", "syntax:yaml"),
    ".json": (b"\n]\n", b"\n\n", "syntax:json"),
}


def _syntax(ground: Ground, options: Mapping[str, object]) -> Iterator[Defect]:
    for kind, (wrong, right, rule) in _SYNTAX.items():
        if kind == ".yml" and (ground.settings[".yaml"] or not ground.settings[".yml"]):
            continue
        if kind == ".yaml" and ground.settings[".yml"] and not ground.settings[".yaml"]:
            continue
        path = next(iter(ground.settings[kind]), f"story{kind}")
        data = (_read(ground, path) or (json.dumps({"a": 1}).encode() if kind == ".json" else b"")).rstrip(b"\r\n")
        yield Defect("syntax", path, data + wrong, data + right, Found(path, data.count(b"\n") + 2, rule))


_TEST = "\n\ndef test_story() -> None:\n    assert sum([1]) == {}\n"


def _tests(ground: Ground, options: Mapping[str, object]) -> Iterator[Defect]:
    for path in ground.tests[:1]:
        data = _read(ground, path).rstrip() + b"\n"
        broken, mended = (data + _TEST.format(n).encode() for n in (2, 1))
        yield Defect("pytest", path, broken, mended, Found(path, broken.count(b"\n"), "pytest:failed"))


def _read(ground: Ground, path: str) -> bytes:
    place = ground.root / path
    return place.read_bytes() if place.is_file() else b""


KNOWN: Mapping[str, Callable[[Ground, Mapping[str, object]], Iterator[Defect]]] = {
    "syntax": _syntax,
    "ruff": _lint,
    "mypy": _types,
    "ruff-format": _format,
    "merge-marker": _marker,
    "large-file": _large,
    "semgrep": _pattern,
    "secrets": _secret,
    "pytest": _tests,
}
"""Check to its defects. They are made when asked for: each sees what the ones before it left behind."""


def of_check(ground: Ground, check: str, options: Mapping[str, object]) -> Iterator[Defect] | None:
    """The defects of a check by its settings in `qualitygate.toml`; None where nobody knows any."""
    tool = str(options.get("tool", check))
    make = KNOWN.get(check) or KNOWN.get(tool)
    of_tool = story_languages.KNOWN.get(tool)
    if make is None and of_tool is None:
        return None
    found = make(ground, options) if make else of_tool(ground.hosts) if of_tool else ()
    return (one._replace(check=check) for one in found)


def moved(path: str, data: bytes) -> bytes | None:
    """The file with a comment and a blank line near its top, laid out as a formatter would; None for an empty one."""
    if not path.endswith(".py"):
        return story_languages.moved(path, data)
    if not data.strip() or data.startswith(b"\xef\xbb\xbf"):
        return None
    end = b"\r\n" if b"\r\n" in data[:200] else b"\n"
    lines = data.split(b"\n")
    at = 0
    while at < 2 and (lines[at].startswith(b"#!") or b"coding" in lines[at]):
        at += 1
    rest = b"\n".join(lines[at:])
    blank = end * (2 if rest.startswith((b"def ", b"class ", b"@", b"async ")) else 1)
    return b"".join(line + b"\n" for line in lines[:at]) + b"# A story begins." + end + blank + rest
