"""Where what is ours lies, in a repository and in the folders of a user: names alone, nothing is made here.

The second hook of a commit imports this before anything else, so it has to cost next to nothing.
"""

from __future__ import annotations

import os
import stat

SETTINGS = "qualitygate.toml"
FOLDER = ".qualitygate/"
RULEBOOK = f"{FOLDER}RULEBOOK.md"
OWN_RULES = f"{FOLDER}rules/"
EXTENDED = f"{FOLDER}extended/"
"""Copies of shared settings, tracked: `qualitygate sync` writes them, a folder each, and the lock beside them."""
LOCK = f"{EXTENDED}lock.toml"
WAIVERS = f"{FOLDER}waivers.toml"
"""What may pass although it is found, for a while, and what agents ask for."""
LAUNCHER = f"{FOLDER}agent-hook"
"""What the hooks of coding agents call, tracked: it finds the qualitygate of each clone."""
GIT_LAUNCHER = f"{FOLDER}git-hook"
"""The same for hook managers."""
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


def snapshots(*parts: str) -> str:
    """A path below which snapshots are kept: in the user's cache, unless that lies in a hidden folder.

    Programs pass over such folders, whoever starts them there: a web server that serves no hidden files fails
    55 of 1,256 tests of Express below `~/.cache`. Then it is a folder of the user's alone in `/var/tmp`.
    """
    cache = user_cache("qualitygate", *parts)
    if not any(part.startswith(".") for part in cache.split("/")):
        return cache
    place = os.path.join(_VAR, f"qualitygate-{os.getuid()}")
    return os.path.join(place, *parts) if _is_ours_alone(place) else cache


_VAR = "/var/tmp"


def _is_ours_alone(place: str) -> bool:
    """Make the folder, if nothing of that name is there; whether it is one that nobody else can write to or read."""
    try:
        os.mkdir(place, 0o700)
    except FileExistsError:
        pass
    except OSError:
        return False
    found = os.lstat(place)
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o077


def user_state(*parts: str) -> str:
    """A path in the directory for what must outlive the cache."""
    return os.path.join(_folder("XDG_STATE_HOME", ".local", "state"), *parts)


def _folder(variable: str, *otherwise: str) -> str:
    # The XDG specification: what is not absolute is to be ignored.
    named = os.environ.get(variable, "")
    return named if os.path.isabs(named) else os.path.join(os.path.expanduser("~"), *otherwise)
