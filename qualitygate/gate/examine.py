"""One check on one pair of trees: from the choice of files to what is new."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Literal

from qualitygate.checks import scope, traits
from qualitygate.checks.node_modules import FOLDER
from qualitygate.checks.resolve import Program, program_of
from qualitygate.errors import QualityGateError, ToolError
from qualitygate.frozen import NamedTuple
from qualitygate.gate import canary, out_of_sight, revealing, targets, upgrades
from qualitygate.gate.comparing import compare
from qualitygate.gate.known import Known, blocking, named_in, sides_of
from qualitygate.gate.linemap import LineMap
from qualitygate.gate.matching import Side
from qualitygate.gate.merge import contested
from qualitygate.gate.observe import Observed, Place, Run, observe, observe_both, recall
from qualitygate.gate.ratchet import Judgement, judge
from qualitygate.gate.revealing import Looked
from qualitygate.gate.session import BaseTree, Session
from qualitygate.gate.sides import Sides, is_per_file, is_wanted, wanted_files
from qualitygate.gate.snapshot import Laid
from qualitygate.gate.surroundings import must_be_installed, must_be_trusted
from qualitygate.gate.upgrades import Upgrade
from qualitygate.model import TIERS, Check, CheckResult, Entries, Finding, Tree


class Outcome(NamedTuple):
    """The row of the report's table, and what was judged; None where nothing was."""

    result: CheckResult
    judgement: Judgement | None


class _Judged(NamedTuple):
    judgement: Judgement
    files: int
    cached: bool
    reason: str
    cache: str


def examine(session: Session, check: Check, head: Tree, layout: Laid, bases: list[BaseTree]) -> Outcome:
    """Run one check on head and, as far as needed, on the bases. Errors a person can mend make it undecided."""
    start = time.monotonic()
    tool = session.tools[check.tool]
    version = ""

    def row(state: Literal["passed", "failed", "shown", "undecided", "skipped"], reason: str = "") -> CheckResult:
        took, unit = time.monotonic() - start, traits.unit(tool)
        return CheckResult(check.name, check.tool, version, 0, state, False, took, reason, unit)

    if TIERS.index(check.tier) > TIERS.index(session.tier):
        return Outcome(row("skipped", f"runs at {check.tier}"), None)
    comparer = traits.comparer(tool)
    trees = [head.entries, *(base.tree.entries for base in bases if comparer is not None)]
    nothing = not any(is_wanted(check, tool, entries) for entries in trees)
    if nothing and not out_of_sight.any_moved(check, tool, head.entries, bases[0]):
        return Outcome(row("skipped", "no file for it in this tree"), None)
    try:
        program = program_for(session, check)
        version = program.version
        job = ready(session, check, layout, program)
        judged = _judge(session, job, head, layout, bases)
    except QualityGateError as exc:
        hint = f"; {exc.hint}" if exc.hint else ""
        return Outcome(row("undecided", f"{exc.message}{hint}"), None)
    judgement = judged.judgement
    state: Literal["passed", "failed", "shown", "undecided"] = "passed"
    if judgement.new:
        state = "failed"
    elif judged.reason:
        state = "undecided"
    elif judgement.shown:
        state = "shown"
    result = row(state, judged.reason)._replace(files=judged.files, cached=judged.cached, cache=judged.cache)
    return Outcome(result, judgement)


def ready(session: Session, check: Check, layout: Laid, program: Program) -> Run:
    """A check with what it needs to run on this side. Raises QualityGateError for what is missing or not trusted."""
    tool = session.tools[check.tool]
    around, read = session.around_of(check), scope.reading(scope.root_of(check), layout.read)
    must_be_trusted(tool, check.options, read, around)
    must_be_installed(tool, check.options, read, around)
    used = around if traits.uses_project(tool, check.options) else around.without_environment()
    return Run(check, tool, program, used, session.shared, session.deadline, partial(session.started, check.name))


