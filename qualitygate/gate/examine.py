"""One check on one pair of trees: from the choice of files to what is new."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from qualitygate import git
from qualitygate.checks.resolve import Program, resolve
from qualitygate.checks.tool import Environment, Tool
from qualitygate.errors import QualityGateError, ToolError
from qualitygate.gate import targets
from qualitygate.gate.linemap import LineMap
from qualitygate.gate.matching import Delta, Side
from qualitygate.gate.merge import contested
from qualitygate.gate.observe import Observed, Run, observe, recall
from qualitygate.gate.policy import TIERS, GatePolicy
from qualitygate.gate.ratchet import BaseGroup, Judgement, judge
from qualitygate.gate.sides import Sides, changed_paths, choose, is_per_file, wanted
from qualitygate.gate.snapshot import Laid, Layout
from qualitygate.gate.trees import under_configuration
from qualitygate.git import FileDiff, Repo
from qualitygate.model import Base, Check, CheckResult, Entries, Finding, Report, Tree


class Session(NamedTuple):
    """Everything one run of the gate needs.

    `environment` is None where the project has none; `untrusted` is the place of one that may not be used.
    """

    repo: Repo
    shared: Path
    place: Path
    tools: Mapping[str, Tool]
    policy: GatePolicy
    environment: Environment | None
    environment_digest: str
    untrusted: str
    roots: tuple[Path, ...]
    ours: str
    tier: str
    everything: bool
    deadline: float
    progress: Callable[[str], None]


class BaseTree:
    """One base, and what is derived from it and head only when some check needs it.

    `lay_out` makes the place for some of its files, `diff` says how head differs (True: whatever the white space).
    `fork`: nothing is known from it, it is what the sides of a merge have in common.
    """

    def __init__(
        self,
        base: Base,
        tree: Tree,
        head: Tree,
        config_files: tuple[str, ...],
        lay_out: Callable[[str, Entries], Laid],
        diff: Callable[[bool], list[FileDiff]],
        *,
        fork: bool = False,
    ) -> None:
        self.base = base
        self.fork = fork
        self.tree = tree
        self._head = head
        self._guard = threading.Lock()
        self._differs: dict[bool, list[FileDiff]] = {}
        self._diff = diff
        self._lay_out = lay_out
        self.changed = changed_paths(head.entries, tree.entries)
        self.configured: Entries = under_configuration(tree.entries, head.entries, config_files, self.changed)
        same = self.configured is tree.entries
        self.changed_configured = self.changed if same else changed_paths(head.entries, self.configured)
        self.layout = lay_out("", self.configured)

    def entries_for(self, tool: Tool) -> Entries:
        """Base's files as this tool must see them: a tool with settings sees head's."""
        return self.configured if tool.config_files else self.tree.entries

    def changed_for(self, tool: Tool) -> frozenset[str]:
        """The paths in which head differs from what `entries_for` gives."""
        return self.changed_configured if tool.config_files else self.changed

    def layout_for(self, tool: Tool, files: tuple[str, ...]) -> Laid:
        """Where they are laid out; a tool that reads nothing but its files gets just those."""
        if tool.config_files or tool.reads != "self":
            return self.layout
        return self._lay_out(f"-plain-{tool.name}", {path: self.tree.entries[path] for path in files})

    def differs(self, *, ignore_space: bool) -> list[FileDiff]:
        """git's diff from this base to head."""
        with self._guard:
            if ignore_space not in self._differs:
                self._differs[ignore_space] = self._diff(ignore_space)
            return self._differs[ignore_space]

    def delta(self) -> Delta:
        """Renames, line maps, and which files are the same."""
        differs = self.differs(ignore_space=True)
        hunks = {one.new: one.hunks for one in differs}
        renames = {one.new: one.old for one in differs if one.new != one.old}
        base, head = self.tree.entries, self._head.entries
        return Delta(
            renames,
            lambda path: LineMap(hunks[path]) if path in hunks else None,
            lambda path: path in head and base.get(renames.get(path, path)) == head[path],
        )


def base_tree(session: Session, base: Base, number: int, head: Tree, *, fork: bool = False) -> BaseTree:
    """A base that is a whole tree, laid out beside head's snapshot."""
    tree = Tree(base.tree, git.entries(session.repo, base.tree, beside=head.id), base.why)
    place = session.place / f"base{number or ''}"
    return BaseTree(
        base,
        tree,
        head,
        config_names(session),
        lambda suffix, entries: Layout(Path(f"{place}{suffix}"), session.repo, entries, threading.Lock()),
        lambda ignore_space: git.diff(session.repo, tree.id, head.id, ignore_space=ignore_space),
        fork=fork,
    )


