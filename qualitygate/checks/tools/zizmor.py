"""zizmor: workflows and actions of GitHub that let others in, as far as it is sure of it and it matters."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from typing import Literal

from qualitygate.checks.tool import Command, Reads, Request
from qualitygate.checks.tools import rows
from qualitygate.checks.tools.rows import Row
from qualitygate.model import Finding, Report
from qualitygate.process import Output

name = "zizmor"
title = "zizmor"
scope: Literal["tree", "lines"] = "tree"
reads: Reads = "self"
reach = "whole"
config_files: tuple[str, ...] = ("zizmor.yml", "zizmor.yaml")
package = "zizmor"
masks = blanks = re.compile(r"(?<=#)[ \t]*zizmor:[ \t]*ignore\[")

UNREAD = "zizmor:not-looked-at"
# That a workflow is none is for actionlint to refuse; here it must not go unsaid.
shown_rules: tuple[str, ...] = (UNREAD,)

# Where the repository says nothing, a tag is as good as a hash: most repositories have nothing but tags.
_TAGS = b'rules:\n  unpinned-uses:\n    config:\n      policies:\n        "*": ref-pin\n'
_PLACES = ("", ".github/")
_COMPLETED = re.compile(r"^ *INFO audit: zizmor: .*? completed (.+)$", re.MULTILINE)


def wants(path: str) -> bool:
    """Workflows, and the actions of the repository itself."""
    base = path.rpartition("/")[2]
    return base in ("action.yml", "action.yaml") or (
        path.startswith(".github/workflows/") and path.endswith((".yml", ".yaml"))
    )


def command(request: Request) -> Command:
    """zizmor without the network, on exactly these files."""
    argv = [request.executable, "--offline", "--no-progress", "--format=json-v1", "--min-confidence=high"]
    argv += ["--min-severity=medium"]
    argv += ["--collect=all"]  # also what git would ignore
    files = {}
    if not any(os.path.exists(os.path.join(request.root, top, file)) for top in _PLACES for file in config_files):
        given = os.path.join(request.cache_dir, "zizmor.yml")
        argv, files = [*argv, f"--config={given}"], {given: _TAGS}
    return Command((*argv, "--", *request.files), {"RUST_LOG": ""}, files=files)


def parse(output: Output, request: Request) -> Report:
    """One finding per primary place; a file that it cannot read is only named, as `zizmor:not-looked-at`."""
    report = rows.only_given(rows.report(output, request, name, _rows, red=(11, 12, 13, 14)), request)
    if report.reason:
        return report
    done = {rows.relative(path, request) for path in _COMPLETED.findall(output.stderr.decode("utf-8", "replace"))}
    unread = tuple(_unread(request.check, path) for path in request.files if path not in done)
    if len(unread) == len(request.files):
        return Report((), 0, "did not say which files it looked at")
    found = tuple(finding._replace(grave=True) for finding in report.findings)
    return Report((*found, *unread), len(request.files) - len(unread))


def _unread(check: str, path: str) -> Finding:
    why = "zizmor cannot read it as a workflow or action"
    return Finding(check, UNREAD, path, 1, 1, 1, 1, why, fix="make it one that GitHub accepts")


def _rows(output: Output) -> Iterator[Row]:
    for row in json.loads(output.stdout):
        places = [place for place in row["locations"] if place["symbolic"]["kind"] == "Primary"]
        for place in places or row["locations"][:1]:
            key = place["symbolic"]["key"]["Local"]
            path = key.get("verbatim_path") or key["given_path"]
            start, end = (place["concrete"]["location"][f"{side}_point"] for side in ("start", "end"))
            message = f"{row['desc']}: {place['symbolic']['annotation']}"
            yield Row(
                *(row["ident"], path, start["row"] + 1, start["column"] + 1, message, end["row"] + 1),
                end_column=end["column"] + 1,
            )
