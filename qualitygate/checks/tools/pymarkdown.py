"""PyMarkdown: Markdown, by the rules that the project has chosen."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Literal

from qualitygate.checks.tool import Command, Reads, Request
from qualitygate.checks.tools import rows
from qualitygate.checks.tools.exits import complaint
from qualitygate.checks.tools.rows import Row
from qualitygate.model import Report
from qualitygate.process import Output

name = "pymarkdown"
title = "PyMarkdown"
scope: Literal["tree", "lines"] = "tree"
reads: Reads = "self"
config_files: tuple[str, ...] = (".pymarkdown", ".pymarkdown.yml", ".pymarkdown.yaml", "pyproject.toml")
package = "pymarkdownlnt"
program = "pymarkdown"
version_argv = ("version",)

_ROW = re.compile(r"(?P<path>.+?):(?P<line>\d+):(?P<column>\d+): (?P<rule>[A-Za-z]+\d+): (?P<text>.*)")


def wants(path: str) -> bool:
    """Files that are Markdown by name, and that the program takes."""
    return path.endswith(".md")


def executes(read: Callable[[str], bytes | None]) -> tuple[str, ...]:
    """Settings that name plugins."""
    return tuple(path for path in config_files if b"additional_paths" in (read(path) or b""))


def command(request: Request) -> Command:
    """PyMarkdown with the settings in its folder; settings that it cannot read are an error."""
    return Command((request.executable, "--strict-config", "scan", *rows.paths(request)))


def parse(output: Output, request: Request) -> Report:
    """One finding per row."""
    if output.stderr.strip():  # its exit code does not tell what it found from what it could not do
        return Report((), 0, complaint(output.stderr, request.root))
    return rows.only_given(rows.report(output, request, name, _rows), request)


def _rows(output: Output) -> Iterator[Row]:
    for row in rows.lines(_ROW, output.stdout):
        yield Row(row["rule"], row["path"], int(row["line"]), int(row["column"]), row["text"])
