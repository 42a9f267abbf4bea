"""A tool without settings of ours: as the project has set it up, or as it comes."""

from __future__ import annotations

from qualitygate.bootstrap import own_arguments
from qualitygate.bootstrap.calibrate import calibrate
from qualitygate.bootstrap.deciding.ground import (
    FORMATTED,
    Ground,
    as_check,
    planned_for,
    program_for,
    version_line,
    whose,
)
from qualitygate.bootstrap.draft import Draft
from qualitygate.bootstrap.plan import PlannedCheck, Step
from qualitygate.bootstrap.scopes import known
from qualitygate.bootstrap.scratch import look
from qualitygate.checks import traits
from qualitygate.errors import ToolError
from qualitygate.playbook import PlaybookCheck

_AT_LEAST = 0.5
"""Share of files that must be in the format that the project says it uses: with fewer, it is not the one we run."""


def decide(draft: Draft, ground: Ground, check: PlaybookCheck) -> None:
    """A tool without settings of ours: as the project has set it up, or as it comes."""
    tool, program = ground.scratch.tools[check.tool], program_for(ground, check)
    if not tool.package:
        draft.add(planned_for(check, "", ground), Step(f"add check {check.name}", check.reason))
        return
    fact = known(ground.facts, check.known_as)
    node = traits.ecosystem(tool) == "node"
    own = own_arguments.adopted(ground.facts, check.tool, ground.root)
    options = {**check.options, **own, **({"environment": "project"} if node and program.of_project else {})}
    # What the project has installed from a lock file is pinned there.
    version = "" if node and program.of_project else version_line(program.version, 2)
    planned = planned_for(check, version, ground, options=options, adopted=fact is not None)
    if rules := tuple(options.get("rules", ())):
        planned = _calibrated(draft, ground, planned, rules)
        if not planned.rules:
            draft.leave_out(check.name, "the code contradicts all of its rules")
            return
    report = look(ground.scratch, as_check(planned), draft.files())
    if report.reason or not report.looked_at:
        draft.leave_out(check.name, report.reason or "no file to look at")
        return
    untidy = len({finding.path for finding in report.findings})
    figure = f"{untidy} of {report.looked_at} {traits.unit(tool)}s"
    # Settings that only the project's own command gives (a script, an action) may be out of sight.
    tidy = FORMATTED if fact is None else _AT_LEAST
    if tool.scope == "lines" and report.looked_at - untidy < tidy * report.looked_at:
        draft.leave_out(check.name, f"{figure} are not in its format: formatting single lines would mix two styles")
        return
    where = f"{fact.evidence[0].path}; " if fact is not None else ""
    what = f"adopt {check.tool} as the project has set it up" if fact is not None else f"add check {check.name}"
    named = whose(program, check.tool) if node or program.of_project else f"{check.tool} {program.version}"
    draft.add(planned, Step(what, check.reason, f"{where}{named}"))


def _calibrated(draft: Draft, ground: Ground, planned: PlannedCheck, rules: tuple[str, ...]) -> PlannedCheck:
    """The check with those of its rules that the code does not plainly contradict; the others are left out."""
    report = look(ground.scratch, as_check(planned), draft.files())
    if report.reason:
        raise ToolError(report.reason)
    lines = sum(ground.facts.languages[n].lines for n in ground.playbook.languages if n in ground.facts.languages)
    names = tuple(f"{planned.tool}:{rule}" for rule in rules)
    rows = calibrate(names, report.findings, lines=lines, thresholds=ground.playbook.thresholds)
    dropped = {row.rule: row for row in rows if row.kind == "many" and row.rule in names}
    for row in dropped.values():
        draft.leave_out(row.rule, f"{row.findings} findings in {row.files} files: not a rule of this code")
    kept = tuple(rule for rule, name in zip(rules, names, strict=True) if name not in dropped)
    return planned._replace(options={**planned.options, "rules": list(kept)}, rules=kept)
