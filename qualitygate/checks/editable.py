"""Editable installs that map names to folders by an import hook: the mapping, read and not executed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from qualitygate.checks.environment import read_text
from qualitygate.frozen import NamedTuple


class Mapped(NamedTuple):
    """A place where an import hook finds code.

    Without `name` it is a folder that could as well stand on `sys.path`. With one it is the package or module that
    is imported under that name though its own is another; a module without `.py`.
    """

    place: str
    name: str = ""


def mapped(folder: str) -> Iterator[Mapped]:
    """What the hooks in a site-packages folder map.

    setuptools writes `__editable___NAME_finder.py` with a table `MAPPING`, the library `editables` (for hatchling and
    pdm-backend) `_editable_impl_NAME.py` with calls of `map_module`.
    """
    for entry in sorted(os.listdir(folder)):
        if entry.startswith(("__editable__", "_editable_")) and entry.endswith(".py"):
            for name, place in _pairs(read_text(os.path.join(folder, entry))):
                yield from _mapped(name.split("."), place)


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    import ast

    try:
        statements = ast.parse(text).body
    except (SyntaxError, ValueError):
        return
    for one in statements:
        pairs: Iterable[tuple[ast.expr | None, ast.expr]] = ()
        match one:
            case ast.Assign(targets=[ast.Name("MAPPING")], value=ast.Dict() as table):
                pairs = zip(table.keys, table.values, strict=True)
            case ast.AnnAssign(target=ast.Name("MAPPING"), value=ast.Dict() as table):
                pairs = zip(table.keys, table.values, strict=True)
            case ast.Expr(ast.Call(func=ast.Attribute(attr="map_module"), args=[name, place])):
                pairs = [(name, place)]
        for pair in pairs:
            match pair:
                case (ast.Constant(str() as module), ast.Constant(str() as where)):
                    yield module, where


def _mapped(parts: list[str], place: str) -> Iterator[Mapped]:
    bare = place.removesuffix("/__init__.py").removesuffix(".py")
    steps = bare.split("/")
    if steps[-len(parts) :] == parts:
        yield Mapped("/".join(steps[: -len(parts)]) or "/")
    elif len(parts) == 1:  # a name within another package cannot be had by a link
        yield Mapped(bare, parts[0])
