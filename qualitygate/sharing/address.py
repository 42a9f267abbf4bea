"""Where shared settings are, as it is written after `extend`."""

from __future__ import annotations

import json
import re
from typing import Literal

from qualitygate.errors import ConfigError
from qualitygate.frozen import NamedTuple
from qualitygate.git_remote import PROTOCOLS

DEFAULT_FILE = "gate.toml"
_FORMS = '"../shared/gate.toml", "git+https://host/org/gate@v1.4.0", or "pkg:acme-gate==1.4.0#acme_gate/gate.toml"'
_URL = re.compile(r"(?P<protocol>[a-z]+)://(?P<host>[^/]*)(?P<path>/.*)")
_REV = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/+-]{0,200}")
_PACKAGE = re.compile(r"(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)==(?P<version>[A-Za-z0-9.+!_-]+)")
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


class Address(NamedTuple):
    """One source. `place`: a path, a URL or a package; `rev`: a tag, a commit or a version; `file` counts from it.

    `protocol` is what git fetches a URL over.
    """

    text: str
    kind: Literal["path", "git", "package"]
    place: str
    rev: str
    file: str
    protocol: str = ""

    @property
    def is_commit(self) -> bool:
        """Whether the revision is a full commit id, which stands for the same for ever."""
        return _COMMIT.fullmatch(self.rev) is not None

    @property
    def name(self) -> str:
        """What the copy is called, if nothing else is called so."""
        stem = self.file.rpartition("/")[2].removesuffix(".toml")
        folder = self.place.removesuffix(".git").rstrip("/").rpartition("/")[2]
        words = [folder] if stem in ("gate", "qualitygate") and folder else [stem]
        if self.kind != "path" and stem not in ("gate", "qualitygate"):
            words = [folder, stem]
        plain = re.sub(r"[^a-z0-9_-]+", "-", "-".join(words).lower()).strip("-_")
        return plain[:50] or "shared"


def parse(text: str, where: str) -> Address:
    """One entry of `extend`; raises ConfigError, naming `where` it stands, for one that is not understood."""
    said = f"{where}: {text if text.isprintable() else json.dumps(text)}"
    address, hash_, file = text.partition("#")
    if not text.isprintable() or "\\" in text or (hash_ and not is_inside(file)):
        raise ConfigError(f"{said}: is not a source", hint=f"write {_FORMS}")
    if address.startswith("git+"):
        return _git(text, address.removeprefix("git+"), file or DEFAULT_FILE, where, said)
    if address.startswith("pkg:"):
        found = _PACKAGE.fullmatch(address.removeprefix("pkg:"))
        if found is None or not file:
            raise ConfigError(
                f"{said}: names no exact version and file of a package",
                hint='write "pkg:acme-gate==1.4.0#acme_gate/gate.toml"',
            )
        return Address(text, "package", found["name"], found["version"], file)
    if hash_ or ":" in address.partition("/")[0] or address.startswith("~"):
        raise ConfigError(f"{said}: is not a source", hint=f"write {_FORMS}")
    if address.startswith("/"):
        raise ConfigError(f"{said}: must be relative: other machines have it elsewhere", hint=f"write {_FORMS}")
    folder, _, name = address.rpartition("/")
    if not name.endswith(".toml"):
        raise ConfigError(f"{said}: must name a file that ends in `.toml`", hint=f"write {_FORMS}")
    return Address(text, "path", folder or ".", "", name)


def _git(text: str, address: str, file: str, where: str, said: str) -> Address:
    found = _URL.fullmatch(address)
    if found is not None:
        protocol = found["protocol"]
        if protocol not in PROTOCOLS or found["host"].startswith("-") or "@-" in found["host"]:
            raise ConfigError(f"{said}: only {', '.join(PROTOCOLS)} can be fetched", hint=f"write {_FORMS}")
        if protocol == "https" and "@" in found["host"]:
            raise ConfigError(
                f"{where}: https://...@{found['host'].rpartition('@')[2]}: holds credentials, and this file is tracked",
                hint="take them out; git asks its credential helpers",
            )
        path, at, rev = found["path"].rpartition("@")
        place = f"{protocol}://{found['host']}{path if at else found['path']}"
    elif address.startswith(("./", "../")):
        protocol, (path, at, rev) = "file", address.rpartition("@")
        place = path if at else address
    else:
        raise ConfigError(f"{said}: is not a URL", hint=f"write {_FORMS}")
    if not at or not _REV.fullmatch(rev) or ".." in rev:
        raise ConfigError(f"{said}: names no revision", hint="put `@` and a tag or a full commit behind it")
    return Address(text, "git", place, rev, file, protocol)


def is_inside(path: str) -> bool:
    """Whether a path of a source stays in it."""
    return bool(path) and not path.startswith("/") and all(part not in ("", ".", "..") for part in path.split("/"))
