"""What bootstrap intends: steps with their reasons, checks, and what each file will hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qualitygate.bootstrap.edits import Edit
from qualitygate.frozen import NamedTuple
from qualitygate.model import Policy


class Step(NamedTuple):
    """One decision, why it was taken, and what in the repository it rests on.

    `check`: the one that it is about, where nothing but that check comes of it.
    """

    step: str
    reason: str
    evidence: str = ""
    check: str = ""


class PlannedCheck(NamedTuple):
    """A check that may be set up: its table in `qualitygate.toml`, and whether its settings are the project's own.

    `rules` are the ruff rules that bootstrap itself chose; each of them has to be proven. `kind`: of a command of
    the project, as inspection names it (`test`).
    """

    name: str
    tool: str
    policy: Policy
    tier: str
    version: str
    options: Mapping[str, Any]
    adopted: bool = False
    rules: tuple[str, ...] = ()
    kind: str = ""


class LeftOut(NamedTuple):
    """Something that is not set up, and why."""

    what: str
    reason: str


class Plan(NamedTuple):
    """Everything that will be written, and why; nothing of it has happened.

    `added`: the checks that join those which `qualitygate.toml` has already.
    """

    steps: tuple[Step, ...]
    checks: tuple[PlannedCheck, ...]
    edits: tuple[Edit, ...]
    left_out: tuple[LeftOut, ...] = ()
    added: tuple[str, ...] = ()
