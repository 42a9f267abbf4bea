"""What a later bootstrap may add to a gate that is there: checks that nobody has, and nobody took out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from qualitygate import git, git_history
from qualitygate.bootstrap import generations
from qualitygate.bootstrap.plan import PlannedCheck
from qualitygate.config import FILE_NAME, parse_toml
from qualitygate.errors import ConfigError
from qualitygate.frozen import NamedTuple
from qualitygate.git import Repo
from qualitygate.locations import GITHUB_WORKFLOW, GITLAB_JOB

OURS = ".qualitygate/"
_COMMITS = 50
"""Versions of the settings that are looked through for checks that stood in them once."""
TAKEN_OUT = f"it stood in {FILE_NAME} and was taken out; who wants it back writes it there again"


class Told(NamedTuple):
    """What tells one check from another, whatever it is called: its tool, its folder, and what it runs or reads."""

    tool: str
    root: str = ""
    run: tuple[str, ...] = ()


class Taken(NamedTuple):
    """Checks that are no longer in the settings: by name, and by what they do."""

    names: frozenset[str] = frozenset()
    checks: frozenset[Told] = frozenset()

    def holds(self, name: str, told: Told) -> bool:
        return name in self.names or told in self.checks


NOTHING = Taken()


def told(tool: str, options: Mapping[str, Any]) -> Told:
    """Of a check with these options."""
    run = options.get("run", ()) or options.get("rule_files", ())
    words = tuple(str(word) for word in run) if isinstance(run, (list, tuple)) else (str(run),)
    return Told(tool, str(options.get("root", "")).strip("/"), words)


def extends(settings: bytes) -> bool:
    """Whether settings build on shared ones, which then say what is checked: nothing is added to those."""
    return bool(parse_toml(settings, file=FILE_NAME).get("extend"))


def taken_out(repo: Repo, journal_dir: Path, here: Iterable[PlannedCheck]) -> Taken:
    """Checks that `qualitygate.toml` once held and holds no more.

    Known from what bootstrap wrote in this clone, and from the commits since the file is there: a
    teammate's clone has no journal.
    """
    now = {check.name: told(check.tool, check.options) for check in here}
    names: set[str] = set()
    checks: set[Told] = set()
    for data in (*_written(journal_dir), *_committed(repo)):
        for name, table in _tables(data):
            if name not in now and (one := told(str(table.get("tool", "")), table)) not in now.values():
                names.add(name)
                checks.add(one)
    return Taken(frozenset(names), frozenset(checks))


def _written(journal_dir: Path) -> Iterator[bytes]:
    for generation in generations.generations(journal_dir) if journal_dir.is_dir() else ():
        yield from (saved.edit.after for saved in generation.saved if saved.edit.path == FILE_NAME)


def _committed(repo: Repo) -> Iterator[bytes]:
    """The versions of the file, newest first, back to where it was added last: one that was deleted is another gate."""
    head = git.head_commit(repo)
    if head is None:
        return
    for commit in git_history.history(repo, [head], limit=_COMMITS, paths=[FILE_NAME]):
        entry = git.entries_at(repo, commit.tree, FILE_NAME).get(FILE_NAME)
        if entry is None or not entry.is_file:
            return
        yield next(git.blobs(repo, [entry.blob]))[1]


def _tables(data: bytes) -> Iterator[tuple[str, Mapping[str, Any]]]:
    try:
        checks = parse_toml(data, file=FILE_NAME).get("checks")
    except ConfigError:
        return
    for name, table in (checks if isinstance(checks, dict) else {}).items():
        if isinstance(table, dict):
            yield name, table


def of_the_project(paths: Collection[str]) -> list[str]:
    """Without the files that bootstrap itself writes: they are no reason to check more."""
    return [path for path in paths if not path.startswith(OURS) and path not in (GITHUB_WORKFLOW, GITLAB_JOB)]
