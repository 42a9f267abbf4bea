"""One check that compares two trees, on head and every base: what is lost, and what it does to whom.

A loss counts against every tree that is trusted: what a branch itself made it may rewrite. In a merge
it counts unless one of the sides gave it up on purpose.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import cast

from qualitygate import git, git_diffs
from qualitygate.checks import traits
from qualitygate.checks.safeguards.protocol import Comparer, Pair, Rule
from qualitygate.checks.tool import Tool
from qualitygate.frozen import NamedTuple
from qualitygate.gate import waiving
from qualitygate.gate.facts import Facts
from qualitygate.gate.matching import place
from qualitygate.gate.merge import is_taken
from qualitygate.gate.session import BaseTree, Session
from qualitygate.gate.sides import changed_paths, wanted
from qualitygate.gate.snapshot import Laid
from qualitygate.model import TIERS, Check, Entry, Finding, Report, Tree


class Compared(NamedTuple):
    """What blocks whoever commits, what is only shown, and how many files were looked at."""

    blocking: tuple[Finding, ...]
    shown: tuple[Finding, ...]
    looked_at: int
    reason: str = ""


class _Work(NamedTuple):
    """What is the same for every pair of trees. `kinds` are the check's rules by name."""

    session: Session
    check: Check
    comparer: Comparer
    kinds: Mapping[str, Rule]

    def identity(self, finding: Finding) -> tuple[str, str]:
        # Whether product code changed with it depends on the base: it is the same loss.
        return self.kinds[finding.rule].kind or finding.rule, finding.name


class _Side(NamedTuple):
    """One tree: its files, what was read out of them, and how to read any other."""

    tree: Tree
    facts: Facts
    read: Callable[[str], bytes | None]


def compare(
    session: Session, check: Check, comparer: Comparer, head: Tree, layout: Laid, bases: Sequence[BaseTree]
) -> Compared:
    """Compare head with each base; `bases` may hold the forks of a merge."""
    work = _Work(session, check, comparer, {rule.name: rule for rule in comparer.rules})
    forks = [_of_base(work, base) for base in bases if base.fork]
    pairs = [(base, _of_base(work, base)) for base in bases if not base.fork]
    here = _Side(head, Facts(check, comparer, session.shared, head.entries, _from(layout)), layout.read)
    reports = [_report(work, side, here, base) for base, side in pairs]
    if forks:
        sides = [side for _, side in pairs]
        alone = [_by_itself(work, pair, here, sides, forks, one) for pair, one in zip(pairs, reports, strict=True)]
        found = _of_merge(work, sides, forks, alone)
    else:
        found = _of_all(work, reports)
    blocking, shown = told(session, check, work.kinds, found)
    reason = next((report.reason for report in reports if report.reason), "")
    return Compared(blocking, shown, reports[0].looked_at, reason)


def told(
    session: Session, check: Check, kinds: Mapping[str, Rule], found: Iterable[Finding]
) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """Findings of these rules as the check reports them: what blocks whoever commits, and what is only shown."""
    blocking: list[Finding] = []
    shown: list[Finding] = []
    for one in sorted(found, key=place):
        rule = kinds[one.rule]
        finding = one._replace(check=check.name, direction=rule.direction, fix=one.fix or rule.fix)
        asked = next((it for it in session.policy.requests if rule.nameable and waiving.covers(it, finding)), None)
        if asked is not None:
            finding = finding._replace(message=f"{finding.message} (named, with a reason: {asked.reason})")
        (blocking if asked is None and _blocks(check, rule, session.actor) else shown).append(finding)
    return tuple(blocking), tuple(shown)


def _blocks(check: Check, rule: Rule, actor: str) -> bool:
    if check.policy == "shown" or rule.name in check.options.get("show", ()):
        return False
    return rule.name in check.options.get("block", ()) or (rule.agent if actor == "agent" else rule.person) == "block"


def _of_all(work: _Work, reports: Sequence[Report]) -> Iterator[Finding]:
    """What is reported against every tree; one without any finding clears them all."""
    others = [{work.identity(finding) for finding in report.findings} for report in reports[1:]]
    for finding in reports[0].findings:
        if all(work.identity(finding) in other for other in others):
            yield finding


