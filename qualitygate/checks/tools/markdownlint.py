"""markdownlint-cli2: Markdown, by the rules that the project has chosen, with the program that it has installed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Literal

from qualitygate.checks.tool import Command, Reads, Request
from qualitygate.checks.tools import rows
from qualitygate.checks.tools.exits import complaint, why_incomplete
from qualitygate.checks.tools.rows import Row
from qualitygate.model import Report
from qualitygate.process import Output

name = "markdownlint"
title = "markdownlint-cli2"
scope: Literal["tree", "lines"] = "tree"
reads: Reads = "self"
reach = "whole"
_SUFFIXES = ("jsonc", "json", "yaml", "yml", "cjs", "mjs")
config_files: tuple[str, ...] = (
    *(f".markdownlint.{suffix}" for suffix in _SUFFIXES),
    *(f".markdownlint-cli2.{suffix}" for suffix in ("jsonc", "yaml", "cjs", "mjs")),
    "package.json",
)
package = "markdownlint-cli2"
masks = blanks = re.compile(r"\bmarkdownlint-disable(?:-line|-next-line|-file)?\b")
ecosystem = "node"

_CODE = re.compile(rb"customRules|markdownItPlugins|outputFormatters")
_ROW = re.compile(
    r"(?P<path>.+?):(?P<line>\d+)(?::(?P<column>\d+))? (?:(?:error|warning) )?(?P<rule>[A-Za-z]+\d+)/(?P<text>\S+ .*)"
)
_COUNT = re.compile(rb"^Linting: (\d+) file", re.MULTILINE)
_TOTAL = re.compile(rb"^Summary: (\d+) ", re.MULTILINE)


def wants(path: str) -> bool:
    """Files that are Markdown by name."""
    return path.endswith((".md", ".markdown"))


def executes(read: Callable[[str], bytes | None]) -> tuple[str, ...]:
    """Settings that are programs, or name rules and plugins that are."""
    found = ((path, read(path)) for path in config_files)
    return tuple(p for p, data in found if data is not None and (p.endswith("js") or _CODE.search(data)))


def command(request: Request) -> Command:
    """markdownlint-cli2 on these files alone: `:` before a path makes it no pattern."""
    return Command((request.executable, "--no-globs", *(f":{path}" for path in request.files)))


def parse(output: Output, request: Request) -> Report:
    """One finding per row; it says itself how many files it looked at, and how many rows there are."""
    if reason := why_incomplete(output, (0, 1), request.root):
        return Report((), 0, reason)
    count, total = _COUNT.search(output.stdout), _TOTAL.search(output.stdout)
    if count is None or total is None:
        return Report((), 0, f"did not say what it looked at: {complaint(output.stderr, request.root)}")
    # Some rules report the same place twice; some are only warnings.
    found = [line for line in output.stderr.splitlines() if line.strip()]
    if len(found) != int(total[1]):
        return Report((), 0, f"its counts do not agree: {len(found)} rows, {int(total[1])} in its summary")
    report = rows.only_given(rows.report(output, request, name, _rows, red=(0, 1)), request)
    return report if report.reason else report._replace(looked_at=int(count[1]))


def _rows(output: Output) -> Iterator[Row]:
    for row in rows.lines(_ROW, output.stderr):
        yield Row(row["rule"], row["path"], int(row["line"]), int(row["column"] or 0), row["text"])
