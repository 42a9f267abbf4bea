"""All that one tree states, as facts with the file that each stands in."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
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


_FIRST = frozenset(("pytest.toml", ".pytest.toml", "pytest.ini", ".pytest.ini"))
_THEN = ("pyproject.toml", "tox.ini", "setup.cfg")


def unheard(paths: Collection[str]) -> frozenset[str]:
    """Files whose settings of pytest count for nothing, because a file beside them goes before, even an empty one."""
    folders = {path.rpartition("/")[0] for path in paths if path.rpartition("/")[2] in _FIRST}
    found = (f"{folder}/{name}".lstrip("/") for folder in folders for name in _THEN)
    return frozenset(path for path in found if path in paths)


def obeyed(rows: Sequence[Placed], paths: Collection[str]) -> Sequence[Placed]:
    """Without what nobody reads in a tree of these paths."""
    left_out = unheard(paths)
    return [one for one in rows if one.fact.tool != "pytest" or one.path not in left_out]
