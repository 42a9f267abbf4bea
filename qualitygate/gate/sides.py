"""What a check looks at on each side: files that are equal in both trees cancel out."""

from __future__ import annotations

from typing import NamedTuple

from qualitygate.checks.tool import Tool, names_digest_input
from qualitygate.gate import globs
from qualitygate.gate.trees import under_configuration
from qualitygate.model import Check, Entries


class Sides(NamedTuple):
    """The files of head and base that one check must look at, and base as this check's tool must see it."""

    head: tuple[str, ...]
    base: tuple[str, ...]
    base_entries: Entries
    wanted: int


def wanted_files(check: Check, tool: Tool, entries: Entries) -> tuple[str, ...]:
    """The files of a tree that this check is about, sorted."""
    only = tuple(check.options.get("files", ()))
    without = tuple(check.options.get("exclude", ()))
    return tuple(
        sorted(
            path
            for path, entry in entries.items()
            if entry.is_file
            and tool.wants(path)
            and (not only or globs.matches(path, only))
            and not globs.matches(path, without)
        )
    )


def choose(check: Check, tool: Tool, head: Entries, base: Entries, *, everything: bool) -> Sides:
    """Cost follows the change: see `Reads` for what decides that a file's result is the same on both sides.

    `everything` cancels nothing; a `clean` policy needs all of head.
    """
    seen = under_configuration(base, head, tool.config_files)
    head_files = wanted_files(check, tool, head)
    base_files = wanted_files(check, tool, seen)
    if everything or check.policy == "clean":
        return Sides(head_files, base_files, seen, len(head_files))
    same = {path for path in set(head_files) & set(base_files) if head[path] == seen[path]}
    whole = tool.reads == "tree" or (tool.reads == "names" and names_digest_input(head) != names_digest_input(seen))
    if whole and (len(same) < len(head_files) or len(same) < len(base_files) or tool.reads == "names"):
        same = set()
    head_left = tuple(path for path in head_files if path not in same)
    return Sides(head_left, tuple(path for path in base_files if path not in same), seen, len(head_files))
