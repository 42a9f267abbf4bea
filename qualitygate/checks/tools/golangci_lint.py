"""golangci-lint: the linters for Go that the project has chosen."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from typing import Literal

from qualitygate.checks.tool import Command, Reads, Request
from qualitygate.checks.tools import go_vet, rows
from qualitygate.checks.tools.rows import CouldNot, Row
from qualitygate.model import Report
from qualitygate.process import Output

name = "golangci-lint"
title = "golangci-lint"
scope: Literal["tree", "lines"] = "tree"
reads: Reads = "tree"
config_files: tuple[str, ...] = (*(f".golangci.{suffix}" for suffix in ("yml", "yaml", "toml", "json")), "go.mod")
package = "golangci-lint"
masks = blanks = re.compile(r"(?<=//)nolint\b")
ecosystem = "system"
wants = go_vet.wants

_VERSION_2 = re.compile(r"""^["']?version["']?\s*[:=]\s*["']?2""", re.MULTILINE)
_PLUGINS = re.compile(rb"^\s*[\"']?(?:path|custom)[\"']?\s*[:=]", re.MULTILINE)


def executes(read: Callable[[str], bytes | None]) -> tuple[str, ...]:
    """Settings that name plugins."""
    return tuple(path for path in config_files[:-1] if _PLUGINS.search(read(path) or b""))


def command(request: Request) -> Command:
    """golangci-lint on the whole module, with all that it finds; the first version has other options."""
    go_vet.in_module(request)
    argv = [request.executable, "run", "--max-issues-per-linter=0", "--max-same-issues=0", "--issues-exit-code=1"]
    argv += ["--new=false", "--new-from-rev=", "--new-from-patch=", "--allow-parallel-runners", "--timeout=0"]
    argv += ["--output.json.path=stdout", "--show-stats=false"] if _is_2(request) else ["--out-format=json"]
    return Command((*argv, "./..."), go_vet.environment(request))


def _is_2(request: Request) -> bool:
    for path in config_files[:-1]:
        try:
            with open(os.path.join(request.root, path), encoding="utf-8", errors="replace") as file:
                return _VERSION_2.search(file.read().replace("{", "{\n")) is not None
        except OSError:
            continue
    return True


def parse(output: Output, request: Request) -> Report:
    """One finding per issue and linter; code that does not compile is `golangci-lint:typecheck`, and no linter ran."""
    report = rows.report(output, request, name, _rows)
    if any(finding.rule == f"{name}:typecheck" for finding in report.findings):
        return report._replace(looked_at=0, reason="not all of it compiles, or its dependencies are not here")
    return report if report.reason else report._replace(looked_at=go_vet.in_module(request))


def _rows(output: Output) -> Iterator[Row]:
    said, _ = json.JSONDecoder().raw_decode(output.stdout.decode("utf-8"))
    if error := (said.get("Report") or {}).get("Error"):
        raise CouldNot(error)
    for row in said["Issues"] or ():
        place = row["Pos"]
        yield Row(row["FromLinter"], place["Filename"], place["Line"], place["Column"], row["Text"])
