"""The full text about a rule on the hook path, where the libraries for it are not loaded: from another interpreter."""

from __future__ import annotations

import sys
from pathlib import Path

from qualitygate.process import run, tool_env

_SECONDS = 20.0


def explain_elsewhere(root: Path, rule: str) -> str:
    """What `qualitygate explain` tells an agent about a rule in this repository; "" where it knows none."""
    argv = [sys.executable, "-I", "-m", "qualitygate", "explain", "--", rule]
    output = run(argv, cwd=root, env=tool_env({"AI_AGENT": "1"}), timeout=_SECONDS)
    return output.stdout.decode("utf-8", "replace") if output.code == 0 else ""
