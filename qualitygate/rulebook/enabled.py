"""Which rules of ruff the settings of a tree switch on: ruff itself is asked."""

from __future__ import annotations

import os
from pathlib import Path

from qualitygate.checks.resolve import resolve
from qualitygate.checks.running import run_command
from qualitygate.checks.tool import Environment, Request
from qualitygate.checks.tools import ruff_manual
from qualitygate.errors import ToolError
from qualitygate.model import Check


def enabled_rules(
    check: Check, root: Path, files: tuple[str, ...], environment: Environment | None, cache: Path, seconds: float
) -> frozenset[str] | str:
    """The codes of the rules that are on for the files of this check, below `root`; or why that is not known."""
    if not files:
        return "no file for ruff is here"
    try:
        executable = resolve("ruff", check.version, environment).executable
    except ToolError as exc:
        return exc.message
    request = Request(check.name, os.fspath(root), files, executable, check.options, os.fspath(cache))
    rules = ruff_manual.parse_settings(run_command(ruff_manual.settings_command(request), root, seconds))
    return rules if rules is not None else "ruff does not take its settings as they are"
