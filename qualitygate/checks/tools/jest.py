"""Jest: a finding is a test that fails, twice, and that did not fail before."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import Literal

from qualitygate.checks.tool import Command, Reads, Request
from qualitygate.checks.tools import jest_report, node_files, node_tests
from qualitygate.model import Outcome, Report
from qualitygate.process import Output

name = "jest"
title = "jest"
scope: Literal["tree", "lines"] = "tree"
reads: Reads = "tree"
_SETTINGS = tuple(f"jest.config{end}" for end in (*node_files.CODE_CONFIGS, ".json"))
config_files: tuple[str, ...] = (*_SETTINGS, "package.json", "babel.config.js", ".babelrc", "tsconfig.json")
package = "jest"
ecosystem = "node"
unit = "test"
writes_tree = True
shown_rules = ("jest:flaky",)
wants = node_tests.wants

_ALWAYS = ("--ci", "--json", "--testLocationInResults", "--coverage=false", "--watchAll=false", "--watchman=false")
_NOTHING = b"No tests found"


def executes(read: node_files.Read) -> tuple[str, ...]:
    """Settings, and the files of the tree that they import; what the tests execute is for trust as a whole."""
    return node_files.with_imports(read, (*_SETTINGS, "babel.config.js"))


def command(request: Request) -> Command:
    """All tests that the settings name, or `paths` (patterns of paths); `flags` come before ours. Raises ToolError."""
    return _command(request, node_tests.paths(request))


def retry(request: Request, report: Report) -> Command | None:
    """The files of those that failed once more; None where so many did that chance is no explanation."""
    files = node_tests.failing_files(report)
    return _command(request, _by_path(files)) if files else None


def again(request: Request, tests: Sequence[Outcome]) -> Command:
    """The files of these tests."""
    return _command(request, _by_path(dict.fromkeys(one.path for one in tests)))


def _by_path(files: Iterable[str]) -> tuple[str, ...]:
    return ("--runTestsByPath", *(f"./{path}" for path in files))


def _command(request: Request, targets: Iterable[str]) -> Command:
    node_tests.needs_project(request)
    report = os.path.join(request.cache_dir, "report.json")
    ours = (*_ALWAYS, "--bail=0", "--passWithNoTests=false", f"--outputFile={report}")
    cache = f"--cacheDirectory={os.path.join(request.cache_dir, 'compiled')}"
    argv = (request.executable, *node_tests.flags(request), *ours, cache, *targets)
    return Command(argv, node_tests.ENV, report_file=report)


def parse(output: Output, request: Request) -> Report:
    """Tests that failed, and how many ran, from the report file; a file that cannot be loaded is one, too."""
    return jest_report.parse(name, output, request, _NOTHING)


def settle(report: Report, output: Output, request: Request) -> Report:
    """The report, after those that failed ran once more."""
    return node_tests.settle(name, report, parse(output, request))
