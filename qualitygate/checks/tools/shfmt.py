"""shfmt: shell scripts, in the style that `.editorconfig` names."""

from __future__ import annotations

import os
import re
from typing import Literal

from qualitygate.checks.tool import Command, Reads, Request
from qualitygate.checks.tools import allowed_flags, diffs
from qualitygate.model import Report
from qualitygate.process import Output

name = "shfmt"
title = "shfmt"
scope: Literal["tree", "lines"] = "lines"
reads: Reads = "self"
reach = "whole"
config_files: tuple[str, ...] = (".editorconfig",)
package = "shfmt-py"
program = "shfmt"
formats_whole = True
parse_range = diffs.printed

_BROKEN = re.compile(r"^(?P<path>[^\n]+?):(?P<place>\d+:\d+): (?P<message>.*)$", re.MULTILINE)
_STYLE = diffs.Style(
    diffs.orig, lambda line: line.startswith(b"diff "), (0, 1), re.compile(r"^.", re.MULTILINE), _BROKEN
)


allowed = re.compile(
    r"(?:-i|--indent)=\d+|(?:-ln|--language-dialect)=(?:auto|bash|posix|mksh|bats)"
    r"|-(?:bn|ci|sr|kp|fn|s|mn|p)|--(?:binary-next-line|case-indent|space-redirects|keep-padding|func-next-line|simplify"
    r"|minify|posix)"
)
"""Flags that decide on the style, in one word each."""


def wants(path: str) -> bool:
    """Scripts that are told by their names."""
    return path.endswith((".sh", ".bash", ".ksh", ".bats"))


def command(request: Request) -> Command:
    """shfmt as a diff, in the style that the `flags` of the check name; without any it goes by `.editorconfig`."""
    return Command((request.executable, *_flags(request), "-d", "--", *request.files))


def range_command(request: Request, path: str, data: bytes, first: int, last: int) -> Command:
    """shfmt on the whole file: it knows no ranges."""
    return Command(
        (request.executable, *_flags(request), f"--filename={os.path.join(request.root, path)}", "-"), stdin=data
    )


def _flags(request: Request) -> list[str]:
    return allowed_flags.flags(request, name, allowed, "put it into .editorconfig")


def parse(output: Output, request: Request) -> Report:
    """One finding per region that would change."""
    return diffs.report(output, request, name, _STYLE)
