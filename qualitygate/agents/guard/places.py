"""Files that an agent must not write: git's own, the gate's state, and what registers the gate with agents."""

from __future__ import annotations

import os
import posixpath

from qualitygate.agents.catalogue import AGENTS
from qualitygate.agents.guard.refusal import Refusal, refusal
from qualitygate.locations import LAUNCHER

_REGISTRATIONS = frozenset(
    (
        *(agent.settings for agent in AGENTS.values()),
        LAUNCHER,
        # Of agents that have no adapter yet, and files beside those that register.
        *(".claude/settings.local.json", ".codex/hooks.json", ".codex/config.toml"),
        *(".cursor/hooks.json", ".gemini/settings.json", ".factory/hooks.json", ".windsurf/hooks.json"),
        *(".github/hooks/qualitygate.json", ".devin/hooks.v1.json", ".kiro/hooks/qualitygate.json"),
    )
)
_FREE = ("COMMIT_EDITMSG", "MERGE_MSG", "SQUASH_MSG", "TAG_EDITMSG", "info/exclude", "description")


def refusal_for_place(path: str) -> Refusal | None:
    """Whether a file may be written. `path` has `/` between its parts; it counts from the repository's root."""
    path = posixpath.normpath(path)
    parts = path.split("/")
    if ".git" in parts:
        below = "/".join(parts[parts.index(".git") + 1 :])
        return _inside_git(below, path)
    if any(path == place or path.endswith("/" + place) for place in _REGISTRATIONS):
        return refusal("hook-files", f"{path} is written")
    if ".husky" in parts[-3:-1]:
        return refusal("hook-files", f"{path} is written")
    if path.endswith("state/qualitygate/trust.json") or path.endswith("/qualitygate/trust.json"):
        return refusal("gate-state", f"{path} is written")
    return None


def _inside_git(below: str, path: str) -> Refusal | None:
    if below.endswith(".lock") or below in _FREE:
        return None  # left over by a git that crashed, or a message
    if below in ("", "*") or below.startswith("hooks") or "/hooks" in below:
        return refusal("hook-files", f"{path} is written")
    if below.startswith("qualitygate"):
        return refusal("gate-state", f"{path} is written")
    if below.startswith("config"):
        return refusal("hooks-path", f"{path} is written")
    return refusal("plumbing", f"{path} is written")


def refusal_for_path(path: str, root: str) -> Refusal | None:
    """Whether an agent may write this file with its own tools; links are followed. `root`: the repository's."""
    real = os.path.realpath(os.path.join(root, path))
    top = os.path.realpath(root)
    names = {os.path.normpath(os.path.join(root, path)), real}
    for name in sorted(names):
        for base in (os.path.normpath(root), top):
            inside = name[len(base) + 1 :] if name.startswith(base + os.sep) else name
            if found := refusal_for_place(inside.replace(os.sep, "/")):
                return found
    return None
