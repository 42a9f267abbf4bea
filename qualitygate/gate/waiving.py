"""Which waivers count for a tree, and what they let pass. Only what stands on the trusted ref grants anything."""

from __future__ import annotations

import fnmatch
import time
from collections.abc import Iterable
from pathlib import Path

from qualitygate import git, globs
from qualitygate.frozen import NamedTuple
from qualitygate.gate.base import Bases
from qualitygate.gate.policy import PLACES, Compile, GatePolicy, load
from qualitygate.gate.state import digest, read_json, write_json
from qualitygate.git import Repo
from qualitygate.locations import WAIVERS
from qualitygate.model import Finding, Waiver


class Granted(NamedTuple):
    """Waivers that count today, and those that did."""

    waivers: tuple[Waiver, ...] = ()
    expired: tuple[Waiver, ...] = ()


def today() -> str:
    """The day, in UTC, as waivers write it."""
    return time.strftime("%Y-%m-%d", time.gmtime())


def granted(repo: Repo, shared: Path, bases: Bases, version: str, compile_: Compile) -> Granted:
    """What the trusted ref grants; where there is none, the nearest tree that is itself trusted."""
    nearest = bases.nearest[0]
    source = bases.granting or nearest.tree
    if nearest.assumed and not bases.granting:
        return Granted()
    kept = shared / "policy" / f"waivers-{digest(version, source)}.json"
    rows = read_json(kept)
    if not isinstance(rows, list):
        entries = git.entries_at(repo, git.tree_of(repo, source), *PLACES)
        rows = load(repo, shared, entries, version, compile_).waivers if WAIVERS in entries else []
        try:
            write_json(kept, rows, lasting=False)
        except OSError:
            pass  # a read-only clone asks again
    found = [Waiver(*row) for row in rows]
    day = today()
    return Granted(tuple(one for one in found if one.expires >= day), tuple(one for one in found if one.expires < day))


def covers(waiver: Waiver, finding: Finding) -> bool:
    """Whether a waiver, or a request, is about this finding."""
    return (
        fnmatch.fnmatchcase(finding.rule, waiver.rule)
        and globs.matches(finding.path, (waiver.path,))
        and waiver.name in ("", finding.name)
    )


def notes(found: Granted) -> tuple[str, ...]:
    """What every report says of waivers, until they are taken out."""
    force = [f"waived until {one.expires}: {_what(one)} ({one.reason})" for one in found.waivers]
    return (*force, *(f"the waiver for {_what(one)} expired on {one.expires}" for one in found.expired))


def _what(waiver: Waiver) -> str:
    return f"{waiver.rule} in {waiver.path}" + (f", {waiver.name}" if waiver.name else "")


GRANTED_BY_AGENT = "gate:waiver"


def added(head: GatePolicy, known: Iterable[Waiver], actor: str) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
    """Waivers that come with this change: a finding each for an agent, which may ask and not grant, else a note."""
    before = set(known)
    new = [one for one in head.waivers if one not in before]
    if actor != "agent":
        when = "it counts once it stands on the trusted ref"
        return (), tuple(f"settings changed: a waiver for {_what(one)} until {one.expires}; {when}" for one in new)
    fix = "take it out, and ask for it: qualitygate waive --request RULE PATH --reason TEXT"
    said = "a waiver for {}: to grant one is a person's decision"
    return tuple(
        Finding("gate", GRANTED_BY_AGENT, WAIVERS, 0, 0, 0, 0, said.format(_what(one)), fix=fix, name=_what(one))
        for one in new
    ), ()
