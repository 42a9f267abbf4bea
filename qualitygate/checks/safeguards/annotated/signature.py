"""What is known of one function: the types of its parameters and of what it returns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from qualitygate.frozen import NamedTuple


class Signature(NamedTuple):
    """One function. `types` says per parameter, and for `return`, how it is annotated: "" for not at all.

    `body` is a digest of what it does, "" where that says nothing. `exempt` are parameters that need no type.
    """

    name: str
    line: int
    body: str
    types: Mapping[str, str]
    exempt: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether all that should have a type has one."""
        return all(text for name, text in self.types.items() if name not in self.exempt)


class Mark(NamedTuple):
    """A place where types are got round: `kind` of `KINDS`, in what (`where`), and the code there."""

    kind: str
    line: int
    where: str
    code: str


KINDS = ("any", "cast", "non-null", "escape")


def facts(signatures: Sequence[Signature], marks: Sequence[Mark]) -> dict[str, Any]:
    """As plain JSON."""
    return {
        "functions": [[one.name, one.line, one.body, dict(one.types), list(one.exempt)] for one in signatures],
        "marks": [list(mark) for mark in marks],
    }


def signatures(found: Mapping[str, Any] | None) -> tuple[Signature, ...]:
    """Back from JSON; of a file that is not there, or was not understood: none."""
    rows = (found or {}).get("functions", ())
    return tuple(Signature(row[0], row[1], row[2], row[3], tuple(row[4])) for row in rows)


def marks(found: Mapping[str, Any] | None) -> tuple[Mark, ...]:
    """The same for the places where types are got round."""
    return tuple(Mark(*row) for row in (found or {}).get("marks", ()))
