"""Run one check over one side: the cached result if nothing that it depends on changed, else the tool."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from qualitygate.checks import scope, traits
from qualitygate.checks.overlay import overlay, put_programs
from qualitygate.checks.resolve import Program
from qualitygate.checks.running import NO_ANSWER, run_command
from qualitygate.checks.tool import Environment, Request, Tool
from qualitygate.frozen import NamedTuple
from qualitygate.gate import cache, listing
from qualitygate.gate.snapshot import Laid
from qualitygate.gate.state import digest, read_json, write_json
from qualitygate.gate.surroundings import Surroundings
from qualitygate.model import Check, Entries, Finding, Report


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
    started: Callable[[], None] = lambda: None


class Observed(NamedTuple):
    """A report and how it came about. `why`: in words, what of it the cache did not know, and for what reason."""

    report: Report
    cached: bool
    seconds: float
    why: str = ""


class _Keys(NamedTuple):
    """Under what a result is kept: `whole` for these files together, `each` for every one of them alone ("" for never).

    `basis`: the parts of what it depends on besides them, as a person would call them.
    """

    whole: str
    each: str
    basis: Mapping[str, str]


def recall(job: Run, entries: Entries, files: tuple[str, ...]) -> Observed | None:
    """What is known without running anything; None where that is nothing."""
    if not files:
        return Observed(Report((), 0), cached=True, seconds=0.0, why="no file to look at")
    keys = _keys(job, entries, files)
    held = _held(job, keys, entries, files)
    if len(held) == len(files):
        return Observed(_joined(held, files), cached=True, seconds=0.0, why="hit")
    found = cache.get(job.shared, keys.whole)
    return Observed(found, cached=True, seconds=0.0, why="hit") if found is not None else None


def observe(job: Run, layout: Laid, entries: Entries, files: tuple[str, ...]) -> Observed:
    """What the check finds in `files` of the tree of `layout`, some of which may be known."""
    known = recall(job, entries, files)
    if known is not None:
        return known
    keys = _keys(job, entries, files)
    held = _held(job, keys, entries, files)
    left = tuple(path for path in files if path not in held)
    if not left:  # another gate, in another work tree, has found it out a moment ago
        return Observed(_joined(held, files), cached=True, seconds=0.0, why="hit")
    why = _why(job, keys, left, len(held))
    start = time.monotonic()
    if traits.writes_tree(job.tool):
        layout = layout.apart(job.check.name)  # two checks of one tool may run side by side
    report = _execute(job, layout.narrowed(left), left)
    alone = keep(job, entries, left, report)
    if held:
        report = _joined({**held, "": report}, (*held, ""))
        if not alone:
            cache.put(job.shared, keys.whole, report)  # what was asked for is more than what was looked at now
    return Observed(report, cached=False, seconds=time.monotonic() - start, why=why)


def key_of(job: Run, entries: Entries, files: tuple[str, ...]) -> str:
    """The name under which the result of a tool that reads the whole tree is kept: all that it depends on, in short."""
    return _keys(job, entries, files).whole


def keep(job: Run, entries: Entries, files: tuple[str, ...], report: Report) -> bool:
    """Keep what the check found in these files, each alone where it can be told which of it is about which; whether
    it could."""
    if report.reason:
        return False
    keys = _keys(job, entries, files)
    cache.note_basis(job.shared, job.check.name, keys.basis)
    apart: dict[str, list[Finding]] = {path: [] for path in files}
    over = frozenset(report.passed_over)
    # A tool that says less has passed some over, and does not say which.
    told = keys.each and report.looked_at in (0, len(files) - len(over))
    if not told or any(finding.path not in apart for finding in report.findings):
        cache.put(job.shared, keys.whole, report)
        return False
    for finding in report.findings:
        apart[finding.path].append(finding)
    each = 1 if report.looked_at else 0
    reports = {path: Report(tuple(found), 0 if path in over else each) for path, found in apart.items()}
    cache.put_files(job.shared, keys.each, _contents(entries, files), reports)
    return True


def _held(job: Run, keys: _Keys, entries: Entries, files: tuple[str, ...]) -> dict[str, Report]:
    return cache.get_files(job.shared, keys.each, _contents(entries, files)) if keys.each else {}


def _contents(entries: Entries, files: Iterable[str]) -> dict[str, str]:
    # A file that may be executed is judged otherwise than the same one that may not.
    return {path: " ".join(entries[path]) for path in files}


def _joined(reports: Mapping[str, Report], order: Iterable[str]) -> Report:
    parts = [reports[path] for path in order]
    findings = tuple(finding for part in parts for finding in part.findings)
    reason = next((part.reason for part in parts if part.reason), "")
    return Report(findings, sum(part.looked_at for part in parts), reason)


def _keys(job: Run, entries: Entries, files: tuple[str, ...]) -> _Keys:
    tool = job.tool
    wanted = (*tool.config_files, *(("py.typed",) if tool.reads == "tree" else ()))
    settings = sorted((path, entries[path]) for name in wanted for path in listing.called(entries, name))
    basis = {
        "environment": digest(job.around.ours, job.around.environment_digest),
        "tool": digest(tool.name, job.program.version, job.program.executable),
        "options": digest(dict(job.check.options)),
        "configuration": digest(settings),
        "names of modules": listing.names_digest(entries) if tool.reads != "self" else "",
        "files that are there": digest([listing.called(entries, name) for name in traits.heeds(tool)]),
    }
    common = digest(job.check.name, sorted(basis.items()), *(("tests",) if traits.retold(tool) else ()))
    each = common if tool.reads != "tree" and traits.unit(tool) == "file" else ""
    return _Keys(digest(common, listing.content_digest(entries, files)), each, basis)


def _why(job: Run, keys: _Keys, files: tuple[str, ...], held: int) -> str:
    """Why these files had to be looked at."""
    last = cache.last_basis(job.shared, job.check.name)
    if last is None:
        return "first time"
    changed = [part for part, value in keys.basis.items() if last.get(part) != value]
    some = f"{files[0]} and {len(files) - 1} more" if len(files) > 1 else files[0]
    rest = f"; {held} hit" if held else ""
    if changed:
        return f"{', '.join(changed)} changed: {some}{rest}"
    if not keys.each:
        return f"content changed of its files, which it reads together{rest}"
    known = cache.known_paths(job.shared, keys.each, files)
    return f"{'content changed' if known else 'first time'}: {some}{rest}"


class Place(NamedTuple):
    """One tree, or some of its files: where they are, what they are, and which to look at."""

    layout: Laid
    entries: Entries
    files: tuple[str, ...]


def observe_both(job: Run, head: Place, base: Place) -> Observed | None:
    """What the check finds in head, if one run can tell of both trees and neither is known; base's part is kept.

    None where each has to be asked for by itself.
    """
    tool = traits.paired(job.tool)
    if tool is None or any(recall(job, place.entries, place.files) for place in (head, base)):
        return None
    held, keys = [], _keys(job, head.entries, head.files)
    for place in (head, base):
        held.append(_held(job, _keys(job, place.entries, place.files), place.entries, place.files))
    here, there = (
        place._replace(files=tuple(path for path in place.files if path not in known))
        for place, known in zip((head, base), held, strict=True)
    )
    if not here.files or not there.files:
        return None
    start, why = time.monotonic(), _why(job, keys, here.files, len(held[0]))
    requests = [request_of(job, place.layout, place.files) for place in (here, there)]
    command = tool.command_of_both(*requests)
    if command is None:
        return None
    output = run_command(command, requests[0].root, job.deadline - time.monotonic())
    reports = []
    for said, request, place in zip(tool.apart(output, *requests), requests, (here, there), strict=True):
        reports.append(named(job, job.tool.parse(said, request)))
        keep(job, place.entries, place.files, reports[-1])
    if any(report.reason for report in reports):
        return None  # to be said by a run of its own
    report = _joined({**held[0], "": reports[0]}, (*held[0], ""))
    return Observed(report, cached=False, seconds=time.monotonic() - start, why=why)


def request_of(job: Run, layout: Laid, files: tuple[str, ...]) -> Request:
    """What the adapter may know of a run on these files of a tree, which is laid out for it."""
    folder = scope.root_of(job.check)
    modules = job.around.project.modules
    if modules is not None:
        layout.furnish(modules, job.around.roots)
    return Request(
        check=job.check.name,
        root=os.fspath(layout.path() / folder),
        files=tuple(scope.all_within(folder, files)),
        executable=job.program.executable,
        options=job.check.options,
        cache_dir=os.fspath(_cache_of(job, layout)),
        environment=_overlaid(job, layout),
    )


def _cache_of(job: Run, layout: Laid) -> Path:
    """The place for the tool's own cache, which is emptied when the packages of the project change.

    mypy tells files apart by their size and whole seconds: two versions of a package can agree in both.
    """
    place, digest_ = layout.beside(job.check.name), job.around.environment_digest
    if job.tool.reads == "tree" and digest_:
        stamp = place.with_name(f"{place.name}.packages")
        if place.exists() and read_json(stamp) != digest_:
            import shutil  # it brings every compression with it

            shutil.rmtree(place, ignore_errors=True)
        write_json(stamp, digest_, lasting=False)
    return place


def _execute(job: Run, layout: Laid, files: tuple[str, ...]) -> Report:
    builtin = traits.builtin(job.tool)
    if builtin is not None:
        folder = scope.root_of(job.check)
        root, inner = os.fspath(layout.path() / folder), tuple(scope.all_within(folder, files))
        return named(job, builtin.look(root, inner, job.check.options))
    request = request_of(job, layout, files)
    left = job.deadline - time.monotonic()
    command = job.tool.command(request)
    output = run_command(command, request.root, left, job.started)
    if output.code is None:
        return Report((), 0, f"cannot start {command.argv[0]}: {output.stderr.decode('utf-8', 'replace')}")
    if output.timed_out:
        return Report((), 0, f"{NO_ANSWER} ({max(left, 0):.0f} s were left)")
    if output.truncated:
        return Report((), 0, "printed more than can be read")
    report = job.tool.parse(output, request)
    return named(job, _seen_twice(job, request, report))


def _seen_twice(job: Run, request: Request, report: Report) -> Report:
    doubter = traits.doubter(job.tool)
    if doubter is None or not report.findings or report.reason:
        return report
    command = doubter.retry(request, report)
    if command is None:
        return report
    output = run_command(command, request.root, job.deadline - time.monotonic())
    return doubter.settle(report, output, request)


def named(job: Run, report: Report) -> Report:
    """A report as the check's own, with the paths of the tree."""
    # A check may have another name than its tool, and a tool may serve several checks.
    report = scope.named_in_tree(scope.root_of(job.check), report)
    return report._replace(findings=tuple(finding._replace(check=job.check.name) for finding in report.findings))


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
