"""What both ruff adapters share: how it is called, and what its log says about the run."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

from qualitygate.checks.tool import Command, Request
from qualitygate.checks.tools.exits import why_incomplete
from qualitygate.frozen import NamedTuple
from qualitygate.process import Output

CONFIG_FILES = ("pyproject.toml", "ruff.toml", ".ruff.toml")

_ARGV_LIMIT = 100_000
"""Bytes of paths that are passed as arguments; more go through standard input."""

_LOG = rb"^\[[^\n]*?\]\[ruff(?:_cli)?::%s\]\[DEBUG\] %s$"
_COUNTED = re.compile(_LOG % (rb"commands::\w+", rb"(?:Checked|Formatted) (\d+) files? in[^\n]*"), re.MULTILINE)
_CONFIG = re.compile(_LOG % (rb"resolve", rb"Using [^\n]*?configuration file[^\n]*? at: ([^\n]*)"), re.MULTILINE)
_NOTHING = b"warning: No Python files found"


class Log(NamedTuple):
    """What the log tells: files processed; a `reason` where it does not prove a complete run."""

    processed: int
    reason: str = ""


def wants(path: str) -> bool:
    """Python sources and stubs. Notebooks are left out: their lines count per cell, not per file."""
    return path.endswith((".py", ".pyi"))


def command(request: Request, *flags: str) -> Command:
    """`ruff` with `flags` over the request's files; settings come from the tree and from nowhere else.

    Files that the project's configuration excludes stay excluded. Options of the check: `isolated`
    (read no configuration at all, for a tree that has none).
    """
    argv = [request.executable, *flags, "--force-exclude", "--cache-dir", request.cache_dir, "--verbose"]
    if request.options.get("isolated"):
        argv.append("--isolated")
    if any(path != path.encode("utf-8", "replace").decode("utf-8") for path in request.files):
        argv.append("--no-cache")  # ruff cannot keep results under a name that is not UTF-8
    # `./` keeps a name that begins with `-` or `@` from being read as an option or an argument file.
    paths = [f"./{path}" for path in request.files]
    # ruff falls back to the user's own settings where a tree has none.
    env = {"XDG_CONFIG_HOME": os.path.join(request.cache_dir, "no-user-settings")}
    if sum(len(path) + 1 for path in paths) <= _ARGV_LIMIT:
        return Command((*argv, *paths), env)
    listed = [path for path in paths if "\n" not in path and path.isprintable()]
    others = sorted(set(paths) - set(listed))
    return Command((*argv, "@/dev/stdin", *others), env, "".join(f"{path}\n" for path in listed).encode("utf-8"))


def listing(request: Request) -> Command:
    """The program that prints, line by line, which of the request's files the settings leave in."""
    return command(request, "check", "--show-files")


def read_log(output: Output, request: Request, complete: tuple[int, ...]) -> Log:
    """How many files were processed, and whether the run may be believed."""
    if reason := why_incomplete(output, complete, os.path.realpath(request.root)):
        return Log(0, reason)
    if len(path_index(request.files)) < len(request.files):
        return Log(0, "two files have names that ruff prints alike; rename one of them")
    for found in _CONFIG.findall(output.stderr):
        path = os.fsdecode(found)
        if not path.startswith((request.root.rstrip("/") + "/", os.path.realpath(request.root) + "/")):
            return Log(0, f"took its settings from {path}, outside of the tree; add a `ruff.toml` to the repository")
    counts = _COUNTED.findall(output.stderr)
    if not counts and any(line.startswith(_NOTHING) for line in output.stderr.splitlines()):
        return Log(0)
    if len(counts) != 1:
        return Log(0, "did not say how many files it looked at")
    processed = int(counts[0])
    if processed > len(request.files):
        return Log(0, f"looked at {processed} files, was given {len(request.files)}")
    return Log(processed)


def path_index(files: tuple[str, ...]) -> Mapping[str, str]:
    """Paths by the way ruff prints them: bytes that are not UTF-8 become U+FFFD."""
    return {os.fsencode(path).decode("utf-8", "replace"): path for path in files}
