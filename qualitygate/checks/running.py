"""Run what an adapter asks for: the one place that heeds every field of a `Command`."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from qualitygate.checks.tool import Command
from qualitygate.process import OUTPUT_LIMIT, Output, run, tool_env

NO_ANSWER = "no answer within the time limit"


def run_command(
    command: Command, root: str | os.PathLike[str], seconds: float, started: Callable[[], None] | None = None
) -> Output:
    """Write what it reads, run it in `root`, read what it writes; what a run before left there is not its answer.

    `started` is called once it runs.
    """
    report = Path(command.report_file) if command.report_file else None
    if report is not None:
        report.parent.mkdir(parents=True, exist_ok=True)
        report.unlink(missing_ok=True)
    for place, data in command.files.items():
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with open(place, "wb") as given:
            given.write(data)
    try:
        env = tool_env(command.env)
        output = run(command.argv, cwd=root, env=env, stdin=command.stdin, timeout=max(seconds, 0.1), started=started)
    finally:
        for place in command.files:
            os.unlink(place)
    if report is None or not report.is_file():
        return output
    with open(report, "rb") as file:
        data = file.read(OUTPUT_LIMIT + 1)
    return output._replace(report=data[:OUTPUT_LIMIT], truncated=output.truncated or len(data) > OUTPUT_LIMIT)
