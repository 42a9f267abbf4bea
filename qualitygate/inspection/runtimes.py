"""The lowest runtime versions that a repository promises to work with."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from qualitygate.inspection.ci_commands import python_versions
from qualitygate.inspection.ecosystems import node
from qualitygate.inspection.ecosystems.manifest import Manifest
from qualitygate.inspection.facts import Evidence, Fact, Language
from qualitygate.inspection.python_project import Project, least
from qualitygate.inspection.sources import Sources, dig

_PYTHON = re.compile(r"^(?:pypy-?|python-?|cpython-?)?(\d\.\d+)(?:[.\d]*|[-\w.]*)$")
_TOX_ENV = re.compile(r"\bpy(?:py)?(\d)\.?(\d+)\b")
_TOX_GROUP = re.compile(r"\bpy(?:py)?\{([\d.,\s]+)\}")
_ASDF = re.compile(r"^(python|nodejs|ruby|golang|java|rust|php|terraform|dotnet-core)[ \t]+\D{0,12}(\d+(?:\.\d+)*)")
_ASDF_NAMES = {"nodejs": "node", "golang": "go", "dotnet-core": "dotnet"}
_CORE = re.compile(r"^\d+(?:\.\d+)*$")
# A runtime that is there wherever a manifest is, even where no version is stated.
_SHOWN = ("node", "rust", "go", "java", "ruby", "php", "dotnet")


def min_runtime(
    sources: Sources, projects: Iterable[Project], manifests: Iterable[Manifest], languages: Mapping[str, Language]
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
    found |= _of_manifests(sources, tuple(manifests))
    for name, fact in _tool_versions(sources):
        if name in found and found[name] is None:
            found[name] = fact
    return found


def _of_manifests(sources: Sources, manifests: tuple[Manifest, ...]) -> dict[str, Fact | None]:
    """What manifests state: those at the top count, and where they say nothing, the lowest of the others."""
    rows: dict[str, list[tuple[int, Fact | None]]] = {}
    for manifest in manifests:
        for name, fact in manifest.runtimes:
            if fact or (manifest.describes and not _without_node(sources, manifest)):
                depth = manifest.path.count("/")
                rows.setdefault(name, []).append((0 if depth == 0 else 1, fact))
    found: dict[str, Fact | None] = {}
    for name, stated in rows.items():
        for level in (0, 1):
            facts = [fact for depth, fact in stated if depth == level and fact]
            if facts:
                found[name] = min(facts, key=lambda f: _numbers(f.name))
                break
        else:
            if name in _SHOWN:
                found[name] = None
    return found


def _without_node(sources: Sources, manifest: Manifest) -> bool:
    """Whether a package.json is run by something else than node."""
    return manifest.ecosystem == "node" and node.manager(sources, manifest.path) in ("bun", "deno")


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(n) for n in version.split(".") if n.isdigit()) if _CORE.match(version) else ()


def _tool_versions(sources: Sources) -> list[tuple[str, Fact]]:
    rows = []
    for number, line in enumerate((sources.text(".tool-versions") or "").split("\n"), 1):
        found = _ASDF.match(line[:80])
        if found:
            evidence = Evidence(".tool-versions", number, line[:80])
            rows.append((_ASDF_NAMES.get(found[1], found[1]), Fact(found[2], (evidence,))))
    return rows


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
