"""No more debt than base has: what a check's findings in head amount to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from qualitygate.gate.context import message_class
from qualitygate.gate.matching import Delta, Side, match_indices, place
from qualitygate.model import Finding, Policy

Group = tuple[Side, Delta]
"""One tree that debt may be known from, and how head differs from it."""

BaseGroup = Group | Callable[[], Group]
"""A group, or what computes it, called only when findings are left over."""


class Judgement(NamedTuple):
    """What one check's findings in head amount to.

    `fixed_count` counts against the nearest group that was looked at. `unaccounted` names rules with
    how many findings head has over base that nothing reports: never empty means a bug, and no verdict.
    """

    new: tuple[Finding, ...]
    known_count: int
    fixed_count: int
    shown: tuple[Finding, ...] = ()
    unaccounted: tuple[tuple[str, int], ...] = ()


def judge(policy: Policy, base_groups: Sequence[BaseGroup], head: Side) -> Judgement:
    """Judge head's findings against base, which is the union of the groups, nearest first.

    A finding that two groups have counts once: head findings that the first group knows also use up
    what matches them in the second, and only what is left of that one can pay for others.
    """
    if policy == "clean":
        return Judgement(tuple(sorted(head.findings, key=place)), 0, 0)
    known: set[int] = set()
    fixed: int | None = None
    seen: list[tuple[Finding, ...]] = []
    for group in base_groups:
        if len(known) == len(head.findings) and (seen or callable(group)):
            break
        side, delta = group() if callable(group) else group
        pairs = match_indices(side, head, delta, known)
        known.update(h for _, h in pairs)
        seen.append(tuple(_renamed(side.findings, delta)))
        fixed = len(side.findings) - len(pairs) if fixed is None else fixed
    left = tuple(sorted((f for i, f in enumerate(head.findings) if i not in known), key=place))
    new, shown = (left, ()) if policy == "ratchet" else ((), left)
    return Judgement(new, len(known), fixed or 0, shown, unaccounted(seen, head.findings, left))


def _renamed(findings: Iterable[Finding], delta: Delta) -> Iterable[Finding]:
    to_head = {old: new for new, old in delta.renames.items()}
    return (f._replace(path=to_head.get(f.path, f.path)) for f in findings)


def unaccounted(
    groups: Sequence[Sequence[Finding]], head: Sequence[Finding], reported: Sequence[Finding]
) -> tuple[tuple[str, int], ...]:
    """Rules that head has more often than base, beyond what is reported; counts only, no matching.

    With several groups the same finding is told by rule, path and kind of message: base has as many
    of each as the group that has most.
    """
    said = Counter(f.rule for f in reported)
    base = Counter(f.rule for f in groups[0]) if len(groups) == 1 else _most(groups)
    surplus = {rule: n - base[rule] - said[rule] for rule, n in Counter(f.rule for f in head).items()}
    return tuple(sorted((rule, n) for rule, n in surplus.items() if n > 0))


def _most(groups: Sequence[Sequence[Finding]]) -> Counter[str]:
    union: Counter[tuple[str, str, str]] = Counter()
    for findings in groups:
        union |= Counter((f.rule, f.path, message_class(f.message)) for f in findings)
    total: Counter[str] = Counter()
    for (rule, _, _), n in union.items():
        total[rule] += n
    return total
