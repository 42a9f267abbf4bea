"""Which function of head is which of base: by name, else by what it does, wherever it stands now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence

from qualitygate.checks.safeguards.annotated.signature import Signature
from qualitygate.frozen import NamedTuple


class Placed(NamedTuple):
    """A function and its file: of base, the path that the file has in head."""

    path: str
    signature: Signature


def pairs(base: Sequence[Placed], head: Sequence[Placed]) -> list[tuple[Placed, Placed]]:
    """Pairs of old and new, each function used once. Same file, name and body first; a bare name must be unique."""
    left, right = list(base), list(head)
    found: list[tuple[Placed, Placed]] = []
    steps: Sequence[tuple[Callable[[Placed], Hashable], bool]] = (
        (lambda one: (one.path, one.signature.name, one.signature.body), False),
        (lambda one: (one.path, one.signature.name), False),
        (lambda one: (_last(one), one.signature.body) if one.signature.body else "", False),
        (lambda one: one.signature.body, False),
        (lambda one: "." not in one.signature.name[1:] and one.signature.name, True),
        (lambda one: "." in one.signature.name and one.signature.name, True),
    )
    for key, only in steps:
        if not left or not right:
            break
        found += _matched(left, right, key, only=only)
    return found


def _last(one: Placed) -> str:
    return one.signature.name.rpartition(".")[2]


def _matched(
    left: list[Placed], right: list[Placed], key: Callable[[Placed], Hashable], *, only: bool
) -> list[tuple[Placed, Placed]]:
    """Those that have a key in common, in their order; takes them out of both lists."""
    waiting: dict[Hashable, list[Placed]] = defaultdict(list)
    for one in right:
        wanted = key(one)
        if wanted not in ("", False):
            waiting[wanted].append(one)
    if only:
        counted: dict[Hashable, int] = defaultdict(int)
        for one in left:
            counted[key(one)] += 1
        waiting = {wanted: rows for wanted, rows in waiting.items() if len(rows) == 1 and counted[wanted] == 1}
    found: list[tuple[Placed, Placed]] = []
    for one in left:
        rows = waiting.get(key(one)) or []
        if rows:
            found.append((one, rows.pop(0)))
    taken = {id(old) for old, _ in found}, {id(new) for _, new in found}
    left[:] = [one for one in left if id(one) not in taken[0]]
    right[:] = [one for one in right if id(one) not in taken[1]]
    return found
