"""What the hooks of coding agents run: `python -I -S agent_hook.py AGENT EVENT`, the event as JSON on standard input.

An agent waits for this at every edit and every command, so each event imports no more than it needs.
"""

from __future__ import annotations

import os
import sys

if __name__ == "__main__":  # run by path, so that neither `site` nor the current directory has a say
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from qualitygate import error_handler
from qualitygate.agents.agent import KINDS, Agent, Answer, Event, Kind, Reply
from qualitygate.agents.catalogue import AGENTS
from qualitygate.errors import QualityGateError
from qualitygate.locations import RULEBOOK

if TYPE_CHECKING:
    from qualitygate.gate.planning import Gate
    from qualitygate.model import Verdict

USAGE = 1
"""Exit code for a call that nobody registered; 2 would tell most agents that something is blocked."""


def main(argv: Sequence[str]) -> int:
    """Answer one event; returns the exit code that the agent's protocol asks for."""
    return error_handler.run(lambda: _hook(argv))


def _hook(argv: Sequence[str]) -> int:
    if len(argv) != 2 or argv[0] not in AGENTS or argv[1] not in KINDS:
        named = f"agents: {', '.join(AGENTS)}; events: {', '.join(KINDS)}"
        sys.stderr.write(f"error: `qualitygate hook AGENT EVENT` was called with {list(argv)}\nhint: {named}\n")
        return USAGE
    reply = answer(AGENTS[argv[0]], next(kind for kind in KINDS if kind == argv[1]), sys.stdin.buffer.read())
    sys.stdout.write(reply.stdout)
    sys.stderr.write(reply.stderr)
    sys.stdout.flush()
    return reply.code


def answer(agent: Agent, kind: Kind, data: bytes) -> Reply:
    """The reply to one event; whatever goes wrong becomes one too, and never lets a command pass unjudged."""
    again = True
    try:
        event = _event(agent, kind, data)
        again = event.again
        said = _ANSWERS[kind](agent, event)
    except QualityGateError as exc:
        said = _unable(kind, exc.message + (f" ({exc.hint})" if exc.hint else ""), again=again)
    except Exception as exc:  # noqa: BLE001  # the agent must get an answer that it understands
        said = _unable(kind, _what_went_wrong(exc), again)
    return agent.reply(kind, said)


def _what_went_wrong(exc: Exception) -> str:
    if found := error_handler.from_disk(exc):
        return f"{found.message} ({found.hint})"
    details = error_handler.logged(exc)
    return f"an error of its own, {f'details in {details}' if details else repr(exc)}"


def _event(agent: Agent, kind: Kind, data: bytes) -> Event:
    try:
        payload = json.loads(data)
        if not isinstance(payload, Mapping):
            raise ValueError("it is no object")
        return agent.read(kind, payload)
    except (ValueError, RecursionError) as exc:
        raise QualityGateError(f"the event that {agent.title} sent cannot be read: {exc}") from None


def _unable(kind: Kind, reason: str, again: bool) -> Answer:
    """Closed before something happens, open after it; a stop is refused once, for the agent cannot mend our errors."""
    said = f"qualitygate could not judge this: {reason}"
    refused = kind in ("command", "write", "remote") or (kind == "stop" and not again)
    return Answer(refused, said, "" if refused else said)


def _guard_command(agent: Agent, event: Event) -> Answer:
    from qualitygate.agents.guard.check import refusal_for_command

    refusal = refusal_for_command(event.command, os.path.relpath(event.folder, os.getcwd()))
    return Answer(True, str(refusal)) if refusal else Answer()


def _guard_write(agent: Agent, event: Event) -> Answer:
    from qualitygate.agents.guard.places import refusal_for_path

    for path in event.paths:
        if refusal := refusal_for_path(os.path.join(event.folder, path), os.getcwd()):
            return Answer(True, str(refusal))
    return Answer()


def _guard_remote(agent: Agent, event: Event) -> Answer:
    from qualitygate.agents.guard.check import refusal_for_tool

    refusal = refusal_for_tool(event.tool)
    return Answer(True, str(refusal)) if refusal else Answer()


def _guard_settings(agent: Agent, event: Event) -> Answer:
    """Settings that end the gate's hooks do not count for this session; a person changes them."""
    from qualitygate.agents.registration import faults

    for place in dict.fromkeys((os.getcwd(), event.folder)):
        root = _root_with_gate(Path(place).resolve())
        for fault in faults(agent, os.fspath(root), event.paths) if root is not None else ():
            said = f"{fault}. The hooks of the gate stay for this session; put the settings back, or ask a person"
            return Answer(True, said, f"qualitygate: {fault}; this session keeps the hooks")
    return Answer()


def _judge_edit(agent: Agent, event: Event) -> Answer:
    from qualitygate import git
    from qualitygate.gate import editing
    from qualitygate.reporters.verdict import for_agent

    for place in (Path(event.folder, path) for path in event.paths):
        folder = place.parent.resolve()
        root = _root_with_gate(folder)
        if root is None or not place.is_file():
            continue
        gate = _open(root)
        path = (folder / place.name).relative_to(gate.repo.root).as_posix()
        verdict = editing.judge_edit(gate, (path,))
        has_more_to_say = verdict.blocking or (verdict.status == "undecided" and verdict.checks)
        if has_more_to_say and not git.is_ignored(gate.repo, path):  # asked last: most edits pass
            return Answer(bool(verdict.blocking), for_agent(verdict, "go on"))
    return Answer()


def _root_with_gate(folder: Path) -> Path | None:
    """The work tree that holds a folder, if it has a gate; found without git, which costs more than all of this."""
    from qualitygate.gate.policy import FILE

    root = next((place for place in (folder, *folder.parents) if (place / ".git").exists()), None)
    return root if root is not None and (root / FILE).exists() else None


