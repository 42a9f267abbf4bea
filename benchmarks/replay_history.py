"""Judge the last commits of real repositories, each against its parent, and show what is new, touched and revealed.

What is called new can then be looked at by hand: `--sample` prints some, each with its line and the change to its file.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from qualitygate import git
from qualitygate.bootstrap.replay import Settings
from qualitygate.bootstrap.scratch import Scratch, open_scratch, tree_with
from qualitygate.checks.catalogue import TOOLS
from qualitygate.checks.tool import Project
from qualitygate.defaults import compile_any
from qualitygate.gate import judging
from qualitygate.model import Finding, Verdict

RULES = (
    *("F", "E7", "E9", "B", "S", "C4", "SIM", "RET", "PL", "ARG", "TRY", "D1", "ANN", "C90", "N", "UP", "FBT", "EM"),
    *("RUF", "PTH", "T20", "ERA", "BLE", "PGH"),
)
CHECKS = {
    "ruff": 'schema = 1\n[gate]\ntime_limit = 300\n[checks.ruff]\n',
    "semgrep": "schema = 1\n[gate]\ntime_limit = 300\n[checks.semgrep]\nrules = {rules}\n",
}  # fmt: skip


class Row(NamedTuple):
    """One commit, and what was said of it."""

    commit: str
    parent: str
    subject: str
    verdict: Verdict
    seconds: float


def settings(check: str, rules: tuple[str, ...]) -> dict[str, bytes | None]:
    """The files that every commit is judged under, whatever it had itself."""
    ruff = f"preview = false\nlint.preview = false\nlint.select = {json.dumps(list(rules))}\n"
    text = CHECKS[check].replace("{rules}", json.dumps(list(rules)))
    return {"qualitygate.toml": text.encode(), "ruff.toml": ruff.encode()}


def commits(repo: Path, last: int) -> list[tuple[str, str, str]]:
    """Commit, first parent and subject, newest first, along the first parents."""
    said = subprocess.run(
        ["git", "log", "--first-parent", f"-n{last}", "--format=%H%x00%P%x00%s"],
        cwd=repo, capture_output=True, check=True,
    ).stdout.decode("utf-8", "replace")  # fmt: skip
    rows = (line.split("\0") for line in said.splitlines())
    return [(commit, parents.split()[0], subject) for commit, parents, subject in rows if parents]


def replay(scratch: Scratch, files: dict[str, bytes | None], rows: list[tuple[str, str, str]]) -> Iterator[Row]:
    """Each commit against its first parent, under the same settings."""
    trees = Settings(scratch, files)
    for commit, parent, subject in rows:
        start = time.monotonic()
        old, new = trees.tree(parent), trees.tree(commit)
        if old != new:
            reader, _ = tree_with(scratch, {}, new)
            verdict = judging.judge_trees(scratch.gate, reader, old, new)
            yield Row(commit, parent, subject, verdict, time.monotonic() - start)


def line_of(repo: Path, commit: str, finding: Finding) -> str:
    done = subprocess.run(["git", "show", f"{commit}:{finding.path}"], cwd=repo, capture_output=True, check=False)
    lines = done.stdout.decode("utf-8", "replace").splitlines()
    return lines[finding.line - 1].strip()[:140] if 0 < finding.line <= len(lines) else ""


def is_doubtful(repo: Path, row: Row, finding: Finding) -> bool:
    """Whether the file had as many lines that read like the finding's before: most of what is called new falsely."""
    texts = []
    for commit in (row.parent, row.commit):
        done = subprocess.run(["git", "show", f"{commit}:{finding.path}"], cwd=repo, capture_output=True, check=False)
        texts.append([" ".join(line.split()) for line in done.stdout.decode("utf-8", "replace").splitlines()])
    line = texts[1][finding.line - 1] if 0 < finding.line <= len(texts[1]) else ""
    return bool(line) and texts[0].count(line) >= texts[1].count(line)


