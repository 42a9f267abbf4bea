"""Linters, formatters, type checkers and test frameworks, each with every trace that it left."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase, translate

from qualitygate.frozen import NamedTuple
from qualitygate.inspection.census import Look
from qualitygate.inspection.ecosystems.manifest import INDIRECT, Manifest, evidence_of
from qualitygate.inspection.facts import Evidence, Fact, Kind, Role, merge
from qualitygate.inspection.gate_commands import Understood
from qualitygate.inspection.python_project import Project
from qualitygate.inspection.requirements import DEV_GROUP
from qualitygate.inspection.sources import Sources, base_name, dig
from qualitygate.inspection.tool_settings import detail, further_kinds
from qualitygate.inspection.tool_table import by_package, known_tools

_ALIEN = ("vendored", "generated", "example", "docs")
_EVIDENCE = 12
_UNIT_TESTS = 60
# Keys of package.json under which tools keep their settings.
_NODE_SETTINGS = (
    ("eslintConfig", "eslint"),
    ("prettier", "prettier"),
    ("jest", "jest"),
    ("stylelint", "stylelint"),
    ("commitlint", "commitlint"),
    ("xo", "XO"),
    ("standard", "standard"),
    ("ava", "AVA"),
    ("mocha", "mocha"),
    ("nyc", "nyc"),
    ("c8", "nyc"),
)
_OWN_TESTS = "own self-tests"
_BY_COMMAND = ("unittest", "doctest", "django test", _OWN_TESTS, "own test runner")
_OWN_KIND = re.compile(r"--([a-z]+)-tests?\b")
_FAIL_UNDER = re.compile(r"fail[-_]under[ \t]{0,9}[= ][ \t]{0,9}(\d{1,3})")
_DOCTEST = re.compile(r"--doctest-(?:modules|glob)|\bdoctest_(?:optionflags|plus|glob)\b")


class Toolbox(NamedTuple):
    """The tools of a repository by kind."""

    linters: tuple[Fact, ...]
    formatters: tuple[Fact, ...]
    type_checkers: tuple[Fact, ...]
    test_frameworks: tuple[Fact, ...]


def toolbox(
    sources: Sources,
    projects: Iterable[Project],
    manifests: Iterable[Manifest],
    looks: Iterable[Look],
    roles: Mapping[str, Role],
    understood: Iterable[Understood],
) -> Toolbox:
    """Every known tool that is configured, run by an entry point, a hook or CI, or declared for development."""
    seen, commands, own = tuple(looks), tuple(understood), tuple(manifests)
    # In this order: what configures a tool says more than what runs it, and that more than what installs it.
    traces = [
        *_configured(sources, roles),
        *_run(commands),
        *_declared(projects),
        *_packaged(sources, own),
        *_implied(sources, own, seen, roles),
    ]
    named = {tool.name: tool for tool in known_tools().values()}
    found: dict[Kind, list[Fact]] = {}
    for fact in merge(Fact(name, (evidence,)) for name, evidence in traces):
        if fact.name in named:
            told = detail(named[fact.name], sources, fact.files)
            for kind in (named[fact.name].kind, *further_kinds(named[fact.name], sources, fact.files)):
                found.setdefault(kind, []).append(Fact(fact.name, fact.evidence, told))
    return Toolbox(
        _shortened(found.get("lint", ())),
        _shortened(found.get("format", ())),
        _shortened(found.get("type", ())),
        _test_frameworks(tuple(found.get("test", ())), sources, seen, roles, commands),
    )


def _shortened(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """Facts with little enough evidence to show: a line of every file before a second line of any."""
    return tuple(Fact(f.name, _one_per_file(f.evidence)[:_EVIDENCE], f.detail) for f in facts)


def _one_per_file(evidence: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    first = {e.path: e for e in reversed(evidence)}
    return tuple(sorted(evidence, key=lambda e: first[e.path] is not e))


def _configured(sources: Sources, roles: Mapping[str, Role]) -> Iterator[tuple[str, Evidence]]:
    exact = {name: tool.name for tool in known_tools().values() for name in tool.files if "*" not in name}
    patterns = [(name, tool.name) for tool in known_tools().values() for name in tool.files if "*" in name]
    any_of = re.compile("|".join(translate(pattern) for pattern, _ in patterns))
    for path in sources.paths:
        folder, _, name = path.rpartition("/")
        if roles.get(path) in _ALIEN or folder.count("/") > 2 or _aside(folder) or folder == ".github/workflows":
            continue
        if name in exact:
            yield exact[name], Evidence(path)
        elif any_of.match(name):
            yield from ((tool, Evidence(path)) for pattern, tool in patterns if fnmatchcase(name, pattern))
        if name in ("pyproject.toml", "setup.cfg", "tox.ini"):
            yield from _tables(sources, path, name)


def _aside(folder: str) -> bool:
    return any(
        p.startswith(("example", "vendor", "third", "fixture", "node_modules")) for p in folder.lower().split("/")
    )


def _tables(sources: Sources, path: str, name: str) -> Iterator[tuple[str, Evidence]]:
    if name == "pyproject.toml":
        tables = dig(sources.toml(path), "tool")
        for tool in known_tools().values():
            for table in tool.table:
                if dig(tables, *table.split(".")) is not None:
                    yield (
                        tool.name,
                        sources.evidence(path, f"[tool.{table}]", f"[tool.{table}", f"[[tool.{table}", table),
                    )
        return
    sections = sources.ini(path)
    for tool in known_tools().values():
        for wanted in tool.section:
            for section in sections:
                if section == wanted or section.startswith((wanted + ":", wanted + "-")):
                    yield tool.name, sources.evidence(path, f"[{section}]")


def _packaged(sources: Sources, manifests: tuple[Manifest, ...]) -> Iterator[tuple[str, Evidence]]:
    """Tools that a manifest names: as a package, a build plugin, or by settings of their own in it."""
    for manifest in manifests:
        table = by_package().get(manifest.ecosystem)
        for dependency in manifest.dependencies if table else ():
            for tool in table.find(dependency.name) if table and dependency.group != INDIRECT else ():
                yield tool.name, evidence_of(sources, manifest.path, dependency.name)
        if manifest.ecosystem == "node":
            data = sources.json(manifest.path)
            for key, name in _NODE_SETTINGS:
                if isinstance(data.get(key), (dict, str)):
                    yield name, sources.evidence(manifest.path, f'"{key}": {{', f'"{key}"')


def _implied(
    sources: Sources, manifests: tuple[Manifest, ...], looks: tuple[Look, ...], roles: Mapping[str, Role]
) -> Iterator[tuple[str, Evidence]]:
    """Tools that nobody has to name: the compiler of a language, the runner that comes with it."""
    beside = {m.ecosystem: m.path for m in reversed(manifests) if m.describes}
    tops: dict[str, list[str]] = {}
    for manifest in (m for m in manifests if m.describes and not m.root):
        tops.setdefault(manifest.ecosystem, []).append(manifest.path)
    written = {k.language for k in looks if roles.get(k.path) in ("source", "script")}
    tests = sorted((p for p, role in roles.items() if role == "test"), key=lambda p: (p.count("/"), p))
    for tool in known_tools().values():
        where = beside.get(tool.beside, "")
        if tool.beside and not where:
            continue
        if written.intersection(tool.compiles):
            yield from ((tool.name, Evidence(p)) for p in tops.get(tool.beside, [where]))
        any_of = re.compile("|".join(translate(pattern) for pattern in tool.tests)) if tool.tests else None
        run = [p for p in tests if any_of.match(base_name(p))][:3] if any_of else []
        if not run and "*.rs" in tool.tests:  # unit tests of Rust stand beside what they test
            run = _with_unit_tests(sources, looks, roles)
        yield from ((tool.name, Evidence(path)) for path in run)
        if run and where:
            yield tool.name, Evidence(where)


def _with_unit_tests(sources: Sources, looks: tuple[Look, ...], roles: Mapping[str, Role]) -> list[str]:
    rust = [k.path for k in looks if k.language == "Rust" and roles.get(k.path) == "source"]
    return next(([p] for p in rust[:_UNIT_TESTS] if "#[cfg(test)]" in (sources.text(p) or "")), [])


def _run(commands: tuple[Understood, ...]) -> Iterator[tuple[str, Evidence]]:
    for raw, calls, *_ in sorted(commands, key=lambda c: c.raw.runner != "pre-commit"):
        for name in dict.fromkeys(call.tool for call in calls):
            yield name, Evidence(raw.path, raw.line, raw.command.split("\n")[0][:120])


def _declared(projects: Iterable[Project]) -> Iterator[tuple[str, Evidence]]:
    packages = {package: tool for tool in known_tools().values() for package in tool.packages}
    for project in projects:
        own = project.name.lower()
        for dependency in project.dependencies:
            tool = packages.get(dependency.name)
            if tool is not None and dependency.name != own and DEV_GROUP.search(dependency.group):
                yield tool.name, dependency.evidence


def _test_frameworks(
    known: tuple[Fact, ...],
    sources: Sources,
    looks: tuple[Look, ...],
    roles: Mapping[str, Role],
    commands: tuple[Understood, ...],
) -> tuple[Fact, ...]:
    tests = [k for k in looks if roles.get(k.path) == "test"]
    shallow = sorted(tests, key=lambda k: (k.path.count("/"), k.path))
    conftest = [k.path for k in shallow if base_name(k.path) == "conftest.py"]
    modules = [k for k in shallow if base_name(k.path) != "conftest.py"]
    by_import = {name: [k.path for k in modules if name in k.imports] for name in ("pytest", "unittest")}
    facts = [*known]
    found = [Evidence(p) for p in conftest[:1]] + [Evidence(p, 0, "imports pytest") for p in by_import["pytest"][:1]]
    if found:
        facts.append(Fact("pytest", tuple(found)))
    run = list(_run(commands))
    facts += [Fact(name, (e,)) for name, e in run if name in _BY_COMMAND and name != _OWN_TESTS]
    facts += _own_tests([e for name, e in run if name == _OWN_TESTS])
    names = {f.name for f in facts}
    if by_import["unittest"] and not names & {"pytest", "unittest", "nose"}:
        facts.append(Fact("unittest", tuple(Evidence(p, 0, "imports unittest") for p in by_import["unittest"][:3])))
    facts += _doctest(sources)
    facts += _coverage(sources, run)
    # A bare pytest before unittest: it also runs unittest's classes.
    return _shortened(merge(facts))


def _own_tests(run: list[Evidence]) -> list[Fact]:
    """Self-tests of the program, called after the kinds of them that its options name."""
    kinds = dict.fromkeys(kind for e in run for kind in _OWN_KIND.findall(e.text) if kind not in ("self", "doc"))
    name = f"own {'/'.join(kinds)} self-tests" if kinds else _OWN_TESTS
    return [Fact(name, tuple(run))] if run else []


def _doctest(sources: Sources) -> list[Fact]:
    found = []
    for path in sources.match("pytest.ini", "pyproject.toml", "setup.cfg", "tox.ini"):
        for number, line in enumerate((sources.text(path) or "").splitlines(), 1):
            if _DOCTEST.search(line) and not line.lstrip().startswith("#"):
                found.append(Fact("doctest", (Evidence(path, number, line.strip()[:120]),)))
                break
    return found


def _coverage(sources: Sources, run: list[tuple[str, Evidence]]) -> list[Fact]:
    """Coverage is part of the gate where it is both configured and run."""
    configured = [Evidence(p) for p in sources.match(".coveragerc", "*/.coveragerc")]
    for path in sources.paths:
        if base_name(path) in ("pyproject.toml", "setup.cfg", "tox.ini") and path.count("/") <= 1:
            toml = path.endswith(".toml")
            sections = () if toml else tuple(s for s in sources.ini(path) if s.startswith("coverage:"))
            if sections or (toml and dig(sources.toml(path), "tool", "coverage") is not None):
                configured.append(sources.evidence(path, "[tool.coverage", "[coverage:"))
    used = [e for name, e in run if name == "coverage" or (name == "pytest" and "--cov" in e.text)]
    if not configured or not used:
        return []
    matches = (_FAIL_UNDER.search(sources.text(e.path) or "") for e in (*used, *configured))
    limit = next((m[1] for m in matches if m), "")
    return [Fact("coverage", (*configured, *used), (("fail_under", int(limit)),) if limit else ())]
