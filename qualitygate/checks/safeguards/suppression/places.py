"""Whose code a file is: tests, and what is generated or not the project's own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from qualitygate.checks.safeguards.protocol import Pair
from qualitygate.globs import matches

_TEST = re.compile(
    r"(?:^|/)(?:tests?|__tests__|specs?|e2e|type-?tests?|test-d|dtslint|cypress)/|[._-](?:test|spec|test-d|cy)\.[cm]?[jt]sx?$"
)
_VENDORED = re.compile(
    r"(?:^|/)(?:_?vendor(?:ed|s)?|third[_-]?party|3rd-?party|node_modules|bower_components|site-packages|Pods|Godeps|\.yarn)/"
)
_MARK = re.compile(
    r"^[ \t]*(?!#)(\S+)[ \t]+(?:[^\n]*[ \t])?linguist-(?:generated|vendored)(?!=false|=0)(?:=true|=1)?(?:\s|$)",
    re.MULTILINE,
)


def is_test(path: str) -> bool:
    """Whether a file is a test of JavaScript or TypeScript."""
    return _TEST.search(path) is not None


def foreign(in_head: Mapping[str, Any], in_base: Mapping[str, Any], before: Mapping[str, str], pair: Pair) -> set[str]:
    """The files of head that nobody writes here: by a folder's name, by base's `.gitattributes`, by their own word.

    What head itself says counts for a new file only: else a change could excuse what it does.
    """
    marks = _marks(pair)
    found = set()
    for path, facts in in_head.items():
        said = facts.get("generated", False)
        old = before.get(path, path)
        if said and old in pair.base:
            said = _says_so(old, in_base, pair)
        if said or _VENDORED.search(path) or matches(path, marks):
            found.add(path)
    return found


def _says_so(path: str, in_base: Mapping[str, Any], pair: Pair) -> bool:
    if path in in_base:
        return bool(in_base[path].get("generated", False))
    from qualitygate.checks.safeguards.suppression.reading import says_generated

    return says_generated((pair.read_base(path) or b"")[:1500].decode("utf-8", "replace"))


def _marks(pair: Pair) -> tuple[str, ...]:
    """What the marks of base mean, as globs."""
    found = []
    for path in pair.base:
        if path != ".gitattributes" and not path.endswith("/.gitattributes"):
            continue
        text = (pair.read_base(path) or b"").decode("utf-8", "replace")
        for pattern in _MARK.findall(text):
            across = "" if "/" in pattern else "**/"
            found.append(path[: -len(".gitattributes")] + across + pattern.lstrip("/"))
    return tuple(found)
