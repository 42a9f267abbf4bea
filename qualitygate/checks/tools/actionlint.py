"""actionlint: workflows of GitHub Actions that cannot work."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Literal

from qualitygate.checks.tool import Command, Reads, Request
from qualitygate.checks.tools import rows
from qualitygate.checks.tools.rows import Row
from qualitygate.model import Report
from qualitygate.process import Output

name = "actionlint"
title = "actionlint"
scope: Literal["tree", "lines"] = "tree"
# A workflow is compared with the actions and workflows of the same repository that it uses.
reads: Reads = "tree"
reach = "whole"
config_files: tuple[str, ...] = ("actionlint.yaml", "actionlint.yml")
package = "actionlint"
ecosystem = "system"
version_argv = ("-version",)


def wants(path: str) -> bool:
    """Workflows."""
    return path.startswith(".github/workflows/") and path.endswith((".yml", ".yaml"))


def command(request: Request) -> Command:
    """actionlint alone: with ShellCheck and pyflakes it would find more on a machine that happens to have them."""
    argv = (request.executable, "-no-color", "-shellcheck=", "-pyflakes=", "-format", "{{json .}}")
    return Command((*argv, *request.files))


def parse(output: Output, request: Request) -> Report:
    """One finding per row; its rules are kinds, such as `actionlint:expression`."""
    return rows.only_given(rows.report(output, request, name, _rows), request)


def _rows(output: Output) -> Iterator[Row]:
    for row in json.loads(output.stdout) or ():
        end = (row["line"], int(row.get("end_column") or 0))
        yield Row(row["kind"], row["filepath"], row["line"], row["column"], row["message"], *end)
