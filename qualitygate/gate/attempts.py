"""What an agent has tried since it last passed: which findings stayed, which files went back and forth.

The log lies in the common git directory, one small file for each work tree, and is written where a commit or a stop of
an agent is refused. A verdict that passes closes it; where nothing was refused before, nothing is written then.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from qualitygate import git
from qualitygate.frozen import NamedTuple
from qualitygate.gate.state import State, read_json, write_json
from qualitygate.git import Repo
from qualitygate.model import Finding, Verdict

SAME = 3
"""From this attempt at one thing on, an agent is told more about it."""
GIVE_UP = 8
"""At this one it is told to stop trying; the gate stays closed."""
_BACK_AND_FORTH = 3
_ROWS, _FILES, _KEYS, _DONE = 30, 20, 40, 50
_LINE = 160


class Stuck(NamedTuple):
    """One rule in one file that `attempts` changes of that file have not mended. `lines`: what it said at each, oldest
    first, each text once.
    """

    rule: str
    path: str
    attempts: int
    lines: tuple[str, ...]


class Tries(NamedTuple):
    """The attempts since the last pass, this one included.

    `stuck`: what stayed longest first. `back`: files that are as they were some attempts ago, with another content in
    between. `returned`: how often that happened. `suppressed`: attempts that tried to switch a rule off.
    """

    number: int
    stuck: tuple[Stuck, ...] = ()
    back: tuple[tuple[str, int], ...] = ()
    returned: int = 0
    suppressed: int = 0

    @property
    def hopeless(self) -> bool:
        """Whether going on makes no sense."""
        return any(one.attempts >= GIVE_UP for one in self.stuck) or self.returned >= _BACK_AND_FORTH


class Done(NamedTuple):
    """A tree that passed after some that did not."""

    tree: str
    attempts: int
    suppressed: int


def note(state: State, reader: Repo, verdict: Verdict) -> Tries:
    """Write down that this was refused, and say what was tried. `reader` can read the judged tree.

    The same tree twice is one attempt. A log that cannot be written to is no obstacle.
    """
    place = _place(state)
    document = _read(place)
    rows: list[dict[str, Any]] = document["rows"]
    if not rows or rows[-1]["tree"] != verdict.head.id:
        rows = [*rows, _row(reader, verdict)][-_ROWS:]
        with contextlib.suppress(OSError):
            write_json(place, {**document, "rows": rows}, lasting=False)
    return _tries(rows)


def passed(state: State, verdict: Verdict) -> None:
    """Close what was open: the next refusal is a first attempt again."""
    place = _place(state)
    if not place.exists():
        return
    document = _read(place)
    rows = document["rows"]
    if rows:
        done = [verdict.head.id, len(rows), sum(row["suppressed"] for row in rows), int(time.time())]
        with contextlib.suppress(OSError):
            write_json(place, {**document, "rows": [], "done": [*document["done"], done][-_DONE:]}, lasting=False)


def finished(shared: Path) -> dict[str, Done]:
    """Tree to how many attempts it took, over all work trees; the last some of each."""
    found = {}
    for place in sorted((shared / "attempts").glob("*.json")):
        for tree, attempts, suppressed, _ in _read(place)["done"]:
            found[tree] = Done(tree, attempts, suppressed)
    return found


def _place(state: State) -> Path:
    return state.shared / "attempts" / f"{state.worktree.name}.json"


def _read(place: Path) -> dict[str, Any]:
    found = read_json(place)
    try:
        rows = [{**_EMPTY, **row} for row in found["rows"] if isinstance(row, dict)]
        done = [(str(tree), int(n), int(s), int(when)) for tree, n, s, when in found["done"]]
        _tries(rows)
    except (TypeError, KeyError, ValueError, AttributeError):
        return {"schema": 1, "rows": [], "done": []}  # torn, or not ours
    return {"schema": 1, "rows": rows, "done": done}


_EMPTY: Mapping[str, Any] = {"tree": "", "files": {}, "found": [], "suppressed": False}


def _row(reader: Repo, verdict: Verdict) -> dict[str, Any]:
    """One attempt: the files with findings by their blobs, and each rule in each file with its number and its line."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in verdict.blocking:
        groups.setdefault((finding.rule, finding.path), []).append(finding)
    kept = dict(list(groups.items())[:_KEYS])
    paths = list(dict.fromkeys(path for _, path in kept))[:_FILES]
    files = {path: entry.blob for path in paths if (entry := verdict.head.entries.get(path)) and entry.is_file}
    texts = _texts(reader, files)
    found = [
        [rule, path, len(findings), _line_of(findings[0], texts.get(path))] for (rule, path), findings in kept.items()
    ]
    suppressed = any(rule.startswith("suppressions:") for rule, _ in groups)
    return {"tree": verdict.head.id, "files": files, "found": found, "suppressed": suppressed}


def _texts(reader: Repo, files: Mapping[str, str]) -> dict[str, list[bytes]]:
    with contextlib.suppress(Exception):  # the lines are a help only
        content = dict(git.blobs(reader, files.values()))
        return {path: content[blob].splitlines() for path, blob in files.items()}
    return {}


def _line_of(finding: Finding, lines: Sequence[bytes] | None) -> str:
    if finding.direction != "debt" or not lines or not 0 < finding.line <= len(lines):
        return ""
    return lines[finding.line - 1][: 4 * _LINE].decode("utf-8", "replace").strip()[:_LINE]


def _tries(rows: Sequence[Mapping[str, Any]]) -> Tries:
    if not rows:
        return Tries(0)
    now = rows[-1]
    stuck = [_stuck(rows, rule, path, number) for rule, path, number, _ in now["found"]]
    longest = sorted((one for one in stuck if one.attempts >= SAME), key=lambda one: -one.attempts)
    back = [_back(rows, path) for path in now["files"]]
    returned = max((times for _, times in back), default=0)
    since = tuple((path, ago) for path, (ago, _) in zip(now["files"], back, strict=True) if ago)
    return Tries(len(rows), tuple(longest), since, returned, sum(bool(row["suppressed"]) for row in rows))


def _stuck(rows: Sequence[Mapping[str, Any]], rule: str, path: str, number: int) -> Stuck:
    """How many changes of the file, up to now, left at least as many findings of the rule in it as there are now."""
    attempts, blob = 0, None
    lines: list[str] = []
    for row in reversed(rows):
        count, line = next(((n, text) for r, p, n, text in row["found"] if (r, p) == (rule, path)), (-1, ""))
        if count < 0 or count > number:
            break
        if attempts and row["files"].get(path) == blob:
            continue  # other files were worked on
        blob, attempts, number = row["files"].get(path), attempts + 1, max(number, count)
        lines.append(str(line))
    return Stuck(str(rule), str(path), attempts, tuple(dict.fromkeys(filter(None, reversed(lines)))))


def _back(rows: Sequence[Mapping[str, Any]], path: str) -> tuple[int, int]:
    """How many attempts ago a file was as now (0: never, with another content since), and how often it returned."""
    blobs = [row["files"].get(path) for row in rows]
    changes = [blob for blob, before in zip(blobs, [None, *blobs], strict=False) if blob and blob != before]
    returned = len(changes) - len(set(changes))
    now = blobs[-1]
    for ago in range(1, len(blobs)):
        if blobs[-1 - ago] == now and any(blob not in (now, None) for blob in blobs[-ago:-1]):
            return (ago, returned) if len(blobs) < 2 or blobs[-2] != now else (0, returned)
    return 0, returned
