"""TOML as dicts, lists and plain values, on the standard library alone.

From Python 3.11 on its own parser reads it. Before, this does: it accepts what that one accepts, and
more; dates stay text.
"""

from __future__ import annotations

import re
import sys
from typing import Any

from qualitygate.checks.safeguards.stated.yaml_text import UnreadError, unescaped

_PART = re.compile(r"""\s*("(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[A-Za-z0-9_-]+)\s*""")
_BLANK = re.compile(r"(?:\s|#[^\n]*)*")
_STRING = re.compile(
    r'"""((?:[^"\\]|\\.|"(?!""))*"{0,2})"""|'
    r"'''((?:[^']|'(?!''))*'{0,2})'''|"
    r""""((?:[^"\\\n]|\\.)*)"|'([^'\n]*)'""",
    re.DOTALL,
)
_OTHER = re.compile(r"[^\s,\]}#\"']+(?: \d\d:[^\s,\]}#]+)?")
_DEPTH = 60


def parse(text: str) -> dict[str, Any]:
    """Raises UnreadError for what cannot be read."""
    if sys.version_info >= (3, 11):
        import tomllib

        try:
            return tomllib.loads(text.removeprefix("\ufeff"))
        except (tomllib.TOMLDecodeError, RecursionError) as exc:
            raise UnreadError(str(exc)) from None
    return read(text)


def read(text: str) -> dict[str, Any]:
    """What `parse` does where Python has no parser."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    root: dict[str, Any] = {}
    here = root
    at = _skip(text, 0)
    while at < len(text):
        if text[at] == "[":
            double = text.startswith("[[", at)
            names, at = _names(text, at + 1 + double)
            if not text.startswith("]]" if double else "]", at):
                raise UnreadError(f"line {_line(text, at)} is no table")
            at += 1 + double
            here = _table(root, names, double=double)
        else:
            at = _assign(text, at, here, 0)
        found = re.compile(r"[ \t]*(?:#[^\n]*)?(?:\n|\Z)").match(text, at)
        if found is None:
            raise UnreadError(f"line {_line(text, at)} does not end where it should")
        at = _skip(text, found.end())
    return root


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def _skip(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at


def _names(text: str, at: int) -> tuple[list[str], int]:
    names = []
    while True:
        found = _PART.match(text, at)
        if found is None:
            raise UnreadError(f"line {_line(text, at)} has no key")
        part = found[1]
        names.append(unescaped(part[1:-1]) if part[0] == '"' else part.strip("'"))
        at = found.end()
        if text[at : at + 1] != ".":
            return names, at
        at += 1


def _table(root: dict[str, Any], names: list[str], *, double: bool) -> dict[str, Any]:
    here = root
    for name in names[:-1] if double else names:
        inner = here.setdefault(name, {})
        inner = inner[-1] if isinstance(inner, list) and inner else inner
        if not isinstance(inner, dict):
            raise UnreadError(f"`{name}` is no table")
        here = inner
    if double:
        rows = here.setdefault(names[-1], [])
        if not isinstance(rows, list):
            raise UnreadError(f"`{names[-1]}` is no list")
        rows.append({})
        here = rows[-1]
    return here


def _assign(text: str, at: int, table: dict[str, Any], depth: int) -> int:
    names, at = _names(text, at)
    if text[at : at + 1] != "=":
        raise UnreadError(f"line {_line(text, at)} has no `=`")
    value, at = _value(text, at + 1, depth)
    _table(table, names[:-1], double=False)[names[-1]] = value
    return at


def _value(text: str, at: int, depth: int) -> tuple[Any, int]:
    at = _skip(text, at)
    if depth > _DEPTH:
        raise UnreadError("nested too deeply")
    sign = text[at : at + 1]
    if sign == "[":
        return _array(text, at + 1, depth)
    if sign == "{":
        return _inline(text, at + 1, depth)
    found = _STRING.match(text, at)
    if found is not None:
        number = found.lastindex or 3
        body = found[number]
        if number < 3:
            body = body.removeprefix("\n")
        return unescaped(body) if number in (1, 3) else body, found.end()
    found = _OTHER.match(text, at)
    if found is None:
        raise UnreadError(f"line {_line(text, at)} has no value")
    return _plain(found[0]), found.end()


def _array(text: str, at: int, depth: int) -> tuple[list[Any], int]:
    items: list[Any] = []
    while True:
        at = _skip(text, at)
        if text[at : at + 1] == "]":
            return items, at + 1
        value, at = _value(text, at, depth + 1)
        items.append(value)
        at = _skip(text, at)
        if text[at : at + 1] == ",":
            at += 1
        elif text[at : at + 1] != "]":
            raise UnreadError(f"line {_line(text, at)}: a list does not end")


def _inline(text: str, at: int, depth: int) -> tuple[dict[str, Any], int]:
    table: dict[str, Any] = {}
    while True:
        at = _skip(text, at)
        if text[at : at + 1] == "}":
            return table, at + 1
        at = _skip(text, _assign(text, at, table, depth + 1))
        if text[at : at + 1] == ",":
            at += 1
        elif text[at : at + 1] != "}":
            raise UnreadError(f"line {_line(text, at)}: a table does not end")


def _plain(word: str) -> Any:
    if word in ("true", "false"):
        return word == "true"
    bare = word.replace("_", "")
    try:
        return int(bare, 0) if re.fullmatch(r"0[xob][0-9A-Fa-f]+", bare) else int(bare)
    except ValueError:
        try:
            return float(bare)
        except ValueError:
            return word
