"""Which paths a pattern of `qualitygate.toml` means: `*` within a folder, `**` across, a folder all below it."""

from __future__ import annotations

import re
from functools import lru_cache


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str]:
    pattern = pattern.strip("/")
    out, at = "", 0
    while at < len(pattern):
        if pattern.startswith("**/", at):
            out, at = out + "(?:.*/)?", at + 3
        elif pattern.startswith("**", at):
            out, at = out + ".*", at + 2
        elif pattern[at] == "*":
            out, at = out + "[^/]*", at + 1
        elif pattern[at] == "?":
            out, at = out + "[^/]", at + 1
        else:
            out, at = out + re.escape(pattern[at]), at + 1
    return re.compile(out + r"(?:/.*)?\Z", re.DOTALL)


def matches(path: str, patterns: tuple[str, ...]) -> bool:
    """Whether one of the patterns means this path."""
    return any(_compiled(pattern).match(path) for pattern in patterns)
