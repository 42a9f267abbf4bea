"""Whether code that reads the same at two places has moved from one to the other."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from itertools import islice

from qualitygate.gate.context import Text, defined_name
from qualitygate.gate.linemap import SAME, UNKNOWN, LineMap

Place = tuple[str, int]
"""The base tree's name of a file, and a line of one of its versions."""


class Trees:
    """Two trees of text and the line maps between them, each read when first asked.

    Files go by the base tree's name, whichever version is meant.
    """

    def __init__(
        self,
        read_base: Callable[[str], bytes | None],
        read_head: Callable[[str], bytes | None],
        renames: Mapping[str, str],
        find_map: Callable[[str], LineMap | None],
        same: Callable[[str], bool],
    ) -> None:
        self._read_base, self._read_head = read_base, read_head
        self._to_base, self._to_head = renames, {old: new for new, old in renames.items()}
        self._find_map, self._same = find_map, same
        self._base: dict[str, Text | None] = {}
        self._head: dict[str, Text | None] = {}
        self._maps: dict[str, LineMap] = {}

    def base_path(self, head_path: str) -> str:
        """What base calls a file of head."""
        return self._to_base.get(head_path, head_path)

    def base_text(self, path: str) -> Text | None:
        """A file of base, by base's name."""
        if path not in self._base:
            data = self._read_base(path)
            self._base[path] = None if data is None else Text(path, data)
        return self._base[path]

    def head_text(self, head_path: str) -> Text | None:
        """A file of head, by head's name."""
        if head_path not in self._head:
            data = self._read_head(head_path)
            self._head[head_path] = None if data is None else Text(head_path, data)
        return self._head[head_path]

    def text(self, path: str, *, old: bool) -> Text | None:
        """One version of a file, by base's name."""
        return self.base_text(path) if old else self.head_text(self._to_head.get(path, path))

    def defines(self, path: str, name: str, *, old: bool) -> bool:
        """Whether one version of a file defines a dotted name."""
        text = self.text(path, old=old)
        return text is not None and name in text.definitions

    def line_map(self, path: str) -> LineMap:
        """From base lines to head lines of a file, by base's name."""
        if path not in self._maps:
            self._maps[path] = self._map(path, self._to_head.get(path, path))
        return self._maps[path]

    def _map(self, path: str, head_path: str) -> LineMap:
        found = self._find_map(head_path)
        if found is not None:
            return found
        if self._same(head_path):
            return SAME
        base, head = self.base_text(path), self.head_text(head_path)
        return SAME if base is not None and head is not None and base.data == head.data else UNKNOWN


_LARGE = 400
_SIMILAR = 0.6
_WORD = re.compile(r"\w+|[^\w\s]")


def stays(trees: Trees, place: Place, own: Mapping[Place, int], other: Mapping[Place, int], *, old: bool) -> bool:
    """Whether the line of a finding has a successor in the other version on which the rule fires no more.

    That finding was fixed where it stood (or, seen from head, came up where it stands): it has not moved.
    `own` and `other` count the rule's findings by line in the version that holds the line and in the other.
    """
    path, line = place
    theirs = trees.text(path, old=not old)
    if theirs is None:
        return False
    lines = trees.line_map(path)
    kept = lines.to_new(line) if old else lines.to_old(line)
    if kept is not None:
        return other.get((path, kept), 0) < own.get(place, 0)
    hunk = lines.old_hunk(line) if old else lines.new_hunk(line)
    if hunk is None:
        return False
    edited = hunk[2:] if old else hunk[:2]
    region = lines.region(hunk)
    ours, there = (region[:2], region[2:]) if old else (region[2:], region[:2])
    if edited[1] - edited[0] > _LARGE:
        return False
    if sum(other.get((path, n), 0) for n in range(*there)) >= sum(own.get((path, n), 0) for n in range(*ours)):
        return False
    mine = trees.text(path, old=old)
    return mine is not None and any(
        _alike(mine.lines[line - 1], text) >= _SIMILAR for text in theirs.lines[edited[0] - 1 : edited[1] - 1]
    )


def _alike(first: str, second: str) -> float:
    """How many words two lines share: 0 to 1."""
    ours, theirs = _WORD.findall(first), _WORD.findall(second)
    if not ours or not theirs:
        return 0.0
    shared = sum(min(ours.count(word), theirs.count(word)) for word in set(ours))
    return 2 * shared / (len(ours) + len(theirs))


_ROWS = 64
"""Lines of one hunk, past which nobody can say which became which."""
_SAME_PLACE = 0.4


