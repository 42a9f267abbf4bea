"""What agents read of the gate: the rulebook, and a managed block in AGENTS.md or CLAUDE.md."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

from qualitygate.bootstrap.blocks import holds_block
from qualitygate.bootstrap.draft import Draft
from qualitygate.bootstrap.edits import Edit, set_block
from qualitygate.bootstrap.plan import Step
from qualitygate.errors import ConfigError
from qualitygate.frozen import NamedTuple
from qualitygate.locations import RULEBOOK
from qualitygate.resources import read
from qualitygate.rule_texts import load_texts
from qualitygate.rulebook.force import Sight
from qualitygate.rulebook.page import fix_line, render

AGENTS, CLAUDE = "AGENTS.md", "CLAUDE.md"
COMMENT = "<!-- {} -->"

# How Claude reads another file; in code it does not.
_IMPORT = re.compile(rb"(?:^|[\s(])@(?:\./)?AGENTS\.md(?![\w/-]|\.\w)", re.M)
_FENCE = re.compile(rb"^(`{3,}|~{3,}).*?^\1", re.M | re.S)


class Clone(NamedTuple):
    """Where the files are, and what git leaves out there."""

    root: Path
    is_ignored: Callable[[str], bool]


def add_instructions(draft: Draft, sight: Sight, clone: Clone) -> None:
    """Add the rulebook and the block to the plan; what cannot be written is left out, with the reason."""
    has_page = not clone.is_ignored(RULEBOOK)
    if has_page:
        add_rulebook(draft, sight)
        draft.steps.append(Step(f"write {RULEBOOK}", "the rules in force, as agents and people read them"))
    else:
        draft.leave_out(RULEBOOK, "git ignores it")
    lines = block(sight, has_page)
    for path in _places(draft, clone):
        before = draft.read(path)
        try:
            after = set_block(before, COMMENT, lines, file=path)
        except ConfigError as exc:
            draft.leave_out(path, exc.message)
            continue
        draft.write(Edit(path, before, after, kind="block", marker=COMMENT))
        if before != after:
            draft.steps.append(Step(f"tell agents of the gate in {path}", "an agent follows what it has read"))


def refresh_instructions(draft: Draft, sight: Sight, clone: Clone) -> None:
    """Bring up to date what is there; what somebody removed stays away."""
    has_page = draft.read(RULEBOOK) is not None
    if has_page:
        add_rulebook(draft, sight)
    for path in (AGENTS, CLAUDE):
        before = None if (clone.root / path).is_symlink() else draft.read(path)
        if before is not None and holds_block(before, COMMENT):
            after = set_block(before, COMMENT, block(sight, has_page), file=path)
            draft.write(Edit(path, before, after, kind="block", marker=COMMENT))


def add_rulebook(draft: Draft, sight: Sight) -> None:
    """Write the rulebook for these settings, in place of one that is there."""
    draft.write(Edit(RULEBOOK, draft.read(RULEBOOK), render(sight, load_texts())))


def block(sight: Sight, has_page: bool) -> tuple[str, ...]:
    """The lines of the managed block."""
    template = (read("templates", AGENTS) or b"").decode("utf-8")
    more = f"The rules in force: [{RULEBOOK}]({RULEBOOK})." if has_page else ""
    text = template.replace("{fix}", fix_line(sight)).replace("{rulebook}", more)
    return tuple(text.rstrip("\n").split("\n"))


def _places(draft: Draft, clone: Clone) -> list[str]:
    """The files that get the block: AGENTS.md, and CLAUDE.md where that is there and does not read AGENTS.md."""
    places = {path: _target(path, clone) for path in (AGENTS, CLAUDE)}
    here = {path for path in places if os.path.lexists(clone.root / path)}
    claude = places[CLAUDE]
    if CLAUDE not in here or claude is None or clone.is_ignored(claude):
        here.add(AGENTS)
    found: dict[str, None] = {}
    for path in (AGENTS, CLAUDE):
        if path not in here:
            continue
        target = places[path]
        if target is None:
            draft.leave_out(path, "it is not a file of this repository")
        elif clone.is_ignored(target):
            draft.leave_out(path, "git ignores it")
        elif path == CLAUDE and places[AGENTS] in found and _reads_agents(draft.read(target) or b""):
            continue
        else:
            found[target] = None
    return list(found)


def _reads_agents(data: bytes) -> bool:
    return _IMPORT.search(_FENCE.sub(b"", data)) is not None


def _target(path: str, clone: Clone) -> str | None:
    """The file of the repository that a name stands for, links followed; None where it is none."""
    place, root = clone.root / path, clone.root.resolve()
    if not os.path.lexists(place):
        return path
    real = Path(os.path.realpath(place))
    if not real.is_file() or root not in real.parents or ".git" in real.relative_to(root).parts:
        return None
    return real.relative_to(root).as_posix()
