"""What a change moved to where a check does not look: code that was judged is still judged, under its old name."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping

from qualitygate.checks import scope, traits
from qualitygate.checks.running import run_command
from qualitygate.checks.tool import Request, Tool
from qualitygate.gate.observe import Run, observe
from qualitygate.gate.revealing import Looked
from qualitygate.gate.session import BaseTree
from qualitygate.gate.sides import wanted, wanted_files
from qualitygate.model import Check, Entries, Finding, Report


def any_moved(check: Check, tool: Tool, head: Entries, base: BaseTree) -> bool:
    """Whether files that the check looked at are gone, and others are there that they may have become."""
    entries = base.entries_for(tool)
    gone = (path for path in wanted(check, tool, entries, base.changed) if path not in head)
    return next(gone, None) is not None and any(path not in entries for path in base.changed)


def findings_of(job: Run, head: Looked, base: BaseTree) -> Report:
    """What the check finds in files that were moved or renamed out of its sight, by their new paths."""
    entries = base.entries_for(job.tool)
    if not any_moved(job.check, job.tool, head.entries, base):
        return Report((), 0)
    gone = set(wanted(job.check, job.tool, entries, base.changed)) - set(head.entries)
    renames = {new: old for new, old in base.delta().renames.items() if old in gone}
    seen = set(wanted(job.check, job.tool, head.entries, renames))
    moved = {new: old for new, old in renames.items() if new not in seen}
    # Where it found something it has looked, however it prints the name in a list.
    seen -= {finding.path for finding in head.report.findings}
    kept = _left_in(job, head, seen)
    there = {new: renames[new] for new in seen}
    over = _passed_over(job, head, base, there) if kept is None else seen - kept
    moved.update((new, renames[new]) for new in over)
    if not moved:
        return Report((), 0)
    back = {old: head.there.read(new) for new, old in moved.items()}
    entries, layout = head.there.altered(f"back-{job.check.name}", back)
    files = tuple(sorted(back)) if job.tool.reads != "tree" else tuple(sorted({*head.files, *back}))
    report = observe(job, layout, entries, files).report
    names = {old: new for new, old in moved.items()}
    found = tuple(_renamed(finding, names[finding.path]) for finding in report.findings if finding.path in names)
    return Report(found, len(back), report.reason)


def _renamed(finding: Finding, path: str) -> Finding:
    why = f"{finding.message} (this check looked at it as {finding.path}, and does not look at {path})"
    return finding._replace(path=path, message=why)


def _passed_over(job: Run, head: Looked, base: BaseTree, renames: Mapping[str, str]) -> set[str]:
    """Those renamed files that a tool which lists none did not look at, by its own count of what it looked at.

    Asked only for files in which it found something under their old names.
    """
    tool, entries = job.tool, base.entries_for(job.tool)
    if not renames or traits.retold(tool) is not None or not (traits.unparsed_rules(tool) or tool.reads == "self"):
        return set()
    if head.report.reason:
        return set()
    before = wanted_files(job.check, tool, entries) if tool.reads == "tree" else tuple(sorted(renames.values()))
    found = observe(job, base.layout_for(job.check, tool, before), entries, before).report
    spoken = {finding.path for finding in found.findings}
    doubtful = sorted(new for new, old in renames.items() if old in spoken)
    if not doubtful or _counted(job, head, doubtful) == len(doubtful):
        return set()
    return {path for path in doubtful[:_ALONE] if not _counted(job, head, [path])}


def _counted(job: Run, head: Looked, paths: list[str]) -> int:
    """How many of these files of head the tool looks at."""
    report = observe(job, head.there, head.entries, tuple(paths)).report
    return len(paths) if report.findings else report.looked_at


_ALONE = 20
"""How many files are asked about one by one, where only some of them are passed over."""


def _left_in(job: Run, head: Looked, paths: set[str]) -> set[str] | None:
    """Those files that the tool's settings leave in; None where it cannot say."""
    if not paths:
        return paths
    root = scope.root_of(job.check)
    inner = tuple(scope.all_within(root, sorted(paths)))
    said = traits.asked_for(job.tool, inner, scope.reading(root, head.there.read), job.check.options)
    lister = traits.lister(job.tool)
    if said is None and lister is not None:
        place = head.there.path() / root
        cache = os.fspath(head.there.beside(job.check.name))
        asked = Request(job.check.name, os.fspath(place), inner, job.program.executable, job.check.options, cache)
        output = run_command(lister.listing(asked), place, job.deadline - time.monotonic())
        if output.code == 0:
            real = os.path.realpath(place)
            lines = os.fsdecode(output.stdout).splitlines()
            said = tuple(os.path.relpath(os.path.join(real, line), real) for line in lines)
            said = tuple(path for path in inner if path in said)
    return None if said is None else {scope.outward(root, path) for path in said}