def program_for(session: Session, check: Check) -> Program:
    """The program that runs a check. Raises QualityGateError where there is none of the version it asks for."""
    around, tool = session.around_of(check), session.tools[check.tool]
    try:
        return program_of(tool, check.version, around.project)
    except ToolError as exc:
        if not around.untrusted:
            raise
        # What is not trusted was left aside: that a program was not found in it would be half a lie.
        aside = traits.ecosystem(tool) == "node" and around.untrusted.endswith(FOLDER)
        message = f"{tool.package} was not looked for" if aside else exc.message
        raise ToolError(
            f"{message}; {around.untrusted} is not trusted in this clone", hint="`qualitygate install --trust`"
        ) from None


def _judge(session: Session, job: Run, head: Tree, layout: Laid, bases: list[BaseTree]) -> _Judged:
    comparer = traits.comparer(job.tool)
    if comparer is not None:
        found = compare(session, job.check, comparer, head, layout, bases)
        judgement = Judgement(found.blocking, 0, 0, found.shown)
        return _Judged(judgement, found.looked_at, False, found.reason, "compared anew; what is in each file is kept")
    nearest, *others = [base for base in bases if not base.fork]
    forks = [base for base in bases if base.fork]
    upgrade = upgrades.find(job, layout, nearest)
    sides = _chosen(session, job, head, [nearest, *others], forks, upgrade)
    seen = _seen(job, (head, layout), nearest, sides, alone=bool(forks))
    ours = Looked(layout, head.entries, sides.head, seen.report)
    reasons = [reason for reason in (seen.report.reason, canary.why_blind(job, ours, nearest)) if reason]
    whys = [f"head: {seen.why}"]
    findings, only_shown = blocking(job, seen.report.findings)
    if job.tool.scope == "lines":
        side = Side(on_changed_lines(findings, head.entries, bases), layout.read)
        judgement = judge(job.check.policy, (), side)
    else:
        if not seen.report.reason:
            upgrades.remember(job, head.entries, sides.head)
        known = Known(session, job, ours, nearest, upgrade)
        judgement = judge(
            job.check.policy,
            known.groups(others, sides, merge=bool(forks)),
            Side(findings, layout.read),
            [known.later(fork) for fork in forks],
            _strictness(job.check),
        )
        judgement, more = _with_reasons(judgement, job, ours, known, nearest)
        judgement = judgement._replace(shown=(*judgement.shown, *only_shown))
        reasons += more
        whys += known.whys
    if traits.retold(job.tool) is not None:
        judgement, late = _with_unrun(session, judgement, job, head, ours, bases)
        reasons += [late] if late else []
    return _Judged(judgement, seen.report.looked_at, seen.cached, "; ".join(reasons), "; ".join(whys))


def _chosen(
    session: Session, job: Run, head: Tree, bases: list[BaseTree], forks: list[BaseTree], upgrade: Upgrade
) -> Sides:
    """The files of head and of the nearest base that are looked at."""
    if upgrade.before is not None:  # all that uses the packages is in question
        trees = (head.entries, bases[0].entries_for(job.tool))
        return Sides(*(wanted_files(job.check, job.tool, entries) for entries in trees))
    sides = sides_of(session, job, head.entries, bases[0])
    if forks and job.tool.scope == "tree":
        return sides._replace(head=_merged_files(session, job, head, bases, forks))
    return sides


def _seen(job: Run, head: tuple[Tree, Laid], base: BaseTree, sides: Sides, *, alone: bool) -> Observed:
    """What the check finds in head. `alone`: not in one run with base, even where the tool can do that."""
    entries, layout = head[0].entries, head[1]
    seen = None if alone else _in_one_run(job, head, base, sides)
    seen = seen or recall(job, entries, sides.head)
    if seen is None:
        targets.must_be_there(named_in(job, entries, layout))
        seen = observe(job, layout, entries, sides.head)
    return seen


