"""What a person reads after `bootstrap`, `install`, `uninstall` and `undo`."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from typing import Any

from qualitygate.bootstrap.plan import Plan
from qualitygate.bootstrap.prove import Proof
from qualitygate.commands.bootstrap import MANAGERS, BootstrapResult
from qualitygate.commands.install import InstallResult
from qualitygate.commands.undo import UndoResult
from qualitygate.hook_managers import INSTALLERS
from qualitygate.quote import clean
from qualitygate.reporters.existing_gate import existing_json, render_existing, render_house_rules
from qualitygate.reporters.replay import as_json, render_line
from qualitygate.reporters.summary import plural

SHOWN = 8
"""Rules that are left out, that are listed."""
_FEW = 3
_LOUD = "not a rule of this code"
_LATE = {"push": "at push only", "full": "by `qualitygate run --tier full` only"}
"""Tiers of checks that no commit waits for."""


def render_bootstrap(result: BootstrapResult) -> str:
    """The plan, what was written, the proof, and three lines to go on with."""
    lines = list(_plan(result.plan, result.again))
    if result.plan.left_out:
        lines += ["", "left out", *(f"  {what}: {why}" for what, why in left_out(result.plan))]
    own = list(render_existing(result.existing, result.proofs))
    lines += ["", *own] if own else []
    house = list(render_house_rules(result.house_rules))
    lines += ["", *house] if house else []
    if result.dry_run:
        done = "dry run: nothing was written, nothing of this repository executed"
        lines += ["", "diff", *diff(result.plan), "", done]
        return "\n".join(lines)
    lines += ["", *_proof(result.proofs)]
    also = list(beside(result))
    lines += ["", *also] if also else []
    lines += ["", *ending(result)]
    return "\n".join(lines)


def ending(result: BootstrapResult) -> tuple[str, ...]:
    """What is enforced now and of what nothing is, how much old debt is tolerated, what to type next."""
    names = standing(result)
    return (
        f"enforced now: {_enforced(result, names)}",
        *(f"not checked: {row.language}; {clean(row.why, 300)}" for row in result.uncovered),
        f"old debt tolerated: {debt(result)}",
        f"next: {following(result)}",
    )


def standing(result: BootstrapResult) -> list[str]:
    """The checks that are in force: those that are proven, and those that were here and were not tried again."""
    failed = {proof.check for proof in result.proofs if not proof.holds}
    return [check.name for check in result.plan.checks if check.name not in failed]


def kept(plan: Plan) -> str:
    """What becomes of a gate that is there: what joins it, or that it is proven again."""
    if plan.added:
        return f"qualitygate.toml is there: {', '.join(plan.added)} can be set up now; all else in it stays as it is"
    changed = ", ".join(clean(edit.path) for edit in plan.edits)
    what = f"brought up to date: {changed}" if changed else "no file is changed"
    return f"qualitygate.toml is there: its checks are proven again, {what}"


def _plan(plan: Plan, again: bool) -> Iterator[str]:
    if again:
        yield kept(plan)
    yield from ["plan"] if plan.steps else []
    for step in plan.steps:
        yield f"  {clean(step.step)}: {clean(step.reason)}"
        if step.evidence:
            yield f"      {clean(step.evidence)}"


def left_out(plan: Plan) -> list[tuple[str, str]]:
    """What is not set up, and why; rules that the code contradicts in one row, the loudest first."""
    loud = [row for row in plan.left_out if row.reason.endswith(_LOUD)]
    rows = [(clean(row.what), clean(row.reason)) for row in plan.left_out if row not in loud]
    if len(loud) < _FEW:
        return [*rows, *((clean(row.what), clean(row.reason)) for row in loud)]
    figures = sorted(((int(row.reason.split()[0]), clean(row.what)) for row in loud), reverse=True)
    named = ", ".join(f"{what} {count}" for count, what in figures[:SHOWN])
    more = f" and {len(figures) - SHOWN} more" if len(figures) > SHOWN else ""
    return [*rows, (f"{len(loud)} rules", f"this code contradicts them, findings each: {named}{more}")]


def diff(plan: Plan) -> Iterator[str]:
    """What would be written."""
    from difflib import unified_diff

    for edit in plan.edits:
        old = (edit.before or b"").decode("utf-8", "replace").splitlines()
        new = edit.after.decode("utf-8", "replace").splitlines()
        source = f"a/{edit.path}" if edit.before is not None else "/dev/null"
        yield from (clean(line, 400) for line in unified_diff(old, new, source, f"b/{edit.path}", lineterm=""))


def _proof(proofs: tuple[Proof, ...]) -> Iterator[str]:
    width = max([5, *(len(proof.check) for proof in proofs)])
    looked = {
        proof.check: str(proof.files) if proof.files == proof.given else f"{proof.files}/{proof.given}"
        for proof in proofs
    }
    column = max([5, *(len(files) for files in looked.values())])
    yield f"{'proof':<{width + 2}}  {'files':>{column}}  green on HEAD  red on seeds   old debt"
    for proof in proofs:
        green = "yes" if proof.green_on_head else "no"
        red = f"{proof.seeds} of {proof.planted}" if proof.planted else "no"
        row = f"  {proof.check:<{width}}  {looked[proof.check]:>{column}}  {green:<13}  {red:<13}  {proof.debt or '-'}"
        yield row.rstrip()
        if proof.files < proof.given and proof.holds:
            yield f"  {'':<{width}}  {missed(proof)}"
        if proof.unproven and proof.holds:
            shown = ", ".join(proof.unproven[:4]) + (" ..." if len(proof.unproven) > 4 else "")
            yield f"  {'':<{width}}  not proven: {clean(shown)}"
        if proof.reason:
            yield f"  {'':<{width}}  not installed: {clean(proof.reason)}"


def missed(proof: Proof) -> str:
    """Which files it did not look at, and why."""
    left = plural(proof.given - proof.files, "file")
    if proof.expected is None:
        return f"{left} not looked at: left out by its settings, not text, or too large"
    if proof.expected == proof.files:
        return f"{left} left out by the settings of {proof.check}"
    return f"{left} not looked at; the settings of {proof.check} name {proof.expected}"


def where(result: BootstrapResult) -> str:
    """When the gate stands in the way."""
    if result.manager in MANAGERS:
        return f"once {result.manager} has installed its hooks"
    return "at commit, merge, rebase and push" if result.installed else "by `qualitygate run`; no hooks were installed"


def _enforced(result: BootstrapResult, names: list[str]) -> str:
    tiers = {check.name: check.tier for check in result.plan.checks}
    late = {tier: [name for name in names if tiers.get(name) == tier] for tier in _LATE}
    soon = [name for name in names if tiers.get(name) not in _LATE]
    parts = [f"{', '.join(soon)}; {where(result)}"] if soon else []
    parts += [f"{', '.join(found)} {_LATE[tier]}" for tier, found in late.items() if found]
    return "; ".join(parts)


def debt(result: BootstrapResult) -> str:
    """What is tolerated, in all and per check."""
    found = {proof.check: proof.debt for proof in result.proofs if proof.holds and proof.debt}
    named = ", ".join(f"{name} {number}" for name, number in found.items())
    total = f"{plural(sum(found.values()), 'finding')} ({named})" if found else "none"
    if result.again and result.plan.added:  # the others were not looked at
        return f"{total} by what was added; of the others as before"
    return f"none: your first commit is judged whole; against it stands: {total}" if result.unborn else total


def beside(result: BootstrapResult) -> Iterator[str]:
    """What agents meet, and what the gate would have refused before."""
    for agent in result.agents:
        held = "told after an edit, kept from commands past the gate and from stopping while red"
        yield f"{agent.title}: {f'its hooks do not hold, {clean(agent.reason)}' if agent.reason else held}"
    for fact in result.facts.hook_managers:
        if (problem := dict(fact.detail).get("problem")) and fact.name != result.manager:
            mend = f": {INSTALLERS[fact.name]}" if fact.name in INSTALLERS else ""
            yield f"without effect here, apart from the gate: {fact.name}, {clean(str(problem))}{mend}"
    if result.replay is not None:
        yield render_line(result.replay)


def following(result: BootstrapResult) -> str:
    """What to type next."""
    if result.manager in MANAGERS:
        stages = ("pre-commit", "pre-merge-commit", "prepare-commit-msg", "pre-push")
        return f"{result.manager} install {' '.join(f'--hook-type {stage}' for stage in stages)}"
    if result.written:
        hooks = result.installed.hooks.tracked if result.installed else ()
        return f"git add {shlex.join((*result.written, *hooks))} && git commit -m 'Add a quality gate'"
    return "nothing to commit; the gate judges your next commit"


def bootstrap_json(result: BootstrapResult) -> str:
    """The document of `bootstrap --json`."""
    document: dict[str, Any] = {
        "schema": 1,
        "plan": [step._asdict() for step in result.plan.steps],
        "left_out": [row._asdict() for row in result.plan.left_out],
        "changes": [
            {"path": edit.path, "action": "edit" if edit.before is not None else "create"} for edit in result.plan.edits
        ],
        "existing": existing_json(result.existing, result.proofs),
        "house_rules": [row._asdict() for row in result.house_rules],
        "proof": [{**proof._asdict(), "installed": proof.holds} for proof in result.proofs],
        "written": list(result.written),
        "hooks": list(result.installed.hooks.written) if result.installed else [],
        "agents": [
            {"agent": agent.title, "effective": not agent.reason, "reason": agent.reason} for agent in result.agents
        ],
        "trusted": result.trusted,
        "replay": as_json(result.replay) if result.replay else None,
        "not_checked": [row._asdict() for row in result.uncovered],
        "verdict": "planned" if result.dry_run else "partial" if result.uncovered else "proven",
    }
    return json.dumps(document, indent=2)


def render_install(result: InstallResult) -> str:
    """Where the hooks are now."""
    lines = [f"hooks in {result.hooks.directory}: {', '.join(result.hooks.written)}"] if result.hooks.written else []
    by: dict[str, list[str]] = {}
    for name, manager in result.hooks.managed.items():
        by.setdefault(manager, []).append(name)
    lines += [f"left to {manager}, which calls the gate: {', '.join(names)}" for manager, names in by.items()]
    lines += [f"run first, as before: {', '.join(result.hooks.chained)}"] if result.hooks.chained else []
    if result.adopted:
        lines.append(f"adopted: {result.adopted[:12]}; what stands there is tolerated")
    if not result.trusted:
        lines.append(
            "not trusted: the project's own environment and plugins are not executed; `qualitygate install --trust`"
        )
    return "\n".join(lines)


def render_uninstall(removed: tuple[str, ...]) -> str:
    """Which hooks are gone."""
    return f"removed: {', '.join(removed)}" if removed else "no hook of qualitygate was installed here"


def render_undo(result: UndoResult) -> str:
    """What was taken back, and what was not, with the difference."""
    lines = [f"restored {path}" for path in result.restored]
    lines += [f"removed {path}" for path in result.removed]
    lines += [f"cut our part out of {path}, which was edited since" for path in result.cut]
    lines += [f"removed hooks: {', '.join(result.hooks)}"] if result.hooks else []
    for refused in result.refused:
        lines += [f"left alone: {refused.path} was edited since", refused.diff]
    return "\n".join(lines) or "nothing to undo"
