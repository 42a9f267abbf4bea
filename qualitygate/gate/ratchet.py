"""No more debt than base has: what a check's findings in head amount to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from typing import TypeVar

from qualitygate.frozen import NamedTuple
from qualitygate.gate.matching import Delta, Side, describe, match_indices, place
from qualitygate.gate.merge import expected
from qualitygate.model import Finding, Policy

Group = tuple[Side, Delta]
"""One tree that debt may be known from, and how head differs from it."""

BaseGroup = Group | Callable[[], Group]
"""A group, or what computes it, called only when findings are left over."""


class Judgement(NamedTuple):
    """What one check's findings in head amount to.

    `fixed_count` counts against the nearest group that was looked at. `touched` are those whose code was edited in
    place, and which may block nothing; `revealed` those that base hid from the tool. `notes` are about how it was
    judged. `unaccounted` names rules with
    how many findings head has over base that nothing reports: never empty means a bug, and no verdict.
    """

    new: tuple[Finding, ...]
    known_count: int
    fixed_count: int
    shown: tuple[Finding, ...] = ()
    unaccounted: tuple[tuple[str, int], ...] = ()
    touched: tuple[Finding, ...] = ()
    revealed: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()


def _lenient(_: Finding) -> bool:
    return False


def judge(
    policy: Policy,
    base_groups: Sequence[BaseGroup],
    head: Side,
    forks: Sequence[Callable[[], Group]] = (),
    is_strict: Callable[[Finding], bool] = _lenient,
) -> Judgement:
    """Judge head's findings against base, which is the union of the groups, nearest first.

    A finding that two groups have counts once: head findings that the first group knows also use up
    what matches them in the second, and only what is left of that one can pay for others. With
    `forks` the groups are the sides of a merge, and what they had in common decides where they differ.
    `is_strict`: whether a finding whose code was edited in place is new.
    """
    if policy == "clean":
        return Judgement(tuple(sorted(head.findings, key=place)), 0, 0)
    found = _of_merge(base_groups, head, forks) if forks else _of_union(base_groups, head)
    soft = {i for i in found.touched if not is_strict(head.findings[i])}
    left = tuple(sorted((f for i, f in enumerate(head.findings) if i not in found.known | soft), key=place))
    touched = tuple(sorted((head.findings[i] for i in soft), key=place))
    new, shown = (left, ()) if policy == "ratchet" else ((), left)
    surplus = unaccounted(found.seen, head.findings, left, found.forks)
    return Judgement(new, len(found.known), found.fixed, shown, surplus, touched)


class _Found(NamedTuple):
    """Which of head's findings are known or touched, by number, how many of the nearest group's are fixed, and the
    groups that were looked at."""

    known: set[int]
    touched: set[int]
    fixed: int
    seen: list[Group]
    forks: list[Group]


def _of_union(groups: Sequence[BaseGroup], head: Side) -> _Found:
    known: set[int] = set()
    touched: set[int] = set()
    fixed: int | None = None
    seen: list[Group] = []
    for group in groups:
        if len(known) == len(head.findings) and (seen or callable(group)):
            break
        side, delta = group() if callable(group) else group
        pairs = match_indices(side, head, delta, known | touched)
        known.update(h for _, h in pairs.same)
        touched.update(h for _, h in pairs.touched)
        seen.append((side, delta))
        fixed = len(side.findings) - len(pairs.same) - len(pairs.touched) if fixed is None else fixed
    return _Found(known, touched - known, fixed or 0, seen, [])


def _of_merge(groups: Sequence[BaseGroup], head: Side, forks: Sequence[Callable[[], Group]]) -> _Found:
    if not head.findings:
        return _of_union(groups, head)
    seen = [group() if callable(group) else group for group in groups]
    had: list[set[int]] = []
    some: set[int] = set()
    same: set[int] = set()
    for side, delta in seen:
        pairs = match_indices(side, head, delta, some)
        had.append({h for _, h in (*pairs.same, *pairs.touched)})
        same.update(h for _, h in pairs.same)
        some |= had[-1]
    common: set[int] = set()
    # Where all sides agree, nobody has to know what they come from.
    looked = [fork() for fork in forks] if any(some - one for one in had) else []
    for side, delta in looked:
        pairs = match_indices(side, head, delta, some)
        common.update(h for _, h in (*pairs.same, *pairs.touched))
    found = {h for h in some if expected(head.findings[h].direction, h in common, [h in one for one in had])}
    return _Found(found & same, found - same, max(len(seen[0][0].findings) - len(had[0]), 0), seen, looked)


def unaccounted(
    groups: Sequence[Group], head: Sequence[Finding], reported: Sequence[Finding], forks: Sequence[Group] = ()
) -> tuple[tuple[str, int], ...]:
    """Rules that head has more often than base, beyond what is reported: from counts alone, no matching.

    With several groups base has as many of each finding as the group that has most; in a merge, as
    many as the fork and all that the sides have over it. What is the same finding in two of them is
    told by its file, the words around it, and the kind of message.
    """
    said = Counter(f.rule for f in reported)
    wanted = Counter(f.rule for f in head) - said
    base = _largest(Counter(f.rule for f in side.findings) for side, _ in groups)
    short = {rule for rule, n in wanted.items() if n > base[rule]}
    if short and len(groups) > 1:
        described = [_described(group, short) for group in groups]
        union = _largest(_described(fork, short) for fork in forks)
        union = sum((one - union for one in described), union) if forks else _largest(described)
        base = Counter()
        for (rule, *_), n in union.items():
            base[rule] += n
    return tuple(sorted((rule, wanted[rule] - base[rule]) for rule in short if wanted[rule] > base[rule]))


_T = TypeVar("_T")


def _largest(counts: Iterable[Counter[_T]]) -> Counter[_T]:
    union: Counter[_T] = Counter()
    for one in counts:
        union |= one
    return union


def _described(group: Group, rules: Collection[str]) -> Counter[tuple[str, str, Hashable]]:
    side, delta = group
    to_head = {old: new for new, old in delta.renames.items()}
    findings = [f for f in side.findings if f.rule in rules]
    return Counter(
        (f.rule, to_head.get(f.path, f.path), words)
        for f, words in zip(findings, describe(findings, side.read), strict=True)
    )
