"""A tool whose settings changed is run on something, though no file of it did: settings can break it, or blind it."""

from __future__ import annotations

from qualitygate.checks.tool import is_config
from qualitygate.gate.observe import Run, observe
from qualitygate.gate.revealing import Looked
from qualitygate.gate.session import BaseTree
from qualitygate.gate.sides import wanted_files


def why_blind(job: Run, head: Looked, base: BaseTree) -> str:
    """Why nothing may be concluded from a run that looked at nothing; empty where the settings are not the reason."""
    check, tool = job.check, job.tool
    if head.report.looked_at or head.report.reason or not any(is_config(p, tool.config_files) for p in base.changed):
        return ""
    every = wanted_files(check, tool, head.entries)
    report = observe(job, head.there, head.entries, every).report
    if report.reason:
        return f"its settings changed, and it does not run with them: {report.reason}"
    if report.looked_at:
        return ""
    before = observe(job, base.own_layout(), base.tree.entries, wanted_files(check, tool, base.tree.entries)).report
    if before.reason or not before.looked_at:
        return ""
    return f"its settings changed, and leave out all {len(every)} files; it looked at {before.looked_at} before"
