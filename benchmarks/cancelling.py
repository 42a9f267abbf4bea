"""Whether equal files cancel out: real commits judged as a commit is, and with every file looked at on both sides.

    python benchmarks/cancelling.py REPO... [--commits N] [--checks NAME,...]

REPO is a clone, bare or not; it is only read. N commits of each, spread over its history, are judged against their
parents twice: the first time with what is equal left out and everything that was found before taken from the cache,
the second time with all files and no cache. What is new, what was fixed and what could not be decided must be the
same.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.story_tree import run
from qualitygate import git, git_history, git_trees
from qualitygate.checks.catalogue import TOOLS
from qualitygate.defaults import compile_any
from qualitygate.gate import cache, judging
from qualitygate.gate.planning import Gate
from qualitygate.gate.state import State
from qualitygate.git import Repo
from qualitygate.model import Verdict

DEFAULT = ("syntax", "ruff", "ruff-format", "markers", "large-files", "secrets")
_OXLINT = ("no-unused-vars", "eqeqeq", "no-console", "no-empty", "import/no-cycle", "typescript/no-explicit-any")
_OPTIONS = {
    "semgrep": 'rules = ["swallowed-exception", "file-left-open"]\n',
    "oxlint": f"rules = {json.dumps(_OXLINT)}\n",
}
_RUFF = 'target-version = "py310"\n[lint]\nselect = ["E", "F", "W", "I", "N", "B", "UP", "INP", "S", "C4", "EXE"]\n'


class Difference(NamedTuple):
    """A commit of which the two ways say something else, in one check."""

    commit: str
    check: str
    only_short: tuple[str, ...]
    only_whole: tuple[str, ...]


class Score(NamedTuple):
    """How many commits were compared, what they found in all, how they differed, and the seconds of both ways."""

    commits: int
    new: int
    fixed: int
    undecided: int
    differences: tuple[Difference, ...]
    short: float
    whole: float


def sample(repo: Repo, count: int) -> list[tuple[str, str]]:
    """Commits and their parents, evenly spread, newest first; merges and commits that change no file left out."""
    rows = [row[:2] for row in git_history.linear_history(repo, "HEAD", 1_000_000)]
    step = max(len(rows) // max(count, 1), 1)
    found = []
    for commit, parent in rows[::step]:
        if git.tree_of(repo, commit) != git.tree_of(repo, parent):
            found.append((commit, parent))
    return found[:count]


def compare(repo: Repo, checks: Sequence[str], commits: Sequence[tuple[str, str]], work: Path) -> Score:
    """Judge each commit both ways; `work` is an empty folder."""
    settings = "schema = 1\n[gate]\ntime_limit = 3600\n"
    settings += "".join(f"[checks.{name}]\n{_OPTIONS.get(name, '')}" for name in checks)
    gate = Gate(repo, State(work / "short", work / "trees"), TOOLS, compile_any, limit=3600.0)
    differences: list[Difference] = []
    new = fixed = undecided = 0
    took = [0.0, 0.0]
    for commit, parent in commits:
        files = {"qualitygate.toml": settings.encode("ascii"), "ruff.toml": _RUFF.encode("ascii")}
        reader = git.readable(repo, work / "made/objects")
        (reader, old), (_, head) = (
            git_trees.with_files(reader, git.tree_of(repo, rev), files, work / "made") for rev in (parent, commit)
        )
        start = time.perf_counter()
        short = judging.judge_trees(gate, reader, old, head)
        middle = time.perf_counter()
        shutil.rmtree(work / "whole", ignore_errors=True)
        everything = gate._replace(state=State(work / "whole", work / "trees"), everything=True)
        with _nothing_known():
            whole = judging.judge_trees(everything, reader, old, head)
        took[0] += middle - start
        took[1] += time.perf_counter() - middle
        new, fixed, undecided = new + len(whole.new), fixed + whole.fixed, undecided + len(whole.undecided)
        differences += _differ(commit, checks, short, whole)
    return Score(len(commits), new, fixed, undecided, tuple(differences), *took)


@contextmanager
def _nothing_known() -> Iterator[None]:
    """Without what was found a moment ago in the other tree."""
    had = cache.get, cache.get_files
    cache.get, cache.get_files = (lambda shared, key: None), (lambda shared, key, contents: {})
    try:
        yield
    finally:
        cache.get, cache.get_files = had


def _differ(commit: str, checks: Sequence[str], short: Verdict, whole: Verdict) -> Iterator[Difference]:
    for check in checks:
        said, all_said = set(_said(short, check)), set(_said(whole, check))
        if said != all_said:
            yield Difference(commit, check, tuple(sorted(said - all_said)), tuple(sorted(all_said - said)))
    if short.fixed != whole.fixed:
        yield Difference(commit, "fixed", (str(short.fixed),), (str(whole.fixed),))


def _said(verdict: Verdict, check: str) -> Iterator[str]:
    for finding in verdict.new:
        if finding.check == check:
            yield f"{finding.path}:{finding.line}:{finding.column} {finding.rule} {finding.message}"
    yield from (f"undecided: {reason}" for name, reason in verdict.undecided if name == check)


def _clone(place: Path, root: Path) -> None:
    done = run(
        ["git", "clone", "-q", "--no-checkout", os.fspath(place.resolve()), os.fspath(root)], root.parent, os.environ
    )
    if done.code != 0:
        raise RuntimeError(done.said)


def main() -> int:
    """Print one line per repository, and every difference."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("repos", nargs="+", type=Path)
    parser.add_argument("--commits", type=int, default=50)
    parser.add_argument("--checks", default=",".join(DEFAULT))
    asked = parser.parse_args()
    checks, failed = asked.checks.split(","), 0
    print(
        f"{'repository':<28} {'commits':>7} {'new':>6} {'fixed':>6} {'undecided':>9} {'short':>8} {'whole':>8} differ"
    )
    for place in asked.repos:
        with tempfile.TemporaryDirectory(prefix="cancelling-") as work:
            root = Path(work, "clone")
            os.makedirs(Path(work, "work"))
            _clone(place, root)
            repo = git.find_repo(root)
            score = compare(repo, checks, sample(repo, asked.commits), Path(work, "work"))
        failed += len(score.differences)
        counts = f"{score.commits:>7} {score.new:>6} {score.fixed:>6} {score.undecided:>9}"
        name = place.resolve().parent.name if place.name in ("repo", ".git") else place.name
        times = f"{score.short:>7.1f}s {score.whole:>7.1f}s"
        print(f"{name:<28} {counts} {times} {len(score.differences)}", flush=True)
        for one in score.differences[:20]:
            print(f"  {one.commit[:10]} {one.check}: only short {one.only_short[:3]}, only whole {one.only_whole[:3]}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
