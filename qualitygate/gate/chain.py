"""Whether the records of a span of commits hold: each unharmed, made for its place in history, in a chain that ends
in what is trusted. An audit asks all of it; a hook, which is waited for, whether the record is unharmed and in place.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from qualitygate.frozen import NamedTuple
from qualitygate.gate import records
from qualitygate.gate.state import read_json
from qualitygate.git_history import Commit
from qualitygate.model import Base

_CLOCKS_DIFFER = 24 * 3600
"""Seconds that a record may be ahead of this clock: machines disagree on the time, and zones are mistaken."""


class Record(NamedTuple):
    """What a passed verdict was about: its bases, the tier, and when."""

    bases: tuple[tuple[str, str], ...]  # tree and commit of each
    tier: str
    time: int


class Records(NamedTuple):
    """The records about some trees. `faults`: per tree why one of its records holds for nothing."""

    valid: Mapping[str, tuple[Record, ...]]
    faults: Mapping[str, str]


def read_records(shared: Path, trees: Collection[str]) -> Records:
    """The records of these trees, and of all that they rest on."""
    valid: dict[str, tuple[Record, ...]] = {}
    faults: dict[str, str] = {}
    left = list(trees)
    while left:
        tree = left.pop()
        if tree in valid:
            continue
        valid[tree], said = _read(shared, tree)
        if said:
            faults[tree] = said
        left += [base for record in valid[tree] for base, _ in record.bases]
    return Records(valid, faults)


def reader(shared: Path) -> Valid:
    """Reads the valid records of a tree when they are asked for, and each once."""
    known: dict[str, tuple[Record, ...]] = {}

    def valid(tree: str) -> tuple[Record, ...]:
        if tree not in known:
            known[tree], _ = _read(shared, tree)
        return known[tree]

    return valid


def _read(shared: Path, tree: str) -> tuple[tuple[Record, ...], str]:
    """The valid records of a tree, and why another one holds for nothing."""
    found, fault = [], ""
    for path in records.of_tree(shared, tree):
        document = read_json(path)
        if said := records.fault(path, document):
            fault = said
        else:
            found.append(_as_record(document))
    return tuple(found), fault


def _as_record(document: Mapping[str, Any]) -> Record:
    bases = tuple((str(base["tree"]), str(base["commit"])) for base in document["bases"])
    detail = document.get("detail", {})
    return Record(bases, str(detail.get("tier", "")), int(document.get("time", 0)))


def doubts(
    shared: Path, rows: Sequence[Commit], trusted: Collection[str], adopted: Base | None, now: float | None = None
) -> dict[str, str]:
    """Commit to why no record stands for it, for those that seem to have one; `rows` as `git_history.history` gives.

    `trusted` are commits on the trusted ref.
    """
    known = read_records(shared, {row.tree for row in rows})
    by_id = {row.id: row for row in rows}
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
        elif is_replayed(lambda tree: known.valid.get(tree, ()), row, by_id, start):
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


Valid = Callable[[str], Sequence[Record]]
"""The valid records of a tree."""

_DEEP = 50
"""How many commits in a row that followed no base of their records are looked through."""


def follows(records_: Sequence[Record], parents: Sequence[str]) -> bool:
    """Whether a commit with these parents was judged against one of them."""
    return any(commit in parents for record in records_ for _, commit in record.bases)


def is_replayed(valid: Valid, row: Commit, rows: Mapping[str, Commit], start: str, deep: int = _DEEP) -> bool:
    """Whether a tree passed earlier, and nothing was asked when it came to stand here: its old debt is back.

    What it passed against leads, over records, to the nearest tree below it that rightly stands there; `start` is the
    adopted one. A push asks about the whole span, whatever is below.
    """
    if follows(valid(row.tree), row.parents):
        return False
    before = _below(valid, row, rows, start, deep)
    if before is None or before == row.tree:
        return False
    seen, left = {row.tree}, [row.tree]
    while left:
        for record in valid(left.pop()):
            if record.tier not in ("commit", "edit"):
                return False
            for base, _ in record.bases:
                if base == before:
                    return False
                if base not in seen:
                    seen.add(base)
                    left.append(base)
    return True


def _below(valid: Valid, row: Commit, rows: Mapping[str, Commit], start: str, deep: int) -> str | None:
    """The nearest tree below that has a record and was not brought back itself; None where lines of commits meet."""
    while deep and len(row.parents) == 1 and row.parents[0] in rows:
        row = rows[row.parents[0]]
        is_recorded = row.tree == start or bool(valid(row.tree))
        if is_recorded and not is_replayed(valid, row, rows, start, deep - 1):
            return row.tree
    return None