def config_names(session: Session) -> tuple[str, ...]:
    """The names of all files from which a tool takes settings."""
    return tuple(sorted({name for tool in session.tools.values() for name in tool.config_files}))


class Outcome(NamedTuple):
    """The row of the report's table, and what was judged; None where nothing was."""

    result: CheckResult
    judgement: Judgement | None


class _Judged(NamedTuple):
    judgement: Judgement
    files: int
    cached: bool
    reason: str


def examine(session: Session, check: Check, head: Tree, layout: Laid, bases: list[BaseTree]) -> Outcome:
    """Run one check on head and, as far as needed, on the bases. Errors a person can mend make it undecided."""
    start = time.monotonic()
    tool = session.tools[check.tool]
    version = ""

    def row(state: Literal["passed", "failed", "shown", "undecided", "skipped"], reason: str = "") -> CheckResult:
        took, unit = time.monotonic() - start, getattr(tool, "unit", "file")
        return CheckResult(check.name, check.tool, version, 0, state, False, took, reason, unit)

    if TIERS.index(check.tier) > TIERS.index(session.tier):
        return Outcome(row("skipped", f"runs at {check.tier}"), None)
    if next(wanted(check, tool, head.entries, head.entries), None) is None:
        return Outcome(row("skipped", "no file for it in this tree"), None)
    try:
        program = _program(session, check, tool)
        version = program.version
        environment = _environment(session, check)
        digest = session.environment_digest if environment else ""
        job = Run(
            check, tool, program, environment, digest, session.roots, session.ours, session.shared, session.deadline
        )
        judged = _judge(session, job, head, layout, bases)
    except QualityGateError as exc:
        hint = f"; {exc.hint}" if exc.hint else ""
        return Outcome(row("undecided", f"{exc.message}{hint}"), None)
    judgement = judged.judgement
    state: Literal["passed", "failed", "shown", "undecided"] = "passed"
    if judgement.new:
        state = "failed"
    elif judged.reason:
        state = "undecided"
    elif judgement.shown:
        state = "shown"
    return Outcome(row(state, judged.reason)._replace(files=judged.files, cached=judged.cached), judgement)


def _environment(session: Session, check: Check) -> Environment | None:
    if check.options.get("environment") != "project":
        return None
    if session.environment is None:
        what = f"{session.untrusted} is not trusted in this clone" if session.untrusted else "there is none"
        make = "" if session.untrusted else "create it (.venv), then run "
        raise ToolError(f"it needs the project's environment: {what}", hint=f"{make}`qualitygate install --trust`")
    return session.environment


def _program(session: Session, check: Check, tool: Tool) -> Program:
    try:
        return resolve(tool.package, check.version, session.environment)
    except ToolError as exc:
        if not session.untrusted:
            raise
        message = f"{exc.message}; {session.untrusted} is not trusted in this clone"
        raise ToolError(message, hint="`qualitygate install --trust`") from None


