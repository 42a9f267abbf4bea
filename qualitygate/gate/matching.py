"""Which finding of one tree is which finding of the other: a multiset match per rule.

Every base finding pays for one head finding at most. `phases` says in which order they are paired.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence

from qualitygate.frozen import NamedTuple
from qualitygate.gate.context import Text, context_at, find_spot, message_class, occurrence
from qualitygate.gate.linemap import SAME, LineMap
from qualitygate.gate.moves import Trees
from qualitygate.gate.phases import Pairs, match_rule
from qualitygate.model import Finding


class Side(NamedTuple):
    """The findings of one tree, and how to read a file of it (None where that is impossible)."""

    findings: tuple[Finding, ...]
    read: Callable[[str], bytes | None]


def _unknown(_: str) -> LineMap | None:
    return None


def _never(_: str) -> bool:
    return False


class Delta(NamedTuple):
    """How head's tree differs from base's.

    `renames`: head path to base path. `line_map`: by head path, from base lines to head lines; None
    for a file that is the same or unknown. `same`: whether a head path holds what its base path
    held; where that is known, the file is not read.
    """

    renames: Mapping[str, str] = {}
    line_map: Callable[[str], LineMap | None] = _unknown
    same: Callable[[str], bool] = _never


class Matching(NamedTuple):
    """`known` are (base, head) pairs, `new` is left of head and `fixed` is left of base, by path and line.

    `touched` are pairs whose code was edited in place, so that head's may be the same finding, or another.
    """

    known: tuple[tuple[Finding, Finding], ...]
    new: tuple[Finding, ...]
    fixed: tuple[Finding, ...]
    touched: tuple[tuple[Finding, Finding], ...] = ()


def match(base: Side, head: Side, delta: Delta) -> Matching:
    """Tell which of head's findings base already had. The order of the findings does not matter."""
    pairs = match_indices(base, head, delta)
    every = (*pairs.same, *pairs.touched)
    paid = {b for b, _ in every}
    known = {h for _, h in every}

    def listed(some: list[tuple[int, int]]) -> tuple[tuple[Finding, Finding], ...]:
        return tuple(sorted(((base.findings[b], head.findings[h]) for b, h in some), key=lambda p: place(p[1])))

    return Matching(
        known=listed(pairs.same),
        new=tuple(sorted((f for i, f in enumerate(head.findings) if i not in known), key=place)),
        fixed=tuple(sorted((f for i, f in enumerate(base.findings) if i not in paid), key=place)),
        touched=listed(pairs.touched),
    )


def place(finding: Finding) -> tuple[str, int, int, str, str, int, int]:
    """Sorts findings by where they stand."""
    return (
        finding.path,
        finding.line,
        finding.column,
        finding.rule,
        finding.message,
        finding.end_line,
        finding.end_column,
    )


def match_indices(base: Side, head: Side, delta: Delta, first: Collection[int] = ()) -> Pairs:
    """The matched pairs as indices into both sides' findings.

    Where several head findings could be paid by one base finding, those with an index in `first` are served first.
    """
    trees = Trees(base.read, head.read, delta.renames, delta.line_map, delta.same)
    pairs = _by_name(base, head, trees, first)
    more, base_left, head_left = _identical(base, head, trees, first)
    pairs += more
    touched: list[tuple[int, int]] = []
    both = base_left.keys() & head_left.keys()
    for rule in sorted(both):
        olds = {i: base.findings[i] for i in base_left[rule]}
        found = match_rule(trees, olds, {i: head.findings[i] for i in head_left[rule]}, first)
        pairs += found.same
        touched += found.touched
    return Pairs(pairs, touched)


_ByRule = dict[str, list[int]]


def _by_name(base: Side, head: Side, trees: Trees, first: Collection[int]) -> list[tuple[int, int]]:
    """Pair what tools name themselves: in the file where it was, else in whichever has that name now."""
    pairs: list[tuple[int, int]] = []
    open_base = {i: f for i, f in enumerate(base.findings) if f.name}
    open_head = {i: f for i, f in enumerate(head.findings) if f.name}
    for same_file in (True, False):
        shelf: dict[Hashable, list[int]] = {}
        for index in sorted(open_base, key=lambda i: place(open_base[i]), reverse=True):
            finding = open_base[index]
            shelf.setdefault((finding.rule, finding.name, finding.path if same_file else ""), []).append(index)
        for index in sorted(open_head, key=lambda i: (i not in first, place(open_head[i]))):
            finding = open_head[index]
            found = shelf.get((finding.rule, finding.name, trees.base_path(finding.path) if same_file else ""))
            if found:
                pairs.append((found.pop(), index))
        for old, new in pairs:
            open_base.pop(old, None)
            open_head.pop(new, None)
    return pairs


def _identical(
    base: Side, head: Side, trees: Trees, first: Collection[int]
) -> tuple[list[tuple[int, int]], _ByRule, _ByRule]:
    """Pair what stands at the same place of a file that did not change: nothing has to be lexed for these."""
    shelf: dict[Hashable, list[int]] = {}
    for index in reversed(_unnamed(base.findings)):
        shelf.setdefault(_exactly(base.findings[index], base.findings[index].path), []).append(index)
    pairs: list[tuple[int, int]] = []
    head_left: _ByRule = {}
    for index in sorted(_unnamed(head.findings), key=lambda i: i not in first):
        finding = head.findings[index]
        path = trees.base_path(finding.path)
        found = shelf.get(_exactly(finding, path))
        if found and trees.line_map(path) is SAME:
            pairs.append((found.pop(), index))
        else:
            head_left.setdefault(finding.rule, []).append(index)
    base_left: _ByRule = {}
    for index in sorted((i for found in shelf.values() for i in found), key=lambda i: place(base.findings[i])):
        base_left.setdefault(base.findings[index].rule, []).append(index)
    return pairs, base_left, head_left


def _unnamed(findings: Sequence[Finding]) -> list[int]:
    return sorted((i for i, f in enumerate(findings) if not f.name), key=lambda i: place(findings[i]))


def _exactly(finding: Finding, path: str) -> Hashable:
    return (path, *place(finding)[1:])


def fingerprint(finding: Finding, read: Callable[[str], bytes | None]) -> str:
    """A stable id of 12 hexadecimal digits: rule, path, the words around the finding, which of the places that read so.

    Two findings of one rule at one place share it.
    """
    return fingerprints((finding,), read)[0]


def fingerprints(findings: Iterable[Finding], read: Callable[[str], bytes | None]) -> tuple[str, ...]:
    """The fingerprints of several findings, in their order; each file is read once."""
    import hashlib  # not on the way to a verdict

    listed = tuple(findings)
    keys = (repr((f.rule, f.path, *words)) for f, words in zip(listed, describe(listed, read), strict=True))
    return tuple(hashlib.sha256(key.encode("utf-8", "backslashreplace")).hexdigest()[:12] for key in keys)


def describe(findings: Iterable[Finding], read: Callable[[str], bytes | None]) -> Iterator[tuple[Hashable, ...]]:
    """What identifies each finding within its rule and file: the words around it, and which of equal places it is."""
    texts: dict[str, Text | None] = {}
    for finding in findings:
        if finding.path not in texts:
            data = read(finding.path)
            texts[finding.path] = None if data is None else Text(finding.path, data)
        text = texts[finding.path]
        spot = find_spot(text, finding) if text is not None and not finding.name else None
        said = finding.name or message_class(finding.message)
        yield (said,) if spot is None else (*context_at(spot), occurrence(spot))
