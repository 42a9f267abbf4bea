"""A project's own rules for semgrep: each is tried on a seed, and those of files that can be tried become a check."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from qualitygate import git
from qualitygate.bootstrap import seeds as planting
from qualitygate.bootstrap import semgrep_seeds, semgrep_settings
from qualitygate.bootstrap.deciding.ground import Ground, as_check, program_for
from qualitygate.bootstrap.draft import Draft
from qualitygate.bootstrap.growing import TAKEN_OUT, Taken, told
from qualitygate.bootstrap.house_rules import HouseRule
from qualitygate.bootstrap.plan import PlannedCheck, Step
from qualitygate.bootstrap.scratch import look
from qualitygate.checks.tools import semgrep
from qualitygate.checks.tools.semgrep_languages import KNOWN, plain
from qualitygate.errors import ConfigError, QualityGateError
from qualitygate.gate.sides import wanted_files
from qualitygate.model import Report
from qualitygate.playbook import PlaybookCheck
from qualitygate.rule_pack import documents

NAME = "own-semgrep-rules"
_LANGUAGES = ", ".join(KNOWN.values())
_ELSEWHERE = (
    f"only rules in {', '.join(semgrep.PLACES[:2])} or semgrep.yml are tried; where the project runs it, it stays"
)


def settle(
    draft: Draft, ground: Ground, rows: Sequence[HouseRule], taken: Taken, progress: Callable[[str], None]
) -> dict[HouseRule, HouseRule]:
    """What became of each rule. A check for them joins the draft where at least one of them fires on its seed."""
    why = {path: _unfit(path, draft.read(path) or b"") for path in dict.fromkeys(row.path for row in rows)}
    fit = [path for path, reason in why.items() if not reason]
    found = {row: row._replace(why=why[row.path]) for row in rows if why[row.path]}
    left = [row for row in rows if row not in found]
    if not fit:
        return found
    progress("trying the project's rules for semgrep")
    check = PlannedCheck(NAME, semgrep.name, "ratchet", "commit", "", {"rule_files": fit}, adopted=True)
    if taken.holds(NAME, told(check.tool, check.options)):
        return {**found, **{row: row._replace(why=TAKEN_OUT) for row in left}}
    here = next((kept for kept in draft.kept if kept.options.get("rule_files")), None)
    settled, check = _tried(draft, ground, here or check, left)
    if here is None and any(row.fires for row in settled.values()):
        fires = sum(1 for row in settled.values() if row.fires)
        evidence = f"{', '.join(fit[:3])}{' ...' if len(fit) > 3 else ''}; {fires} of {len(settled)} fire on a seed"
        draft.add(check, Step("keep the project's own rules for semgrep", "they stay where they are", evidence))
    return {**found, **settled}


def _unfit(path: str, data: bytes) -> str:
    """Why the rules of a file are not tried; "" where they are."""
    if not path.startswith(semgrep.PLACES[0]) and path.rpartition("/")[2] not in semgrep.PLACES:
        return _ELSEWHERE
    try:
        rules = documents(data, file=path)
    except ConfigError as exc:
        return exc.message
    for rule in rules:
        named = rule.get("languages")
        names = {plain(str(name)) for name in named} if isinstance(named, list) else set()
        if not names or not names <= set(KNOWN):
            other = ", ".join(sorted(names - set(KNOWN))) or "no language"
            return f"the file has a rule for {other}, and rules are tried for {_LANGUAGES}"
    return ""


def _tried(
    draft: Draft, ground: Ground, check: PlannedCheck, rows: Sequence[HouseRule]
) -> tuple[dict[HouseRule, HouseRule], PlannedCheck]:
    """Each rule with whether it fires, and the check without files that the engine cannot read whole."""
    try:
        program_for(ground, PlaybookCheck(NAME, semgrep.name, "", "", "ratchet", "commit", {}, False))
        report = look(ground.scratch, as_check(check), draft.files())
        if report.reason and (in_part := semgrep_settings.read_in_part(report)):
            check = check._replace(options={**check.options, "exclude": list(in_part)})
            report = look(ground.scratch, as_check(check), draft.files())
    except QualityGateError as exc:
        report = Report((), 0, exc.message)
    if report.reason or not report.looked_at:
        why = report.reason or "there is no file for it to look at"
        return {row: row._replace(why=why) for row in rows}, check
    fires = _fired(draft, ground, check)
    return {row: _judged(row, fires) for row in rows}, check


def _judged(row: HouseRule, fires: Mapping[str, bool | None]) -> HouseRule:
    found = fires.get(row.what.removeprefix("rule "))
    if found is None:
        return row._replace(why="it has no test beside it, and no code could be made from its pattern")
    return row._replace(fires=found, why="" if found else "it does not find the code that its test or pattern names")


def _fired(draft: Draft, ground: Ground, check: PlannedCheck) -> dict[str, bool | None]:
    """By the id of each rule whether it finds its seed; None for one that has no seed, or no file to put it in."""
    entries = git.entries(ground.scratch.gate.repo, ground.scratch.head)
    where = planting.Ground(entries, draft.read, ground.facts, ())
    wants = wanted_files(as_check(check), ground.scratch.tools[check.tool], entries)
    known = semgrep_seeds.examples((), entries, draft.read, check.options["rule_files"])
    found: dict[str, bool | None] = dict.fromkeys(known)
    for one in planting.plant(check, as_check(check), where, wants):
        report = look(ground.scratch, as_check(check), {**draft.files(), **one.files})
        if report.reason:
            break
        for rule in known:
            expected = [e for e in one.groups.get(f"semgrep:{rule}", ()) if e.path]
            if expected:
                found[rule] = any(
                    row.rule == e.rule and row.path == e.path and row.line >= e.line
                    for e in expected
                    for row in report.findings
                )
    return found
