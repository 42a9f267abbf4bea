"""Whether the rules that a project made up itself fire where they should: tried in copies of its files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from qualitygate import git
from qualitygate.bootstrap import house_ast_grep, house_eslint, house_semgrep
from qualitygate.bootstrap.deciding.ground import Ground
from qualitygate.bootstrap.draft import Draft
from qualitygate.bootstrap.growing import Taken
from qualitygate.bootstrap.house_rules import HouseRule, house_rules
from qualitygate.bootstrap.plan import PlannedCheck
from qualitygate.bootstrap.scratch import Scratch, look
from qualitygate.config import FILE_NAME
from qualitygate.errors import QualityGateError
from qualitygate.inspection.facts import Facts
from qualitygate.model import Check, Report
from qualitygate.rule_pack import compiled

_RUNS = 6
"""Rules that are tried one by one, each with a run of its command."""


def settle(draft: Draft, ground: Ground, taken: Taken, progress: Callable[[str], None]) -> tuple[HouseRule, ...]:
    """All rules of the project's own, and whether each fires; none of them is changed."""
    scratch, facts = ground.scratch, ground.facts
    entries = git.entries(scratch.gate.repo, scratch.head)
    rows = (*house_rules(tuple(entries), draft.read), *house_eslint.restricted(draft, ground))
    if not rows:
        return ()
    progress("trying the rules that the project made up itself")
    ruff = [row for row in rows if row.tool == "ruff"]
    tried = dict(zip(ruff, _ruff(draft, scratch, facts, ruff), strict=True)) if ruff else {}
    tried.update(house_eslint.settle(draft, ground, [row for row in rows if row.tool == "eslint"]))
    of_semgrep = [row for row in rows if row.tool == "semgrep"]
    tried.update(house_semgrep.settle(draft, ground, of_semgrep, taken, progress))
    tried.update(house_ast_grep.settle(draft, scratch, [row for row in rows if row.tool == "ast-grep"]))
    commands = [row for row in rows if row.tool in ("flake8", "import-linter") and row.seed][:_RUNS]
    for row in commands:
        tried[row] = _by_command(draft, scratch, facts, row)
    return tuple(tried.get(row, _untried(row)) for row in rows)


def _untried(row: HouseRule) -> HouseRule:
    if row.fires is not None or row.why:
        return row
    return row._replace(why=f"no check here runs {row.tool}; where the project runs it, it stays")


def _planned(draft: Draft, names: Sequence[str]) -> PlannedCheck | None:
    return next((check for check in draft.checks if check.name in names), None)


def _look(draft: Draft, scratch: Scratch, check: PlannedCheck, files: Mapping[str, bytes]) -> Report:
    options = compiled(check.options, file=f"{FILE_NAME}: checks.{check.name}.rules")
    one = Check(check.name, check.tool, check.policy, check.tier, check.version, options)
    try:
        return look(scratch, one, {**draft.files(), **files})
    except QualityGateError as exc:
        return Report((), 0, exc.message)


def _hosts(facts: Facts, draft: Draft) -> Iterator[tuple[str, bytes]]:
    """Source files first; what cannot be parsed is none."""
    for role in ("source", "script", "test"):
        for path in facts.python_files:
            if facts.roles.get(path) == role and path.endswith(".py") and (data := draft.read(path)):
                yield path, data.rstrip() + b"\n"


def _ruff(draft: Draft, scratch: Scratch, facts: Facts, rows: Sequence[HouseRule]) -> Iterator[HouseRule]:
    """All of them in one run."""
    check = next((one for one in draft.checks if one.tool == "ruff"), None)
    host = next(_hosts(facts, draft), None)
    if check is None or host is None:
        why = "there is no check for ruff here" if check is None else "there is no Python file to try it in"
        yield from (row._replace(why=why) for row in rows)
        return
    path, data = host
    first = data.count(b"\n") + 1
    seeds = "".join(f"{row.seed}\n" for row in rows).encode()
    report = _look(draft, scratch, check, {path: data + seeds})
    found = {(finding.rule, finding.line) for finding in report.findings if finding.path == path}
    for number, row in enumerate(rows):
        if report.reason:
            yield row._replace(why=report.reason)
        elif (row.rule, first + number) in found:
            yield row._replace(fires=True)
        else:
            rule = row.rule.partition(":")[2]
            yield row._replace(fires=False, why=f"{rule} found nothing in {path}; do the settings select it?")


def _by_command(draft: Draft, scratch: Scratch, facts: Facts, row: HouseRule) -> HouseRule:
    """Through the check that runs the project's own command for the tool."""
    names = [one.check for one in draft.existing if one.check and one.green and row.tool in one.tools]
    check = _planned(draft, names)
    if check is None:
        return _untried(row)
    host = row.host or next((path for path, _ in _hosts(facts, draft)), "")
    data = (draft.read(host) or b"").rstrip() + b"\n"
    report = _look(draft, scratch, check, {host: data + row.seed.encode() + b"\n"})
    if report.reason:
        return row._replace(why=report.reason)
    why = "" if report.findings else f"check {check.name} stays green with `{row.seed}` in {host}"
    return row._replace(fires=bool(report.findings), why=why)
