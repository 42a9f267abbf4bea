"""Lists in a JSON file that other people write too: our items put in and taken out, every other byte as it was."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from qualitygate.errors import ConfigError
from qualitygate.frozen import NamedTuple

Lists = Mapping[str, Mapping[str, Sequence[Any]]]
"""Objects of lists, by key: `{"hooks": {"Stop": [...]}}`."""

_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()


class _Node(NamedTuple):
    """A value and where its text stands. `keys` are an object's, empty for a list; `inside` are its values.

    `first` are where the text of each member begins: its key, or the value itself.
    """

    start: int
    end: int
    value: Any
    keys: tuple[str, ...] = ()
    inside: tuple[_Node, ...] = ()
    first: tuple[int, ...] = ()

    def number(self, key: str) -> int:
        return len(self.keys) - 1 - self.keys[::-1].index(key)  # of a key that is there twice the last one counts

    def member(self, key: str) -> _Node | None:
        return self.inside[self.number(key)] if key in self.keys else None


def add(data: bytes | None, wanted: Lists, *, file: str, ours: Callable[[Any], bool] = lambda item: False) -> bytes:
    """The file with these items in its lists; items that are `ours` and not wanted (any more) go.

    Raises ConfigError for what is no JSON object, or holds something else where a list should be.
    """
    text = _text(data, file)
    for key, number, item in list(_items(text)):
        if ours(item) and item not in wanted.get(key[0], {}).get(key[1], ()):
            text = _without(text, (*key, number))
            return add(text.encode("utf-8"), wanted, file=file, ours=ours)
    for outer, lists in wanted.items():
        for inner, items in lists.items():
            for item in items:
                text = _with(text, (outer, inner), item, file)
    return text.encode("utf-8")


def cut(data: bytes, ours: Callable[[Any], bool], *, file: str) -> bytes:
    """The file without items that are `ours`, and without lists and objects that are empty then.

    b"" if nothing is left. Raises ConfigError.
    """
    text = _text(data, file)
    while True:
        found = next(((key, number) for key, number, item in _items(text) if ours(item)), None)
        if found is None:
            return b"" if _parse(text).value == {} else text.encode("utf-8")
        (outer, inner), number = found
        text = _without(text, (outer, inner, number))
        node = _parse(text)
        if node.value[outer][inner] == []:
            text = _without(text, (outer, inner))
            if _parse(text).value[outer] == {}:
                text = _without(text, (outer,))


def mentions(item: Any, words: str) -> bool:
    """Whether any text in an item holds these words."""
    if isinstance(item, str):
        return words in item
    inside = item.values() if isinstance(item, dict) else item if isinstance(item, list) else ()
    return any(mentions(one, words) for one in inside)


def _text(data: bytes | None, file: str) -> str:
    try:
        text = (data or b"{}\n").decode("utf-8")
        value = json.loads(text.removeprefix("\ufeff"))
    except RecursionError:
        raise ConfigError(f"{file}: is nested too deeply", hint="mend the file, then run it again") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{file}: is not UTF-8 text", hint="save the file in UTF-8") from None
    except json.JSONDecodeError as exc:
        raise ConfigError(f"{file}:{exc.lineno}: {exc.msg}", hint="mend the file, then run it again") from None
    if not isinstance(value, dict):
        raise ConfigError(f"{file}: is not a JSON object", hint="mend the file, then run it again")
    return text


def _items(text: str) -> Iterator[tuple[tuple[str, str], int, Any]]:
    """Every item of a list in an object in the outermost object: its keys, its number, its value."""
    for outer, lists in _parse(text).value.items():
        for inner, items in lists.items() if isinstance(lists, dict) else ():
            for number, item in enumerate(items if isinstance(items, list) else ()):
                yield (outer, inner), number, item


def _with(text: str, path: tuple[str, str], item: Any, file: str) -> str:
    outer, inner = path
    root = _parse(text)
    found = root.member(outer)
    if found is None:
        return _insert(text, root, 0, f"{json.dumps(outer)}: ", {inner: [item]})
    if not isinstance(found.value, dict):
        raise ConfigError(f"{file}: `{outer}` is no object", hint="mend the file, then run it again")
    there = found.member(inner)
    if there is None:
        return _insert(text, found, 1, f"{json.dumps(inner)}: ", [item])
    if not isinstance(there.value, list):
        raise ConfigError(f"{file}: `{outer}.{inner}` is no list", hint="mend the file, then run it again")
    return text if item in there.value else _insert(text, there, 2, "", item)


def _insert(text: str, node: _Node, depth: int, label: str, value: Any) -> str:
    """`value` as the last member of an object or a list, on a line of its own unless its neighbours are not."""
    eol = "\r\n" if "\r\n" in text else "\n"
    unit = _unit(text)
    if node.inside:
        last = node.inside[-1].end
        before = re.match(r"[ \t]*", text[text.rfind("\n", 0, node.first[-1]) + 1 :])
        indent = before[0] if before and "\n" in text[node.start : node.first[-1]] else unit * (depth + 1)
        lead = f",{eol}{indent}" if "\n" in text[node.start : node.first[-1]] else ", "
        return text[:last] + lead + label + _dumped(value, unit, indent, eol) + text[last:]
    indent = unit * (depth + 1)
    body = f"{eol}{indent}{label}{_dumped(value, unit, indent, eol)}{eol}{unit * depth}"
    return text[: node.start + 1] + body + text[node.end - 1 :]


def _dumped(value: Any, unit: str, indent: str, eol: str) -> str:
    lines = json.dumps(value, indent=unit, ensure_ascii=False).split("\n")
    return f"{eol}{indent}".join(lines)


def _unit(text: str) -> str:
    found = re.search(r"\{\s*?\n([ \t]+)\"", text)
    return found[1] if found else "  "


def _without(text: str, path: Sequence[str | int]) -> str:
    """The text without one member, its comma, and the blank that led to it."""
    node = _parse(text)
    for step in path[:-1]:
        node = node.inside[step if isinstance(step, int) else node.number(step)]
    last = path[-1]
    number = last if isinstance(last, int) else node.number(last)
    if number + 1 < len(node.inside):
        return text[: node.first[number]] + text[node.first[number + 1] :]
    if number:
        return text[: node.inside[number - 1].end] + text[node.inside[number].end :]
    return text[: node.start + 1] + text[node.end - 1 :]


def _parse(text: str) -> _Node:
    """The outermost value of a text that is known to be JSON."""
    return _value(text, len(text) - len(text.removeprefix("\ufeff")))


def _value(text: str, at: int) -> _Node:
    at = _skip(text, at)
    if text[at] in "{[":
        return _members(text, at)
    value, end = _DECODER.raw_decode(text, at)
    return _Node(at, end, value)


def _members(text: str, start: int) -> _Node:
    is_object, closing = text[start] == "{", "}" if text[start] == "{" else "]"
    keys: list[str] = []
    inside: list[_Node] = []
    first: list[int] = []
    at = _skip(text, start + 1)
    while text[at] != closing:
        first.append(at)
        if is_object:
            key, at = _DECODER.raw_decode(text, at)
            keys.append(key)
            at = _skip(text, at) + 1  # the colon
        inside.append(_value(text, at))
        at = _skip(text, inside[-1].end)
        if text[at] == ",":
            at = _skip(text, at + 1)
    values = [node.value for node in inside]
    value = dict(zip(keys, values, strict=True)) if is_object else values
    return _Node(start, at + 1, value, tuple(keys), tuple(inside), tuple(first))


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at
