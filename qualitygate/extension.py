"""Settings that build on shared ones: the tracked copies and their lock, joined with the repository's own file."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from qualitygate.config import SCHEMA_NUMBER, WHAT_NOW, compile_table, parse_toml
from qualitygate.errors import ConfigError
from qualitygate.frozen import NamedTuple
from qualitygate.locations import EXTENDED, LOCK
from qualitygate.schema import ANY, Field, Schema, dotted, load

MOST_FILES = 200
"""How many files all shared settings of a repository may have together."""
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_FILE = re.compile(r"(rules/)?[A-Za-z0-9_][A-Za-z0-9._-]{0,99}")
_SYNC = "`qualitygate sync` writes it again; commit what it writes"

_LOCK: Schema = {
    "schema": Field("integer", "the number of this format", required=True, minimum=1),
    "extend": Field("strings", "what the settings named when this was written"),
    "source": Field(
        "tables",
        "where each copy is from, the lowest first",
        fields={
            "name": Field("string", "the folder of the copy", required=True),
            "from": Field("string", "as it is written after `extend`", required=True),
            "by": Field("string", "the shared settings that name it; the repository's own where it is left out"),
            "commit": Field("string", "the commit, where it is from git"),
            "file": Field("string", "the file with the settings", required=True),
            "files": Field("table", "every file of the copy and its digest", fields={ANY: Field("string", "a digest")}),
        },
    ),
}


class Copy(NamedTuple):
    """A tracked copy of shared settings: its folder below `.qualitygate/extended/`, and where it is from.

    `by` names the copy whose `extend` names this one, "" for the repository's own file. `digests` are those
    of its files, by their paths in its folder; `file` is the one with the settings.
    """

    name: str
    source: str
    by: str
    commit: str
    file: str
    digests: Mapping[str, str]

    def place(self, file: str) -> str:
        """The path of one of its files in the repository."""
        return f"{EXTENDED}{self.name}/{file}"


class Lock(NamedTuple):
    """What was copied, the lowest first, for which `extend` of the repository's own file."""

    extend: tuple[str, ...] = ()
    copies: tuple[Copy, ...] = ()


class Joined(NamedTuple):
    """Settings as one table. `origins`: who sets a key (`checks.ruff.tier`), for keys that shared settings set.

    `overridden`: keys of shared settings that the repository's own file sets otherwise, and whose they were.
    """

    table: Mapping[str, Any]
    origins: Mapping[str, str]
    overridden: Mapping[str, str]


def digest(data: bytes) -> str:
    """The digest of a file of a copy, the same however its lines end: git may write them as the user likes."""
    return "sha256:" + hashlib.sha256(data.replace(b"\r\n", b"\n")).hexdigest()


def read_lock(data: bytes | None) -> Lock:
    """The lock; an empty one for None. Raises ConfigError for one that is not as `write_lock` writes it."""
    if data is None:
        return Lock()
    try:
        raw = load(parse_toml(data, file=LOCK), _LOCK, file=LOCK)
    except ConfigError as exc:
        raise ConfigError(exc.message, hint=_SYNC) from None
    if raw["schema"] > SCHEMA_NUMBER:
        raise ConfigError(
            f"{LOCK}: schema: {raw['schema']} is newer than this version reads ({SCHEMA_NUMBER})",
            hint="upgrade qualitygate-toolkit",
        )
    copies = tuple(_copy(row) for row in raw["source"])
    if len({copy.name for copy in copies}) < len(copies):
        raise ConfigError(f"{LOCK}: source: two copies have one name", hint=_SYNC)
    return Lock(tuple(raw["extend"]), copies)


def _copy(row: Mapping[str, Any]) -> Copy:
    files = row["files"]
    for path in (row["file"], *files):
        if not NAME.fullmatch(row["name"]) or not is_file_name(path):
            raise ConfigError(f"{LOCK}: source.files: {row['name']}/{path} is no name for a copy", hint=_SYNC)
    if row["file"] not in files:
        raise ConfigError(f"{LOCK}: source.files: {row['name']} lacks {row['file']}", hint=_SYNC)
    return Copy(row["name"], row["from"], row.get("by", ""), row.get("commit", ""), row["file"], files)


def is_file_name(path: str) -> bool:
    """Whether a file of a copy may have this name, counted from its folder."""
    return _FILE.fullmatch(path) is not None and ".." not in path


