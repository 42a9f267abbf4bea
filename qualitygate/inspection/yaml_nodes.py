"""YAML as dicts, lists and strings, bounded in depth and size whatever the file says."""

from __future__ import annotations

import re
from typing import Any

NODE_LIMIT = 50_000
_DEPTH_LIMIT = 100
_BRACKETS = re.compile(r"[\[\]{}]")


class YamlError(Exception):
    """The text is not YAML, or more than a configuration file has any use for; `line` counts from 1."""

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(reason)
        self.line = line


class Text(str):
    """A scalar that knows its line (from 1; for a block scalar, the line of its `|`)."""

    __slots__ = ("line",)
    line: int


def parse_yaml(text: str) -> Any:
    """The first document of `text`. Raises YamlError.

    Composed, not constructed: no tag gets a meaning, scalars stay the strings they are written as
    (`on` is a key, `3.10` a version), and aliases that multiply are counted against a limit.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    depth = deepest = 0
    for bracket in _BRACKETS.findall(text):
        depth = depth + 1 if bracket in "[{" else max(depth - 1, 0)
        deepest = max(deepest, depth)
    if deepest > 2 * _DEPTH_LIMIT:
        raise YamlError("nested too deeply")  # the parser would take seconds to say so
    try:
        node = YAML(typ="safe", pure=True).compose(text)
    except YAMLError as exc:
        mark = getattr(exc, "problem_mark", None)
        reason = getattr(exc, "problem", None) or str(exc).strip().splitlines()[0]
        raise YamlError(str(reason), mark.line + 1 if mark is not None else 0) from None
    except (ValueError, AttributeError, KeyError, IndexError, TypeError) as exc:
        raise YamlError(f"the yaml parser gave up: {type(exc).__name__}") from None
    return None if node is None else _plain(node, [NODE_LIMIT], 0)


def _plain(node: Any, left: list[int], depth: int) -> Any:
    left[0] -= 1
    if left[0] < 0 or depth > _DEPTH_LIMIT:
        raise YamlError("too many or too deeply nested nodes", node.start_mark.line + 1)
    if node.id == "scalar":
        scalar = Text(node.value)
        scalar.line = node.start_mark.line + 1
        return scalar
    if node.id == "sequence":
        return [_plain(item, left, depth + 1) for item in node.value]
    found: dict[str, Any] = {}
    merged: dict[str, Any] = {}
    for key, value in node.value:
        plain = _plain(value, left, depth + 1)
        if key.id == "scalar" and key.value == "<<":
            for table in plain if isinstance(plain, list) else [plain]:
                merged = {**table, **merged} if isinstance(table, dict) else merged
        elif key.id == "scalar":
            name = Text(key.value)
            name.line = key.start_mark.line + 1
            found[name] = plain
    return {**merged, **found}


def line_of(value: Any) -> int:
    """The line of a scalar that came from YAML, 0 for anything else."""
    return value.line if isinstance(value, Text) else 0
