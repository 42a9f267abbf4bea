"""What `qualitygate fix` did, would do, and left."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

from qualitygate.commands.fix import Fixed
from qualitygate.quote import clean, shown_path
from qualitygate.reporters import summary, verdict

_LISTED = 10


def exit_code(result: Fixed) -> int:
    """That of the verdict on what is there now; 1 if something would be fixed and was not written."""
    code = verdict.exit_code(result.verdict)
    return max(code, 1) if result.dry and result.files else code


def render(result: Fixed) -> str:
    """One line per rule that was fixed, then what was not done and why, then what is left."""
    return "\n".join((*_done(result), *_not_done(result), *_left(result))) + "\n"


def render_diff(result: Fixed) -> str:
    """The change as a diff, and nothing else unless there is none."""
    if not result.diff:
        return render(result)
    lines = result.diff.decode("utf-8", "replace").split("\n")
    return "\n".join(line if line.isprintable() else _visible(line) for line in lines)


def render_json(result: Fixed) -> str:
    """The document of `fix --json`; what is left, `run --json` lists."""
    document = {
        "schema": 1,
        "verdict": summary.status(result.verdict),
        "written": not result.dry,
        "files": [clean(path) for path in sorted(result.files)],
        "fixed": [{"path": clean(path), "rule": rule, "count": n} for (path, rule), n in sorted(result.fixed.items())],
        "skipped": [{"path": clean(path), "reason": clean(why)} for path, why in result.skipped],
        "refused": [{"path": clean(path), "rule": rule} for path, rule in result.refused],
        "partial": [clean(path) for path in result.partial],
        "patch": result.patch,
        "kept": [{"path": clean(one.path), "line": one.line, "rule": one.rule} for one in result.kept],
        "new": len(result.verdict.new),
        "undecided": [{"check": check, "reason": clean(why)} for check, why in summary.undecided(result.verdict)],
        "diff": result.diff.decode("utf-8", "replace"),
    }
    return json.dumps(document, indent=2)


def _visible(line: str) -> str:
    ending = "\r" if line.endswith("\r") else ""
    return "\t".join(clean(part, 1 << 20) for part in line.removesuffix("\r").split("\t")) + ending


def _done(result: Fixed) -> Iterator[str]:
    if not result.files:
        yield "nothing would be fixed" if result.dry else "nothing fixed"
        return
    rules: Counter[str] = Counter()
    for (_, rule), number in result.fixed.items():
        rules[rule] += number
    would = "would fix" if result.dry else "fixed"
    yield from (f"{would} {number} {clean(rule, 80)}" for rule, number in sorted(rules.items()))
    where = [shown_path(path) for path in sorted(result.files)]
    yield f"in {summary.listed(where, _LISTED)}"


def _not_done(result: Fixed) -> Iterator[str]:
    for path, why in result.skipped[:_LISTED]:
        yield f"skipped {shown_path(path)}: {clean(why)}"
    for path, rule in result.refused[:_LISTED]:
        yield f"not fixed {shown_path(path)}: what mends {clean(rule, 80)} makes something else new"
    if result.patch:
        where = summary.listed([shown_path(path) for path in result.partial], 3)
        verb = "is" if len(result.partial) == 1 else "are"
        command = f"git apply --cached {shown_path(result.patch)}"
        yield f"not touched: {where} {verb} staged only in part; to fix what is staged: {command}"
    if result.kept:
        number = len(result.kept)
        what = "name that is not used, the next edit may need it" if number == 1 else "names that are not used"
        yield f"kept: {number} {what}; when it is staged: qualitygate fix --staged"


def _left(result: Fixed) -> Iterator[str]:
    found = result.verdict
    status = summary.status(found)
    for check, reason in summary.undecided(found):
        yield f"undecided: {clean(check, 40)}: {clean(reason)}"
    then = "then " if result.dry and result.files else ""
    yield f"{then}{status}: {summary.counts(found)} left in {clean(found.head.origin, 80)}"
    if found.new:
        first = min(found.new, key=summary.place)
        at = ":".join(str(number) for number in (first.line, first.column) if number)
        yield f"first: {shown_path(first.path)}:{at}: {clean(first.rule, 80)} {clean(first.message)}"
