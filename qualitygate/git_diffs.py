"""How two trees differ, as git tells it: files, renames, lines, a patch."""

from __future__ import annotations

import os
from collections.abc import Sequence

from qualitygate.frozen import NamedTuple
from qualitygate.git import Repo, ask, call, failure

_PATIENCE = 15.0
"""Seconds that git may compare every file that went with every one that came: enough for 5,000 of them."""
_AS_USUAL = "-l1000"


class FileDiff(NamedTuple):
    """A file of two trees that differs: git's status letter, both paths, and its hunks.

    A hunk is (old start, old count, new start, new count), lines from 1, without context.
    """

    status: str
    old: str
    new: str
    hunks: tuple[tuple[int, int, int, int], ...]


def diff(repo: Repo, old: str, new: str, *, ignore_space: bool = False) -> list[FileDiff]:
    """Files that two trees have in common and that differ, renames followed (`-M -l0`), in one git call.

    Files that were only added or deleted are left out: all their lines are new, or gone. So are, where there are too
    many to be compared in time, those that got another base name and another content at once.
    """
    flags = ["-r", "-z", "-M", "--raw", "-p", "-U0", "--histogram", "--diff-filter=MRT", "--full-index"]
    # `--text`: or a tree decides by its own .gitattributes (`*.py -diff`) that nothing in it has changed.
    flags += ["--no-color", "--no-ext-diff", "--no-textconv", "--text", "--ignore-submodules=all"]
    if ignore_space:
        flags.append("-w")
    done = call(repo, "diff-tree", "-l0", *flags, old, new, timeout=_PATIENCE)
    if done.timed_out:
        done = call(repo, "diff-tree", _AS_USUAL, *flags, old, new)
    if done.code != 0:
        raise failure(("diff-tree",), done)
    output = done.stdout
    rows, at = [], 0
    while output[at : at + 1] == b":":
        end = output.index(b"\0", at)
        meta = output[at:end].decode("ascii").split(" ")
        names = output[end + 1 :].split(b"\0", 2 if meta[4][0] == "R" else 1)[:-1]
        at = end + 1 + sum(len(name) + 1 for name in names)
        rows.append((meta, os.fsdecode(names[0]), os.fsdecode(names[-1])))
    patches = _patches(output[at:])
    return [
        FileDiff(m[4][0], a, b, _WHOLE if m[4][0] == "T" else patches.get(f"{m[2]}..{m[3]}", ())) for m, a, b in rows
    ]


# Where a link became a file git prints a deletion and an addition, not what changed: everything did.
_WHOLE = ((1, 1 << 40, 1, 1 << 40),)


def patch(repo: Repo, old: str, new: str, paths: Sequence[str]) -> bytes:
    """What `git apply` needs to make one tree from another, in some of its paths."""
    flags = ["-r", "-p", "--full-index", "--no-color", "--no-ext-diff", "--no-textconv", "--text", "--no-renames"]
    return ask(repo, "diff-tree", *flags, "--src-prefix=a/", "--dst-prefix=b/", old, new, "--", *paths)


def _patches(text: bytes) -> dict[str, tuple[tuple[int, int, int, int], ...]]:
    # By blob ids, not by order: git prints no patch for what differs only in mode, name or ignored space.
    found: dict[str, list[tuple[int, int, int, int]]] = {}
    key = ""
    for line in text.split(b"\n"):
        if line.startswith(b"index "):
            key = line.split(b" ")[1].decode("ascii")
        elif line.startswith(b"@@ "):
            found.setdefault(key, []).append(_hunk(line))
    return {key: tuple(hunks) for key, hunks in found.items()}


def _hunk(line: bytes) -> tuple[int, int, int, int]:
    def pair(text: str) -> tuple[int, int]:
        start, _, count = text[1:].partition(",")
        return int(start), int(count or 1)

    _, old, new, _ = line.decode("utf-8", "replace").split(" ", 3)
    return (*pair(old), *pair(new))
