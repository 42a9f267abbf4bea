"""Try the commands of the existing gate once on HEAD, in a copy; those that are green may become checks."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

from qualitygate.bootstrap.deciding.ground import Ground
from qualitygate.bootstrap.draft import Draft
from qualitygate.bootstrap.existing_gate import Standing, absent_from, standings
from qualitygate.bootstrap.growing import TAKEN_OUT, Taken, Told
from qualitygate.bootstrap.plan import PlannedCheck, Step
from qualitygate.bootstrap.scopes import slug
from qualitygate.bootstrap.scratch import Scratch, look
from qualitygate.checks.project_commands import TOOL
from qualitygate.checks.running import NO_ANSWER
from qualitygate.checks.tool import Project
from qualitygate.errors import QualityGateError
from qualitygate.inspection.facts import Facts
from qualitygate.model import Check, Report

BUDGET = 120.0
"""Seconds for all of them together."""
EACH = 60.0
"""Seconds for one."""
SOON = 5.0
"""Seconds: what takes less runs at commit, the rest at push."""
_NODE = ("npm", "npx", "node")


def settle(draft: Draft, ground: Ground, taken: Taken, progress: Callable[[str], None]) -> tuple[Standing, ...]:
    """Classify all, try what may be tried, and plan a check for what is green and stands for itself."""
    bash = _bash_scripts(draft, ground.facts)
    rows = standings(ground.facts, draft.checks, bash, absent_from(ground.scratch.gate.repo.root))
    end = time.monotonic() + BUDGET
    out = [row for row in rows if row.group == "check" and taken.holds("", Told(TOOL, row.directory, row.run))]
    left = [row._replace(group="listed", why=TAKEN_OUT) if row in out else row for row in rows]
    return tuple(_settled(draft, ground, left, end, progress))


def _bash_scripts(draft: Draft, facts: Facts) -> Iterator[str]:
    for path in sorted({row.path for row in facts.gate_commands if row.runner == "script"}):
        if b"bash" in (draft.read(path) or b"").split(b"\n", 1)[0]:
            yield path


def _settled(
    draft: Draft, ground: Ground, rows: Sequence[Standing], end: float, progress: Callable[[str], None]
) -> Iterator[Standing]:
    slow = {one.what for one in draft.left_out if one.reason.startswith(NO_ANSWER)}
    for row in rows:
        left = end - time.monotonic()
        if row.group != "check":
            yield row
        elif row.tools and slow.issuperset(row.tools):
            yield row._replace(group="listed", why=f"not run: {', '.join(row.tools)} took longer than it may already")
        elif why := _unable(ground, row, left):
            yield row._replace(group="listed", why=why)
        else:
            progress(f"trying the project's own `{row.command[:60]}`")
            yield _tried(draft, ground.scratch, row, min(left, EACH))


def _unable(ground: Ground, row: Standing, left: float) -> str:
    scratch = ground.scratch
    if not scratch.trusted or not ground.may_try:
        return "not run: it executes code of this repository, which is not trusted (--trust)"
    project = scratch.project(row.directory)
    if project == Project():
        return "not run: the project's packages are not installed here"
    if row.run[0] in _NODE and project.modules is None:
        return "not run: there is no node_modules here (npm ci)"
    return "" if left > 1 else f"not run: the {BUDGET:.0f} s for all commands are used up"


def _tried(draft: Draft, scratch: Scratch, row: Standing, limit: float) -> Standing:
    name = _name(row, {check.name for check in draft.checks})
    options = {"run": list(row.run), **({"root": row.directory} if row.directory else {})}
    start = time.monotonic()
    try:
        report = look(scratch, Check(name, TOOL, "ratchet", "push", "", options), draft.files(), limit=limit)
    except QualityGateError as exc:
        report = Report((), 0, exc.message)
    seconds = time.monotonic() - start
    if report.reason:
        return row._replace(group="listed", why=f"not run to its end: {report.reason}", seconds=seconds)
    if report.findings:
        said = report.findings[0]
        where = f"{said.path}:{said.line}: " if said.line else ""
        why = f"red on HEAD: {where}{said.message}"
        return row._replace(group="listed", why=why, green=False, seconds=seconds)
    tier = "commit" if seconds < SOON else "push"
    check = PlannedCheck(name, TOOL, "ratchet", tier, "", options, adopted=True, kind=row.kind)
    what = f"keep `{row.command}` as check {name}"
    step = Step(what, "the project's own check, green on HEAD", f"{row.path}:{row.line}; {seconds:.1f} s, so at {tier}")
    draft.add(check, step)
    return row._replace(green=True, seconds=seconds, check=name)


def _name(row: Standing, taken: set[str]) -> str:
    """What one types: `npm-lint` for `npm run lint`, but only `codespell` for that with its options and folders."""
    plain = (word for word in row.run if not word.startswith("-") and "=" not in word)
    words = [word for word in plain if word not in ("run", "env")][:3]
    if len(row.tools) == 1 and words[0].lower() == row.tools[0].lower():
        words = words[:1]
    first = slug("-".join((*words, row.directory)).strip("-")).strip("-") or "command"
    return next(name for n in range(1, 1000) if (name := first if n == 1 else f"{first}-{n}") not in taken)
