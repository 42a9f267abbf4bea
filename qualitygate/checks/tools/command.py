"""A command of the project's own as a check: what it says of lines of the tree, or that it failed."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from typing import Literal

from qualitygate.checks.project_commands import CONFIG_FILES, TOOL, manifests_of
from qualitygate.checks.tool import Command, Reads, Request
from qualitygate.errors import ToolError
from qualitygate.frozen import NamedTuple
from qualitygate.model import Finding, Report
from qualitygate.process import Output

name = TOOL
title = "a command of the project"
scope: Literal["tree", "lines"] = "tree"
reads: Reads = "tree"
config_files: tuple[str, ...] = CONFIG_FILES
package = ""
ecosystem = "project"
unit = "run"
writes_tree = True

FAILED = "command:failed"
_FIX = "mend what the command says; it runs like this in the work tree, too: "
_MESSAGE = 300
_MANY = 2000
"""Places that are taken from one run; what names more than this is no list of findings."""

_SEVERITY = r"(?:fatal )?(?:error|warning|note|info|hint|help)"
# path:12:5: message, path:12: message, path(12,5): message
_GCC = re.compile(r"^(?P<path>[^\s:()][^:()]*?):(?P<line>\d+)(?::(?P<column>\d+))?(?:[:\-]|\s)\s*(?P<said>\S.*)$")
_TSC = re.compile(r"^(?P<path>[^\s:()][^:()]*?)\((?P<line>\d+)(?:,(?P<column>\d+))?\):?\s*(?P<said>\S.*)$")
#   12:5  error  message   below a line that is a path alone
_BELOW = re.compile(r"^\s+(?P<line>\d+):(?P<column>\d+)\s+(?P<said>\S.*)$")
# --> path:12:5 below a line that is the message
_ARROW = re.compile(r"^\s*-->\s*(?P<path>[^:]+):(?P<line>\d+):(?P<column>\d+)\s*$")
_MILD = re.compile(r"^\W*(?:warning|note|info|hint|help)\b", re.IGNORECASE)
_COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_NO_PROGRAM = re.compile(r"(?i)\b(?:error|exit code|exited with(?: code)?|code|status)[ :]+12[67]\b")
_TELLING = re.compile(r"(?i)error|fail|not ok|\u2717|\u2716|\u00d7|exception|assert")
_RUNNERS_OWN = re.compile(r"(?i)^\s*(?:npm (?:err!|error|warn)|>|make(?:\[\d+\])?:|error: recipe|ELIFECYCLE)")


class Place(NamedTuple):
    """A line of a file, and what was said of it. A column that nobody named is 0."""

    path: str
    line: int
    column: int
    said: str


def wants(path: str) -> bool:
    """Whether the command could read it: any file but the gate's own."""
    return path != "qualitygate.toml" and not path.startswith((".qualitygate/", ".claude/"))


def command(request: Request) -> Command:
    """The words of `run`, as they are: no shell reads them. Raises ToolError where there are none."""
    run = tuple(map(str, request.options.get("run", ())))
    if not run:
        raise ToolError("the settings name no command", hint='set `run = ["npm", "run", "lint"]` for this check')
    return Command(run, _environment(request))


def _environment(request: Request) -> Mapping[str, str]:
    """The project's programs first on the PATH; nobody there to answer, and nothing fetched by those that heed it."""
    places = [os.path.join(folder, "node_modules", ".bin") for folder in _upwards(request.root)]
    settings = {
        "CI": "true",
        "npm_config_offline": "true",
        "npm_config_update_notifier": "false",
        "UV_OFFLINE": "1",
        "UV_NO_SYNC": "1",
        "PIP_NO_INDEX": "1",
        "PYTHONPYCACHEPREFIX": os.path.join(request.cache_dir, "compiled"),
        "PYTHONDONTWRITEBYTECODE": "",
    }
    if request.environment is not None:
        places.insert(0, os.path.join(request.environment.prefix, "bin"))
        settings["VIRTUAL_ENV"] = settings["UV_PROJECT_ENVIRONMENT"] = request.environment.prefix
    settings["PATH"] = os.pathsep.join((*places, os.environ.get("PATH", os.defpath)))
    return settings


