"""Prove a gate before anything is written: green on the code as it is, red on seeds, quiet on a harmless change."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence

from qualitygate import git
from qualitygate.bootstrap.plan import PlannedCheck
from qualitygate.bootstrap.scratch import Scratch, expected, judge, tree_with
from qualitygate.bootstrap.seeds import Expected, Ground, Planting, plant
from qualitygate.checks import traits
from qualitygate.checks.scope import outward, reading, root_of
from qualitygate.checks.tool import Tool
from qualitygate.frozen import NamedTuple
from qualitygate.gate.sides import wanted_files
from qualitygate.inspection.facts import Facts
from qualitygate.locations import EXTENDED
from qualitygate.model import Check, Finding, Verdict
from qualitygate.playbook import Seed


class Proof(NamedTuple):
    """What is known of one check. `debt`: findings on HEAD that are tolerated. `reason`: why it is not proven.

    `given` counts the files that the check is about, `expected` those that the tool's own settings
    leave of them (None where it cannot say), `files` those that it looked at.

    `seeds` counts the groups of seeds that turned it red, of `planted`; `unproven` names the others.
    """

    check: str
    files: int
    given: int
    green_on_head: bool
    red_on_seed: bool
    debt: int = 0
    seeds: int = 0
    planted: int = 0
    unproven: tuple[str, ...] = ()
    reason: str = ""
    expected: int | None = None

    @property
    def holds(self) -> bool:
        return self.green_on_head and self.red_on_seed and not self.reason


def prove(
    scratch: Scratch,
    planned: Mapping[str, PlannedCheck],
    checks: Mapping[str, Check],
    files: Mapping[str, bytes | None],
    facts: Facts,
    seeds: Sequence[Seed],
    progress: Callable[[str], None],
) -> tuple[Proof, ...]:
    """Judge HEAD with the planned files against HEAD, then against itself with seeds, per check."""
    progress("proving: green on HEAD")
    green = judge(scratch, files, {}, all_files=True)
    progress("proving: quiet on a harmless change")
    quiet = judge(scratch, {**files, **_harmless(scratch, files, facts)}, files, all_files=False)
    reader, tree = tree_with(scratch, files)
    entries = git.entries(reader, tree)
    contents: dict[str, bytes] = {}

    def read(path: str) -> bytes | None:
        if path not in contents and path in entries and entries[path].is_file:
            contents[path] = next(git.blobs(reader, [entries[path].blob]))[1]
        return contents.get(path)

    ground = Ground(entries, read, facts, seeds)
    proofs = []
    for name, check in checks.items():
        progress(f"proving: red on seeds for {name}")
        wants = wanted_files(check, scratch.tools[check.tool], entries)
        proofs.append(_prove_one(scratch, planned[name], check, wants, files, ground, green, quiet))
    return tuple(proofs)


_COMMENTS = {
    **dict.fromkeys((".py", ".rb", ".sh"), b"# Harmless.\n"),
    **dict.fromkeys((".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".go", ".rs", ".java", ".kt"), b"// Harmless.\n"),
}


def _harmless(scratch: Scratch, files: Mapping[str, bytes | None], facts: Facts) -> dict[str, bytes | None]:
    """A comment before the first file of each kind: everything in it moves by a line, and nothing else happens."""
    reader, tree = tree_with(scratch, files)
    entries = git.entries(reader, tree)
    moved: dict[str, bytes | None] = {}
    left = dict(_COMMENTS)
    for path in (*facts.python_files, *facts.roles):
        suffix = path[path.rfind(".") :] if "." in path else ""
        if suffix not in left or path not in entries or not entries[path].is_file:
            continue
        if facts.roles.get(path) in ("generated", "vendored"):
            continue
        data = next(git.blobs(reader, [entries[path].blob]))[1]
        # What has to be the first line of its file, or speaks of it.
        if data.strip() and not data.startswith((b"#!", b"\xef\xbb\xbf", b"//", b"/*")) and b"coding" not in data[:200]:
            moved[path] = left.pop(suffix) + data
    return moved


def _row(verdict: Verdict, name: str) -> tuple[int, str, str]:
    row = next(row for row in verdict.checks if row.check == name)
    return row.files, row.state, row.reason


def _prove_one(
    scratch: Scratch,
    planned: PlannedCheck,
    check: Check,
    wants: tuple[str, ...],
    files: Mapping[str, bytes | None],
    ground: Ground,
    green: Verdict,
    quiet: Verdict,
) -> Proof:
    looked, state, reason = _row(green, check.name)
    start = Proof(
        check.name, looked, len(wants), state in ("passed", "shown"), False, debt=green.debt.get(check.name, 0)
    )
    if not wants:
        return start._replace(reason="no file for it in this repository")
    named = expected(scratch, check, files)
    start = start._replace(expected=len(named) if named is not None else None)
    compares = traits.comparer(scratch.tools[check.tool]) is not None
    if compares:  # it looks at what changes, which on HEAD is nothing
        start = start._replace(files=len(wants), given=len(wants))
    if not start.green_on_head:
        return start._replace(reason=reason or "not green on HEAD")
    if looked == 0 and not compares:
        return start._replace(reason=f"looked at none of {len(wants)} files")
    if traits.unit(scratch.tools[check.tool]) != "file":
        start = start._replace(given=looked)  # it was given the tree, and says itself how much there was to look at
    noise = [finding for finding in quiet.blocking if finding.check == check.name]
    if noise or _row(quiet, check.name)[1] == "undecided":
        return start._replace(reason="not quiet on a harmless change: " + (noise[0].message if noise else "undecided"))
    best = start
    # What the settings leave out stays green whatever is in it.
    seen = tuple(path for path in wants if named is None or path in named)
    hosts = _hosts(seen, _executed(scratch.tools[check.tool], check, ground))
    for planting in plant(planned, check, ground, hosts):
        tried = _tried(scratch, start, check, planting, files)
        best = max(best, tried, key=lambda proof: (proof.seeds, proof.reason != ""))
        if best.red_on_seed and not best.unproven:
            break
    if not best.red_on_seed:
        missed = ", ".join(best.unproven)
        told = f"it did not notice: {missed}" if best.seeds else "no seed turned it red"
        return best._replace(reason=best.reason or told)
    return best


def _hosts(paths: Sequence[str], spoiled: Collection[str]) -> tuple[str, ...]:
    """Files to plant in: none that the tool itself runs, and none that a plugin of it may, if there are others."""
    found = tuple(path for path in paths if not path.startswith(EXTENDED) and path not in spoiled)
    return tuple(path for path in found if not _SETTINGS.search(path)) or found


_SETTINGS = re.compile(
    r"(?:^|/)(?:[\w.-]*\.config\.[cm]?[jt]s|\.[\w-]+rc\.[cm]?[jt]s|(?:gulp|Grunt|plop)file\.[cm]?[jt]s)$"
)
"""Settings of other programs that are code: a plugin may load them."""


def _executed(tool: Tool, check: Check, ground: Ground) -> frozenset[str]:
    """Settings that are code: with a seed in them the tool would stop, and find nothing anywhere."""
    root = root_of(check)
    return frozenset(outward(root, path) for path in traits.executes(tool, reading(root, ground.read)))


def _tried(
    scratch: Scratch, start: Proof, check: Check, planting: Planting, files: Mapping[str, bytes | None]
) -> Proof:
    gate = scratch._replace(gate=scratch.gate._replace(only=(check.name,)))
    unproven: list[str] = []
    planted, reason = 0, ""
    for one in (planting, *planting.more):
        verdict = judge(gate, {**files, **one.files}, files, all_files=False)
        told = (*verdict.blocking, *verdict.shown)
        missed = [name for name, wanted in one.groups.items() if not any(_is_found(told, e) for e in wanted)]
        planted += len(one.groups)
        unproven += missed
        reason = reason or (_row(verdict, check.name)[2] if missed else "")
    red = len(unproven) < planted and not set(planting.required) & set(unproven)
    return start._replace(
        red_on_seed=red,
        seeds=planted - len(unproven),
        planted=planted,
        unproven=tuple(unproven),
        reason="" if red else reason,
    )


def _is_found(findings: tuple[Finding, ...], expected: Expected) -> bool:
    rule, path, line, says = expected
    return any(f.rule == rule and path in ("", f.path) and f.line >= line and says in f.message for f in findings)
