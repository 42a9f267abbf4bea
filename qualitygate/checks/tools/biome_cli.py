"""What both Biome adapters share: how it is called, and what its report says about the run."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from qualitygate.checks.tool import Request
from qualitygate.checks.tools import node_files
from qualitygate.checks.tools.exits import why_incomplete
from qualitygate.errors import ToolError
from qualitygate.frozen import NamedTuple
from qualitygate.process import Output

NAMES = ("biome.json", "biome.jsonc", ".biome.json", ".biome.jsonc")
CONFIG_FILES = (*NAMES, ".editorconfig", ".gitignore", ".ignore", "package.json")
KINDS = (*(*node_files.SCRIPTS, ".json", ".jsonc", ".css", ".graphql", ".gql", ".vue", ".svelte", ".astro"),)

_NONE = b"No files were processed"
_SIZE = re.compile(r"exceeds? the configured maximum|exceeds configured maximum")


class Diagnostic(NamedTuple):
    """One row of a report, in either of its forms. Lines and columns from 1 and in characters; 0 is unknown."""

    category: str
    severity: str
    path: str
    message: str
    line: int
    column: int
    end_line: int
    end_column: int

    @property
    def is_too_large(self) -> bool:
        return self.line == 0 and _SIZE.search(self.message) is not None

    @property
    def is_unreadable(self) -> bool:
        return self.category in ("internalError/io", "fs/io")


class Told(NamedTuple):
    """A report: how many files were looked at, what was said of them; a `reason` where it proves nothing."""

    looked_at: int
    rows: tuple[Diagnostic, ...]
    reason: str = ""


def command(request: Request, *flags: str) -> tuple[str, ...]:
    """`biome` with `flags` over the request's files, under the settings of the tree. Raises ToolError."""
    folders = [
        f"{folder}/{name}" if folder else name for folder in node_files.folders_of(request.files) for name in NAMES
    ]
    if not node_files.settings_above(request.root, (*NAMES, *folders)):
        raise ToolError("there are no settings for Biome in this tree", hint="add a `biome.json`")
    shown = ("--reporter=json", "--max-diagnostics=none", "--colors=off")
    return (request.executable, *flags, *shown, "--", *node_files.targets(request.files))


def read(output: Output, request: Request) -> Told:
    """The report, and whether the run may be believed. Exit codes: 0, and 1 for errors as well as for a failure."""
    if reason := why_incomplete(output, (0, 1), request.root):
        return Told(0, (), reason)
    try:
        said = json.loads(output.stdout)
        summary = said["summary"]
        rows = tuple(_row(row, request.root) for row in said["diagnostics"])
        processed = int(summary["changed"]) + int(summary["unchanged"])
        hidden, errors = int(summary["diagnosticsNotPrinted"]), int(summary["errors"])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return Told(0, (), f"biome stopped: {_said(output, request.root)}")
    if hidden:
        return Told(0, (), f"did not print {hidden} of its findings")
    if processed == 0 and _NONE in output.stderr:
        return Told(0, ())
    if output.code == 1 and not errors:
        return Told(0, (), f"exit code 1 without an error: {_said(output, request.root)}")
    if odd := [row for row in rows if not row.path]:
        return Told(0, (), f"says of no file: {odd[0].message[:200]}")
    # Before 2.0, a file that is too large counts among those that were looked at.
    unread = {row.path for row in rows if row.is_unreadable or (row.is_too_large and "scannerDuration" not in summary)}
    if processed > len(request.files) and node_files.targets(request.files) != (".",):
        return Told(0, (), f"looked at {processed} files, was given {len(request.files)}")
    return Told(max(min(processed, len(request.files)) - len(unread), 0), rows)


def _row(row: Mapping[str, Any], root: str) -> Diagnostic:
    place = row["location"]
    if isinstance(row["message"], str):  # from 2.1 on
        path, message = str(place["path"]), row["message"]
        start, end = place["start"], place["end"]
        at = (int(start["line"]), int(start["column"]), int(end["line"]), int(end["column"]))
    else:
        path = str((place["path"] or {}).get("file", ""))
        message = str(row["description"]) or "".join(str(part["content"]) for part in row["message"])
        at = (0, 0, 0, 0)
        if place["span"] is not None and place.get("sourceCode") is not None:
            text = node_files.Bytes(str(place["sourceCode"]).encode("utf-8", "surrogatepass"))
            at = (*text.place(int(place["span"][0])), *text.place(int(place["span"][1])))
    return Diagnostic(str(row["category"] or ""), str(row["severity"]), node_files.inside(path, root), message, *at)


def _said(output: Output, root: str) -> str:
    text = (output.stderr or output.stdout).decode("utf-8", "replace").replace(root.rstrip("/") + "/", "")
    lines = [line.strip() for line in text.splitlines()]
    told = [line.strip("━ ") for line in lines if line.strip("━ ") and not line.endswith("patch releases.")]
    return "; ".join(told[:3])[:300] or "it printed nothing"
