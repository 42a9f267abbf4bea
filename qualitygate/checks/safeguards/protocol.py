"""What a check that compares two trees is: a module with these names, on the standard library alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, Protocol

from qualitygate.checks.tool import Reads
from qualitygate.frozen import NamedTuple
from qualitygate.model import Direction, Entries, Report


class Rule(NamedTuple):
    """One kind of finding, `tests:lost`, and what it does to an agent's change and to a person's.

    `why` and `fix` are one sentence each: why it matters, and what to do instead. `nameable`: an agent
    that names what it took away, with a reason (`qualitygate waive --request`), is let through, shown. `kind`: rules
    of one kind are the same loss under different circumstances (with product code, or without); its own name.
    """

    name: str
    agent: Literal["block", "show"]
    person: Literal["block", "show"]
    why: str
    fix: str
    direction: Direction = "safeguard"
    nameable: bool = False
    kind: str = ""


class Pair(NamedTuple):
    """Two trees, base and head, as a check sees them that compares them.

    `changed` are the paths in which they differ, in either tree. `renames` is git's opinion, from head path to base
    path. `base_facts` and `head_facts` give what the check's `extract` made of a file, kept per
    blob; None where there is no regular file of that name. `read_*` give bytes, None likewise. `runners` are the tools
    that tell in this run which tests they executed.
    """

    base: Entries
    head: Entries
    changed: frozenset[str]
    renames: Mapping[str, str]
    base_facts: Callable[[str], Any]
    head_facts: Callable[[str], Any]
    read_base: Callable[[str], bytes | None]
    read_head: Callable[[str], bytes | None]
    runners: frozenset[str] = frozenset()


class Comparer(Protocol):
    """A check that yields what head lost, or gained, against base; else as `qualitygate.checks.tool.Tool`.

    `rules` lists every kind of finding that `compare` can yield. Each finding has a `name` that is stable: the
    same loss against another base has the same rule and name. `facts_version` counts up when `extract` changes.
    """

    name: str
    title: str
    scope: Literal["pair"]
    reads: Reads
    config_files: tuple[str, ...]
    package: str
    rules: tuple[Rule, ...]
    facts_version: int

    def wants(self, path: str) -> bool:
        """Whether a tracked file of this name is one that the check looks at."""

    def extract(self, path: str, data: bytes, options: Mapping[str, Any]) -> Any:
        """What the check has to know of a file: plain JSON. Text that cannot be parsed gives `{"unread": reason}`."""

    def compare(self, pair: Pair, options: Mapping[str, Any]) -> Report:
        """What is lost or added in head; `looked_at` counts the changed files that the check wants."""
