"""gofmt: Go, in the one style that it has."""

from __future__ import annotations

import os
import re
from typing import Literal

from qualitygate.checks.tool import Command, Reads, Request
from qualitygate.checks.tools import diffs, go_vet
from qualitygate.model import Report
from qualitygate.process import Output

name = "gofmt"
title = "gofmt"
scope: Literal["tree", "lines"] = "lines"
reads: Reads = "self"
reach = "whole"
config_files: tuple[str, ...] = ()
package = "go"
ecosystem = "system"
version_argv = ("version",)
formats_whole = True
parse_range = diffs.printed
wants = go_vet.wants

_BROKEN = re.compile(r"^(?P<path>[^\n]+?\.go):(?P<place>\d+:\d+): (?P<message>.*)$", re.MULTILINE)
_STYLE = diffs.Style(
    diffs.orig, lambda line: line.startswith(b"diff "), (0, 1), re.compile(r"^.", re.MULTILINE), _BROKEN
)


def command(request: Request) -> Command:
    """gofmt, which lies beside go and has no version of its own, as a diff."""
    return Command((_gofmt(request), "-d", "--", *request.files))


def range_command(request: Request, path: str, data: bytes, first: int, last: int) -> Command:
    """gofmt on the whole file: it knows no ranges."""
    return Command((_gofmt(request),), stdin=data)


def _gofmt(request: Request) -> str:
    return os.path.join(os.path.dirname(request.executable), "gofmt")


def parse(output: Output, request: Request) -> Report:
    """One finding per region that would change."""
    return diffs.report(output, request, name, _STYLE)
