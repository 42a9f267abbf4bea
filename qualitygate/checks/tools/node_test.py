"""Node's own test runner: a finding is a test that fails, twice, and that did not fail before."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from qualitygate.checks.tool import Command, Reads, Request
from qualitygate.checks.tools import node_files, node_tests
from qualitygate.checks.tools.exits import complaint, why_incomplete
from qualitygate.model import Outcome, Report
from qualitygate.process import Output

name = "node-test"
title = "node --test"
scope: Literal["tree", "lines"] = "tree"
reads: Reads = "tree"
config_files: tuple[str, ...] = ("package.json", "tsconfig.json")
package = "node"
ecosystem = "system"
imports = "node"
version_argv = ("--version",)
unit = "test"
writes_tree = True
shown_rules = ("node-test:flaky",)
wants = node_tests.wants

_REPORTER = os.path.join(
    os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "engines", "node_reporter.mjs"
)


def named_packages(read: node_files.Read) -> bool:
    """Whether `package.json` names any; tests of what has none need nothing but node itself."""
    manifest = node_files.table(read("package.json"))
    return any(manifest.get(key) for key in ("dependencies", "devDependencies", "workspaces"))


def command(request: Request) -> Command:
    """All tests that `node --test` finds, or `paths`; `flags` come before ours. Raises ToolError."""
    return _command(request, node_tests.paths(request))


def retry(request: Request, report: Report) -> Command | None:
    """The files of those that failed once more; None where so many did that chance is no explanation."""
    files = node_tests.failing_files(report)
    return _command(request, files) if files else None


def again(request: Request, tests: Sequence[Outcome]) -> Command:
    """The files of these tests."""
    return _command(request, dict.fromkeys(one.path for one in tests))


def _command(request: Request, targets: Iterable[str]) -> Command:
    node_tests.needs_project(request)
    report = os.path.join(request.cache_dir, "report.jsonl")
    # What the reporters built in print does not name the file of a test, or not in a form that can be relied on.
    ours = ("--test", f"--test-reporter={_REPORTER}", f"--test-reporter-destination={report}")
    places = tuple(f"./{path}" if path.startswith("-") else path for path in targets)
    return Command((request.executable, *node_tests.flags(request), *ours, *places), node_tests.ENV, report_file=report)


def parse(output: Output, request: Request) -> Report:
    """Tests that failed, and how many ran, from the report file; its last line says that it is whole."""
    if reason := why_incomplete(output, (0, 1), request.root):
        return Report((), 0, f"node did not finish, {reason}")
    try:
        rows = [json.loads(line) for line in output.report.splitlines()]
        if not rows or rows[-1].get("ended") != len(rows) - 1:
            said = complaint(output.stderr or output.stdout, request.root)
            return Report((), 0, f"node left no whole report: {said}")
        cases = list(_cases(rows[:-1], request))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as exc:
        return Report((), 0, f"node left a report that cannot be read: {type(exc).__name__} {exc}")
    return node_tests.report_of(name, cases, output, request)


def settle(report: Report, output: Output, request: Request) -> Report:
    """The report, after those that failed ran once more."""
    return node_tests.settle(name, report, parse(output, request))


def _cases(rows: list[dict[str, object]], request: Request) -> Iterator[node_tests.Case]:
    for row in rows:
        names = [str(one) for one in row["names"]]  # type: ignore[attr-defined]  # what is no list is an error
        failed, path = row["kind"] == "fail", str(row["file"])
        # A file stands above its tests in the report, under its own name, and is no test.
        of_file = len(names) == 1 and os.path.normpath(names[0]) in (path, os.path.join(request.root, path))
        if row["suite"] and not (of_file and failed):
            continue
        if of_file and not failed:
            continue
        if not path or path.startswith(".."):
            raise ValueError(f"{' > '.join(names)} is of no file of the tree")
        said = f"{row['printed']}\n{row['error']}" if of_file else str(row["error"])
        line = 0 if of_file else int(str(row["line"]))
        why = str(row.get("why", ""))
        yield node_tests.Case(path, () if of_file else tuple(names), failed, not row["skip"], said, line, why)
