"""What a new suppression hides: the tool is asked once more, with nothing to silence it.

mypy and tsc have no switch for that. They look at a copy in which spaces stand for the directives of the files in
question, so that lines and columns stay; only a change that adds such a directive pays for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from qualitygate.checks import traits
from qualitygate.errors import QualityGateError
from qualitygate.gate.examine import program_for, ready
from qualitygate.gate.observe import observe
from qualitygate.gate.revealing import Looked, unmasked, with_masks
from qualitygate.gate.session import Session
from qualitygate.gate.sides import wanted, wanted_files
from qualitygate.gate.snapshot import Laid
from qualitygate.gate.tokens import decode
from qualitygate.model import TIERS, Check, Finding, Tree

FAMILY = "suppression:"
_NAMED = 2
"""Findings that are named for one suppression."""


def explained(session: Session, head: Tree, layout: Laid, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """The same findings; those about a suppression say what it hides, as far as tools of this gate know."""
    about = [finding for finding in findings if finding.rule.startswith(FAMILY)]
    if not about:
        return findings
    hidden = [one for check in session.policy.checks for one in _hidden(session, check, head, layout, about)]
    return tuple(_told(finding, hidden) if finding in about else finding for finding in findings)


def _hidden(session: Session, check: Check, head: Tree, layout: Laid, about: Sequence[Finding]) -> Iterator[Finding]:
    tool = session.tools[check.tool]
    masks = traits.masks(tool)
    if masks is None or TIERS.index(check.tier) > TIERS.index(session.tier):
        return
    together = tool.reads == "tree"
    if together:  # it looks at everything once more: only for a suppression of its own
        about = [finding for finding in about if masks.search(_line(layout, finding))]
    paths = frozenset(finding.path for finding in about)
    files = tuple(sorted(wanted(check, tool, head.entries, paths)))
    if not files:
        return
    every = wanted_files(check, tool, head.entries) if together else files
    try:
        job = ready(session, check, layout, program_for(session, check))
        seen = observe(job, layout, head.entries, every).report
    except QualityGateError:
        return  # the check is undecided for that reason already
    if seen.reason:
        return
    blanks = traits.blanks(tool)
    options = {**check.options, "unmasked": True}
    bare = job if blanks is masks else job._replace(check=check._replace(options=options))
    side = Looked(layout, head.entries, every, seen)
    left = Counter(map(_place, seen.findings))
    for finding in unmasked(bare, side, with_masks(side, paths, masks), paths, blanks, observe):
        left[_place(finding)] -= 1
        if left[_place(finding)] < 0:
            yield finding


def _line(layout: Laid, finding: Finding) -> str:
    lines = decode(layout.read(finding.path) or b"").split("\n")
    return lines[finding.line - 1] if 0 < finding.line <= len(lines) else ""


def _place(finding: Finding) -> tuple[str, str, int, int]:
    return finding.rule, finding.path, finding.line, finding.column


def _told(finding: Finding, hidden: Iterable[Finding]) -> Finding:
    whole = finding.rule.removeprefix(FAMILY).startswith("file")
    mine = [
        one for one in hidden if one.path == finding.path and (whole or one.line in (finding.line, finding.line + 1))
    ]
    if not mine:
        return finding
    named = "; ".join(f"{one.rule} {one.message}" for one in mine[:_NAMED])
    more = f" and {len(mine) - _NAMED} more" if len(mine) > _NAMED else ""
    return finding._replace(message=f"{finding.message}; suppressed instead of fixed: {named}{more}")
