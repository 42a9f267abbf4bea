"""Which of a repository's languages no check looks at: a gate that says nothing of them must not look whole."""

from __future__ import annotations

from collections.abc import Sequence

from qualitygate.bootstrap.plan import Plan
from qualitygate.checks.project_commands import TOOL
from qualitygate.frozen import NamedTuple
from qualitygate.inspection.facts import Facts
from qualitygate.playbook import Playbook

_OWN = f'a command of yours can be one: `tool = "{TOOL}"` in qualitygate.toml'


class Uncovered(NamedTuple):
    """A language that no check of the gate is made for, and why, with what would change that."""

    language: str
    why: str


def uncovered(facts: Facts, playbooks: Sequence[Playbook], plan: Plan) -> tuple[Uncovered, ...]:
    """Of the language with most lines, and of the second where we know checks for it."""
    tools = {check.tool for check in plan.checks}
    found = []
    for language in dict.fromkeys(filter(None, (facts.primary_language, facts.secondary_language))):
        books = [book for book in playbooks if language in book.languages]
        known = {check.tool for book in books for check in book.checks}
        if known & tools or TOOL in tools or (not known and language != facts.primary_language):
            continue
        names = tuple(check.name for book in books for check in book.checks)
        rows = [row for row in plan.left_out if row.what.startswith(names)] if names else []
        why = f"{', '.join(dict.fromkeys(row.what for row in rows))}: {rows[0].reason}" if rows else ""
        if not why:
            why = f"nothing that is set up for it is known here; {_OWN}" if known else f"none is known; {_OWN}"
        found.append(Uncovered(language, why))
    return tuple(found)
