"""Every tool that a check can name. Adding one: its module, and its line here."""

from __future__ import annotations

from types import ModuleType
from typing import cast

from qualitygate.checks.builtin import large_files, markers, secrets
from qualitygate.checks.tool import Tool
from qualitygate.checks.tools import ast_grep, command, mypy, pytest, ruff_check, ruff_format, semgrep, syntax

_MODULES: tuple[ModuleType, ...] = (
    *(command, large_files, markers, mypy, pytest, ruff_check, ruff_format, secrets, semgrep, syntax),
)

TOOLS: dict[str, Tool] = {module.name: cast(Tool, module) for module in _MODULES}

FAST: dict[str, Tool] = {ast_grep.name: cast(Tool, ast_grep)}
"""Tools that no check names: the fast forms of others, for the moment of an edit."""
