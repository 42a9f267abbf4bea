"""One check on one pair of trees: from the choice of files to what is new."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Literal, NamedTuple

from qualitygate.checks import scope, traits
from qualitygate.checks.node_modules import FOLDER
from qualitygate.checks.resolve import Program, program_of
from qualitygate.checks.tool import Tool
from qualitygate.errors import QualityGateError, ToolError
from qualitygate.gate import canary, out_of_sight, revealing, targets, upgrades
from qualitygate.gate.comparing import compare
from qualitygate.gate.linemap import LineMap
from qualitygate.gate.matching import Delta, Side
from qualitygate.gate.merge import contested
from qualitygate.gate.observe import Observed, Place, Run, observe, observe_both, recall
from qualitygate.gate.ratchet import BaseGroup, Judgement, judge
from qualitygate.gate.revealing import Before, Looked
from qualitygate.gate.session import BaseTree, Session
from qualitygate.gate.sides import Sides, choose, is_per_file, is_wanted, wanted, wanted_files
from qualitygate.gate.snapshot import Laid
from qualitygate.gate.surroundings import must_be_installed, must_be_trusted
from qualitygate.model import TIERS, Check, CheckResult, Entries, Finding, Report, Tree


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
    return Run(check, tool, program, used, session.shared, session.deadline)


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
    check, tool = job.check, job.tool
    comparer = traits.comparer(tool)
    if comparer is not None:
        found = compare(session, check, comparer, head, layout, bases)
        judgement = Judgement(found.blocking, 0, 0, found.shown)
        return _Judged(judgement, found.looked_at, False, found.reason, "compared anew; what is in each file is kept")
    forks = [base for base in bases if base.fork]
    bases = [base for base in bases if not base.fork]
    sides = _sides(session, check, tool, head, bases[0])
    upgraded = upgrades.manifests(job, layout, bases[0])
    then = upgrades.as_before(job, bases[0]) if upgraded else None
    if then is not None:  # all that uses the packages is in question
        sides = Sides(*(wanted_files(check, tool, one) for one in (head.entries, bases[0].entries_for(tool))))
    elif forks and tool.scope == "tree":
        sides = sides._replace(head=_merged_files(session, check, tool, head, bases, forks))
    seen = _in_one_run(job, (head, layout), bases[0], sides) if not forks else None
    seen = seen or recall(job, head.entries, sides.head)
    if seen is None:
        targets.must_be_there(_named_in(job, head.entries, layout))
        seen = observe(job, layout, head.entries, sides.head)
    ours = Looked(layout, head.entries, sides.head, seen.report)
    blind = canary.why_blind(job, ours, bases[0])
    reasons = [reason for reason in (seen.report.reason, blind) if reason]
    whys = [f"head: {seen.why}"]
    failed: list[str] = []
    findings, only_shown = _blocking(check, tool, seen.report.findings)
    if tool.scope == "lines":
        findings = on_changed_lines(findings, head.entries, bases)
        judgement = judge(check.policy, (), Side(findings, layout.read))
        return _Judged(judgement, seen.report.looked_at, seen.cached, "; ".join(reasons), whys[0])

    looked: list[Before] = []
    with_new: list[tuple[Report, Laid]] = []
    if not seen.report.reason:
        upgrades.remember(job, head.entries, sides.head)

    def group(base: BaseTree, chosen: Sides) -> tuple[Side, Delta]:
        entries = base.entries_for(tool)
        there = base.layout_for(check, tool, chosen.base)
        # A tool that reads everything is not run on base only to count what was fixed.
        idle = tool.reads == "tree" and not findings
        known = recall(job, entries, chosen.base)
        if known is None and not idle:
            known = _on_base(job, there, entries, chosen.base, head=(head, layout), base=base)
        if known and findings:
            look = partial(_on_base, head=(head, layout), base=base)
            before = Before(Looked(there, entries, chosen.base, known.report), base.delta, base.changed_for(tool), look)
            before = revealing.readable(job, ours, before)
            known = known._replace(report=before.tree.report)
            looked.extend(() if base.fork else (before,))
        whys.append(f"base: {known.why if known else 'not needed'}")
        if known and findings and base is bases[0] and upgraded:
            with_new.append((known.report, there))
            known = known._replace(report=then) if then is not None else known
        if known and known.report.reason and findings:
            failed.append(f"base ({base.base.why}): {known.report.reason}")
        had, _ = _blocking(check, tool, known.report.findings if known else ())
        return Side(had, there.read), base.delta() if findings and had else Delta()

    def later(base: BaseTree, chosen: Sides | None = None) -> Callable[[], tuple[Side, Delta]]:
        chosen = chosen or _sides(session, check, tool, head, base)
        # What head was looked at for may be equal here: then it is what this base knows.
        also = wanted(check, tool, base.entries_for(tool), sides.head)
        return lambda: group(base, chosen._replace(base=tuple(sorted({*chosen.base, *also}))))

    first = later(bases[0], sides)() if forks else group(bases[0], sides)
    groups: tuple[BaseGroup, ...] = (first, *(later(base) for base in bases[1:]))
    judgement = judge(
        check.policy, groups, Side(findings, layout.read), [later(fork) for fork in forks], _strictness(check)
    )
    if judgement.new and not failed and check.policy == "ratchet":
        judgement = revealing.without_revealed(judgement, job, ours, looked)
    if judgement.new and with_new and then is not None:
        (report, there), delta = with_new[0], bases[0].delta()
        judgement = upgrades.with_cause(judgement, report, there.read, Side((), layout.read), delta, upgraded[0])
    if upgraded and then is None:
        judgement = judgement._replace(notes=(upgrades.unknown(upgraded, check.name),))
    moved = out_of_sight.findings_of(job, ours, bases[0])
    reasons += [moved.reason] if moved.reason else []
    if check.policy == "ratchet":
        judgement = judgement._replace(new=(*judgement.new, *_blocking(check, tool, moved.findings)[0]))
    if failed:  # what base has is not known, so nothing can be called new, and nothing passed
        judgement = judgement._replace(new=(), fixed_count=0)
    if seen.report.reason:
        judgement = judgement._replace(fixed_count=0)
    reasons += failed
    judgement = judgement._replace(shown=(*judgement.shown, *only_shown))
    for rule, surplus in judgement.unaccounted:
        reasons.append(f"{surplus} more of {rule} than base has, and not reported as new: a defect of qualitygate")
    return _Judged(judgement, seen.report.looked_at, seen.cached, "; ".join(reasons), "; ".join(whys))


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


def _on_base(
    job: Run, there: Laid, entries: Entries, files: tuple[str, ...], *, head: tuple[Tree, Laid], base: BaseTree
) -> Observed:
    """What the check finds on base, which need not have the places that head's settings name."""
    has = _named_in(job, entries, there)
    if has is None or not has.missing:
        return observe(job, there, entries, files)
    named, root = _named_in(job, head[0].entries, head[1]), scope.root_of(job.check)
    renames = {new: old for new, old in base.delta().renames.items() if scope.within(root, old) is not None}
    inner = {scope.within(root, new) or "": scope.within(root, old) or "" for new, old in renames.items()}
    options = targets.on_base(job.check.options, named, has, scope.narrowed(root, entries), inner)
    if options is None:
        return Observed(Report((), 0), cached=False, seconds=0.0)
    return observe(job._replace(check=job.check._replace(options=options)), there, entries, files)


