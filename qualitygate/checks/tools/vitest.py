"""Vitest: a finding is a test that fails, twice, and that did not fail before."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import Literal

from qualitygate.checks.tool import Command, Reads, Request
from qualitygate.checks.tools import jest_report, node_files, node_tests
from qualitygate.model import Outcome, Report
from qualitygate.process import Output

name = "vitest"
title = "vitest"
scope: Literal["tree", "lines"] = "tree"
reads: Reads = "tree"
_SETTINGS = tuple(
    f"{stem}{end}" for stem in ("vitest.config", "vite.config", "vitest.workspace") for end in node_files.CODE_CONFIGS
)
config_files: tuple[str, ...] = (*_SETTINGS, "vitest.workspace.json", "package.json", "tsconfig.json")
package = "vitest"
ecosystem = "node"
unit = "test"
writes_tree = True
shown_rules = ("vitest:flaky",)
wants = node_tests.wants

_ALWAYS = ("--watch=false", "--coverage.enabled=false", "--bail=0", "--passWithNoTests=false", "--reporter=json")
_NOTHING = b"No test files found"


def executes(read: node_files.Read) -> tuple[str, ...]:
    """Settings, and the files of the tree that they import; what the tests execute is for trust as a whole."""
    return node_files.with_imports(read, _SETTINGS)


def command(request: Request) -> Command:
    """All tests that the settings name, or `paths` (parts of paths); `flags` come before ours. Raises ToolError."""
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
    report = os.path.join(request.cache_dir, "report.json")
    argv = (request.executable, "run", *node_tests.flags(request), *_ALWAYS, f"--outputFile={report}", *targets)
    return Command(argv, node_tests.ENV, report_file=report)


def parse(output: Output, request: Request) -> Report:
    """Tests that failed, and how many ran, from the report file; a file that cannot be loaded is one, too."""
    return jest_report.parse(name, output, request, _NOTHING)


def settle(report: Report, output: Output, request: Request) -> Report:
    """The report, after those that failed ran once more."""
    return node_tests.settle(name, report, parse(output, request))
