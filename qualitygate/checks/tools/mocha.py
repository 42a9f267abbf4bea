"""Mocha: a finding is a test that fails, twice, and that did not fail before."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from qualitygate.checks.tool import Command, Reads, Request
from qualitygate.checks.tools import node_files, node_tests
from qualitygate.checks.tools.exits import complaint, why_incomplete
from qualitygate.model import Outcome, Report
from qualitygate.process import Output

name = "mocha"
title = "mocha"
scope: Literal["tree", "lines"] = "tree"
reads: Reads = "tree"
_SETTINGS = tuple(f".mocharc{end}" for end in (".js", ".cjs", ".mjs", ".json", ".jsonc", ".yaml", ".yml"))
config_files: tuple[str, ...] = (*_SETTINGS, "package.json", "tsconfig.json")
package = "mocha"
ecosystem = "node"
unit = "test"
writes_tree = True
shown_rules = ("mocha:flaky",)
wants = node_tests.wants

_MOST = 255  # a larger number of failures is not an exit code
_NOTHING = b"No test files found"


def executes(read: node_files.Read) -> tuple[str, ...]:
    """Settings, and the files of the tree that they import; what the tests execute is for trust as a whole."""
    return node_files.with_imports(read, _SETTINGS)


def command(request: Request) -> Command:
    """All tests that the settings name, and `paths` besides; `flags` come before ours. Raises ToolError."""
    return _command(request)


def retry(request: Request, report: Report) -> Command | None:
    """Those that failed once more, by name: files would come on top of those that the settings name."""
    names = [finding.name for finding in report.findings]
    if len(names) > node_tests.FEW or node_tests.LOADING in names:
        return None
    # A hook has its own name, but what runs it is a test.
    return _command(request, _grep(names))


def again(request: Request, tests: Sequence[Outcome]) -> Command:
    """These tests by name, or all where they are many, or have none."""
    few = len(tests) <= node_tests.FEW and all(one.name for one in tests)
    return _command(request, *([_grep(one.name for one in tests)] if few else []))


def _grep(names: Iterable[str]) -> str:
    return f"--grep={'|'.join(f'^{re.escape(name)}$' for name in names)}"


def _command(request: Request, *more: str) -> Command:
    node_tests.needs_project(request)
    report = os.path.join(request.cache_dir, "report.json")
    ours = ("--no-bail", "--exit", "--reporter=json", f"--reporter-option=output={report}")
    argv = (request.executable, *node_tests.flags(request), *ours, *more, *node_tests.paths(request))
    return Command(argv, node_tests.ENV, report_file=report)


def parse(output: Output, request: Request) -> Report:
    """Tests that failed, and how many ran, from the report file. The exit code is the number of failures."""
    if reason := why_incomplete(output, range(_MOST + 1), request.root):
        return Report((), 0, f"mocha did not finish, {reason}")
    if not output.report.strip():
        if _NOTHING in output.stderr or _NOTHING in output.stdout:
            return Report((), 0, "mocha found no test")
        crash = node_tests.crashed(name, output, request)
        return crash or Report((), 0, f"mocha left no report: {complaint(output.stderr, request.root)}")
    try:
        cases = list(_cases(output.report, request))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as exc:
        return Report((), 0, f"mocha left a report that cannot be read: {type(exc).__name__} {exc}")
    failures = sum(case.failed for case in cases)
    if output.code != min(failures, _MOST) and failures:
        return Report((), 0, f"mocha announced {output.code} failures, {failures} are there")
    return node_tests.report_of(name, cases, output, request)


def settle(report: Report, output: Output, request: Request) -> Report:
    """The report, after those that failed ran once more."""
    return node_tests.settle(name, report, parse(output, request))


def _cases(data: bytes, request: Request) -> Iterator[node_tests.Case]:
    said = json.loads(data)
    for kind in ("passes", "failures", "pending"):
        for test in said[kind]:
            path = node_files.inside(str(test["file"]), request.root) if test.get("file") else ""
            failed = kind == "failures"
            if not path:
                raise ValueError(f"{test['fullTitle']} is of no file of the tree")
            error = test.get("err") or {}
            text = "\n".join(filter(None, (str(error.get("message") or ""), str(error.get("stack") or ""))))
            yield node_tests.Case(path, (str(test["fullTitle"]),), failed, kind != "pending", text)
