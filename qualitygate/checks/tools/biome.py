"""`biome lint`, as the project configured it; its settings are data, so it runs outside a trusted project too."""

from __future__ import annotations

import re
from typing import Literal

from qualitygate.checks.tool import Command, Reads, Request
from qualitygate.checks.tools import biome_cli, node_files
from qualitygate.model import Finding, Report
from qualitygate.process import Output

name = "biome"
title = "biome lint"
scope: Literal["tree", "lines"] = "tree"
reads: Reads = "tree"  # some of its rules follow imports, and read package.json
config_files: tuple[str, ...] = biome_cli.CONFIG_FILES
package = "@biomejs/biome"
masks = blanks = re.compile(r"\bbiome-ignore(?:-all|-start)?\b")
program = "biome"
ecosystem = "node"
unfinished_rules = ("biome:noUnusedImports", "biome:noUnusedVariables")

PARSE, TOO_LARGE, UNREADABLE = "biome:parse", "biome:too-large", "biome:unreadable"
unparsed_rules = (PARSE,)
_BLOCKING = ("error", "fatal", "warning")


def wants(path: str) -> bool:
    """Every kind of file that it knows; what is looked at, the project's settings say."""
    return path.endswith(biome_cli.KINDS)


def command(request: Request) -> Command:
    """`biome lint` as JSON, which changes no file. Raises ToolError where the tree has no settings for it."""
    return Command(biome_cli.command(request, "lint"), node_files.ENV)


def parse(output: Output, request: Request) -> Report:
    """Errors and warnings; what only informs is left out. Rules have their name without their group, which changes.

    A file that does not parse is `biome:parse`; one that was not looked at is `biome:too-large` or `biome:unreadable`.
    """
    told = biome_cli.read(output, request)
    if told.reason:
        return Report((), 0, told.reason)
    given = frozenset(request.files)
    # That the schema is one of another version is for information only, and true of every project with another biome.
    about = [row for row in told.rows if row.category.startswith(("configuration", "deserialize"))]
    if bad := [row for row in about if row.severity in _BLOCKING]:
        return Report((), 0, f"biome cannot read its settings: {bad[0].message[:200]}")
    found = {_finding(row, request.check) for row in told.rows if row.path in given and _counts(row)}
    return Report(tuple(sorted(found)), told.looked_at)


def _counts(row: biome_cli.Diagnostic) -> bool:
    return row.severity in _BLOCKING or row.is_too_large


def _finding(row: biome_cli.Diagnostic, check: str) -> Finding:
    fix = ""
    if row.is_too_large:
        rule, fix = TOO_LARGE, "split the file, or leave it out in biome's settings"
    elif row.is_unreadable:
        rule, fix = UNREADABLE, "save the file in UTF-8"
    elif row.category == "parse":
        rule, fix = PARSE, "make the file parse"
    else:
        parts = row.category.split("/")
        rule = f"biome:{parts[-1] if parts[0] == 'lint' else '-'.join(parts)}"
    message = row.message.splitlines()[0] if row.message else ""
    return Finding(check, rule, row.path, row.line, row.column, row.end_line, row.end_column, message, fix=fix)
