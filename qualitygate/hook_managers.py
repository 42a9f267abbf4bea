"""Whose a git hook is, and whether the manager that it belongs to calls the gate in turn. Reads files, runs nothing."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from qualitygate.frozen import NamedTuple
from qualitygate.locations import GIT_LAUNCHER

NAMES = ("pre-commit", "pre-merge-commit", "prepare-commit-msg", "post-rewrite", "pre-push")
"""The git hooks in which the gate has something to do."""
STRICT = ("reference-transaction", "pre-applypatch")
"""Those of strict mode, which is asked for: one sees every branch that moves, one judges what `git am` applies."""
OURS = "qualitygate"
LEFTHOOK_FILES = tuple(
    f"{dot}lefthook.{end}" for dot in ("", ".", ".config/") for end in ("yml", "yaml", "toml", "json", "jsonc")
)
LEFTHOOK_PART = ".qualitygate/lefthook.yml"
"""What we add to lefthook's own settings, which name it in `extends`."""
SIMPLE_FILES = (".simple-git-hooks.json", "simple-git-hooks.json", "package.json")
# What tells the writer of an installed hook, in the order in which it is looked for.
_SIGNS = (
    (b"# qualitygate git hook.", OURS),
    (b"SKIP_SIMPLE_GIT_HOOKS", "simple-git-hooks"),
    (b"lefthook", "lefthook"),
    (b"husky", "husky"),
    (b"prek", "prek"),
    (b"pre-commit.com", "pre-commit"),
    (b"pre_commit", "pre-commit"),
    (b"overcommit", "overcommit"),
)
INSTALLERS = {
    "husky": "npx husky",
    "lefthook": "npx lefthook install",
    "simple-git-hooks": "npx simple-git-hooks",
    "overcommit": "overcommit --install",
    "pre-commit": "pre-commit install",
    "prek": "prek install",
    "git hooks": "git config core.hooksPath .githooks",
}
"""What makes a manager's hooks effective in a clone."""
_STUB = re.compile(rb'^\. "\$\(dirname (?:-- )?"\$0"\)/h"', re.MULTILINE)


class Husky(NamedTuple):
    """Where husky keeps its hooks: the folder of tracked scripts, and the one that git looks into."""

    scripts: Path
    stubs: Path


def husky_of(place: Path) -> Husky | None:
    """Whether a folder of hooks is husky's (5 to 9); git looks into `.husky/_` since 9, into `.husky` before."""
    if place.name == "_" and place.parent.name == ".husky":
        return Husky(place.parent, place)
    return Husky(place, place) if place.name == ".husky" else None


def writer(path: Path) -> str:
    """Who wrote an installed hook: `qualitygate`, a manager, `script` for anybody else, "" where there is none."""
    try:
        data = path.read_bytes()[:16384]
    except OSError:
        return ""
    if _STUB.search(data) or path.parent.name == ".husky":
        return "husky" if _SIGNS[0][0] not in data[:400] else OURS
    return next((name for sign, name in _SIGNS if sign in data), "script")


def calls_gate(root: Path, place: Path, name: str) -> str:
    """The manager that runs this hook and calls the gate from it; "" where there is none.

    `place` is the folder that git looks into. A hook that we wrote ourselves counts as no manager's.
    """
    path = place / name
    if not os.access(path, os.X_OK) or not path.is_file():
        return ""
    who = writer(path)
    if who == "husky":
        husky = husky_of(place)
        return who if husky and _mentions(husky.scripts / name, name) else ""
    if who == "lefthook":
        return who if _lefthook_reads_ours(root) and _mentions(root / LEFTHOOK_PART, name) else ""
    return who if who in ("simple-git-hooks", "overcommit", "script") and _mentions(path, name) else ""


def shim_for(root: Path, place: Path, name: str, *, asked: bool = True) -> str:
    """The hook as lefthook would install it, made of one that it has installed; "" where there is none.

    Lefthook itself does so at its next run; a hook of ours it would put aside. With `asked`, only where
    its settings have the gate called for this hook; without, only where they do not know it (any more).
    """
    ours = _lefthook_reads_ours(root) and _mentions(root / LEFTHOOK_PART, name)
    if ours != asked or (not asked and _lefthook_names(root, name)):
        return ""
    for path in sorted(place.iterdir()) if place.is_dir() else ():
        if path.name != name and "." not in path.name and writer(path) == "lefthook":
            text = path.read_bytes().decode("utf-8", "replace")
            if text.count(call := f'run "{path.name}"') == 1:
                return text.replace(call, f'run "{name}"')
    return ""


def _lefthook_names(root: Path, name: str) -> bool:
    key = re.compile(rf"""^\W*{re.escape(name)}["']?\s*[:.\]]""")
    return any(key.search(line) for file in LEFTHOOK_FILES for line in _lines(root / file))


def _lefthook_reads_ours(root: Path) -> bool:
    return any(LEFTHOOK_PART in line for file in LEFTHOOK_FILES for line in _lines(root / file))


def _mentions(path: Path, name: str) -> bool:
    """Whether a file calls the gate for this hook, in a line that is no comment."""
    call = re.compile(rf"{re.escape(GIT_LAUNCHER)} {re.escape(name)}(?![\w-])")
    return any(call.search(line) for line in _lines(path))


def _lines(path: Path) -> Iterator[str]:
    try:
        text = path.read_bytes().decode("utf-8", "replace")
    except OSError:
        return
    yield from (line for line in text.splitlines() if not line.lstrip().startswith("#"))
