"""Records: which trees passed, against what. A record is valid for exactly the tuple it was made for."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from qualitygate.errors import GitError
from qualitygate.frozen import NamedTuple
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
    path = _path(shared, key)
    found = read_json(path)
    return not fault(path, found) and found["key"] == key_as_json(key)


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
    write_json(_path(shared, key), {**document, "seal": digest(document)})


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


def any_here(shared: Path) -> bool:
    """Whether a gate was ever set up in this clone: something is adopted, or was recorded."""
    return (shared / "adopted.json").exists() or (shared / "records").is_dir()


def is_trusted(shared: Path, tree: str) -> bool:
    """Whether `tree` passed against a base that was itself trusted.

    A record is only ever written for a verdict whose bases are the trusted ref's, adopted, or
    recorded in the same way, so that each chain of records ends in one of the first two.
    """
    start = adopted(shared)
    if start is not None and tree == start.tree:
        return True
    return any(not fault(path, read_json(path)) for path in of_tree(shared, tree))


def of_tree(shared: Path, tree: str) -> list[Path]:
    """The files that say that `tree` passed, valid or not."""
    return list((shared / "records" / tree).glob("*.json"))


def fault(path: Path, document: object) -> str:
    """Why a record that was read from `path` holds for nothing; "" for one that holds.

    It finds what was edited, renamed, torn or copied to another tree. Whoever may write there can also write one
    that has no fault: a record is evidence of what the gate did, and no proof against its own user.
    """
    if not isinstance(document, dict):
        return "it cannot be read"
    try:
        key = document["key"]
        named = Key(key["head"], tuple(key["bases"]), key["policy"], key["environment"])
        trees = {base["tree"] for base in document["bases"]}
        assumed = any(base["assumed"] for base in document["bases"])
        inside = {name: value for name, value in document.items() if name != "seal"}
    except (KeyError, TypeError):
        return "it is not one of ours"
    if named.head != path.parent.name:
        return "it was made for another tree"
    if path.stem != digest(*named) or document.get("seal") != digest(inside):
        return "it was edited"
    if assumed or trees != {tree for tree in named.bases if not tree.startswith("fork ")}:
        return "it does not say against what it passed"
    return ""
