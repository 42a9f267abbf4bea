"""The tests of the project, of whatever runner: when they run, or why they cannot be a check."""

from __future__ import annotations

import time

from qualitygate.bootstrap import own_arguments, pytest_settings
from qualitygate.bootstrap.deciding.ground import Ground, as_check, planned_for, program_for, version_line, whose
from qualitygate.bootstrap.draft import Draft
from qualitygate.bootstrap.plan import Step
from qualitygate.bootstrap.scratch import look
from qualitygate.checks import traits
from qualitygate.playbook import PlaybookCheck


def python(draft: Draft, ground: Ground, check: PlaybookCheck) -> None:
    """pytest, which needs an environment of the project."""
    if why := pytest_settings.unable(ground.facts, ground.project.environment, _untrusted(ground)):
        draft.leave_out(check.name, why)
        return
    decide(draft, ground, check)


def decide(draft: Draft, ground: Ground, check: PlaybookCheck) -> None:
    """Run all tests once on HEAD, and decide from that when they run, or why they cannot be a check."""
    program = program_for(ground, check)
    own = own_arguments.adopted(ground.facts, check.tool, ground.root)
    options = {**check.options, **own, "environment": "project"}
    node = traits.ecosystem(ground.scratch.tools[check.tool]) == "node"
    planned = planned_for(check, "" if node else version_line(program.version, 1), ground, options=options)
    start = time.monotonic()
    report = look(ground.scratch, as_check(planned), draft.files(), limit=pytest_settings.PATIENCE)
    settled = pytest_settings.settle(report, time.monotonic() - start)
    if isinstance(settled, str):
        draft.leave_out(check.name, settled)
        return
    evidence = f"{settled.evidence}; {whose(program, check.tool)}"
    step = Step(f"run the tests at {settled.tier}", check.reason, evidence)
    flags = [*planned.options.get("flags", ()), *settled.flags]
    options = {**planned.options, **({"flags": flags} if flags else {})}
    draft.add(planned._replace(tier=settled.tier, options=options), step)


def _untrusted(ground: Ground) -> str:
    """An environment that lies there, and was not agreed to; "" where there is none."""
    if ground.scratch.trusted:
        return ""
    homes = ("", ground.root)
    here = (made.path for made in ground.facts.environments if not made.hostile)
    return next((path for path in here if path.rpartition("/")[0] in homes), "")
