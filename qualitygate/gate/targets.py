"""The places that a check is told to look at, and what becomes of them in a tree that does not have them all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from qualitygate.checks import traits
from qualitygate.checks.tool import Tool
from qualitygate.errors import ToolError
from qualitygate.frozen import NamedTuple
from qualitygate.model import Check, Entries


class Targets(NamedTuple):
    """What is named and where, each name with the paths that it stands for in one tree: none, if it is not there."""

    where: str
    places: Mapping[str, tuple[str, ...]]

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(name for name, paths in self.places.items() if not paths)


def find(check: Check, tool: Tool, paths: Iterable[str], read: Callable[[str], bytes | None]) -> Targets | None:
    """What the check's `paths` or the tool's settings name in a tree; None where they leave it to the tool."""
    if named := [str(path) for path in check.options.get("paths", ())]:
        paths = tuple(paths)
        return Targets(f"`paths` of check {check.name}", {one: _stands_for(one, paths) for one in named})
    found = traits.told(tool, read, check.options)
    if found is None:
        return None
    paths = tuple(paths)
    places = {one: _stands_for(one, paths) for one in found.files}
    places.update({one: _module(one, paths) for one in found.modules})
    return Targets(found.where, places)


def must_be_there(targets: Targets | None) -> None:
    """Raises ToolError for what head's settings name and head does not have: nobody would look at what it became."""
    if targets is not None and targets.missing:
        raise ToolError(
            f"{targets.where} names {targets.missing[0]}, which is not in this tree", hint="correct it there"
        )


def on_base(
    options: Mapping[str, Any], head: Targets | None, base: Targets, entries: Entries, renames: Mapping[str, str]
) -> Mapping[str, Any] | None:
    """The options for a tree that lacks what head's settings name: what it has of it, and what became the rest.

    `renames`: head path to base path. None where that is nothing, so that there is nothing to look at.
    """
    kept = [path for paths in base.places.values() for path in paths]
    new = tuple(path for name in base.missing for path in (head.places.get(name, ()) if head else ()))
    kept += sorted(old for path, old in renames.items() if _is_below(path, new) and old in entries)
    return {**options, "paths": kept} if kept else None


def _is_below(path: str, places: Iterable[str]) -> bool:
    return any(place == "." or path == place or path.startswith(f"{place}/") for place in places)


def _stands_for(named: str, paths: tuple[str, ...]) -> tuple[str, ...]:
    """The file or folder of that name, or all that a pattern matches."""
    place = named.removeprefix("./").rstrip("/")
    if place in ("", "."):
        return (".",)
    if not any(char in place for char in "*?["):
        return (place,) if any(path == place or path.startswith(f"{place}/") for path in paths) else ()
    if "**" in place:
        return tuple(path for path in paths if fnmatchcase(path, place) or fnmatchcase(path, place.replace("**/", "")))
    parts = place.split("/")
    found = {"/".join(path.split("/")[: len(parts)]) for path in paths}
    return tuple(sorted(one for one in found if _fits(one.split("/"), parts)))


def _fits(some: list[str], patterns: list[str]) -> bool:
    return len(some) == len(patterns) and all(map(fnmatchcase, some, patterns))


def _module(name: str, paths: tuple[str, ...]) -> tuple[str, ...]:
    """The folder or file that a dotted name stands for, the one nearest to the top; below `src/` or elsewhere too."""
    place = name.replace(".", "/")
    found = set()
    for path in paths:
        for tail in (f"{place}/", f"{place}.py", f"{place}.pyi"):
            at = f"/{path}".find(f"/{tail}")
            if at >= 0 and (tail.endswith("/") or len(path) == at + len(tail)):
                found.add(path[: at + len(tail)].rstrip("/"))
    return tuple(sorted(found, key=lambda one: (one.count("/"), one))[:1])
