"""What the adapters for JavaScript and TypeScript share: names of files, settings of a tree, how a tool is called."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from qualitygate.checks.tool import Request
from qualitygate.errors import ToolError

Read = Callable[[str], "bytes | None"]

SCRIPTS = (".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts")
TYPED = (".ts", ".tsx", ".mts", ".cts")
CODE_CONFIGS = (".js", ".mjs", ".cjs", ".ts", ".mts", ".cts")

ENV: Mapping[str, str] = {"NODE_OPTIONS": "", "NODE_PATH": "", "NODE_DISABLE_COLORS": "1"}
"""What a shell may have set and what would change a tool's answer."""

_ARGV_LIMIT = 100_000
"""Bytes of paths that are passed as arguments; where there are more, the whole tree is named and the rest dropped."""
_FOLLOWED = 50
_IMPORT = re.compile(rb"""(?:\bfrom|\bimport|\brequire\s*\(|\bimport\s*\()\s*["'](\.{1,2}/[^"'\n]+)["']""")
_JSONC = re.compile(r'("(?:[^"\\\n]|\\.)*")|//[^\r\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/|\Z)|,(?=\s*[}\]])')
_COMMENT = re.compile(r'("(?:[^"\\\n]|\\.)*")|//[^\r\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/|\Z)')


def is_script(path: str) -> bool:
    """Whether it is JavaScript or TypeScript by name."""
    return path.endswith(SCRIPTS)


def needs_project(request: Request, what: str) -> None:
    """Raises ToolError where the check may not execute code of the project."""
    if request.options.get("environment") != "project":
        raise ToolError(
            f"{what}, which is code: it is not run outside a trusted project",
            hint='set `environment = "project"` for this check, and install what package.json names',
        )


def targets(files: Sequence[str]) -> tuple[str, ...]:
    """The files as arguments, which no tool takes for options; the whole tree where they are too many."""
    paths = tuple(f"./{path}" for path in files)
    return paths if sum(len(path) + 1 for path in paths) <= _ARGV_LIMIT else (".",)


def inside(path: str, root: str) -> str:
    """A path that a tool printed, relative to the tree; "" for one that is not in it."""
    if os.path.isabs(path):
        for top in (root, os.path.realpath(root)):
            if path.startswith(top.rstrip("/") + "/"):
                return os.path.normpath(path[len(top.rstrip("/")) + 1 :])
        return ""
    path = os.path.normpath(path)
    return "" if path == ".." or path.startswith("../") else path


def reader(root: str) -> Read:
    """Reads files of a tree that is laid out."""

    def read(path: str) -> bytes | None:
        try:
            with open(os.path.join(root, path), "rb") as file:
                return file.read()
        except OSError:
            return None

    return read


def folders_up(root: str) -> Iterator[str]:
    """The root of a check, and the folders above it to where the tree ends, which `.git` tells."""
    place = os.path.abspath(root)
    while True:
        yield place
        if os.path.lexists(os.path.join(place, ".git")) or os.path.dirname(place) == place:
            return
        place = os.path.dirname(place)


def settings_above(root: str, names: Iterable[str]) -> str:
    """The first of these files in the root of a check or, where that is a folder of a tree, above it; "" for none.

    A root outside of any tree is looked at alone: what lies above it is somebody else's.
    """
    places = list(folders_up(root))
    if not os.path.lexists(os.path.join(places[-1], ".git")):
        places = places[:1]
    wanted = tuple(names)
    for place in places:
        for name in wanted:
            if os.path.isfile(os.path.join(place, name)):
                return os.path.join(place, name)
    return ""


def folders_of(files: Iterable[str]) -> tuple[str, ...]:
    """Every folder that holds one of these files, or one that does; "" is the root."""
    return tuple(sorted({"/".join(path.split("/")[:n]) for path in files for n in range(path.count("/") + 1)}))


def jsonc(data: bytes) -> Any:
    """JSON with comments and trailing commas; raises ValueError."""
    text = data.decode("utf-8-sig", "replace")
    try:
        return json.loads(text)
    except ValueError:
        bare = _COMMENT.sub(lambda found: found[1] or " ", text)
        return json.loads(_JSONC.sub(lambda found: found[1] or " ", bare))


def table(data: bytes | None) -> Mapping[str, Any]:
    """A JSON object with comments; an empty one for what is none."""
    try:
        found = jsonc(data) if data is not None else {}
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def is_table(data: bytes) -> bool:
    """Whether it is a JSON object, with comments perhaps."""
    try:
        return isinstance(jsonc(data), dict)
    except (ValueError, RecursionError):
        return False


def with_imports(read: Read, paths: Iterable[str]) -> tuple[str, ...]:
    """Those of some files that are there, and the files of the tree that they import, as far as that is written out."""
    found: dict[str, None] = {}
    queue = list(paths)
    while queue and len(found) < _FOLLOWED:
        path = queue.pop(0)
        data = read(path) if path not in found else None
        if data is None:
            continue
        found[path] = None
        if path.endswith((*CODE_CONFIGS, ".json")):
            queue += [place for match in _IMPORT.finditer(data) for place in _places(path, os.fsdecode(match[1]))]
    return tuple(found)


def _places(path: str, named: str) -> Iterator[str]:
    place = os.path.normpath(os.path.join(os.path.dirname(path), named))
    if place.startswith("../"):
        return
    yield place
    yield from (place + end for end in CODE_CONFIGS)
    yield from (f"{place}/index{end}" for end in CODE_CONFIGS)
    if place.endswith((".js", ".mjs", ".cjs")):  # as TypeScript names what it compiles to
        yield re.sub(r"js$", "ts", place)


class Utf16:
    """A text in which places are counted in UTF-16 units, as JavaScript does."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._plain = all(char <= "\uffff" for char in text)
        self._starts = [0, *(found.end() for found in re.finditer(r"\r\n|\n|\r", text))]

    def place(self, units: int) -> tuple[int, int]:
        """Line and column, from 1 and in characters, of an offset. Raises ValueError for one beyond the text."""
        from bisect import bisect_right

        offset = units if self._plain else self._characters(self._text, units)
        if not 0 <= offset <= len(self._text):
            raise ValueError(f"offset {units} is beyond the text")
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def column(self, line: int, column: int) -> int:
        """A column in characters; what it was where there is no such line."""
        if self._plain or not 1 <= line <= len(self._starts) or column < 1:
            return column
        start = self._starts[line - 1]
        return self._characters(self._text[start : start + column], column - 1) + 1

    @staticmethod
    def _characters(text: str, units: int) -> int:
        return len(text.encode("utf-16-le", "surrogatepass")[: units * 2].decode("utf-16-le", "replace"))


class Bytes:
    """A file in which places are counted in bytes, as programs that are written in Rust do."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._starts = [0, *(found.end() for found in re.finditer(rb"\r\n|\n|\r", data))]

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column, from 1 and in characters, of an offset; the byte order mark is no column."""
        from bisect import bisect_right

        offset = min(max(offset, 0), len(self._data))
        line = bisect_right(self._starts, offset)
        before = self._data[self._starts[line - 1] : offset]
        if line == 1:
            before = before.removeprefix(b"\xef\xbb\xbf")
        return line, len(before.decode("utf-8", "replace")) + 1
