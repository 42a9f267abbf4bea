"""Weaken real tests mechanically and count what `kept-tests` says; rework others, and count what it says then.

    python benchmarks/weaken_tests.py CLONE... [--commits 100] [--list]

Each mutation is applied to a file of one of the last commits' trees, in this process; nothing is written to the clone.
A weakening is blocked if a rule blocks an agent, flagged if any rule reports it. A rework is silent if nothing blocks.
"""

from __future__ import annotations

import argparse
import sys
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.safeguards_history import Clone
from benchmarks.weakenings import braces, python, python_same
from benchmarks.weakenings.mutation import Changed, Mutator
from qualitygate.checks.safeguards import tests as check
from qualitygate.checks.safeguards.inventory.places import is_test, language
from qualitygate.checks.safeguards.protocol import Pair
from qualitygate.model import Entry, Finding

WEAKER: Mapping[str, Mapping[str, Mutator]] = {
    "python": python.WEAKER,
    "javascript": braces.JAVASCRIPT,
    "go": braces.GO,
    "rust": braces.RUST,
}
SAME: Mapping[str, Mapping[str, Mutator]] = {
    "python": python_same.SAME,
    "javascript": braces.JAVASCRIPT_SAME,
    "go": braces.GO_SAME,
    "rust": braces.RUST_SAME,
}
_BLOCKS = frozenset(rule.name for rule in check.rules if rule.agent == "block")
_FILES = 6


class Row(NamedTuple):
    """What came of one mutation."""

    name: str
    clone: str
    commit: str
    path: str
    findings: tuple[Finding, ...]

    @property
    def blocked(self) -> bool:
        return any(finding.rule in _BLOCKS for finding in self.findings)


def compare(path: str, text: str, changed: Changed) -> tuple[Finding, ...]:
    """What the check says of a tree with this one file, and of what became of it."""
    base = {path: text.encode()}
    head = {**base, **{name: new.encode() for name, new in changed.files.items() if new is not None}}
    for name, new in changed.files.items():
        if new is None:
            del head[name]
    entries = [
        {name: Entry("100644", f"{zlib.crc32(data):08x}") for name, data in tree.items()} for tree in (base, head)
    ]

    def facts(tree: Mapping[str, bytes], name: str) -> object:
        return check.extract(name, tree[name], {}) if name in tree else None

    pair = Pair(
        entries[0],
        entries[1],
        frozenset(name for name in {*base, *head} if base.get(name) != head.get(name)),
        dict(changed.renames),
        lambda name: facts(base, name),
        lambda name: facts(head, name),
        base.get,
        head.get,
    )
    report = check.compare(pair, {})
    return (
        report.findings if not report.reason else (Finding("kept-tests", "undecided", path, 1, 1, 1, 1, report.reason),)
    )


def files(clone: Clone, most: int) -> Iterator[tuple[str, int, str, str]]:
    """Commit, number, path and text of test files, some of each of the last commits' trees."""
    for number, commit in enumerate(clone.commits(most)):
        tree = clone.tree(commit.id)
        paths = [path for path in sorted(tree) if language(path) in WEAKER and is_test(path, {}) and tree[path].is_file]
        for turn in range(min(_FILES, len(paths))):
            path = paths[zlib.crc32(f"{commit.id}{turn}".encode()) % len(paths)]
            try:
                yield commit.id, number * _FILES + turn, path, clone.blob(tree[path].blob).decode()
            except UnicodeDecodeError:
                continue


def tried(clone: Clone, most: int, table: Mapping[str, Mapping[str, Mutator]]) -> Iterator[Row]:
    """Every mutation once per commit, on the first of its files that offers a place."""
    done: set[tuple[str, str]] = set()
    for commit, seed, path, text in files(clone, most):
        for name, mutate in table[language(path)].items():
            if (commit, name) in done:
                continue
            try:
                changed = mutate(path, text, seed)
            except (SyntaxError, ValueError):
                continue
            if changed is not None:
                done.add((commit, name))
                yield Row(name, clone.path, commit, path, compare(path, text, changed))


def report(title: str, rows: list[Row], *, wanted: bool, listed: bool) -> None:
    """A line per mutation, and what was not as it should be."""
    by_name: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_name[row.name].append(row)
    print(f"\n{title}: {len(rows)} tried")
    for name, found in by_name.items():
        blocked, flagged = sum(row.blocked for row in found), sum(bool(row.findings) for row in found)
        print(f"  {name:36} {len(found):5} blocked {blocked:5} flagged {flagged:5}")
    blocked, flagged = sum(row.blocked for row in rows), sum(bool(row.findings) for row in rows)
    print(f"  all: blocked {blocked / max(1, len(rows)):.2%}, flagged {flagged / max(1, len(rows)):.2%}")
    if listed:
        for row in rows:
            if bool(row.findings) != wanted if wanted else row.blocked:
                print(
                    "   ", row.name, row.commit[:9], row.path, *(f"{each.rule} {each.message}" for each in row.findings)
                )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clones", nargs="+", metavar="CLONE")
    parser.add_argument("--commits", type=int, default=100)
    parser.add_argument("--list", action="store_true", help="name what was missed, and what was blocked without need")
    options = parser.parse_args()
    for path in options.clones:
        clone = Clone(path)
        report(f"{path}, weakened", list(tried(clone, options.commits, WEAKER)), wanted=True, listed=options.list)
        report(f"{path}, reworked", list(tried(clone, options.commits, SAME)), wanted=False, listed=options.list)
        clone.close()


if __name__ == "__main__":
    main()
