"""What a project's settings for ESLint restrict, and whether each restriction fires on code made for it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence

from qualitygate import git
from qualitygate.bootstrap.deciding.ground import Ground, as_check
from qualitygate.bootstrap.draft import Draft
from qualitygate.bootstrap.eslint_seeds import Restriction, restrictions
from qualitygate.bootstrap.house_rules import HouseRule
from qualitygate.bootstrap.plan import PlannedCheck
from qualitygate.bootstrap.scratch import laid_out, look
from qualitygate.checks.resolve import program_of
from qualitygate.checks.running import run_command
from qualitygate.checks.scope import all_within, root_of
from qualitygate.checks.tool import Request
from qualitygate.checks.tools import eslint, eslint_seeds
from qualitygate.errors import QualityGateError
from qualitygate.gate.sides import wanted_files

_SECONDS = 60.0
_HOSTS = 3
"""Files that are tried: the first may be one that takes no `import`."""
_MOST = 40
_SINGLE = 6
_FATAL = "code made for it does not parse in that file"


def restricted(draft: Draft, ground: Ground) -> Iterator[HouseRule]:
    """What the settings in force for the first source file of each check restrict; nothing without a check."""
    for check in draft.checks:
        if check.tool == "eslint":
            for host, found in _asked(draft, ground, check):
                path = _settings(draft, root_of(as_check(check))) or host
                for one in found[:_MOST]:
                    what = f"{one.rule.partition(':')[2]} {one.what}"
                    yield HouseRule("eslint", what, path, one.rule, one.text, host)
                break


def _settings(draft: Draft, root: str) -> str:
    places = (f"{root}/{name}".lstrip("/") for name in (*eslint.FLAT, *eslint.LEGACY))
    return next((place for place in places if draft.read(place) is not None), "")


def _asked(draft: Draft, ground: Ground, check: PlannedCheck) -> Iterator[tuple[str, Sequence[Restriction]]]:
    """Source files with what is restricted in them."""
    entries = git.entries(ground.scratch.gate.repo, ground.scratch.head)
    root = root_of(as_check(check))
    wants = wanted_files(as_check(check), ground.scratch.tools[check.tool], entries)
    hosts = [path for path in wants if ground.facts.roles.get(path) == "source"][:_HOSTS]
    for path in hosts:
        try:
            project = ground.scratch.project(root)
            executable = program_of(ground.scratch.tools[check.tool], check.version, project).executable
            place = laid_out(ground.scratch, as_check(check), draft.files())
            inner = next(iter(all_within(root, [path])))
            request = Request(check.name, os.fspath(place), (inner,), executable, check.options, os.fspath(place))
            output = run_command(eslint_seeds.config_command(request, inner), place, _SECONDS)
            found = restrictions(json.loads(output.stdout)) if output.code == 0 else ()
        except (QualityGateError, ValueError, RecursionError):
            continue
        if found:
            yield path, found


def settle(draft: Draft, ground: Ground, rows: Sequence[HouseRule]) -> dict[HouseRule, HouseRule]:
    """Each with whether it fires, all that stand in one file tried in one run."""
    settled: dict[HouseRule, HouseRule] = {}
    for host in dict.fromkeys(row.host for row in rows):
        here = [row for row in rows if row.host == host]
        settled.update({row: row._replace(why="no code is made for it") for row in here if not row.seed})
        settled.update(_tried(draft, ground, host, [row for row in here if row.seed]))
    return settled


def _tried(draft: Draft, ground: Ground, host: str, rows: Sequence[HouseRule]) -> Mapping[HouseRule, HouseRule]:
    """All of them in one run; where one does not parse in that file, those of each rule, and then a few one by one."""
    found = _run(draft, ground, host, rows)
    for parts in (_by_rule, _singly):
        torn = [old for old, new in found.items() if new.why == _FATAL]
        for some in parts(torn) if len(torn) > 1 else ():
            found.update(_run(draft, ground, host, some))
    return found


def _by_rule(rows: Sequence[HouseRule]) -> list[list[HouseRule]]:
    return [[row for row in rows if row.rule == rule] for rule in dict.fromkeys(row.rule for row in rows)]


def _singly(rows: Sequence[HouseRule]) -> list[list[HouseRule]]:
    return [[row] for row in rows[:_SINGLE]]


def _run(draft: Draft, ground: Ground, host: str, rows: Sequence[HouseRule]) -> dict[HouseRule, HouseRule]:
    check = next(one for one in draft.checks if one.tool == "eslint" and _holds(one, host))
    data = (draft.read(host) or b"").rstrip() + b"\n"
    first = data.count(b"\n") + 1
    # Each with a name of its own: what is declared twice does not parse.
    lines = (row.seed.replace("seeded", f"seeded{number}") + "\n" for number, row in enumerate(rows))
    try:
        report = look(ground.scratch, as_check(check), {**draft.files(), host: data + "".join(lines).encode()})
    except QualityGateError as exc:
        return {row: row._replace(why=exc.message) for row in rows}
    found = {(finding.rule, finding.line) for finding in report.findings if finding.path == host}
    why = report.reason or (_FATAL if any(rule == eslint.FATAL for rule, _ in found) else "")
    if why:
        return {row: row._replace(why=why) for row in rows}
    fires = {row: (row.rule, first + number) in found for number, row in enumerate(rows)}
    told = {row: "" if fires[row] else f"nothing is found for `{row.seed}` in {host}" for row in rows}
    return {row: row._replace(fires=fires[row], why=told[row]) for row in rows}


def _holds(check: PlannedCheck, path: str) -> bool:
    root = root_of(as_check(check))
    return not root or path.startswith(f"{root}/")
