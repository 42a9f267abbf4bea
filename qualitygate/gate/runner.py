"""From two trees to a verdict."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence

from qualitygate import git
from qualitygate.errors import GitError
from qualitygate.frozen import NamedTuple
from qualitygate.gate import silenced, waiving
from qualitygate.gate.accept import NOTHING, Known
from qualitygate.gate.base import Bases
from qualitygate.gate.differential import NONE, Hidden, find_hidden
from qualitygate.gate.examine import Outcome, examine, on_changed_lines
from qualitygate.gate.folding import Told, shown_once, told_once
from qualitygate.gate.matching import Side, fingerprints, match_indices
from qualitygate.gate.session import BaseTree, Session, base_tree
from qualitygate.gate.snapshot import Laid, Layout
from qualitygate.model import Acceptance, Base, Check, CheckResult, Finding, Tree, Verdict


def run_gate(session: Session, head: Tree, bases: Bases, known: Known = NOTHING) -> Verdict:
    """Judge `head` against what is known from `bases` and what is `known` to be accepted.

    The caller holds the snapshot lock.
    """
    head = head._replace(files=head.entries)  # listed once
    trees = [base_tree(session, base, number, head) for number, base in enumerate(bases.all)]
    trees += [base_tree(session, base, len(trees) + n, head, fork=True) for n, base in enumerate(bases.forks)]
    layout = Layout(session.place / "head", session.repo, head.entries, head.id)
    return judge_all(session, head, layout, trees, known, look=find_hidden)


class _Sorted(NamedTuple):
    """What would block: `new` does, of it what `hidden` names because of the settings; the rest a person let through.

    `said` knows what each finding stands for, `acceptances` who accepted.
    """

    new: tuple[Finding, ...]
    hidden: tuple[Finding, ...]
    accepted: tuple[Finding, ...]
    waived: tuple[Finding, ...]
    acceptances: tuple[Acceptance, ...]
    said: Told


def judge_all(
    session: Session,
    head: Tree,
    layout: Laid,
    trees: list[BaseTree],
    known: Known = NOTHING,
    *,
    look: Callable[[Session, Tree, Laid, list[BaseTree]], Hidden] = lambda *_: NONE,
    ids: bool = True,
) -> Verdict:
    """Every check of the policy on head and these bases, and what it amounts to; `ids` costs a lexer run per file.

    `look` finds what settings hide, once the checks have run and their results are known.
    """
    outcomes = _all_checks(session, head, layout, trees)
    hidden = look(session, head, layout, trees)
    judged = [outcome.judgement for outcome in outcomes if outcome.judgement]

    def told(found: Iterable[Finding]) -> tuple[Finding, ...]:
        advised = tuple(session.policy.advised(finding) for finding in found)
        return silenced.explained(session, head, layout, advised) if ids else advised

    new = told([*(finding for one in judged for finding in one.new), *session.policy.added])
    found = _sorted(session, head, layout, new, hidden, known)
    shown = shown_once(told(finding for one in judged for finding in one.shown), found.new)
    touched = tuple(finding for one in judged for finding in one.touched)
    revealed = tuple(finding for one in judged for finding in one.revealed)
    undecided = _undecided(outcomes, hidden)
    open_ = [check for check, _ in undecided if check not in known.undecided]
    acceptances = found.acceptances
    if undecided and not open_:
        acceptances = tuple(dict.fromkeys((*acceptances, *(one for let in known.lets[:1] for one in let.by))))
    let_through = bool(found.accepted or undecided)
    listed = (*found.new, *touched, *revealed, *shown, *found.accepted, *found.waived) if ids else ()
    return Verdict(
        status="failed" if found.new else "undecided" if open_ else "accepted" if let_through else "passed",
        head=head,
        bases=tuple(tree.base for tree in trees if not tree.fork),
        new=tuple(one for one in found.new if one.direction == "debt" and one not in found.hidden),
        hidden=found.hidden,
        lost=tuple(one for one in found.new if one.direction == "safeguard"),
        touched=touched,
        revealed=revealed,
        shown=shown,
        known=sum(one.known_count for one in judged),
        fixed=sum(one.fixed_count for one in judged),
        checks=_settled(outcomes, found, hidden),
        undecided=undecided,
        notes=(*session.policy.notes, *hidden.notes, *(note for one in judged for note in one.notes)),
        debt={one.result.check: one.judgement.known_count for one in outcomes if one.judgement},
        fingerprints=dict(zip(listed, fingerprints(listed, layout.read), strict=True)),
        on_changed_lines=_on_changed_lines(found.new, head, trees),
        accepted=found.accepted,
        acceptances=acceptances,
        waived=found.waived,
    )


def _sorted(
    session: Session, head: Tree, layout: Laid, new: tuple[Finding, ...], hidden: Hidden, known: Known
) -> _Sorted:
    """What is new, each thing said once, with what settings hide; and of that what was accepted or waived."""
    all_told, said = {*new}, told_once(session.policy.checks, new)
    vanished = tuple(session.policy.advised(finding) for finding in hidden.findings if finding not in all_told)
    left, accepted, acceptances = _without_accepted(session, head, layout, (*said.once, *vanished), known)
    waived = tuple(one for one in left if any(waiving.covers(waiver, one) for waiver in session.policy.waivers))
    blocks = tuple(finding for finding in left if finding not in waived)
    gone = tuple(finding for finding in blocks if finding in vanished)
    return _Sorted(blocks, gone, accepted, waived, acceptances, said)


def _undecided(outcomes: Sequence[Outcome], hidden: Hidden) -> tuple[tuple[str, str], ...]:
    """Which checks decide nothing, and why. Where none ran, that is one more."""
    results = [outcome.result for outcome in outcomes]
    undecided = tuple((result.check, result.reason) for result in results if result.state == "undecided")
    undecided += tuple(row for row in hidden.undecided if row[0] not in dict(undecided))
    if not undecided and all(result.state == "skipped" for result in results):
        undecided = (("gate", "no check ran"),)
    return undecided


def _without_accepted(
    session: Session, head: Tree, layout: Laid, new: tuple[Finding, ...], known: Known
) -> tuple[tuple[Finding, ...], tuple[Finding, ...], tuple[Acceptance, ...]]:
    """Tell what is new from what was accepted here or in an ancestor; who accepted comes third.

    Every accepted finding pays for one. What two ancestors have counts once, as with bases.
    """
    paid: set[int] = set()
    by: list[Acceptance] = []
    for let in known.lets if new else ():
        tree = base_tree(session, Base(let.key.head, "", "accepted"), 0, head)
        there = Side(let.findings, _reader(session, tree))
        pairs = match_indices(there, Side(new, layout.read), tree.delta(), paid)
        found = {h for _, h in (*pairs.same, *pairs.touched)}
        if found - paid:
            by += let.by
        paid |= found
    accepted = tuple(finding for number, finding in enumerate(new) if number in paid)
    return tuple(f for number, f in enumerate(new) if number not in paid), accepted, tuple(dict.fromkeys(by))


def _reader(session: Session, tree: BaseTree) -> Callable[[str], bytes | None]:
    def read(path: str) -> bytes | None:
        entry = tree.tree.entries.get(path)
        return next(git.blobs(session.repo, [entry.blob]))[1] if entry is not None and entry.is_file else None

    return read


def _settled(outcomes: Sequence[Outcome], found: _Sorted, hidden: Hidden) -> tuple[CheckResult, ...]:
    """The rows of the checks, now that it is known what blocks, what was let through, and what settings hide."""
    failing, waived, accepted = (
        frozenset(finding.check for finding in found.said.with_again(some))
        for some in (found.new, found.waived, found.accepted)
    )
    reasons = dict(hidden.undecided)

    def settled(row: CheckResult) -> CheckResult:
        if row.check in failing:
            return row._replace(state="failed")
        reason = row.reason or reasons.get(row.check, "")
        if reason and row.state in ("passed", "failed", "shown"):
            return row._replace(state="undecided", reason=reason)
        if row.state != "failed" and row.check not in waived | accepted:
            return row
        return row._replace(state="accepted" if row.check in accepted else "shown")

    return tuple(settled(outcome.result) for outcome in outcomes)


def _on_changed_lines(new: tuple[Finding, ...], head: Tree, trees: list[BaseTree]) -> frozenset[Finding]:
    try:
        return frozenset(on_changed_lines(new, head.entries, trees))
    except GitError:
        return frozenset()  # it only orders the report; the verdict stands


class _HeadStart:
    """Lets some checks start their programs before the others do anything: all work in one interpreter, in turns."""

    def __init__(self, names: Iterable[str]) -> None:
        self._awaited = set(names)
        self._under_way = threading.Event()
        self.over("")

    def over(self, name: str) -> None:
        """The program of this check runs, or has nothing to run for."""
        self._awaited.discard(name)
        if not self._awaited:
            self._under_way.set()

    def wait(self) -> None:
        """For them, but not for long: to lay out a large tree can take seconds."""
        self._under_way.wait(_HEAD_START)


_HEAD_START = 0.25
"""Seconds; mypy and tsc start after less where most of their snapshot is there."""


def _all_checks(session: Session, head: Tree, layout: Laid, trees: list[BaseTree]) -> list[Outcome]:
    """All checks side by side, those that read the whole tree first: they are the slowest."""
    slow = {check.name for check in session.policy.checks if session.tools[check.tool].reads == "tree"}
    start = _HeadStart(slow)
    session = session._replace(started=start.over)
    outcomes: dict[str, Outcome] = {}
    failures: list[BaseException] = []

    def work(check: Check) -> None:
        if check.name not in slow:
            start.wait()
        try:
            outcomes[check.name] = examine(session, check, head, layout, trees)
        except BaseException as exc:  # noqa: BLE001  # raised again in the caller's thread
            failures.append(exc)
        start.over(check.name)
        session.progress(check.name)

    order = sorted(session.policy.checks, key=lambda check: check.name not in slow)
    threads = [threading.Thread(target=work, args=(check,), daemon=True) for check in order]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return [outcomes[check.name] for check in session.policy.checks]
