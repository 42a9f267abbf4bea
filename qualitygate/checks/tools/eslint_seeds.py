"""Which rules a project's own settings turn on for a file: only these can be proven by a seed."""

from __future__ import annotations

import json

from qualitygate.checks.tool import Command, Request
from qualitygate.checks.tools import eslint
from qualitygate.process import Output

_OFF = (0, "off")


def config_command(request: Request, path: str) -> Command:
    """`eslint --print-config` for one file. Raises ToolError as `eslint.command` does."""
    made = eslint.command(request)
    argv = [part for part in made.argv[: made.argv.index("--")] if not part.startswith("--format")]
    return made._replace(argv=(*argv, f"--print-config=./{path}"))


def rules_in_force(output: Output) -> frozenset[str] | None:
    """The rules that are on, as `eslint:no-debugger`; None where that cannot be told, or the file is ignored."""
    if output.code != 0 or output.timed_out or output.truncated:
        return None
    try:
        rules = json.loads(output.stdout)["rules"]
        return frozenset(f"eslint:{name}" for name, value in rules.items() if _severity(value) not in _OFF)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError):
        return None


def _severity(value: object) -> object:
    return value[0] if isinstance(value, list) else value
