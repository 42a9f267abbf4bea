"""Handlers of Ruby: a `rescue` that does nothing, and one behind a statement."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from qualitygate.checks.safeguards.caught.handler import Handler, digest, reasoned

SUFFIXES = (".rb", ".rake")
_BROAD = frozenset(("", "StandardError", "Exception", "ScriptError"))
_CLOSING = ("end", "rescue", "ensure", "else")
_ABOVE = 12


@lru_cache(maxsize=1)
def _patterns() -> tuple[Any, Any, Any]:
    import re

    return (
        re.compile(r"^\s*rescue\b\s*([\w:, ]*?)\s*(?:=>\s*\w+)?\s*(?:then\b)?\s*(#.*)?$"),
        re.compile(r"\S.*\brescue\s+(nil|false|true|\[\]|\{\})\s*(#.*)?$"),
        re.compile(r"^\s*def\s+(?:self\.)?(\w+[?!]?)"),
    )


def read(data: bytes) -> list[Handler]:
    """All handlers that do nothing, or make a value of any error."""
    if b"rescue" not in data:
        return []
    lines = data.decode("utf-8", "replace").splitlines()
    return list(_found(lines))


def _found(lines: list[str]) -> Iterator[Handler]:
    alone, behind, defined = _patterns()
    where = ""
    for at, line in enumerate(lines):
        if found := defined.match(line):
            where = found[1]
        if line.lstrip().startswith("#"):
            continue
        hit, short = alone.match(line), behind.search(line)
        if hit is None and short is not None and not line.lstrip().startswith("rescue"):
            code = short[0].partition(" rescue ")[0]
            kind = "swallowed" if not reasoned([short[2] or ""]) else ""
            if kind:
                yield Handler(kind, at + 1, where, digest(code), line.strip()[:80])
        elif hit is not None and (body := _empty(lines, at)) is not None:
            broad = any(name.strip() in _BROAD for name in hit[1].split(","))
            kind = "empty-broad" if broad else "empty-specific"
            if broad and reasoned([hit[2] or "", *body]):
                kind = "empty-broad-reasoned"
            yield Handler(kind, at + 1, where, digest(_guarded(lines, at)), line.strip()[:80])


def _empty(lines: list[str], at: int) -> list[str] | None:
    """The comments in a handler that does nothing; None for one that does something."""
    comments = []
    for line in lines[at + 1 :]:
        text = line.strip()
        if text.startswith("#"):
            comments.append(text)
        elif text.split(" ")[0] in _CLOSING:
            return comments
        elif text not in ("", "nil"):
            return None
    return None


def _guarded(lines: list[str], at: int) -> str:
    indent = len(lines[at]) - len(lines[at].lstrip())
    for first in range(at - 1, max(-1, at - 1 - _ABOVE), -1):
        text = lines[first]
        if text.strip() and len(text) - len(text.lstrip()) <= indent:
            return "\n".join(lines[first:at])
    return "\n".join(lines[max(0, at - _ABOVE) : at])
