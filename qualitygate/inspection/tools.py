"""Linters, formatters, type checkers and test frameworks, each with every trace that it left."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from qualitygate.inspection.census import Look
from qualitygate.inspection.facts import Evidence, Fact, Kind, Role, merge
from qualitygate.inspection.gate_commands import Understood
from qualitygate.inspection.python_project import Project
from qualitygate.inspection.requirements import DEV_GROUP
from qualitygate.inspection.sources import Sources, base_name, dig, items, strings
from qualitygate.inspection.tool_table import KnownTool, known_tools

_ALIEN = ("vendored", "generated", "example", "docs")
_EVIDENCE = 12
_BY_COMMAND = ("unittest", "doctest", "django test", "own self-tests", "own test runner")
_TRUE = ("true", "1", "yes", "on")
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
    looks: Iterable[Look],
    roles: Mapping[str, Role],
    understood: Iterable[Understood],
) -> Toolbox:
    """Every known tool that is configured, run by an entry point, a hook or CI, or declared for development."""
    seen, commands = tuple(looks), tuple(understood)
    # In this order: what configures a tool says more than what runs it, and that more than what installs it.
    traces = [
        *_configured(sources, roles),
        *_run(commands),
        *_declared(projects),
    ]
    named = {tool.name: tool for tool in known_tools().values()}
    found: dict[Kind, list[Fact]] = {}
    for fact in merge(Fact(name, (evidence,)) for name, evidence in traces):
        if fact.name in named:
            detail = _detail(named[fact.name], sources, fact.files)
            found.setdefault(named[fact.name].kind, []).append(Fact(fact.name, fact.evidence, detail))
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
    exact: dict[str, str] = {}
    globs: list[tuple[str, str]] = []
    for tool in known_tools().values():
        for pattern in tool.files:
            if "*" in pattern:
                globs.append((pattern, tool.name))
            else:
                exact[pattern] = tool.name
    for path in sources.paths:
        folder, _, name = path.rpartition("/")
        if roles.get(path) in _ALIEN or folder.count("/") > 2 or _aside(folder) or folder == ".github/workflows":
            continue
        if name in exact:
            yield exact[name], Evidence(path)
        elif name.startswith(".") or ".config." in name or "workspace" in name:
            yield from ((tool, Evidence(path)) for pattern, tool in globs if fnmatchcase(name, pattern))
        if name in ("pyproject.toml", "setup.cfg", "tox.ini"):
            yield from _tables(sources, path, name)
        elif name == "package.json" and "node_modules/" not in path:
            yield from _node(sources, path)


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


def _node(sources: Sources, path: str) -> Iterator[tuple[str, Evidence]]:
    data = sources.json(path)
    have = {name for key in ("dependencies", "devDependencies") for name, _ in items(dig(data, key))}
    for tool in known_tools().values():
        for package in tool.node:
            if package in have:
                yield tool.name, sources.evidence(path, f'"{package}"')
    for key, name in (
        ("eslintConfig", "eslint"),
        ("prettier", "prettier"),
        ("jest", "jest"),
        ("stylelint", "stylelint"),
    ):
        if isinstance(data.get(key), dict):
            yield name, sources.evidence(path, f'"{key}": {{', f'"{key}"')


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


def _detail(tool: KnownTool, sources: Sources, files: tuple[str, ...]) -> tuple[tuple[str, Any], ...]:
    found: dict[str, Any] = {}
    for path in files:
        name = base_name(path)
        if tool.name == "ruff" and name in ("pyproject.toml", "ruff.toml", ".ruff.toml"):
            data = sources.toml(path)
            table = dig(data, "tool", "ruff") if name == "pyproject.toml" else data
            select = dig(table, "lint", "select") or dig(table, "select")
            if select:
                found.setdefault("select", strings(select))
        elif tool.name == "mypy":
            strict = _mypy_strict(sources, path, name)
            if strict is not None:
                found.setdefault("strict", strict)
        elif tool.name in ("pyright", "basedpyright") and name in ("pyproject.toml", "pyrightconfig.json"):
            data = sources.toml(path) if name.endswith(".toml") else sources.json(path)
            table = dig(data, "tool", tool.name) if name.endswith(".toml") else data
            mode = dig(table, "typeCheckingMode")
            if isinstance(mode, str):
                found.setdefault("mode", mode)
    return tuple(sorted(found.items()))


def _mypy_strict(sources: Sources, path: str, name: str) -> bool | None:
    if name == "pyproject.toml":
        table = dig(sources.toml(path), "tool", "mypy")
        return bool(dig(table, "strict")) if isinstance(table, dict) else None
    if name in ("mypy.ini", ".mypy.ini", "setup.cfg", "tox.ini"):
        section = sources.ini(path).get("mypy")
        return section.get("strict", "").lower() in _TRUE if section is not None else None
    return None


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
    facts += [Fact(name, (e,)) for name, e in run if name in _BY_COMMAND]
    names = {f.name for f in facts}
    if by_import["unittest"] and not names & {"pytest", "unittest", "nose"}:
        facts.append(Fact("unittest", tuple(Evidence(p, 0, "imports unittest") for p in by_import["unittest"][:3])))
    facts += _doctest(sources)
    facts += _coverage(sources, run)
    # A bare pytest before unittest: it also runs unittest's classes.
    return _shortened(merge(facts))


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
