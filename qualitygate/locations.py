"""Where what is ours lies, in a repository and in the folders of a user: names alone, nothing is made here.

The second hook of a commit imports this before anything else, so it has to cost next to nothing.
"""

from __future__ import annotations

import os

SETTINGS = "qualitygate.toml"
FOLDER = ".qualitygate/"
RULEBOOK = f"{FOLDER}RULEBOOK.md"
OWN_RULES = f"{FOLDER}rules/"
EXTENDED = f"{FOLDER}extended/"
"""Copies of shared settings, tracked: `qualitygate sync` writes them, a folder each, and the lock beside them."""
LOCK = f"{EXTENDED}lock.toml"
LAUNCHER = f"{FOLDER}agent-hook"
"""What the hooks of coding agents call, tracked: it finds the qualitygate of each clone."""
GITHUB_WORKFLOW = ".github/workflows/qualitygate.yml"
GITLAB_JOB = ".gitlab/qualitygate.gitlab-ci.yml"
GITLAB_CI = ".gitlab-ci.yml"
CI_FILES = (GITHUB_WORKFLOW, GITLAB_JOB, GITLAB_CI)
"""What decides how CI runs the gate."""


def is_rules_folder(folder: str) -> bool:
    """Whether rules for semgrep lie in this folder: the repository's own, or those of shared settings."""
    return f"{folder}/" == OWN_RULES or (folder.startswith(EXTENDED) and folder.endswith("/rules"))


def user_cache(*parts: str) -> str:
    """A path in the user's cache directory, ours and that of others."""
    return os.path.join(_folder("XDG_CACHE_HOME", ".cache"), *parts)


def user_state(*parts: str) -> str:
    """A path in the directory for what must outlive the cache."""
    return os.path.join(_folder("XDG_STATE_HOME", ".local", "state"), *parts)


def _folder(variable: str, *otherwise: str) -> str:
    # The XDG specification: what is not absolute is to be ignored.
    named = os.environ.get(variable, "")
    return named if os.path.isabs(named) else os.path.join(os.path.expanduser("~"), *otherwise)
