"""What a person let through: a tree with its findings. It is never base, and it is never forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from qualitygate.frozen import NamedTuple
from qualitygate.gate.records import Key, key_as_json
from qualitygate.gate.state import digest, read_json, write_json
from qualitygate.model import Acceptance, Base, Finding


class Let(NamedTuple):
    """A tree that was let through, and what stood against it.

    `key` and `parents` say for which judgement; `undecided` are (check, reason). `by` are the
    people's words. `inherited`: nobody was asked for this tree, all of it was accepted in an ancestor.
    `fingerprints` are those of `findings`, in the same order.
    """

    key: Key
    parents: tuple[str, ...]
    findings: tuple[Finding, ...]
    undecided: tuple[tuple[str, str], ...]
    by: tuple[Acceptance, ...]
    inherited: bool = False
    fingerprints: tuple[str, ...] = ()


def _folder(shared: Path, tree: str) -> Path:
    return shared / "accepted" / tree


def write(shared: Path, let: Let) -> None:
    """Let a tree through. Raises OSError where that cannot be written."""
    document = {**let._asdict(), "schema": 1, "key": key_as_json(let.key), "by": [one._asdict() for one in let.by]}
    name = digest(*let.key, let.parents, let.inherited)
    write_json(_folder(shared, let.key.head) / f"{name}.json", document)


def lets(shared: Path, tree: str) -> list[Let]:
    """Everything by which this tree was let through, what a person said first."""
    found = (_read(path, tree) for path in sorted(_folder(shared, tree).glob("*.json")))
    return sorted((let for let in found if let is not None), key=lambda let: let.inherited)


def _read(path: Path, tree: str) -> Let | None:
    document = read_json(path)
    try:
        key = document["key"]
        let = Let(
            Key(key["head"], tuple(key["bases"]), key["policy"], key["environment"]),
            tuple(document["parents"]),
            tuple(Finding(*row) for row in document["findings"]),
            tuple((str(check), str(reason)) for check, reason in document["undecided"]),
            tuple(Acceptance(**one) for one in document["by"]),
            bool(document["inherited"]),
            tuple(document["fingerprints"]),
        )
    except (TypeError, KeyError, ValueError):
        return None  # torn, or not ours
    return let if let.key.head == tree and let.by else None


def is_accepted(shared: Path, tree: str) -> bool:
    """Whether a person let this tree through, for whatever commit."""
    return bool(lets(shared, tree))


def is_final(shared: Path, tree: str) -> bool:
    """Whether a person accepted it where nobody else will be asked: on the main branch, without a remote."""
    return any(one.final for let in lets(shared, tree) for one in let.by if one.tree == tree)


def any_here(shared: Path) -> bool:
    """Whether anything was ever accepted in this repository."""
    return (shared / "accepted").is_dir()


def everything(shared: Path) -> Iterator[Let]:
    """All that people let through themselves."""
    for folder in sorted((shared / "accepted").glob("*")):
        yield from (let for let in lets(shared, folder.name) if not let.inherited)


def permission(shared: Path, key: Key, parents: tuple[str, ...], accepted: tuple[Base, ...]) -> Let | None:
    """What lets exactly this judgement through without another look, or None.

    It holds for the commit that it was given for, and for that commit amended; not for the same tree
    brought back later, when what had been accepted was mended in between.
    """
    return next((let for let in _for_this(shared, key.head, parents, accepted) if let.key == key), None)


def _for_this(shared: Path, tree: str, parents: tuple[str, ...], accepted: tuple[Base, ...]) -> list[Let]:
    if not parents or not any_here(shared):
        return []
    amended = any(base.tree == tree for base in accepted)
    return [let for let in lets(shared, tree) if amended or let.parents == parents]


class Known(NamedTuple):
    """What a judgement may take as accepted, nearest first, and the checks that may stay undecided."""

    lets: tuple[Let, ...] = ()
    undecided: frozenset[str] = frozenset()


NOTHING = Known()


def known(shared: Path, tree: str, parents: tuple[str, ...], accepted: tuple[Base, ...]) -> Known:
    """What was accepted for this commit and in its ancestors. That a check was undecided is not inherited."""
    own = _for_this(shared, tree, parents, accepted)
    before = [let for base in accepted if base.tree != tree or not parents for let in lets(shared, base.tree)]
    return Known((*own, *before), frozenset(check for let in own for check, _ in let.undecided))
