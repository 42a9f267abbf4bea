"""A table from names, or shell patterns of names, to what they mean."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Generic, TypeVar

T = TypeVar("T")


class Patterns(Generic[T]):
    """Looks names up: plain ones at once, the few patterns one by one."""

    def __init__(self, rows: Iterable[tuple[str, T]]) -> None:
        self._plain: dict[str, list[T]] = {}
        self._globs: list[tuple[str, T]] = []
        for pattern, value in rows:
            if "*" in pattern:
                self._globs.append((pattern, value))
            else:
                self._plain.setdefault(pattern, []).append(value)
        self._known: dict[str, tuple[T, ...]] = {}

    def find(self, name: str) -> tuple[T, ...]:
        """Everything that a name means, plain names first."""
        if name not in self._known:
            globs = [value for pattern, value in self._globs if fnmatchcase(name, pattern)]
            self._known[name] = (*self._plain.get(name, ()), *globs)
        return self._known[name]
