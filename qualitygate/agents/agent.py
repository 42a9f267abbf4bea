"""What a coding agent tells us and is told, whatever its own protocol calls it; an adapter translates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Protocol, get_args

from qualitygate.frozen import NamedTuple

Kind = Literal["start", "prompt", "command", "write", "edited", "stop", "remote", "helper", "helped", "settings"]
"""`start`: a session begins; `prompt`: its person has asked for something; `command`: it is about to run a shell
command; `write`: it is about to write a file with a tool of its own; `edited`: it has; `stop`: it wants to end;
`remote`: it is about to use a tool of a code host; `helper`: an agent that it started begins, `helped`: that one wants
to end; `settings`: its settings have changed."""

KINDS: tuple[Kind, ...] = get_args(Kind)


class Event(NamedTuple):
    """One moment in an agent's work.

    `session` is the agent's own id for it, `folder` where it works. `command` is a shell command, `paths`
    the files that are (to be) written. `again`: the agent wanted to stop before, and was kept from it. `helper` is the
    id of an agent that the session's own has started, `tool` the name of the tool that is about to be used.
    """

    kind: Kind
    session: str
    folder: str
    command: str = ""
    paths: tuple[str, ...] = ()
    again: bool = False
    helper: str = ""
    tool: str = ""


class Answer(NamedTuple):
    """What is said to the agent (`text`) and to the person who watches it (`aside`).

    `refused`: it may not go on: not run the command, not write the file, not stop; after an edit, it has
    something to mend.
    """

    refused: bool = False
    text: str = ""
    aside: str = ""


class Reply(NamedTuple):
    """What a hook of an agent returns: exit code, standard output, standard error."""

    code: int
    stdout: str = ""
    stderr: str = ""


class Agent(Protocol):
    """An adapter for one coding agent: a module with these names. It is pure and never runs anything.

    `name` is the key under which `qualitygate.agents.catalogue.AGENTS` lists it. `signs` are paths that tell
    that a repository is worked on with it, `programs` what it is called on a PATH, `variable` what it sets
    in the environment of its commands. `settings` is the JSON file that registers hooks, relative to the
    root. `stops` is how often in a row it lets itself be kept from stopping.
    """

    name: str
    title: str
    signs: tuple[str, ...]
    programs: tuple[str, ...]
    variable: str
    settings: str
    stops: int

    def registration(self, launcher: str) -> Mapping[str, Any]:
        """What `settings` must hold: per key an object of lists. `launcher` is the path of the program to call."""

    def off(self, settings: Mapping[str, Any]) -> str:
        """Why hooks that are registered there would not run; "" if they would."""

    def read(self, kind: Kind, payload: Mapping[str, Any]) -> Event:
        """The event in a payload. Raises ValueError for a payload that lacks what must be there."""

    def example(self, folder: str, command: str) -> bytes:
        """What the agent would send before it runs a shell command there: to try the hook that is registered."""

    def reply(self, kind: Kind, answer: Answer) -> Reply:
        """The answer in the agent's own protocol."""
