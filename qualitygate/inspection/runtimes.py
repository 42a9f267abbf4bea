"""The lowest runtime versions that a repository promises to work with."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from qualitygate.inspection.ci_commands import python_versions
from qualitygate.inspection.facts import Evidence, Fact, Language
from qualitygate.inspection.python_project import Project, least
from qualitygate.inspection.sources import Sources, dig

_PYTHON = re.compile(r"^(?:pypy-?|python-?|cpython-?)?(\d\.\d+)(?:[.\d]*|[-\w.]*)$")
_TOX_ENV = re.compile(r"\bpy(?:py)?(\d)\.?(\d+)\b")
_TOX_GROUP = re.compile(r"\bpy(?:py)?\{([\d.,\s]+)\}")
_NUMBER = re.compile(r"(\d+(?:\.\d+)*)")


def min_runtime(
    sources: Sources, projects: Iterable[Project], languages: Mapping[str, Language]
) -> dict[str, Fact | None]:
    """Lowest version per runtime; None for a runtime that is used but of which no version is stated."""
    found: dict[str, Fact | None] = {}
    known = tuple(projects)
    if "Python" in languages and (
        languages["Python"].files >= 3 or any(p.manifests for p in known) or len(languages) < 4
    ):
        found["python"] = _python(sources, known)
        upper = next((p.upper for p in known if p.upper), None)
        if upper:
            found["python_max_exclusive"] = upper
    if "package.json" in sources.names:
        found["node"] = _node(sources)
    if "Cargo.toml" in sources.names:
        version = dig(sources.toml("Cargo.toml"), "package", "rust-version")
        stated = isinstance(version, str)
        found["rust"] = Fact(version, (sources.evidence("Cargo.toml", "rust-version"),)) if stated else None
    if "go.mod" in sources.names:
        line = re.search(r"^go (\d+\.\d+(?:\.\d+)?)$", sources.text("go.mod") or "", re.MULTILINE)
        found["go"] = Fact(line[1], (sources.evidence("go.mod", line[0]),)) if line else None
    return found


def _python(sources: Sources, projects: tuple[Project, ...]) -> Fact | None:
    stated = next((p.runtime for p in projects if p.runtime), None)
    return stated or _from_files(sources) or _from_tools(sources) or _from_ci(sources) or _from_tox(sources)


def _from_files(sources: Sources) -> Fact | None:
    for path in sources.match("runtime.txt", ".python-version"):
        for line in (sources.text(path) or "").splitlines():
            found = _PYTHON.match(line.strip()) if len(line) < 40 else None
            if found:
                return Fact(found[1], (sources.evidence(path, line.strip()),))
    return None


def _from_tools(sources: Sources) -> Fact | None:
    tool = dig(sources.toml("pyproject.toml"), "tool") if "pyproject.toml" in sources.names else None
    target = dig(tool, "ruff", "target-version")
    if isinstance(target, str) and re.fullmatch(r"py3\d+", target):
        return Fact(f"3.{target[3:]}", (sources.evidence("pyproject.toml", "target-version"),))
    return None


def _from_ci(sources: Sources) -> Fact | None:
    versions: dict[str, Evidence] = {}
    for text, evidence in python_versions(sources):
        found = _PYTHON.match(text.strip()) if len(text) < 40 else None
        if found:
            versions.setdefault(found[1], evidence)
    lowest = least(versions)
    return Fact(lowest, (versions[lowest],)) if lowest else None


def _from_tox(sources: Sources) -> Fact | None:
    listed = dig(sources.ini("tox.ini"), "tox", "envlist") or dig(sources.ini("tox.ini"), "tox", "env_list") or ""
    versions = [f"{major}.{minor}" for major, minor in _TOX_ENV.findall(listed)]
    for group in _TOX_GROUP.findall(listed):
        parts = [p.strip().replace(".", "") for p in group.split(",")]
        versions += [f"{p[0]}.{p[1:]}" for p in parts if len(p) > 1]
    lowest = least(versions)
    return Fact(lowest, (sources.evidence("tox.ini", "envlist", "env_list"),)) if lowest else None


def _node(sources: Sources) -> Fact | None:
    engines = dig(sources.json("package.json"), "engines", "node")
    if isinstance(engines, str):
        found = _NUMBER.search(engines)
        if found:
            return Fact(found[1], (sources.evidence("package.json", '"node"'),))
    for path in sources.match(".nvmrc", ".node-version"):
        found = _NUMBER.search(sources.text(path) or "")
        if found:
            return Fact(found[1], (sources.evidence(path, found[1]),))
    return None