def _upwards(root: str) -> Iterator[str]:
    """The folder and those above it, up to the top of the snapshot, which has a `.git` of its own."""
    folder = root
    while True:
        yield folder
        above = os.path.dirname(folder)
        if os.path.exists(os.path.join(folder, ".git")) or above == folder:
            return
        folder = above


def parse(output: Output, request: Request) -> Report:
    """Nothing for a command that ended well; else each line of the tree that it names, or that it failed.

    A program that is not there, or was killed, has said nothing of the tree.
    """
    text = _COLOURS.sub("", f"{_text(output.stdout)}\n{_text(output.stderr)}").replace("\r", "")
    code = output.code if output.code is not None else -1
    if code == 0:
        return Report((), 1)
    if code in (126, 127) or _NO_PROGRAM.search(text[-4000:]):
        return Report((), 0, f"a program that it needs is not there: {_telling(text, request)}")
    if code < 0 or 128 < code < 193:
        return Report((), 0, f"killed by signal {-code if code < 0 else code - 128}")
    places = _places(text, request)
    fix = _FIX + " ".join(map(str, request.options.get("run", ())))
    if places:
        return Report(tuple(Finding(request.check, FAILED, *_at(one), one.said, fix=fix) for one in places), 1)
    said = f"exit code {code}: {_telling(text, request)}"
    whole = Finding(request.check, FAILED, _stated_in(request), 0, 0, 0, 0, said, fix=fix, name="the command itself")
    return Report((whole,), 1)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _at(place: Place) -> tuple[str, int, int, int, int]:
    return place.path, place.line, place.column, place.line, 0


def _places(text: str, request: Request) -> tuple[Place, ...]:
    """Each place once; what calls itself a warning counts only where there is nothing else."""
    found = list(dict.fromkeys(_named(text, request)))[:_MANY]
    grave = [place for place in found if not _MILD.match(place.said)]
    return tuple(grave or found)


def _named(text: str, request: Request) -> Iterator[Place]:
    known = frozenset(request.files)
    above = before = ""
    for line in text.splitlines():
        row = line[:2000].rstrip()
        if not row:
            above = before = ""
            continue
        match = _GCC.match(row) or _TSC.match(row)
        if match and (path := _file(match["path"], known, request.root)):
            yield _place(path, match, match["said"])
        elif (match := _ARROW.match(row)) and (path := _file(match["path"], known, request.root)):
            yield _place(path, match, before or "failed")
        elif above and (match := _BELOW.match(row)):
            yield _place(above, match, match["said"])
        elif not row[0].isspace():
            above, before = _file(row, known, request.root), row


def _place(path: str, match: re.Match[str], said: str) -> Place:
    groups = match.groupdict()
    return Place(
        path, int(groups["line"][:9]), int((groups.get("column") or "0")[:9]), " ".join(said.split())[:_MESSAGE]
    )


def _file(word: str, known: frozenset[str], root: str) -> str:
    """The file of the tree that a word names, relative to the root; "" for any other word."""
    if len(word) > 1000 or "\0" in word:
        return ""
    path = word.strip().strip("'\"")
    if os.path.isabs(path):
        top = next((top for top in (root, os.path.realpath(root)) if path.startswith(f"{top}/")), None)
        if top is None:
            return ""
        path = path[len(top) + 1 :]
    path = os.path.normpath(path) if path else ""
    return path if path in known else ""


def _telling(text: str, request: Request) -> str:
    """The line that says most of why it failed."""
    rows = [row.strip() for row in text.splitlines() if row.strip() and not _RUNNERS_OWN.match(row)]
    row = next((row for row in rows if _TELLING.search(row)), rows[-1] if rows else "it printed nothing")
    return row.replace(f"{request.root}/", "")[:_MESSAGE]


def _stated_in(request: Request) -> str:
    """The file that says what the command does, or else any of those that it was run for."""
    known = frozenset(request.files)
    run = tuple(map(str, request.options.get("run", ())))
    named = (*manifests_of(run), *(word.removeprefix("./") for word in run))
    return next((path for path in named if path in known), request.files[0] if request.files else "")
