"""Mend what is new and can be mended safely, in trees of our own; nothing here writes to the work tree."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

from qualitygate import git, git_trees
from qualitygate.checks import fixing
from qualitygate.checks.fixing import BOM, Fix
from qualitygate.frozen import NamedTuple
from qualitygate.gate.offers import Bench, fixes_of, format_with, judge, laid_out, open_bench
from qualitygate.gate.planning import Gate
from qualitygate.gate.ranges import Range, changed_lines, format_regions
from qualitygate.git import Repo
from qualitygate.model import Finding, Tree, Verdict

ROUNDS = 12
"""One fix makes room for another (a sorted import for a removed one). Real files were stable after 4 at most."""

_CAREFUL_ROUNDS = 60
_RESTARTS = 20

Key = tuple[str, str]
"""Path and rule."""


class Wanted(NamedTuple):
    """What may be mended: the paths, and whether names that are not used may be removed."""

    is_named: Callable[[str], bool]
    removals: bool


class Mended(NamedTuple):
    """`files` are the new contents; `tree` is `head` with them, readable through `reader`.

    `fixed` counts by path and rule. `refused` are fixes that would have made something else new, or
    never came to an end. `kept` are removals that were not wanted.
    """

    reader: Repo
    head: Tree
    tree: Tree
    files: Mapping[str, bytes]
    fixed: Mapping[Key, int]
    refused: frozenset[Key]
    kept: tuple[Finding, ...]
    verdict: Verdict


class _Limits(NamedTuple):
    """What one attempt may not do: fixes that did harm, files that must go one fix at a time."""

    refused: frozenset[Key]
    careful: frozenset[str]


class _Attempt(NamedTuple):
    reader: Repo
    tree: Tree
    files: Mapping[str, bytes]
    fixed: Counter[Key]
    verdict: Verdict
    blamed: frozenset[Key]


def mend(gate: Gate, reader: Repo, head: Tree, wanted: Wanted) -> Mended:
    """Fix what is new in `head`, judge the result with all checks, and take back what did harm.

    The verdict is that of the result.
    """
    bench = open_bench(gate, reader, head)
    whole = bench._replace(asked=frozenset(check.name for check in bench.plan.policy.checks))
    limits = _Limits(frozenset(), frozenset())
    for _ in range(_RESTARTS if bench.workers else 0):
        done = _attempt(bench, reader, head, wanted, limits)
        if done.blamed:
            limits = _stricter(limits, done.blamed)
            continue
        verdict = judge(whole, done.reader, done.tree)
        # Checks that cannot fix are slow, and seldom object: they are asked once, and about head only if they do.
        others = bench._replace(asked=_objecting(verdict) - bench.asked)
        if not done.files or not others.asked:
            return _mended(head, done, limits, wanted, verdict)
        if not _surplus(_only(verdict, others.asked), judge(others, reader, head)):
            return _mended(head, done, limits, wanted, verdict)
        bench = bench._replace(asked=bench.asked | others.asked)
    nothing = _Attempt(reader, head, {}, Counter(), judge(whole, reader, head), frozenset())
    return _mended(head, nothing, limits, wanted, nothing.verdict)


def _objecting(verdict: Verdict) -> frozenset[str]:
    return frozenset((*(finding.check for finding in verdict.blocking), *(check for check, _ in verdict.undecided)))


def _only(verdict: Verdict, checks: frozenset[str]) -> Verdict:
    new, lost, hidden = (
        tuple(finding for finding in found if finding.check in checks)
        for found in (verdict.new, verdict.lost, verdict.hidden)
    )
    undecided = tuple(row for row in verdict.undecided if row[0] in checks)
    return verdict._replace(new=new, lost=lost, hidden=hidden, undecided=undecided)


def _mended(head: Tree, done: _Attempt, limits: _Limits, wanted: Wanted, verdict: Verdict) -> Mended:
    kept = tuple(f for f in verdict.new if f.fixable == "removes" and wanted.is_named(f.path) and not wanted.removals)
    return Mended(done.reader, head, done.tree, done.files, done.fixed, limits.refused, kept, verdict)


def _stricter(limits: _Limits, blamed: frozenset[Key]) -> _Limits:
    """A file in which several fixes may be to blame goes on one by one; then the one that is left is refused."""
    careful = {path for path, _ in blamed if path not in limits.careful}
    refused = {key for key in blamed if key[0] in limits.careful}
    return _Limits(limits.refused | refused, limits.careful | careful)


def _surplus(after: Verdict, before: Verdict) -> frozenset[Key]:
    """What there is more of than before; a check that decides nothing any more counts as well."""

    def keys(verdict: Verdict) -> list[Key]:
        return [*((f.path, f.rule) for f in verdict.blocking), *(("", check) for check, _ in verdict.undecided)]

    counts = Counter(keys(after))
    counts.subtract(keys(before))
    return frozenset(key for key, number in counts.items() if number > 0)


def _attempt(bench: Bench, reader: Repo, head: Tree, wanted: Wanted, limits: _Limits) -> _Attempt:
    """Fix until nothing is left that can be; `blamed` are the fixes after which something new stood there."""
    verdict = first = judge(bench, reader, head)
    tree, files, fixed = head, dict[str, bytes](), Counter[Key]()
    seen: set[tuple[str, bytes]] = set()
    suspects: dict[Key, frozenset[Key]] = {}
    for _ in range(_CAREFUL_ROUNDS if limits.careful else ROUNDS):
        made, used = _round(bench, reader, tree, verdict, wanted, limits)
        if not made:
            break
        again = {path for path, data in made.items() if (path, data) in seen}
        if again:  # round and round
            return _Attempt(reader, tree, files, fixed, verdict, frozenset(key for key in used if key[0] in again))
        seen.update(made.items())
        files.update(made)
        fixed += used
        reader, tree = _tree_with(bench.gate, reader, tree, made)
        verdict = judge(bench, reader, tree)
        now = _surplus(verdict, first)
        for key in now:
            suspects.setdefault(key, frozenset(one for one in used if one[0] == key[0]) or frozenset(used))
        suspects = {key: value for key, value in suspects.items() if key in now}
    else:
        return _Attempt(reader, tree, files, fixed, verdict, frozenset(fixed))
    # A file that is as it was has nothing to be written.
    old = _contents(reader, head, files)
    files = {path: data for path, data in files.items() if old[path] != data}
    blamed = frozenset(key for value in suspects.values() for key in value)
    return _Attempt(reader, tree, files, fixed, verdict, blamed)


def _round(
    bench: Bench, reader: Repo, tree: Tree, verdict: Verdict, wanted: Wanted, limits: _Limits
) -> tuple[dict[str, bytes], Counter[Key]]:
    """Every file that can be bettered, once: first single fixes, and where there are none, its format."""
    chosen: dict[str, list[Finding]] = {}
    for finding in verdict.new:
        kinds = ("safe", "removes") if wanted.removals else ("safe",)
        refused = (finding.path, finding.rule) in limits.refused
        if finding.fixable in kinds and not refused and wanted.is_named(finding.path):
            chosen.setdefault(finding.path, []).append(finding)
    contents = _contents(reader, tree, chosen)
    changed = changed_lines(reader, verdict.bases, tree)
    made: dict[str, bytes] = {}
    used: Counter[Key] = Counter()
    with laid_out(bench, reader, tree) as root:
        offered = [
            fix
            for name in bench.workers
            for fix in fixes_of(bench, root, name, tuple(sorted(p for p in chosen if _has(chosen[p], name))))
        ]
        for path, findings in chosen.items():
            places = {(path, f.rule, f.line, f.column) for f in findings}
            fixes = [fix for fix in offered if (fix.path, fix.rule, fix.line, fix.column) in places]
            data, keys = _mend_file(contents[path], fixes, careful=path in limits.careful)
            if not keys:
                data, keys = _format_file(bench, root, contents[path], findings, changed(path))
            if keys:
                made[path] = data
                used.update(keys)
    return made, used


def _has(findings: list[Finding], check: str) -> bool:
    return any(finding.check == check for finding in findings)


def _mend_file(data: bytes, fixes: list[Fix], *, careful: bool) -> tuple[bytes, list[Key]]:
    new, done = fixing.apply(data, fixes)
    if careful and len(done) > 1:
        new, done = fixing.apply(data, done[:1])
    return (new, [(fix.path, fix.rule) for fix in done]) if new != data else (data, [])


def _format_file(
    bench: Bench, root: Path, data: bytes, findings: list[Finding], changed: tuple[Range, ...]
) -> tuple[bytes, list[Key]]:
    if b"\r" in data.replace(b"\r\n", b""):
        return data, []  # git counts lines another way there
    mark = BOM if data.startswith(BOM) else b""  # ruff 0.17.6 crashes on a range behind one
    for check in dict.fromkeys(finding.check for finding in findings):
        some = [finding for finding in findings if finding.check == check]
        format_ = format_with(bench, root, check, some[0].path)
        regions = [(finding.line, max(finding.line, finding.end_line)) for finding in some]
        if format_ is not None:
            new, count = format_regions(data[len(mark) :], regions, changed, format_)
            if count:
                return mark + new, [(some[0].path, some[0].rule)] * count
    return data, []


def _contents(reader: Repo, tree: Tree, paths: Mapping[str, object]) -> dict[str, bytes]:
    blobs = dict(git.blobs(reader, [tree.entries[path].blob for path in paths]))
    return {path: blobs[tree.entries[path].blob] for path in paths}


def _tree_with(gate: Gate, reader: Repo, tree: Tree, made: Mapping[str, bytes]) -> tuple[Repo, Tree]:
    scratch = gate.state.worktree / f"fix-{os.getpid()}"
    reader, new = git_trees.with_files(reader, tree.id, made, scratch)
    return reader, Tree(new, git.entries(reader, new), tree.origin)