def write_lock(lock: Lock) -> bytes:
    """The lock as TOML."""
    import tomlkit

    document = tomlkit.document()
    document.add(tomlkit.comment("Written by `qualitygate sync`; what it names is judged by, so it is tracked."))
    document.add("schema", tomlkit.item(SCHEMA_NUMBER))
    document.add("extend", tomlkit.item(list(lock.extend)))
    rows = tomlkit.aot()
    for copy in lock.copies:
        row = tomlkit.table()
        row.update({"name": copy.name, "from": copy.source})
        row.update({key: value for key, value in (("by", copy.by), ("commit", copy.commit)) if value})
        row.update({"file": copy.file, "files": dict(sorted(copy.digests.items()))})
        rows.append(row)
    document.add("source", rows)
    return tomlkit.dumps(document).encode("utf-8")


def compile_extended(
    data: bytes, extended: Mapping[str, bytes], *, file: str, tools: Collection[str]
) -> dict[str, Any]:
    """`qualitygate.toml` joined with the copies that it extends; see `config.compile_policy`.

    `extended` are the tracked files below `.qualitygate/extended/`. With copies the policy also has `origins`
    (key to the name of a copy), `extended` (the copies) and `notes` (which of them were changed by hand), and
    checks of semgrep have the texts of shared rules by their paths in the option `shared`.
    """
    try:
        raw = parse_toml(data, file=file)
    except ConfigError as exc:
        raise ConfigError(exc.message, hint=exc.hint or WHAT_NOW) from None
    asked = raw.get("extend")
    if not asked or not isinstance(asked, list):
        return compile_table(raw, file=file, tools=tools)
    lock = read_lock(extended.get(LOCK))
    if list(lock.extend) != asked:
        missing = next((one for one in asked if one not in lock.extend), "the order of its entries")
        raise ConfigError(
            f"{file}: extend: {missing} is not in {LOCK}", hint="`qualitygate sync`, then commit what it writes"
        )
    joined = join(raw, lock, extended, tools=tools)
    policy = compile_table(joined.table, file=file, tools=tools)
    rules = {path: extended[path].decode("utf-8", "replace") for path in rule_files(lock, extended)}
    for check in policy["checks"]:
        if check["tool"] == "semgrep" and rules:
            check["options"]["shared"] = rules
    return {
        **policy,
        "origins": dict(joined.origins),
        "extended": [{"name": one.name, "source": one.source, "commit": one.commit} for one in lock.copies],
        "notes": [f"{what}; `qualitygate sync --check` says more" for what in by_hand(lock, extended)],
    }


def join(raw: Mapping[str, Any], lock: Lock, extended: Mapping[str, bytes], *, tools: Collection[str] = ()) -> Joined:
    """The copies, the lowest first, and the repository's own settings on top. Raises ConfigError, naming the file.

    What the copies say is looked at closely only where `tools`, the names that have an adapter, are given.
    """
    table: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for copy in lock.copies:
        place = copy.place(copy.file)
        if place not in extended:
            raise ConfigError(f"{place} is missing", hint=_SYNC)
        shared = parse_toml(extended[place], file=place)
        table = _on_top(table, shared)
        if tools:
            compile_table(table, file=place, tools=tools)  # so that what is wrong with it is said of it
        origins.update(dict.fromkeys((key for key, _ in _leaves(shared)), copy.name))
    own = dict(_leaves({key: value for key, value in raw.items() if key != "extend"}))
    below = dict(_leaves(table))
    changed = {key: origins[key] for key, value in own.items() if key in below and value != below[key]}
    kept = {key: name for key, name in origins.items() if key not in own}
    return Joined(_on_top(table, raw), kept, changed)


def rule_files(lock: Lock, extended: Mapping[str, bytes]) -> tuple[str, ...]:
    """The files of the copies that hold rules for semgrep."""
    paths = (copy.place(file) for copy in lock.copies for file in copy.digests)
    return tuple(path for path in paths if path.endswith((".yml", ".yaml")) and path in extended)


def by_hand(lock: Lock, extended: Mapping[str, bytes]) -> Iterator[str]:
    """What in the copies is not as the lock has it, in words."""
    named = {copy.place(file): value for copy in lock.copies for file, value in copy.digests.items()}
    for path, value in named.items():
        if path not in extended:
            yield f"{path} is missing, which is shared settings"
        elif digest(extended[path]) != value:
            yield f"{path} was changed by hand"
    for path in sorted(set(extended) - set(named) - {LOCK}):
        yield f"{path} belongs to no shared settings"


def _on_top(table: Mapping[str, Any], upper: Mapping[str, Any]) -> dict[str, Any]:
    """Tables joined key by key; of anything else the upper one counts, whole. `extend` was followed already."""
    found = dict(table)
    for key, value in upper.items():
        if key == "extend":
            continue
        below = found.get(key)
        found[key] = _on_top(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return found


def _leaves(table: Mapping[str, Any], keys: Sequence[str] = ()) -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        here = (*keys, key)
        if isinstance(value, dict) and value:
            yield from _leaves(value, here)
        elif here not in (("schema",), ("extend",)):
            yield dotted(here), value
