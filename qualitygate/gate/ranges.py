"""Format only what a change touched: ranges of lines, and the proof that nothing else moved."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from qualitygate import git, git_diffs
from qualitygate.gate.linemap import Hunk, LineMap
from qualitygate.git import Repo
from qualitygate.model import Base, Entries, Tree

Range = tuple[int, int]
"""First and last line, counted from 1."""

Format = Callable[[bytes, int, int], bytes | None]
"""A file with some lines formatted; None where that could not be done."""

_END = 1 << 40
WHOLE: tuple[Range, ...] = ((1, _END),)


def changed_lines(repo: Repo, bases: Sequence[Base], head: Tree) -> Callable[[str], tuple[Range, ...]]:
    """For a path, the lines that none of the bases has; a removal counts as the lines on both sides of it."""
    known: list[tuple[Mapping[str, LineMap], Entries]] = []

    def look(path: str) -> tuple[Range, ...]:
        if not known:  # most rounds format nothing, and need no diff
            for base in bases:
                found = {one.new: LineMap(one.hunks) for one in git_diffs.diff(repo, base.tree, head.id)}
                known.append((found, git.entries(repo, base.tree)))
        lines = WHOLE
        for maps, entries in known:
            if path in maps:
                lines = tuple(_common(lines, tuple(map(_range, maps[path].hunks))))
            elif entries.get(path) == head.entries.get(path):
                return ()
        return lines

    return look


def _range(hunk: Hunk) -> Range:
    if hunk.new_start == hunk.new_stop:
        return max(hunk.new_start - 1, 1), hunk.new_start
    return hunk.new_start, hunk.new_stop - 1


def _common(some: Sequence[Range], others: Sequence[Range]) -> Iterator[Range]:
    for one in some:
        for other in others:
            first, last = max(one[0], other[0]), min(one[1], other[1])
            if first <= last:
                yield first, last


def format_regions(
    data: bytes, regions: Sequence[Range], changed: Sequence[Range], format_: Format
) -> tuple[bytes, int]:
    """The file with some regions formatted, from the bottom up, and how many of them could be.

    Of a region only the changed lines are formatted, with what their statement needs; then they get the
    blank lines around them that the whole region would have. What reaches beyond is not taken.
    """
    # No range of lines reaches the end of the last one: what else its finding is about is the missing line break.
    last = max(regions, default=(0, 0))
    count, lines = 0, len(data.splitlines())
    for region in sorted(set(regions), reverse=True):
        # Asked for blank lines alone, ruff 0.17.6 formats the statement after them.
        text = data.splitlines()
        inner = [(a, b) for a, b in _common([region], changed) if any(line.strip() for line in text[a - 1 : b])]
        inner.sort(reverse=True)
        made = _formatted(data, inner, format_)
        if made == data or made is None or not stays_within(data, made, (*changed, *regions)):
            whole = _formatted(data, [region], format_)
            if whole is None:
                continue
            made = whole if stays_within(data, whole, changed) else _spaced(data, whole, changed)
            if made not in (data, whole) and _all_of(made, format_) != _all_of(data, format_):
                made = data  # those were no blank lines between statements
        if made == data and last[1] >= lines and region == last and data and not data.endswith((b"\n", b"\r")):
            made = data + (b"\r\n" if b"\r\n" in data else b"\n")
        count += made != data
        data = made
    return data, count


def _formatted(data: bytes, ranges: Sequence[Range], format_: Format) -> bytes | None:
    for first, last in ranges:
        made = format_(data, first, last)
        if made is None:
            return None
        data = made
    return data


def _all_of(data: bytes, format_: Format) -> bytes | None:
    return format_(data, 1, len(data.splitlines()))


def _spaced(data: bytes, whole: bytes, changed: Sequence[Range]) -> bytes:
    """The file with as many blank lines around its changed lines as they have in its formatted version."""
    from difflib import SequenceMatcher

    old, new = data.splitlines(keepends=True), whole.splitlines(keepends=True)
    here = [number for number, line in enumerate(old) if line.strip()]
    there = [number for number, line in enumerate(new) if line.strip()]
    words = SequenceMatcher(None, [old[n] for n in here], [new[n] for n in there], autojunk=False)
    same = {i + k: j + k for i, j, size in words.get_matching_blocks() for k in range(size)}
    is_changed = {at for at, number in enumerate(here) if any(a <= number + 1 <= b for a, b in changed)}
    for at in range(len(here) - 1, 0, -1):  # the gap above this line
        between = any(a <= here[at] and b >= here[at - 1] + 2 for a, b in changed)
        if (at in is_changed or between) and same.get(at):
            blank = new[there[same[at] - 1] + 1 : there[same[at]]]
        elif (at - 1 in is_changed or between) and at - 1 in same and same[at - 1] + 1 < len(there):
            blank = new[there[same[at - 1]] + 1 : there[same[at - 1] + 1]]
        else:
            continue
        old[here[at - 1] + 1 : here[at]] = blank
    return b"".join(old)


def stays_within(old: bytes, new: bytes, allowed: Sequence[Range]) -> bool:
    """Whether all lines that differ are in these ranges of the old file; an insertion, at the edge of one."""
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    head = _same(before, after)
    tail = _same(before[head:][::-1], after[head:][::-1])
    middle = before[head : len(before) - tail], after[head : len(after) - tail]
    if _is_inside(head, head + len(middle[0]), allowed):
        return True
    from difflib import SequenceMatcher  # only where the lines that differ are not all next to each other

    codes = SequenceMatcher(None, *middle, autojunk=False).get_opcodes()
    return all(_is_inside(head + i, head + j, allowed) for kind, i, j, _, _ in codes if kind != "equal")


def _same(some: Sequence[bytes], others: Sequence[bytes]) -> int:
    count = 0
    for one, other in zip(some, others, strict=False):
        if one != other:
            break
        count += 1
    return count


def _is_inside(start: int, stop: int, allowed: Sequence[Range]) -> bool:
    """Whether lines `start + 1` to `stop` are all in the ranges taken together."""
    if start == stop:
        return any(first <= start + 1 and start <= last for first, last in allowed)
    line = start + 1
    while line <= stop:
        ends = [last for first, last in allowed if first <= line <= last]
        if not ends:
            return False
        line = max(ends) + 1
    return True
