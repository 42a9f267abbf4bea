"""Files that are too large for a repository."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from typing import Any, Literal

from qualitygate.checks.tool import Reads
from qualitygate.model import Finding, Report

name = "large-files"
title = "large files"
scope: Literal["tree", "lines"] = "tree"
reads: Reads = "self"
config_files: tuple[str, ...] = ()
package = ""

MAX_KIB = 1024
"""KiB that a file may have where the check's `max_kib` says nothing."""


def wants(path: str) -> bool:
    """Every file; what Git LFS holds is a small pointer in the tree."""
    return True


def look(root: str, files: tuple[str, ...], options: Mapping[str, Any]) -> Report:
    """One finding, without a line, per file of more than `max_kib` KiB."""
    limit = int(options.get("max_kib", MAX_KIB))
    found: list[Finding] = []
    for path in files:
        try:
            about = os.lstat(os.path.join(root, path))
        except OSError as exc:
            return Report(tuple(found), 0, f"cannot read {path}: {(exc.strerror or 'error').lower()}")
        if stat.S_ISREG(about.st_mode) and about.st_size > limit * 1024:
            message = f"{-(-about.st_size // 1024)} KiB, more than the {limit} KiB that one file may have"
            fix = "keep it out of the repository, or track it with Git LFS"
            found.append(Finding(name, "builtin:large-file", path, 0, 0, 0, 0, message, fix=fix))
    return Report(tuple(found), len(files))
