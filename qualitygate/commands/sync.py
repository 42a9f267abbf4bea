"""`qualitygate sync`: copy the shared settings that `qualitygate.toml` extends, or say how the copies have drifted."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

from qualitygate import git
from qualitygate.bootstrap import writing
from qualitygate.checks.catalogue import TOOLS
from qualitygate.config import FILE_NAME, parse_toml
from qualitygate.errors import ConfigError, QualityGateError
from qualitygate.extension import Copy, Lock, by_hand, compile_extended, digest, join, read_lock, write_lock
from qualitygate.frozen import NamedTuple
from qualitygate.gate.policy import on_disk
from qualitygate.git import Repo
from qualitygate.locations import EXTENDED, LOCK
from qualitygate.sharing.gathering import Gathered, gather

_TEMP = ".qualitygate-sync"


class Synced(NamedTuple):
    """What was written and removed, and all the copies that are there now, the lowest first."""

    written: tuple[str, ...]
    removed: tuple[str, ...]
    copies: tuple[Copy, ...]
    newer: Mapping[str, str]


class Row(NamedTuple):
    """What there is to say of one copy ("" for all): it drifted, it could not be compared, or it is good to know."""

    copy: str
    kind: Literal["drift", "unknown", "told"]
    text: str


class Drift(NamedTuple):
    """How the copies compare with their sources."""

    copies: tuple[Copy, ...]
    rows: tuple[Row, ...]

    @property
    def verdict(self) -> Literal["in step", "drift", "undecided"]:
        kinds = {row.kind for row in self.rows}
        return "drift" if "drift" in kinds else "undecided" if "unknown" in kinds else "in step"


def sync(path: Path) -> Synced:
    """Write the copies and their lock. Raises QualityGateError and has written nothing, rather than lose an edit."""
    repo = git.find_repo(path)
    held, data, extend = _settings(repo)
    lock = read_lock(held.get(LOCK))
    if extend and git.is_ignored(repo, LOCK):
        raise QualityGateError(f"git ignores {LOCK}", hint=f"take {EXTENDED} out of .gitignore: the copies are tracked")
    with tempfile.TemporaryDirectory() as scratch:
        found = gather(extend, repo.root, Path(scratch))
    wanted = {**found.files, LOCK: write_lock(found.lock)} if extend else {}
    if extend:
        _refuse_broken(data, wanted, found)
    _refuse_moved(lock, found.lock)
    _refuse_edited(held, lock, wanted)
    old = [copy.place(file) for copy in lock.copies for file in copy.digests]
    removed = tuple(sorted(file for file in (*old, *([] if extend else [LOCK])) if file in held and file not in wanted))
    written = tuple(file for file in wanted if held.get(file) != wanted[file])  # the lock comes last
    for file in written:
        writing.check_place(repo.root, file)
    for file in written:
        writing.replace(repo.root, file, held.get(file), wanted[file], _TEMP)
    for file in removed:
        writing.remove(repo.root, file)
    folders = {EXTENDED.rstrip("/"), *(part for file in removed for part in _folders(file))}
    writing.remove_empty(repo.root, sorted(folders))
    return Synced(written, removed, found.lock.copies, found.newer)


def _folders(file: str) -> Iterator[str]:
    parts = file.split("/")
    return ("/".join(parts[:end]) for end in range(2, len(parts)))


def _settings(repo: Repo) -> tuple[dict[str, bytes], bytes, tuple[str, ...]]:
    """The copies on disk, the repository's own settings, and what these extend."""
    held = on_disk(repo.root)
    if FILE_NAME not in held:
        raise QualityGateError(f"there is no {FILE_NAME} here", hint="`qualitygate bootstrap .` writes one")
    data = held.pop(FILE_NAME)
    extend = parse_toml(data, file=FILE_NAME).get("extend", [])
    if not isinstance(extend, list) or not all(isinstance(one, str) for one in extend):
        raise ConfigError(
            f"{FILE_NAME}: extend: must be a list of strings", hint="docs/many-repositories.md shows some"
        )
    return held, data, tuple(extend)


