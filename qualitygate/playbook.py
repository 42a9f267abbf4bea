"""What to do about one stack: `playbooks/<stack>/` as frozen types."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal, cast

from qualitygate.config import (
    OPTIONS,
    POLICIES,
    PUSH_TIME_LIMIT,
    SCHEMA_NUMBER,
    TIME_LIMIT,
    compile_check,
    parse_toml,
)
from qualitygate.errors import ConfigError
from qualitygate.frozen import NamedTuple
from qualitygate.globs import matches
from qualitygate.model import TIERS, Policy
from qualitygate.resources import data_dir
from qualitygate.schema import ANY, Field, Schema, dotted, load, refuse

if TYPE_CHECKING:
    from importlib.abc import Traversable

Role = Literal["test", "script", "migration", "generated", "vendored", "example", "docs"]

ROLES: tuple[Role, ...] = ("test", "script", "migration", "generated", "vendored", "example", "docs")


class Seed(NamedTuple):
    """Text that makes a rule fire when it is put into a file; `files` are globs of files that it fits into."""

    rule: str
    text: str
    files: tuple[str, ...] = ()


class PlaybookCheck(NamedTuple):
    """A check that the stack may get. `unconfigured`: it also runs where there is no `qualitygate.toml`.

    `known_as` is what `inspect` calls the tool. `when` "configured": only where inspection found it set up,
    else wherever there are files for it. `unless`: not where a check of one of these tools is set up.
    """

    name: str
    tool: str
    title: str
    reason: str
    policy: Policy
    tier: str
    options: Mapping[str, Any]
    unconfigured: bool
    known_as: str = ""
    when: Literal["configured", "files"] = "files"
    unless: tuple[str, ...] = ()


class Candidate(NamedTuple):
    """A ruff rule, or the prefix of a group of them, that calibration tries, and why it is worth having."""

    rule: str
    reason: str


class RoleProfile(NamedTuple):
    """What holds for files of one role: rules that do not apply, or `skip`, no look at the file at all."""

    role: Role
    files: tuple[str, ...]
    ignore: tuple[str, ...]
    skip: bool
    reason: str


class Thresholds(NamedTuple):
    """When findings on HEAD are few (at most `few`), and when many (more than that, and `many` per 1,000 lines)."""

    few: int
    many: int


class Playbook(NamedTuple):
    """One stack, or what holds for all (`always`). `mypy` holds its settings, where the project has none.

    `files` are names of files, or globs where there is a `/` in them.
    """

    stack: str
    title: str
    always: bool
    languages: tuple[str, ...]
    files: tuple[str, ...]
    checks: tuple[PlaybookCheck, ...]
    candidates: tuple[Candidate, ...]
    roles: tuple[RoleProfile, ...]
    thresholds: Thresholds
    mypy: Mapping[str, Any]
    seeds: tuple[Seed, ...]


_CHECK: Schema = {
    "tool": Field("string", "the tool that runs", required=True),
    "title": Field("string", "what a person calls it", required=True),
    "reason": Field("string", "why the stack has it", required=True),
    "policy": Field("choice", "see `qualitygate.toml`", default="ratchet", choices=POLICIES),
    "tier": Field("choice", "see `qualitygate.toml`", default="commit", choices=TIERS),
    "known_as": Field("string", "what `inspect` calls the tool; the tool's name where it is left out"),
    "when": Field(
        "choice",
        "`configured`: only where inspection found it set up; `files`: wherever there are files for it",
        default="files",
        choices=("configured", "files"),
    ),
    "unless": Field("strings", "not where a check of one of these tools is set up"),
    "unconfigured": Field("boolean", "whether it runs where there is no `qualitygate.toml`", default=False),
    "options": Field(
        "table",
        "what bootstrap starts from",
        fields={name: option.field._replace(default=None) for name, option in OPTIONS.items()},
    ),
}
_RULES: Schema = {ANY: Field("string", "why")}
_SETTINGS: Schema = {ANY: Field("value", "a setting")}

PLAYBOOK: Schema = {
    "schema": Field("integer", "the number of this format, `1`", required=True, minimum=1),
    "title": Field("string", "the stack's name in print", required=True),
    "when": Field(
        "table",
        "the stack is there when one of these is",
        required=True,
        fields={
            "always": Field("boolean", "in every repository", default=False),
            "languages": Field("strings", "names of languages, as `inspect` prints them"),
            "files": Field("strings", "names of tracked files, or globs where there is a `/` in them"),
        },
    ),
    "checks": Field("table", "the checks", fields={ANY: Field("table", "one check", fields=_CHECK)}),
    "calibration": Field(
        "table",
        "how findings on HEAD are judged",
        fields={
            "few": Field("integer", "up to so many findings are few", default=20, minimum=1),
            "many": Field("integer", "more than few, and so many per 1,000 lines, are many", default=5, minimum=1),
        },
    ),
    "ruff": Field(
        "table",
        "the rules to try",
        fields={
            "groups": Field("table", "groups that are tried whole", fields=_RULES),
            "rules": Field("table", "single rules; one is tried only if it has a seed", fields=_RULES),
            "roles": Field(
                "table",
                "what differs by role",
                fields={
                    role: Field(
                        "table",
                        "one role",
                        fields={
                            "files": Field("strings", "globs, where inspection names no files"),
                            "ignore": Field("strings", "rules that do not apply"),
                            "skip": Field("boolean", "look at none of these files", default=False),
                            "reason": Field("string", "why"),
                        },
                    )
                    for role in ROLES
                },
            ),
        },
    ),
    "mypy": Field(
        "table",
        "settings for mypy",
        fields={
            "settings": Field("table", "always", fields=_SETTINGS),
        },
    ),
}

SEEDS: Schema = {
    "seed": Field(
        "tables",
        "one seed",
        fields={
            "rule": Field("string", "tool and rule, `ruff:F401`", required=True),
            "text": Field("string", "what makes it fire", required=True),
            "files": Field("strings", "globs of the files that it can be put into; all that the tool looks at"),
        },
    )
}


def load_playbook(folder: Traversable, *, tools: Collection[str] | None = None) -> Playbook:
    """Read one `playbooks/<stack>/`; raises ConfigError that names file and key. `tools` are the known adapters."""
    stack = folder.name
    sown = (folder / "seeds.toml").is_file()
    seeds = load_seeds(_read(folder, "seeds.toml"), file=f"playbooks/{stack}/seeds.toml") if sown else ()
    file = f"playbooks/{stack}/playbook.toml"
    raw = load(parse_toml(_read(folder, "playbook.toml"), file=file), PLAYBOOK, file=file)
    ruff, mypy, when = raw["ruff"], raw["mypy"], raw["when"]
    return Playbook(
        stack=stack,
        title=raw["title"],
        always=when["always"],
        languages=tuple(when["languages"]),
        files=tuple(when["files"]),
        checks=_checks(raw["checks"], file, tools),
        candidates=_candidates(ruff["groups"], ruff["rules"], seeds, file),
        roles=_roles(ruff["roles"]),
        thresholds=Thresholds(**raw["calibration"]),
        mypy=mypy["settings"],
        seeds=seeds,
    )


def _read(folder: Traversable, name: str) -> bytes:
    found = folder / name
    if not found.is_file():
        raise ConfigError(f"playbooks/{folder.name}/{name}: is missing")
    return found.read_bytes()


def load_seeds(data: bytes, *, file: str) -> tuple[Seed, ...]:
    """The seeds of one file, each rule once; raises ConfigError."""
    rows = load(parse_toml(data, file=file), SEEDS, file=file)["seed"]
    problems, seen = [], set()
    for at, row in enumerate(rows):
        where = f"{file}: {dotted(('seed', at, 'rule'))}"
        if not re.fullmatch(r"[a-z][a-z0-9-]*:[\w.@/-]+", row["rule"]):
            problems.append(f"{where}: `{row['rule']}` is not `tool:rule`")
        if row["rule"] in seen:
            problems.append(f"{where}: `{row['rule']}` is there twice")
        seen.add(row["rule"])
    refuse(problems)
    return tuple(Seed(row["rule"], row["text"], tuple(row["files"])) for row in rows)


def _checks(tables: Mapping[str, Any], file: str, tools: Collection[str] | None) -> tuple[PlaybookCheck, ...]:
    known = tools if tools is not None else {table["tool"] for table in tables.values()}
    problems: list[str] = []
    found = []
    for name, table in tables.items():
        plain = {"tool": table["tool"], "policy": table["policy"], "tier": table["tier"], **table["options"]}
        check = compile_check(name, plain, file=file, tools=known, problems=problems)
        found.append(
            PlaybookCheck(
                name=name,
                tool=check["tool"],
                title=table["title"],
                reason=table["reason"],
                policy=cast(Policy, check["policy"]),
                tier=check["tier"],
                options=check["options"],
                unconfigured=table["unconfigured"],
                known_as=table.get("known_as", check["tool"]),
                when=table["when"],
                unless=tuple(table["unless"]),
            )
        )
    refuse(problems)
    return tuple(found)


def _candidates(
    groups: Mapping[str, str], rules: Mapping[str, str], seeds: tuple[Seed, ...], file: str
) -> tuple[Candidate, ...]:
    """The groups, and every ruff rule outside them that has a seed: without a seed it could not be proven."""
    found = [Candidate(group, reason) for group, reason in groups.items()]
    problems = []
    for seed in seeds:
        tool, _, code = seed.rule.partition(":")
        if tool != "ruff" or code.startswith(tuple(groups)):
            continue
        if code not in rules:
            problems.append(f"{file}: {dotted(('ruff', 'rules', code))}: is missing, but the rule has a seed")
        found.append(Candidate(code, rules.get(code, "")))
    refuse(problems)
    return tuple(found)


def _roles(tables: Mapping[str, Any]) -> tuple[RoleProfile, ...]:
    return tuple(
        RoleProfile(role, tuple(table["files"]), tuple(table["ignore"]), table["skip"], table.get("reason", ""))
        for role in ROLES
        if (table := tables[role])["ignore"] or table["skip"]
    )


def load_playbooks(*, tools: Collection[str] | None = None) -> tuple[Playbook, ...]:
    """Every playbook that ships with us, by name."""
    folders = [f for f in data_dir("playbooks").iterdir() if f.is_dir() and (f / "playbook.toml").is_file()]
    return tuple(load_playbook(folder, tools=tools) for folder in sorted(folders, key=lambda f: f.name))


def applies(playbook: Playbook, *, languages: Collection[str], paths: Iterable[str]) -> bool:
    """Whether the stack is there: one of its languages, or a tracked file with one of its names."""
    if playbook.always or any(language in languages for language in playbook.languages):
        return True
    names = {name for name in playbook.files if "/" not in name}
    patterns = tuple(name for name in playbook.files if "/" in name)
    return any(path.rpartition("/")[2] in names or matches(path, patterns) for path in paths)


def default_policy(playbooks: Iterable[Playbook]) -> dict[str, Any]:
    """The compiled policy of a repository without `qualitygate.toml`: see `config.compile_policy`."""
    checks: dict[str, dict[str, Any]] = {}
    for playbook in playbooks:
        for check in playbook.checks:
            if check.unconfigured:
                plain = {"tool": check.tool, "policy": check.policy, "tier": check.tier, "version": ""}
                checks.setdefault(check.name, {"name": check.name, **plain, "options": dict(check.options)})
    gate = {"time_limit": TIME_LIMIT, "push_time_limit": PUSH_TIME_LIMIT, "actor": "auto"}
    return {"schema": SCHEMA_NUMBER, "source": "playbook defaults", "gate": gate, "checks": list(checks.values())}
