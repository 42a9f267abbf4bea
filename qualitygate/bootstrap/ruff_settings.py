"""Settings for ruff, where the project has none: rules that fit the code, by role."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from qualitygate.bootstrap.calibrate import Calibrated, calibrate
from qualitygate.bootstrap.edits import Edit, add_toml_table
from qualitygate.frozen import NamedTuple
from qualitygate.inspection.facts import Facts
from qualitygate.model import Report
from qualitygate.playbook import Playbook, RoleProfile

FILE = "ruff.toml"
_WHERE = {"pyproject.toml": "tool.ruff", FILE: ""}


class RuffSettings(NamedTuple):
    """The edit that holds the settings, the rules they select, and how the rules fared on HEAD."""

    edit: Edit
    rules: tuple[str, ...]
    dropped: tuple[Calibrated, ...]
    fired: tuple[Calibrated, ...]


def settle(
    playbook: Playbook, facts: Facts, read: Callable[[str], bytes | None], try_it: Callable[[Edit], Report]
) -> RuffSettings | str:
    """Try all candidate rules on HEAD and keep those that the code does not plainly contradict.

    Returns why there are no settings, where ruff could not be tried to its end.
    """
    candidates = tuple(candidate.rule for candidate in playbook.candidates)
    report = try_it(_edit(playbook, facts, read, candidates, ()))
    if report.reason:
        return report.reason
    lines = facts.languages["Python"].lines if "Python" in facts.languages else 0
    rules = tuple(f"ruff:{rule}" for rule in candidates)
    tried = calibrate(rules, report.findings, lines=lines, thresholds=playbook.thresholds)
    # A file that does not parse is no style of the project, however many there are of it.
    dropped = tuple(row for row in tried if row.kind == "many" and row.rule != "ruff:invalid-syntax")
    bare = tuple(row.rule.removeprefix("ruff:") for row in dropped)
    kept = tuple(rule for rule in candidates if rule not in bare)
    edit = _edit(playbook, facts, read, kept, tuple(rule for rule in bare if rule not in candidates))
    return RuffSettings(edit, kept, dropped, tuple(row for row in tried if row.findings))


def _edit(
    playbook: Playbook,
    facts: Facts,
    read: Callable[[str], bytes | None],
    select: Sequence[str],
    ignore: Sequence[str],
) -> Edit:
    file = "pyproject.toml" if read("pyproject.toml") is not None else FILE
    lint: dict[str, Any] = {"select": list(select)}
    if ignore:
        lint["ignore"] = sorted(ignore)
    per_file = _per_file(playbook.roles, facts)
    if per_file:
        lint["per-file-ignores"] = per_file
    without = foreign(facts)
    top = {"extend-exclude": without} if without else {}
    before = read(file)
    comment = "Rules that fit this code as it is; `qualitygate bootstrap` tried each of them on it."
    if file == FILE:
        after = add_toml_table(before, "", {**top, "lint": lint}, comment=comment, file=file)
    else:
        after = add_toml_table(before, _WHERE[file], {**top, "lint": lint}, comment=comment, file=file)
    return Edit(file, before, after, kind="toml" if before is not None else "file")


def _per_file(profiles: Sequence[RoleProfile], facts: Facts) -> Mapping[str, list[str]]:
    """Patterns of files to the rules that do not apply there, for the roles that the project has."""
    present = set(facts.roles.values())
    found: dict[str, list[str]] = {}
    for profile in profiles:
        if profile.skip or profile.role not in present:
            continue
        patterns = list(profile.files)
        if profile.role == "test":
            patterns += [f"{root}/**" for root in facts.test_roots if root not in (".", "tests", "test")]
        found.update({pattern: sorted(profile.ignore) for pattern in patterns})
    return found


def foreign(facts: Facts) -> list[str]:
    """Folders and files of the project that rules about code leave out: generated, or somebody else's."""
    paths = {path for path, role in facts.roles.items() if role in ("generated", "vendored")}
    named = [fact.name for fact in facts.generated_or_vendored_paths]
    return sorted(name for name in named if any(path == name or path.startswith(f"{name}/") for path in paths))
