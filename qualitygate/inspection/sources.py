"""Configuration files as plain data; a file that cannot be parsed is noted, never raised."""

from __future__ import annotations

import ast
import configparser
import json
import re
import sys
import warnings
from collections.abc import Iterable, Mapping
from fnmatch import translate
from typing import Any

from qualitygate.inspection.facts import Broken, Evidence, Unreadable
from qualitygate.inspection.files import READ_LIMIT, Reader, Tracked
from qualitygate.inspection.yaml_nodes import YamlError, parse_yaml

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

YAML_BUDGET = 96 * 1024
"""Bytes of YAML parsed in one inspection: the pure parser reads about 250 KB/s, and inspection has two seconds."""

# A longer chain of `a.a.a` ends Python 3.10 with a crash, and many braces in an f-string take 3.11 ten seconds.
_PYTHON_LIMIT = 64 * 1024
_LINE_LIMIT = 2000
_KEYLESS_LIMIT = 100
_LOOKUP_BUDGET = 5_000_000
"""Lines searched for evidence in one inspection; after that, evidence names files without lines."""

# The standard parsers take quadratic time for these: nobody writes them but to stop a tool.
_LONG_KEY = re.compile(r"""(?:\.[ \t]?(?:["']?[\w-]{1,64}["']?|""|'')[ \t]?){100}""")
_STRING_OR_COMMENT = re.compile(r'"(?:[^"\\\n]|\\.)*"|//[^\n]*|/\*.*?(?:\*/|\Z)', re.DOTALL)
_STRING_OR_COMMA = re.compile(r'"(?:[^"\\\n]|\\.)*"|,[ \t\r\n]*([\]}])')
_AT_LINE = re.compile(r"\(?at line (\d+)")


class Sources:
    """The tracked files of one work tree: names, texts and parsed documents, each read once."""

    def __init__(self, reader: Reader, tracked: Iterable[Tracked]) -> None:
        self.reader = reader
        self.tracked = tuple(tracked)
        self.paths = tuple(t.path for t in self.tracked if t.mode.startswith("100"))
        self.names = frozenset(self.paths)
        self.broken: list[Broken] = []
        self.skipped: list[Unreadable] = []
        self._texts: dict[str, str | None] = {}
        self._matches: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._lines: dict[str, tuple[str, ...]] = {}
        self._documents: dict[str, Any] = {}
        self._settings: dict[str, Mapping[str, Any]] = {}
        self._yaml_left = YAML_BUDGET
        self._lookups_left = _LOOKUP_BUDGET

    def text(self, path: str) -> str | None:
        """A file's text with bad bytes replaced; None where it is not tracked or cannot be read."""
        if path not in self._texts:
            content = self.reader.read(path) if path in self.names else None
            if content is None or content.reason:
                self._texts[path] = None
            else:
                self._texts[path] = content.data.decode("utf-8-sig", "replace").replace("\r\n", "\n")
                if content.size > READ_LIMIT:
                    self.skipped.append(Unreadable(path, "over 1 MiB: only the beginning was parsed"))
        return self._texts[path]

    def lines(self, path: str) -> tuple[str, ...]:
        """The lines of a file, none where it cannot be read."""
        if path not in self._lines:
            self._lines[path] = tuple((self.text(path) or "").split("\n"))
        return self._lines[path]

    def match(self, *patterns: str) -> tuple[str, ...]:
        """The tracked paths that match any of the shell patterns (`*` crosses folders), plain names first."""
        if patterns not in self._matches:
            plain = [p for p in patterns if not any(c in p for c in "*?[")]
            globs = [p for p in patterns if p not in plain]
            found = [p for p in plain if p in self.names]
            if globs:
                any_of = re.compile("|".join(translate(g) for g in globs))
                found += [p for p in self.paths if any_of.match(p)]
            self._matches[patterns] = tuple(dict.fromkeys(found))
        return self._matches[patterns]

    def toml(self, path: str) -> Mapping[str, Any]:
        """A TOML file as a dict, empty where it is missing or broken."""
        return _table(self._parsed(path, _parse_toml))

    def json(self, path: str) -> Mapping[str, Any]:
        """A JSON file whose top is an object, as a dict; empty where it is missing, broken or something else."""
        return _table(self._parsed(path, json.loads))

    def jsonc(self, path: str) -> Mapping[str, Any]:
        """JSON with comments and commas to spare (tsconfig.json, biome.jsonc), empty where it is none of that."""
        if path not in self._settings:
            try:
                value = json.loads(_strict_json(self.text(path) or ""))
            except (ValueError, RecursionError):
                value = None
            self._settings[path] = _table(value)
        return self._settings[path]

    def ini(self, path: str) -> Mapping[str, Mapping[str, str]]:
        """An INI file as section -> key -> text, empty where it is missing or broken."""
        return _table(self._parsed(path, _parse_ini))

    def yaml(self, path: str) -> Any:
        """A YAML file as dicts, lists and *strings* (`1.0` stays as it is written); None where it cannot be parsed."""
        return self._parsed(path, self._parse_budgeted)

    def python(self, path: str) -> ast.Module | None:
        """A Python file as a tree; None where it is missing or does not parse under this interpreter."""
        tree: ast.Module | None = self._parsed(path, _parse_python)
        return tree

    def _parse_budgeted(self, text: str) -> Any:
        if len(text) > self._yaml_left:
            raise _OverBudget
        self._yaml_left -= len(text)
        return parse_yaml(text)

    def _parsed(self, path: str, parse: Any) -> Any:
        if path not in self._documents:
            text = self.text(path)
            value = None
            try:
                value = parse(text) if text is not None else None
            except _OverBudget:
                self.skipped.append(Unreadable(path, "not parsed: too much yaml for one inspection"))
            except (ValueError, SyntaxError, YamlError, configparser.Error) as exc:
                self.broken.append(Broken(path, _line_in(exc), _first_line(exc)))
            except (RecursionError, MemoryError):
                self.broken.append(Broken(path, 0, "nested too deeply"))
            self._documents[path] = value
        return self._documents[path]

    def evidence(self, path: str, *needles: str, after: str = "") -> Evidence:
        """The first line of `path` that holds the first needle found; the file as a whole where none is.

        `after` is a line to search from, such as a table's header.
        """
        lines = self.lines(path)
        self._lookups_left -= len(lines) * (len(needles) + 1)
        if self._lookups_left < 0:
            return Evidence(path)
        start = next((n for n, line in enumerate(lines) if after in line), 0) if after else 0
        for needle in needles:
            for number, line in enumerate(lines[start:], start + 1):
                if needle in line:
                    return Evidence(path, number, line.strip()[:120])
        return Evidence(path)


