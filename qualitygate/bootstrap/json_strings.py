"""Strings in the objects of a JSON file that other people write too: set in place, every other byte as it was."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from qualitygate.bootstrap.blocks import check_text, line_end
from qualitygate.errors import ConfigError

_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()


def set_string(data: bytes, keys: tuple[str, ...], value: Callable[[str | None], str], *, file: str) -> bytes:
    """The file with `value(old)` at these keys, whose outer objects are there; `old` is None for a new one.

    Raises ConfigError for what is no such JSON, or where the value is no string.
    """
    check_text(data, file=file)
    try:
        text = data.decode("utf-8")
        document = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        raise ConfigError(f"{file}: is not JSON", hint="mend the file") from None
    outer = document
    for key in keys[:-1]:
        outer = outer.get(key) if isinstance(outer, dict) else None
    if not isinstance(outer, dict):
        raise ConfigError(f"{file}: there is no object {'.'.join(keys[:-1])}")
    old = outer.get(keys[-1])
    if old is not None and not isinstance(old, str):
        raise ConfigError(f"{file}: {'.'.join(keys)} is no text")
    outer[keys[-1]] = value(old)
    at = text.index("{")
    for key in keys[:-1]:
        at = {name: start for name, start, _ in _members(text, at)}[key]
    after = _with(text, at, keys[-1], outer[keys[-1]], line_end(data).decode("ascii"))
    if json.loads(after.removeprefix("\ufeff")) != document:
        raise ConfigError(f"{file}: cannot be edited safely")
    return after.encode("utf-8")


def _with(text: str, at: int, key: str, value: str, eol: str) -> str:
    said = json.dumps(value, ensure_ascii=False)
    members = list(_members(text, at))
    for name, start, end in members:
        if name == key:
            return text[:start] + said + text[end:]
    if not members:
        return f"{text[: at + 1]}{json.dumps(key)}: {said}{text[at + 1 :]}"
    name, start, end = members[-1]
    begin = text.rfind(json.dumps(name, ensure_ascii=False), 0, start)
    line = text.rfind("\n", 0, begin) + 1
    lead = text[line:begin]
    between = f",{eol}{lead}" if line and not lead.strip() else ", "
    return f"{text[:end]}{between}{json.dumps(key)}: {said}{text[end:]}"


def _members(text: str, at: int) -> Iterator[tuple[str, int, int]]:
    """The members of the object at `at`: key, and where the text of the value starts and ends."""
    at = _skip(text, at + 1)
    while text[at] != "}":
        key, at = _decode(text, at)
        start = _skip(text, _skip(text, at) + 1)
        _, end = _decode(text, start)
        yield str(key), start, end
        at = _skip(text, end)
        at = _skip(text, at + 1) if text[at] == "," else at


def _decode(text: str, at: int) -> tuple[Any, int]:
    found: tuple[Any, int] = _DECODER.raw_decode(text, at)
    return found


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at
