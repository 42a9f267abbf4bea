"""Where the gate keeps what it knows: the common git directory and the user's cache."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from qualitygate.frozen import NamedTuple
from qualitygate.git import Repo
from qualitygate.locations import snapshots


class State(NamedTuple):
    """`shared` is one directory for all worktrees of a repository, `worktree` a cache for this one alone."""

    shared: Path
    worktree: Path


def locate(repo: Repo) -> State:
    """The directories for this repository; none of them need exist."""
    name = repo.common_dir.parent.name if repo.common_dir.name == ".git" else repo.common_dir.name
    return State(
        shared=repo.common_dir / "qualitygate",
        worktree=Path(snapshots(f"{_safe(name)}-{_short(repo.common_dir)}", _short(repo.root))),
    )


def forget(state: State) -> None:
    """Throw away all that the gate knows here; nothing in this clone is trusted or recorded then."""
    import shutil

    for place in state:
        shutil.rmtree(place, ignore_errors=True)


def _short(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path.resolve())).hexdigest()[:12]


def _safe(name: str) -> str:
    return "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "_" for c in name)[:40]


def digest(*parts: Any) -> str:
    """A short stable digest of JSON-able parts."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=True, default=list)
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:40]


def read_json(path: Path) -> Any:
    """The document at `path`; None where there is none, or only a torn one."""
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None


def write_json(path: Path, document: Any, *, lasting: bool = True) -> None:
    """Replace the document at `path` in one step; whoever reads sees the old one or the new one, whole.

    What is not `lasting` may be torn by a power failure: it then counts as none, and is worked out again.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with open(temporary, "wb") as file:
        file.write(json.dumps(document, ensure_ascii=True).encode("ascii"))
        if lasting:
            file.flush()
            os.fsync(file.fileno())
    os.replace(temporary, path)
