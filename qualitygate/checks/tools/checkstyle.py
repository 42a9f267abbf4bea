"""Checkstyle, as the project's Maven build runs it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Literal

from qualitygate.checks.tool import Command, Reads, Request
from qualitygate.checks.tools import maven, rows
from qualitygate.checks.tools.rows import Row
from qualitygate.model import Report
from qualitygate.process import Output

name = "checkstyle"
title = "Checkstyle"
scope: Literal["tree", "lines"] = "tree"
reads: Reads = "tree"
config_files: tuple[str, ...] = (*maven.CONFIG_FILES, "checkstyle.xml", "suppressions.xml")
package = "maven"
program = "mvn"
ecosystem = "system"
writes_tree = True
wants = maven.wants
executes = maven.executes

_PLUGIN = maven.Plugin("org.apache.maven.plugins", "maven-checkstyle-plugin", "check", "You have ")


def command(request: Request) -> Command:
    """The plugin's `check`, with a report of its own in each module."""
    return maven.command(request, _PLUGIN, f"-Dcheckstyle.output.file={_file()}", "-Dcheckstyle.output.format=xml")


def _file() -> str:
    return os.path.join("target", f"checkstyle-{os.getpid()}.xml")


def parse(output: Output, request: Request) -> Report:
    """One finding per error in the reports of all modules, which also say what was looked at."""
    failed = maven.failures(output, _PLUGIN)
    if isinstance(failed, Report):
        return failed
    reports = [os.path.join(top, _file()) for top, _, _ in os.walk(request.root) if not top.endswith("/target")]
    seen: set[str] = set()

    def read(output: Output) -> Iterator[Row]:
        for path in filter(os.path.exists, reports):
            with open(path, "rb") as file:
                yield from _rows(file.read(), seen, request)

    # Where a rule only warns, it says 0.
    report = rows.report(output, request, name, read, red=(0, 1))
    looked_at = len(seen.intersection(request.files))
    if not report.reason and request.files and not looked_at:
        return Report((), 0, "wrote no report of files that it looked at")
    return report._replace(looked_at=looked_at)


def _rows(data: bytes, seen: set[str], request: Request) -> Iterator[Row]:
    from xml.etree import ElementTree  # only a run needs it

    try:
        files = ElementTree.fromstring(data).findall("file")
    except ElementTree.ParseError as exc:
        raise ValueError(f"its report is no XML: {exc}") from None
    for file in files:
        path = file.get("name", "")
        seen.add(rows.relative(path, request))
        for row in file.findall("error"):
            rule = row.get("source", "").rpartition(".")[2].removesuffix("Check")
            yield Row(rule, path, int(row.get("line", 0)), int(row.get("column", 0)), row.get("message", ""))
