"""A plan in the making."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from qualitygate.bootstrap.edits import Edit
from qualitygate.bootstrap.existing_gate import Standing
from qualitygate.bootstrap.house_rules import HouseRule
from qualitygate.bootstrap.plan import LeftOut, Plan, PlannedCheck, Step
from qualitygate.frozen import NamedTuple


class Mark(NamedTuple):
    """A point that a plan can go back to."""

    steps: tuple[Step, ...]
    checks: tuple[PlannedCheck, ...]
    left_out: tuple[LeftOut, ...]
    edits: Mapping[str, Edit]


class Draft:
    """A plan in the making: decisions collect here, and each edit sees those before it.

    `trial` are files as they are on disk but not in HEAD, for trials only. `existing` is the project's own gate,
    `house_rules` are the rules that it made up itself. `kept` are the checks of a gate that is here already.
    """

    def __init__(self, read: Callable[[str], bytes | None]) -> None:
        self._read = read
        self.steps: list[Step] = []
        self.checks: list[PlannedCheck] = []
        self.kept: tuple[PlannedCheck, ...] = ()
        self.left_out: list[LeftOut] = []
        self.edits: dict[str, Edit] = {}
        self.trial: dict[str, bytes | None] = {}
        self.existing: tuple[Standing, ...] = ()
        self.house_rules: tuple[HouseRule, ...] = ()

    def read(self, path: str) -> bytes | None:
        return self.edits[path].after if path in self.edits else self._read(path)

    def write(self, edit: Edit) -> None:
        """Take an edit in; of several on one file the first `before` and the last `after` count."""
        old = self.edits.get(edit.path)
        self.edits[edit.path] = edit._replace(before=old.before, kind=old.kind) if old else edit

    def add(self, check: PlannedCheck, step: Step) -> None:
        """Take a check in, and the decision for it."""
        self.checks.append(check)
        # A step that also stands for written settings stays true when the check cannot be proven.
        settings = any(edit.path in step.step for edit in self.edits.values())
        self.steps.append(step if settings else step._replace(check=check.name))

    def leave_out(self, what: str, reason: str) -> None:
        """Say what is not set up, and why."""
        self.left_out.append(LeftOut(what, reason))

    def added(self) -> tuple[PlannedCheck, ...]:
        """The checks that were not here before."""
        return tuple(check for check in self.checks if check not in self.kept)

    def drop(self, checks: Sequence[PlannedCheck]) -> None:
        """Take back checks and what is planned for them alone; no command of the project is covered by them."""
        names = {check.name for check in checks}
        self.existing = tuple(
            row._replace(group="listed", why=f"check {row.why} could not be proven")
            if row.group == "covered" and names & set(row.why.split(", "))
            else row
            for row in self.existing
        )
        self.checks = [check for check in self.checks if check.name not in names]
        self.steps = [step for step in self.steps if step.check not in names]

    def mark(self) -> Mark:
        """How far the plan has come."""
        return Mark(tuple(self.steps), tuple(self.checks), tuple(self.left_out), dict(self.edits))

    def rewind(self, mark: Mark) -> None:
        """Forget what was planned since."""
        self.steps, self.checks, self.left_out = list(mark.steps), list(mark.checks), list(mark.left_out)
        self.edits = dict(mark.edits)

    def files(self) -> dict[str, bytes | None]:
        """The files that the edits so far leave behind, and those on disk that HEAD has not."""
        return {**self.trial, **{path: edit.after for path, edit in self.edits.items()}}

    def plan(self) -> Plan:
        changed = tuple(edit for edit in self.edits.values() if edit.before != edit.after)
        added = tuple(check.name for check in self.added()) if self.kept else ()
        return Plan(tuple(self.steps), tuple(self.checks), changed, tuple(self.left_out), added)