def became(trees: Trees, base: Place, head: Place) -> bool:
    """Whether a line of head is what an edit in place made of a line of base.

    Where the hunk has as many lines as before, that is the one at the same place. Else it must be like it, and no
    other line of the hunk may be: one that was mended next to one that was broken is no edit in place.
    """
    here, there = trees.text(base[0], old=True), trees.text(head[0], old=False)
    lines = trees.line_map(base[0])
    hunk = lines.old_hunk(base[1])
    if here is None or there is None or base[0] != head[0] or hunk is None or hunk != lines.new_hunk(head[1]):
        return False
    olds, news = range(hunk.old_start, hunk.old_stop), range(hunk.new_start, hunk.new_stop)
    if max(len(olds), len(news)) > _ROWS:
        return False
    mine, other = here.lines[base[1] - 1], there.lines[head[1] - 1]
    if len(olds) == len(news):
        return base[1] - olds[0] == head[1] - news[0] and _alike(mine, other) >= _SAME_PLACE
    rivals = [there.lines[n - 1] for n in news if n != head[1]]
    mended = [here.lines[n - 1] for n in olds if n != base[1]]
    return (
        _alike(mine, other) >= _SIMILAR
        and all(_alike(mine, row) < _SIMILAR for row in rivals)
        and all(_alike(row, other) < _SIMILAR for row in mended)
    )


def outdone(trees: Trees, base: Place, head: Place, head_lines: Mapping[Place, int]) -> bool:
    """Whether the hunk that both lines are in holds a line without the finding that is liker to base's than head's is.

    Then base's line was mended, and head's put beside it.
    """
    here, there = trees.text(base[0], old=True), trees.text(head[0], old=False)
    hunk = trees.line_map(base[0]).old_hunk(base[1])
    if here is None or there is None or hunk is None or hunk != trees.line_map(head[0]).new_hunk(head[1]):
        return False
    mine, rows = here.lines[base[1] - 1], range(hunk.new_start, hunk.new_stop)
    if len(rows) > _ROWS:
        return False
    own = max(_alike(mine, there.lines[head[1] - 1]), _SIMILAR)
    return any(_alike(mine, there.lines[n - 1]) > own for n in rows if not head_lines.get((head[0], n)))


_TELLING = 3


def mended(trees: Trees, base: Place, head_lines: Mapping[Place, int]) -> bool:
    """Whether the definition that held the finding stands on, with a like line in it on which the rule does not fire.

    What reads like the finding in another definition is then a copy of what was fixed here.
    """
    path, line = base
    here, there = trees.text(path, old=True), trees.text(path, old=False)
    if here is None or there is None:
        return False
    owner, row = here.owners[line - 1], here.lines[line - 1]
    if not owner or owner not in there.definitions:
        return False

    def like(text: Text) -> list[int]:
        inside = (n for n, name in enumerate(text.owners, 1) if name == owner)
        return [n for n in islice(inside, _LARGE) if _alike(row, text.lines[n - 1]) >= _SIMILAR]

    after = like(there)
    clean = sum(1 for n in after if not head_lines.get((path, n)))
    return clean > 0 and len(after) >= len(like(here))


def travelled(trees: Trees, base: Place, head: Place) -> bool:
    """Whether what is next to the finding, or encloses it, left its place in base and stands there in head."""
    here, there = trees.text(base[0], old=True), trees.text(head[0], old=False)
    if here is None or there is None:
        return False
    lines = trees.line_map(base[0])
    for (number, mine), (_, other) in zip(_beside(here, base[1]), _beside(there, head[1]), strict=False):
        if mine == other and len(mine) > _TELLING and _gone(trees, base[0], lines, number):
            return True
    inner, outer = list(_above(here, base[1])), [text for _, text in _above(there, head[1])]
    return any(text in outer and _gone(trees, base[0], lines, number) for number, text in inner) or _redefined(
        trees, base, head
    )


def _redefined(trees: Trees, base: Place, head: Place) -> bool:
    """Whether both lines begin the same definition: one that moved within its file, or left it for another."""
    here, there = trees.text(base[0], old=True), trees.text(head[0], old=False)
    if here is None or there is None:
        return False
    name, owner = defined_name(here.lines[base[1] - 1]), here.owners[base[1] - 1]
    if not name or name != defined_name(there.lines[head[1] - 1]):
        return False
    if base[0] == head[0]:
        # One scope does not define a name twice, but for overloads, which are one.
        return owner == there.owners[head[1] - 1]
    return not trees.defines(base[0], owner, old=False)


def _gone(trees: Trees, path: str, lines: LineMap, number: int) -> bool:
    return lines.to_new(number) is None or trees.text(path, old=False) is None


def _beside(text: Text, line: int) -> list[tuple[int, str]]:
    """The non-blank lines before and after, whitespace collapsed; line 0 where there is none."""
    at = bisect_left(text.filled, line)
    after = at + 1 if at < len(text.filled) and text.filled[at] == line else at
    before = (text.filled[at - 1], text.rows[at - 1]) if at else (0, "")
    return [before, (text.filled[after], text.rows[after]) if after < len(text.filled) else (0, "")]


def _above(text: Text, line: int) -> Iterator[tuple[int, str]]:
    """The lines that enclose a line, from the inside: each the nearest above that is indented less."""
    at = bisect_left(text.filled, line)
    if at == len(text.filled):
        return
    depth = _indent(text, text.filled[at])
    while at and depth:
        at -= 1
        own = _indent(text, text.filled[at])
        if own < depth and text.rows[at][0] not in ")]}#":
            depth = own
            yield text.filled[at], text.rows[at]


def _indent(text: Text, line: int) -> int:
    row = text.lines[line - 1].expandtabs(8)
    return len(row) - len(row.lstrip())
