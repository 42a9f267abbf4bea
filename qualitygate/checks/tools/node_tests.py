"""What the adapters of JavaScript's test runners share: a finding is a test that fails, twice, and did not before."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from typing import Literal

from qualitygate.checks.tool import Request
from qualitygate.checks.tools import node_files
from qualitygate.checks.tools.exits import complaint
from qualitygate.errors import ToolError
from qualitygate.frozen import NamedTuple
from qualitygate.model import Finding, Outcome, Report
from qualitygate.process import Output

ENV: Mapping[str, str] = {**node_files.ENV, "NODE_ENV": "test", "CI": "1", "FORCE_COLOR": "0"}
"""With `CI`, no runner waits for changes of files, and none writes snapshots that are new."""
FEW = 100
"""More failing tests than this are not run again: chance is no explanation."""
LOADING = "loading"

_MESSAGE = 300
_FIX = "make the code right, or the test if it is the test that is wrong"
_PLACE = re.compile(r"((?:file://)?/[^\s():]+|[\w./@-]+\.[cm]?[jt]sx?):(\d+)(?::\d+)?")
_ERROR = re.compile(r"(?:Uncaught )?\w*(?:Error|Exception)\b.*:")
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_SKIPPED_PROSE = (".github/", ".qualitygate/", ".claude/")


class Case(NamedTuple):
    """One test: its file, relative to the tree, its names from the outermost group on, and how it fared.

    `said` is what failed, in words, with the places it went through. No `names`: the file could not be loaded.
    `line` is where the test begins, if that is known. `why`: the reason that a test which did not run gives.
    """

    path: str
    names: tuple[str, ...]
    failed: bool
    ran: bool
    said: str = ""
    line: int = 0
    why: str = ""


def wants(path: str) -> bool:
    """Whether a test could read it: any file but prose, and what only the gate and its like read."""
    return (
        not path.endswith(".md")
        and (not path.startswith(_SKIPPED_PROSE) or node_files.is_script(path))
        and path not in ("qualitygate.toml", ".pre-commit-config.yaml", ".gitignore")
    )


def needs_project(request: Request) -> None:
    """Raises ToolError where the project's code may not be executed."""
    if request.options.get("environment") != "project":
        raise ToolError(
            "tests execute the project's code",
            hint='set `environment = "project"` for this check, and install packages',
        )


def flags(request: Request) -> tuple[str, ...]:
    """What the check's options add to the command line; before ours, which then win."""
    return tuple(map(str, request.options.get("flags", ())))


def paths(request: Request) -> tuple[str, ...]:
    """The files, folders or patterns to run, as the check names them."""
    return tuple(map(str, request.options.get("paths", ())))


def failing_files(report: Report) -> tuple[str, ...]:
    """The files of the tests that failed; empty where they are too many to be chance."""
    return tuple(dict.fromkeys(f.path for f in report.findings)) if len(report.findings) <= FEW else ()


def outcomes(cases: Iterable[Case], between: str) -> tuple[Outcome, ...]:
    """How each test fared; `between`: what joins its names. Of two tests of one name the one that ran counts."""
    found: dict[tuple[str, str], Outcome] = {}
    for case in cases:
        key = case.path, between.join(case.names)
        state: Literal["passed", "failed", "skipped"] = "failed" if case.failed else "passed" if case.ran else "skipped"
        if (case.names or case.failed) and (key not in found or state != "skipped"):
            said = f"skipped: {case.why}" if case.why else "skipped"
            found[key] = Outcome(*key, state, said if state == "skipped" else "", case.line)
    return tuple(found.values())


def report_of(tool: str, cases: Iterable[Case], output: Output, request: Request) -> Report:
    """Tests that failed, and how many ran. A run in which none did, or that failed without a test, is incomplete."""
    cases = tuple(cases)
    told = outcomes(cases, " > ")
    if not cases:
        return Report((), 0, f"{tool} found no test")
    found = tuple(dict.fromkeys(_finding(tool, case, request) for case in cases if case.failed))
    ran = sum(case.ran for case in cases if case.names)
    if output.code and not found:
        return Report((), ran, f"{tool} failed, but no test did: {complaint(output.stderr, request.root)}")
    if not output.code and found:
        return Report((), ran, f"{tool} passed, but {len(found)} tests did not")
    if not ran and not found:
        return Report((), 0, f"{tool} ran no test: all are skipped", told)
    return Report(found, ran, tests=told)


def settle(tool: str, report: Report, again: Report) -> Report:
    """The report, after those that failed ran once more: what passes then is flaky, and only shown."""
    if again.reason or not again.looked_at:
        return report  # nothing was learned, so each failure stands
    failing = {(finding.path, finding.name) for finding in again.findings}
    return report._replace(
        findings=tuple(
            f
            if (f.path, f.name) in failing
            else f._replace(rule=f"{tool}:flaky", message=f"failed, then passed: {f.message}")
            for f in report.findings
        )
    )


def crashed(tool: str, output: Output, request: Request) -> Report | None:
    """A file of the tree that could not be loaded, which keeps some runners from running any test at all."""
    text = _COLOURS.sub("", output.stderr.decode("utf-8", "replace"))
    for place, line in _PLACE.findall(text):
        path = node_files.inside(place.removeprefix("file://"), request.root)
        if path and "node_modules" not in path.split("/") and path in request.files:
            error = next((row.strip() for row in text.splitlines() if _ERROR.match(row.strip())), "an error is thrown")
            message = f"cannot be loaded: {error[:_MESSAGE]}"
            found = Finding(
                request.check, f"{tool}:failed", path, int(line), 0, int(line), 0, message, fix=_FIX, name=LOADING
            )
            return Report((found,), 0, f"no test ran: {path} cannot be loaded")
    return None


def _finding(tool: str, case: Case, request: Request) -> Finding:
    root = request.root.rstrip(os.sep) + os.sep
    said = _COLOURS.sub("", case.said).replace(f"file://{root}", "").replace(root, "")
    line = next((int(n) for at, n in _PLACE.findall(said) if at == case.path), case.line)
    rows = [row.strip() for row in said.splitlines() if row.strip(" ●") and "● Test suite failed" not in row]
    errors = [row for row in rows if _ERROR.match(row)] if not case.names else []
    first = next(iter((*errors, *rows)), "failed")[:_MESSAGE]
    label = " > ".join(case.names)
    message = f"{label}: {first}" if label else f"cannot be loaded: {first}"
    fix = f"{_FIX}; alone it runs with `{tool} {case.path}`"
    return Finding(
        request.check, f"{tool}:failed", case.path, line, 0, line, 0, message, fix=fix, name=label or LOADING
    )
