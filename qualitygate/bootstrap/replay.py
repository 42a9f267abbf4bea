"""What the gate would have said of the last commits: an estimate of how often it will refuse ordinary work."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from qualitygate import git, git_history
from qualitygate.bootstrap.scratch import Scratch, tree_with
from qualitygate.checks.tool import is_config, settings_files
from qualitygate.frozen import NamedTuple
from qualitygate.gate import judging
from qualitygate.gate.policy import PLACES
from qualitygate.gate.state import State
from qualitygate.locations import FOLDER
from qualitygate.model import Check, Entries, Finding, Verdict

LOUD = 0.1
"""A rule that refuses more than this share of ordinary commits will be switched off by those who make them."""
_LOUD_AT_LEAST = 3
_SLICE = 30.0
"""Seconds for one commit: one that takes longer says nothing, and the others get their turn."""


class Replayed(NamedTuple):
    """One commit: what would have been new in it, and the checks that could not decide, with their reasons."""

    commit: str
    subject: str
    new: tuple[Finding, ...]
    undecided: tuple[tuple[str, str], ...]


class Group(NamedTuple):
    """Checks that were replayed together, over as many commits as the time allowed, newest first."""

    checks: tuple[str, ...]
    commits: tuple[Replayed, ...]

    @property
    def blocked(self) -> tuple[Replayed, ...]:
        return tuple(row for row in self.commits if row.new)

    def rules(self) -> list[tuple[str, int]]:
        """In how many commits each rule would have refused something, most first."""
        counts = Counter(rule for row in self.commits for rule in {finding.rule for finding in row.new})
        return sorted(counts.items(), key=lambda item: (-item[1], item[0]))

    def loud(self) -> list[tuple[str, int]]:
        return [(rule, n) for rule, n in self.rules() if n >= _LOUD_AT_LEAST and n > LOUD * len(self.commits)]


class Replay(NamedTuple):
    """The groups, the cheap one first; `asked` commits were to be replayed, `seconds` were spent."""

    groups: tuple[Group, ...]
    asked: int
    seconds: float


def replay(
    scratch: Scratch,
    files: Mapping[str, bytes | None],
    checks: Sequence[Check],
    *,
    last: int,
    seconds: float,
    progress: Callable[[str], None],
) -> Replay:
    """Judge the last commits that are no merges against their parents, all under today's settings (`files`).

    Checks of the commit tier and below; those that look at each file alone come first, over all commits. Nothing is
    recorded. The first commit, which has no parent, is left out.
    """
    start = time.monotonic()
    gate = scratch.gate._replace(
        state=State(scratch.gate.state.shared, scratch.gate.state.worktree / "replay"), tier="commit", limit=_SLICE
    )
    scratch = scratch._replace(gate=gate)
    rows = git_history.linear_history(gate.repo, "HEAD", last)
    commits = [check for check in checks if check.tier in ("edit", "commit")]
    tools = [(check.name, scratch.tools[check.tool]) for check in commits]
    slow = [name for name, tool in tools if tool.reads == "tree" and tool.scope != "pair"]
    cheap = [check.name for check in commits if check.name not in slow]
    settings = Settings(scratch, files)
    groups = []
    for names in filter(None, (cheap, slow)):
        only = scratch._replace(gate=gate._replace(only=tuple(names)))
        replayed: list[Replayed] = []
        for commit, parent, subject in rows:
            if time.monotonic() - start > seconds:
                break
            progress(f"replaying {len(replayed) + 1} of {len(rows)}: {', '.join(names)}")
            replayed.append(_one(only, settings, commit, parent, subject))
        groups.append(Group(tuple(names), tuple(replayed)))
    return Replay(tuple(groups), len(rows), time.monotonic() - start)


def _one(scratch: Scratch, settings: Settings, commit: str, parent: str, subject: str) -> Replayed:
    old, new = settings.tree(parent), settings.tree(commit)
    if old == new:
        return Replayed(commit, subject, (), ())
    reader, _ = tree_with(scratch, {}, new)
    verdict = judging.judge_trees(scratch.gate, reader, old, new)
    return Replayed(commit, subject, verdict.blocking, _undecided(verdict))


def _undecided(verdict: Verdict) -> tuple[tuple[str, str], ...]:
    ran = any(row.state != "skipped" for row in verdict.checks)
    return verdict.undecided if ran else ()  # a commit that touches no file of any check has nothing to decide


class Settings:
    """Trees of old commits under today's settings, each made once."""

    def __init__(self, scratch: Scratch, files: Mapping[str, bytes | None]) -> None:
        self._scratch = scratch
        self._names = settings_files(scratch.tools) | {*PLACES}
        reader, today = tree_with(scratch, files)
        entries = {p: e for p, e in git.entries(reader, today).items() if self._is_settings(p) and e.is_file}
        data = dict(git.blobs(reader, (entry.blob for entry in entries.values())))
        self._today = {path: data[entry.blob] for path, entry in entries.items()}
        self._made: dict[str, str] = {}

    def _is_settings(self, path: str) -> bool:
        return is_config(path, self._names) or path.startswith(FOLDER)

    def tree(self, commit: str) -> str:
        if commit not in self._made:
            repo = self._scratch.gate.repo
            entries: Entries = git.entries(repo, git.tree_of(repo, commit))
            gone = {path: None for path in entries if self._is_settings(path) and path not in self._today}
            _, self._made[commit] = tree_with(self._scratch, {**gone, **self._today}, git.tree_of(repo, commit))
        return self._made[commit]
