"""What is remembered of an agent's session in one work tree: where its turn began, how often it was kept from stopping.

It lies in the user's cache; without it the next stop is judged like any other.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

from qualitygate.frozen import NamedTuple
from qualitygate.gate.state import digest, read_json, write_json

_KEPT = 50


class Session(NamedTuple):
    """`tree` is the work tree as the turn began ("" if unknown), `refused` how many stops in a row were refused."""

    tree: str = ""
    refused: int = 0


def load(place: Path, agent: str, session: str) -> Session:
    """What is known of a session; nothing for one that never was here."""
    known = read_json(_file(place, agent, session))
    if not isinstance(known, dict):
        return Session()
    tree, refused = known.get("tree", ""), known.get("refused", 0)
    return Session(tree if isinstance(tree, str) else "", refused if isinstance(refused, int) else 0)


def save(place: Path, agent: str, session: str, known: Session) -> None:
    """Remember it; the oldest of many sessions are forgotten. A cache that cannot be written to is no obstacle."""
    with contextlib.suppress(OSError):
        write_json(_file(place, agent, session), known._asdict())
        files = sorted((place / "agents").glob("*.json"), key=lambda file: file.stat().st_mtime)
        for file in files[:-_KEPT]:
            file.unlink(missing_ok=True)


def _file(place: Path, agent: str, session: str) -> Path:
    return place / "agents" / f"{digest(agent, session)[:20]}.json"