def _refuse_broken(data: bytes, wanted: Mapping[str, bytes], found: Gathered) -> None:
    """Settings that would not load are named where they are from, before anything is written."""
    try:
        compile_extended(data, wanted, file=FILE_NAME, tools=tuple(TOOLS))
    except ConfigError as exc:
        said = exc.message
        for copy in found.lock.copies:
            said = said.replace(copy.place(copy.file), f"{copy.source}: {copy.file}")
        raise ConfigError(said, hint=exc.hint) from None


def _refuse_moved(old: Lock, new: Lock) -> None:
    before = {copy.source: copy.commit for copy in old.copies}
    for copy in new.copies:
        if copy.commit and before.get(copy.source, copy.commit) != copy.commit:
            raise QualityGateError(
                f"{copy.source}: the tag was at {before[copy.source]} and is at {copy.commit} now",
                hint=f"ask who moved it; to take it as it is now, delete {EXTENDED}{copy.name} and {LOCK}, then sync",
            )


def _refuse_edited(held: Mapping[str, bytes], lock: Lock, wanted: Mapping[str, bytes]) -> None:
    known = {copy.place(file): value for copy in lock.copies for file, value in copy.digests.items()}
    ours = {LOCK}
    edited = [
        file
        for file in sorted({*known, *wanted} - ours)
        if file in held and held[file] != wanted.get(file) and digest(held[file]) != known.get(file)
    ]
    if edited:
        raise QualityGateError(
            f"edited by hand, and not overwritten: {', '.join(edited)}",
            hint=f"what is your own belongs in {FILE_NAME}; delete the files to have them as they are shared",
        )


def check(path: Path) -> Drift:
    """Compare the copies with their lock, with what the settings extend, and with their sources. Writes nothing."""
    repo = git.find_repo(path)
    held, data, extend = _settings(repo)
    lock = read_lock(held.get(LOCK))
    rows = [Row("", "drift", f"{one} is not synced") for one in extend if one not in lock.extend]
    rows += [Row("", "drift", f"{one} is extended no more") for one in lock.extend if one not in extend]
    if not rows and extend != lock.extend:
        rows.append(Row("", "drift", f"the order in {FILE_NAME} is another one"))
    rows += [Row(_copy_of(what), "drift", what) for what in by_hand(lock, held)]
    if extend and not rows:
        joined = join(parse_toml(data, file=FILE_NAME), lock, held)
        rows += [Row(name, "told", f"overridden here: {key}") for key, name in sorted(joined.overridden.items())]
    return Drift(lock.copies, (*rows, *_against_sources(repo, lock)))


def _copy_of(what: str) -> str:
    return what.removeprefix(EXTENDED).partition("/")[0]


def _against_sources(repo: Repo, lock: Lock) -> Iterator[Row]:
    try:
        with tempfile.TemporaryDirectory() as scratch:
            found = gather(lock.extend, repo.root, Path(scratch))
    except ConfigError as exc:
        yield Row("", "unknown", exc.message)
        return
    new = {copy.name: copy for copy in found.lock.copies}
    for copy in lock.copies:
        now = new.pop(copy.name, None)
        if now is None or now.source != copy.source:
            yield Row(copy.name, "drift", "nothing extends it any more")
        elif now.commit != copy.commit:
            yield Row(copy.name, "drift", f"the tag was at {copy.commit} and is at {now.commit} now")
        elif now.digests != copy.digests:
            different = sorted({file for file, _ in now.digests.items() ^ copy.digests.items()})
            what = "the lock does not say what is there" if copy.commit else "its source has changed"
            yield Row(copy.name, "drift", f"{what}: {', '.join(different)}")
        if copy.name in found.newer:
            yield Row(copy.name, "told", f"newer: {found.newer[copy.name]}")
    yield from (
        Row(name, "drift", f"{copy.source} is extended there now, and not synced") for name, copy in new.items()
    )
