"""Write down what a judgement came to: a record of what passed, or that a person let it through."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qualitygate.errors import QualityGateError
from qualitygate.gate import accept, records
from qualitygate.gate import base as bases_
from qualitygate.gate.planning import Gate, Plan
from qualitygate.gate.surroundings import version
from qualitygate.model import Acceptance, Verdict


def let_through(gate: Gate, made: Plan, verdict: Verdict, by: tuple[Acceptance, ...], *, inherited: bool) -> Verdict:
    """Write down that this judgement was accepted, and return it so.

    What is final becomes base; everything else stays visible, and never does.
    """
    findings = (*verdict.accepted, *verdict.blocking)
    shared = gate.state.shared
    with _writable(shared):
        ids = tuple(verdict.fingerprints.get(finding, "") for finding in findings)
        let = accept.Let(made.key, made.bases.parents, findings, verdict.undecided, by, inherited, ids)
        accept.write(shared, let)
        if any(one.final and one.tree == made.head.id for one in by) and bases_.are_trusted(made.bases):
            record(shared, made, verdict)
    quiet = verdict._replace(status="accepted", new=(), lost=(), hidden=())
    return quiet._replace(accepted=findings, acceptances=by, recorded=True)


def as_let_through(made: Plan, let: accept.Let) -> Verdict:
    """The verdict on what was let through before, without another look."""
    verdict = Verdict("accepted", made.head, made.bases.all, undecided=let.undecided, recorded=True)
    ids = dict(zip(let.findings, let.fingerprints, strict=False))
    return verdict._replace(accepted=let.findings, acceptances=let.by, fingerprints=ids)


def record(shared: Path, made: Plan, verdict: Verdict) -> None:
    """Leave the record of a verdict that passed. Raises QualityGateError where that cannot be written."""
    detail = {
        "qualitygate": version(),
        "tier": made.tier,
        "checks": [[row.check, row.tool, row.version, row.files, row.state] for row in verdict.checks],
        "known": verdict.known,
        "fixed": verdict.fixed,
    }
    with _writable(shared):
        records.write(shared, made.key, made.bases.all, detail)


@contextmanager
def _writable(shared: Path) -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        raise QualityGateError(
            f"cannot write the record of this verdict: {exc}", hint=f"make {shared} writable"
        ) from None
