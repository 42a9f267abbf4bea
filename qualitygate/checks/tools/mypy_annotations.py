"""What mypy did not look into before somebody annotated it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from qualitygate.frozen import NamedTuple

if TYPE_CHECKING:
    import ast


class _Function(NamedTuple):
    annotations: int
    first: int
    last: int


def unseen(before: bytes, after: bytes) -> tuple[tuple[int, int], ...]:
    """First and last lines, in the text before, of the bodies of functions that have more annotations after.

    mypy passes over a function without any, and over what it cannot know of one with some.
    """
    was, now = _functions(before), _functions(after)
    return tuple(
        (one.first, one.last) for name, one in was.items() if name in now and now[name].annotations > one.annotations
    )


def has_untyped(data: bytes) -> bool:
    """Whether some function has no annotation at all."""
    return any(not one.annotations for one in _functions(data).values())


def _functions(data: bytes) -> dict[str, _Function]:
    """By dotted name; none of a text that this Python cannot parse."""
    import ast  # only for a change that has something to answer for
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    return dict(_walk(tree, ""))


def _walk(node: ast.AST, prefix: str) -> Iterator[tuple[str, _Function]]:
    import ast

    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
            name = f"{prefix}{child.name}"
            args = child.args
            every = [*args.posonlyargs, *args.args, *args.kwonlyargs, args.vararg, args.kwarg]
            count = sum(arg is not None and arg.annotation is not None for arg in every) + (child.returns is not None)
            yield name, _Function(count, child.body[0].lineno, child.end_lineno or child.body[-1].lineno)
            yield from _walk(child, f"{name}.")
        elif isinstance(child, ast.ClassDef):
            yield from _walk(child, f"{prefix}{child.name}.")
        else:
            yield from _walk(child, prefix)
