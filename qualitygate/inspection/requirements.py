"""Dependencies as the project declares them: name, version constraint, group, place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from qualitygate.frozen import NamedTuple
from qualitygate.inspection.facts import Evidence
from qualitygate.inspection.sources import Sources, dig, items, strings

_LINES = 10_000
_REQUIREMENT = re.compile(r"^\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*(.*)$")
REQUIREMENT_FILE = re.compile(
    r"(?:^|[-_./])(?:requirements?|constraints?)(?:[-_./][\w.-]+)?\.(?:txt|in)$|(?:^|/)requirements/[\w.-]+\.(?:txt|in)$"
)
DEV_GROUP = re.compile(
    r"dev|test|lint|typ(?:e|ing)|check|style|quality|ci\b|format|tool|mypy|pre-?commit", re.IGNORECASE
)


class Dependency(NamedTuple):
    """One declared dependency. `group` is empty for what the code needs at run time."""

    name: str
    constraint: str
    group: str
    evidence: Evidence

    @property
    def exact(self) -> str:
        """The version of an `==` pin, empty for anything looser."""
        found = re.match(r"^===?\s*([0-9][^\s,;*]*)\s*$", self.constraint)
        return found[1] if found else ""


def canonical(name: str) -> str:
    """A distribution name in the one spelling that the index compares by."""
    return re.sub(r"[-_.]+", "-", name).lower()


def parse_requirement(text: str) -> tuple[str, str] | None:
    """Name and constraint of one requirement line; None for options, links and comments."""
    line = text.split(" #")[0].split(";")[0].strip()
    if not line or line.startswith(("#", "-", ".", "/")) or "://" in line.split("@")[0]:
        return None
    found = _REQUIREMENT.match(line)
    if not found:
        return None
    constraint = found[2].split(" --hash")[0].strip().rstrip("\\").strip().strip("()")
    return canonical(found[1]), constraint if constraint[:1] in "<>=!~@" else ""


def requirement_files(sources: Sources) -> tuple[str, ...]:
    """Requirement files of the project itself: at the top, or in a folder called `requirements`."""
    return tuple(
        p for p in sources.paths if REQUIREMENT_FILE.search(p) and (p.count("/") == 0 or p.startswith("requirements/"))
    )


def from_requirement_files(sources: Sources, files: tuple[str, ...]) -> Iterator[Dependency]:
    """The lines of requirement files; the group is the file's suffix (`requirements-dev.txt` is `dev`)."""
    for path in files:
        stem = path.rpartition("/")[2].rpartition(".")[0]
        group = stem if DEV_GROUP.search(stem) or "doc" in stem else ""
        for number, line in enumerate((sources.text(path) or "").splitlines()[:_LINES], 1):
            parsed = parse_requirement(line)
            if parsed:
                yield Dependency(*parsed, group, Evidence(path, number, line.strip()[:120]))


def from_pyproject(sources: Sources, path: str) -> Iterator[Dependency]:
    """What a `pyproject.toml` declares under PEP 621, PEP 735, poetry, pdm, uv and hatch."""
    data = sources.toml(path)

    def each(lines: Any, group: str) -> Iterator[Dependency]:
        return _each(sources, path, lines, group)

    yield from each(dig(data, "project", "dependencies"), "")
    for where in (("project", "optional-dependencies"), ("dependency-groups",), ("tool", "pdm", "dev-dependencies")):
        for group, lines in items(dig(data, *where)):
            yield from each(lines, group)
    yield from each(dig(data, "tool", "uv", "dev-dependencies"), "dev")
    yield from from_hatch(sources, path, dig(data, "tool", "hatch"))
    poetry = dig(data, "tool", "poetry")
    yield from _poetry(sources, path, dig(poetry, "dependencies"), "")
    yield from _poetry(sources, path, dig(poetry, "dev-dependencies"), "dev")
    for group, table in items(dig(poetry, "group")):
        yield from _poetry(sources, path, dig(table, "dependencies"), group)


def _each(sources: Sources, path: str, lines: Any, group: str) -> Iterator[Dependency]:
    for line in strings(lines):
        parsed = parse_requirement(line)
        if parsed:
            yield Dependency(*parsed, group, sources.evidence(path, f'"{line}"', f"'{line}'", line))


def from_hatch(sources: Sources, path: str, hatch: Any) -> Iterator[Dependency]:
    """What hatch's environments install, from `hatch.toml` or the table `tool.hatch`; the group is its name."""
    for name, env in items(dig(hatch, "envs")):
        for key in ("dependencies", "extra-dependencies"):
            # Nothing of an environment is needed where the code runs, and the default one is for development.
            yield from _each(sources, path, dig(env, key), "dev" if name == "default" else name)


def _poetry(sources: Sources, path: str, table: Any, group: str) -> Iterator[Dependency]:
    for name, spec in items(table):
        if canonical(name) != "python":
            version = spec if isinstance(spec, str) else dig(spec, "version")
            constraint = version if isinstance(version, str) and version != "*" else ""
            # Poetry reads a bare version as exact.
            constraint = f"=={constraint}" if constraint[:1].isdigit() else constraint
            yield Dependency(canonical(name), constraint, group, sources.evidence(path, f"{name} =", f'{name}"', name))


def from_setup(sources: Sources, path: str, metadata: Mapping[str, Any]) -> Iterator[Dependency]:
    """`install_requires` and its kin, from a `setup.cfg` or from the literals of a `setup.py`."""
    groups: list[tuple[str, Any]] = [("", metadata.get("install_requires")), ("test", metadata.get("tests_require"))]
    groups += [(group, lines) for group, lines in items(metadata.get("extras_require"))]
    for group, lines in groups:
        for line in strings(lines):
            parsed = parse_requirement(line)
            if parsed:
                yield Dependency(*parsed, group, sources.evidence(path, line))


def from_pipfile(sources: Sources, path: str) -> Iterator[Dependency]:
    """The two package tables of a Pipfile."""
    data = sources.toml(path)
    for table, group in (("packages", ""), ("dev-packages", "dev")):
        for name, spec in items(data.get(table)):
            version = spec if isinstance(spec, str) else dig(spec, "version")
            constraint = version if isinstance(version, str) and version != "*" else ""
            yield Dependency(canonical(name), constraint, group, sources.evidence(path, name))
