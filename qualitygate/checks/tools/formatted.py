"""What a formatter would change, as findings: one per region of lines, whatever formatter it is."""

from __future__ import annotations

from collections.abc import Iterator

from qualitygate.checks.tools.diffs import Hunk, regions
from qualitygate.model import Finding

_MESSAGE = "not formatted"
_LINES = 5000


def findings(check: str, rule: str, path: str, before: bytes, after: bytes) -> Iterator[Finding]:
    """One finding per region of `before` that `after` has otherwise, in lines of `before`."""
    for first, last in changed(before, after):
        yield Finding(check, rule, path, first, 0, last, 0, _MESSAGE, fixable="safe")


def changed(before: bytes, after: bytes) -> list[tuple[int, int]]:
    """The (first, last) lines of each region; see `diffs.regions`."""
    if before == after:
        return []
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    head = _same(old, new)
    tail = _same(old[head:][::-1], new[head:][::-1])
    rows = [b" " + line for line in old[:head]]
    rows += _middle(old[head : len(old) - tail], new[head : len(new) - tail])
    rows += [b" " + line for line in old[len(old) - tail :]]
    return regions(Hunk(1, tuple(rows)))


def _middle(old: list[bytes], new: list[bytes]) -> Iterator[bytes]:
    from difflib import SequenceMatcher

    if len(old) > _LINES and len(new) > _LINES:  # nothing is won by looking closer
        yield from (b"-" + line for line in old)
        yield from (b"+" + line for line in new)
        return
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from (b" " + line for line in old[i:j])
        else:
            yield from (b"-" + line for line in old[i:j])
            yield from (b"+" + line for line in new[k:m])


def _same(some: list[bytes], others: list[bytes]) -> int:
    count = 0
    for one, other in zip(some, others, strict=False):
        if one != other:
            break
        count += 1
    return count
