"""Tests that ran and passed in base must run in head: what the runner told of both trees, not what is written there.

What ran in base is known where that tree was judged before, which it was in the ordinary course of work. Where not,
base is asked for the names of its tests only, and a runner that cannot give them runs it if the change can have
switched anything off. What seems lost is run once more in base as it was, and counts if it passes there, here and now.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from qualitygate.checks import scope, traits
from qualitygate.checks.running import NO_ANSWER, run_command
from qualitygate.checks.tool import is_config
from qualitygate.errors import QualityGateError
from qualitygate.frozen import NamedTuple
from qualitygate.gate import cache, comparing
from qualitygate.gate.observe import Run, key_of, named, observe, recall, request_of
from qualitygate.gate.policy import FILE
from qualitygate.gate.revealing import Looked
from qualitygate.gate.session import BaseTree, Session
from qualitygate.gate.sides import wanted_files
from qualitygate.gate.state import digest
from qualitygate.model import TIERS, Check, Finding, Outcome, Report, Tree

if TYPE_CHECKING:
    from qualitygate.checks.safeguards.kept.fates import Fates
    from qualitygate.checks.safeguards.kept.unrun import Unrun

_INDIFFERENT = ("show", "block", "touched")
"""Options that decide nothing of what runs."""

Outcomes = tuple[Outcome, ...]


class Gone(NamedTuple):
    """What does not run any more: what blocks whoever commits, and what is only shown.

    `notes`: base cannot be asked, for which no change is to be blamed. `reason`: time ran out, so nothing is decided.
    """

    blocking: tuple[Finding, ...] = ()
    shown: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    reason: str = ""


NOTHING = Gone()


class _Against(NamedTuple):
    """Head against one base: what is lost, or why that cannot be told."""

    lost: tuple[Unrun, ...] = ()
    with_code: bool = False
    reason: str = ""


class _Asked(NamedTuple):
    """One check on one change. `tests`: how they fared in head."""

    session: Session
    job: Run
    tree: Tree
    head: Looked
    tests: Outcomes


def gone(session: Session, job: Run, tree: Tree, head: Looked, bases: Sequence[BaseTree]) -> Gone:
    """What a check that runs tests has lost against every base, or, in a merge, against the side that still had it."""
    tests = _of_head(session, job, head, bases[0])
    if tests is None:
        return NOTHING
    asked = _Asked(session, job, tree, head, tests)
    forks = [base for base in bases if base.fork]
    sides = [base for base in bases if not base.fork]
    found = _of_merge(asked, sides, forks) if forks else _of_all(asked, sides)
    said = f"whether all tests of base still run is not known: {found.reason}" if found.reason else ""
    late = said if NO_ANSWER in said else ""
    notes = (f"{job.check.name}: {said}",) if said and not late else ()
    if not found.lost:
        return Gone(notes=notes, reason=late)
    from qualitygate.checks.safeguards import tests as kept  # here, because most changes lose nothing
    from qualitygate.gate import unrun_findings

    deciding = sorted(path for path in bases[0].changed if _decides(path, job))
    findings = unrun_findings.of(found.lost, deciding, with_code=found.with_code)
    blocking, shown = comparing.told(session, job.check, {rule.name: rule for rule in kept.rules}, findings)
    return Gone(blocking, shown, notes, late)


def _of_head(session: Session, job: Run, head: Looked, base: BaseTree) -> Outcomes | None:
    """How tests fared in head, also where only settings changed: then no file differs from base under head's."""
    if head.report.tests is not None or head.report.reason or head.files:
        return head.report.tests
    if not _other_settings(session, job, base):
        return None
    return observe(job, head.there, head.entries, wanted_files(job.check, job.tool, head.entries)).report.tests


def _other_settings(session: Session, job: Run, base: BaseTree) -> bool:
    old, new = _before(session, job).check.options, job.check.options
    differ = any(old.get(key) != new.get(key) for key in {*old, *new} - {*_INDIFFERENT})
    return differ or any(is_config(path, job.tool.config_files) for path in base.changed)


def _before(session: Session, job: Run) -> Run:
    """The check as base has it: what it names to run, it names for a reason that the change may have taken away."""
    old = session.policy.before.get(job.check.name)
    if old is None or old.tool != job.check.tool:
        return job
    options = {**old.options, "environment": job.check.options.get("environment", "")}
    return job._replace(check=job.check._replace(options=options))


def _of_all(asked: _Asked, sides: Sequence[BaseTree]) -> _Against:
    """What is lost against every base: what a branch made itself it may take back."""
    first = _against(asked, sides[0])
    for base in sides[1:]:
        if not first.lost or first.reason:
            break
        other = _against(asked, base, sure=True)
        same = {(one.path, one.name) for one in other.lost}
        first = first._replace(lost=tuple(one for one in first.lost if (one.path, one.name) in same))
        first = first._replace(reason=other.reason)
    return first


def _of_merge(asked: _Asked, sides: Sequence[BaseTree], forks: Sequence[BaseTree]) -> _Against:
    """What is lost against any side, unless another side gave it up: the fork had it, and that side has not."""
    all_ = [_against(asked, side) for side in sides]
    lost: dict[tuple[str, str], Unrun] = {}
    reason = next((one.reason for one in all_ if one.reason), "")
    for number, one in enumerate(all_):
        others = [side for n, side in enumerate(sides) if n != number and one.lost]
        try:
            given = [(_known(asked, side) or _Had()).tests for side in others]
            had = [(_known(asked, fork) or _Had()).tests for fork in forks if one.lost]
        except QualityGateError as exc:  # who gave what up cannot be told
            reason = reason or exc.message
            continue
        for unrun in one.lost:
            names = {(was.path, was.name) for was in unrun.was}
            has = [any((it.path, it.name) in names and it.state == "passed" for it in some) for some in given]
            if all(has) or not any((it.path, it.name) in names for some in had for it in some):
                lost.setdefault((unrun.path, unrun.name), unrun)
    return _Against(tuple(lost.values()), any(one.with_code for one in all_), reason)


