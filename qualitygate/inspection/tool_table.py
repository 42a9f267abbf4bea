"""The table of development tools, read from `tools.toml` beside this module."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from typing import Any

from qualitygate.frozen import NamedTuple
from qualitygate.inspection.facts import Kind
from qualitygate.inspection.patterns import Patterns

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


PACKAGED = ("node", "rust", "go", "jvm", "ruby", "php", "dotnet", "native")
"""Ecosystems whose packages have a column of their own in the table; `packages` are Python's."""


class KnownTool(NamedTuple):
    """One development tool and the traces it leaves; the fields are explained in `tools.toml`."""

    name: str
    kind: Kind
    files: tuple[str, ...] = ()
    table: tuple[str, ...] = ()
    section: tuple[str, ...] = ()
    runs: tuple[str, ...] = ()
    hooks: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    node: tuple[str, ...] = ()
    rust: tuple[str, ...] = ()
    go: tuple[str, ...] = ()
    jvm: tuple[str, ...] = ()
    ruby: tuple[str, ...] = ()
    php: tuple[str, ...] = ()
    dotnet: tuple[str, ...] = ()
    native: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    compiles: tuple[str, ...] = ()
    beside: str = ""
    also: tuple[Kind, ...] = ()


@cache
def known_tools() -> dict[str, KnownTool]:
    """Every tool by its name, in the order of the table."""
    data: dict[str, Any] = tomllib.loads(Path(__file__).with_name("tools.toml").read_text(encoding="utf-8"))
    return {name: _tool(name, row) for name, row in data.items()}


def _tool(name: str, row: dict[str, Any]) -> KnownTool:
    fields: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in row.items()}
    return KnownTool(name, **fields)


@cache
def by_program() -> dict[tuple[str, ...], KnownTool]:
    """Tools by the one or two words that run them."""
    return {tuple(words.split()): tool for tool in known_tools().values() for words in tool.runs}


@cache
def by_package() -> dict[str, Patterns[KnownTool]]:
    """Tools by ecosystem and the packages of its manifests."""
    tools = known_tools().values()
    return {e: Patterns((p, tool) for tool in tools for p in getattr(tool, e)) for e in PACKAGED}


@cache
def by_hook() -> dict[str, KnownTool]:
    """Tools by the id of their pre-commit hook."""
    return {hook: tool for tool in known_tools().values() for hook in tool.hooks}


@cache
def by_action() -> dict[str, KnownTool]:
    """Tools by the GitHub action that runs them, without its version."""
    return {action: tool for tool in known_tools().values() for action in tool.actions}