def _named_in(job: Run, entries: Entries, layout: Laid) -> targets.Targets | None:
    root = scope.root_of(job.check)
    return targets.find(job.check, job.tool, scope.narrowed(root, entries), scope.reading(root, layout.read))


def _blocking(
    check: Check, tool: Tool, findings: tuple[Finding, ...]
) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """Those that may block, and those whose rule is only ever shown."""
    quiet = (*traits.shown_rules(tool), *check.options.get("show", ()))
    return tuple(f for f in findings if f.rule not in quiet), tuple(f for f in findings if f.rule in quiet)


def _sides(session: Session, check: Check, tool: Tool, head: Tree, base: BaseTree) -> Sides:
    entries, changed = base.entries_for(tool), base.changed_for(tool)
    return choose(check, tool, head.entries, entries, everything=session.everything, changed=changed)


def _merged_files(
    session: Session, check: Check, tool: Tool, head: Tree, sides: list[BaseTree], forks: list[BaseTree]
) -> tuple[str, ...]:
    """What a merge is looked at for: files that differ from some side, but for those simply taken from the other."""
    chosen = sorted({path for side in sides for path in _sides(session, check, tool, head, side).head})
    trees = [*sides, *forks]
    alike = all(is_per_file(tool, head.entries, base.entries_for(tool)) for base in trees)
    if session.everything or check.policy == "clean" or not alike:
        return tuple(chosen)
    changed = frozenset[str]().union(*(side.changed_for(tool) for side in sides))
    there = ([side.entries_for(tool) for side in sides], [fork.entries_for(tool) for fork in forks])
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
