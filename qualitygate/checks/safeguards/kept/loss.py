"""What is said of one loss, and how assertions are counted."""

from __future__ import annotations

from qualitygate.checks.safeguards.inventory.case import Assertion, Reading
from qualitygate.checks.safeguards.kept.pairing import last_part
from qualitygate.checks.safeguards.kept.sides import Placed
from qualitygate.checks.safeguards.kept.weakening import Change
from qualitygate.frozen import NamedTuple

UNKNOWN = 1000
"""What a test with parameters that nobody can count is taken to run."""


class Loss(NamedTuple):
    """One thing that head has lost: which rule, where, whose, and what in words."""

    rule: str
    path: str
    line: int
    name: str
    message: str


class Compared(NamedTuple):
    """A test in both trees, what it does in each, and what became of its demands."""

    before: Placed
    after: Placed
    old: Reading
    new: Reading
    change: Change


def loss_of(rule: str, before: Placed, after: Placed, message: str) -> Loss:
    """A loss that one test has suffered."""
    kind = "test" if before.case.kind == "test" else "helper"
    text = f"{kind} `{last_part(before.case.id)}` {message}"
    return Loss(rule, after.path, after.case.line, f"{before.path}::{before.case.id}", text)


def weight(reading: Reading) -> float:
    """How many assertions a test makes in all its cases."""
    return len(reading.assertions) * (reading.cases or UNKNOWN)


def key_of(assertion: Assertion) -> tuple[str, str]:
    """What makes an assertion the same in another test."""
    return (f"{assertion.subject} {assertion.operator}", assertion.expected)
