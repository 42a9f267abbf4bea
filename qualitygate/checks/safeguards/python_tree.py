"""Python parsed once for all checks that compare it: parsing is most of what they cost."""

from __future__ import annotations

import threading
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ast


_LOCK = threading.Lock()
"""Checks run side by side: two that ask at once would both parse."""


def parse(data: bytes) -> ast.Module | str:
    """The tree, not to be changed; why there is none, where it cannot be parsed."""
    with _LOCK:
        return _parsed(data)


@lru_cache(maxsize=4)
def _parsed(data: bytes) -> ast.Module | str:
    import ast

    try:
        return ast.parse(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as exc:
        return f"cannot be parsed: {type(exc).__name__}"
