"""Errors to plant, so that mypy proves that it looks, and that it looks at the judged tree."""

from __future__ import annotations

import keyword
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from qualitygate.frozen import NamedTuple

if TYPE_CHECKING:
    import ast

_SEED = "_qualitygate_seed"
_CANARY = "_qualitygate_canary"
_RULE = "mypy:assignment"
_TRIES = 3
_INITS = ("__init__.py", "__init__.pyi")


class Canary(NamedTuple):
    """Edits that must turn mypy red if imports resolve to the tree that holds them.

    Each of `expected` is (path, line, rule) of a finding, whose message contains `says`. `crosses` is
    False where there is only one module, so that no import could be tested.
    """

    edits: tuple[tuple[str, bytes], ...]
    expected: tuple[tuple[str, int, str], ...]
    says: str
    crosses: bool


def seed(path: str, data: bytes) -> tuple[bytes, int, str]:
    """The file with one certain type error, the error's line, and its rule.

    The error stands above all code, where nothing makes it unreachable. It is not reported if the
    configuration ignores errors of this file: that is for the caller to see.
    """
    made, line = _insert(data, f'{_SEED}: int = "seed"')
    return made, line, _RULE


def canaries(
    paths: Iterable[str], read: Callable[[str], bytes | None], asked: Iterable[str] | None = None, limit: int = 3
) -> tuple[Canary, ...]:
    """Ways to prove that imports resolve to the tree, best first.

    `paths` are the files of the tree, `asked` those that mypy is asked to check (all by default). One
    constant is added to a module, and imported as if it were of another type by a neighbour in its
    package and by a file outside, such as a test. Where imports lead elsewhere it is not there. With
    a single module all that is left is a seed.
    """
    files = sorted(path for path in paths if path.endswith(".py"))
    wanted = frozenset(files if asked is None else asked)
    looked_at = [path for path in files if path in wanted]
    found: list[Canary] = []
    for group in _by_package(files):
        one = _cross(group, files, looked_at, read)
        if one is not None:
            found.append(one)
        if len(found) == limit:
            break
    if found:
        return tuple(found)
    for path in looked_at:
        data = read(path)
        if data is not None and _is_plain(data):
            made, line, rule = seed(path, data)
            return (Canary(((path, made),), ((path, line, rule),), "", crosses=False),)
    return ()


def module_name(path: str, files: frozenset[str]) -> str:
    """The dotted name under which mypy knows a file: the folders above it count while they are packages."""
    folder, _, name = path.rpartition("/")
    stem = name.rsplit(".", 1)[0]
    parts = [] if stem == "__init__" else [stem]
    while folder and any(f"{folder}/{init}" in files for init in _INITS):
        folder, _, last = folder.rpartition("/")
        parts.insert(0, last)
    return ".".join(parts)


def _by_package(files: list[str]) -> list[list[str]]:
    """Files of one top-level package together, the largest package first, tests last; lone modules by folder."""
    known = frozenset(files)
    groups: dict[str, list[str]] = {}
    for path in files:
        folder = path.rpartition("/")[0]
        name = module_name(path, known)
        groups.setdefault(name.split(".")[0] if "." in name else folder + "/", []).append(path)
    return sorted(groups.values(), key=lambda group: (_is_test(group[0]), -len(group), group[0]))


def _is_test(path: str) -> bool:
    *folders, name = path.split("/")
    return name.startswith(("test_", "conftest.")) or any(f.startswith(("test", "example", "doc")) for f in folders)


def _cross(
    group: list[str], files: list[str], looked_at: list[str], read: Callable[[str], bytes | None]
) -> Canary | None:
    known = frozenset(files)
    inside = [path for path in group if path.rpartition("/")[2] not in _INITS]
    for path, data in islice(_usable(inside, read, known), _TRIES):
        users = _users(path, group, looked_at, read, known)
        if users:
            return _planted(path, data, users, module_name(path, known))
    return None


def _users(
    path: str, group: list[str], looked_at: list[str], read: Callable[[str], bytes | None], known: frozenset[str]
) -> list[tuple[str, bytes]]:
    """A neighbour and a stranger that can import the module and that mypy looks at, as far as there are any."""
    own = set(group)
    neighbours = [one for one in looked_at if one in own and one != path]
    module = module_name(path, known)
    at_top = module.count(".") == path.count("/")
    # Test folders and folders of scripts are on nobody's path, unless mypy looks there anyway.
    reachable = at_top or ("." in module and not _is_test(path)) or not own.isdisjoint(looked_at)
    strangers = sorted((one for one in looked_at if reachable and one not in own), key=lambda one: not _is_test(one))
    found = (next(_usable(some, read, known), None) for some in (neighbours, strangers))
    return [user for user in found if user is not None]


def _planted(path: str, data: bytes, users: list[tuple[str, bytes]], module: str) -> Canary:
    edits = [(path, _insert(data, f"{_CANARY}: int = 0")[0])]
    expected = []
    for user, text in users:
        made, line = _insert(text, f"from {module} import {_CANARY}", f"{_CANARY}_x: str = {_CANARY}")
        edits.append((user, made))
        expected.append((user, line + 1, _RULE))
    return Canary(tuple(edits), tuple(expected), 'expression has type "int"', crosses=True)


def _usable(
    paths: Iterable[str], read: Callable[[str], bytes | None], known: frozenset[str]
) -> Iterator[tuple[str, bytes]]:
    for path in paths:
        parts = module_name(path, known).split(".")
        if not all(part.isidentifier() and not keyword.iskeyword(part) for part in parts):
            continue
        data = read(path)
        if data is not None and _is_plain(data):
            yield path, data


def _is_plain(data: bytes) -> bool:
    """Whether a line can be added to a module, mypy would report it, and nothing answers for names it lacks."""
    import ast
    import re

    if re.search(rb"(?m)^#\s*(type:\s*ignore|mypy:.*ignore)", data) or _CANARY.encode() in data:
        return False
    body = _parsed(data)
    if body is None:
        return False
    functions = {node.name for node in body if isinstance(node, ast.FunctionDef)}
    return "__getattr__" not in functions


def _parsed(data: bytes) -> list[ast.stmt] | None:
    import ast
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(data).body
    except (SyntaxError, ValueError, RecursionError):
        return None


def _insert(data: bytes, *lines: str) -> tuple[bytes, int]:
    """The data with lines above its first statement, and the number of the first of them.

    Below a docstring and `__future__` imports, which must stay first; at the end of a file that does not parse.
    """
    newline = b"\r\n" if b"\r\n" in data else b"\n"
    old = data.splitlines(keepends=True)
    body = _parsed(data)
    at = len(old) if body is None else _first_line(body, len(old))
    before = b"".join(old[:at])
    if before and not before.endswith((b"\n", b"\r")):
        before += newline
    added = b"".join(line.encode() + newline for line in lines)
    if at == 0 and data.startswith(b"\xef\xbb\xbf"):
        return b"\xef\xbb\xbf" + added + data[3:], 1
    return before + added + b"".join(old[at:]), at + 1


def _first_line(body: list[ast.stmt], end: int) -> int:
    """How many lines stand above the first statement that is free to move."""
    import ast

    last = 0
    for number, node in enumerate(body):
        is_docstring = number == 0 and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if (is_docstring and isinstance(node.value.value, str)) or (  # type: ignore[attr-defined]  # as just asked
            isinstance(node, ast.ImportFrom) and node.module == "__future__"
        ):
            last = node.end_lineno or end
            continue
        first = min((d.lineno for d in getattr(node, "decorator_list", ())), default=node.lineno)
        return max(first - 1, last)
    return end
