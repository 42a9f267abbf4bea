"""What stands against the next commit, put to a person who may let it through."""

from __future__ import annotations

from qualitygate.errors import GitError
from qualitygate.frozen import NamedTuple
from qualitygate.gate import base as bases_
from qualitygate.gate.judging import judge_index, plan_here
from qualitygate.gate.planning import Gate, Plan
from qualitygate.gate.trees import index_tree
from qualitygate.model import Verdict


class Doubt(NamedTuple):
    """What a person may let through: the judgement on the index, how it was made, and the branch it is for."""

    made: Plan
    verdict: Verdict
    branch: str
    is_main: bool
    has_trusted: bool


def judge_for_a_person(gate: Gate) -> Doubt:
    """What is about to be committed, for a person to decide on."""
    _, head = index_tree(gate.repo, gate.state.worktree)
    made = plan_here(gate, gate.repo, head)
    verdict = judge_index(gate, record=False)
    if verdict.head.id != head.id:
        raise GitError("the index changed while the gate ran", hint="run it again")
    branch = bases_.current_branch(gate.repo)
    trusted = bases_.trusted_ref(gate.repo, made.policy.trusted)
    is_main = bool(branch) and branch == bases_.main_branch(gate.repo, made.policy.trusted)
    return Doubt(made, verdict, branch, is_main, trusted is not None)


def still_stands(gate: Gate, made: Plan) -> bool:
    """Whether the next commit would have this tree and these parents."""
    parents = tuple(sorted(bases_.parents_of_next_commit(gate.repo)))
    return (index_tree(gate.repo, gate.state.worktree)[1].id, parents) == (made.head.id, made.bases.parents)
