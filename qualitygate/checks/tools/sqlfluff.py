"""SQLFluff: SQL, by the rules and the dialect that the project has chosen."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Literal

from qualitygate.checks.tool import Command, Reads, Request
from qualitygate.checks.tools import rows
from qualitygate.checks.tools.rows import Row
from qualitygate.model import Report
from qualitygate.process import Output

name = "sqlfluff"
title = "SQLFluff"
scope: Literal["tree", "lines"] = "tree"
# Macros of its templates may lie in any file.
reads: Reads = "tree"
reach = "whole"
config_files: tuple[str, ...] = (".sqlfluff", "setup.cfg", "tox.ini", "pep8.ini", "pyproject.toml", ".sqlfluffignore")
package = "sqlfluff"
unparsed_rules = ("sqlfluff:PRS",)
masks = blanks = re.compile(r"(?<=--)[ \t]*noqa\b")

_EXECUTES = re.compile(
    rb"^\s*(?:library_path|templater)\s*=\s*(?!\s*[\"']?(?:jinja|raw|placeholder)\b)\S", re.MULTILINE
)


def wants(path: str) -> bool:
    """Files that are SQL by name."""
    return path.endswith(".sql")


def executes(read: Callable[[str], bytes | None]) -> tuple[str, ...]:
    """Settings that make templates load Python code of the tree."""
    return tuple(path for path in config_files if b"sqlfluff" in (data := read(path) or b"") and _EXECUTES.search(data))


def command(request: Request) -> Command:
    """SQLFluff in one process, with the settings in the tree."""
    argv = (request.executable, "lint", "--format", "json", "--nocolor", "--disable-progress-bar", "--processes", "1")
    return Command((*argv, *rows.paths(request)), rows.no_user_settings(request))


def parse(output: Output, request: Request) -> Report:
    """One finding per violation; a file that does not parse is `sqlfluff:PRS`."""
    # Of warnings alone it says 0.
    report = rows.only_given(rows.report(output, request, name, _rows, red=(0, 1)), request)
    if report.reason:
        return report
    seen = {rows.relative(row["filepath"], request) for row in json.loads(output.stdout)}
    return report._replace(looked_at=len(seen))  # what `.sqlfluffignore` names is left out


def _rows(output: Output) -> Iterator[Row]:
    for file in json.loads(output.stdout):
        for row in file["violations"]:
            line, column = row["start_line_no"], row["start_line_pos"]
            end = (row.get("end_line_no") or line, row.get("end_line_pos") or column)
            yield Row(row["code"], file["filepath"], line, column, row["description"], *end)
