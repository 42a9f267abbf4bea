"""All that one tree states, as facts with the file that each stands in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from qualitygate.checks.safeguards.stated.fact import Fact, stated
from qualitygate.frozen import NamedTuple


class Placed(NamedTuple):
    """A fact and its file."""

    path: str
    fact: Fact

    @property
    def folder(self) -> str:
        return self.path.rpartition("/")[0]


class Loss(NamedTuple):
    """Something that head is weaker in: what kind of loss, where it shows, and what to say of it."""

    rule: str
    path: str
    line: int
    message: str
    name: str


def placed(facts: Any, paths: Iterable[str]) -> Sequence[Placed]:
    """The facts of these files of a tree."""
    return [Placed(path, fact) for path in paths for fact in stated(facts(path))]