class _OverBudget(Exception):
    pass


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _strict_json(text: str) -> str:
    """The text without comments and without commas before a closing bracket; strings stay as they are."""
    bare = _STRING_OR_COMMENT.sub(lambda m: m[0] if m[0].startswith('"') else " ", text)
    return _STRING_OR_COMMA.sub(lambda m: m[0] if m[0].startswith('"') else m[1] or "", bare)


def _parse_toml(text: str) -> dict[str, Any]:
    if _LONG_KEY.search(text):
        raise ValueError("a key of more than 100 parts")
    return tomllib.loads(text)


def _parse_python(text: str) -> ast.Module:
    if len(text) > _PYTHON_LIMIT:
        raise ValueError("over 64 KiB of python")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an invalid escape in the repository is no word of ours
        return ast.parse(text)


def _parse_ini(text: str) -> dict[str, dict[str, str]]:
    lines = text.split("\n")
    if any(len(line) > _LINE_LIMIT for line in lines):
        raise ValueError(f"a line of more than {_LINE_LIMIT} characters")
    if sum(line.lstrip().startswith(("=", ":")) for line in lines) > _KEYLESS_LIMIT:
        raise ValueError("values without keys")  # the parser's error grows with the square of their number
    parser = configparser.ConfigParser(interpolation=None, strict=False, default_section="\0", allow_no_value=True)
    parser.optionxform = lambda option: option.strip()  # type: ignore[method-assign, assignment]
    try:
        parser.read_string(text)
    except AttributeError:  # how the parser of Python 3.12 and older answers such a line
        raise ValueError(f"an indented line below a key without value (at line {_stray(lines)})") from None
    return {name: {key: value or "" for key, value in parser[name].items()} for name in parser.sections()}


def _stray(lines: list[str]) -> int:
    """The first indented line below a key without value, from 1; 0 for none."""
    bare = False
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if not text or text.startswith(("#", ";")):
            continue
        if line[:1].isspace() and bare:
            return number
        bare = not text.startswith("[") and "=" not in text and ":" not in text
    return 0


def _line_in(exc: Exception) -> int:
    for name in ("lineno", "line"):
        line = getattr(exc, name, None)
        if isinstance(line, int):
            return line
    errors = getattr(exc, "errors", None)  # configparser.ParsingError: (line, text) pairs
    if isinstance(errors, list) and errors:
        return int(errors[0][0])
    found = _AT_LINE.search(str(exc))
    return int(found[1]) if found else 0


def _first_line(exc: Exception) -> str:
    text = (exc.msg if isinstance(exc, SyntaxError) else str(exc)).strip().splitlines() or [type(exc).__name__]
    return text[0].replace("'<string>'", "the file")[:160]


def dig(value: Any, *keys: str) -> Any:
    """A nested value of parsed data, or None where the path breaks off."""
    for key in keys:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def strings(value: Any) -> tuple[str, ...]:
    """The strings of a list, a lone string as one, anything else as none."""
    if isinstance(value, str):
        return (value,)
    return tuple(v for v in value if isinstance(v, str)) if isinstance(value, list) else ()


def tables(value: Any) -> tuple[Mapping[str, Any], ...]:
    """The tables of a list, anything else left out."""
    return tuple(v for v in value if isinstance(v, dict)) if isinstance(value, list) else ()


def items(value: Any) -> tuple[tuple[str, Any], ...]:
    """The pairs of a table, anything else as none."""
    return tuple(value.items()) if isinstance(value, dict) else ()


def base_name(path: str) -> str:
    """The last part of a path."""
    return path.rpartition("/")[2]
