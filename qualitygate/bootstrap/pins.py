"""The versions of tools that a project names, against those that are here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from qualitygate.checks.resolve import Program
from qualitygate.inspection.facts import Facts, Pin
from qualitygate.model import Finding

_RULES = 4


def differing(facts: Facts, tool: str, program: Program) -> Pin | None:
    """The first pin, where the program fulfils none in its major and minor version."""
    pins = [pin for pin in facts.pinned_versions if pin.tool == tool]
    same = any(_line(pin.version) == _line(program.version) for pin in pins)
    return None if same or not pins else pins[0]


def _line(version: str) -> list[str]:
    return version.split(".")[:2]


def told(pin: Pin, program: Program, findings: Iterable[Finding], package: str) -> str:
    """What the other version may bring, and the command that installs the one that is pinned."""
    where = f"{pin.evidence.path}:{pin.evidence.line}" if pin.evidence.line else pin.evidence.path
    counts = Counter(finding.rule for finding in findings)
    rules = ", ".join(f"{rule.partition(':')[2]} {number}" for rule, number in counts.most_common(_RULES))
    more = " ..." if len(counts) > _RULES else ""
    made = f"python -m venv .venv && .venv/bin/pip install {package}=={pin.version}"
    command = "uv sync" if pin.evidence.path.endswith("uv.lock") else made
    head = f"the project pins {pin.version} ({where}), {program.version} runs here; `{command}` installs the pinned one"
    if not counts:
        return f"{head}; nothing is found on HEAD"
    number = sum(counts.values())
    noun = "finding" if number == 1 else "findings"
    told = f"{number} {noun} on HEAD ({rules}{more}): what {pin.version} does not report comes from the version alone"
    return f"{head}; {told}"
