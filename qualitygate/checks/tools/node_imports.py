"""Which file of a tree imports which, as far as that is written out: by a relative path, or by a package's name."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from qualitygate.checks.tools import node_files
from qualitygate.frozen import NamedTuple

Read = Callable[[str], "bytes | None"]

_IMPORT = re.compile(
    rb"""(?:^|[;\s}])(?:import|export)\s[^;'"`]*?\bfrom\s*["']([^"'\n]+)["']|\bimport\s*["']([^"'\n]+)["']"""
    rb"""|\brequire\(\s*["']([^"'\n]+)["']\s*\)|\bimport\(\s*["']([^"'\n]+)["']\s*\)"""
)
_ENDS = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs")
_COMPILED = {".js": (".ts", ".tsx"), ".jsx": (".tsx",), ".mjs": (".mts",), ".cjs": (".cts",)}
_ENTRIES = ("source", "types", "typings", "module", "main")


class Import(NamedTuple):
    """A file, the name under which it is imported, and who does."""

    path: str
    named: str
    by: str


def packages(paths: Iterable[str], read: Read) -> dict[str, str]:
    """The packages of a tree by name, each with the file that stands for it; none for one whose code is built first."""
    known = frozenset(paths)
    found = {}
    for path in sorted(known):
        if path.rpartition("/")[2] != "package.json":
            continue
        manifest = node_files.table(read(path))
        entries = [str(manifest[key]) for key in _ENTRIES if isinstance(manifest.get(key), str)]
        exports = manifest.get("exports")
        if isinstance(exports, str):
            entries.insert(0, exports)
        folder = posixpath.dirname(path)
        places = (_place(posixpath.join(folder, entry), known) for entry in (*entries, "index"))
        entry = next((place for place in places if place), "")
        if isinstance(manifest.get("name"), str) and entry:
            found[manifest["name"]] = entry
    return found


def imports_of(path: str, data: bytes, known: frozenset[str], named: Mapping[str, str]) -> Iterator[Import]:
    """What a file imports of the tree: `known` are its files, `named` its packages."""
    for match in _IMPORT.finditer(data):
        name = next(group for group in match.groups() if group is not None).decode("utf-8", "replace")
        place = named.get(name, "")
        if name.startswith("."):
            place = _place(posixpath.join(posixpath.dirname(path), name), known)
        if place and place != path:
            yield Import(place, name, path)


def _place(path: str, known: frozenset[str]) -> str:
    place = posixpath.normpath(path)
    stem, end = posixpath.splitext(place)
    compiled = [stem + other for other in _COMPILED.get(end, ())]
    tried = (*compiled, place, *(place + end for end in _ENDS), *(f"{place}/index{end}" for end in _ENDS))
    return next((one for one in tried if one in known and one.endswith(_ENDS)), "")
