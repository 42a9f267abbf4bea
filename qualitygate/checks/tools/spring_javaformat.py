"""spring-javaformat, as the project's Maven build runs it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from qualitygate.checks.tool import Command, Reads, Request
from qualitygate.checks.tools import maven, rows
from qualitygate.checks.tools.rows import CouldNot, Row
from qualitygate.model import Report
from qualitygate.process import Output

name = "spring-javaformat"
title = "spring-javaformat"
# It names files, not lines.
scope: Literal["tree", "lines"] = "tree"
reads: Reads = "tree"
config_files: tuple[str, ...] = (*maven.CONFIG_FILES, ".springjavaformatconfig")
package = "maven"
program = "mvn"
ecosystem = "system"
writes_tree = True
wants = maven.wants
executes = maven.executes

_PLUGIN = maven.Plugin(
    "io.spring.javaformat", "spring-javaformat-maven-plugin", "validate", "Formatting violations found in"
)
_FILE = re.compile(r" \* (.+)")
_FIX = "run `mvn spring-javaformat:apply`"


def command(request: Request) -> Command:
    """The plugin's `validate`."""
    return maven.command(request, _PLUGIN)


def parse(output: Output, request: Request) -> Report:
    """One finding per file that it would format."""
    failed = maven.failures(output, _PLUGIN)
    if isinstance(failed, Report):
        return failed

    def read(output: Output) -> Iterator[Row]:
        for failure in failed:
            found = [match[1] for match in map(_FILE.fullmatch, failure.lines) if match]
            if not found:
                raise CouldNot(f"names no file of {failure.module}")
            yield from (Row("unformatted", path, 0, 0, "not formatted", fix=_FIX) for path in found)

    return rows.only_given(rows.report(output, request, name, read, red=(0,)), request)
