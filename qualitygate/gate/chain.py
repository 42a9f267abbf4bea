"""Whether the records of a span of commits hold: each unharmed, made for its place in history, in a chain that ends
in what is trusted. An audit asks all of it; a hook, which is waited for, only whether the record is unharmed.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from qualitygate.frozen import NamedTuple
from qualitygate.gate import records
from qualitygate.gate.state import read_json
from qualitygate.git_history import Commit
from qualitygate.model import Base

_CLOCKS_DIFFER = 24 * 3600
"""Seconds that a record may be ahead of this clock: machines disagree on the time, and zones are mistaken."""


class _Record(NamedTuple):
    bases: tuple[tuple[str, str], ...]  # tree and commit of each
    tier: str
    time: int


class Records(NamedTuple):
    """The records about some trees. `faults`: per tree why one of its records holds for nothing."""

    valid: Mapping[str, tuple[_Record, ...]]
    faults: Mapping[str, str]


def read_records(shared: Path, trees: Collection[str]) -> Records:
    """The records of these trees, and of all that they rest on."""
    valid: dict[str, tuple[_Record, ...]] = {}
    faults: dict[str, str] = {}
    left = list(trees)
    while left:
        tree = left.pop()
        if tree in valid:
            continue
        found = []
        for path in records.of_tree(shared, tree):
            document = read_json(path)
            if said := records.fault(path, document):
                faults[tree] = said
            else:
                found.append(_as_record(document))
        valid[tree] = tuple(found)
        left += [base for record in found for base, _ in record.bases]
    return Records(valid, faults)


def _as_record(document: Mapping[str, Any]) -> _Record:
    bases = tuple((str(base["tree"]), str(base["commit"])) for base in document["bases"])
    detail = document.get("detail", {})
    return _Record(bases, str(detail.get("tier", "")), int(document.get("time", 0)))


def doubts(
    shared: Path, rows: Sequence[Commit], trusted: Collection[str], adopted: Base | None, now: float | None = None
) -> dict[str, str]:
    """Commit to why no record stands for it, for those that seem to have one; `rows` as `git_history.history` gives.

    `trusted` are commits on the trusted ref.
    """
    known = read_records(shared, {row.tree for row in rows})
    trees = {row.id: row.tree for row in rows}
    start = adopted.tree if adopted else ""
    latest = (time.time() if now is None else now) + _CLOCKS_DIFFER
    found: dict[str, str] = {}
    for row in rows:
        if adopted is not None and row.id == adopted.commit:
            continue
        if not known.valid[row.tree] and row.tree != start:
            if row.tree in known.faults:
                found[row.id] = f"its record holds for nothing: {known.faults[row.tree]}"
        elif not _rests(known, row.tree, trusted, start):
            found[row.id] = "its record rests on nothing that is trusted"
        elif known.valid[row.tree] and all(record.time > latest for record in known.valid[row.tree]):
            found[row.id] = "its record is dated in the future"
        elif _is_replayed(known, row, trees, start):
            found[row.id] = "its record was made at another place in history, and the tree brought back"
    return found


def _rests(known: Records, tree: str, trusted: Collection[str], start: str) -> bool:
    """Whether a chain of records leads from a tree to what is trusted or adopted."""
    seen, left = {tree}, [tree]
    while left:
        one = left.pop()
        if one == start and start:
            return True
        for record in known.valid.get(one, ()):
            for base, commit in record.bases:
                if commit in trusted:
                    return True
                if base not in seen:
                    seen.add(base)
                    left.append(base)
    return False


def _is_replayed(known: Records, row: Commit, trees: Mapping[str, str], start: str) -> bool:
    """Whether a tree passed earlier, and nothing was asked when it followed this parent: its old debt is back.

    A push asks about the whole span, whatever the parent is.
    """
    before = trees.get(row.parents[0]) if len(row.parents) == 1 else None
    if before is None or before == row.tree or not (known.valid.get(before) or before == start):
        return False
    seen, left = {row.tree}, [row.tree]
    while left:
        for record in known.valid.get(left.pop(), ()):
            if record.tier not in ("commit", "edit"):
                return False
            for base, _ in record.bases:
                if base == before:
                    return False
                if base not in seen:
                    seen.add(base)
                    left.append(base)
    return True