def _open(root: Path) -> Gate:
    from qualitygate.checks.catalogue import TOOLS
    from qualitygate.gate.compiling import compile_elsewhere
    from qualitygate.gate.planning import open_gate

    return open_gate(root, TOOLS, compile_elsewhere)


def _work_trees(event: Event) -> Iterator[Gate]:
    """Where the agent is at work: the project that it was started in, and the work tree that it has gone to."""
    roots = (_root_with_gate(Path(place).resolve()) for place in (os.getcwd(), event.folder))
    for root in dict.fromkeys(root for root in roots if root is not None):
        yield _open(root)


def _tree(gate: Gate) -> str:
    from qualitygate.gate.trees import worktree_tree

    return worktree_tree(gate.repo, gate.state.worktree)[1].id


def _begin_turn(agent: Agent, event: Event) -> Answer:
    from qualitygate.agents import sessions
    from qualitygate.agents.sessions import Session

    for gate in _work_trees(event):
        sessions.save(gate.state.worktree, agent.name, event.session, Session(_tree(gate)))
    return Answer()


def _begin_help(agent: Agent, event: Event) -> Answer:
    return _begin_turn(agent, event._replace(session=_session_of(event)))


def _end_help(agent: Agent, event: Event) -> Answer:
    """The same for an agent that the session's own has started, which only looks in most cases.

    One that was not seen to begin, or changed nothing, ends; what it leaves is judged when the session's own stops.
    """
    from qualitygate.agents import sessions

    event = event._replace(session=_session_of(event))
    for gate in _work_trees(event):
        if sessions.load(gate.state.worktree, agent.name, event.session).tree in ("", _tree(gate)):
            return Answer()
    return _end_turn(agent, event, most=_HELPER_STOPS)


def _session_of(event: Event) -> str:
    return f"{event.session}/{event.helper}"


_HELPER_STOPS = 2


def _end_turn(agent: Agent, event: Event, most: int = 0) -> Answer:
    """Judge what this turn did. A turn that changed no file ends, however red the work tree was before it.

    `most`: how often it is kept from stopping; as often as the agent lets itself be where that is 0.
    """
    from functools import partial

    from qualitygate import git
    from qualitygate.agents import sessions
    from qualitygate.agents.sessions import Session
    from qualitygate.gate import attempts, judging
    from qualitygate.gate.explaining import explain_elsewhere
    from qualitygate.reporters import retries
    from qualitygate.reporters.summary import GATE
    from qualitygate.reporters.verdict import for_agent

    for gate in _work_trees(event):
        place = gate.state.worktree
        known = sessions.load(place, agent.name, event.session)
        if not event.again:
            known = known._replace(refused=0)
        if known.tree and known.tree == _tree(gate):
            continue
        verdict = judging.judge_worktree(gate)
        nothing_ran = not verdict.blocking and all(check == GATE for check, _ in verdict.undecided)
        if verdict.status in ("passed", "accepted") or nothing_ran:
            attempts.passed(gate.state, verdict)
            sessions.save(place, agent.name, event.session, known._replace(refused=0))
            continue
        tries = attempts.Tries(0)
        if verdict.blocking:
            tries = attempts.note(gate.state, git.readable(gate.repo, place / "objects"), verdict)
        refused = known.refused + 1
        # One less than the agent's own limit: the last word is ours, and says what is still wrong.
        limit = (most or agent.stops - 1) if verdict.blocking else _UNDECIDED_STOPS
        if refused > limit or (tries.hopeless and known.refused):
            sessions.save(place, agent.name, event.session, Session(_tree(gate)))
            return Answer(aside=_let_go(agent, verdict, refused - 1))
        sessions.save(place, agent.name, event.session, known._replace(refused=refused))
        more = retries.render(tries, partial(explain_elsewhere, gate.repo.root))
        return Answer(True, f"{for_agent(verdict, 'finish', more)}{_STUCK}\n")
    return Answer()


_UNDECIDED_STOPS = 2
_STUCK = "what you cannot fix: do not work around it, say which and why; a person decides"


def _let_go(agent: Agent, verdict: Verdict, refused: int) -> str:
    from qualitygate.reporters.summary import counts

    left = counts(verdict) if verdict.blocking else "what could not be decided"
    said = f"qualitygate: {agent.title} was kept from stopping {refused} times and stops all the same, with {left}"
    return f"{said}. `qualitygate run` lists it; a commit is still refused."


def _begin_session(agent: Agent, event: Event) -> Answer:
    from shutil import which

    from qualitygate import git
    from qualitygate.gate import policy as policies
    from qualitygate.gate.surroundings import version
    from qualitygate.model import Entry
    from qualitygate.reporters.briefing import render

    for gate in _work_trees(event):
        held = policies.on_disk(gate.repo.root)
        entries = {path: Entry("100644", git.blob_id(data)) for path, data in held.items()}
        policy = policies.load(gate.repo, gate.state.shared, entries, version(), gate.compile, held)
        beside = Path(sys.executable).with_name("qualitygate")
        program = "qualitygate" if which("qualitygate") or not beside.exists() else os.fspath(beside)
        return Answer(text=render(policy.checks, program, has_rulebook=(gate.repo.root / RULEBOOK).is_file()))
    return Answer()


_ANSWERS: Mapping[Kind, Callable[[Agent, Event], Answer]] = {
    "start": _begin_session,
    "prompt": _begin_turn,
    "command": _guard_command,
    "write": _guard_write,
    "edited": _judge_edit,
    "stop": _end_turn,
    "remote": _guard_remote,
    "helper": _begin_help,
    "helped": _end_help,
    "settings": _guard_settings,
}

if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
