"""Records: which trees passed, against what. A record is valid for exactly the tuple it was made for."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from qualitygate.errors import GitError
from qualitygate.gate.state import digest, read_json, write_json
from qualitygate.model import Base

ADOPTED = "adopted"
RECORDED = "last record"


class Key(NamedTuple):
    """What a verdict depends on: both sides, the policy, and the environment it was reached in."""

    head: str
    bases: tuple[str, ...]
    policy: str
    environment: str


def _path(shared: Path, key: Key) -> Path:
    return shared / "records" / key.head / f"{digest(*key)}.json"


def exists(shared: Path, key: Key) -> bool:
    """Whether exactly this verdict was passed before."""
    found = read_json(_path(shared, key))
    return isinstance(found, dict) and found.get("key") == key_as_json(key)


def key_as_json(key: Key) -> dict[str, Any]:
    """The key as it stands in a document."""
    return {"head": key.head, "bases": sorted(key.bases), "policy": key.policy, "environment": key.environment}


def make_key(head: str, bases: tuple[Base, ...], policy: str, environment: str, forks: tuple[Base, ...] = ()) -> Key:
    """The key for a verdict on `head` against these bases, whatever their order; `forks` as in `gate.base`."""
    trees = {base.tree for base in bases} | {f"fork {fork.tree}" for fork in forks}
    return Key(head, tuple(sorted(trees)), policy, environment)


def write(shared: Path, key: Key, bases: tuple[Base, ...], detail: Mapping[str, Any]) -> None:
    """Leave a record of a passed verdict. `detail` holds engines, versions and counts."""
    document = {
        "schema": 1,
        "key": key_as_json(key),
        "bases": [base._asdict() for base in bases],
        "detail": dict(detail),
        "time": int(time.time()),
    }
    write_json(_path(shared, key), document)


def adopted(shared: Path) -> Base | None:
    """The tree that was taken as it is when the gate was set up, or None.

    Raises GitError when that is written down but cannot be read: taking HEAD instead would launder
    whatever was committed without the gate.
    """
    path = shared / "adopted.json"
    found = read_json(path)
    if isinstance(found, dict) and isinstance(found.get("tree"), str) and found["tree"]:
        return Base(found["tree"], str(found.get("commit", "")), ADOPTED)
    if not path.exists():
        return None
    raise GitError(
        f"{path} cannot be read: what was adopted here is not known", hint=f"rm {path} && qualitygate install"
    )


def adopt(shared: Path, commit: str, tree: str) -> None:
    """Trust `tree` as it is."""
    write_json(shared / "adopted.json", {"schema": 1, "commit": commit, "tree": tree, "time": int(time.time())})


def is_trusted(shared: Path, tree: str) -> bool:
    """Whether `tree` passed against a base that was itself trusted.

    A record is only ever written for a verdict whose bases are the trusted ref's, adopted, or
    recorded in the same way, so that each chain of records ends in one of the first two.
    """
    start = adopted(shared)
    if start is not None and tree == start.tree:
        return True
    return any(_is_about(read_json(path), tree) for path in (shared / "records" / tree).glob("*.json"))


def _is_about(document: object, tree: str) -> bool:
    key = document.get("key") if isinstance(document, dict) else None
    return isinstance(key, dict) and key.get("head") == tree
