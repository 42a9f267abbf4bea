"""Which rules of ruff or ESLint the settings of a tree switch on: the tool itself is asked."""

from __future__ import annotations

import os
from pathlib import Path

from qualitygate.checks.catalogue import TOOLS
from qualitygate.checks.resolve import program_of, resolve
from qualitygate.checks.running import run_command
from qualitygate.checks.scope import all_within, root_of
from qualitygate.checks.tool import Environment, Project, Request
from qualitygate.checks.tools import eslint_seeds, ruff_manual
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


_ASKED = 4
"""Files that ESLint is asked about, each of another kind: its settings may differ by file."""


def enabled_in_eslint(
    check: Check, root: Path, files: tuple[str, ...], project: Project, cache: Path, seconds: float
) -> frozenset[str] | str:
    """The rules (`eslint:no-var`) that are on for one file of each kind; or why that is not known.

    `project` is what may be executed: ESLint runs the project's settings to know.
    """
    if project.modules is None:
        return "ESLint runs from node_modules, which is not here or not trusted in this clone"
    folder = root_of(check)
    kinds = {path.rpartition(".")[2]: path for path in reversed(tuple(all_within(folder, files)))}
    try:
        executable = program_of(TOOLS[check.tool], check.version, project).executable
        told = []
        for path in list(kinds.values())[:_ASKED]:
            request = Request(
                check.name, os.fspath(root / folder), (path,), executable, check.options, os.fspath(cache)
            )
            command = eslint_seeds.config_command(request, path)
            told.append(eslint_seeds.rules_in_force(run_command(command, root / folder, seconds)))
    except ToolError as exc:
        return exc.message
    known = [rules for rules in told if rules is not None]
    return frozenset[str]().union(*known) if known else "ESLint does not say what its settings switch on"
