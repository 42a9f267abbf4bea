"""mypy: with the project's settings, or with a few of ours."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from qualitygate import git
from qualitygate.bootstrap import mypy_settings, own_arguments, pins
from qualitygate.bootstrap.deciding.ground import Ground, as_check, planned_for, program_for, version_line, whose
from qualitygate.bootstrap.draft import Draft
from qualitygate.bootstrap.plan import Step
from qualitygate.bootstrap.scratch import look
from qualitygate.playbook import PlaybookCheck

LINK = "120000"
"""git's mode of a symbolic link."""


def decide(draft: Draft, ground: Ground, check: PlaybookCheck) -> None:
    """Try it on HEAD, in the project's environment where that may be used."""
    facts, environment, program = ground.facts, ground.project.environment, program_for(ground, check)
    has_settings = any(fact.name == "mypy" for fact in facts.type_checkers)
    entries = git.entries(ground.scratch.gate.repo, ground.scratch.head)
    links = [path for path, entry in entries.items() if entry.mode == LINK]
    new = partial(mypy_settings.ours, ground.playbook, facts, draft.read, links)
    settings = mypy_settings.adopted(facts) if has_settings else new()
    options: dict[str, Any] = {**check.options, "environment": "project" if environment else "none"}
    if has_settings and "flags" in (own := own_arguments.adopted(facts, "mypy", ground.root)):
        options["flags"] = own["flags"]
    if settings.paths:
        options["paths"] = list(settings.paths)
    planned = planned_for(check, version_line(program.version, 1), ground, options=options, adopted=has_settings)
    written: Mapping[str, bytes] = {settings.edit.path: settings.edit.after} if settings.edit else {}
    report = look(ground.scratch, as_check(planned), {**draft.files(), **written})
    if report.reason:
        draft.leave_out(check.name, report.reason)
        return
    what = "adopt the project's mypy settings"
    if settings.edit is not None:
        draft.write(settings.edit)
        what = f"configure mypy in {settings.edit.path}"
    pin = pins.differing(facts, "mypy", program) if has_settings else None
    version = f"; {pins.told(pin, program, report.findings, 'mypy')}" if pin else ""
    label = (
        version
        if environment
        else f"{version}; imports of other projects are not resolved: no trusted environment is here"
    )
    draft.add(planned, Step(what, check.reason, f"{settings.evidence}; {whose(program, 'mypy')}{label}"))
