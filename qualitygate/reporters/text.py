"""The report for people at a terminal: a line per check, the findings, and the verdict last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from qualitygate.model import CheckResult, Finding, Verdict
from qualitygate.quote import clean, shown_path
from qualitygate.reporters import summary
from qualitygate.reporters.summary import plural

_COLORS = {"passed": 32, "failed": 31, "accepted": 33, "undecided": 33, "shown": 33}
_QUIET_LIMIT = 10
_NAME = 40


def render(verdict: Verdict, *, color: bool = False, limit: int = 50, only: tuple[str, ...] = ()) -> str:
    """The whole report, ending in a line break.

    `limit` is how many findings are listed per check (those that do not block: 10 at most), 0 lists
    all. `only` names files and directories: findings elsewhere are not listed, but they count.
    """
    blocks = [list(_rows(verdict, color)), *_sections(verdict, limit, only)]
    notes = _notes(verdict)
    elsewhere = sum(not _is_inside(finding, only) for finding in _all(verdict))
    if elsewhere:
        where = summary.listed([shown_path(path) for path in only], 3)
        verb = "is" if elsewhere == 1 else "are"
        notes.append(f"note: {plural(elsewhere, 'finding')} outside {where} {verb} not listed here, but count")
    command, fixable = summary.remedy(verdict)
    if command and summary.status(verdict) != "accepted":
        notes.append(f"hint: `{command}` fixes {fixable} of {len(verdict.new)}")
    blocks += [notes, [_last(verdict, color)]]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def render_briefly(verdict: Verdict, *, color: bool = False) -> str:
    """Notes and the verdict alone: enough where everything passed and nothing is shown."""
    return "\n".join([*_notes(verdict), _last(verdict, color)]) + "\n"


def _notes(verdict: Verdict) -> list[str]:
    accepted = [f"accepted by {summary.said(one)}" for one in verdict.acceptances]
    past = [f"note: {summary.carried(one)}" for one in verdict.carriers]
    return [*accepted, *past, *(f"note: {clean(note)}" for note in verdict.notes)]


def _all(verdict: Verdict) -> tuple[Finding, ...]:
    quiet = (*verdict.touched, *verdict.revealed, *verdict.shown, *verdict.waived, *verdict.accepted)
    return (*verdict.blocking, *quiet)


def _is_inside(finding: Finding, only: tuple[str, ...]) -> bool:
    named = [path.rstrip("/") for path in only]
    return not only or any(n in ("", ".") or finding.path == n or finding.path.startswith(n + "/") for n in named)


def _paint(word: str, color: bool) -> str:
    return f"\x1b[{_COLORS[word]}m{word}\x1b[0m" if color and word in _COLORS else word


def _rows(verdict: Verdict, color: bool) -> Iterator[str]:
    told = {row.check for row in verdict.checks if row.state == "undecided"}
    rest = [pair for pair in summary.undecided(verdict) if pair[0] not in told]
    names = [*(row.check for row in verdict.checks), *(check for check, _ in rest)]
    width = max((len(clean(name, _NAME)) for name in names), default=0) + 3
    counted = [_files(row) for row in verdict.checks if row.state not in ("undecided", "skipped")]
    column = max(map(len, counted), default=0)
    for row in verdict.checks:
        yield f"{_leader(row.check, width)} {_state(row, column, color)}"
    for check, reason in rest:
        yield f"{_leader(check, width)} {_paint('undecided', color)}: {clean(reason)}"


def _leader(name: str, width: int) -> str:
    return (clean(name, _NAME) + " ").ljust(width + 3, ".")


def _state(row: CheckResult, column: int, color: bool) -> str:
    word = _paint(row.state, color)
    if row.state in ("undecided", "skipped"):
        return f"{word}: {clean(row.reason or 'no reason given')}"
    took = "cached" if row.cached else f"{row.seconds:.{2 if row.seconds < 10 else 0}f}s"
    return f"{word}{' ' * (6 - len(row.state))}  {_files(row):>{column}}  {took:>6}"


def _files(row: CheckResult) -> str:
    return "unchanged" if row.cached and not row.files else plural(row.files, row.unit)


def _sections(verdict: Verdict, limit: int, only: tuple[str, ...]) -> Iterator[list[str]]:
    quiet = min(limit, _QUIET_LIMIT) if limit else 0
    # What blocks stands last, next to the verdict: that is where a terminal stops scrolling.
    for found, title, cap in (
        (verdict.shown, "shown (blocks nothing)", quiet),
        (verdict.revealed, "revealed (there before, but out of sight; blocks nothing)", quiet),
        (verdict.touched, "touched (known, edited in place; blocks nothing)", quiet),
        (verdict.waived, "waived (blocks nothing until the waiver expires)", limit),
        (verdict.accepted, "accepted by a person (blocks no commit here)", limit),
        (verdict.hidden, "hidden (base's settings report it, these do not)", limit),
        (verdict.lost, "lost (base has it, this tree does not)", limit),
        (verdict.new, "new", limit),
    ):
        by_check: dict[str, list[Finding]] = {}
        for finding in found:
            if _is_inside(finding, only):
                by_check.setdefault(finding.check, []).append(finding)
        for check, findings in by_check.items():
            yield [f"{clean(check, _NAME)}: {len(findings)} {title}", *_findings(findings, cap)]


def _findings(findings: Iterable[Finding], limit: int) -> Iterator[str]:
    ordered = sorted(findings, key=summary.place)
    listed = ordered[:limit] if limit else ordered
    for finding, after in zip(listed, [*listed[1:], None], strict=True):
        yield f"{_where(finding)}: {clean(finding.rule, 80)} {clean(finding.message)}"
        same = after is not None and (after.rule, after.fix) == (finding.rule, finding.fix)
        if finding.fix and not same:
            yield f"    fix: {clean(finding.fix)}"
    if len(ordered) > len(listed):
        yield f"... and {len(ordered) - len(listed)} more, `qualitygate run --format json` shows all"


def _where(finding: Finding) -> str:
    numbers = [str(number) for number in (finding.line, finding.column if finding.line else 0) if number]
    return ":".join((shown_path(finding.path), *numbers))


def _last(verdict: Verdict, color: bool) -> str:
    status = summary.status(verdict)
    head = f"in {clean(verdict.head.origin, 80)}" if verdict.head.origin else ""
    where = f"{head} {summary.against(verdict.bases)}".strip()
    what = f"{_outcome(verdict, status)}{_debt(verdict)} {where}"
    missed: Sequence[str] = [clean(name, _NAME) for name in summary.not_looked_at(verdict)]
    tail = f"; not looked at: {summary.listed(missed, 5)}" if missed else ""
    return f"{_paint(status, color)}: {what}{tail}"


def _outcome(verdict: Verdict, status: str) -> str:
    found = summary.counts(verdict)
    if status == "accepted":
        return f"{summary.accepted(verdict)}, let through by a person"
    if status != "undecided":
        return found
    pairs = summary.undecided(verdict)
    if pairs == ((summary.GATE, "no check ran"),):
        return "no check ran, so nothing was found or ruled out"
    stuck = [clean(check, _NAME) for check, _ in pairs]
    return f"{summary.listed(stuck, 3) or 'the gate'} could not decide; the rest has {found}"


def _debt(verdict: Verdict) -> str:
    parts = [f"{number} {word}" for word, number in (("known", verdict.known), ("fixed", verdict.fixed)) if number]
    return f" ({', '.join(parts)})" if parts else ""
