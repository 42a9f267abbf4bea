"""The order in which one rule's findings of two trees are paired: the surest evidence first.

What identifies a finding is the code around it. The diff's line map decides between places that read
the same, and whether code that reads the same has moved at all: code that was mended where it stood
pays for nothing elsewhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from itertools import islice

from qualitygate.frozen import NamedTuple
from qualitygate.gate.context import (
    Context,
    Text,
    context_at,
    defined_name,
    find_spot,
    message_class,
    row_at,
    statement_at,
)
from qualitygate.gate.moves import Place, Trees, became, mended, outdone, stays, travelled
from qualitygate.model import Finding


class Site(NamedTuple):
    """A finding with what identifies it.

    `path` is base's name of the file, `line` 0 where the finding is about the file, `owner` the
    definition that holds it, `defines` the name whose definition begins on the line. `statement` is the
    logical line, `row` the physical one.
    """

    number: int
    path: str
    line: int
    context: Context
    statement: tuple[str, ...]
    row: tuple[str, ...]
    owner: str
    defines: str
    said: str


class Pairs(NamedTuple):
    """Findings of base and head by number: those that are the same, and those whose code was edited in place."""

    same: list[tuple[int, int]]
    touched: list[tuple[int, int]]


class _Open(NamedTuple):
    """What is still unmatched of one rule, and how often the rule fired on each line of both trees."""

    trees: Trees
    base: dict[int, Site]
    head: dict[int, Site]
    base_lines: Mapping[Place, int]
    head_lines: Mapping[Place, int]
    settled: dict[tuple[str, int], bool]
    pairs: list[tuple[int, int]]


def match_rule(trees: Trees, base: Mapping[int, Finding], head: Mapping[int, Finding], first: Collection[int]) -> Pairs:
    """Pair one rule's findings of two trees; both sides are given by number, in order of appearance.

    Head findings whose number is in `first` are served first in every phase.
    """
    old_sites = {n: _site(n, f, f.path, trees.base_text) for n, f in base.items()}
    new_sites = {n: _site(n, f, trees.base_path(f.path), trees.head_text) for n, f in head.items()}
    left = _Open(trees, {**old_sites}, {**new_sites}, _count(old_sites.values()), _count(new_sites.values()), {}, [])
    turns = [[n for n in new_sites if n in first], [n for n in new_sites if n not in first]]
    for phase in _PHASES:
        for turn in turns:
            if not left.base:
                return _apart(left, old_sites, new_sites, len(left.pairs))
            phase(left, [left.head[n] for n in turn if n in left.head])
    same = len(left.pairs)
    for turn in turns:
        _edited(left, [left.head[n] for n in turn if n in left.head])
    return _apart(left, old_sites, new_sites, same)


def _apart(left: _Open, old: Mapping[int, Site], new: Mapping[int, Site], same: int) -> Pairs:
    """The first `same` pairs, but for those whose statement was edited on its way, and all others."""
    edited = [_is_edited(left.trees, old[b], new[h]) for b, h in left.pairs[:same]]
    kept = [pair for pair, is_edited in zip(left.pairs, edited, strict=False) if not is_edited]
    moved = [pair for pair, is_edited in zip(left.pairs, edited, strict=False) if is_edited]
    return Pairs(kept, [*moved, *left.pairs[same:]])


def _is_edited(trees: Trees, base: Site, head: Site) -> bool:
    """Whether the diff edited the line, and other words stand in its statement now."""
    if base.statement == head.statement or base.path != head.path or not base.line or not head.line:
        return False
    lines = trees.line_map(base.path)
    before, after = lines.old_hunk(base.line), lines.new_hunk(head.line)
    return before is not None and after is not None and lines.region(before) == lines.region(after)


def _site(index: int, finding: Finding, base_path: str, read: Callable[[str], Text | None]) -> Site:
    said = message_class(finding.message)
    text = read(finding.path)
    spot = find_spot(text, finding) if text is not None else None
    if spot is None or text is None:
        return Site(index, base_path, 0, Context((), said, ()), (), (), "", "", said)
    line = finding.line
    owner, defines = text.owners[line - 1], defined_name(text.lines[line - 1])
    statement, row = statement_at(text, spot), row_at(text, line)
    return Site(index, base_path, line, context_at(spot), statement, row, owner, defines, said)


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

    def fits_edited(base: Site, head: Site) -> bool:
        places = (base.path, base.line), (head.path, head.line)
        same = base.statement == head.statement or base.context == head.context  # whatever the lines are
        return (same or not outdone(left.trees, *places, left.head_lines)) and _not_copied(left, base, head)

    _pair(left, heads, kept_base, kept_head, fits)
    _pair(left, heads, edited_base, edited_head, fits_edited)


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

    def row(site: Site) -> Hashable:
        found = words(site) if site.line and site.row else None
        return None if found is None else (found, site.row, site.path if same_file else "")

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
    _pair(left, heads, row, row, moved)
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
        like[site.context] = like.get(site.context, 0) + 1
    heirs: dict[Place, list[Site]] = {}
    for site in left.head.values():
        line = left.trees.line_map(site.path).to_old(site.line)
        if line is not None:
            heirs.setdefault((site.path, line), []).append(site)
    return frozenset(
        site.number
        for site in left.base.values()
        for heir in heirs.get((site.path, site.line), ())
        if like.get(heir.context, 0) - (heir.context == site.context) <= 0
    )


def _owned(words: _Key) -> _Key:
    """The same words in the same definition."""

    def key(site: Site) -> Hashable:
        found = words(site)
        return None if found is None or not site.owner else (found, site.owner)

    return key


def _whole_words(left: _Open, heads: list[Site]) -> None:
    """What reads the same to both sides: in its definition, gone with it, elsewhere in its file, gone and renamed."""
    _in_place(left, heads, _owned(_whole))

    def in_file(site: Site) -> Hashable:
        return (site.context, site.statement, site.path, site.owner) if site.owner else None

    def by_name(site: Site) -> Hashable:
        return (site.context, site.statement, site.owner) if site.owner else None

    def anywhere(site: Site) -> Hashable:
        return (site.context, site.statement) if site.owner else None

    def fits(base: Site, head: Site) -> bool:
        return not _settled(left, base, old=True) and not _settled(left, head, old=False)

    def emigrated(base: Site, head: Site) -> bool:
        return not left.trees.defines(base.path, base.owner, old=False) and not left.trees.defines(
            head.path, head.owner, old=True
        )

    _pair(left, heads, in_file, in_file, fits)
    _pair(left, heads, by_name, by_name, emigrated)
    _in_place(left, heads, _whole)
    _elsewhere(left, heads, _whole, sure=True, same_file=True)
    _pair(left, heads, anywhere, anywhere, emigrated)


def _one_side(left: _Open, heads: list[Site]) -> None:
    """What reads the same to one side, in place or come along with its neighbours."""
    for words in (_owned(_right), _owned(_left), _right, _left):
        _in_place(left, heads, words)
    for words in (_right, _left):
        _elsewhere(left, heads, words, sure=False, same_file=True)

    # What is said about a definition's own line is about that definition, whatever now stands around it.
    def header(site: Site) -> Hashable:
        return (site.path, site.owner, site.context.centre) if site.defines else None

    _pair(left, heads, header, header)


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


_TELLING, _TELLING_AT_HOME = 6, 4
"""Tokens from which on code is told from other code by itself: anywhere, and in the definition or file it was in."""


def _alone(left: _Open, heads: list[Site]) -> None:
    """Code that moved without any neighbour: base has no other like it, it left there and is new elsewhere."""

    def statement(site: Site) -> Hashable:
        return (site.statement, site.context.centre) if len(site.statement) >= _TELLING else None

    # Half of a long statement may have been edited, and a line of it stand elsewhere as it was.
    def row(site: Site) -> Hashable:
        return (site.row, site.context.centre) if len(site.row) >= _TELLING else None

    def in_definition(site: Site) -> Hashable:
        told = site.owner and len(site.row) >= _TELLING_AT_HOME
        return (site.row, site.context.centre, site.path, site.owner) if told else None

    def fits(base: Site, head: Site) -> bool:
        here = _not_copied(left, base, head)
        return here and not _settled(left, base, old=True) and not _settled(left, head, old=False)

    for words in (statement, row, in_definition):
        only = _only_one(left, words)
        _pair(left, heads, only, only, fits)
    _pair(left, heads, lambda site: _at_top(left, site), lambda site: _in_file(left, site, old=False), fits)


def _in_file(left: _Open, site: Site, *, old: bool) -> Hashable:
    """The words of a line of which this version of its file has one."""
    text = left.trees.text(site.path, old=old) if len(site.row) >= _TELLING_AT_HOME else None
    return (site.row, site.context.centre, site.path) if text is not None and text.count(site.line) == 1 else None


def _at_top(left: _Open, site: Site) -> Hashable:
    """The same, where it was code of the file itself: what stands in a block is told by its definition."""
    text = left.trees.text(site.path, old=True) if site.line else None
    is_inner = text is None or text.lines[site.line - 1][:1].isspace()
    return None if is_inner else _in_file(left, site, old=True)


def _only_one(left: _Open, words: _Key) -> _Key:
    """The same words, where one of base's findings that are left has them, and no more."""
    before = Counter(map(words, left.base.values()))

    def key(site: Site) -> Hashable:
        found = words(site)
        return found if before[found] == 1 else None

    return key


def _edited(left: _Open, heads: list[Site]) -> None:
    """What the diff edited in place, in its definition: the same kind of thing is said of what became of the line."""

    def base_key(site: Site) -> Hashable:
        hunk = left.trees.line_map(site.path).old_hunk(site.line) if site.line else None
        return None if hunk is None else (site.path, hunk, site.said)

    def head_key(site: Site) -> Hashable:
        hunk = left.trees.line_map(site.path).new_hunk(site.line) if site.line else None
        return None if hunk is None else (site.path, hunk, site.said)

    def fits(base: Site, head: Site) -> bool:
        stays_here = base.owner == head.owner or not (
            left.trees.defines(base.path, base.owner, old=False) or left.trees.defines(head.path, head.owner, old=True)
        )
        return stays_here and became(left.trees, (base.path, base.line), (head.path, head.line))

    _pair(left, heads, base_key, head_key, fits)


_PHASES = (_whole_words, _one_side, _on_kept_line, _anywhere, _alone)
