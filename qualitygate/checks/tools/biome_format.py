"""`biome format`: lines that the formatter would change."""

from __future__ import annotations

import json
import os
import sys
from typing import Literal

from qualitygate.checks.tool import Command, Reads, Request
from qualitygate.checks.tools import biome_cli, formatted, node_files
from qualitygate.model import Finding, Report
from qualitygate.process import Output

name = "biome-format"
title = "biome format"
scope: Literal["tree", "lines"] = "lines"
reads: Reads = "self"
config_files: tuple[str, ...] = biome_cli.CONFIG_FILES
package = "@biomejs/biome"
program = "biome"
ecosystem = "node"
writes_tree = True

RULE = "biome-format:unformatted"

_ENGINES = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "engines")
_KEEP = os.path.join(_ENGINES, "keep_before.py")
_BETWEEN = os.path.join(_ENGINES, "lines_between.py")
# biome formats no range of lines but in an editor: the whole is formatted, and of that only the range is taken.
_IN_RANGE = '"$1" format --stdin-file-path="$2" <"$3" | "$4" -I "$5" "$3" "$6" "$7"'


def wants(path: str) -> bool:
    """Every kind of file that it knows; what is formatted, the project's settings say."""
    return path.endswith(biome_cli.KINDS)


def command(request: Request) -> Command:
    """`biome format --write`, in a folder of its own: in no other way does it say what it would write.

    Raises ToolError where the tree has no settings for it.
    """
    report = os.path.join(request.cache_dir, "before.json")
    argv = (sys.executable, "-I", _KEEP, report, *biome_cli.command(request, "format", "--write"))
    return Command(argv, node_files.ENV, json.dumps(request.files).encode("ascii"), report)


def range_command(request: Request, path: str, data: bytes, first: int, last: int) -> Command:
    """The file formatted as a whole; what does not meet these lines is as it was."""
    place = os.path.join(request.cache_dir, "formatted")
    argv = ("/bin/sh", "-c", _IN_RANGE, "sh", request.executable, path, place, sys.executable, _BETWEEN)
    return Command((*argv, str(first), str(last)), node_files.ENV, files={place: data})


def parse_range(output: Output) -> bytes | None:
    """Standard output; None for any exit code but 0."""
    return output.stdout if output.code == 0 and not output.timed_out and not output.truncated else None


def parse(output: Output, request: Request) -> Report:
    """One finding per region that was changed, in lines of the file as it was.

    A file that does not parse, is too large or is no text has none and is not counted; `biome` reports it.
    """
    told = biome_cli.read(output, request)
    if told.reason:
        return Report((), 0, told.reason)
    try:
        before = {str(path): str(text).encode("latin-1") for path, text in json.loads(output.report).items()}
    except (ValueError, AttributeError):
        return Report((), 0, "what the files held before is not known")
    if missing := [path for path in request.files if path not in before]:
        return Report((), 0, f"could not find {missing[0]}")
    read = node_files.reader(request.root)
    found: list[Finding] = []
    for path, old in before.items():
        new = read(path)
        if new is None:
            return Report((), 0, f"{path} is gone after it was formatted")
        found += formatted.findings(request.check, RULE, path, old, new)
    broken = {row.path for row in told.rows if row.category == "parse"}
    changed = len({finding.path for finding in found})
    return Report(tuple(found), max(told.looked_at - len(broken), changed))
