"""What the tools of this policy offer to change in a tree, asked in the snapshot."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from qualitygate.checks import fixing, scope
from qualitygate.checks.fixing import Fix
from qualitygate.checks.resolve import program_of
from qualitygate.checks.running import run_command
from qualitygate.checks.tool import Request
from qualitygate.errors import ToolError
from qualitygate.frozen import NamedTuple
from qualitygate.gate import judging
from qualitygate.gate.planning import Gate, Plan
from qualitygate.gate.ranges import Format
from qualitygate.gate.snapshot import lock, sync
from qualitygate.git import Repo
from qualitygate.model import TIERS, Check, Tree, Verdict


class Worker(NamedTuple):
    """A check that can fix, and its program."""

    check: Check
    executable: str


class Bench(NamedTuple):
    """The gate, how it judges here, and the programs that can fix by the name of their check.

    `asked` names the checks that judge.
    """

    gate: Gate
    plan: Plan
    workers: Mapping[str, Worker]
    limit: float
    asked: frozenset[str]


def open_bench(gate: Gate, reader: Repo, head: Tree) -> Bench:
    """Find the checks that can fix and whose program is here; one that is missing is undecided later on."""
    made = judging.plan_here(gate, reader, head)
    workers: dict[str, Worker] = {}
    for check in made.policy.checks:
        tool = gate.tools[check.tool]
        can = fixing.mender(tool) or fixing.formatter(tool)
        if can and TIERS.index(check.tier) <= TIERS.index(gate.tier):
            try:
                program = program_of(tool, check.version, made.around[scope.root_of(check)].project)
            except ToolError:
                continue
            workers[check.name] = Worker(check, program.executable)
    return Bench(gate, made, workers, gate.limit or made.policy.time_limit, frozenset(workers))


def judge(bench: Bench, reader: Repo, tree: Tree) -> Verdict:
    """What is new in a tree that was made from the one that the bench was opened for."""
    policy = bench.plan.policy
    policy = policy._replace(checks=tuple(check for check in policy.checks if check.name in bench.asked))
    made = bench.plan._replace(reader=reader, head=tree, policy=policy)
    return judging.judge_planned(bench.gate, made, time.monotonic())


@contextmanager
def laid_out(bench: Bench, reader: Repo, tree: Tree) -> Iterator[Path]:
    """The tree in the snapshot, which nobody else changes meanwhile."""
    with lock(bench.gate.state.worktree, bench.limit):
        yield sync(bench.gate.state.worktree / "head", reader, tree.entries, tree.id)


def fixes_of(bench: Bench, root: Path, name: str, paths: tuple[str, ...]) -> tuple[Fix, ...]:
    """All the edits that one check knows for some files; none if it knows no edits, or its run cannot be trusted."""
    worker = bench.workers[name]
    mender = fixing.mender(bench.gate.tools[worker.check.tool])
    if mender is None or not paths:
        return ()
    folder = scope.root_of(worker.check)
    request = _request(worker, root, tuple(scope.all_within(folder, paths)))
    if not request.files:
        return ()
    fixes = mender.parse_fixes(run_command(mender.fix_command(request), request.root, bench.limit), request).fixes
    return scope.fixes_in_tree(folder, fixes)


def format_with(bench: Bench, root: Path, name: str, path: str) -> Format | None:
    """How one check formats lines of a file; None if it formats nothing."""
    worker = bench.workers[name]
    tool = bench.gate.tools[worker.check.tool]
    formatter = fixing.formatter(tool)
    if formatter is None:
        return None

    inner = scope.within(scope.root_of(worker.check), path) or ""
    request = _request(worker, root, (inner,))

    def format_(data: bytes, first: int, last: int) -> bytes | None:
        command = formatter.range_command(request, inner, data, first, last)
        made = formatter.parse_range(run_command(command, request.root, bench.limit))
        return fixing.in_range(tool, data, made, first, last)

    return format_


def _request(worker: Worker, root: Path, paths: tuple[str, ...]) -> Request:
    cache = root.with_name(f"{root.name}-{worker.check.name}")
    place = os.fspath(root / scope.root_of(worker.check))
    return Request(worker.check.name, place, paths, worker.executable, worker.check.options, os.fspath(cache))
