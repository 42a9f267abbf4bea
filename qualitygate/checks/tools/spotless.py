"""Spotless, as the project's Maven build runs it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Literal

from qualitygate.checks.tool import Command, Reads, Request
from qualitygate.checks.tools import maven, rows
from qualitygate.checks.tools.rows import CouldNot, Row
from qualitygate.model import Report
from qualitygate.process import Output

name = "spotless"
title = "Spotless"
# Its diffs are cut after some lines.
scope: Literal["tree", "lines"] = "tree"
reads: Reads = "tree"
config_files: tuple[str, ...] = maven.CONFIG_FILES
package = "maven"
program = "mvn"
ecosystem = "system"
writes_tree = True
executes = maven.executes

_PLUGIN = maven.Plugin("com.diffplug.spotless", "spotless-maven-plugin", "check", "The following files had format")
_FILE = re.compile(r" {4}(\S.*)")
_FIX = "run `mvn spotless:apply`"


def wants(path: str) -> bool:
    """Sources that it can be set up to format."""
    return path.endswith((".java", ".kt", ".groovy", ".scala"))


def command(request: Request) -> Command:
    """The plugin's `check`."""
    return maven.command(request, _PLUGIN)


def parse(output: Output, request: Request) -> Report:
    """One finding per file that it would format; it names files relative to their module."""
    failed = maven.failures(output, _PLUGIN)
    if isinstance(failed, Report):
        return failed

    def read(output: Output) -> Iterator[Row]:
        for failure in failed:
            found = [match[1] for match in map(_FILE.fullmatch, failure.lines) if match and match[1][:2] != "@@"]
            if not found:
                raise CouldNot(f"names no file of {failure.module}")
            for path in found:
                yield Row("unformatted", _in_tree(path, failure.module, request), 0, 0, "not formatted", fix=_FIX)

    return rows.report(output, request, name, read, red=(0,))


def _in_tree(path: str, module: str, request: Request) -> str:
    """The one file that a path of a module can mean; a module often has the name of its folder."""
    if os.path.exists(os.path.join(request.root, path)):
        return path
    ends = [file for file in request.files if file.endswith(f"/{path}")]
    named = [file for file in ends if f"/{file}".removesuffix(f"/{path}").endswith(f"/{module}")] or ends
    if len(named) != 1:
        raise CouldNot(f"names {path} of {module}, which may be {len(named)} files")
    return named[0]
