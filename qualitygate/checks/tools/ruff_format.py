"""`ruff format`: lines that the formatter would change."""

from __future__ import annotations

import re
from typing import Literal

from qualitygate.checks.tool import Command, Reads, Request
from qualitygate.checks.tools import diffs, ruff_cli
from qualitygate.model import Finding, Report
from qualitygate.process import Output

name = "ruff-format"
title = "ruff format"
scope: Literal["tree", "lines"] = "lines"
reads: Reads = "self"
config_files: tuple[str, ...] = ruff_cli.CONFIG_FILES
package = "ruff"
oldest = "0.1.2"  # has --diff and --cache-dir
reach = "whole"
wants = ruff_cli.wants
listing = ruff_cli.listing
parse_range = diffs.printed

RULE = "ruff-format:unformatted"

_SUMMARY = re.compile(
    rb"^(?=\d)(?:(\d+) files? would be reformatted)?(?:, )?(?:(\d+) files? already formatted)?$", re.MULTILINE
)
_ERROR = re.compile(rb"^error: (.*)$", re.MULTILINE)
_EXCUSED = re.compile(r"Failed to (?:parse|read) (?:\./)?(.*?):(?: |\d)")


def command(request: Request) -> Command:
    """`ruff format --diff`, which prints what it would change and changes nothing."""
    return ruff_cli.command(request, "format", "--diff")


def range_command(request: Request, path: str, data: bytes, first: int, last: int) -> Command:
    """`ruff format --range`, which has been there since 0.2.1. Its end is where the line after `last` begins."""
    named = ruff_cli.command(request._replace(files=()), "format", f"--range={first}-{last + 1}")
    return Command((*named.argv, f"--stdin-filename=./{path}", "-"), named.env, data)


def parse(output: Output, request: Request) -> Report:
    """One finding per region that would change, in lines of the file as it is.

    A file that does not parse has none and is not counted; `ruff check` reports it.
    """
    log = ruff_cli.read_log(output, request, (0, 1, 2))
    # Exit code 2 means "some files do not parse" as well as "nothing was done": the log tells them apart.
    if output.code == 2 and log.reason:
        log = ruff_cli.read_log(output, request, (0, 1))
    if log.reason:
        return Report((), 0, log.reason)
    errors = [line.decode("utf-8", "replace") for line in _ERROR.findall(output.stderr)]
    excused = [line for line in errors if _EXCUSED.match(line)]
    if len(excused) < len(errors):
        return Report((), 0, next(line for line in errors if line not in excused)[:300])
    try:
        found, changed = _findings(output.stdout, request)
    except ValueError as exc:
        return Report((), 0, f"printed what cannot be read as its diff: {exc}")
    summary = _SUMMARY.findall(output.stderr)
    would, already = (int(count or 0) for count in (summary[-1] if summary else (0, 0)))
    if would != changed or would + already + len(excused) != log.processed:
        told = f"{log.processed} files, {changed} diffs, {would} to format, {already} formatted"
        return Report((), 0, f"its counts do not agree: {told}")
    index = ruff_cli.path_index(request.files)
    over = {path for line in excused if (named := _EXCUSED.match(line)) and (path := index.get(named[1]))}
    return Report(tuple(found), would + already, passed_over=tuple(sorted(over)))


def _findings(diff: bytes, request: Request) -> tuple[list[Finding], int]:
    index = ruff_cli.path_index(request.files)
    found: list[Finding] = []
    files = 0
    for shown, hunks in diffs.sections(diff):
        path = index.get(shown)
        if path is None:
            raise ValueError(f"names {shown}, which it was not given")
        files += 1
        found += diffs.unformatted(request, RULE, path, hunks)
    return found, files
