"""Which directives of head are new against base: those that moved, were narrowed or stand where they stood are not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from qualitygate.checks.safeguards.suppression.directives import SCOPES, Directive
from qualitygate.frozen import NamedTuple

_SIMILAR, _SIMILAR_AROUND, _SIMILAR_ELSEWHERE = 0.5, 0.7, 0.6
_TELLING, _SIMILAR_SHORT = 20, 0.8
_REACH = {scope: 0 if scope == "next" else number for number, scope in enumerate(SCOPES)}


class Stand(NamedTuple):
    """One directive and the file that it stands in; of base, by the name that this has in head."""

    path: str
    directive: Directive
    scope: str
    codes: tuple[str, ...]
    line: int
    column: int
    reason: bool
    code: str
    before: str
    after: str


def unmatched(
    base: Sequence[Stand], head: Sequence[Stand], kept: Callable[[str], bool]
) -> list[tuple[Stand, Stand | None]]:
    """Those of head that base has no counterpart for, each of base used once; with what was widened to it, if anything.

    `kept`: whether a file of base is still there. A directive for a whole file moves only with its file.
    """
    left, free = list(head), dict(enumerate(base))
    wide = {number: one for number, one in free.items() if _REACH[one.scope] >= _REACH["range"]}

    def moves(old: Stand, new: Stand) -> bool:
        return old.path == new.path or _REACH[new.scope] < _REACH["file"] or not kept(old.path)

    for local, counts in _PASSES:
        rest: dict[object, list[int]] = {}
        for number, one in free.items():
            rest.setdefault((one.directive.family, one.path if local else ""), []).append(number)
        still = []
        for new in left:
            near = rest.get((new.directive.family, new.path if local else ""), [])
            found = next((n for n in near if counts(free[n], new) and moves(free[n], new)), -1)
            if found < 0:
                still.append(new)
                continue
            near.remove(found)
            if not _narrower(free.pop(found), new):
                wide.pop(found, None)
        left = still
    # One for a whole file, or for some lines, that is gone may have become many narrower ones.
    gone = wide.values()
    left = [
        one
        for one in left
        if not any(old.path == one.path and covers(old, one) and _narrower(old, one) for old in gone)
    ]
    result: list[tuple[Stand, Stand | None]] = []
    there = list(free.values())
    for one in left:
        before = next((old for old in there if recoded(old, one)), None)
        if before is not None:
            there.remove(before)
        result.append((one, before or _widened_from(one, there)))
    return result


def recoded(old: Stand, new: Stand) -> bool:
    """Whether the same line is let off as before, under as many other codes."""
    same = (old.path, old.directive.name, old.scope, old.code) == (new.path, new.directive.name, new.scope, new.code)
    return same and bool(new.code) and 0 < len(new.codes) <= len(old.codes)


def _same(old: Stand, new: Stand) -> bool:
    return old.directive.name == new.directive.name and old.scope == new.scope and old.codes == new.codes


def covers(old: Stand, new: Stand) -> bool:
    """Whether all that `new` hides was hidden by `old`, were they in one place."""
    if old.directive.family != new.directive.family or old.directive.rank < new.directive.rank:
        return False
    if _REACH[old.scope] < _REACH[new.scope]:
        return False
    return not old.codes or (bool(new.codes) and set(new.codes) <= set(old.codes))


def _narrower(old: Stand, new: Stand) -> bool:
    return _REACH[old.scope] > _REACH[new.scope]


def _in_place(old: Stand, new: Stand) -> bool:
    """Whether the code was edited round the directive: what stands next to it is the same, or all is much the same."""
    if _REACH[new.scope] >= _REACH["file"]:
        return True
    if (new.before and old.before == new.before) or (new.after and old.after == new.after):
        return True
    was, now = old.before + old.code + old.after, new.before + new.code + new.after
    return _alike(old.code, new.code, _SIMILAR) or _alike(was, now, _SIMILAR_AROUND)


def _alike(one: str, two: str, least: float) -> bool:
    """Whether one is the other, edited. Of short code most is the same anyway: `import a`, `import b`."""
    short = min(len(one), len(two)) < _TELLING
    return dice(one, two) >= (max(least, _SIMILAR_SHORT) if short else least)


def dice(one: str, two: str) -> float:
    """How alike two texts are by their pairs of characters: 1 for the same, 0 for nothing in common."""
    if one == two:
        return 1.0
    if len(one) < 2 or len(two) < 2:
        return 0.0
    pairs = [Counter(pairwise(text)) for text in (one, two)]
    return 2 * sum((pairs[0] & pairs[1]).values()) / (len(one) + len(two) - 2)


_PASSES: tuple[tuple[bool, Callable[[Stand, Stand], bool]], ...] = (
    (True, lambda old, new: _same(old, new) and old.code == new.code and old.before == new.before),
    (True, lambda old, new: _same(old, new) and old.code == new.code),
    (False, lambda old, new: _same(old, new) and old.code == new.code),
    (True, lambda old, new: covers(old, new) and old.code == new.code),
    (True, lambda old, new: covers(old, new) and _in_place(old, new)),
    (False, lambda old, new: covers(old, new) and old.code == new.code),
    (False, lambda old, new: covers(old, new) and _alike(old.code, new.code, _SIMILAR_ELSEWHERE)),
)
"""Who goes with whom, the surest first; whether only in one file."""


def _widened_from(new: Stand, free: Sequence[Stand]) -> Stand | None:
    for old in free:
        if (old.path, old.directive.family) != (new.path, new.directive.family) or new.scope == "project":
            continue
        if _REACH[new.scope] >= _REACH["file"] or old.code == new.code or _in_place(old, new):
            return old
    return None


def stands(path: str, rows: Sequence[Sequence[Any]], directives: Mapping[str, Directive]) -> list[Stand]:
    """What `reading.read` found in a file, with the directives that the names stand for."""
    return [Stand(path, directives[name], scope, tuple(codes), *rest) for name, scope, codes, *rest in rows]
