"""What the functions assert that tests share: in the same file, in one that the test imports, in a `conftest.py`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from qualitygate.checks.safeguards.inventory.case import Assertion, held
from qualitygate.checks.safeguards.inventory.places import is_test, language
from qualitygate.checks.safeguards.inventory.reading import read
from qualitygate.checks.safeguards.kept.pairing import last_part
from qualitygate.checks.safeguards.kept.sides import Placed, Side
from qualitygate.checks.safeguards.kept.touched import words
from qualitygate.checks.safeguards.protocol import Pair

_MOST_FILES = 30
_DEEP = 2
_SETS_UP = ("setup", "set_up", "asyncsetup", "before")


class Shared:
    """The functions beside the tests of one tree. `unchanged` says whether files that did not change are asked too."""

    def __init__(self, pair: Pair, side: Side, options: Mapping[str, Any], *, of_head: bool) -> None:
        self.pair, self.side, self.options = pair, side, options
        self.entries = pair.head if of_head else pair.base
        self.read = pair.read_head if of_head else pair.read_base
        self.facts = pair.head_facts if of_head else pair.base_facts
        self._imports: dict[str, str] = {}
        self._near: dict[str, list[Placed]] = {}

    def assertions(self, names: frozenset[str], path: str, deep: int = _DEEP) -> tuple[Assertion, ...]:
        """What the functions of these names assert, as a test in this file calls them; what they call counts too."""
        found: list[Assertion] = []
        for name in sorted(names):
            placed = self._find(name, path)
            if placed is None:
                continue
            reading = self._reading(placed)
            found.extend(reading.assertions)
            if deep > 1:
                found.extend(self.assertions(reading.calls - names, placed.path, deep - 1))
        return tuple(found)

    def text(self, placed: Placed) -> str:
        """All that a test runs, as far as its names tell: itself, what it calls beside it, and what sets it up."""
        found = {placed: None}
        new = [placed]
        for _ in range(_DEEP):
            named = words("\n".join(text_of(each) for each in new))
            near = (*(other for other in self.side.others if other.path == placed.path), *self._imported(placed.path))
            new = [other for other in near if other not in found and _is_named(other, named)]
            found.update(dict.fromkeys(new))
        return "\n".join(text_of(each) for each in found)

    def _reading(self, placed: Placed) -> Any:
        if placed.path in self.side.files:
            return self.side.reading(placed)
        return read(placed.case, language(placed.path), {})

    def _find(self, name: str, path: str) -> Placed | None:
        for placed in self.side.others:
            if last_part(placed.case.id) == name and placed.path == path:
                return placed
        for placed in self.side.others:
            if last_part(placed.case.id) == name and language(placed.path) == language(path):
                return placed
        if name not in self._source(path):
            return None
        return next((placed for placed in self._imported(path) if last_part(placed.case.id) == name), None)

    def _source(self, path: str) -> str:
        found = self._imports.get(path)
        if found is None:
            data = self.read(path)
            found = self._imports[path] = data.decode("utf-8", "replace") if data is not None else ""
        return found

    def _imported(self, path: str) -> list[Placed]:
        """Functions of unchanged test files that this one imports from, or of a `conftest.py` above it."""
        found = self._near.get(path)
        if found is None:
            found = [
                Placed(other, case)
                for other in list(self._candidates(path))[:_MOST_FILES]
                for case in held(self.facts(other)).others
            ]
            self._near[path] = found
        return found

    def _candidates(self, path: str) -> Iterator[str]:
        text = self._source(path)
        folder = path.rpartition("/")[0]
        for other in self.entries:
            if other in self.side.files or language(other) != language(path) or not is_test(other, self.options):
                continue
            name = other.rpartition("/")[2]
            stem = name.partition(".")[0]
            if stem in ("__init__", "index", "mod"):
                stem = other.rpartition("/")[0].rpartition("/")[2]
            if (
                (name == "conftest.py" and folder.startswith(other.rpartition("/")[0]))
                or (language(path) == "go" and other.rpartition("/")[0] == folder)
                or (stem and stem in text)
            ):
                yield other


def text_of(placed: Placed) -> str:
    """A test or helper as it is written, with its name and what stands around it."""
    return "\n".join((*placed.case.marks, placed.case.source, placed.case.id))


def _is_named(placed: Placed, named: frozenset[str]) -> bool:
    name = last_part(placed.case.id)
    return name in named or name.lower().startswith(_SETS_UP) or "autouse" in placed.case.source[:200]
