"""What the installed git hooks run: `python -I -S git_hook.py HOOK ARGS...`.

Only the standard library is imported on this path; start-up is paid at every commit.
"""

from __future__ import annotations

import gc
import os
import sys

if __name__ == "__main__":  # run by path, so that neither `site` nor the current directory has a say
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    gc.disable()  # it ends in a moment; a list of 100,000 files would be looked through for cycles again and again

from qualitygate import handover

if __name__ == "__main__" and sys.argv[1:2] == ["prepare-commit-msg"] and handover.take():
    raise SystemExit(0)  # before the imports: they are most of what this would take

from collections.abc import Sequence
from pathlib import Path

from qualitygate import actor, git
from qualitygate.checks.catalogue import TOOLS
from qualitygate.error_handler import run
from qualitygate.errors import QualityGateError
from qualitygate.gate import judging, rebasing, records
from qualitygate.gate.compiling import compile_elsewhere
from qualitygate.gate.planning import Gate
from qualitygate.gate.policy import FILE
from qualitygate.gate.state import locate
from qualitygate.git_ahead import repo_of_hook
from qualitygate.model import Verdict
from qualitygate.output import Console
from qualitygate.reporters.verdict import exit_code, show, show_way_on


def main(argv: Sequence[str]) -> int:
    """Run one git hook; returns its exit code."""
    return run(lambda: _hook(argv[0], argv[1:]))


def _hook(name: str, args: Sequence[str]) -> int:
    repo = repo_of_hook() or git.find_repo(Path.cwd())
    gate = Gate(repo, locate(repo), TOOLS, compile_elsewhere)
    if name in ("pre-commit", "pre-merge-commit", "prepare-commit-msg", "pre-applypatch"):
        if rebasing.in_progress(gate.repo):
            return 0  # judged once, at the end: post-rewrite, and whatever is committed or pushed next
        if name == "prepare-commit-msg" and _is_not_set_up(gate):
            return 0  # nothing is recorded without a configuration, so there is nothing to look up
        verdict = judging.judge_index(gate, record=True)
        code = _report(verdict, _tried(gate, verdict))
        show_way_on(Console(), verdict)
        if name != "prepare-commit-msg" and verdict.status == "passed" and verdict.recorded:
            handover.leave()
        return code
    if name == "post-rewrite":
        return _rewritten(gate) if args[:1] == ["rebase"] else 0
    if name == "pre-push":
        return _push(gate)
    raise QualityGateError(f"{name!r} is not a hook of qualitygate", hint="qualitygate install")


def _is_not_set_up(gate: Gate) -> bool:
    """Whether neither the index nor this clone has a gate; settings that are taken away are still there in base."""
    return git.rev_parse(gate.repo, f":{FILE}") is None and not records.any_here(gate.state.shared)


def _rewritten(gate: Gate) -> int:
    verdict = judging.judge_commit(gate, "HEAD", record=True)
    return _report(verdict) if verdict.status != "passed" else 0


def _push(gate: Gate) -> int:
    worst = 0
    for line in sys.stdin.buffer.read().decode("utf-8", "surrogateescape").splitlines():
        fields = line.split(" ")
        if len(fields) == 4 and set(fields[1]) != {"0"}:  # all zeros: the remote ref is deleted
            verdict = judging.judge_push(gate._replace(tier="push"), fields[1])
            worst = max(worst, _report(verdict))
    return worst


def _tried(gate: Gate, verdict: Verdict) -> tuple[str, ...]:
    """What an agent is told of its earlier attempts at this commit. People count their own."""
    if actor.agent() is None:
        return ()
    from qualitygate.gate import attempts

    if not verdict.blocking:
        if verdict.status in ("passed", "accepted"):
            attempts.passed(gate.state, verdict)
        return ()
    from functools import partial

    from qualitygate.gate.explaining import explain_elsewhere
    from qualitygate.reporters.retries import render

    return render(attempts.note(gate.state, gate.repo, verdict), partial(explain_elsewhere, gate.repo.root))


def _report(verdict: Verdict, more: tuple[str, ...] = ()) -> int:
    # An agent that passed has nothing to read, and the second hook of a commit nothing to repeat.
    let_go = verdict.status == "passed" or (verdict.status == "accepted" and not verdict.checks)
    if not let_go or (not actor.agent() and (verdict.checks or verdict.accepted or verdict.undecided)):
        show(Console(), verdict, "brief", more=more)
    return exit_code(verdict)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
