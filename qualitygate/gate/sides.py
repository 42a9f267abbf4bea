"""What a check looks at on each side: files that are equal in both trees cancel out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from qualitygate import globs
from qualitygate.checks import scope, traits
from qualitygate.checks.tool import Tool
from qualitygate.frozen import NamedTuple
from qualitygate.gate import listing
from qualitygate.locations import EXTENDED
from qualitygate.model import Check, Entries


class Sides(NamedTuple):
    """The files of head and base that one check must look at, sorted."""

    head: tuple[str, ...]
    base: tuple[str, ...]


def wanted(check: Check, tool: Tool, entries: Entries, paths: Iterable[str]) -> Iterator[str]:
    """Those of `paths` that are files of the tree and that this check is about."""
    # Copies of shared settings are written elsewhere: what they must not hold, in any file, is looked for all the same.
    theirs = () if traits.builtin(tool) else (EXTENDED,)
    only, root = tuple(check.options.get("files", ())), scope.root_of(check)
    without = tuple(check.options.get("exclude", ()))
    for path in paths:
        inner = path if not root else scope.within(root, path)
        if inner is None or not tool.wants(inner) or (theirs and path.startswith(theirs)):
            continue
        entry = entries.get(path)
        if entry is None or not entry.is_file or (only and not globs.matches(path, only)):
            continue
        if not without or not globs.matches(path, without):
            yield path


def is_wanted(check: Check, tool: Tool, entries: Entries) -> bool:
    """Whether a tree has any file that this check is about; at its top one is found soonest."""
    at_top = (path for path in entries if "/" not in path)
    return next(wanted(check, tool, entries, (path for some in (at_top, entries) for path in some)), None) is not None


def wanted_files(check: Check, tool: Tool, entries: Entries) -> tuple[str, ...]:
    """The files of a tree that this check is about, sorted."""
    return tuple(sorted(wanted(check, tool, entries, entries)))


def changed_paths(head: Entries, base: Entries) -> frozenset[str]:
    """Paths that the two trees do not have in common, or not alike."""
    return frozenset(path for path, _ in head.items() ^ base.items())


def choose(
    check: Check, tool: Tool, head: Entries, base: Entries, *, everything: bool, changed: frozenset[str] | None = None
) -> Sides:
    """Cost follows the change: see `Reads` for what decides that a file's result is the same on both sides.

    `base` is base as this tool sees it, `changed` how head differs from it, where that is known.
    `everything` cancels nothing; a `clean` policy needs all of head.
    """
    if not everything and check.policy != "clean":
        changed = changed_paths(head, base) if changed is None else changed
        sides = Sides(
            tuple(sorted(wanted(check, tool, head, changed))), tuple(sorted(wanted(check, tool, base, changed)))
        )
        moved = bool(sides.head or sides.base)
        if is_per_file(tool, head, base) or (tool.reads == "tree" and not moved):
            return sides
    here = wanted_files(check, tool, head)
    if changed is None:
        return Sides(here, wanted_files(check, tool, base))
    # A path that is alike in both is wanted in both, and trees are long.
    there = {*here} - changed | {*wanted(check, tool, base, changed)}
    return Sides(here, tuple(sorted(there)))


def is_per_file(tool: Tool, head: Entries, base: Entries) -> bool:
    """Whether a file that is the same in both trees has the same findings."""
    if tool.reads == "tree" or any(listing.called(head, n) != listing.called(base, n) for n in traits.heeds(tool)):
        return False
    return tool.reads == "self" or listing.names(head) == listing.names(base)