def change_to(repo: Path, row: Row, finding: Finding, around: int = 14) -> str:
    """The part of the commit's diff that is nearest to a finding."""
    said = subprocess.run(
        ["git", "diff", "-M", "-U4", row.parent, row.commit, "--", finding.path],
        cwd=repo, capture_output=True, check=False,
    ).stdout.decode("utf-8", "replace")  # fmt: skip
    best: list[str] = []
    number = 0
    rows: list[tuple[int, str]] = []
    for line in said.splitlines():
        if line.startswith("@@"):
            number = int(line.split("+")[1].split(",")[0].split(" ")[0]) - 1
        elif line[:1] in ("+", " ") and not line.startswith("+++"):
            number += 1
        rows.append((number, line))
    best = [line for at, line in rows if abs(at - finding.line) <= around]
    return "\n".join(f"      {line[:150]}" for line in best[: 4 * around])


def play(place: Path, args: argparse.Namespace) -> dict[str, Any]:
    """Replay one repository; prints its commits, and returns the counts."""
    with tempfile.TemporaryDirectory(prefix="replay-") as folder:
        root = Path(folder) / "r"
        subprocess.run(["git", "clone", "-q", str(place), str(root)], check=True)
        repo = git.find_repo(root)
        rules = tuple(args.rules.split(",")) if args.rules else RULES
        with open_scratch(repo, TOOLS, compile_any, lambda root: Project(), trusted=False) as scratch:
            rows = list(replay(scratch, settings(args.check, rules), commits(root, args.last)))
        return report(root, place.parent.name if place.name == "repo" else place.name, rows, args)


def report(root: Path, name: str, rows: list[Row], args: argparse.Namespace) -> dict[str, Any]:
    counts: Counter[str] = Counter()
    every: list[tuple[Row, Finding]] = []
    for row in rows:
        verdict = row.verdict
        counts.update(commits=1, new=len(verdict.new), touched=len(verdict.touched), revealed=len(verdict.revealed))
        counts.update(known=verdict.known, fixed=verdict.fixed, refused=bool(verdict.new))
        counts.update(undecided=bool(verdict.undecided) and any(r.state != "skipped" for r in verdict.checks))
        every += [(row, finding) for finding in getattr(verdict, args.of)]
        if args.verbose and (verdict.new or verdict.touched or verdict.revealed):
            found = f"{len(verdict.new)} new, {len(verdict.touched)} touched, {len(verdict.revealed)} revealed"
            print(f"{name} {row.commit[:9]} {found}  {row.subject[:70]}")
    if args.doubtful:
        every = [pair for pair in every if is_doubtful(root, *pair)]
        print(f"{name}: {len(every)} of them on lines that read like one of the same file before")
    if args.sample:
        for row, finding in random.Random(args.seed).sample(every, min(args.sample, len(every))):
            print(f"\n{name} {row.commit[:9]} {finding.path}:{finding.line}: {finding.rule} {finding.message[:100]}")
            print(f"    {line_of(root, row.commit, finding)}")
            print(change_to(root, row, finding))
    seconds = sorted(row.seconds for row in rows)
    print(f"{name}: {dict(counts)}, median {seconds[len(seconds) // 2] if seconds else 0:.2f} s a commit", flush=True)
    return dict(counts)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("repos", nargs="+", type=Path)
    parser.add_argument("--last", type=int, default=200)
    parser.add_argument("--check", choices=sorted(CHECKS), default="ruff")
    parser.add_argument("--rules", default="", help="comma-separated, instead of a wide choice")
    parser.add_argument("--sample", type=int, default=0)
    parser.add_argument("--of", choices=("new", "touched", "revealed"), default="new")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--doubtful", action="store_true", help="of them, only those on lines that were there before")
    parser.add_argument("--verbose", action="store_true")
    args = parser.parse_args()
    total: Counter[str] = Counter()
    for place in args.repos:
        total.update(play(place, args))
    print(f"all: {dict(total)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
