"""What `doctor` found: a row for each thing, and the command that mends it; as text, and as JSON."""

from __future__ import annotations

import json

from qualitygate.commands.doctor import Diagnosis
from qualitygate.quote import clean
from qualitygate.reporters.summary import plural


def render(found: Diagnosis) -> str:
    """One line each, what mends it below, the sum last."""
    lines = [f"refreshed {clean(path)}" for path in found.fixed]
    width = max(len(row.what) for row in found.rows)
    for row in found.rows:
        lines.append(f"{row.what:<{width}}  {row.state:<9}  {clean(row.said, 300)}")
        if row.mend:
            lines.append(f"{'':<{width}}             {clean(row.mend, 300)}")
    problems = sum(row.state == "problem" for row in found.rows)
    unknown = sum(row.state == "undecided" for row in found.rows)
    parts = [plural(problems, "problem")] if problems else []
    parts += [f"{unknown} could not be found out"] if unknown else []
    return "\n".join([*lines, "", ", ".join(parts) or "the gate stands here"])


def render_json(found: Diagnosis) -> str:
    """The document of `doctor --json`."""
    verdict = ("sound", "problems", "undecided")[found.code]
    rows = [row._asdict() for row in found.rows]
    return json.dumps({"schema": 1, "verdict": verdict, "rows": rows, "fixed": list(found.fixed)}, indent=2)
