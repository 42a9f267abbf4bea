"""How a repository's own CI sets its environment up: the lines that install it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from qualitygate.frozen import NamedTuple
from qualitygate.git import Repo
from qualitygate.inspection.ci_commands import Raw, ci_commands
from qualitygate.inspection.files import Reader, tracked_files
from qualitygate.inspection.sources import Sources

# Whole commands only: what the shell would take apart or fill in means nothing outside its own workflow.
_PLAIN = re.compile(r"[\w ./=:,@\[\]\"'~<>!*-]+")
_INSTALLS = re.compile(
    r"(?:uv sync|poetry install|pdm (?:sync|install)|pipenv (?:sync|install)|npm ci|yarn install|pnpm install"
    r"|(?:python3? -m )?pip3? install)\b(?! --global)"
)
_CHECKS = re.compile(r"\b(?:pytest|mypy|eslint|tsc|tox|nox)\b")
_OF_PROJECT = re.compile(r"(?:^|\s)(?:-r\s*\S+|--requirement[ =]\S+|['\"]?\.(?:\[[\w,-]+\])?['\"]?(?=\s|$))")


class SetUp(NamedTuple):
    """What there is to go by: names of tracked files, and what CI runs to install the project, in order."""

    names: frozenset[str]
    commands: tuple[Raw, ...]


def find_set_up(repo: Repo, without: Iterable[str]) -> SetUp:
    """How CI installs the project; files in `without` do not count."""
    tracked = tracked_files(repo)
    ours = frozenset(without)
    sources = Sources(Reader(repo.root), [row for row in tracked if row.path not in ours])
    jobs: dict[tuple[str, str], list[Raw]] = {}
    for raw in ci_commands(sources):
        jobs.setdefault((raw.path, raw.name.partition(":")[0]), []).append(raw)
    found = [[raw for raw in lines if _installs(raw.command)] for lines in jobs.values()]
    checking = [any(_CHECKS.search(raw.command) for raw in lines) for lines in jobs.values()]
    # The job that runs the project's checks knows best what they need.
    chosen = [rows for rows, checks in zip(found, checking, strict=True) if rows and checks]
    rows = (chosen or [rows for rows in found if rows] or [[]])[0]
    return SetUp(frozenset(row.path for row in tracked), tuple({raw.command: raw for raw in rows}.values()))


def _installs(command: str) -> bool:
    if not _PLAIN.fullmatch(command) or not _INSTALLS.match(command) or " >" in command or " <" in command:
        return False
    return "pip" not in command.split("install")[0] or bool(_OF_PROJECT.search(command))
