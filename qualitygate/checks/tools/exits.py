"""How a program ended: the reason why its output proves nothing, if there is one."""

from __future__ import annotations

import os
from collections.abc import Collection

from qualitygate.checks.running import NO_ANSWER
from qualitygate.process import Output

_LINES = 8
_LENGTH = 300


def why_incomplete(output: Output, complete: Collection[int], root: str = "") -> str:
    """Empty for a run to the end with an exit code of `complete`; else the reason, in one line.

    `root` is the snapshot, whose place means nothing to the reader and is cut out of paths.
    """
    if output.timed_out:
        return NO_ANSWER
    if output.code is None:
        return f"could not be started: {complaint(output.stderr, root)}"
    if output.truncated:
        return "printed more than can be read"
    if output.code not in complete:
        how = f"killed by signal {-output.code}" if output.code < 0 else f"exit code {output.code}"
        return f"{how}: {complaint(output.stderr, root)}"
    return ""


def _is_place(line: str) -> bool:
    """Whether it only says where in the tool something happened; Ruby prints many of them after what happened."""
    place, _, name = line.removeprefix("from ").partition(":in ")
    return ".rb:" in place and " " not in place and name[:1] in ("'", "`") and name.endswith("'")


def complaint(stderr: bytes, root: str = "") -> str:
    """The first lines of standard error that are no log lines, as one short line."""
    lines = [line.strip() for line in stderr.decode("utf-8", "replace").splitlines()]
    said = [line for line in lines if line.strip("|^~ ") and "[DEBUG]" not in line and "[TRACE]" not in line]
    text = "; ".join([line for line in said if not _is_place(line)][:_LINES]) or "no message"
    if root:
        text = text.replace(root.rstrip(os.sep) + os.sep, "")
    return text if len(text) <= _LENGTH else text[: _LENGTH - 3] + "..."
