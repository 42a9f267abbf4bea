"""`qualitygate run --ci`: judge what the CI service started this run for."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from qualitygate import git
from qualitygate.bootstrap.tool_environment import make
from qualitygate.checks import tool_environment
from qualitygate.checks.catalogue import TOOLS
from qualitygate.defaults import compile_any
from qualitygate.errors import ConfigError, ToolError
from qualitygate.gate.ci import Span, find_span, judge_span
from qualitygate.gate.ci_event import read_event
from qualitygate.gate.planning import Gate, open_gate
from qualitygate.gate.policy import FILE
from qualitygate.gate.surroundings import project_at
from qualitygate.model import Verdict


def run_ci(
    path: Path, *, trust: bool, tier: str = "", everything: bool = False, progress: Callable[[str], None]
) -> Verdict:
    """Judge the change that this CI run is about; all checks, unless `tier` says otherwise.

    `trust`: what the repository makes us execute may run in this run; nothing of that is kept. Tools that need an
    environment of their own are fetched where it is missing.
    """
    event = read_event(os.environ)
    gate = open_gate(path, TOOLS, compile_any)
    gate = gate._replace(tier=tier or "full", everything=everything, progress=progress)
    if trust:
        gate = gate._replace(project=lambda root: project_at(gate.repo, root), trusted=True)
    span = find_span(gate, event)
    if needed := _needed_tools(gate, span):
        try:
            make(progress, needed)
        except ToolError:
            pass  # the checks that need them are undecided, and say the same
    return judge_span(gate, event, span)


def _needed_tools(gate: Gate, span: Span) -> list[str]:
    """The packages that have an environment of their own and that checks of either side need."""
    found: set[str] = set()
    trees = (git.tree_of(gate.repo, span.head), *(base.tree for base in span.bases.nearest))
    for tree in trees:
        data = git.contents(gate.repo, tree, [FILE]).get(FILE)
        try:
            checks = compile_any(data)["checks"]
        except ConfigError:
            continue  # judging it says so
        found |= {TOOLS[check["tool"]].package for check in checks}
    return sorted(found & set(tool_environment.PINNED))
