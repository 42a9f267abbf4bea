"""Errors to plant, so that the TypeScript compiler proves that it looks, and that it looks at the judged tree."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from qualitygate.checks.tools import built_packages, node_files, node_imports, tsconfig
from qualitygate.checks.tools.node_imports import Import
from qualitygate.frozen import NamedTuple
from qualitygate.globs import matches

_CANARY = "_qualitygate_canary"
_SEED = "_qualitygate_seed"
_RULE = "tsc:TS2322"
_SAYS = "Type 'number' is not assignable to type 'string'"
_TRIES = 200
_TEST = re.compile(r"(^|/)(tests?|__tests__|__mocks__|e2e|examples?|docs)/|[.-](test|spec|stories)\.[cm]?[jt]sx?$")
_MODULE = re.compile(rb"(?m)^\s*(?:import|export)\b")
_NO_EXPORT = re.compile(rb"(?m)^\s*export\s*=|@ts-nocheck")


class Canary(NamedTuple):
    """Edits that must turn the compiler red if imports resolve to the tree that holds them.

    Each of `expected` is (path, line, rule) of a finding, whose message contains `says`. `crosses` is False where no
    file imports another, so that no import could be tested.
    """

    edits: tuple[tuple[str, bytes], ...]
    expected: tuple[tuple[str, int, str], ...]
    says: str
    crosses: bool


def seed(data: bytes) -> tuple[bytes, int]:
    """The file with one certain type error at its end, and the error's line."""
    return _append(data, f"export const {_SEED}: string = 1 as number;")


def canaries(paths: Iterable[str], read: Callable[[str], bytes | None], limit: int = 3) -> tuple[Canary, ...]:
    """Ways to prove that imports resolve to the tree, best first: those by the name of a package of the tree.

    `paths` are the files that the compiler is given. A module gets a number, which a file that imports that module
    already, under whatever name, takes for a string. With nobody who imports, all that is left is a seed.
    """
    files = sorted(paths)
    known = frozenset(files)
    named = {**_built(files, read), **node_imports.packages(known, read)}
    usable: dict[str, bytes] = {}
    left_out = _globs(read, "exclude")
    typed = [one for one in files if _is_typed(one) and not matches(one, left_out)]
    included = _globs(read, "include", "files")
    for path in sorted(typed, key=lambda one: (not matches(one, included), _TEST.search(one) is not None, one)):
        data = read(path)
        if data is not None and _is_plain(data):
            usable[path] = data
        if len(usable) == _TRIES:
            break
    found: dict[str, Import] = {}
    for path, data in usable.items():
        for one in node_imports.imports_of(path, data, known, named):
            if one.path in usable:
                found.setdefault(f"{one.path} {one.named[:1] == '.'}", one)
    best = sorted(found.values(), key=lambda one: one.named.startswith("."))
    made = tuple(_planted(one, usable) for one in _apart(best, limit))
    if made:
        return made
    for path, data in usable.items():
        edited, line = seed(data)
        return (Canary(((path, edited),), ((path, line, _RULE),), _SAYS, crosses=False),)
    return ()


def _globs(read: Callable[[str], bytes | None], *keys: str) -> tuple[str, ...]:
    """Globs of what the settings at the root include or exclude: the compiler does not look at the rest."""
    table = node_files.table(read("tsconfig.json"))
    listed = [one for key in keys if isinstance(table.get(key), list) for one in table[key]]
    named = [one.removeprefix("./").rstrip("/") for one in listed if isinstance(one, str)]
    return tuple(glob for one in named for glob in (one, f"{one}/**"))


def _built(files: Iterable[str], read: Callable[[str], bytes | None]) -> dict[str, str]:
    """Packages that are imported as what they are built to, which `tsc.command` leads to their sources."""
    places = [path for path in files if path.rpartition("/")[2] == "tsconfig.json"]
    projects = [project for path in places if (project := tsconfig.load(read, path)) is not None]
    return {name: found[0] for name, found in built_packages.sources(read, projects).items()}


def _apart(found: list[Import], limit: int) -> Iterator[Import]:
    """Some of them, no two of which are about the same module."""
    seen: set[str] = set()
    for one in found:
        if one.path not in seen and len(seen) < limit:
            seen.add(one.path)
            yield one


def _planted(one: Import, usable: dict[str, bytes]) -> Canary:
    module, _ = _append(usable[one.path], f"export const {_CANARY}: number = 0;")
    user, line = _append(
        usable[one.by],
        f'import {{ {_CANARY} }} from "{one.named}";',
        f"export const {_CANARY}_x: string = {_CANARY};",
    )
    edits = ((one.path, module), (one.by, user))
    return Canary(edits, ((one.by, line + 1, _RULE),), _SAYS, crosses=True)


def _is_typed(path: str) -> bool:
    return path.endswith(node_files.TYPED) and not path.endswith((".d.ts", ".d.mts", ".d.cts"))


def _is_plain(data: bytes) -> bool:
    """Whether a line can be added to a module that is checked, and exported from it."""
    return _MODULE.search(data) is not None and not _NO_EXPORT.search(data) and _CANARY.encode() not in data


def _append(data: bytes, *lines: str) -> tuple[bytes, int]:
    newline = b"\r\n" if b"\r\n" in data else b"\n"
    if data and not data.endswith((b"\n", b"\r")):
        data += newline
    return data + b"".join(line.encode() + newline for line in lines), len(data.splitlines()) + 1
