"""What one check knows from the bases: each is looked at when the judgement asks for it, and no sooner."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from qualitygate.checks import scope, traits
from qualitygate.gate import revealing, targets, upgrades
from qualitygate.gate.matching import Delta, Side
from qualitygate.gate.observe import Observed, Run, observe, recall
from qualitygate.gate.ratchet import BaseGroup, Group, Judgement
from qualitygate.gate.revealing import Before, Looked
from qualitygate.gate.session import BaseTree, Session
from qualitygate.gate.sides import Sides, choose, wanted
from qualitygate.gate.snapshot import Laid
from qualitygate.gate.upgrades import Upgrade
from qualitygate.model import Entries, Finding, Report


class Known:
    """Looks at the bases of one check, and keeps what came up on the way.

    `looked` are the bases with findings, `failed` says of which nothing can be known and why, `whys` where each
    result is from.
    """

    def __init__(self, session: Session, job: Run, ours: Looked, nearest: BaseTree, upgrade: Upgrade) -> None:
        self._session, self._job, self._ours = session, job, ours
        self._findings, _ = blocking(job, ours.report.findings)
        self._nearest, self._upgrade = nearest, upgrade
        self._with_new_packages: tuple[Report, Laid] | None = None
        self.looked: list[Before] = []
        self.failed: list[str] = []
        self.whys: list[str] = []

    def groups(self, others: Sequence[BaseTree], sides: Sides, *, merge: bool) -> tuple[BaseGroup, ...]:
        """What findings may be known from: the nearest base, which is looked at now, and what looks at the others."""
        first = self.later(self._nearest, sides)() if merge else self._group(self._nearest, sides)
        return (first, *(self.later(base) for base in others))

    def later(self, base: BaseTree, chosen: Sides | None = None) -> Callable[[], Group]:
        """What looks at one base when it is called."""
        job = self._job
        sides = chosen or sides_of(self._session, job, self._ours.entries, base)
        # What head was looked at for may be equal here: then it is what this base knows.
        also = wanted(job.check, job.tool, base.entries_for(job.tool), self._ours.files)
        return lambda: self._group(base, sides._replace(base=tuple(sorted({*sides.base, *also}))))

    def _group(self, base: BaseTree, sides: Sides) -> Group:
        there = base.layout_for(self._job.check, self._job.tool, sides.base)
        seen = self._seen(base, there, sides.base)
        self.whys.append(f"base: {seen.why if seen else 'not needed'}")
        if seen is None:
            return Side((), there.read), Delta()
        report = seen.report
        if self._findings:
            report = self._report(base, there, sides.base, report)
        had, _ = blocking(self._job, report.findings)
        return Side(had, there.read), base.delta() if self._findings and had else Delta()

    def _seen(self, base: BaseTree, there: Laid, files: tuple[str, ...]) -> Observed | None:
        """What is found there; None where nobody has to know."""
        entries = base.entries_for(self._job.tool)
        seen = recall(self._job, entries, files)
        # A tool that reads everything is not run on base only to count what was fixed.
        if seen is None and (self._job.tool.reads != "tree" or self._findings):
            seen = self._on(base)(self._job, there, entries, files)
        return seen

    def _report(self, base: BaseTree, there: Laid, files: tuple[str, ...], found: Report) -> Report:
        """What base knows, where head's findings ask for it: as far as it could be read, and with its own packages."""
        look = Looked(there, base.entries_for(self._job.tool), files, found)
        before = Before(look, base.delta, base.changed_for(self._job.tool), self._on(base))
        before = revealing.readable(self._job, self._ours, before)
        report = before.tree.report
        if not base.fork:
            self.looked.append(before)
        if self._upgrade.files and base is self._nearest:
            self._with_new_packages = (report, there)
            report = self._upgrade.before or report
        if report.reason:
            self.failed.append(f"base ({base.base.why}): {report.reason}")
        return report

    def _on(self, base: BaseTree) -> revealing.Look:
        return partial(_on_base, head=self._ours, base=base)

    def with_cause(self, judgement: Judgement) -> Judgement:
        """The judgement that says what other packages brought, as far as it is known what base had with its own."""
        files, before = self._upgrade
        if files and before is None:
            return judgement._replace(notes=(upgrades.unknown(files, self._job.check.name),))
        if not judgement.new or self._with_new_packages is None:
            return judgement
        (report, there), delta = self._with_new_packages, self._nearest.delta()
        return upgrades.with_cause(judgement, report, there.read, Side((), self._ours.there.read), delta, files[0])


def _on_base(
    job: Run, there: Laid, entries: Entries, files: tuple[str, ...], *, head: Looked, base: BaseTree
) -> Observed:
    """What the check finds on base, which need not have the places that head's settings name."""
    has = named_in(job, entries, there)
    if has is None or not has.missing:
        return observe(job, there, entries, files)
    named, root = named_in(job, head.entries, head.there), scope.root_of(job.check)
    renames = {new: old for new, old in base.delta().renames.items() if scope.within(root, old) is not None}
    inner = {scope.within(root, new) or "": scope.within(root, old) or "" for new, old in renames.items()}
    options = targets.on_base(job.check.options, named, has, scope.narrowed(root, entries), inner)
    if options is None:
        return Observed(Report((), 0), cached=False, seconds=0.0)
    return observe(job._replace(check=job.check._replace(options=options)), there, entries, files)


def named_in(job: Run, entries: Entries, layout: Laid) -> targets.Targets | None:
    """Which places the check's settings name, and which of them this tree has."""
    root = scope.root_of(job.check)
    return targets.find(job.check, job.tool, scope.narrowed(root, entries), scope.reading(root, layout.read))


def blocking(job: Run, findings: tuple[Finding, ...]) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """Those that may block, and those whose rule is only ever shown."""
    quiet = (*traits.shown_rules(job.tool), *job.check.options.get("show", ()))
    return tuple(f for f in findings if f.rule not in quiet), tuple(f for f in findings if f.rule in quiet)


def sides_of(session: Session, job: Run, head: Entries, base: BaseTree) -> Sides:
    """The files of head and of one base that the check must look at."""
    entries, changed = base.entries_for(job.tool), base.changed_for(job.tool)
    return choose(job.check, job.tool, head, entries, everything=session.everything, changed=changed)
