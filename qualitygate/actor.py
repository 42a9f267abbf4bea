"""Who is committing: a coding agent says so in its environment, anybody else is a person."""

from __future__ import annotations

import os
from collections.abc import Mapping

# Variables that coding agents set for the commands they run.
_AGENTS = (
    ("CLAUDECODE", "claude"),
    ("CODEX_SANDBOX", "codex"),
    ("CODEX_THREAD_ID", "codex"),
    ("CURSOR_AGENT", "cursor"),
    ("GEMINI_CLI", "gemini"),
    ("OPENCODE", "opencode"),
    ("COPILOT_CLI", "copilot"),
    ("AI_AGENT", "agent"),
    ("AGENT", "agent"),
)
VARIABLES = frozenset(variable for variable, _ in _AGENTS)


def agent(environ: Mapping[str, str] = os.environ) -> str | None:
    """The name of the coding agent that runs us, or None for a person."""
    return next((name for variable, name in _AGENTS if environ.get(variable)), None)
