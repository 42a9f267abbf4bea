"""From two trees to a verdict."""

from __future__ import annotations

import threading

from qualitygate.errors import GitError
from qualitygate.gate.base import Bases
from qualitygate.gate.examine import BaseTree, Outcome, Session, base_tree, examine, on_changed_lines
from qualitygate.gate.matching import fingerprints
from qualitygate.gate.snapshot import Laid, Layout
from qualitygate.model import Check, Finding, Tree, Verdict


def run_gate(session: Session, head: Tree, bases: Bases) -> Verdict:
    """Judge `head` against what is known from `bases`. The caller holds the snapshot lock."""
    trees = [base_tree(session, base, number, head) for number, base in enumerate(bases.all)]
    layout = Layout(session.place / "head", session.repo, head.entries, threading.Lock())
    return judge_all(session, head, layout, trees)


def judge_all(session: Session, head: Tree, layout: Laid, trees: list[BaseTree], *, ids: bool = True) -> Verdict:
    """Every check of the policy on head and these bases, and what it amounts to; `ids` costs a lexer run per file."""
    outcomes = _all_checks(session, head, layout, trees)
    judged = [outcome.judgement for outcome in outcomes if outcome.judgement]
    results = tuple(outcome.result for outcome in outcomes)
    undecided = tuple((result.check, result.reason) for result in results if result.state == "undecided")
    if not undecided and all(result.state == "skipped" for result in results):
        undecided = (("gate", "no check ran"),)
    new = tuple(finding for one in judged for finding in one.new)
    shown = tuple(finding for one in judged for finding in one.shown)
    listed = (*new, *shown) if ids else ()
    return Verdict(
        status="failed" if new else "undecided" if undecided else "passed",
        head=head,
        bases=tuple(tree.base for tree in trees),
        new=new,
        shown=shown,
        known=sum(one.known_count for one in judged),
        fixed=sum(one.fixed_count for one in judged),
        checks=results,
        undecided=undecided,
        notes=session.policy.notes,
        debt={one.result.check: one.judgement.known_count for one in outcomes if one.judgement},
        fingerprints=dict(zip(listed, fingerprints(listed, layout.read), strict=True)),
        on_changed_lines=_on_changed_lines(new, head, trees),
    )


def _on_changed_lines(new: tuple[Finding, ...], head: Tree, trees: list[BaseTree]) -> frozenset[Finding]:
    try:
        return frozenset(on_changed_lines(new, head.entries, trees))
    except GitError:
        return frozenset()  # it only orders the report; the verdict stands


def _all_checks(session: Session, head: Tree, layout: Laid, trees: list[BaseTree]) -> list[Outcome]:
    """All checks side by side, those that read the whole tree first: they are the slowest."""
    outcomes: dict[str, Outcome] = {}
    failures: list[BaseException] = []

    def work(check: Check) -> None:
        try:
            outcomes[check.name] = examine(session, check, head, layout, trees)
        except BaseException as exc:  # noqa: BLE001  # raised again in the caller's thread
            failures.append(exc)
        session.progress(check.name)

    order = sorted(session.policy.checks, key=lambda check: session.tools[check.tool].reads != "tree")
    threads = [threading.Thread(target=work, args=(check,), daemon=True) for check in order]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return [outcomes[check.name] for check in session.policy.checks]
