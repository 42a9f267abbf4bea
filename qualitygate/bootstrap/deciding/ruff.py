"""ruff, as a linter and as a formatter: with the project's settings, or with rules that fit the code."""

from __future__ import annotations

from qualitygate.bootstrap import pins, ruff_settings
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
from qualitygate.bootstrap.edits import Edit
from qualitygate.bootstrap.plan import Step
from qualitygate.bootstrap.scratch import look
from qualitygate.model import Report
from qualitygate.playbook import PlaybookCheck


def lint(draft: Draft, ground: Ground, check: PlaybookCheck) -> None:
    """Adopt its settings, or write some with the rules that the code bears."""
    program = program_for(ground, check)
    planned = planned_for(check, version_line(program.version, 2), ground)
    known = next((fact for fact in ground.facts.linters if fact.name == "ruff"), None)
    if known is not None:
        evidence = f"{known.evidence[0].path}; {whose(program, 'ruff')}"
        if pin := pins.differing(ground.facts, "ruff", program):
            found = look(ground.scratch, as_check(planned), draft.files()).findings
            evidence += f"; {pins.told(pin, program, found, 'ruff')}"
        step = Step("adopt the project's ruff settings as they are", "its rules stay its own", evidence)
        draft.add(planned._replace(adopted=True), step)
        return

    def try_it(edit: Edit) -> Report:
        return look(ground.scratch, as_check(planned), {**draft.files(), edit.path: edit.after})

    settled = ruff_settings.settle(ground.playbook, ground.facts, draft.read, try_it)
    if isinstance(settled, str):
        draft.leave_out(check.name, settled)
        return
    draft.write(settled.edit)
    for row in settled.dropped:
        draft.leave_out(row.rule, f"{row.findings} findings in {row.files} files: not a rule of this code")
    reason = f"{len(settled.rules)} rules that find defects, each tried on this code"
    step = Step(f"configure ruff in {settled.edit.path}", reason, f"no ruff settings; {whose(program, 'ruff')}")
    draft.add(planned._replace(rules=settled.rules), step)


def style(draft: Draft, ground: Ground, check: PlaybookCheck) -> None:
    """Check the format of changed lines, where the project formats with ruff or as ruff does."""
    planned = planned_for(check, version_line(program_for(ground, check).version, 2), ground)
    known = next((fact for fact in ground.facts.formatters if fact.name == "ruff format"), None)
    if known is not None:
        evidence = f"{known.evidence[0].path}:{known.evidence[0].line}"
        step = Step("check the format of changed lines", "the project formats with ruff", evidence)
        draft.add(planned._replace(adopted=True), step)
        return
    report = look(ground.scratch, as_check(planned), draft.files())
    if report.reason or not report.looked_at:
        draft.leave_out(check.name, report.reason or "no file to look at")
        return
    untidy = len({finding.path for finding in report.findings})
    figure = f"{untidy} of {report.looked_at} files are not in ruff's format"
    if report.looked_at - untidy < FORMATTED * report.looked_at:
        draft.leave_out(check.name, f"{figure}: formatting single lines would mix two styles")
        return
    draft.add(planned, Step("check the format of changed lines", check.reason, figure))
