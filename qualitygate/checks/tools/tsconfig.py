"""`tsconfig.json`: what it extends, which other projects it refers to, and what of it decides what is checked."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from qualitygate.checks.tools import node_files
from qualitygate.frozen import NamedTuple

Read = Callable[[str], "bytes | None"]

NAMES = ("tsconfig.json", "jsconfig.json")
_DEPTH = 20
_INHERITED = ("files", "include", "exclude")


class Project(NamedTuple):
    """One project: its options with those that it inherits, and the projects it refers to, as paths of settings.

    `whole`: whether all that it extends could be read. `empty`: it names no file of its own, only other projects.
    `named`: it names files, or patterns of them; without, all below its folder are meant.
    `raw` holds the text of all these settings.
    """

    path: str
    options: Mapping[str, Any]
    references: tuple[str, ...]
    empty: bool
    named: bool
    whole: bool
    raw: bytes

    @property
    def checks_scripts(self) -> bool:
        """Whether JavaScript is checked, too, and not only read."""
        return self.options.get("checkJs") is True


def load(read: Read, path: str) -> Project | None:
    """The project whose settings these are; None for what is no JSON object, even with comments."""
    data = read(path)
    if data is None or not node_files.is_table(data):
        return None
    merged, whole, raw = _merged(read, path, 0)
    named = [one.get("path") for one in node_files.table(data).get("references") or () if isinstance(one, dict)]
    references = tuple(_settings(read, path, str(one)) for one in named if one)
    options = merged.get("compilerOptions")
    empty = merged.get("files") == [] and not merged.get("include") and bool(references)
    names = "files" in merged or "include" in merged
    return Project(path, options if isinstance(options, dict) else {}, references, empty, names, whole, raw)


def projects(read: Read, named: Iterable[str] = ()) -> tuple[Project, ...]:
    """Those that are named, else the one at the root, with all that they refer to; without those that are empty.

    What is named or referred to and cannot be read comes as a project that is not whole.
    """
    queue = list(named) or [path for path in NAMES if read(path) is not None][:1]
    found: dict[str, Project] = {}
    while queue:
        path = posixpath.normpath(queue.pop(0))
        if path not in found:
            found[path] = load(read, path) or Project(path, {}, (), False, False, False, b"")
            queue += found[path].references
    return tuple(project for project in found.values() if not project.empty)


def _settings(read: Read, path: str, named: str) -> str:
    """A reference names a folder, or the settings themselves."""
    place = posixpath.normpath(posixpath.join(posixpath.dirname(path), named))
    return place if place.endswith(".json") else posixpath.normpath(posixpath.join(place, "tsconfig.json"))


def _merged(read: Read, path: str, depth: int) -> tuple[dict[str, Any], bool, bytes]:
    data = read(path)
    if data is None or depth > _DEPTH or not node_files.is_table(data):
        return {}, False, data or b""
    own = dict(node_files.table(data))
    extends = own.get("extends", ())
    made: dict[str, Any] = {}
    whole, raw = True, data
    for named in [extends] if isinstance(extends, str) else list(extends):
        place = next((one for one in _extended(path, str(named)) if read(one) is not None), "")
        above, complete, more = _merged(read, place, depth + 1) if place else ({}, False, b"")
        made = _over(made, above)
        whole, raw = whole and complete, raw + more
    return _over(made, own), whole, raw


def _extended(path: str, named: str) -> list[str]:
    """Where settings that are extended may be: a file beside it, or in a package."""
    folder = posixpath.dirname(path)
    if named.startswith((".", "/")):
        place = posixpath.normpath(posixpath.join(folder, named))
        return [place, f"{place}.json", f"{place}/tsconfig.json"]
    found = []
    while True:
        place = posixpath.join(folder, "node_modules", named)
        found += [place, f"{place}.json", f"{place}/tsconfig.json"]
        if not folder:
            return found
        folder = posixpath.dirname(folder)


def _over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    options = [one.get("compilerOptions") for one in (below, above)]
    merged = {key: value for one in options if isinstance(one, dict) for key, value in one.items()}
    made = {key: one[key] for one in (below, above) for key in _INHERITED if key in one}
    return {**made, "compilerOptions": merged}
