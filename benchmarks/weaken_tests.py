"""Weaken real tests mechanically and count what `kept-tests` says; rework others, and count what it says then.

    python benchmarks/weaken_tests.py CLONE... [--commits 100] [--list] [--beside function|statement]

Each mutation is applied to a file of one of the last commits' trees, in this process; nothing is written to the clone.
`--beside` lets a change of the product go along that has nothing to do with it: a new function at the end of one of its
files, or a statement that does nothing in one of its functions, both chosen by chance.
A weakening is blocked if a rule blocks an agent, flagged if any rule reports it. A rework is silent if nothing blocks.
"""

from __future__ import annotations

import argparse
import re
import sys
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.safeguards_history import Clone
from benchmarks.weakenings import braces, python, python_same, python_sly
from benchmarks.weakenings.mutation import Changed, Mutator
from qualitygate.checks.safeguards import tests as check
from qualitygate.checks.safeguards.inventory.places import is_product, is_test, language
from qualitygate.checks.safeguards.protocol import Pair
from qualitygate.model import Entry, Finding

WEAKER: Mapping[str, Mapping[str, Mutator]] = {
    "python": {**python.WEAKER, **python_sly.WEAKER},
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


_FUNCTION = {
    "python": "def spare_total(amounts):\n    return sum(amounts)\n",
    "javascript": "function spareTotal(amounts) {\n  return amounts.length;\n}\n",
    "go": "func spareTotal(amounts []int) int {\n\treturn len(amounts)\n}\n",
    "rust": "fn spare_total(amounts: &[u32]) -> usize {\n    amounts.len()\n}\n",
}
_STATEMENT = {
    "python": (r"\s*(?:async )?def \w+\([^()]*\).*:$", "spare = None"),
    "javascript": (r".*\bfunction\b[^{}]*\{$|\s+(?!if|for|while|switch)\w+\([^()]*\)[^{}=]*\{$", "void 0;"),
    "go": (r"func .*\{$", "_ = 0"),
    "rust": (r"\s*(?:pub )?fn .*\{$", "let _ = 0;"),
}


class Beside(NamedTuple):
    """A change of the product that goes along, and the other files of the tree."""

    path: str
    before: bytes
    after: bytes
    others: Mapping[str, Entry]
    read: Callable[[str], bytes | None]


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


def compare(path: str, text: str, changed: Changed, beside: Beside | None = None) -> tuple[Finding, ...]:
    """What the check says of a tree with this one file, and of what became of it."""
    base = {path: text.encode()}
    head = {**base, **{name: new.encode() for name, new in changed.files.items() if new is not None}}
    for name, new in changed.files.items():
        if new is None:
            del head[name]
    if beside is not None:
        base[beside.path], head[beside.path] = beside.before, beside.after
    entries = [
        {name: Entry("100644", f"{zlib.crc32(data):08x}") for name, data in tree.items()} for tree in (base, head)
    ]
    others = {} if beside is None else {name: one for name, one in beside.others.items() if name not in base}

    def reader(tree: Mapping[str, bytes]) -> Callable[[str], bytes | None]:
        read = beside.read if beside is not None else lambda _: None
        return lambda name: tree[name] if name in tree else read(name) if name in others else None

    def facts(tree: Mapping[str, bytes], name: str) -> object:
        data = reader(tree)(name)
        return check.extract(name, data, {}) if data is not None else None

    pair = Pair(
        {**others, **entries[0]},
        {**others, **entries[1]},
        frozenset(name for name in {*base, *head} if base.get(name) != head.get(name)),
        dict(changed.renames),
        lambda name: facts(base, name),
        lambda name: facts(head, name),
        reader(base),
        reader(head),
    )
    report = check.compare(pair, {})
    return (
        report.findings if not report.reason else (Finding("kept-tests", "undecided", path, 1, 1, 1, 1, report.reason),)
    )


def besides(clone: Clone, commit: str, kind: str, seed: int) -> Beside | None:
    """A harmless change of one file of the product in this commit's tree; None where none offers a place."""
    tree = clone.tree(commit)
    paths = [path for path in sorted(tree) if is_product(path, {}) and language(path) in _FUNCTION]
    for turn in range(min(20, len(paths))):
        path = paths[zlib.crc32(f"{commit}{seed}{turn}".encode()) % len(paths)]
        before = clone.blob(tree[path].blob).decode("utf-8", "replace")
        after = before.rstrip("\n") + "\n\n\n" + _FUNCTION[language(path)]
        if kind == "statement":
            lines = before.splitlines(keepends=True)
            opening, statement = _STATEMENT[language(path)]
            places = [at for at, line in enumerate(lines[:-1]) if re.match(opening, line)]
            if not places:
                continue
            at = places[zlib.crc32(f"{seed}{path}".encode()) % len(places)]
            indent = re.match(r"\s*", lines[at + 1])
            lines.insert(at + 1, (indent[0] if indent else "") + statement + "\n")
            after = "".join(lines)

        def read(name: str) -> bytes | None:
            return clone.blob(tree[name].blob) if name in tree and tree[name].is_file else None

        return Beside(path, before.encode(), after.encode(), tree, lru_cache(maxsize=None)(read))
    return None


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


def tried(
    clone: Clone, most: int, table: Mapping[str, Mapping[str, Mutator]], kind: str | None = None
) -> Iterator[Row]:
    """Every mutation once per commit, on the first of its files that offers a place."""
    done: set[tuple[str, str]] = set()
    beside: dict[str, Beside | None] = {}
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
                if kind and commit not in beside:
                    beside[commit] = besides(clone, commit, kind, seed)
                yield Row(name, clone.path, commit, path, compare(path, text, changed, beside.get(commit)))


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
    parser.add_argument("--beside", choices=("function", "statement"), help="let a harmless change of code go along")
    options = parser.parse_args()
    for path in options.clones:
        clone = Clone(path)
        report(
            f"{path}, weakened",
            list(tried(clone, options.commits, WEAKER, options.beside)),
            wanted=True,
            listed=options.list,
        )
        report(
            f"{path}, reworked",
            list(tried(clone, options.commits, SAME, options.beside)),
            wanted=False,
            listed=options.list,
        )
        clone.close()


if __name__ == "__main__":
    main()
