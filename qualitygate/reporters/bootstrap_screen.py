"""What bootstrap did, as a page for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from qualitygate.bootstrap.plan import Plan
from qualitygate.bootstrap.prove import Proof
from qualitygate.commands.bootstrap import BootstrapResult
from qualitygate.output import Console
from qualitygate.quote import clean
from qualitygate.reporters import setting_up
from qualitygate.reporters.existing_gate import existing_rows, house_rows
from qualitygate.reporters.screen import BROAD, NARROW, Column, command, draw, heading, table, width_of
from qualitygate.reporters.summary import plural

_PLAN = (Column("step", "bold", ratio=3), Column("why", ratio=4), Column("evidence", "dim", ratio=3))
_SHORT_PLAN = (Column("step", "bold", ratio=3), Column("why", ratio=5))
_PROOF = (
    Column("check", "bold"),
    Column("files", counts=True),
    Column("debt", counts=True),
    Column("seeds", counts=True),
)
_EXISTING = (Column("", ratio=3), Column("", "bold"), Column("", ratio=4))
_HOUSE = (Column("", ratio=3), Column("", ratio=4))


def render(result: BootstrapResult, console: Console) -> str:
    """The plan and the proof as tables, what was left out, and the three lines to go on with."""
    return draw(console, _parts(result, console))


def _parts(result: BootstrapResult, console: Console) -> Iterator[RenderableType]:
    plan = result.plan
    if result.again:
        yield Text(setting_up.kept(plan))
    if plan.steps:
        yield heading("plan", plural(len(plan.steps), "step"))
        yield _plan(plan, console)
    if rows := setting_up.left_out(plan):
        yield heading("left out")
        yield table((Column("what", "yellow"), Column("why", ratio=1)), rows, console, titles=False)
    if result.existing:
        yield heading("the project's own gate", "green now, and what became of it")
        yield table(_EXISTING, existing_rows(result.existing, result.proofs), console, titles=False)
    if result.house_rules:
        yield heading("rules of its own, all kept", "whether they fire on their seeds")
        yield table(_HOUSE, house_rows(result.house_rules), console, titles=False)
    if result.dry_run:
        yield heading("diff")
        yield from (Text(line, style=_colour(line), no_wrap=True) for line in setting_up.diff(plan))
        yield Text("\ndry run: nothing was written, nothing of this repository executed", style="bold")
        return
    yield heading("proof", "green on HEAD, red on seeds")
    yield table(_PROOF, [_row(proof) for proof in result.proofs], console, small=True)
    if notes := [(proof.check, note) for proof in result.proofs if (note := _note(proof))]:
        yield Text("")
        yield table((Column("", "dim"), Column("", "dim", ratio=1)), notes, console, titles=False)
    lines = list(setting_up.beside(result))
    if lines:
        yield Text("")
        parts = (line.partition(": ") for line in lines)
        yield table((Column("", "dim"), Column("", ratio=1)), [(a, c) for a, _, c in parts], console, titles=False)
    yield Text("")
    holding = [proof for proof in result.proofs if proof.holds]
    count = len(setting_up.standing(result))
    yield _last("enforced now", f"{plural(count, 'check')} {setting_up.where(result)}", "green")
    yield from (_last("not checked", f"{row.language}; {clean(row.why, 300)}", "yellow") for row in result.uncovered)
    tolerated = any(p.debt for p in holding) and not result.unborn
    yield _last("old debt", f"{setting_up.debt(result)}{' tolerated' if tolerated else ''}")
    yield command(f"{'next':<12}", setting_up.following(result))


def _plan(plan: Plan, console: Console) -> RenderableType:
    """Three columns where there is room for them; else the evidence stands below the reason."""
    rows = [(clean(step.step), clean(step.reason), clean(step.evidence)) for step in plan.steps]
    if not NARROW <= width_of(console) < BROAD:
        return table(_PLAN, rows, console)
    short = [(a, Text(why).append(f"\n{evidence}" if evidence else "", style="dim")) for a, why, evidence in rows]
    return table(_SHORT_PLAN, short, console)


def _last(label: str, text: str, style: str = "") -> Text:
    return Text.assemble((f"{label:<12}  ", "bold"), (text, style))


def _colour(line: str) -> str:
    return {"+": "green", "-": "red", "@": "cyan"}.get(line[:1], "")


def _row(proof: Proof) -> tuple[str | Text, ...]:
    files = str(proof.files) if proof.files == proof.given else f"{proof.files}/{proof.given}"
    found = f"{proof.seeds}/{proof.planted}" if proof.planted else "none"
    name = Text(clean(proof.check), style="" if proof.holds else "red")
    return name, files, str(proof.debt or "-"), Text(found, style="green" if proof.holds else "red")


def _note(proof: Proof) -> str:
    """What the figures of a check do not say."""
    notes = []
    if proof.files < proof.given and proof.holds:
        notes.append(setting_up.missed(proof))
    if proof.unproven and proof.holds:
        notes.append(f"not proven: {', '.join(proof.unproven[:4])}{' ...' if len(proof.unproven) > 4 else ''}")
    if proof.reason:
        notes.append(f"not installed: {proof.reason}")
    return clean("; ".join(notes))
