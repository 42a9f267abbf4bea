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
from qualitygate.quote import clean
from qualitygate.reporters.existing_gate import existing_json, render_existing, render_house_rules
from qualitygate.reporters.replay import as_json, render_line
from qualitygate.reporters.summary import plural

_LATE = {"push": "at push only", "full": "by `qualitygate run --tier full` only"}
"""Tiers of checks that no commit waits for."""


def render_bootstrap(result: BootstrapResult) -> str:
    """The plan, what was written, the proof, and three lines to go on with."""
    lines = list(_plan(result.plan, result.again))
    if result.plan.left_out:
        lines += ["", "left out", *(f"  {clean(row.what)}: {clean(row.reason)}" for row in result.plan.left_out)]
    own = list(render_existing(result.existing, result.proofs))
    lines += ["", *own] if own else []
    house = list(render_house_rules(result.house_rules))
    lines += ["", *house] if house else []
    if result.dry_run:
        ending = "dry run: nothing was written, nothing of this repository executed"
        lines += ["", "diff", *_diff(result.plan), "", ending]
        return "\n".join(lines)
    lines += ["", *_proof(result.proofs)]
    lines += ["", *_ending(result)]
    return "\n".join(lines)


def _plan(plan: Plan, again: bool) -> Iterator[str]:
    if again:
        changed = ", ".join(clean(edit.path) for edit in plan.edits)
        what = f"brought up to date: {changed}" if changed else "no file is changed"
        yield f"qualitygate.toml is there: its checks are proven again, {what}"
    yield from ["plan"] if plan.steps else []
    for step in plan.steps:
        yield f"  {clean(step.step)}: {clean(step.reason)}"
        if step.evidence:
            yield f"      {clean(step.evidence)}"


def _diff(plan: Plan) -> Iterator[str]:
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
            yield f"  {'':<{width}}  {_missed(proof)}"
        if proof.unproven and proof.holds:
            shown = ", ".join(proof.unproven[:4]) + (" ..." if len(proof.unproven) > 4 else "")
            yield f"  {'':<{width}}  not proven: {clean(shown)}"
        if proof.reason:
            yield f"  {'':<{width}}  not installed: {clean(proof.reason)}"


def _missed(proof: Proof) -> str:
    left = plural(proof.given - proof.files, "file")
    if proof.expected is None:
        return f"{left} not looked at: not text, or too large"
    if proof.expected == proof.files:
        return f"{left} left out by the settings of {proof.check}"
    return f"{left} not looked at; the settings of {proof.check} name {proof.expected}"


def _ending(result: BootstrapResult) -> Iterator[str]:
    names = [proof.check for proof in result.proofs if proof.holds]
    where = "at commit, merge, rebase and push"
    if result.manager in MANAGERS:
        where = f"once {result.manager} has installed its hooks"
    elif not result.installed:
        where = "by `qualitygate run`; no hooks were installed"
    tiers = {check.name: check.tier for check in result.plan.checks}
    late = {tier: [name for name in names if tiers.get(name) == tier] for tier in _LATE}
    soon = [name for name in names if tiers.get(name) not in _LATE]
    parts = [f"{', '.join(soon)}; {where}"] if soon else []
    parts += [f"{', '.join(found)} {_LATE[tier]}" for tier, found in late.items() if found]
    yield f"enforced now: {'; '.join(parts)}"
    debt = {proof.check: proof.debt for proof in result.proofs if proof.holds and proof.debt}
    total = (
        f"{plural(sum(debt.values()), 'finding')} ({', '.join(f'{name} {n}' for name, n in debt.items())})"
        if debt
        else "none"
    )
    yield f"old debt tolerated: {total}"
    for agent in result.agents:
        held = "told after an edit, kept from commands past the gate and from stopping while red"
        yield f"{agent.title}: {f'its hooks do not hold, {clean(agent.reason)}' if agent.reason else held}"
    if result.replay is not None:
        yield render_line(result.replay)
    if result.manager in MANAGERS:
        stages = ("pre-commit", "pre-merge-commit", "prepare-commit-msg", "pre-push")
        yield f"next: {result.manager} install {' '.join(f'--hook-type {stage}' for stage in stages)}"
    elif result.written:
        hooks = result.installed.hooks.tracked if result.installed else ()
        yield f"next: git add {shlex.join((*result.written, *hooks))} && git commit -m 'Add a quality gate'"
    else:
        yield "next: nothing to commit; the gate judges your next commit"


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
        "verdict": "planned" if result.dry_run else "proven",
    }
    return json.dumps(document, indent=2)


def render_install(result: InstallResult) -> str:
    """Where the hooks are now."""
    lines = [f"hooks in {result.hooks.directory}: {', '.join(result.hooks.written)}"]
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
