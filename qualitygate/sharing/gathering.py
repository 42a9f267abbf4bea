"""Follow `extend` from source to source: what is to be copied, the lowest first."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Mapping, Sequence
from pathlib import Path

from qualitygate.checks.tools.semgrep import own_rules
from qualitygate.config import FILE_NAME, parse_toml
from qualitygate.errors import ConfigError
from qualitygate.extension import MOST_FILES, Copy, Lock, digest, is_file_name
from qualitygate.frozen import NamedTuple
from qualitygate.rule_pack import documents
from qualitygate.sharing.address import Address, is_inside, parse
from qualitygate.sharing.sources import Source, open_source

_MOST = 16
"""Sources of one repository."""


class Gathered(NamedTuple):
    """The lock as it is to be, and every file of the copies by its path in the repository.

    `newer`: what a source has that is newer than its pin, by the name of the copy.
    """

    lock: Lock
    files: Mapping[str, bytes]
    newer: Mapping[str, str]


class _Walk:
    """What was met so far on the way through the sources."""

    def __init__(self, root: Path, scratch: Path) -> None:
        self.root = root
        self.scratch = scratch
        self.copies: list[Copy] = []
        self.files: dict[str, bytes] = {}
        self.rules: dict[str, str] = {}
        self.newer: dict[str, str] = {}
        self._known: set[str] = set()
        self._names: list[str] = []
        self._opened = 0

    def follow(self, text: str, where: str, by: str, above: Sequence[Source]) -> None:
        """Add what one entry of `extend` names, and below it what that one names."""
        source = self._open(parse(text, where), where, above)
        chain = [*(one.key for one in above), source.key]
        if source.key in chain[:-1]:
            texts = [one.address.text for one in above[chain.index(source.key) :]]
            raise ConfigError(
                f"{where}: {' -> '.join([*texts, text])} leads back to itself", hint="take one of them out"
            )
        if source.key in self._known:
            return
        self._known.add(source.key)
        data = _read(source, where)
        name = self._free(source.address.name)
        label = f"{text}: {source.address.file}"
        for entry in _extend(data, label):
            self.follow(entry, f"{label}: extend", name, (*above, source))
        found = {source.address.file.rpartition("/")[2]: data, **self._rules_of(source, where)}
        digests = {path: digest(content) for path, content in found.items()}
        copy = Copy(name, text, by, source.commit, source.address.file.rpartition("/")[2], digests)
        self.copies.append(copy)
        self.newer |= {name: source.newer} if source.newer else {}
        self.files |= {copy.place(path): content for path, content in found.items()}
        if len(self.files) > MOST_FILES:
            raise ConfigError(f"{where}: {text}: more than {MOST_FILES} files altogether", hint="share less")

    def _open(self, address: Address, where: str, above: Sequence[Source]) -> Source:
        self._opened += 1
        if self._opened > _MOST:
            raise ConfigError(f"{where}: more than {_MOST} sources", hint="share less")
        if address.kind == "path" and above:
            return _beside(address, above[-1], where)
        if address.place.startswith(".") and above:
            raise ConfigError(
                f"{where}: {address.text}: a relative repository means something else in each that extends this",
                hint="write its URL",
            )
        return open_source(address, self.root, self.scratch / str(self._opened), where)

    def _free(self, name: str) -> str:
        free = next(one for one in (name, *(f"{name}-{n}" for n in range(2, _MOST + 2))) if one not in self._names)
        self._names.append(free)
        return free

    def _rules_of(self, source: Source, where: str) -> dict[str, bytes]:
        """The rules for semgrep in the folder `rules/` beside the settings, with their tests."""
        folder = f"{source.address.file.rpartition('/')[0]}/rules".lstrip("/")
        found: dict[str, bytes] = {}
        for file in source.folder(folder):
            if not file.endswith((".yml", ".yaml", ".py")):
                continue
            if not is_file_name(f"rules/{file}"):
                raise ConfigError(f"{where}: {source.address.text}: {file!r} is no name for a rule", hint="rename it")
            data = source.read(f"{folder}/{file}")
            if data is None:
                continue  # a folder
            if not file.endswith(".py"):
                self.know_rules(data, f"{source.address.text}: {folder}/{file}")
            found[f"rules/{file}"] = data
        if len({path.lower() for path in found}) < len(found):
            raise ConfigError(f"{where}: {source.address.text}: names of rules differ only in case", hint="rename one")
        return found

    def know_rules(self, data: bytes, place: str) -> None:
        """Note the rules of a file; raises ConfigError for an id that another file has."""
        for rule in documents(data, file=place):
            ident = str(rule.get("id", ""))
            if not ident:
                raise ConfigError(f"{place}: rules: a rule without `id`", hint="give it one")
            if ident in self.rules:
                raise ConfigError(f"{place}: the rule {ident} is in {self.rules[ident]} too", hint="rename one of them")
            self.rules[ident] = place


def gather(extend: Sequence[str], root: Path, scratch: Path) -> Gathered:
    """All that `extend` of `qualitygate.toml` names. Raises ConfigError: who says what, and what to do about it."""
    walk = _Walk(root, scratch)
    for path in own_rules(os.fspath(root)):
        try:
            walk.know_rules((root / path).read_bytes(), path)
        except (ConfigError, OSError):
            continue  # the check itself says what is wrong with it
    for text in extend:
        walk.follow(text, f"{FILE_NAME}: extend", "", ())
    return Gathered(Lock(tuple(extend), tuple(walk.copies)), walk.files, walk.newer)


def _read(source: Source, where: str) -> bytes:
    data = source.read(source.address.file)
    if data is None:
        raise ConfigError(
            f"{where}: {source.address.text}: has no file {source.address.file}",
            hint="name it behind a `#`"
            if source.address.kind != "path"
            else "is the path right? it counts from the repository's root",
        )
    return data


def _extend(data: bytes, label: str) -> list[str]:
    found = parse_toml(data, file=label).get("extend", [])
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise ConfigError(f"{label}: extend: must be a list of strings", hint="correct it there")
    return found


def _beside(address: Address, above: Source, where: str) -> Source:
    """A path that shared settings name: it counts from them, and stays in their own source."""
    folder = above.address.file.rpartition("/")[0]
    path = posixpath.normpath(posixpath.join(folder, address.place, address.file))
    if not is_inside(path):
        raise ConfigError(
            f"{where}: {address.text}: leaves the source that names it", hint="keep what it extends beside it"
        )
    key = above.key.removesuffix(above.address.file) + path
    return above._replace(address=above.address._replace(text=address.text, file=path), key=key)
