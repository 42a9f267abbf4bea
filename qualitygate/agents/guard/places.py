"""Files that an agent must not write: git's own, the gate's state, and what registers the gate with agents."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Sequence

from qualitygate.agents.catalogue import AGENTS
from qualitygate.agents.guard.refusal import Refusal, refusal
from qualitygate.locations import GIT_LAUNCHER, LAUNCHER

_REGISTRATIONS = frozenset(
    (
        *(agent.settings for agent in AGENTS.values()),
        LAUNCHER,
        GIT_LAUNCHER,
        ".qualitygate/lefthook.yml",
        # Of agents that have no adapter yet, and files beside those that register.
        *(".claude/settings.local.json", ".codex/hooks.json", ".codex/config.toml"),
        *(".cursor/hooks.json", ".gemini/settings.json", ".factory/hooks.json", ".windsurf/hooks.json"),
        *(".github/hooks/qualitygate.json", ".devin/hooks.v1.json", ".kiro/hooks/qualitygate.json"),
    )
)
_UNFINISHED = ("rebase-merge", "rebase-apply", "MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "sequencer")
_ABORT = "use `git rebase --abort`, `git rebase --quit`, `git merge --abort`, or the same of cherry-pick and revert"
_FREE = (
    *("COMMIT_EDITMSG", "MERGE_MSG", "SQUASH_MSG", "TAG_EDITMSG", "info/exclude", "description"),
    *("index", "gc.log", "gc.pid", "FETCH_HEAD"),
)


def refusal_for_place(path: str) -> Refusal | None:
    """Whether a file may be written. `path` has `/` between its parts; it counts from the repository's root."""
    path = posixpath.normpath(path)
    parts = path.split("/")
    if ".git" in parts:
        at = parts.index(".git")
        below = "/".join(parts[at + 1 :])
        return None if not below and _is_another(parts[:at]) else _inside_git(below, path)
    if any(path == place or path.endswith("/" + place) for place in _REGISTRATIONS):
        return refusal("hook-files", f"{path} is changed")
    if ".husky" in parts[-3:-1]:
        return refusal("hook-files", f"{path} is changed")
    if path.endswith("state/qualitygate/trust.json") or path.endswith("/qualitygate/trust.json"):
        return refusal("gate-state", f"{path} is changed")
    return None


def _is_another(folder: Sequence[str]) -> bool:
    """Whether a whole `.git` there is of a nested or a scratch repository: what a generator left, a try in /tmp."""
    if not folder or folder[0] == ".." or folder[0].startswith("?"):  # `?`: what only a shell could tell
        return False
    return folder[0] != "" or (folder[1] == "tmp" and len(folder) > 2)


def _inside_git(below: str, path: str) -> Refusal | None:
    if below.endswith(".lock") or below in _FREE:
        return None  # left over by a git that crashed, or a message
    if below in ("", "*") or below.startswith("hooks") or "/hooks" in below:
        return refusal("hook-files", f"{path} is changed")
    if below.startswith("qualitygate"):
        return refusal("gate-state", f"{path} is changed")
    if below.startswith("config"):
        return refusal("hooks-path", f"{path} is changed")
    if below.startswith("modules/") and not below.endswith("/config"):
        return None  # what `git submodule deinit` leaves
    found = refusal("plumbing", f"{path} is changed")
    if below.startswith(_UNFINISHED):
        return found._replace(reason="Git keeps there what is not finished yet", instead=_ABORT)
    return found


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
