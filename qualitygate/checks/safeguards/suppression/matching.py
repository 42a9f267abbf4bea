"""Which directives of head are new against base: those that moved, were narrowed or stand where they stood are not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from qualitygate.checks.safeguards.suppression.directives import SCOPES, Directive

_SIMILAR, _SIMILAR_ELSEWHERE = 0.5, 0.6
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
    left, free = list(head), list(base)
    gone: list[Stand] = []

    def settle(pairs: Callable[[Stand, Stand], bool], key: Callable[[Stand], object]) -> None:
        nonlocal left, free
        rest: dict[object, list[Stand]] = {}
        for one in free:
            rest.setdefault(key(one), []).append(one)
        still = []
        for one in left:
            near = rest.get(key(one), [])
            found = next((number for number, other in enumerate(near) if pairs(other, one)), -1)
            if found >= 0:
                gone.append(near.pop(found))
            else:
                still.append(one)
        left = still
        used = Counter(gone)
        free = [one for one in base if not _take(used, one)]

    def local(one: Stand) -> object:
        return (one.path, one.directive.family)

    def anywhere(one: Stand) -> object:
        return one.directive.family

    def moves(old: Stand, new: Stand) -> bool:
        return _REACH[new.scope] < _REACH["file"] or not kept(old.path)

    settle(lambda old, new: _same(old, new) and old.code == new.code and old.before == new.before, local)
    settle(lambda old, new: _same(old, new) and old.code == new.code, local)
    settle(lambda old, new: _same(old, new) and old.code == new.code and moves(old, new), anywhere)
    settle(lambda old, new: covers(old, new) and old.code == new.code, local)
    settle(lambda old, new: covers(old, new) and _in_place(old, new), local)
    settle(lambda old, new: covers(old, new) and old.code == new.code and moves(old, new), anywhere)
    settle(
        lambda old, new: covers(old, new) and moves(old, new) and dice(old.code, new.code) >= _SIMILAR_ELSEWHERE,
        anywhere,
    )
    # One for the whole file that is gone may become many narrower ones.
    wide = [one for one in free if _REACH[one.scope] >= _REACH["range"]]
    left = [
        one
        for one in left
        if not any(old.path == one.path and covers(old, one) and _narrower(old, one) for old in wide)
    ]
    return [(one, _widened_from(one, free)) for one in left]


def _take(used: Counter[Stand], one: Stand) -> bool:
    if used[one] > 0:
        used[one] -= 1
        return True
    return False


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
    """Whether the code was edited round the directive: what stands next to it is the same, or it is much the same."""
    if _REACH[new.scope] >= _REACH["file"]:
        return True
    beside = (bool(new.before) and old.before == new.before) or (bool(new.after) and old.after == new.after)
    return beside or dice(old.code, new.code) >= _SIMILAR


def dice(one: str, two: str) -> float:
    """How alike two texts are by their pairs of characters: 1 for the same, 0 for nothing in common."""
    if one == two:
        return 1.0
    if len(one) < 2 or len(two) < 2:
        return 0.0
    pairs = [Counter(pairwise(text)) for text in (one, two)]
    return 2 * sum((pairs[0] & pairs[1]).values()) / (len(one) + len(two) - 2)


def _widened_from(new: Stand, free: Sequence[Stand]) -> Stand | None:
    for old in free:
        if (old.path, old.directive.family) != (new.path, new.directive.family):
            continue
        if _REACH[new.scope] >= _REACH["file"] or old.code == new.code or _in_place(old, new):
            return old
    return None


def stands(path: str, rows: Sequence[Sequence[object]], directives: Mapping[str, Directive]) -> list[Stand]:
    """What `reading.read` found in a file, with the directives that the names stand for."""
    found = []
    for name, scope, codes, line, column, reason, code, before, after in rows:
        found.append(
            Stand(path, directives[name], scope, tuple(codes), line, column, reason, code, before, after)  # type: ignore[index, arg-type]  # plain JSON of our own
        )
    return found
