"""Violations put into copies of existing files, to see that a check turns red where it should."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from qualitygate.bootstrap import semgrep_seeds
from qualitygate.bootstrap.plan import PlannedCheck
from qualitygate.bootstrap.pytest_seeds import broken_modules, failing_tests
from qualitygate.checks.tools.mypy_config import asked_for
from qualitygate.checks.tools.mypy_seeds import canaries
from qualitygate.gate.policy import FILE
from qualitygate.inspection.facts import Facts
from qualitygate.model import Check, Entries
from qualitygate.playbook import Seed

_HOSTS_PER_ROLE = 3
"""Files tried per role: the first may be one that the project's own settings leave out."""


class Expected(NamedTuple):
    """A finding that must appear: its rule, in a file ("": in any), at or after a line, and words of its message."""

    rule: str
    path: str
    line: int
    says: str = ""


class Planting(NamedTuple):
    """Files with seeds in them, and what has to be found. `more`: trees of their own, for seeds that hide others.

    Of each group at least one finding is enough: a group is one rule, or one role of file. Without
    the groups in `required` nothing is proven, whatever else turns red.
    """

    files: Mapping[str, bytes]
    groups: Mapping[str, tuple[Expected, ...]]
    required: tuple[str, ...] = ()
    more: tuple[Planting, ...] = ()


class Ground(NamedTuple):
    """Where seeds can be put: the tree that is tried, how to read it, and the role of each file."""

    entries: Entries
    read: Callable[[str], bytes | None]
    facts: Facts
    seeds: Sequence[Seed]


def plant(check: PlannedCheck, as_check: Check, ground: Ground, wants: Sequence[str]) -> Iterator[Planting]:
    """Ways to seed one check, best first; each is tried until one is found out. `wants` are the files it looks at."""
    if check.tool == "ruff":
        yield from _ruff(check, ground, wants)
    elif check.tool == "semgrep":
        yield from _semgrep(check, ground, wants)
    elif check.tool == "ruff-format":
        yield from _appended(ground, wants, 'qualitygate_seed = {   "a":1 }\n', "ruff-format:unformatted")
    elif check.tool == "mypy":
        yield from _mypy(as_check, ground, wants)
    elif check.tool == "pytest":
        yield from _pytest(ground, wants)
    elif check.tool == "markers":
        yield from _appended(ground, wants, f"{'<' * 7} ours\n{'=' * 7}\n{'>' * 7} theirs\n", "builtin:merge-marker")
    elif check.tool == "secrets":
        # Put together here, so that no scanner finds it in this file.
        yield from _appended(ground, wants, f'key = "AKIA{"Q3EGRWZ7LDTXKB5N"}"\n', "secrets:aws-access-key")
    elif check.tool == "large-files":
        yield from _large(as_check, wants)
    elif check.tool == "syntax":
        yield from _syntax(ground, wants)


def _by_role(ground: Ground, wants: Sequence[str], accept: Callable[[bytes], bool]) -> dict[str, list[str]]:
    """Up to a few files per role, those of middling size first: neither empty nor the largest."""
    found: dict[str, list[str]] = {}
    roles = ground.facts.roles
    for path in wants:
        role = roles.get(path, "other")
        if (
            path == FILE
            or role in ("vendored", "generated", "migration")
            or len(found.get(role, ())) >= _HOSTS_PER_ROLE
        ):
            continue
        data = ground.read(path)
        if data and accept(data):
            found.setdefault(role, []).append(path)
    return found


def _parses(data: bytes) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _ended(data: bytes) -> tuple[bytes, int]:
    """The file with a final newline, and the number of its lines."""
    if not data.endswith(b"\n"):
        data += b"\n"
    return data, data.count(b"\n")


def _ruff(check: PlannedCheck, ground: Ground, wants: Sequence[str]) -> Iterator[Planting]:
    hosts = _by_role(ground, [path for path in wants if path.endswith(".py")], _parses)
    seeds = [seed for seed in ground.seeds if seed.rule.startswith("ruff:")]
    if check.rules:
        seeds = [seed for seed in seeds if seed.rule.removeprefix("ruff:") in check.rules]
    files: dict[str, bytes] = {}
    groups: dict[str, list[Expected]] = {}
    for role, paths in hosts.items():
        for path in paths:
            data, line = _ended(ground.read(path) or b"")
            for number, seed in enumerate(seeds):
                text = seed.text.replace("_seeded", f"_seeded_{number}").strip("\n").encode()
                expected = Expected(seed.rule, path, line + 1)
                data, line = _ended(data + b"\n\n" + text)
                groups.setdefault(f"files of role {role}", []).append(expected)
                if check.rules:
                    groups.setdefault(seed.rule, []).append(expected)
            files[path] = data
    if files:
        yield Planting(files, {name: tuple(rows) for name, rows in groups.items()})