def _with_unrun(
    session: Session, judgement: Judgement, job: Run, head: Tree, ours: Looked, bases: Sequence[BaseTree]
) -> tuple[Judgement, str]:
    """The judgement with what does not run any more, and why that could not be told in time."""
    from qualitygate.gate import executed  # here, because most commits run no test

    gone = executed.gone(session, job, head, ours, bases)
    judgement = judgement._replace(
        new=(*judgement.new, *gone.blocking),
        shown=(*judgement.shown, *gone.shown),
        notes=(*judgement.notes, *gone.notes),
    )
    return judgement, gone.reason


def _with_reasons(
    judgement: Judgement, job: Run, ours: Looked, known: Known, nearest: BaseTree
) -> tuple[Judgement, list[str]]:
    """The judgement with what is new told apart by what brought it, and the reasons for which it decides nothing."""
    if judgement.new and not known.failed and job.check.policy == "ratchet":
        judgement = revealing.without_revealed(judgement, job, ours, known.looked)
    judgement = known.with_cause(judgement)
    moved = out_of_sight.findings_of(job, ours, nearest)
    if job.check.policy == "ratchet":
        judgement = judgement._replace(new=(*judgement.new, *blocking(job, moved.findings)[0]))
    if known.failed:  # what base has is not known, so nothing can be called new, and nothing passed
        judgement = judgement._replace(new=(), fixed_count=0)
    if ours.report.reason:
        judgement = judgement._replace(fixed_count=0)
    defects = [
        f"{surplus} more of {rule} than base has, and not reported as new: a defect of qualitygate"
        for rule, surplus in judgement.unaccounted
    ]
    return judgement, [*([moved.reason] if moved.reason else []), *known.failed, *defects]


def _in_one_run(job: Run, head: tuple[Tree, Laid], base: BaseTree, sides: Sides) -> Observed | None:
    """What is found in head, looked at together with base where the tool can do that."""
    if traits.paired(job.tool) is None or job.tool.scope == "lines":
        return None
    there = base.layout_for(job.check, job.tool, sides.base)
    here = Place(head[1], head[0].entries, sides.head)
    return observe_both(job, here, Place(there, base.entries_for(job.tool), sides.base))


def _strictness(check: Check) -> Callable[[Finding], bool]:
    """Whether a finding whose code was edited in place is new."""
    asked = check.options.get("touched")
    return lambda finding: asked == "new" or (asked != "show" and finding.grave)


def _merged_files(
    session: Session, job: Run, head: Tree, sides: list[BaseTree], forks: list[BaseTree]
) -> tuple[str, ...]:
    """What a merge is looked at for: files that differ from some side, but for those simply taken from the other."""
    chosen = sorted({path for side in sides for path in sides_of(session, job, head.entries, side).head})
    trees = [*sides, *forks]
    alike = all(is_per_file(job.tool, head.entries, base.entries_for(job.tool)) for base in trees)
    if session.everything or job.check.policy == "clean" or not alike:
        return tuple(chosen)
    changed = frozenset[str]().union(*(side.changed_for(job.tool) for side in sides))
    there = ([side.entries_for(job.tool) for side in sides], [fork.entries_for(job.tool) for fork in forks])
    found = contested(changed, head.entries, *there)
    return tuple(path for path in chosen if path in found)


def on_changed_lines(findings: tuple[Finding, ...], head: Entries, bases: Sequence[BaseTree]) -> tuple[Finding, ...]:
    """Those on lines that no base has. In a merge these are its sides: a line that one of them has is not changed."""
    for base in bases:
        if not findings:
            break
        if base.fork:
            continue
        maps = {one.new: LineMap(one.hunks) for one in base.differs(ignore_space=False)}
        findings = tuple(f for f in findings if _is_changed(f, maps, base.tree.entries, head))
    return findings


def _is_changed(finding: Finding, maps: Mapping[str, LineMap], base: Entries, head: Entries) -> bool:
    lines = maps.get(finding.path)
    if lines is not None:
        return lines.meets(finding.line, max(finding.line, finding.end_line))
    return base.get(finding.path) != head.get(finding.path)