def _judge(session: Session, job: Run, head: Tree, layout: Laid, bases: list[BaseTree]) -> _Judged:
    check, tool = job.check, job.tool
    forks = [base for base in bases if base.fork]
    bases = [base for base in bases if not base.fork]
    sides = _sides(session, check, tool, head, bases[0])
    if forks and tool.scope == "tree":
        sides = sides._replace(head=_merged_files(session, check, tool, head, bases, forks))
    seen = recall(job, head.entries, sides.head)
    if seen is None:
        targets.must_be_there(targets.find(check, tool, head.entries, layout.read))
        seen = observe(job, layout, head.entries, sides.head)
    reasons = [seen.report.reason] if seen.report.reason else []
    failed: list[str] = []
    findings, only_shown = _blocking(tool, seen.report.findings)
    if tool.scope == "lines":
        findings = on_changed_lines(findings, head.entries, bases)
        judgement = judge(check.policy, (), Side(findings, layout.read))
        return _Judged(judgement, seen.report.looked_at, seen.cached, "; ".join(reasons))

    def group(base: BaseTree, chosen: Sides) -> tuple[Side, Delta]:
        entries = base.entries_for(tool)
        there = base.layout_for(tool, chosen.base)
        # A tool that reads everything is not run on base only to count what was fixed.
        idle = tool.reads == "tree" and not findings
        known = recall(job, entries, chosen.base)
        if known is None and not idle:
            known = _on_base(job, (head, layout), base, there, chosen.base)
        if known and known.report.reason and findings:
            failed.append(f"base ({base.base.why}): {known.report.reason}")
        had, _ = _blocking(tool, known.report.findings if known else ())
        return Side(had, there.read), base.delta() if findings and had else Delta()

    def later(base: BaseTree, chosen: Sides | None = None) -> Callable[[], tuple[Side, Delta]]:
        chosen = chosen or _sides(session, check, tool, head, base)
        # What head was looked at for may be equal here: then it is what this base knows.
        also = wanted(check, tool, base.entries_for(tool), sides.head)
        return lambda: group(base, chosen._replace(base=tuple(sorted({*chosen.base, *also}))))

    first = later(bases[0], sides)() if forks else group(bases[0], sides)
    groups: tuple[BaseGroup, ...] = (first, *(later(base) for base in bases[1:]))
    judgement = judge(check.policy, groups, Side(findings, layout.read), [later(fork) for fork in forks])
    if failed:  # what base has is not known, so nothing can be called new, and nothing passed
        judgement = judgement._replace(new=(), fixed_count=0)
    if seen.report.reason:
        judgement = judgement._replace(fixed_count=0)
    reasons += failed
    judgement = judgement._replace(shown=(*judgement.shown, *only_shown))
    for rule, surplus in judgement.unaccounted:
        reasons.append(f"{surplus} more of {rule} than base has, and not reported as new: a defect of qualitygate")
    return _Judged(judgement, seen.report.looked_at, seen.cached, "; ".join(reasons))


def _on_base(job: Run, head: tuple[Tree, Laid], base: BaseTree, there: Laid, files: tuple[str, ...]) -> Observed:
    """What the check finds on base, which need not have the places that head's settings name."""
    entries = base.entries_for(job.tool)
    has = targets.find(job.check, job.tool, entries, there.read)
    if has is None or not has.missing:
        return observe(job, there, entries, files)
    named = targets.find(job.check, job.tool, head[0].entries, head[1].read)
    options = targets.on_base(job.check.options, named, has, entries, base.delta().renames)
    if options is None:
        return Observed(Report((), 0), cached=False, seconds=0.0)
    return observe(job._replace(check=job.check._replace(options=options)), there, entries, files)


def _blocking(tool: Tool, findings: tuple[Finding, ...]) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """Those that may block, and those whose rule is only ever shown."""
    quiet: tuple[str, ...] = getattr(tool, "shown_rules", ())
    return tuple(f for f in findings if f.rule not in quiet), tuple(f for f in findings if f.rule in quiet)


def _sides(session: Session, check: Check, tool: Tool, head: Tree, base: BaseTree) -> Sides:
    entries, changed = base.entries_for(tool), base.changed_for(tool)
    return choose(check, tool, head.entries, entries, everything=session.everything, changed=changed)


def _merged_files(
    session: Session, check: Check, tool: Tool, head: Tree, sides: list[BaseTree], forks: list[BaseTree]
) -> tuple[str, ...]:
    """What a merge is looked at for: files that differ from some side, but for those simply taken from the other."""
    chosen = sorted({path for side in sides for path in _sides(session, check, tool, head, side).head})
    trees = [*sides, *forks]
    alike = all(is_per_file(tool, head.entries, base.entries_for(tool)) for base in trees)
    if session.everything or check.policy == "clean" or not alike:
        return tuple(chosen)
    changed = frozenset[str]().union(*(side.changed_for(tool) for side in sides))
    there = ([side.entries_for(tool) for side in sides], [fork.entries_for(tool) for fork in forks])
    found = contested(changed, head.entries, *there)
    return tuple(path for path in chosen if path in found)


def on_changed_lines(findings: tuple[Finding, ...], head: Entries, bases: Sequence[BaseTree]) -> tuple[Finding, ...]:
    """Those on lines that no base has. In a merge these are its sides: a line that one of them has is not changed."""
    for base in bases:
        if not findings:
            break
        if base.fork:
            continue
        maps = {one.new: LineMap(one.hunks) for one in base.differs(ignore_space=False)}
        findings = tuple(f for f in findings if _is_changed(f, maps, base.tree.entries, head))
    return findings


def _is_changed(finding: Finding, maps: Mapping[str, LineMap], base: Entries, head: Entries) -> bool:
    lines = maps.get(finding.path)
    if lines is not None:
        return lines.meets(finding.line, max(finding.line, finding.end_line))
    return base.get(finding.path) != head.get(finding.path)
