"""Dependencies that a change replaces: base is judged with the packages it had, as far as that was written down."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from qualitygate.checks.tool import is_config
from qualitygate.frozen import NamedTuple
from qualitygate.gate import cache
from qualitygate.gate.matching import Delta, Side, match_indices
from qualitygate.gate.observe import Run, key_of
from qualitygate.gate.ratchet import Judgement
from qualitygate.gate.session import BaseTree
from qualitygate.gate.sides import wanted_files
from qualitygate.gate.snapshot import Laid
from qualitygate.gate.state import read_json, write_json
from qualitygate.model import Entries, Finding, Report

_MANIFESTS = frozenset(
    (
        *("pyproject.toml", "setup.py", "setup.cfg", "Pipfile", "Pipfile.lock", "poetry.lock", "uv.lock", "pdm.lock"),
        *("pylock.toml", "environment.yml", "package.json", "package-lock.json", "npm-shrinkwrap.json", "yarn.lock"),
        *("pnpm-lock.yaml", "bun.lock", "bun.lockb"),
    )
)
_REQUIREMENTS = re.compile(r"(?:^|/)(?:[\w-]*requirements[\w-]*|requirements/[\w-]+|constraints[\w-]*)\.(?:txt|in)$")
# What of a manifest says which packages there are, and nothing to a tool that takes its settings from it.
_TABLES = ("project", "dependency-groups", "build-system", "tool.poetry", "tool.uv", "tool.pdm", "tool.hatch")
_KEYS = frozenset(
    (
        *("dependencies", "devDependencies", "peerDependencies", "optionalDependencies", "version", "scripts"),
        *("packageManager", "engines", "overrides", "resolutions"),
    )
)


_PER_FOLDER = 8
"""256 folders of this many trees, past which the oldest are forgotten."""


class Upgrade(NamedTuple):
    """Which files that name packages a change touches, and what base had with its own packages, where that is known."""

    files: tuple[str, ...]
    before: Report | None


def find(job: Run, head: Laid, base: BaseTree) -> Upgrade:
    """What this change does to the packages that the check uses."""
    files = manifests(job, head, base)
    return Upgrade(files, as_before(job, base) if files else None)


def manifests(job: Run, head: Laid, base: BaseTree) -> tuple[str, ...]:
    """What changed of the files that say which packages the project has; none for a check that uses none of them."""
    if not job.around.environment_digest or job.tool.reads != "tree":
        return ()
    own = base.own_layout()
    named = (path for path in base.changed if path.rpartition("/")[2] in _MANIFESTS or _REQUIREMENTS.search(path))
    return tuple(sorted(p for p in named if _split(p, own.read(p))[0] != _split(p, head.read(p))[0]))


def remember(job: Run, entries: Entries, files: tuple[str, ...]) -> None:
    """Write down with which packages a tree was looked at, the first time that it was."""
    place = _place(job, entries, files)
    if place is None or place.exists():
        return
    try:
        write_json(place, {"environment": job.around.environment_digest}, lasting=False)
        for old in sorted(place.parent.glob("*.json"), key=lambda path: path.stat().st_mtime)[:-_PER_FOLDER]:
            old.unlink(missing_ok=True)
    except OSError:
        pass  # then nothing is known later on, which is said


def as_before(job: Run, base: BaseTree) -> Report | None:
    """What base had with its own packages, where those were others and a result of then is still here."""
    found = _found(job, base.entries_for(job.tool), base)
    if found is None and _same_settings(job, base):
        found = _found(job, base.tree.entries, base)
    return found


def _found(job: Run, entries: Entries, base: BaseTree) -> Report | None:
    files = wanted_files(job.check, job.tool, entries)
    place = _place(job, entries, files)
    known = read_json(place) if place is not None else None
    digest = known.get("environment") if isinstance(known, dict) else None
    if not isinstance(digest, str) or digest == job.around.environment_digest:
        return None
    then = job._replace(around=job.around._replace(environment_digest=digest))
    return cache.get(job.shared, key_of(then, entries, files))


def _place(job: Run, entries: Entries, files: tuple[str, ...]) -> Path | None:
    """Where it is written down; None for a check that uses no packages of the project, or looked at nothing."""
    if not job.around.environment_digest or job.tool.reads != "tree" or not files:
        return None
    key = key_of(job._replace(around=job.around._replace(environment_digest="")), entries, files)
    return job.shared / "environments" / key[:2] / f"{key}.json"


def _same_settings(job: Run, base: BaseTree) -> bool:
    """Whether head's settings are base's, but for what they say of packages."""
    own, now = base.own_layout(), base.layout
    changed = [path for path in base.changed if is_config(path, job.tool.config_files)]
    return all(_split(path, own.read(path))[1] == _split(path, now.read(path))[1] for path in changed)


def _split(path: str, data: bytes | None) -> tuple[object, object]:
    """What a file says of packages, and all else; what cannot be told apart is both."""
    import json

    name = path.rpartition("/")[2]
    if data is None or name not in ("package.json", "pyproject.toml"):
        return data, data
    text = data.decode("utf-8", "replace")
    if name == "pyproject.toml":
        parts = [part.rstrip() for part in re.split(r"(?m)^(?=\[)", text)]
        return [p for p in parts if _is_about_packages(p)], [p for p in parts if not _is_about_packages(p)]
    try:
        table = json.loads(text)
    except (ValueError, RecursionError):
        return data, data
    if not isinstance(table, dict):
        return data, data
    packages = {key: table[key] for key in table if key in _KEYS}
    return packages, {key: table[key] for key in table if key not in _KEYS}


def _is_about_packages(part: str) -> bool:
    named = part.partition("]")[0].strip("[ \t")
    return part.startswith("[") and any(named == one or named.startswith(f"{one}.") for one in _TABLES)


def with_cause(
    judgement: Judgement, now: Report, read: Callable[[str], bytes | None], head: Side, delta: Delta, files: str
) -> Judgement:
    """Say of what is new only for other packages what brought it; `now` is what base has with those of head."""
    pairs = match_indices(Side(now.findings, read), head._replace(findings=judgement.new), delta).same
    by_packages = {number for _, number in pairs}

    def told(number: int, finding: Finding) -> Finding:
        if number not in by_packages:
            return finding
        why = f"it came with the packages that {files} names now; this code has it on base too, with them"
        return finding._replace(message=f"{finding.message} ({why})")

    return judgement._replace(new=tuple(told(number, finding) for number, finding in enumerate(judgement.new)))


def unknown(files: tuple[str, ...], check: str) -> str:
    """What has to be said where nothing is known of base's own packages."""
    what = f"{', '.join(files[:3])} changed, and {check} looked at both sides with the packages that are installed now"
    return f"{what}: what these bring by themselves counts as known"
