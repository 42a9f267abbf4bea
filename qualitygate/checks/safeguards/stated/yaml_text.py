"""YAML as dicts, lists and strings, on the standard library alone: what files of settings use of it.

Block and flow style, quotes, block scalars, anchors, merge keys. Tags mean nothing, scalars stay the
strings they are written as, and only the first document counts. `UnreadError` for anything else.
"""

from __future__ import annotations

import re
from typing import Any

_DEPTH, _LINES = 60, 20_000
_KEY = re.compile(
    r"""("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s"'#\[\]{},&*!|>%@`-](?:[^#]|(?<=\S)\#)*?|-[^\s#](?:[^#]|(?<=\S)\#)*?|\*\w+)\s*:(?=\s|$)"""
)
_MARKS = re.compile(r"(?:[&!][^\s,\[\]{}]*)(?:\s+|$)")
_BLOCK = re.compile(r"[|>][-+\d]*\s*(?:#.*)?$")


_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "e": "\x1b", "0": "\0"}


class UnreadError(Exception):
    """The text is not what can be read here."""


class _Reader:
    """Lines on their way to values; `at` is the next one."""

    def __init__(self, text: str) -> None:
        self.lines = text.removeprefix("\ufeff").expandtabs(2).splitlines()
        self.at = 0
        self.anchors: dict[str, Any] = {}
        if len(self.lines) > _LINES:
            raise UnreadError("too long")

    def peek(self) -> tuple[int, str] | None:
        """Indentation and text of the next line that says something."""
        while self.at < len(self.lines):
            line = self.lines[self.at]
            text = line.strip()
            if not text or text[0] == "#" or (line[0] == "%" and self.at < 3):
                self.at += 1
                continue
            if line.startswith(("---", "...")) and line[3:4] in ("", " "):
                if line.startswith("---") and not text[3:].split("#")[0].strip() and self._first():
                    self.at += 1
                    continue
                self.at = len(self.lines)
                return None
            return len(line) - len(line.lstrip()), text
        return None

    def _first(self) -> bool:
        return all(not row.strip() or row.lstrip()[0] in "#%" for row in self.lines[: self.at])

    def node(self, least: int, depth: int = 0) -> Any:
        """The value that stands in lines indented by `least` or more."""
        found = self.peek()
        if found is None or found[0] < least:
            return ""
        if depth > _DEPTH:
            raise UnreadError("nested too deeply")
        indent, text = found
        if text == "-" or text.startswith("- "):
            return self._sequence(indent, depth)
        if _KEY.match(text) or text.startswith("? "):
            return self._mapping(indent, depth)
        self.at += 1
        return self._value(text, least, depth)

    def _sequence(self, indent: int, depth: int) -> list[Any]:
        items: list[Any] = []
        while (found := self.peek()) is not None and found[0] == indent and (found[1] + " ").startswith("- "):
            rest = found[1][1:].lstrip()
            if not rest or rest[0] == "#":
                self.at += 1
                items.append(self.node(indent + 1, depth + 1))
                continue
            bare = _MARKS.sub("", rest) if rest[0] in "&!" else rest
            inner = indent + len(found[1]) - len(bare)
            if _KEY.match(bare) or bare.startswith("- "):
                self.lines[self.at] = " " * inner + bare
                items.append(self.node(inner, depth + 1))
                self._anchor(rest, items[-1])
            else:
                self.at += 1
                items.append(self._value(rest, indent + 1, depth))
        return items

    def _mapping(self, indent: int, depth: int) -> dict[str, Any]:
        table: dict[str, Any] = {}
        while (found := self.peek()) is not None and found[0] == indent:
            key = _KEY.match(found[1])
            if key is None:
                raise UnreadError(f"line {self.at + 1} is no key")
            self.at += 1
            rest = found[1][key.end() :].strip()
            name = _scalar(key[1])
            value = self._value(rest, indent + 1, depth, under=indent)
            if name == "<<":
                for one in value if isinstance(value, list) else [value]:
                    table = {**one, **table} if isinstance(one, dict) else table
            else:
                table[name] = value
        if found is not None and found[0] > indent:
            raise UnreadError(f"line {self.at + 1} is indented oddly")
        return table

    def _anchor(self, text: str, value: Any) -> None:
        if text[:1] == "&":
            self.anchors[text[1:].partition(" ")[0]] = value

    def _value(self, text: str, least: int, depth: int, under: int = -1) -> Any:
        """What stands behind a key or a dash, and in the lines below it."""
        marks = ""
        while text[:1] in ("&", "!"):
            bare = _MARKS.sub("", text, count=1).strip()
            if bare == text:
                raise UnreadError(f"line {self.at} has a mark of its own")
            marks = text if text[0] == "&" else marks
            text = bare
        if not text or text[0] == "#":
            found = self.peek()
            dashes = found is not None and found[0] == under and (found[1] + " ").startswith("- ")
            value = self.node(under if dashes else least, depth + 1)
        elif _BLOCK.match(text):
            value = self._block(least)
        elif text[0] == "*":
            value = self.anchors.get(text[1:].partition(" ")[0], text)
        elif text[0] in "[{":
            value = self._flow(text)
        else:
            value = self._plain(text, least)
        self._anchor(marks, value)
        return value

    def _block(self, least: int) -> str:
        rows: list[str] = []
        while self.at < len(self.lines):
            row = self.lines[self.at]
            if row.strip() and len(row) - len(row.lstrip()) < least:
                break
            rows.append(row)
            self.at += 1
        width = min((len(row) - len(row.lstrip()) for row in rows if row.strip()), default=0)
        return "\n".join(row[width:] for row in rows).strip("\n")

    def _plain(self, text: str, least: int) -> str:
        quote = text[0] if text[0] in "\"'" else ""
        while quote and not _closed(text, quote):
            if self.at >= len(self.lines):
                raise UnreadError("a quote is not closed")
            text += " " + self.lines[self.at].strip()
            self.at += 1
        while not quote and (found := self.peek()) is not None and found[0] >= least:
            if _KEY.match(found[1]):
                raise UnreadError(f"line {self.at + 1} is a key below a value")
            text = f"{text.partition(' #')[0].rstrip()} {found[1]}"
            self.at += 1
        return _scalar(text)

    def _flow(self, text: str) -> Any:
        while _open(text):
            if self.at >= len(self.lines) or len(text) > 100_000:
                raise UnreadError("a bracket is not closed")
            row = self.lines[self.at].strip()
            text += "" if row[:1] == "#" else " " + row.partition(" #")[0]
            self.at += 1
        value, _ = _flow_value(text, 0, 0, self.anchors)
        return value


