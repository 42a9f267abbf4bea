"""The environment in which semgrep and ast-grep live, apart from the project's and from ours.

It lies in the user's cache, shared by all repositories; deleting it is always safe. Nothing here makes it:
a hook only looks.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import NamedTuple

from qualitygate.errors import ToolError
from qualitygate.locations import user_cache

# The newest there is, and one wheel for Python 3.10 to 3.14 (glibc 2.34 or later). Exact, because the form in which
# the engine is called is not a stable one. A parity test compares it with `semgrep scan` of the same version.
SEMGREP = "1.185.0"

AST_GREP = "0.51.1"

PINNED = {"semgrep": SEMGREP, "ast-grep-cli": AST_GREP}
"""The distributions that it holds, and their versions."""

STAMP = "whole.json"
"""Written last, before the environment gets its name: the programs that were tried, relative to it."""

HINT = "`qualitygate install` makes it (needs the network)"


class Placed(NamedTuple):
    """A program of the tool environment, and its version."""

    executable: str
    version: str


def place() -> Path:
    """Where the environment is, or will be: one per set of versions and kind of machine."""
    versions = "-".join(f"{name}-{version}" for name, version in sorted(PINNED.items()))
    # A home directory may be shared by machines that cannot run each other's programs.
    return Path(user_cache("qualitygate", "tools", f"{versions}-{sys.platform}-{os.uname().machine}"))


def find(package: str) -> Placed | None:
    """The program of that distribution; None where the environment was never made, or is not whole."""
    top = place()
    try:
        programs = json.loads((top / STAMP).read_bytes())
        executable = top / programs[package]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if not executable.is_file() or not os.access(executable, os.X_OK):
        return None
    return Placed(os.fspath(executable), PINNED[package])


def program(package: str) -> Placed:
    """The same, or a ToolError that says how to make it."""
    found = find(package)
    if found is None:
        raise ToolError(f"{package} {PINNED[package]} is not set up on this machine", hint=HINT)
    return found
