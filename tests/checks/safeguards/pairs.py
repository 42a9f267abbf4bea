"""Two trees as a comparer sees them, from plain texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha1
from typing import Any

from qualitygate.checks.safeguards.protocol import Comparer, Pair
from qualitygate.model import Entry, Finding


def pair(
    base: Mapping[str, str],
    head: Mapping[str, str],
    comparer: Comparer,
    renames: Mapping[str, str] = {},
    options: Mapping[str, Any] = {},
) -> Pair:
    """A pair of trees that hold these texts by their paths; `renames` from head path to base path."""
    trees = [{path: text.encode() for path, text in tree.items()} for tree in (base, head)]
    entries = [{path: Entry("100644", sha1(data).hexdigest()) for path, data in tree.items()} for tree in trees]
    changed = frozenset(path for path in {*base, *head} if base.get(path) != head.get(path))

    def facts(tree: Mapping[str, bytes]) -> Callable[[str], Any]:
        return lambda path: comparer.extract(path, tree[path], options) if path in tree else None

    return Pair(entries[0], entries[1], changed, renames, facts(trees[0]), facts(trees[1]), trees[0].get, trees[1].get)


def compared(
    base: Mapping[str, str], head: Mapping[str, str], comparer: Comparer, renames: Mapping[str, str] = {}
) -> tuple[Finding, ...]:
    """What the comparer says of them, without options; it must have decided."""
    report = comparer.compare(pair(base, head, comparer, renames), {})
    assert not report.reason
    return report.findings
