"""Sources of shared settings: a folder, a commit of another repository, an installed package. They are only read."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from importlib import metadata
from pathlib import Path

from qualitygate import git, git_remote
from qualitygate.errors import ConfigError, GitError
from qualitygate.frozen import NamedTuple
from qualitygate.sharing.address import Address

MOST_BYTES = 1 << 20
"""Of one file."""


class Source(NamedTuple):
    """One source, opened. `read` gives a file of it (None where there is none), `folder` the names in a folder.

    `commit`: which one it is, "" where it is not from git. `key`: what is the same source, however it was named.
    `newer`: what it has that is newer, in words.
    """

    address: Address
    key: str
    commit: str
    read: Callable[[str], bytes | None]
    folder: Callable[[str], tuple[str, ...]]
    newer: str = ""


def open_source(address: Address, root: Path, scratch: Path, where: str) -> Source:
    """Open a source; relative places count from `root`, `scratch` is for what is fetched. Raises ConfigError."""
    if address.kind == "git":
        return _git(address, root, scratch, where)
    if address.kind == "package":
        return _package(address, where)
    return _path(address, root, where)


def remote(address: Address, root: Path) -> str:
    """What git is to fetch from."""
    relative = address.place.startswith(".")
    return os.path.normpath(root / address.place) if relative else address.place


def _path(address: Address, root: Path, where: str) -> Source:
    place = Path(os.path.normpath(root.resolve() / address.place))
    if os.path.realpath(place) != os.fspath(place):
        raise ConfigError(f"{where}: {address.text}: a symbolic link is on the way", hint="name the real place")

    def read(path: str) -> bytes | None:
        file = place / path
        if not os.path.lexists(file):
            return None
        if os.path.realpath(file) != os.fspath(file) or not file.is_file():
            raise ConfigError(f"{where}: {address.text}: {path} is a link, or no regular file", hint="copy it there")
        return _bounded(file.read_bytes() if file.stat().st_size <= MOST_BYTES else None, path, address, where)

    def folder(path: str) -> tuple[str, ...]:
        here = place / path
        return tuple(sorted(os.listdir(here))) if here.is_dir() and not here.is_symlink() else ()

    return Source(address, f"path {place}/{address.file}", "", read, folder)


def _bounded(data: bytes | None, path: str, address: Address, where: str) -> bytes:
    if data is None:
        raise ConfigError(
            f"{where}: {address.text}: {path} is larger than {MOST_BYTES >> 10} KiB", hint="make it smaller"
        )
    return data


def pinned(address: Address, refs: Mapping[str, str], where: str) -> str:
    """The commit that a revision stands for: a tag, or a commit named in full. Raises ConfigError for what moves."""
    if address.is_commit:
        return address.rev
    if commit := refs.get(f"refs/tags/{address.rev}"):
        return commit
    said = f"{where}: {address.text}"
    moving = refs.get(f"refs/heads/{address.rev}") or (refs.get("HEAD") if address.rev == "HEAD" else None)
    if moving:
        raise ConfigError(
            f"{said}: `{address.rev}` is a branch, which moves", hint=f"name the commit it is at now: `@{moving}`"
        )
    if re.fullmatch(r"[0-9a-f]{4,63}", address.rev):
        raise ConfigError(f"{said}: `{address.rev}` is not a full commit id", hint="write all of its digits, or a tag")
    known = [name.removeprefix("refs/tags/") for name in refs if name.startswith("refs/tags/")]
    raise ConfigError(
        f"{said}: there is no tag `{address.rev}`",
        hint=f"its newest tags: {', '.join(newest(known)[:5])}" if known else "it has no tags: name a full commit",
    )


def newest(tags: list[str]) -> list[str]:
    """Tags that are versions, the newest first; the others behind them, by name."""
    return sorted(tags, key=lambda tag: (version(tag), tag), reverse=True)


def version(tag: str) -> tuple[int, ...]:
    """The numbers of a tag like `v1.4.0`; none for what is no released version."""
    found = re.fullmatch(r"(?:.*[^0-9.])?v?(\d+(?:\.\d+)*)", tag)
    return tuple(int(part) for part in found[1].split(".")) if found else ()


def _is_offline() -> bool:
    """Whether fetching is forbidden."""
    return bool(os.environ.get("QUALITYGATE_OFFLINE"))


def _ask_refs(address: Address, root: Path, scratch: Path, where: str) -> tuple[git.Repo, dict[str, str]]:
    """A repository to fetch into, and what the source has. Raises ConfigError where it does not answer."""
    if _is_offline() and address.protocol != "file":
        raise ConfigError(f"{where}: {address.text}: is not fetched while QUALITYGATE_OFFLINE is set")
    repo = git_remote.make_empty(scratch)
    try:
        return repo, git_remote.refs(repo, remote(address, root), address.protocol)
    except GitError as exc:
        raise ConfigError(f"{where}: {address.text}: {exc.message}", hint="is it there, and may you read it?") from None


def _git(address: Address, root: Path, scratch: Path, where: str) -> Source:
    repo, refs = _ask_refs(address, root, scratch, where)
    commit = pinned(address, refs, where)
    what = commit if address.is_commit else f"refs/tags/{address.rev}"
    try:
        fetched = git_remote.fetch(repo, remote(address, root), address.protocol, what)
    except GitError as exc:
        hint = "its server gives out tags only: tag that commit" if address.is_commit else ""
        raise ConfigError(f"{where}: {address.text}: {exc.message}", hint=hint) from None
    if fetched != commit:
        raise ConfigError(f"{where}: {address.text}: moved while it was fetched", hint="run it again")
    entries = git.entries(repo, fetched)

    def read(path: str) -> bytes | None:
        entry = entries.get(path)
        if entry is None:
            return None
        if not entry.is_file:
            raise ConfigError(f"{where}: {address.text}: {path} is a link, or no regular file", hint="copy it there")
        if git.sizes(repo, [entry.blob])[entry.blob] > MOST_BYTES:
            _bounded(None, path, address, where)
        return next(git.blobs(repo, [entry.blob]))[1]

    def folder(path: str) -> tuple[str, ...]:
        below = (name[len(path) + 1 :] for name in entries if name.startswith(f"{path}/"))
        return tuple(sorted({name.partition("/")[0] for name in below}))

    key = f"git {remote(address, root)} {commit} {address.file}"
    return Source(address, key, commit, read, folder, _newer(address, refs))


def _newer(address: Address, refs: Mapping[str, str]) -> str:
    """A later version, for a pin that is one; for a commit, where the default branch is now."""
    if address.is_commit:
        head = refs.get("HEAD", address.rev)
        return f"HEAD is at {head}" if head != address.rev else ""
    tags = [name.removeprefix("refs/tags/") for name in refs if name.startswith("refs/tags/")]
    later = [tag for tag in newest(tags) if version(tag) > version(address.rev) > ()]
    return f"{later[0]} is there" if later else ""


def _package(address: Address, where: str) -> Source:
    try:
        found = metadata.distribution(address.place)
    except metadata.PackageNotFoundError:
        raise ConfigError(
            f"{where}: {address.text}: {address.place} is not installed beside qualitygate",
            hint=f"install it where qualitygate is: pip install {address.place}=={address.rev}",
        ) from None
    if found.version != address.rev:
        raise ConfigError(
            f"{where}: {address.text}: version {found.version} of {address.place} is installed",
            hint=f"pip install {address.place}=={address.rev}, or name {found.version}",
        )
    # Only what the package says it has: what lies beside it belongs to others.
    files = {path.as_posix(): Path(str(found.locate_file(path))) for path in found.files or ()}

    def read(path: str) -> bytes | None:
        place = files.get(path)
        if place is None or not os.path.lexists(place):
            return None
        if place.is_symlink() or not place.is_file():
            raise ConfigError(f"{where}: {address.text}: {path} is a link, or no regular file", hint="copy it there")
        return _bounded(place.read_bytes() if place.stat().st_size <= MOST_BYTES else None, path, address, where)

    def folder(path: str) -> tuple[str, ...]:
        below = (name[len(path) + 1 :] for name in files if name.startswith(f"{path}/"))
        return tuple(sorted({name.partition("/")[0] for name in below}))

    return Source(address, f"package {address.place.lower()} {address.rev} {address.file}", "", read, folder)
