"""What decisions rest on, and the words that they share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qualitygate.bootstrap.plan import PlannedCheck
from qualitygate.bootstrap.scratch import Scratch
from qualitygate.checks.resolve import Program, program_of
from qualitygate.checks.tool import Project
from qualitygate.checks.tool_environment import PINNED, find
from qualitygate.config import FILE_NAME
from qualitygate.errors import ToolError
from qualitygate.frozen import NamedTuple
from qualitygate.inspection.facts import Facts
from qualitygate.model import Check
from qualitygate.playbook import Playbook, PlaybookCheck
from qualitygate.rule_pack import compiled

FORMATTED = 0.9
"""Share of files that must be in a formatter's format already, where the project does not say that it uses it."""


class Ground(NamedTuple):
    """What decisions rest on: where to try, what inspection found, and what the playbook says.

    `fetch` makes the environment of a package that we bring; it returns why it could not be had, or "".
    `root` is the folder that a check is for, and `facts` are then about it. `may_try`: whether commands of the
    project that are no checks yet may run.
    """

    scratch: Scratch
    facts: Facts
    playbook: Playbook
    fetch: Callable[[str], str] = lambda package: "it is not set up on this machine"
    root: str = ""
    may_try: bool = True

    @property
    def project(self) -> Project:
        """What the project has installed for the folder."""
        return self.scratch.project(self.root)


def as_check(planned: PlannedCheck) -> Check:
    """The check as the gate sees it."""
    options = planned.options
    if planned.tool == "semgrep":
        options = compiled(options, file=f"{FILE_NAME}: checks.{planned.name}.rules")
    return Check(planned.name, planned.tool, planned.policy, planned.tier, planned.version, options)


def planned_for(check: PlaybookCheck, version: str, ground: Ground, **changed: Any) -> PlannedCheck:
    """The check as the playbook has it, for the folder that it is for; `options` and other fields may be given."""
    options = {**changed.pop("options", check.options), **({"root": ground.root} if ground.root else {})}
    plain = PlannedCheck(check.name, check.tool, check.policy, check.tier, version, options)
    return plain._replace(**changed)


def version_line(version: str, parts: int) -> str:
    """The first parts of a version."""
    return ".".join(version.split(".")[:parts])


def program_for(ground: Ground, check: PlaybookCheck) -> Program:
    """What runs the check; raises ToolError where that is not here, and cannot be had."""
    tool = ground.scratch.tools[check.tool]
    try:
        return program_of(tool, "", ground.project)
    except ToolError:
        if tool.package not in PINNED or find(tool.package):
            raise
        if why := ground.fetch(tool.package):
            raise ToolError(why) from None
    return program_of(tool, "", ground.project)


def whose(program: Program, tool: str) -> str:
    """The tool with its version, and whose it is."""
    owner = "the project's own" if program.of_project else "ours; the project has none installed"
    return f"{tool} {program.version}, {owner}"
