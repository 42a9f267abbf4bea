"""Violations put into copies of existing files, to see that a check turns red where it should."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from qualitygate.bootstrap import node_seeds, semgrep_seeds
from qualitygate.bootstrap.command_seeds import broken_files
from qualitygate.bootstrap.plan import PlannedCheck
from qualitygate.bootstrap.pytest_seeds import broken_modules, failing_tests
from qualitygate.bootstrap.safeguard_seeds import (
    HANDLERS,
    SETTINGS,
    SUPPRESSIONS,
    Sown,
    lost_settings,
    lost_tests,
    lost_types,
)
from qualitygate.bootstrap.scopes import narrowed
from qualitygate.checks.builtin.large_files import MAX_KIB
from qualitygate.checks.catalogue import TOOLS
from qualitygate.checks.scope import all_within, outward, reading, root_of
from qualitygate.checks.tool import is_config
from qualitygate.checks.tools import tsc_seeds
from qualitygate.checks.tools.mypy_config import asked_for
from qualitygate.checks.tools.mypy_seeds import canaries
from qualitygate.frozen import NamedTuple
from qualitygate.gate.policy import FILE
from qualitygate.globs import matches
from qualitygate.inspection.facts import Facts
from qualitygate.model import Check, Entries
from qualitygate.playbook import Seed

_OF_FILES = ("spotless", "spring-javaformat")
"""Tools whose findings are about whole files and have no line."""
_UNREADABLE = ("eslint:fatal", "biome:parse")
"""What is said of a file that does not parse, in which nothing else is found: proof only where no rule gave any."""
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


class Text(NamedTuple):
    """What is put at the end of a file, and globs of the files that it fits into; none: all."""

    data: str
    files: tuple[str, ...] = ()


Accept = Callable[[str, bytes], bool]
"""Whether text can be added to a file, by its path and content."""

Planter = Callable[[PlannedCheck, Check, Ground, Sequence[str]], Iterator[Planting]]


def plant(check: PlannedCheck, as_check: Check, ground: Ground, wants: Sequence[str]) -> Iterator[Planting]:
    """Ways to seed one check, best first; each is tried until one is found out. `wants` are the files it looks at."""
    return _PLANTERS.get(check.tool, _of_playbook)(check, as_check, ground, wants)


def _by_role(ground: Ground, wants: Sequence[str], accept: Accept) -> dict[str, list[str]]:
    """Up to a few files per role that are not empty and that text can be added to."""
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
        if data and accept(path, data):
            found.setdefault(role, []).append(path)
    return found


def _is_text(path: str, data: bytes) -> bool:
    return b"\0" not in data and len(data) < 200_000


def _takes_code(path: str, data: bytes) -> bool:
    if not path.endswith(".py"):
        return not path.endswith(".pyi") and _is_text(path, data)
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


def _of_playbook(check: PlannedCheck, as_check: Check, ground: Ground, wants: Sequence[str]) -> Iterator[Planting]:
    """The seeds that `seeds.toml` has for the tool; each rule has to find its own, where bootstrap chose the rules."""
    seeds = [seed for seed in ground.seeds if seed.rule.startswith(f"{check.tool}:")]
    if check.rules:
        seeds = [seed for seed in seeds if seed.rule.partition(":")[2] in check.rules]
    texts = {
        seed.rule: Text(seed.text.replace("_seeded", f"_seeded_{n}").strip("\n"), seed.files)
        for n, seed in enumerate(seeds)
    }
    # In the tool's own settings a seed spoils them, and then it says nothing of any file.
    settings = TOOLS[check.tool].config_files
    hosts = [path for path in wants if not is_config(path, settings)]
    last = {rule: texts.pop(rule) for rule in _UNREADABLE if rule in texts}
    for some in (texts, last):
        for planting in _appended(ground, hosts, some, _takes_code, each=bool(check.rules)):
            yield _anywhere(planting) if check.tool in _OF_FILES else planting


def _anywhere(planting: Planting) -> Planting:
    """The same, wherever in its file a finding is."""
    groups = {name: tuple(one._replace(line=0) for one in rows) for name, rows in planting.groups.items()}
    return planting._replace(groups=groups)


def _semgrep(check: PlannedCheck, as_check: Check, ground: Ground, wants: Sequence[str]) -> Iterator[Planting]:
    """What the test of each rule says must be found; each rule has to find its own, in a file of its language."""
    own = check.options.get("rule_files", ())
    found = semgrep_seeds.examples(check.options.get("rules", ()), ground.entries, ground.read, own)
    files: dict[str, bytes] = {}
    groups: dict[str, tuple[Expected, ...]] = {}
    for kind in semgrep_seeds.HOSTS:
        hosts = [path for path in wants if path.endswith(f".{kind}")]
        texts = {rule: Text(text) for rule, text in semgrep_seeds.for_host(found, f".{kind}").items()}
        for planting in _appended(ground, hosts, texts, _takes_code, each=True) if texts else ():
            files.update(planting.files)
            for name, rows in planting.groups.items():
                groups[name] = (*groups.get(name, ()), *rows)
    # A rule without a test, or without a file of its language, cannot be proven: that must not go unsaid.
    for rule in found if groups else ():
        groups.setdefault(f"semgrep:{rule}", (Expected(f"semgrep:{rule}", "", 0),))
    if groups:
        yield Planting(files, groups)


def _appended(
    ground: Ground, wants: Sequence[str], texts: Mapping[str, Text], accept: Accept, *, each: bool = False
) -> Iterator[Planting]:
    """All texts, by the rules that must find them, at the end of files of every role. `each`: every rule is a group."""
    files: dict[str, bytes] = {}
    groups: dict[str, list[Expected]] = {}
    for role, paths in _by_role(ground, wants, accept).items():
        for path in paths:
            data, line = _ended(ground.read(path) or b"")
            for rule, text in texts.items():
                if text.files and not matches(path, text.files):
                    continue
                expected = Expected(rule, path, line + 1)
                data, line = _ended(data + b"\n\n" + text.data.encode())
                for group in (f"files of role {role}", *([rule] if each else [])):
                    groups.setdefault(group, []).append(expected)
            files[path] = data
    if groups:
        yield Planting(files, {name: tuple(rows) for name, rows in groups.items()})


def _markers(check: PlannedCheck, as_check: Check, ground: Ground, wants: Sequence[str]) -> Iterator[Planting]:
    # Put together here, as below: no other gate is to find a marker, or a key, in our own files.
    text = f"{'<' * 7} ours\n{'=' * 7}\n{'>' * 7} theirs\n"
    yield from _appended(ground, wants, {"builtin:merge-marker": Text(text)}, _is_text)


def _secrets(check: PlannedCheck, as_check: Check, ground: Ground, wants: Sequence[str]) -> Iterator[Planting]:
    text = f'key = "AKIA{"Q3EGRWZ7LDTXKB5N"}"\n'
    yield from _appended(ground, wants, {"secrets:aws-access-key": Text(text)}, _is_text)


def _within(
    check: Check, ground: Ground, wants: Sequence[str]
) -> tuple[tuple[str, ...], Callable[[str], bytes | None]]:
    """The files of a check, and what reads them, by the paths that its tool sees."""
    root = root_of(check)
    return tuple(all_within(root, wants)), reading(root, ground.read)


def _in_tree(check: Check, files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {outward(root_of(check), path): data for path, data in files.items()}


def _mypy(check: PlannedCheck, as_check: Check, ground: Ground, wants: Sequence[str]) -> Iterator[Planting]:
    """One module changed, and others that import it: red only where imports lead to the tree that is judged."""
    inner, read = _within(as_check, ground, wants)
    for canary in canaries(inner, read, asked_for(inner, read, as_check.options)):
        root = root_of(as_check)
        places = [(outward(root, path), line, rule) for path, line, rule in canary.expected]
        rows = {f"{rule} at {path}": (Expected(rule, path, line, canary.says),) for path, line, rule in places}
        yield Planting(_in_tree(as_check, dict(canary.edits)), rows, tuple(rows)[:1])


def _pytest(check: PlannedCheck, as_check: Check, ground: Ground, wants: Sequence[str]) -> Iterator[Planting]:
    """A test that fails, and product code that is broken: red only where tests run the code that is judged."""
    inner, read = _within(as_check, ground, wants)
    files = _in_tree(as_check, failing_tests(inner, read))
    rows = tuple(Expected("pytest:failed", path, 0, "test_qualitygate_seed") for path in files)
    if not rows:
        return
    for broken in broken_modules(inner, read, narrowed(ground.facts, root_of(as_check)).source_roots):
        groups = {"broken product code": (Expected("pytest:failed", "", 0),)}
        second = Planting(_in_tree(as_check, broken), groups)
        yield Planting(files, {"a failing test": rows}, ("a failing test", "broken product code"), (second,))


def _tsc(check: PlannedCheck, as_check: Check, ground: Ground, wants: Sequence[str]) -> Iterator[Planting]:
    """As for mypy: a module that is changed, and a file that imports it."""
    inner, read = _within(as_check, ground, wants)
    for canary in tsc_seeds.canaries(inner, read):
        root = root_of(as_check)
        places = [(outward(root, path), line, rule) for path, line, rule in canary.expected]
        rows = {f"{rule} at {path}": (Expected(rule, path, line, canary.says),) for path, line, rule in places}
        yield Planting(_in_tree(as_check, dict(canary.edits)), rows, tuple(rows)[:1])


def _node_tests(check: PlannedCheck, as_check: Check, ground: Ground, wants: Sequence[str]) -> Iterator[Planting]:
    """As for pytest: a test that fails, and product code that is broken."""
    inner, read = _within(as_check, ground, wants)
    rule = f"{check.tool}:failed"
    files = _in_tree(as_check, node_seeds.failing_tests(inner, read))
    rows = tuple(Expected(rule, path, 0, "qualitygate seed") for path in files)
    if not rows:
        return
    # What tests import need not be what the runner is given.
    every = tuple(all_within(root_of(as_check), ground.entries))
    for broken in node_seeds.broken_modules(every, read):
        second = Planting(_in_tree(as_check, broken), {"broken product code": (Expected(rule, "", 0),)})
        yield Planting(files, {"a failing test": rows}, ("a failing test", "broken product code"), (second,))


def _command(check: PlannedCheck, as_check: Check, ground: Ground, wants: Sequence[str]) -> Iterator[Planting]:
    """Broken code in copies of files: what reads code must notice, what runs code breaks."""
    inner, read = _within(as_check, ground, wants)
    facts = narrowed(ground.facts, root_of(as_check))
    for what, files in broken_files(inner, read, facts.roles, tests=check.kind == "test"):
        yield Planting(_in_tree(as_check, files), {what: (Expected("command:failed", "", 0),)})


def _large(check: PlannedCheck, as_check: Check, ground: Ground, wants: Sequence[str]) -> Iterator[Planting]:
    limit = int(as_check.options.get("max_kib", MAX_KIB))
    host = next((path for path in wants if "." in path.rsplit("/", 1)[-1]), None)
    if host is not None:
        data = b"x" * 1023 + b"\n"
        yield Planting({host: data * (limit + 1)}, {"a large file": (Expected("builtin:large-file", host, 0),)})


def _texts(rule: str, texts: Mapping[tuple[str, ...], str]) -> Planter:
    """One text per kind of file; whatever kind, the rule must say so."""

    def planter(check: PlannedCheck, as_check: Check, ground: Ground, wants: Sequence[str]) -> Iterator[Planting]:
        files: dict[str, bytes] = {}
        groups: dict[str, tuple[Expected, ...]] = {}
        for globs, text in texts.items():
            hosts = [path for path in wants if matches(path, globs)]
            for planting in _appended(ground, hosts, {rule: Text(text)}, _takes_code):
                files.update(planting.files)
                for name, rows in planting.groups.items():
                    groups[name] = (*groups.get(name, ()), *rows)
        if files:
            yield Planting(files, groups)

    return planter


def _lost(find: Callable[[Iterable[str], Callable[[str], bytes | None]], Iterator[Sown]]) -> Planter:
    """Files that lost something, each in a tree of its own."""

    def planter(check: PlannedCheck, as_check: Check, ground: Ground, wants: Sequence[str]) -> Iterator[Planting]:
        for one in find(wants, ground.read):
            rules = SETTINGS if one.rule in SETTINGS else (one.rule,)
            rows = tuple(Expected(rule, one.path, 0) for rule in rules)
            yield Planting({one.path: one.data}, {f"{one.rule} at {one.path}": rows})

    return planter


_BROKEN = {
    ".toml": b"\nqualitygate seed\n",
    ".json": b"\n{qualitygate seed\n",
    ".yaml": b"\n\t- }: [\n",
    ".yml": b"\n\t- }: [\n",
}


def _syntax(check: PlannedCheck, as_check: Check, ground: Ground, wants: Sequence[str]) -> Iterator[Planting]:
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


_PLANTERS: Mapping[str, Planter] = {
    "command": _command,
    "handlers": _texts("handlers:empty-broad", HANDLERS),
    "kept-settings": _lost(lost_settings),
    "kept-tests": _lost(lost_tests),
    "kept-types": _lost(lost_types),
    "large-files": _large,
    "markers": _markers,
    "mypy": _mypy,
    "pytest": _pytest,
    "secrets": _secrets,
    "semgrep": _semgrep,
    "suppressions": _texts("suppression:blanket", SUPPRESSIONS),
    "syntax": _syntax,
    "tsc": _tsc,
    **dict.fromkeys(("vitest", "jest", "mocha", "node-test"), _node_tests),
}
"""Tools for which it takes more than a text at the end of a file; `seeds.toml` has the seeds of all others."""