def _against(asked: _Asked, base: BaseTree, *, sure: bool = False) -> _Against:
    """What is lost against one base. `sure`: it passed elsewhere a moment ago, so that what was told will do."""
    from qualitygate.checks.safeguards.kept import unrun

    try:
        before = _known(asked, base)
        if before is None or unrun.is_whole(before.tests, asked.tests):
            return _Against()
        fates = _fates(asked, base)
        seeming = unrun.unrun(before.tests, asked.tests, fates)
        if not seeming or (sure and before.ran):
            return _Against(tuple(seeming), fates.with_code)
        passing = _passing(asked, base, [was for one in seeming for was in one.was])
        doubted = {(was.path, was.name) for one in seeming for was in one.was} - passing
        was = [one._replace(state="skipped") if (one.path, one.name) in doubted else one for one in before.tests]
        return _Against(tuple(unrun.unrun(was, asked.tests, fates)), fates.with_code)
    except QualityGateError as exc:
        return _Against(reason=exc.message)


class _Had(NamedTuple):
    """The tests of one base; unless they `ran` it is not known which of them pass."""

    tests: Outcomes = ()
    ran: bool = True


def _known(asked: _Asked, base: BaseTree) -> _Had | None:
    """How tests fared in base, or which there are; None where nothing can have been lost. Raises QualityGateError."""
    job = _before(asked.session, asked.job)
    entries = base.tree.entries
    files = wanted_files(job.check, job.tool, entries)
    if not files:
        return None
    found = recall(job, entries, files)
    if found is not None and found.report.tests is not None:
        return _Had(found.report.tests)
    if traits.collector(job.tool) is not None:
        return _Had(_collected(job, base, files), ran=False)
    if not _in_doubt(asked, base):
        return None
    report = observe(job, base.own_layout(), entries, files).report
    return _Had(_or_complain(report.tests, report.reason))


def _collected(job: Run, base: BaseTree, files: tuple[str, ...]) -> Outcomes:
    collector = traits.collector(job.tool)
    assert collector is not None
    key = digest(key_of(job, base.tree.entries, files), "collected")
    known = cache.get(job.shared, key)
    if known is not None and known.tests is not None:
        return known.tests
    layout = base.own_layout().apart(job.check.name)
    request = request_of(job, layout, files)
    output = run_command(collector.collection(request), request.root, job.deadline - time.monotonic())
    reason = NO_ANSWER if output.timed_out else "its tests cannot be listed there"
    listed = _or_complain(collector.collected(output, request), reason)
    report = named(job, Report((), 0, tests=listed))
    cache.put(job.shared, key, report)
    return report.tests or ()


def _or_complain(tests: Outcomes | None, reason: str) -> Outcomes:
    if tests is None:
        raise QualityGateError(reason or "the runner does not tell")
    return tests


def _in_doubt(asked: _Asked, base: BaseTree) -> bool:
    """Whether the change can have kept a test from running: by its files, by settings, or while it runs."""
    from qualitygate.checks.safeguards.inventory.places import is_test

    if any(one.state == "skipped" for one in asked.tests) or _other_settings(asked.session, asked.job, base):
        return True
    return any(is_test(path, {}) for path in base.changed)


def _passing(asked: _Asked, base: BaseTree, tests: Sequence[Outcome]) -> set[tuple[str, str]]:
    """Those of some tests of base that pass there now. Raises QualityGateError where they cannot be asked."""
    job = _before(asked.session, asked.job)
    retold = traits.retold(job.tool)
    assert retold is not None  # nothing else gets here
    files = wanted_files(job.check, job.tool, base.tree.entries)
    layout = base.own_layout().apart(job.check.name)
    request = request_of(job, layout, files)
    root = scope.root_of(job.check)
    inner = [one._replace(path=scope.within(root, one.path) or one.path) for one in tests]
    tries = (inner, [one._replace(name="") for one in inner])  # by name, and where that is not found by file
    for some in tries:
        output = run_command(retold.again(request, some), request.root, job.deadline - time.monotonic())
        report = named(job, job.tool.parse(output, request))
        if report.tests is not None:
            return {(one.path, one.name) for one in report.tests if one.state == "passed"}
    raise QualityGateError(f"what is lost cannot be run there: {report.reason}")


def _fates(asked: _Asked, base: BaseTree) -> Fates:
    from qualitygate.checks.safeguards import tests as kept
    from qualitygate.checks.safeguards.kept.fates import Fates

    mine = next((one for one in asked.session.policy.checks if one.tool == kept.name), None)
    check = mine or Check(kept.name, kept.name, "ratchet", asked.job.check.tier, "", {})
    told = mine is not None and TIERS.index(mine.tier) <= TIERS.index(asked.session.tier)
    pair = comparing.pair_of(asked.session, check, kept, asked.tree, asked.head.there, base)
    return Fates(pair, check.options, told=told)


def _decides(path: str, job: Run) -> bool:
    """Whether a file may say which tests run."""
    return path.rpartition("/")[2] in ("conftest.py", FILE) or is_config(path, job.tool.config_files)
