"""Run one check over one side: the cached result if nothing that it depends on changed, else the tool."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any, NamedTuple

from qualitygate.checks import scope, traits
from qualitygate.checks.overlay import overlay, put_programs
from qualitygate.checks.resolve import Program
from qualitygate.checks.running import run_command
from qualitygate.checks.tool import Environment, Request, Tool
from qualitygate.gate import cache, listing
from qualitygate.gate.snapshot import Laid
from qualitygate.gate.state import digest
from qualitygate.gate.surroundings import Surroundings
from qualitygate.model import Check, Entries, Report


class Run(NamedTuple):
    """One check, ready to run: the adapter, the program, and what may stop it.

    `around` holds the project's environment only for a check that uses it.
    """

    check: Check
    tool: Tool
    program: Program
    around: Surroundings
    shared: Path
    deadline: float


class Observed(NamedTuple):
    """A report and how it came about."""

    report: Report
    cached: bool
    seconds: float


def recall(job: Run, entries: Entries, files: tuple[str, ...]) -> Observed | None:
    """What is known without running anything; None where that is nothing."""
    if not files:
        return Observed(Report((), 0), cached=True, seconds=0.0)
    found = cache.get(job.shared, _key(job, entries, files))
    return Observed(found, cached=True, seconds=0.0) if found is not None else None


def observe(job: Run, layout: Laid, entries: Entries, files: tuple[str, ...]) -> Observed:
    """What the check finds in `files` of the tree of `layout`."""
    known = recall(job, entries, files)
    if known is not None:
        return known
    key = _key(job, entries, files)
    start = time.monotonic()
    if traits.writes_tree(job.tool):
        layout = layout.apart(job.check.name)  # two checks of one tool may run side by side
    report = _execute(job, layout, files)
    cache.put(job.shared, key, report)
    return Observed(report, cached=False, seconds=time.monotonic() - start)


def _key(job: Run, entries: Entries, files: tuple[str, ...]) -> str:
    tool = job.tool
    inputs: dict[str, Any] = {path: entries[path] for path in files}
    wanted = (*tool.config_files, *(("py.typed",) if tool.reads == "tree" else ()))
    inputs.update((path, entries[path]) for name in wanted for path in listing.called(entries, name))
    names = listing.names(entries) if tool.reads != "self" else []
    what = (tool.name, job.check.name, job.program.version, job.program.executable, dict(job.check.options))
    return digest(job.around.ours, what, job.around.environment_digest, sorted(inputs.items()), names)


key_of = _key
"""The name under which a result is kept: all that it depends on, in short."""


def _execute(job: Run, layout: Laid, files: tuple[str, ...]) -> Report:
    options, folder = job.check.options, scope.root_of(job.check)
    root = layout.path() / folder
    files = tuple(scope.all_within(folder, files))
    builtin = traits.builtin(job.tool)
    if builtin is not None:
        return _named(job, builtin.look(os.fspath(root), files, options))
    modules = job.around.project.modules
    if modules is not None:
        layout.furnish(modules, job.around.roots)
    request = Request(
        check=job.check.name,
        root=os.fspath(root),
        files=files,
        executable=job.program.executable,
        options=options,
        cache_dir=os.fspath(layout.beside(job.check.name)),
        environment=_overlaid(job, layout),
    )
    left = job.deadline - time.monotonic()
    command = job.tool.command(request)
    output = run_command(command, root, left)
    if output.code is None:
        return Report((), 0, f"cannot start {command.argv[0]}: {output.stderr.decode('utf-8', 'replace')}")
    if output.timed_out:
        return Report((), 0, f"no answer within the time limit ({max(left, 0):.0f} s were left)")
    if output.truncated:
        return Report((), 0, "printed more than can be read")
    report = job.tool.parse(output, request)
    return _named(job, _seen_twice(job, request, root, report))


def _seen_twice(job: Run, request: Request, root: Path, report: Report) -> Report:
    doubter = traits.doubter(job.tool)
    if doubter is None or not report.findings or report.reason:
        return report
    command = doubter.retry(request, report)
    if command is None:
        return report
    output = run_command(command, root, job.deadline - time.monotonic())
    return doubter.settle(report, output, request)


def _named(job: Run, report: Report) -> Report:
    # A check may have another name than its tool, and a tool may serve several checks.
    findings = scope.named_in_tree(scope.root_of(job.check), report.findings)
    return report._replace(findings=tuple(finding._replace(check=job.check.name) for finding in findings))


def _overlaid(job: Run, layout: Laid) -> Environment | None:
    # Without it a module that is only in the work tree, a forgotten `git add`, would be found there and judged green.
    environment = job.around.project.environment
    if environment is None:
        return None
    name = scope.root_of(job.check).replace("/", "-")
    place = layout.beside(f"env-{name}" if name else "env")
    made = overlay(environment, place, layout.path(), job.around.roots)
    if traits.ecosystem(job.tool) == "project":
        put_programs(environment, made)
    return made
