"""One thing that a file of settings states, in a form in which two trees can be compared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from qualitygate.frozen import NamedTuple

Kind = Literal["floor", "ceiling", "retries", "rank", "guard", "excuse", "scope", "command", "tool"]
"""`floor`: a number that may not fall; `ceiling`, `retries`: one that may not rise (without `retries` there are none);
`rank`: a level that may not fall, where none is stated nothing is known; `guard`: something that may not go;
`excuse`: something that may not come; `scope`: a list that names what is looked at: without it, all is;
`command`: a program that is run, see `commands.Command`; `tool`: that a tool is set up here."""


class Fact(NamedTuple):
    """`key` says what it is about (`coverage.fail_under`), `value` the number or item, `rule` what its loss is called
    (`coverage`), `tool` whose setting it is."""

    kind: Kind
    rule: str
    tool: str
    key: str
    value: Any
    line: int


def facts(found: Sequence[Fact]) -> list[list[Any]]:
    """As plain JSON."""
    return [list(fact) for fact in found]


def stated(held: Any) -> tuple[Fact, ...]:
    """Back from JSON; of a file that is not there, or could not be read: none."""
    return tuple(Fact(*row) for row in (held or {}).get("facts", ()))
