"""`cargo fmt`: Rust, in the style of `rustfmt.toml` or the usual one."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from typing import Literal

from qualitygate.checks.tool import Command, Reads, Request
from qualitygate.checks.tools import clippy, diffs, rows
from qualitygate.checks.tools.diffs import Hunk
from qualitygate.checks.tools.exits import complaint, why_incomplete
from qualitygate.model import Finding, Report
from qualitygate.process import Output

name = "rustfmt"
title = "cargo fmt"
scope: Literal["tree", "lines"] = "lines"
# It goes from module to module, in the edition that the manifest names.
reads: Reads = "tree"
config_files: tuple[str, ...] = (
    *("rustfmt.toml", ".rustfmt.toml", "Cargo.toml", "config.toml", "rust-toolchain.toml"),
    "rust-toolchain",
)
package = "cargo"
ecosystem = "system"
version_argv = ("fmt", "--version")
formats_whole = True
parse_range = diffs.printed
wants = clippy.wants

_LOG = re.compile(rb"Formatting (.+)|Spent .+|Using rustfmt config files? .+")
_SETTINGS = re.compile(rb"Using rustfmt config files? (/.+?)(?: for .+|,.*)?")
_HEADER = re.compile(rb"Diff in (.+?)(?::| at line )(\d+):")
_EDITION = re.compile(r"""^edition\s*=\s*["'](\d{4})["']""", re.MULTILINE)


def executes(read: Callable[[str], bytes | None]) -> tuple[str, ...]:
    """Files that may put another program in place of rustfmt; formatting runs no code of a crate."""
    return tuple(path for path in clippy.MANIFESTS if path != "Cargo.toml" and read(path) is not None)


def command(request: Request) -> Command:
    """`cargo fmt` on all crates of the workspace, in its own words for a diff."""
    argv = (request.executable, "fmt", "--all", "--", "--check", "--verbose", "--color=never")
    return Command(argv, clippy.environment(request))


def range_command(request: Request, path: str, data: bytes, first: int, last: int) -> Command:
    """rustfmt, which lies beside cargo, on the whole file: its ranges are not stable yet."""
    program = os.path.join(os.path.dirname(request.executable), "rustfmt")
    argv = [program, "--quiet", f"--edition={_edition(request.root, path)}"]
    for folder in _folders(path):  # what it reads has no place, and it takes no folder without settings
        top = os.path.join(request.root, folder)
        if any(os.path.exists(os.path.join(top, file)) for file in config_files[:2]):
            argv.append(f"--config-path={top}")
            break
    return Command(tuple(argv), clippy.environment(request), data)


def _folders(path: str) -> Iterator[str]:
    """The folders that a file lies in, from the nearest to the root."""
    while path:
        path = path.rpartition("/")[0]
        yield path


def _edition(root: str, path: str) -> str:
    """The edition of the nearest manifest that names one; a workspace may name it for its members."""
    for folder in _folders(path):
        try:
            with open(os.path.join(root, folder, "Cargo.toml"), encoding="utf-8", errors="replace") as file:
                found = _EDITION.search(file.read())
        except OSError:
            continue
        if found:
            return found[1]
    return "2015"


def parse(output: Output, request: Request) -> Report:
    """One finding per region that would change; a file that no crate names as a module is not counted."""
    if reason := why_incomplete(output, (0, 1), os.path.realpath(request.root)):
        return Report((), 0, reason)
    if b"error" in output.stderr:
        return Report((), 0, complaint(output.stderr, os.path.realpath(request.root)))
    try:
        seen, found = _read(output.stdout, request)
    except ValueError as exc:
        return Report((), 0, f"printed what cannot be read as its diff: {exc}")
    counted = seen & set(request.files)
    if request.files and not counted:
        return Report((), 0, "did not say which files it looked at")
    if (output.code == 1) != bool(found):
        return Report((), 0, f"exit code {output.code} with {len(found)} regions")
    return Report(tuple(finding for finding in found if finding.path in counted), len(counted))


def _read(data: bytes, request: Request) -> tuple[set[str], list[Finding]]:
    seen: set[str] = set()
    found: list[Finding] = []
    lines = data.splitlines()
    at = 0
    while at < len(lines):
        line, at = lines[at], at + 1
        if header := _HEADER.fullmatch(line):
            end = at
            while end < len(lines) and lines[end][:1] in (b" ", b"-", b"+"):
                end += 1
            # In its verbose form it marks the ends of lines.
            body = tuple(row.removesuffix("⏎".encode()) for row in lines[at:end])
            path = rows.relative(os.fsdecode(header[1]), request)
            found += diffs.unformatted(request, f"{name}:unformatted", path, [Hunk(int(header[2]), body)])
            at = end
        elif log := _LOG.fullmatch(line):
            if log[1]:
                seen.add(rows.relative(os.fsdecode(log[1]), request))
            elif (used := _SETTINGS.fullmatch(line)) and os.path.isabs(rows.relative(os.fsdecode(used[1]), request)):
                raise ValueError(f"took its settings from {os.fsdecode(used[1])}, outside of the tree")
        elif line.strip():
            raise ValueError(f"a line that is none of its own: {line[:80].decode('utf-8', 'replace')}")
    return seen, found
