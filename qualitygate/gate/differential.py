"""Settings that a change weakens, judged by effect: what base's settings report in head, and head's do not, is hidden.

Text cannot tell a loosened setting from one that moved to another file or that a new version spells differently. So the
same tool runs twice over head's files, under either side's settings. Only a change of settings pays for it.
"""

from __future__ import annotations

from qualitygate.checks import scope, traits
from qualitygate.checks.tool import is_config
from qualitygate.errors import QualityGateError
from qualitygate.frozen import NamedTuple
from qualitygate.gate import targets
from qualitygate.gate.examine import on_changed_lines, program_for, ready
from qualitygate.gate.matching import Delta, Side, match
from qualitygate.gate.observe import observe
from qualitygate.gate.session import BaseTree, Session
from qualitygate.gate.sides import wanted_files
from qualitygate.gate.snapshot import Laid, Layout
from qualitygate.gate.trees import under_configuration
from qualitygate.model import TIERS, Check, Entries, Finding, Report, Tree


class Hidden(NamedTuple):
    """What head's settings no longer report, (check, reason) where that could not be told, and what changed."""

    findings: tuple[Finding, ...] = ()
    undecided: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()


NONE = Hidden()


class _Before(NamedTuple):
    """Head's files with base's settings; `changed` are the settings."""

    entries: Entries
    layout: Laid
    changed: frozenset[str]


def find_hidden(session: Session, head: Tree, layout: Laid, trees: list[BaseTree]) -> Hidden:
    """What every base's settings report in head and head's do not, of the checks that base has as well."""
    sides = [tree for tree in trees if not tree.fork]
    before = session.policy.before
    now = {check.name: check for check in session.policy.checks}
    checks = [old for name, old in before.items() if name in now and _counts(session, old)]
    names = {name for old in checks for name in session.tools[old.tool].config_files}
    named = {place for old in checks for place in _named(old)}
    # In a merge, what one side brought is its own: it was judged there.
    changed = frozenset.intersection(*(side.changed for side in sides)) if sides else frozenset()
    changed = frozenset(path for path in changed if path in named or is_config(path, names))
    affected = [old for old in checks if _is_affected(session, old, now[old.name], changed)]
    if not affected:
        return NONE
    entries = under_configuration(head.entries, sides[0].tree.entries, changed)
    as_before = _Before(entries, Layout(session.place / "as-before", session.repo, entries), changed)
    found = [_of_check(session, (old, now[old.name]), head, layout, as_before, sides) for old in affected]
    listed = ", ".join(sorted(changed)[:5]) + (" ..." if len(changed) > 5 else "")
    what = f" ({listed})" if changed else ""
    return Hidden(
        tuple(finding for one in found for finding in one.findings),
        tuple(row for one in found for row in one.undecided),
        (f"settings changed{what}: what those of base report is looked for as well",),
    )


def _counts(session: Session, old: Check) -> bool:
    # New tests may need new settings to run at all, so those of base say nothing about them.
    tool = session.tools.get(old.tool)
    if tool is None or TIERS.index(old.tier) > TIERS.index(session.tier):
        return False
    return tool.scope != "pair" and traits.unit(tool) != "test"


def _named(check: Check) -> tuple[str, ...]:
    place = str(check.options.get("config_file", ""))
    return (f"{scope.root_of(check)}/{place}".lstrip("/"),) if place else ()


def _is_affected(session: Session, old: Check, new: Check, changed: frozenset[str]) -> bool:
    if old.tool == new.tool and old.options != new.options:
        return True
    files = session.tools[old.tool].config_files
    return old.tool == new.tool and any(path in _named(old) or is_config(path, files) for path in changed)


def _of_check(
    session: Session, pair: tuple[Check, Check], head: Tree, layout: Laid, before: _Before, sides: list[BaseTree]
) -> Hidden:
    old, new = pair
    try:
        there = _look(session, new, head.entries, layout)
    except QualityGateError:
        return NONE  # it is undecided for that reason already
    if there.reason:
        return Hidden((), ((new.name, there.reason),))
    try:
        there_now = _where_it_is_now(session, old._replace(version=new.version), before, sides[0])
        if there_now is None:
            return NONE  # all that they name is gone
        was = _look(session, there_now, before.entries, before.layout)
        reason = was.reason
    except QualityGateError as exc:
        reason = exc.message
    if reason:
        return Hidden((), ((old.name, f"settings changed, and those of base do not work here: {reason}"),))
    # Both looked at the same files, and messages and columns may quote limits that are set in the very settings.
    same = Delta(same=lambda path: True)
    gone = match(Side(there.findings, layout.read), Side(was.findings, before.layout.read), same).new
    quiet = {*traits.shown_rules(session.tools[old.tool]), *old.options.get("show", ())}
    gone = tuple(f for f in gone if f.rule not in quiet and f.path not in before.changed)
    if session.tools[old.tool].scope == "lines":
        gone = on_changed_lines(gone, head.entries, sides)
    return Hidden(gone)


def _where_it_is_now(session: Session, old: Check, before: _Before, base: BaseTree) -> Check | None:
    """Base's check, with what became of the places that it names; None where nothing of them is left."""
    root, tool = scope.root_of(old), session.tools[old.tool]
    inner = scope.narrowed(root, before.entries)
    now = targets.find(old, tool, inner, scope.reading(root, before.layout.read))
    if now is None or not now.missing:
        return old
    had = targets.find(old, tool, scope.narrowed(root, base.tree.entries), scope.reading(root, base.own_layout().read))
    became = {scope.within(root, was) or "": scope.within(root, new) or "" for new, was in base.delta().renames.items()}
    options = targets.on_base(old.options, had, now, inner, became)
    return old._replace(options=options) if options is not None else None


def _look(session: Session, check: Check, entries: Entries, layout: Laid) -> Report:
    job = ready(session, check, layout, program_for(session, check))
    return observe(job, layout, entries, wanted_files(check, job.tool, entries)).report
