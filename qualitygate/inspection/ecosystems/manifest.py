"""A manifest, whatever ecosystem it is of: who it is, what it needs, which members it names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Protocol

from qualitygate.frozen import NamedTuple
from qualitygate.inspection.facts import Evidence, Fact
from qualitygate.inspection.requirements import Dependency
from qualitygate.inspection.sources import Sources

DEV = "dev"
"""Group of what only development needs; build plugins are needed for it too."""
INDIRECT = "indirect"
"""Group of what somebody else's manifest asked for."""


class Workspace(NamedTuple):
    """The members that one manifest names: globs of folders relative to it. `exact` ones are manifest files."""

    kind: str
    members: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    exact: tuple[str, ...] = ()


class Manifest(NamedTuple):
    """One manifest. `root` is its folder, empty for the top; `packages` are first-party names that it stands for."""

    ecosystem: str
    path: str
    name: str = ""
    dependencies: tuple[Dependency, ...] = ()
    runtimes: tuple[tuple[str, Fact | None], ...] = ()
    workspace: Workspace | None = None
    build: Fact | None = None
    packages: tuple[Fact, ...] = ()
    describes: bool = True
    """Whether it describes a project of its own, not only settings or a list of others."""

    @property
    def root(self) -> str:
        return self.path.rpartition("/")[0]


class Reader(Protocol):
    """Reads one manifest that was found by its name; None for a file that only has the name."""

    def __call__(self, sources: Sources, path: str) -> Manifest | None: ...


class Ecosystem(NamedTuple):
    """What a manifest is called (base names, or shell patterns of them) and who reads it."""

    name: str
    files: tuple[str, ...]
    read: Reader


def at(root: str, *parts: str) -> str:
    """A path below a folder that may be the top, dots resolved; empty for the top itself or what lies outside."""
    found: list[str] = []
    for part in "/".join((root, *parts)).split("/"):
        if part == "..":
            if not found:
                return ""
            found.pop()
        elif part not in ("", "."):
            found.append(part)
    return "/".join(found)


def nearest(root: str, names: Iterable[str], have: Mapping[str, str] | frozenset[str]) -> str:
    """The first of some files that stands in a folder or the closest one above it, empty for none."""
    wanted = tuple(names)
    while True:
        for name in wanted:
            path = f"{root}/{name}" if root else name
            if path in have:
                return path
        if not root:
            return ""
        root = root.rpartition("/")[0]


def version_in(text: str) -> str:
    """The first dotted number of a text (`>=18.2`, `v16.18.0`), empty for none."""
    found = re.search(r"\d+(?:\.\d+)*", text[:200])
    return found[0] if found else ""


def stated(sources: Sources, path: str, text: object, *needles: str) -> Fact | None:
    """A runtime version as a fact, None where none is stated."""
    version = version_in(text) if isinstance(text, str) else ""
    return Fact(version, (sources.evidence(path, *needles, version),)) if version else None


def evidence_of(sources: Sources, path: str, name: str) -> Evidence:
    """The line of a manifest that names a dependency."""
    return sources.evidence(path, f'"{name}"', f"'{name}'", name)
