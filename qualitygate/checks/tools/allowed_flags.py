"""Flags of a check that its settings name: only those that choose what is found may reach the program."""

from __future__ import annotations

import re

from qualitygate.checks.tool import Request
from qualitygate.errors import ToolError


def flags(request: Request, tool: str, allowed: re.Pattern[str], instead: str) -> list[str]:
    """The `flags` of the check. Raises ToolError for one that is not allowed; `instead` says what else to do."""
    named = [str(flag) for flag in request.options.get("flags", ())]
    for flag in named:
        if not allowed.fullmatch(flag):
            raise ToolError(f"`{flag}` is not a flag that {tool} may be given", hint=instead)
    return named
