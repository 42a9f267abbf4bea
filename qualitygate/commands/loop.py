"""`qualitygate loop`: run an agent, judge the work tree, hand it what was found, and so on, a few times at most."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from qualitygate import git, process
from qualitygate.checks.catalogue import TOOLS
from qualitygate.defaults import compile_any
from qualitygate.errors import QualityGateError
from qualitygate.frozen import NamedTuple
from qualitygate.gate.judging import judge_worktree
from qualitygate.gate.planning import Gate, open_gate
from qualitygate.gate.trees import worktree_tree
from qualitygate.model import Verdict

PLACEHOLDER = "{report}"
"""Stands in the command where the report goes; without it, the report is the command's standard input."""

Ending = Literal["passed", "no change", "back and forth", "rounds", "undecided"]
"""Why it ended: it passed; the agent changed nothing, or came back to what was refused before; all rounds were used;
nothing could be decided, twice."""


class Round(NamedTuple):
    """One run of the agent: its exit code, and what the gate said of the work tree afterwards."""

    number: int
    code: int
    verdict: Verdict


class Looped(NamedTuple):
    """All rounds, and why there was no further one."""

    rounds: tuple[Round, ...]
    ending: Ending

    @property
    def verdict(self) -> Verdict:
        return self.rounds[-1].verdict

    @property
    def code(self) -> int:
        """0 it passed, 1 it did not, 2 the gate could not decide."""
        return 0 if self.ending == "passed" else 2 if self.verdict.status == "undecided" else 1


def loop(
    path: Path,
    command: Sequence[str],
    *,
    report: Callable[[Verdict], str],
    most: int = 5,
    prompt: bytes = b"",
    told: Callable[[Round], None] = lambda done: None,
) -> Looped:
    """Run `command` until the work tree passes, at most `most` times; between two rounds it is given the report.

    `prompt` is put before the report on the standard input. `told` hears of each round that is not the last. The work
    tree is judged as an agent's. Raises QualityGateError where the command cannot be started.
    """
    gate = open_gate(path, TOOLS, compile_any)._replace(actor="agent")
    seen = [_state(gate)]
    rounds: list[Round] = []
    said = ""
    while True:
        code = _run(gate.repo.root, command, said, prompt)
        rounds.append(Round(len(rounds) + 1, code, judge_worktree(gate)))
        ending = _ending(rounds, seen, _state(gate), most)
        if ending:
            return Looped(tuple(rounds), ending)
        seen.append(_state(gate))
        told(rounds[-1])
        said = report(rounds[-1].verdict)


def _state(gate: Gate) -> tuple[str, str]:
    """What an agent can have changed: the files, and which commit is checked out."""
    return worktree_tree(gate.repo, gate.state.worktree)[1].id, git.head_commit(gate.repo) or ""


def _ending(
    rounds: Sequence[Round], seen: Sequence[tuple[str, str]], now: tuple[str, str], most: int
) -> Ending | Literal[""]:
    verdict = rounds[-1].verdict
    if verdict.status in ("passed", "accepted"):
        return "passed"
    if [one.verdict.status for one in rounds[-2:]] == ["undecided", "undecided"]:
        return "undecided"
    if now == seen[-1]:
        return "no change"
    if now in seen[1:]:  # the first is what was there before: going back to it is an honest step
        return "back and forth"
    return "rounds" if len(rounds) >= most else ""


def _run(root: Path, command: Sequence[str], said: str, prompt: bytes) -> int:
    if any(PLACEHOLDER in word for word in command):
        argv, given = [word.replace(PLACEHOLDER, said) for word in command], prompt
    else:
        argv, given = list(command), prompt + (b"\n" if prompt and said else b"") + os.fsencode(said)
    code, why = process.attached(argv, cwd=root, stdin=given)
    if code is None:
        raise QualityGateError(f"cannot start `{argv[0]}`: {why}", hint="qualitygate loop -- COMMAND ARGS...")
    return code