def _of_merge(
    work: _Work, sides: Sequence[_Side], forks: Sequence[_Side], reports: Sequence[Report]
) -> Iterator[Finding]:
    """A safeguard that any side has is lost, unless another side gave it up; debt is new where no side has it."""

    def lost(report: Report) -> list[Finding]:
        return [finding for finding in report.findings if work.kinds[finding.rule].direction == "safeguard"]

    yield from (finding for finding in _of_all(work, reports) if work.kinds[finding.rule].direction == "debt")
    if not any(lost(report) for report in reports):
        return
    given_up = [
        {work.identity(finding) for fork in forks for finding in lost(_report(work, fork, side))} for side in sides
    ]
    said: set[tuple[str, str]] = set()
    for number, report in enumerate(reports):
        elsewhere = said.union(*(gone for n, gone in enumerate(given_up) if n != number))
        yield from (finding for finding in lost(report) if work.identity(finding) not in elsewhere)
        said.update(work.identity(finding) for finding in lost(report))


def _by_itself(
    work: _Work,
    of: tuple[BaseTree, _Side],
    head: _Side,
    sides: Sequence[_Side],
    forks: Sequence[_Side],
    report: Report,
) -> Report:
    """The same report, with the losses of a merge as they are beside what the merge itself changed.

    What another side brought, and was simply taken, is no reason to lose what this one has.
    """
    if not any(work.kinds[finding.rule].kind for finding in report.findings):
        return report
    pair = _pair(work, of[1], head, of[0])

    def in_each(path: str, some: Sequence[_Side]) -> list[Entry | None]:
        return [side.tree.entries.get(path) for side in some]

    own = frozenset(
        path for path in pair.changed if not is_taken(pair.head.get(path), in_each(path, sides), in_each(path, forks))
    )
    alone = work.comparer.compare(pair._replace(changed=own), work.check.options)
    mine = {work.identity(finding): finding for finding in alone.findings}
    kept = (mine.get(work.identity(one), one) if work.kinds[one.rule].kind else one for one in report.findings)
    return report._replace(findings=tuple(kept))


def _of_base(work: _Work, base: BaseTree) -> _Side:
    entries = base.tree.entries

    def data(paths: Iterable[str]) -> dict[str, bytes]:
        blobs = {path: entries[path].blob for path in paths if path in entries and entries[path].is_file}
        contents = dict(git.blobs(work.session.repo, blobs.values())) if blobs else {}
        return {path: contents[blob] for path, blob in blobs.items()}

    facts = Facts(work.check, work.comparer, work.session.shared, entries, data)
    return _Side(base.tree, facts, lambda path: data((path,)).get(path))


def _from(layout: Laid) -> Callable[[Iterable[str]], dict[str, bytes]]:
    def data(paths: Iterable[str]) -> dict[str, bytes]:
        found = ((path, layout.read(path)) for path in paths)
        return {path: content for path, content in found if content is not None}

    return data


def pair_of(session: Session, check: Check, comparer: Comparer, head: Tree, layout: Laid, base: BaseTree) -> Pair:
    """Head and one base as a comparer sees them, for another check that asks for its judgement."""
    work = _Work(session, check, comparer, {})
    here = _Side(head, Facts(check, comparer, session.shared, head.entries, _from(layout)), layout.read)
    return _pair(work, _of_base(work, base), here, base)


def _report(work: _Work, base: _Side, head: _Side, known: BaseTree | None = None) -> Report:
    """What head lost against base; `known` is base with its diff to head, where that was asked for before."""
    return work.comparer.compare(_pair(work, base, head, known), work.check.options)


def _pair(work: _Work, base: _Side, head: _Side, known: BaseTree | None) -> Pair:
    changed = known.changed if known is not None else changed_paths(head.tree.entries, base.tree.entries)
    tool = cast("Tool", work.comparer)
    for side in (base, head):
        side.facts.prepare(sorted(wanted(work.check, tool, side.tree.entries, changed)))
    came = any(path not in base.tree.entries for path in changed)
    went = any(path not in head.tree.entries for path in changed)
    return Pair(
        base=base.tree.entries,
        head=head.tree.entries,
        changed=changed,
        renames=_renames(work, base, head, known) if came and went else {},
        base_facts=base.facts,
        head_facts=head.facts,
        read_base=base.read,
        read_head=head.read,
        runners=_runners(work.session),
    )


def _runners(session: Session) -> frozenset[str]:
    due = [check.tool for check in session.policy.checks if TIERS.index(check.tier) <= TIERS.index(session.tier)]
    return frozenset(name for name in due if traits.retold(session.tools[name]) is not None)


def _renames(work: _Work, base: _Side, head: _Side, known: BaseTree | None) -> Mapping[str, str]:
    if known is not None:
        return known.delta().renames
    found = git_diffs.diff(work.session.repo, base.tree.id, head.tree.id, ignore_space=True)
    return {one.new: one.old for one in found if one.new != one.old}
