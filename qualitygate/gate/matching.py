"""Which finding of one tree is which finding of the other.

A multiset match per rule: every base finding pays for one head finding at most. What identifies a
finding is the code around it; the diff's line map decides between places that read the same, and
whether code that reads the same has moved at all: code that was mended where it stood pays for
nothing elsewhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from qualitygate.gate.context import (
    Context,
    Text,
    context_at,
    defined_name,
    find_spot,
    message_class,
    occurrence,
    statement_at,
)
from qualitygate.gate.linemap import SAME, LineMap
from qualitygate.gate.moves import Place, Trees, mended, stays, travelled
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
    """`known` are (base, head) pairs, `new` is left of head and `fixed` is left of base, by path and line."""

    known: tuple[tuple[Finding, Finding], ...]
    new: tuple[Finding, ...]
    fixed: tuple[Finding, ...]


class Site(NamedTuple):
    """A finding with what identifies it.

    `path` is base's name of the file, `line` 0 where the finding is about the file, `owner` the
    definition that holds it, `defines` the name whose definition begins on the line.
    """

    number: int
    path: str
    line: int
    context: Context
    statement: tuple[str, ...]
    owner: str
    defines: str
    said: str


class _Open(NamedTuple):
    """What is still unmatched of one rule, and how often the rule fired on each line of both trees."""

    trees: Trees
    base: dict[int, Site]
    head: dict[int, Site]
    base_lines: Mapping[Place, int]
    head_lines: Mapping[Place, int]
    settled: dict[tuple[str, int], bool]
    pairs: list[tuple[int, int]]


def match(base: Side, head: Side, delta: Delta) -> Matching:
    """Tell which of head's findings base already had. The order of the findings does not matter."""
    pairs = match_indices(base, head, delta)
    paid = {b for b, _ in pairs}
    known = {h for _, h in pairs}
    return Matching(
        known=tuple(sorted(((base.findings[b], head.findings[h]) for b, h in pairs), key=lambda p: place(p[1]))),
        new=tuple(sorted((f for i, f in enumerate(head.findings) if i not in known), key=place)),
        fixed=tuple(sorted((f for i, f in enumerate(base.findings) if i not in paid), key=place)),
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


def match_indices(base: Side, head: Side, delta: Delta, first: Collection[int] = ()) -> list[tuple[int, int]]:
    """The matched pairs as indices into both sides' findings.

    Where several head findings could be paid by one base finding, those with an index in `first` are served first.
    """
    trees = Trees(base.read, head.read, delta.renames, delta.line_map, delta.same)
    pairs, base_left, head_left = _identical(base, head, trees, first)
    both = base_left.keys() & head_left.keys()
    for rule in sorted(both):
        pairs += _match_rule(base, head, trees, base_left[rule], head_left[rule], first)
    return pairs


_ByRule = dict[str, list[int]]


def _identical(
    base: Side, head: Side, trees: Trees, first: Collection[int]
) -> tuple[list[tuple[int, int]], _ByRule, _ByRule]:
    """Pair what stands at the same place of a file that did not change: nothing has to be lexed for these."""
    shelf: dict[Hashable, list[int]] = {}
    for index in reversed(_ordered(base.findings)):
        shelf.setdefault(_exactly(base.findings[index], base.findings[index].path), []).append(index)
    pairs: list[tuple[int, int]] = []
    head_left: _ByRule = {}
    for index in sorted(_ordered(head.findings), key=lambda i: i not in first):
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


def _ordered(findings: Sequence[Finding]) -> list[int]:
    return sorted(range(len(findings)), key=lambda i: place(findings[i]))


def _exactly(finding: Finding, path: str) -> Hashable:
    return (path, *place(finding)[1:])


def _match_rule(
    base: Side, head: Side, trees: Trees, olds: list[int], news: list[int], first: Collection[int]
) -> list[tuple[int, int]]:
    old_sites = {i: _site(i, base.findings[i], base.findings[i].path, trees.base_text) for i in olds}
    new_sites = {i: _site(i, head.findings[i], trees.base_path(head.findings[i].path), trees.head_text) for i in news}
    left = _Open(trees, old_sites, new_sites, _count(old_sites.values()), _count(new_sites.values()), {}, [])
    turns = [[i for i in new_sites if i in first], [i for i in new_sites if i not in first]]
    for phase in _PHASES:
        for turn in turns:
            if not left.base:
                return left.pairs
            phase(left, [left.head[i] for i in turn if i in left.head])
    return left.pairs


def _site(index: int, finding: Finding, base_path: str, read: Callable[[str], Text | None]) -> Site:
    said = message_class(finding.message)
    text = read(finding.path)
    spot = find_spot(text, finding) if text is not None else None
    if spot is None or text is None:
        return Site(index, base_path, 0, Context((), said, ()), (), "", "", said)
    line = finding.line
    owner, defines = text.owners[line - 1], defined_name(text.lines[line - 1])
    return Site(index, base_path, line, context_at(spot), statement_at(text, spot), owner, defines, said)


def _count(sites: Iterable[Site]) -> dict[Place, int]:
    counts: dict[Place, int] = {}
    for site in sites:
        key = (site.path, site.line)
        counts[key] = counts.get(key, 0) + 1
    return counts


_Key = Callable[[Site], Hashable]


def _whole(site: Site) -> Hashable:
    return site.context


def _right(site: Site) -> Hashable:
    return (site.context.centre, site.context.right) if site.line else None


def _left(site: Site) -> Hashable:
    return (site.context.left, site.context.centre) if site.line else None


def _pair(
    left: _Open, heads: list[Site], base_key: _Key, head_key: _Key, fits: Callable[[Site, Site], bool] | None = None
) -> None:
    """Pair sites whose keys agree, in order of appearance; those that also say the same thing come first."""
    for worded in (True, False):
        shelf: dict[Hashable, dict[int, Site]] = {}
        for site in left.base.values():
            key = base_key(site)
            if key is not None:
                shelf.setdefault((key, site.said if worded else ""), {})[site.number] = site
        for site in heads:
            key = head_key(site)
            if key is None or site.number not in left.head:
                continue
            waiting = shelf.get((key, site.said if worded else ""))
            if waiting:
                _take(left, waiting, site, fits)


_TRIES = 32
"""How many equal candidates are tried for one finding: time stays linear in a file of nothing but copies."""


def _take(left: _Open, waiting: dict[int, Site], site: Site, fits: Callable[[Site, Site], bool] | None) -> None:
    for candidate in islice(waiting.values(), _TRIES):
        if fits is None or fits(candidate, site):
            del waiting[candidate.number], left.base[candidate.number], left.head[site.number]
            left.pairs.append((candidate.number, site.number))
            return


def _in_place(left: _Open, heads: list[Site], words: _Key) -> None:
    """Pair what reads the same on a line that was kept, then where the diff edited both."""

    def kept_base(site: Site) -> Hashable:
        key = words(site)
        return None if key is None else (key, site.path, site.line)

    def kept_head(site: Site) -> Hashable:
        key, line = words(site), left.trees.line_map(site.path).to_old(site.line)
        return None if key is None or line is None else (key, site.path, line)

    def edited_base(site: Site) -> Hashable:
        lines = left.trees.line_map(site.path)
        key, hunk = words(site), lines.old_hunk(site.line)
        return None if key is None or hunk is None else (key, site.path, lines.region(hunk))

    def edited_head(site: Site) -> Hashable:
        lines = left.trees.line_map(site.path)
        key, hunk = words(site), lines.new_hunk(site.line)
        return None if key is None or hunk is None else (key, site.path, lines.region(hunk))

    def fits(base: Site, head: Site) -> bool:
        return _not_copied(left, base, head)

    _pair(left, heads, kept_base, kept_head, fits)
    _pair(left, heads, edited_base, edited_head, fits)


def _elsewhere(left: _Open, heads: list[Site], words: _Key, *, sure: bool, same_file: bool) -> None:
    """Pair what reads the same at two places, if the code can have moved from one to the other.

    Words on both sides are `sure`: the same statement then moved if it left the first place and is new
    at the second. Where a place still stands and was mended or broken there, where the words are on one
    side only, or only the defined name is the same, its neighbours must have come along.
    """
    wait = _with_successor(left) if same_file else frozenset()

    def statement(site: Site) -> Hashable:
        found = words(site) if site.line and site.statement else None
        return None if found is None else (found, site.statement, site.path if same_file else "")

    def definition(site: Site) -> Hashable:
        found = words(site) if site.line and site.defines else None
        return None if found is None else (found, site.defines, site.path if same_file else "")

    def moved(base: Site, head: Site) -> bool:
        if base.number in wait or not _not_copied(left, base, head):
            return False
        return travelled(left.trees, (base.path, base.line), (head.path, head.line))

    def left_and_arrived(base: Site, head: Site) -> bool:
        if base.number in wait or not _not_copied(left, base, head):
            return False
        return not _settled(left, base, old=True) and not _settled(left, head, old=False)

    if sure:
        _pair(left, heads, statement, statement, left_and_arrived)
    _pair(left, heads, statement, statement, moved)
    _pair(left, heads, definition, definition, moved)


def _settled(left: _Open, site: Site, *, old: bool) -> bool:
    key = ("old" if old else "new", site.number)
    if key not in left.settled:
        counts = (left.base_lines, left.head_lines) if old else (left.head_lines, left.base_lines)
        left.settled[key] = stays(left.trees, (site.path, site.line), *counts, old=old)
    return left.settled[key]


def _not_copied(left: _Open, base: Site, head: Site) -> bool:
    """Whether base's finding can be head's: not where its own definition stands on, mended."""
    if not base.line or (base.owner, base.path) == (head.owner, head.path):
        return True
    key = ("mended", base.number)
    if key not in left.settled:
        left.settled[key] = mended(left.trees, (base.path, base.line), left.head_lines)
    return not left.settled[key]


def _with_successor(left: _Open) -> frozenset[int]:
    """Base findings on whose kept line an unmatched head finding stands that reads like no other base finding.

    They are kept back for it: else a copy of them would take their place, and the old line be called new.
    """
    like: dict[Hashable, int] = {}
    for site in left.base.values():
        like[site.path, site.context] = like.get((site.path, site.context), 0) + 1
    heirs: dict[Place, list[Site]] = {}
    for site in left.head.values():
        line = left.trees.line_map(site.path).to_old(site.line)
        if line is not None:
            heirs.setdefault((site.path, line), []).append(site)
    return frozenset(
        site.number
        for site in left.base.values()
        for heir in heirs.get((site.path, site.line), ())
        if like.get((site.path, heir.context), 0) - (heir.context == site.context) <= 0
    )


def _owned(words: _Key) -> _Key:
    """The same words in the same definition."""

    def key(site: Site) -> Hashable:
        found = words(site)
        return None if found is None or not site.owner else (found, site.owner)

    return key


def _whole_words(left: _Open, heads: list[Site]) -> None:
    """What reads the same to both sides: in its definition, with its definition, then elsewhere in its file."""
    _in_place(left, heads, _owned(_whole))

    def in_file(site: Site) -> Hashable:
        return (site.context, site.statement, site.path, site.owner) if site.owner else None

    def anywhere(site: Site) -> Hashable:
        return (site.context, site.statement, site.owner) if site.owner else None

    def fits(base: Site, head: Site) -> bool:
        return not _settled(left, base, old=True) and not _settled(left, head, old=False)

    def emigrated(base: Site, head: Site) -> bool:
        return not left.trees.defines(base.path, base.owner, old=False) and not left.trees.defines(
            head.path, head.owner, old=True
        )

    _pair(left, heads, in_file, in_file, fits)
    _pair(left, heads, anywhere, anywhere, emigrated)
    _in_place(left, heads, _whole)
    _elsewhere(left, heads, _whole, sure=True, same_file=True)


def _one_side_in_file(left: _Open, heads: list[Site]) -> None:
    for words in (_owned(_right), _owned(_left), _right, _left):
        _in_place(left, heads, words)
    for words in (_right, _left):
        _elsewhere(left, heads, words, sure=False, same_file=True)


def _on_kept_line(left: _Open, heads: list[Site]) -> None:
    def base_key(site: Site) -> Hashable:
        return (site.path, site.line, site.said)

    def head_key(site: Site) -> Hashable:
        line = left.trees.line_map(site.path).to_old(site.line)
        return None if line is None else (site.path, line, site.said)

    _pair(left, heads, base_key, head_key, lambda base, head: _not_copied(left, base, head))


def _anywhere(left: _Open, heads: list[Site]) -> None:
    _elsewhere(left, heads, _whole, sure=True, same_file=False)
    for words in (_right, _left):
        _elsewhere(left, heads, words, sure=False, same_file=False)


# What the last phase leaves is where findings edited in place, and those only revealed, are to be told from new ones.
_PHASES = (_whole_words, _one_side_in_file, _on_kept_line, _anywhere)


def fingerprint(finding: Finding, read: Callable[[str], bytes | None]) -> str:
    """A stable id of 12 hexadecimal digits: rule, path, the words around the finding, which of the places that read so.

    Two findings of one rule at one place share it.
    """
    return fingerprints((finding,), read)[0]


def fingerprints(findings: Iterable[Finding], read: Callable[[str], bytes | None]) -> tuple[str, ...]:
    """The fingerprints of several findings, in their order; each file is read once."""
    texts: dict[str, Text | None] = {}
    found = []
    for finding in findings:
        if finding.path not in texts:
            data = read(finding.path)
            texts[finding.path] = None if data is None else Text(finding.path, data)
        text = texts[finding.path]
        spot = find_spot(text, finding) if text is not None else None
        if spot is None:
            words: tuple[object, ...] = (message_class(finding.message),)
        else:
            words = (*context_at(spot), occurrence(spot))
        key = repr((finding.rule, finding.path, *words)).encode("utf-8", "backslashreplace")
        found.append(hashlib.sha256(key).hexdigest()[:12])
    return tuple(found)
