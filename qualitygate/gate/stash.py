"""What pre-commit or prek took out of the work tree before they called us.

Both save unstaged edits as a patch named with a time and their process id, and check the index out
over the work tree, unless they run with `--all-files`. Seen from inside, nothing else tells.
Folders and names: pre-commit 4.7.0 `staged_files_only.py`, prek 0.5 `keeper.rs`.
"""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

from qualitygate.errors import GitError
from qualitygate.locations import user_cache

_NAME = re.compile(r"(?:patch)?(\d+)-(\d+)(?:\.patch)?\Z")
_MANAGERS = ("pre-commit", "pre_commit", "prek")
_ANCESTORS = 6


def inside_manager() -> bool:
    """Whether a hook manager that may have stashed runs us."""
    return os.environ.get("PRE_COMMIT") == "1"


def find_patch() -> Path | None:
    """The patch with what is missing from the work tree; None where nothing was taken out.

    Raises GitError when the manager cannot be found among our ancestors: then nothing proves that
    the work tree is whole.
    """
    manager = _manager()
    if manager is None:
        raise GitError(
            "cannot tell whether unstaged edits were set aside before this hook ran",
            hint="run it with --all-files, or run `qualitygate run`",
        )
    pid, started = manager
    found = []
    for folder in _folders():
        for path in folder.glob(f"*{pid}*"):
            match = _NAME.match(path.name)
            if match and int(match[2]) == pid:
                when = int(match[1]) / (1000 if len(match[1]) > 11 else 1)
                if when >= started - 2:  # an older one is another process's that had the same id
                    found.append((when, path))
    return max(found)[1] if found else None


def _folders() -> tuple[Path, ...]:
    return (
        Path(os.environ.get("PRE_COMMIT_HOME") or user_cache("pre-commit")),
        Path(os.environ.get("PREK_HOME") or user_cache("prek")) / "patches",
    )


def _manager() -> tuple[int, float] | None:
    pid = os.getppid()
    for _ in range(_ANCESTORS):
        try:
            arguments = Path(f"/proc/{pid}/cmdline").read_bytes().decode("utf-8", "replace").split("\0")
            fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
            uptime = float(Path("/proc/uptime").read_bytes().split()[0])
        except OSError:
            return None
        if any(Path(argument.removeprefix("-m")).name.startswith(_MANAGERS) for argument in arguments[:3]):
            # Field 22 of proc(5) stat: ticks after boot; the first two fields are cut off here.
            return pid, time.time() - uptime + int(fields[19]) / os.sysconf("SC_CLK_TCK")
        pid = int(fields[1])
        if pid <= 1:
            return None
    return None
