"""What seems new and only came to light: it stood in base, where the tool was kept from seeing it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from qualitygate.checks import traits
from qualitygate.frozen import NamedTuple
from qualitygate.gate.linemap import LineMap
from qualitygate.gate.matching import Delta, Side, match_indices
from qualitygate.gate.observe import Observed, Run, observe
from qualitygate.gate.ratchet import Judgement
from qualitygate.gate.snapshot import Laid
from qualitygate.gate.tokens import decode, lex
from qualitygate.model import Entries, Finding, Report

_MOST = 200
"""Changed files with suppressions, past which nobody removed one by hand."""
_MENDS = 8
"""How often base is tried again: a tool that stops at a file that does not parse may name but the first."""

Look = Callable[[Run, Laid, Entries, tuple[str, ...]], Observed]
"""Runs a check on some files of a tree that is laid out."""


class Looked(NamedTuple):
    """One tree as a check saw it: where it lies, its files, those that were asked for, and what was found."""

    there: Laid
    entries: Entries
    files: tuple[str, ...]
    report: Report


class Before(NamedTuple):
    """Base, how head differs from it, in which of its paths and head's, and how the check is run there.

    `unread`: files that did not parse, so that the check looked for nothing else in them.
    """

    tree: Looked
    delta: Callable[[], Delta]
    changed: Collection[str]
    look: Look
    unread: frozenset[str] = frozenset()


def without_revealed(judgement: Judgement, job: Run, head: Looked, bases: Iterable[Before]) -> Judgement:
    """The judgement with what only came to light told from what is new. Runs what it needs only while some is left."""
    new, revealed = list(judgement.new), list(judgement.revealed)
    for base in bases:
        for tell in (_on_unseen_lines, _behind_masks):
            if not new:
                break
            found = Counter(tell(job, new, head, base))
            revealed += found.elements()
            new = list((Counter(new) - found).elements())
    order = {finding: number for number, finding in enumerate(judgement.new)}
    return judgement._replace(new=tuple(sorted(new, key=order.__getitem__)), revealed=tuple(revealed))


def _on_unseen_lines(job: Run, new: Sequence[Finding], head: Looked, base: Before) -> Iterator[Finding]:
    """Those on lines that base has as well, in a file that did not parse there, or in code that was not checked."""
    still = unread(job, head.report.findings)
    unseen: dict[str, tuple[tuple[int, int], ...]] = {}
    delta = base.delta()
    for finding in new:
        path = delta.renames.get(finding.path, finding.path)
        if path not in base.tree.entries or finding.path in still or finding.rule in traits.unparsed_rules(job.tool):
            continue
        line = _line_before(delta, finding)
        if line is None:
            continue
        if path in base.unread:
            yield finding
            continue
        if path not in unseen:
            before, after = base.tree.there.read(path), head.there.read(finding.path)
            unseen[path] = traits.unseen(job.tool, before, after) if before and after else ()
        if any(first <= line <= last for first, last in unseen[path]):
            yield finding


def _line_before(delta: Delta, finding: Finding) -> int | None:
    """Which line of base it stands on: 0 for one about its file, None where the line was added or edited."""
    lines: LineMap | None = delta.line_map(finding.path)
    if lines is None or not finding.line:
        return finding.line
    return lines.to_old(finding.line)


def unread(job: Run, findings: Iterable[Finding]) -> frozenset[str]:
    """The files of which a report says that they do not parse."""
    rules = traits.unparsed_rules(job.tool)
    return frozenset(finding.path for finding in findings if finding.rule in rules) if rules else frozenset()


def readable(job: Run, head: Looked, base: Before) -> Before:
    """Base as far as it can be judged, where files that do not parse kept the tool from looking at any.

    They are lent head's content; what is found in them then says nothing of base.
    """
    if not base.tree.report.reason:
        return base._replace(unread=unread(job, base.tree.report.findings))
    return (_mended(job, head, base) if not head.report.reason else None) or base


def _mended(job: Run, head: Looked, base: Before) -> Before | None:
    broken = unread(job, base.tree.report.findings)
    to_head = {old: new for new, old in base.delta().renames.items()} if broken else {}
    done: frozenset[str] = frozenset()
    for _ in range(_MENDS):
        if not broken - done:
            return None
        done |= broken
        lent = {path: head.there.read(to_head.get(path, path)) for path in done}
        entries, there = base.tree.there.altered(f"mended-{job.check.name}", lent)
        files = tuple(path for path in base.tree.files if path in entries)
        report = base.look(job, there, entries, files).report
        if not report.reason:
            findings = tuple(finding for finding in report.findings if finding.path not in done)
            return base._replace(tree=base.tree._replace(report=report._replace(findings=findings)), unread=done)
        broken = unread(job, report.findings)
    return None


def _behind_masks(job: Run, new: Sequence[Finding], head: Looked, base: Before) -> Iterator[Finding]:
    """Those that base has too where nothing hides them. What still hides in head is not paid with twice."""
    masks, blanks = traits.masks(job.tool), traits.blanks(job.tool)
    if masks is None:
        return
    before = with_masks(base.tree, base.changed, masks)
    if len(before) > _MOST or not (before or _looks_closer(job, head, base)):
        return
    bare = job._replace(check=job.check._replace(options={**job.check.options, "unmasked": True}))
    old = unmasked(bare, base.tree, before, base.changed, blanks, base.look)
    was = Counter(_place(finding) for finding in base.tree.report.findings)
    hidden = {}
    for number, finding in enumerate(old):
        was[_place(finding)] -= 1
        if was[_place(finding)] < 0:
            hidden[number] = finding
    if not {finding.rule for finding in hidden.values()} & {finding.rule for finding in new}:
        return
    now = unmasked(bare, head, with_masks(head, base.changed, masks), base.changed, blanks, observe)
    pairs = match_indices(Side(old, base.tree.there.read), Side(now, head.there.read), base.delta())
    left = Counter(map(_place, new))
    by_place = {_place(finding): finding for finding in new}
    soft = [pair for pair in pairs.touched if not now[pair[1]].grave]
    for b, h in (*pairs.same, *soft):
        place = _place(now[h])
        if b in hidden and left[place] > 0:
            left[place] -= 1
            yield by_place[place]


def _looks_closer(job: Run, head: Looked, base: Before) -> bool:
    """Whether some file is checked in more of its lines than before."""
    texts = ((base.tree.there.read(path), head.there.read(path)) for path in head.files if path in base.changed)
    return any(traits.unseen(job.tool, before, after) for before, after in texts if before and after)


def _place(finding: Finding) -> tuple[str, str, int, int]:
    return finding.rule, finding.path, finding.line, finding.column


def with_masks(tree: Looked, changed: Collection[str], masks: re.Pattern[str]) -> dict[str, bytes]:
    """The contents of those changed files in which something may hide."""
    texts = ((path, tree.there.read(path)) for path in tree.files if path in changed)
    return {path: data for path, data in texts if data is not None and masks.search(decode(data))}


def unmasked(
    job: Run,
    tree: Looked,
    masked: Mapping[str, bytes],
    changed: Collection[str],
    blanks: re.Pattern[str] | None,
    look: Look,
) -> tuple[Finding, ...]:
    """What is found in the changed files of a tree in which nothing hides; none where that cannot be told."""
    there, entries = tree.there, tree.entries
    if blanks is not None:
        bare = {path: blank(path, data, blanks) for path, data in masked.items()}
        bare = {path: data for path, data in bare.items() if data != masked[path]}
        if bare:
            entries, there = there.altered(f"bare-{job.check.name}", bare)
    alone = job.tool.reads != "tree"
    files = tuple(path for path in tree.files if path in changed) if alone else tree.files
    report = look(job, there, entries, files).report
    return () if report.reason else tuple(finding for finding in report.findings if finding.path in changed)


def blank(path: str, data: bytes, words: re.Pattern[str]) -> bytes:
    """A file with spaces in place of these words: in its comments, or anywhere in a language that has no lexer here."""
    lexed = lex(path, data)
    text = lexed.text if lexed is not None else decode(data)
    spans = lexed.comments if lexed is not None else [(0, len(text))]
    parts, at = [], 0
    for start, end in spans:
        parts += [text[at:start], words.sub(lambda found: " " * len(found[0]), text[start:end])]
        at = end
    made = "".join((*parts, text[at:]))
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return made.encode("latin-1", "replace")
    return made.encode("utf-8")
