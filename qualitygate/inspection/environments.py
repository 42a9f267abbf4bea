"""Python environments that lie in the work tree, and whether they came with the clone."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable
from pathlib import Path

from qualitygate.inspection.facts import Environment
from qualitygate.inspection.files import Tracked

NAMES = (".venv", "venv", "env", ".env", "virtualenv", ".virtualenv")
_SIZE_LIMIT = 64 * 1024
_VERSION = re.compile(r"^\s*version(?:_info)?\s*=\s*(\d+\.\d+(?:\.\d+)?)", re.MULTILINE)


def environments(root: Path, tracked: Iterable[Tracked], homes: Iterable[str]) -> tuple[Environment, ...]:
    """Environments at the top, in a project's folder, or among the tracked files under whatever name.

    One of which any part is tracked can hold anything under the name of a tool, so it is hostile.
    """
    entries = tuple(tracked)
    shipped = {t.path.rpartition("/")[0] for t in entries if t.path.endswith("pyvenv.cfg")}
    linked = {t.path for t in entries if t.mode == "120000"}
    folders = [f"{home}/{name}" if home else name for home in dict.fromkeys(("", *homes)) for name in NAMES]
    found = []
    for folder in dict.fromkeys((*folders, *sorted(f for f in shipped if f))):
        config = _config(root / folder)
        if config is None:
            continue
        version = _VERSION.search(config)
        hostile = folder in linked or any(t.path.startswith(folder + "/") for t in entries)
        found.append(Environment(folder, version[1] if version else "", hostile))
    return tuple(found)


def _config(folder: Path) -> str | None:
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        handle = os.open(folder / "pyvenv.cfg", flags)
    except (OSError, ValueError):
        return None
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            return None
        return os.read(handle, _SIZE_LIMIT).decode("utf-8", "replace")
    except OSError:
        return None
    finally:
        os.close(handle)
