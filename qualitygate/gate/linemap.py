"""Which line of one version of a file is which line of another."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from qualitygate.frozen import NamedTuple


class Hunk(NamedTuple):
    """Lines `old_start` up to but not including `old_stop` became `new_start` up to but not including `new_stop`."""

    old_start: int
    old_stop: int
    new_start: int
    new_stop: int


_WHOLE = 1 << 40


class LineMap:
    """The lines that a diff kept, and the hunks between them. Lines count from 1.

    Built from hunks as git prints them with `-U0`: (old start, old count, new start, new count),
    where a count of 0 means the position after the start line.
    """

    __slots__ = ("_new", "_old", "_regions", "hunks")

    def __init__(self, hunks: Iterable[tuple[int, int, int, int]] = ()) -> None:
        self.hunks = tuple(
            Hunk(old + (not olds), old + (not olds) + olds, new + (not news), new + (not news) + news)
            for old, olds, new, news in sorted(hunks)
        )
        self._old = [h.old_start for h in self.hunks]
        self._new = [h.new_start for h in self.hunks]
        self._regions: dict[Hunk, Hunk] | None = None

    def to_new(self, line: int) -> int | None:
        """Where a line of the old version stands in the new one; None where it was removed or edited."""
        hunk = self._before(self._old, line)
        if hunk is None:
            return line
        return None if line < hunk.old_stop else line - hunk.old_stop + hunk.new_stop

    def to_old(self, line: int) -> int | None:
        """Where a line of the new version stood in the old one; None where it was added or edited."""
        hunk = self._before(self._new, line)
        if hunk is None:
            return line
        return None if line < hunk.new_stop else line - hunk.new_stop + hunk.old_stop

    def changed(self, line: int) -> bool:
        """Whether a line of the new version was added or edited."""
        return self.to_old(line) is None

    def meets(self, start: int, end: int) -> bool:
        """Whether lines `start` to `end` (inclusive) of the new version were touched.

        A removal touches them when it happened between two of them.
        """
        for hunk in self.hunks:
            if hunk.new_start == hunk.new_stop:
                if start < hunk.new_start <= end:
                    return True
            elif hunk.new_start <= end and start < hunk.new_stop:
                return True
        return False

    def old_hunk(self, line: int) -> Hunk | None:
        """The hunk that removed or edited this line of the old version."""
        hunk = self._before(self._old, line)
        return hunk if hunk is not None and line < hunk.old_stop else None

    def new_hunk(self, line: int) -> Hunk | None:
        """The hunk that added or edited this line of the new version."""
        hunk = self._before(self._new, line)
        return hunk if hunk is not None and line < hunk.new_stop else None

    def region(self, hunk: Hunk) -> Hunk:
        """A hunk together with those that only a few kept lines part from it.

        Where a formatter breaks lines anew, a lone bracket is soon taken for a line that was kept.
        """
        if self._regions is None:
            self._regions = {}
            for group in _near(self.hunks):
                whole = Hunk(group[0].old_start, group[-1].old_stop, group[0].new_start, group[-1].new_stop)
                self._regions.update(dict.fromkeys(group, whole))
        return self._regions[hunk]

    def _before(self, starts: list[int], line: int) -> Hunk | None:
        at = bisect_right(starts, line) - 1
        return self.hunks[at] if at >= 0 else None


_GAP = 3


def _near(hunks: tuple[Hunk, ...]) -> list[list[Hunk]]:
    groups: list[list[Hunk]] = []
    for hunk in hunks:
        if groups and hunk.old_start - groups[-1][-1].old_stop <= _GAP:
            groups[-1].append(hunk)
        else:
            groups.append([hunk])
    return groups


SAME = LineMap()
"""Every line kept."""

UNKNOWN = LineMap([(1, _WHOLE, 1, _WHOLE)])
"""No line kept: one version stands where the other stood, and that is all that is known."""
