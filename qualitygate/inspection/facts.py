"""What inspection found in a repository, and where each fact stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from qualitygate.frozen import NamedTuple

Role = Literal["source", "test", "script", "migration", "generated", "vendored", "example", "docs"]
Kind = Literal["lint", "format", "type", "test", "build", "other"]


class Evidence(NamedTuple):
    """Where a fact was read: a line of a file, or the file as a whole (line 0)."""

    path: str
    line: int = 0
    text: str = ""


class Fact(NamedTuple):
    """One thing the repository has. `detail` is sorted (key, value) pairs: `select`, `strict`, ..."""

    name: str
    evidence: tuple[Evidence, ...]
    detail: tuple[tuple[str, Any], ...] = ()

    @property
    def files(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(e.path for e in self.evidence))


class Language(NamedTuple):
    """Size of one language: files, and lines as `splitlines` counts them."""

    files: int
    lines: int


class Call(NamedTuple):
    """A known tool that a command line itself starts, with the words after the program's name.

    `adapter` is the tool of ours that can run it as a check, empty for none.
    """

    tool: str
    kind: Kind
    arguments: tuple[str, ...] = ()
    adapter: str = ""


class GateCommand(NamedTuple):
    """One command that the project runs on itself. `runner` is what starts it: `github-actions`, `tox`, `make`, ...

    `tools` are those that it reaches, also through entry points of the project; `calls` what it starts itself.
    `steps` are the command lines behind the entry points that it names or belongs to (`make lint`: its recipe).
    """

    command: str
    kind: Kind
    tools: tuple[str, ...]
    runner: str
    name: str
    path: str
    line: int
    directory: str = ""
    calls: tuple[Call, ...] = ()
    steps: tuple[str, ...] = ()


class Pin(NamedTuple):
    """A tool version that the repository (or its environment) names."""

    tool: str
    version: str
    evidence: Evidence


class Environment(NamedTuple):
    """A Python environment inside the work tree. One that is tracked came with the clone and is `hostile`."""

    path: str
    python: str
    hostile: bool


class GitHook(NamedTuple):
    """A hook that git would really run here, and which manager wrote it (`script` for none that is known)."""

    name: str
    path: str
    manager: str


class Broken(NamedTuple):
    """A configuration file that cannot be parsed; line 0 where the parser names none."""

    path: str
    line: int
    reason: str


class Unreadable(NamedTuple):
    """A tracked file whose content was not, or not wholly, looked at."""

    path: str
    reason: str


class Member(NamedTuple):
    """One project among several in the repository. `kind` says who names it: `npm workspace`, `maven module`, ...

    `project` is one with a manifest of its own that no workspace names. `languages` are those of its code,
    most lines first; `package_managers` are called as in the facts.
    """

    path: str
    name: str
    kind: str
    languages: tuple[str, ...]
    package_managers: tuple[str, ...]
    evidence: tuple[Evidence, ...]


class Extended(NamedTuple):
    """Shared settings that `qualitygate.toml` extends; `settings` are the keys that they set here, sorted."""

    name: str
    source: str
    commit: str
    settings: tuple[str, ...]


class Hazards(NamedTuple):
    """Properties of the file list that trip tools."""

    symlinks: tuple[str, ...] = ()
    non_utf8: tuple[str, ...] = ()
    files_over_1mb: tuple[str, ...] = ()
    extensionless_scripts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything inspection knows. `roles` covers source code and documentation, not data files."""

    tracked_files: int = 0
    languages: Mapping[str, Language] = field(default_factory=dict)
    primary_language: str | None = None
    secondary_language: str | None = None
    package_managers: tuple[Fact, ...] = ()
    build_system: Fact | None = None
    min_runtime: Mapping[str, Fact | None] = field(default_factory=dict)
    frameworks: tuple[Fact, ...] = ()
    test_frameworks: tuple[Fact, ...] = ()
    linters: tuple[Fact, ...] = ()
    formatters: tuple[Fact, ...] = ()
    type_checkers: tuple[Fact, ...] = ()
    hook_managers: tuple[Fact, ...] = ()
    task_runners: tuple[Fact, ...] = ()
    ci: tuple[Fact, ...] = ()
    source_roots: tuple[str, ...] = ()
    test_roots: tuple[str, ...] = ()
    first_party_packages: tuple[Fact, ...] = ()
    generated_or_vendored_paths: tuple[Fact, ...] = ()
    dockerfiles: tuple[str, ...] = ()
    submodules: tuple[str, ...] = ()
    members: tuple[Member, ...] = ()
    """The projects of a monorepo, by path; none where the repository is one project at its top."""
    grounds: Mapping[str, tuple[Evidence, ...]] = field(default_factory=dict)
    """Evidence of bare names, by key of the JSON document and name: `source_roots.src`."""
    gate_commands: tuple[GateCommand, ...] = ()
    """Whether they pass now is not known: nothing was executed."""
    git_hooks: tuple[GitHook, ...] = ()
    python_files: tuple[str, ...] = ()
    roles: Mapping[str, Role] = field(default_factory=dict)
    environments: tuple[Environment, ...] = ()
    pinned_versions: tuple[Pin, ...] = ()
    broken_configuration: tuple[Broken, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    hazards: Hazards = field(default_factory=Hazards)
    extended: tuple[Extended, ...] = ()


def merge(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """Facts of the same name as one, in order of first mention, their evidence joined."""
    found: dict[str, Fact] = {}
    for fact in facts:
        old = found.get(fact.name, Fact(fact.name, ()))
        evidence = tuple(dict.fromkeys(old.evidence + fact.evidence))
        detail = tuple(sorted({**dict(fact.detail), **dict(old.detail)}.items()))
        found[fact.name] = Fact(fact.name, evidence, detail)
    return tuple(found.values())


def _evidence_json(evidence: Iterable[Evidence]) -> list[dict[str, Any]]:
    return [{"path": e.path, "line": e.line, "text": e.text} for e in evidence]


def _named(facts: Iterable[Fact]) -> list[dict[str, Any]]:
    return [
        {"name": f.name, "files": list(f.files), **{k: _plain(v) for k, v in f.detail}}
        | {"evidence": _evidence_json(f.evidence)}
        for f in facts
    ]


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _counts(roles: Mapping[str, Role]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for role in roles.values():
        counts[role] = counts.get(role, 0) + 1
    return dict(sorted(counts.items()))


def _scattered(facts: Facts) -> dict[str, Any]:
    """Evidence of what the contract shows as a bare name or a bare list of names."""
    found: dict[str, Any] = {key: _evidence_json(evidence) for key, evidence in facts.grounds.items()}
    if facts.build_system:
        found["build_system"] = _evidence_json(facts.build_system.evidence)
    for name, fact in facts.min_runtime.items():
        if fact:
            found[f"min_runtime.{name}"] = _evidence_json(fact.evidence)
    for key in ("frameworks", "first_party_packages", "generated_or_vendored_paths"):
        for fact in getattr(facts, key):
            found[f"{key}.{fact.name}"] = _evidence_json(fact.evidence)
    return found


_NAMED = (
    *("package_managers", "test_frameworks", "linters", "formatters", "type_checkers"),
    *("hook_managers", "task_runners", "ci"),
)
_BARE = ("frameworks", "first_party_packages", "generated_or_vendored_paths")
_ROWS = ("git_hooks", "environments", "broken_configuration", "unreadable")
_LISTS = ("source_roots", "test_roots", "dockerfiles", "submodules")


def _command(command: GateCommand) -> dict[str, Any]:
    calls = [{**call._asdict(), "arguments": list(call.arguments)} for call in command.calls]
    # Nothing was executed, so nobody knows whether it is green now; `bootstrap --json` does, of what it ran.
    row = {**command._asdict(), "tools": list(command.tools), "calls": calls, "steps": list(command.steps)}
    return {**row, "green_now": None}


def _member(member: Member) -> dict[str, Any]:
    lists = {key: list(getattr(member, key)) for key in ("languages", "package_managers")}
    return {**member._asdict(), **lists, "evidence": _evidence_json(member.evidence)}


def to_json(facts: Facts) -> dict[str, Any]:
    """The document that `inspect --json` prints, less its `schema` number."""
    document: dict[str, Any] = {
        "tracked_files": facts.tracked_files,
        "languages": {name: size._asdict() for name, size in facts.languages.items()},
        "primary_language": facts.primary_language,
        "secondary_language": facts.secondary_language,
        "build_system": facts.build_system.name if facts.build_system else None,
        "min_runtime": {name: fact.name if fact else None for name, fact in facts.min_runtime.items()},
    }
    document |= {key: _named(getattr(facts, key)) for key in _NAMED}
    document |= {key: [f.name for f in getattr(facts, key)] for key in _BARE}
    document |= {key: list(getattr(facts, key)) for key in _LISTS}
    document |= {key: [row._asdict() for row in getattr(facts, key)] for key in _ROWS}
    document["members"] = [_member(member) for member in facts.members]
    document["gate_commands"] = [_command(command) for command in facts.gate_commands]
    document["pinned_versions"] = [
        {"tool": p.tool, "version": p.version, **p.evidence._asdict()} for p in facts.pinned_versions
    ]
    document["roles"] = _counts(facts.roles)
    document["hazards"] = {key: list(value) for key, value in facts.hazards._asdict().items()}
    document["extended"] = [{**row._asdict(), "settings": list(row.settings)} for row in facts.extended]
    document["evidence"] = _scattered(facts)
    return document
