"""yamllint: YAML files, by the rules that the project has chosen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from qualitygate.checks.tool import Command, Reads, Request
from qualitygate.checks.tools import rows
from qualitygate.checks.tools.rows import Row
from qualitygate.model import Report
from qualitygate.process import Output

name = "yamllint"
title = "yamllint"
scope: Literal["tree", "lines"] = "tree"
reads: Reads = "self"
config_files: tuple[str, ...] = (".yamllint", ".yamllint.yaml", ".yamllint.yml")
package = "yamllint"
masks = blanks = re.compile(r"(?<=#)[ \t]*yamllint[ \t]+disable(?:-line|-file)?\b")

_ROW = re.compile(
    r"(?P<path>.+?):(?P<line>\d+):(?P<column>\d+): \[(?:error|warning)\] (?P<text>.*) \((?P<rule>[\w-]+)\)"
)


def wants(path: str) -> bool:
    """Files that are YAML by name."""
    return path.endswith((".yaml", ".yml")) or path.rpartition("/")[2] == ".yamllint"


def command(request: Request) -> Command:
    """yamllint with the settings in its folder; `-s`, so that the exit code counts warnings as well."""
    return Command((request.executable, "-s", "-f", "parsable", *rows.paths(request)), rows.no_user_settings(request))


def listing(request: Request) -> Command:
    """The program that prints, line by line, which of the request's files the settings leave in."""
    return Command((request.executable, "--list-files", *rows.paths(request)), rows.no_user_settings(request))


def parse(output: Output, request: Request) -> Report:
    """One finding per row, errors and warnings alike."""
    return rows.only_given(rows.report(output, request, name, _rows, red=(1, 2)), request)


def _rows(output: Output) -> Iterator[Row]:
    for row in rows.lines(_ROW, output.stdout):
        yield Row(row["rule"], row["path"], int(row["line"]), int(row["column"]), row["text"])
