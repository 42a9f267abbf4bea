"""`qualitygate waive`: a person lets a rule pass at a place for a while; anybody, an agent too, may ask for it."""

from __future__ import annotations

import datetime
import getpass
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import tomlkit

from qualitygate import actor, git, git_config
from qualitygate.errors import ConfigError, QualityGateError
from qualitygate.frozen import NamedTuple
from qualitygate.git import Repo
from qualitygate.locations import SETTINGS, WAIVERS
from qualitygate.model import Waiver
from qualitygate.waivers import LONGEST, compile_waivers, read

USUAL = 90
"""Days that a waiver is granted for when nobody says."""
_HEADER = """\
# What may pass although it is found. A waiver counts once it stands on the trusted ref, until it expires.
# `qualitygate waive` writes this file; requests grant nothing, a person turns them into waivers.
schema = 1
"""


class Waivers(NamedTuple):
    """What the file in the work tree says, and today's date as it writes dates."""

    waivers: tuple[Waiver, ...]
    requests: tuple[Waiver, ...]
    today: str


class Waived(NamedTuple):
    """What was written, and whether it grants anything."""

    waiver: Waiver
    granted: bool


def list_waivers(path: Path) -> Waivers:
    """What is granted and what is asked for, as the work tree has it."""
    repo = git.find_repo(path)
    compiled = compile_waivers(_data(repo)) if _place(repo).exists() else {"waivers": [], "requests": []}
    rows = [tuple(Waiver(*row) for row in compiled[kind]) for kind in ("waivers", "requests")]
    return Waivers(rows[0], rows[1], _today().isoformat())


def request(path: Path, rule: str, place: str, *, reason: str, name: str = "") -> Waived:
    """Write down that somebody asks for a waiver. Raises QualityGateError without a reason."""
    repo = git.find_repo(path)
    asked = Waiver(rule, _relative(place), _reason(reason), "", name, actor.agent() or _who(repo))
    _write(repo, "request", asked, instead=())
    return Waived(asked, False)


def ask_a_person(*, terminal: bool) -> None:
    """Raises QualityGateError for an agent, and where no person can answer."""
    name = actor.agent()
    if name is not None:
        raise QualityGateError(
            f"only a person can grant a waiver, and this is run by an agent ({name})",
            hint="qualitygate waive --request RULE PATH --reason TEXT",
        )
    if not terminal:
        raise QualityGateError("only a person at a terminal can grant a waiver", hint="run it in a terminal")


def grant(path: Path, rule: str, place: str, *, reason: str, expires: str = "", name: str = "") -> Waived:
    """Write a waiver; a request for the same is taken out. Raises QualityGateError for a date that cannot be."""
    repo = git.find_repo(path)
    place = _relative(place)
    asked = [one for one in list_waivers(path).requests if (one.rule, one.path, one.name) == (rule, place, name)]
    reason = reason or (asked[0].reason if asked else "")
    waiver = Waiver(rule, place, _reason(reason), _day(expires), name, _who(repo))
    _write(repo, "waiver", waiver, instead=asked)
    return Waived(waiver, True)


def _day(text: str) -> str:
    day = _today() + datetime.timedelta(days=USUAL)
    if text:
        try:
            day = datetime.date.fromisoformat(text)
        except ValueError:
            raise QualityGateError(f"{text!r} is not a day", hint="--expires 2027-01-31") from None
    if not _today() <= day <= _today() + datetime.timedelta(days=LONGEST):
        raise QualityGateError(f"{day} is not within the next {LONGEST} days", hint="a waiver is for a while")
    return day.isoformat()


def _today() -> datetime.date:
    return datetime.datetime.now(datetime.timezone.utc).date()


def _reason(text: str) -> str:
    reason = " ".join(text.split())
    if not reason:
        raise QualityGateError("no reason was given", hint="--reason TEXT")
    return reason


def _relative(place: str) -> str:
    place = place.removeprefix("./")
    if place.startswith("/") or ".." in place.split("/"):
        raise QualityGateError(f"{place!r} is not a path in this repository", hint="give it from the repository's root")
    return place


def _who(repo: Repo) -> str:
    return git_config.value(repo, "user.name") or getpass.getuser()


def _place(repo: Repo) -> Path:
    return repo.root / WAIVERS


def _data(repo: Repo) -> bytes:
    place = _place(repo)
    if place.is_symlink() or not place.is_file():
        raise ConfigError(f"{WAIVERS} is not a regular file", hint="replace it with a file, or remove it")
    return place.read_bytes()


def _write(repo: Repo, kind: str, waiver: Waiver, *, instead: Sequence[Waiver]) -> None:
    if not (repo.root / SETTINGS).exists():
        raise QualityGateError(f"there is no {SETTINGS} here, so nothing to waive", hint="qualitygate bootstrap .")
    data = _data(repo) if _place(repo).exists() else _HEADER.encode()
    read(data)
    document = tomlkit.parse(data.decode("utf-8-sig"))
    asked: Any = document.get("request")
    for row in list(asked) if instead and asked is not None else ():
        if any((row["rule"], row["path"], row.get("name", "")) == (one.rule, one.path, one.name) for one in instead):
            asked.remove(row)
    if asked is not None and not len(asked):
        document.remove("request")
    rows = document.setdefault(kind, tomlkit.aot())
    table = tomlkit.table()
    for key in ("rule", "path", "name", "reason", "expires", "by"):
        if value := getattr(waiver, key):
            table.add(key, value)
    rows.append(table)
    text = tomlkit.dumps(document)
    compile_waivers(text.encode())
    place = _place(repo)
    place.parent.mkdir(exist_ok=True)
    ready = place.with_name(f".{place.name}.new")
    ready.write_text(text, encoding="utf-8")
    ready.replace(place)
