"""Replay the first-parent history of a clone through a check that compares two trees, and count its alarms.

    python benchmarks/safeguards_history.py CLONE... [--check suppressions] [--commits 300] [--list]

Each commit is compared with its first parent, in this process. Nothing is written to the clone.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, cast

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from qualitygate.checks.safeguards.protocol import Comparer, Pair
from qualitygate.model import Entry, Finding

_BOT = "[bot]"
_RELEASE = re.compile(
    r"^(?:v?\d+(?:\.\d+)+|bump |release |version |build\(deps|chore\(deps|update dependency |\[pre-commit)", re.I
)


class Commit(NamedTuple):
    """One commit: its id, that of its first parent, and its subject."""

    id: str
    parent: str
    subject: str


class Clone:
    """A git directory that is read by one `git cat-file --batch`."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._trees: dict[str, Mapping[str, Entry]] = {}
        self._renames: tuple[Commit | None, Mapping[str, str]] = (None, {})
        self._batch = subprocess.Popen(
            ["git", "-C", path, "cat-file", "--batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def git(self, *args: str) -> bytes:
        """What a git command prints."""
        return subprocess.run(["git", "-C", self.path, *args], stdout=subprocess.PIPE, check=True).stdout

    def blob(self, name: str) -> bytes:
        """The bytes of a blob."""
        assert self._batch.stdin is not None and self._batch.stdout is not None
        self._batch.stdin.write(name.encode() + b"\n")
        self._batch.stdin.flush()
        header = self._batch.stdout.readline().split()
        if header[1:2] != [b"blob"]:
            raise SystemExit(f"error: {self.path} lacks the blob {name}")
        return self._batch.stdout.read(int(header[2]) + 1)[:-1]

    def close(self) -> None:
        """End the program that reads blobs."""
        self._batch.communicate()

    def commits(self, most: int) -> Iterator[Commit]:
        """The newest commits that people made, by first parents, without releases and bumps of dependencies."""
        rows = self.git("log", "--first-parent", "--format=%H%x00%P%x00%an%x00%s", "HEAD").decode("utf-8", "replace")
        found = 0
        for row in rows.splitlines():
            name, parents, author, subject = row.split("\0", 3)
            if not parents or _BOT in author or _RELEASE.match(subject):
                continue
            yield Commit(name, parents.split()[0], subject)
            found += 1
            if found == most:
                return

    def tree(self, commit: str) -> Mapping[str, Entry]:
        """The files of a commit; those of the last few are kept, a parent is the next one's head."""
        kept = self._trees.get(commit)
        if kept is None:
            kept = self._trees[commit] = self._listed(commit)
            for old in list(self._trees)[:-3]:
                del self._trees[old]
        return kept

    def _listed(self, commit: str) -> dict[str, Entry]:
        found = {}
        for row in self.git("ls-tree", "-r", "-z", commit).decode("utf-8", "surrogateescape").split("\0")[:-1]:
            about, path = row.split("\t", 1)
            mode, kind, blob = about.split()
            if kind == "blob":
                found[path] = Entry(mode, blob)
        return found

    def renames(self, commit: Commit) -> Mapping[str, str]:
        """From head path to base path; those of the last commit that was asked about are kept."""
        if self._renames[0] != commit:
            self._renames = (commit, self._renamed(commit))
        return self._renames[1]

    def _renamed(self, commit: Commit) -> dict[str, str]:
        fields = self.git("diff-tree", "-r", "-z", "-M", "--name-status", commit.parent, commit.id)
        words = iter(fields.decode("utf-8", "surrogateescape").split("\0")[:-1])
        found = {}
        for word in words:
            old = next(words)
            if word[0] in "RC":
                new = next(words)
                if word[0] == "R":
                    found[new] = old
        return found


def clone_name(path: str) -> str:
    """What a clone is called: its folder, or what holds a bare one."""
    place = Path(path).resolve()
    return place.parent.name.rpartition("+")[2] if place.name in ("repo", ".git") else place.name


def pair(clone: Clone, commit: Commit, check: Comparer, cache: dict[tuple[str, str], Any]) -> Pair:
    """A commit and its first parent, as the check sees them. `cache` holds the facts of blobs."""
    base, head = clone.tree(commit.parent), clone.tree(commit.id)
    changed = frozenset(path for path in {*base, *head} if base.get(path) != head.get(path))

    def reader(tree: Mapping[str, Entry]) -> Callable[[str], bytes | None]:
        return lambda path: clone.blob(tree[path].blob) if path in tree and tree[path].is_file else None

    def facts(tree: Mapping[str, Entry]) -> Callable[[str], Any]:
        def of(path: str) -> Any:
            if path not in tree or not tree[path].is_file:
                return None
            key = (tree[path].blob, path)
            if key not in cache:
                cache[key] = check.extract(path, clone.blob(tree[path].blob), {})
            return cache[key]

        return of

    came, went = any(path not in base for path in changed), any(path not in head for path in changed)
    renames = clone.renames(commit) if came and went else {}
    return Pair(base, head, changed, renames, facts(base), facts(head), reader(base), reader(head))


class Replayed(NamedTuple):
    """What came of one clone: how many commits, and the alarms of each that has any; seconds for all."""

    commits: int
    alarms: list[tuple[Commit, tuple[Finding, ...]]]
    undecided: list[tuple[Commit, str]]
    seconds: float


def replay(path: str, check: Comparer, most: int) -> Replayed:
    """Every commit of a clone's newest, compared with its first parent."""
    clone = Clone(path)
    cache: dict[tuple[str, str], Any] = {}
    alarms, undecided, count, spent = [], [], 0, 0.0
    for commit in clone.commits(most):
        count += 1
        given = pair(clone, commit, check, cache)
        start = time.process_time()
        report = check.compare(given, {})
        spent += time.process_time() - start
        if report.reason:
            undecided.append((commit, report.reason))
        if report.findings:
            alarms.append((commit, report.findings))
    clone.close()
    return Replayed(count, alarms, undecided, spent)


def _blocks(check: str, actor: str) -> frozenset[str]:
    return frozenset(rule.name for rule in _check(check).rules if getattr(rule, actor) == "block")


def _check(name: str) -> Comparer:
    return cast(Comparer, import_module(f"qualitygate.checks.safeguards.{name}"))


def table(name: str, found: Mapping[str, Replayed]) -> str:
    """Rows for a page: per rule the share of commits with an alarm, and how many alarms; then who is stopped."""
    check = _check(name)
    columns = [*found, "all"] if len(found) > 1 else [*found]
    rows = ["| | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    total = Replayed(
        sum(one.commits for one in found.values()),
        [row for one in found.values() for row in one.alarms],
        [row for one in found.values() for row in one.undecided],
        sum(one.seconds for one in found.values()),
    )
    replays = [*found.values(), *([total] if len(found) > 1 else [])]

    def row(title: str, wanted: frozenset[str]) -> str:
        cells = []
        for one in replays:
            hits = [sum(finding.rule in wanted for finding in findings) for _, findings in one.alarms]
            cells.append(f"{100 * sum(map(bool, hits)) / max(one.commits, 1):.1f} % ({sum(hits)})")
        return f"| {title} | " + " | ".join(cells) + " |"

    rows.append("| commits | " + " | ".join(str(one.commits) for one in replays) + " |")
    rows += [row(f"`{rule.name}`", frozenset((rule.name,))) for rule in check.rules]
    rows += [
        row(f"stops {who}", _blocks(name, actor)) for who, actor in (("a person", "person"), ("an agent", "agent"))
    ]
    rows.append("| undecided | " + " | ".join(str(len(one.undecided)) for one in replays) + " |")
    rows.append(
        "| ms a commit | " + " | ".join(f"{1000 * one.seconds / max(one.commits, 1):.1f}" for one in replays) + " |"
    )
    return "\n".join(rows)


def main() -> int:
    """Print the table, and with `--list` every alarm."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clones", nargs="+")
    parser.add_argument("--check", default="suppressions")
    parser.add_argument("--commits", type=int, default=300)
    parser.add_argument("--list", action="store_true", help="print every alarm, too")
    given = parser.parse_args()
    found = {}
    for path in given.clones:
        name = clone_name(path)
        found[name] = replay(path, _check(given.check), given.commits)
        if given.list:
            for commit, findings in found[name].alarms:
                print(f"{name} {commit.id[:10]} {commit.subject}")
                for finding in findings:
                    print(f"    {finding.rule} {finding.path}:{finding.line}: {finding.message}")
            for commit, reason in found[name].undecided:
                print(f"{name} {commit.id[:10]} undecided: {reason}")
    print(table(given.check, found))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