def _semgrep(check: PlannedCheck, ground: Ground, wants: Sequence[str]) -> Iterator[Planting]:
    """What the test of each rule says must be found, in files of every role; each rule has to find its own."""
    texts = semgrep_seeds.examples(check.options.get("rules", ()), ground.entries, ground.read)
    files: dict[str, bytes] = {}
    groups: dict[str, list[Expected]] = {f"semgrep:{rule}": [] for rule in texts}
    for role, paths in _by_role(ground, [path for path in wants if path.endswith(".py")], _parses).items():
        for path in paths:
            data, line = _ended(ground.read(path) or b"")
            for rule, text in texts.items():
                expected = Expected(f"semgrep:{rule}", path, line + 1)
                data, line = _ended(data + b"\n\n" + text.encode())
                groups[f"semgrep:{rule}"].append(expected)
                groups.setdefault(f"files of role {role}", []).append(expected)
            files[path] = data
    if files:
        yield Planting(files, {name: tuple(rows) for name, rows in groups.items()})


def _mypy(check: Check, ground: Ground, wants: Sequence[str]) -> Iterator[Planting]:
    """One module changed, and others that import it: red only where imports lead to the tree that is judged."""
    for canary in canaries(wants, ground.read, asked_for(wants, ground.read, check.options)):
        rows = {f"{rule} at {path}": (Expected(rule, path, line, canary.says),) for path, line, rule in canary.expected}
        yield Planting(dict(canary.edits), rows, tuple(rows)[:1])


def _pytest(ground: Ground, wants: Sequence[str]) -> Iterator[Planting]:
    """A test that fails, and product code that is broken: red only where tests run the code that is judged."""
    files = failing_tests(wants, ground.read)
    rows = tuple(Expected("pytest:failed", path, 0, "test_qualitygate_seed") for path in files)
    if not rows:
        return
    for broken in broken_modules(wants, ground.read, ground.facts.source_roots):
        groups = {"broken product code": (Expected("pytest:failed", "", 0),)}
        second = Planting(broken, groups)
        yield Planting(files, {"a failing test": rows}, ("a failing test", "broken product code"), (second,))


def _appended(ground: Ground, wants: Sequence[str], text: str, rule: str) -> Iterator[Planting]:
    hosts = _by_role(ground, wants, lambda data: b"\0" not in data and len(data) < 200_000)
    files: dict[str, bytes] = {}
    groups: dict[str, tuple[Expected, ...]] = {}
    for role, paths in hosts.items():
        for path in paths:
            data, line = _ended(ground.read(path) or b"")
            files[path] = data + text.encode()
            groups[f"files of role {role}"] = (*groups.get(f"files of role {role}", ()), Expected(rule, path, line + 1))
    if files:
        yield Planting(files, groups)


def _large(check: Check, wants: Sequence[str]) -> Iterator[Planting]:
    limit = int(check.options.get("max_kib", 1024))
    host = next((path for path in wants if "." in path.rsplit("/", 1)[-1]), None)
    if host is not None:
        data = b"x" * 1023 + b"\n"
        yield Planting({host: data * (limit + 1)}, {"a large file": (Expected("builtin:large-file", host, 0),)})


_BROKEN = {
    ".toml": b"\nqualitygate seed\n",
    ".json": b"\n{qualitygate seed\n",
    ".yaml": b"\n\t- }: [\n",
    ".yml": b"\n\t- }: [\n",
}


def _syntax(ground: Ground, wants: Sequence[str]) -> Iterator[Planting]:
    files: dict[str, bytes] = {}
    groups: dict[str, tuple[Expected, ...]] = {}
    for path in wants:
        suffix = "." + path.rsplit(".", 1)[-1]
        kind = "syntax:yaml" if suffix == ".yml" else f"syntax:{suffix[1:]}"
        if path != FILE and suffix in _BROKEN and len(groups.get(kind, ())) < _HOSTS_PER_ROLE:
            files[path] = (ground.read(path) or b"") + _BROKEN[suffix]
            groups[kind] = (*groups.get(kind, ()), Expected(kind, path, 0))
    if files:
        yield Planting(files, groups)
