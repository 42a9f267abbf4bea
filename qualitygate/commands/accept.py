"""`qualitygate accept`: a person lets one tree through, after having seen what stands against it."""

from __future__ import annotations

import getpass
import time
from collections.abc import Callable
from pathlib import Path

from qualitygate import actor, git, git_config
from qualitygate.checks.catalogue import TOOLS
from qualitygate.defaults import compile_any
from qualitygate.errors import GitError, QualityGateError
from qualitygate.frozen import NamedTuple
from qualitygate.gate import keeping
from qualitygate.gate.doubt import Doubt, judge_for_a_person, still_stands
from qualitygate.gate.planning import Gate, open_gate
from qualitygate.model import Acceptance, Verdict

_WORD = 7


class Question(NamedTuple):
    """What a person is asked: the verdict, the word to type, and whether the answer settles it for good."""

    gate: Gate
    doubt: Doubt
    word: str
    wip: bool
    final: bool

    @property
    def verdict(self) -> Verdict:
        return self.doubt.verdict


def look(
    path: Path, *, wip: bool, terminal: bool, progress: Callable[[str], None] = lambda check: None
) -> Question | None:
    """Judge what is about to be committed; None where it passes, and nothing is to be accepted.

    Raises QualityGateError for an agent, and where no person can answer (`terminal`).
    """
    name = actor.agent()
    if name is not None:
        raise QualityGateError(
            f"only a person can do this, and it is run by an agent ({name})",
            hint="tell the person you work for what was found, and let them decide",
        )
    if not terminal:
        raise QualityGateError("only a person at a terminal can do this", hint="run it in a terminal, not in a pipe")
    gate = open_gate(path, TOOLS, compile_any)
    doubt = judge_for_a_person(gate._replace(progress=progress))
    if wip and doubt.is_main:
        raise QualityGateError(
            f"{doubt.branch} is the main branch: unfinished work does not go there",
            hint="git switch -c NAME, then the same again",
        )
    if doubt.verdict.status == "passed":
        _refuse_an_empty_commit(doubt)
        return None
    final = doubt.is_main and not doubt.has_trusted and not wip
    return Question(gate, doubt, doubt.made.head.id[:_WORD], wip, final)


def _refuse_an_empty_commit(doubt: Doubt) -> None:
    parents = doubt.made.bases.parents
    if len(parents) == 1 and git.tree_of(doubt.made.reader, parents[0]) == doubt.made.head.id:
        raise GitError("nothing is staged", hint="git add what the commit is to hold, then the same again")


def grant(question: Question, *, typed: str, reason: str) -> Verdict:
    """Let exactly this tree through. Raises QualityGateError unless `typed` is the word, or if the index has moved."""
    if typed.strip() != question.word:
        raise QualityGateError(f"not accepted: {question.word} was not typed", hint="nothing was changed")
    reason = " ".join(reason.split())
    if not reason and not question.wip:
        raise QualityGateError("not accepted: no reason was given", hint="qualitygate accept --reason TEXT")
    made, verdict = question.doubt.made, question.verdict
    if not still_stands(question.gate, made):
        raise GitError("the index or HEAD changed meanwhile: nothing was accepted", hint="qualitygate accept")
    by = Acceptance(
        tree=made.head.id,
        who=_who(question.gate),
        when=int(time.time()),
        reason=reason,
        findings=len(verdict.blocking) + len(verdict.accepted),
        wip=question.wip,
        final=question.final,
    )
    earlier = tuple(one for one in verdict.acceptances if one.tree != by.tree)
    return keeping.let_through(question.gate, made, verdict, (*earlier, by), inherited=False)


def _who(gate: Gate) -> str:
    name, mail = (git_config.value(gate.repo, key) for key in ("user.name", "user.email"))
    return f"{name or getpass.getuser()}{f' <{mail}>' if mail else ''}"
