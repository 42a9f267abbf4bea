"""`terraform fmt`: Terraform, in the one style that it has."""

from __future__ import annotations

import re
from typing import Literal

from qualitygate.checks.tool import Command, Reads, Request
from qualitygate.checks.tools import diffs, rows
from qualitygate.model import Report
from qualitygate.process import Output

name = "terraform-fmt"
title = "terraform fmt"
scope: Literal["tree", "lines"] = "lines"
reads: Reads = "self"
reach = "whole"
config_files: tuple[str, ...] = ()
package = "terraform"
ecosystem = "system"
version_argv = ("version",)
formats_whole = True
parse_range = diffs.printed

_SUFFIXES = (".tf", ".tfvars", ".tftest.hcl")
_BROKEN = re.compile(
    r"^Error: (?P<message>.*)\n(?:.*\n){0,2}? +on (?P<path>.+) (?P<place>line \d+)(?:,.*)?:?$", re.MULTILINE
)
_ERROR = re.compile(r"^Error: ", re.MULTILINE)
# Before its diff it prints the name of the file.
_STYLE = diffs.Style(
    diffs.old_new, lambda line: line.endswith(tuple(s.encode() for s in _SUFFIXES)), (0, 3), _ERROR, _BROKEN
)
_ENV = {"CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}


def wants(path: str) -> bool:
    """Files that `terraform fmt` takes, but for what Terraform itself has fetched."""
    return path.endswith(_SUFFIXES) and ".terraform/" not in path


def command(request: Request) -> Command:
    """`terraform fmt` as a diff, without asking anybody for a newer version."""
    return Command((request.executable, "fmt", "-check", "-diff", "-no-color", *rows.paths(request)), _ENV)


def range_command(request: Request, path: str, data: bytes, first: int, last: int) -> Command:
    """`terraform fmt` on the whole file: it knows no ranges."""
    return Command((request.executable, "fmt", "-no-color", "-"), _ENV, data)


def parse(output: Output, request: Request) -> Report:
    """One finding per region that would change."""
    return diffs.report(output, request, name, _STYLE)
