"""Packages of a tree whose manifest names what they are built to: where the sources of that are."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from qualitygate.checks.tools import node_files, tsconfig

_CONDITIONS = ("types", "import", "require", "node", "default")
"""Of `exports`, the first that is there decides; the compiler asks for `types` before all others."""
_BUILT = re.compile(r"(?:\.d)?\.[cm]?[jt]sx?$")
_DEPTH = 5


def sources(read: node_files.Read, projects: Iterable[tsconfig.Project]) -> dict[str, tuple[str, ...]]:
    """What code imports, as in `paths` (`@acme/core`, `@acme/core/*`), with the sources of it, for these projects.

    No tree holds what was built. A package whose manifest names its sources needs no entry, and has none.
    """
    found: dict[str, tuple[str, ...]] = {}
    for project in projects:
        folder = posixpath.dirname(project.path)
        manifest = node_files.table(read(posixpath.join(folder, "package.json")))
        if not isinstance(manifest.get("name"), str):
            continue
        for inner, target in _entries(manifest):
            places = tuple(_of_source(read, project.path, target))
            if places:
                found.setdefault(f"{manifest['name']}{inner}", places)
    return found


def _entries(manifest: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What may be imported, after the name of the package, and the file that it is."""
    exports = manifest.get("exports")
    if exports is None:
        exports = next((manifest[key] for key in ("types", "typings", "main") if manifest.get(key)), None)
    if isinstance(exports, dict) and any(key.startswith(".") for key in exports):
        rows = [(key[1:], _target(value)) for key, value in exports.items()]
    else:
        rows = [("", _target(exports))]
    return ((inner, target) for inner, target in rows if target)


def _target(value: object, depth: int = 0) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, dict) and depth < _DEPTH:
        return next((found for key in _CONDITIONS if (found := _target(value.get(key), depth + 1))), "")
    return ""


def _of_source(read: node_files.Read, settings: str, target: str) -> Iterator[str]:
    folder = posixpath.dirname(settings)
    own = node_files.table(read(settings)).get("compilerOptions")
    options = own if isinstance(own, dict) else {}
    place = posixpath.normpath(posixpath.join(folder, target))
    top = posixpath.normpath(posixpath.join(folder, str(options.get("rootDir", "."))))
    for key in ("declarationDir", "outDir"):
        out = posixpath.normpath(posixpath.join(folder, str(options[key]))) if key in options else ""
        if out and place.startswith(f"{out}/"):
            stem = _BUILT.sub("", posixpath.normpath(posixpath.join(top, place[len(out) + 1 :])))
            names = [stem + end for end in node_files.TYPED]
            yield from (name for name in names if ("*" in name and not name.endswith("cts")) or read(name) is not None)
            return
