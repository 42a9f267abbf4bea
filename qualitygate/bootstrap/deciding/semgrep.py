"""Our rules for semgrep, those that fit the languages and frameworks and that the code does not contradict."""

from __future__ import annotations

from qualitygate.bootstrap import ruff_settings, semgrep_settings
from qualitygate.bootstrap.deciding.ground import Ground, as_check, planned_for, program_for
from qualitygate.bootstrap.draft import Draft
from qualitygate.bootstrap.plan import Step
from qualitygate.bootstrap.scratch import look
from qualitygate.playbook import PlaybookCheck
from qualitygate.rule_pack import load_pack


def decide(draft: Draft, ground: Ground, check: PlaybookCheck) -> None:
    """Try all that may fit, without files that the engine cannot read whole, and keep what the code bears."""
    pack = {rule.id: rule for rule in load_pack()}
    settings = semgrep_settings.candidates(tuple(pack.values()), ground.facts)
    if not settings:
        return
    program = program_for(ground, check)
    without = ruff_settings.foreign(ground.facts)
    options = {**check.options, **({"exclude": without} if without else {})}
    tried = planned_for(check, "", ground, options={**options, "rules": list(settings)})
    report = look(ground.scratch, as_check(tried), draft.files())
    if report.reason and (in_part := semgrep_settings.read_in_part(report)):
        without = [*without, *in_part]
        options = {**options, "exclude": without}
        tried = tried._replace(options={**options, "rules": list(settings)})
        report = look(ground.scratch, as_check(tried), draft.files())
    if report.reason or not report.looked_at:
        draft.leave_out(check.name, report.reason or "no file to look at")
        return
    kept, dropped = semgrep_settings.settle([pack[name] for name in settings], report, ground.playbook, ground.facts)
    for row in dropped:
        draft.leave_out(row.rule, f"{row.findings} findings in {row.files} files: not a rule of this code")
    if not kept:
        draft.leave_out(check.name, "the code contradicts all of its rules")
        return
    label = f"; without {', '.join(without[:3])}{' ...' if len(without) > 3 else ''}" if without else ""
    evidence = f"each tried on this code; semgrep {program.version}, in an environment of its own{label}"
    step = Step(f"add {len(kept)} rules for semgrep", check.reason, evidence)
    draft.add(tried._replace(options={**options, "rules": list(kept)}, rules=kept), step)
