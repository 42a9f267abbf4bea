"""prettier: lines that the formatter would change, under the project's own settings and plugins."""

from __future__ import annotations

import json
import os
from typing import Literal

from qualitygate.checks.tool import Command, Reads, Request
from qualitygate.checks.tools import formatted, node_files
from qualitygate.checks.tools.exits import why_incomplete
from qualitygate.errors import ToolError
from qualitygate.model import Finding, Report
from qualitygate.process import Output

name = "prettier"
title = "prettier"
scope: Literal["tree", "lines"] = "lines"
reads: Reads = "self"
_ENDS = ("", *(f".{end}" for end in ("json", "yaml", "yml", "json5", "toml", "js", "cjs", "mjs", "ts", "cts", "mts")))
SETTINGS = (
    *(f".prettierrc{end}" for end in _ENDS),
    *(f"prettier.config{end}" for end in node_files.CODE_CONFIGS),
)
config_files: tuple[str, ...] = (*SETTINGS, ".prettierignore", ".editorconfig", ".gitignore", "package.json")
package = "prettier"
ecosystem = "node"

RULE = "prettier:unformatted"

_ENGINE = os.path.join(
    os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "engines", "prettier.mjs"
)
_KINDS = (*node_files.SCRIPTS, ".vue", ".css", ".scss", ".less", ".json", ".jsonc", ".json5", ".graphql", ".gql")
_LOCKS = frozenset(("package-lock.json", "npm-shrinkwrap.json", "composer.lock"))


def wants(path: str) -> bool:
    """Code, styles and data. Prose and markup are left to `prettier` itself: there it is seldom asked."""
    return path.endswith(_KINDS) and path.rpartition("/")[2] not in _LOCKS


def executes(read: node_files.Read) -> tuple[str, ...]:
    """Settings, which are code or name plugins, and the files of the tree that they import."""
    found = node_files.with_imports(read, SETTINGS)
    configured = "prettier" in node_files.table(read("package.json"))
    return (*found, "package.json") if configured else found


def command(request: Request) -> Command:
    """The project's prettier on the request's files, in one process of ours that prints what it would write.

    Its own command line prints the names of such files, or their text one after the other. Raises ToolError.
    """
    node_files.needs_project(request, "prettier loads the project's settings and plugins")
    _check_settings(request)
    argv = ("/usr/bin/env", "node", _ENGINE, request.executable)
    return Command(argv, node_files.ENV, json.dumps(request.files).encode("ascii"))


def _check_settings(request: Request) -> None:
    folders = [f"{folder}/{name}" for folder in node_files.folders_of(request.files) for name in SETTINGS if folder]
    if node_files.settings_above(request.root, (*SETTINGS, ".editorconfig", ".prettierignore", *folders)):
        return
    manifest = node_files.settings_above(request.root, ("package.json",))
    data = node_files.reader(request.root)(manifest) if manifest else None
    if b'"prettier"' not in (data or b""):
        raise ToolError("neither settings nor package.json speak of prettier", hint="add a `.prettierrc`")


def range_command(request: Request, path: str, data: bytes, first: int, last: int) -> Command:
    """prettier on standard input, with the range in UTF-16 units, as it counts."""
    lines = data.splitlines(keepends=True)
    before = (b"".join(lines[:n]).decode("utf-8", "replace") for n in (first - 1, last))
    start, end = (len(text.encode("utf-16-le", "surrogatepass")) // 2 for text in before)
    argv = (request.executable, f"--stdin-filepath={path}", f"--range-start={start}", f"--range-end={end}")
    return Command((*argv, "--log-level=error"), node_files.ENV, data)


def parse_range(output: Output) -> bytes | None:
    """Standard output; None for any exit code but 0."""
    return output.stdout if output.code == 0 and not output.timed_out and not output.truncated else None


def parse(output: Output, request: Request) -> Report:
    """One finding per region that would change, in lines of the file as it is.

    A file that does not parse, or is no text, has none and is not counted; what lints reports it.
    """
    if output.code == 2:
        said = " ".join(output.stderr.decode("utf-8", "replace").split())
        return Report((), 0, f"prettier stopped: {said.replace(request.root.rstrip('/') + '/', '')[:300]}")
    if reason := why_incomplete(output, (0,), request.root):
        return Report((), 0, reason)
    found: list[Finding] = []
    looked_at = 0
    try:
        rows = json.loads(output.stdout)["files"]
        if [row["path"] for row in rows] != list(request.files):
            return Report((), 0, "did not look at the files that it was given")
        for row in rows:
            if "after" in row:
                before, after = (str(row[key]).encode("utf-8", "surrogatepass") for key in ("before", "after"))
                found += formatted.findings(request.check, RULE, str(row["path"]), before, after)
            elif not any(key in row for key in ("same", "ignored", "broken", "unread")):
                return Report((), 0, f"says nothing of {row['path']}")
            looked_at += "after" in row or "same" in row
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as exc:
        return Report((), 0, f"printed what cannot be read as its JSON: {type(exc).__name__} {exc}")
    return Report(tuple(found), looked_at)