def _closed(text: str, quote: str) -> bool:
    return re.match(r'"(?:[^"\\]|\\.)*"' if quote == '"' else r"'(?:[^']|'')*'", text) is not None


def unescaped(text: str) -> str:
    """The text in double quotes: of YAML as of TOML."""

    def sign(found: re.Match[str]) -> str:
        word = found[1]
        if word[0] in "uUx" and len(word) > 1:
            return chr(int(word[1:], 16))
        return "" if word[0].isspace() and "\n" in word else _ESCAPES.get(word, word)

    return re.sub(r"\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|U00(?:0[0-9a-fA-F]{5}|10[0-9a-fA-F]{4})|\s*\n\s*|.)", sign, text)


def _scalar(text: str) -> str:
    text = text.strip()
    if text[:1] == '"':
        found = re.match(r'"((?:[^"\\]|\\.)*)"', text)
        return unescaped(found[1]) if found else text
    if text[:1] == "'":
        found = re.match(r"'((?:[^']|'')*)'", text)
        return found[1].replace("''", "'") if found else text
    return re.split(r"\s#", text, maxsplit=1)[0].strip()


_FLOW = re.compile(
    r"""\s*(?:("(?:[^"\\]|\\.)*"|'(?:[^']|'')*')|([\[\]{},])|(:)(?=[\s,\[\]{}]|$)|([^\s\[\]{},:]"""
    r"""(?:[^\[\]{},:]|:(?![\s,\[\]{}]|$))*))"""
)


def _open(text: str) -> bool:
    depth = 0
    for found in _FLOW.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(found[2] or "", 0)
    return depth > 0


def _flow_value(text: str, at: int, depth: int, anchors: dict[str, Any]) -> tuple[Any, int]:
    found = _FLOW.match(text, at)
    if found is None or depth > _DEPTH:
        raise UnreadError("brackets cannot be read")
    sign, at = found[2], found.end()
    if sign not in ("[", "{"):
        word = _scalar(found[1] or found[4] or "")
        return (anchors.get(word[1:], word) if word[:1] == "*" else word), (at if sign is None else found.start(2))
    closing = "]" if sign == "[" else "}"
    items: list[Any] = []
    table: dict[str, Any] = {}
    while True:
        found = _FLOW.match(text, at)
        if found is None:
            raise UnreadError("a bracket is not closed")
        if found[2] == closing:
            return (items if sign == "[" else table), found.end()
        if found[2] == ",":
            at = found.end()
            continue
        value, end = _flow_value(text, at, depth + 1, anchors)
        if end <= at:
            raise UnreadError("brackets cannot be read")
        at = end
        colon = _FLOW.match(text, at)
        if colon is not None and colon[3]:
            follows = _FLOW.match(text, colon.end())
            empty = follows is None or follows[2] in (",", "]", "}")
            inner, at = ("", colon.end()) if empty else _flow_value(text, colon.end(), depth + 1, anchors)
            table[str(value)] = inner
            if sign == "[":
                items.append({str(value): inner})
        else:
            items.append(value)
            table[str(value)] = ""


def parse(text: str) -> Any:
    """The first document: nested dicts, lists and strings."""
    reader = _Reader(text)
    value = reader.node(0)
    if reader.peek() is not None:
        raise UnreadError(f"line {reader.at + 1} cannot be read")
    return value
