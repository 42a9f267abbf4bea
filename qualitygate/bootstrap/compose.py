"""From facts to a plan: which checks, with which settings. Trials on HEAD decide what fits."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from qualitygate import git
from qualitygate.bootstrap import mypy_settings, own_arguments, pytest_settings, ruff_settings, semgrep_settings
from qualitygate.bootstrap.calibrate import calibrate
from qualitygate.bootstrap.draft import Draft
from qualitygate.bootstrap.edits import Edit
from qualitygate.bootstrap.plan import PlannedCheck, Step
from qualitygate.bootstrap.scopes import is_meant, known, narrowed, roots, slug
from qualitygate.bootstrap.scratch import Scratch, look
from qualitygate.checks import traits
from qualitygate.checks.resolve import Program, program_of
from qualitygate.checks.scope import all_within
from qualitygate.checks.tool import Project
from qualitygate.checks.tool_environment import PINNED, find
from qualitygate.config import FILE_NAME
from qualitygate.errors import ToolError
from qualitygate.inspection.facts import Facts
from qualitygate.model import Check, Report
from qualitygate.playbook import Playbook, PlaybookCheck
from qualitygate.rule_pack import compiled, load_pack

_FORMATTED = 0.9
"""Share of files that must be in ruff's format already, where the project does not say that it uses it."""


class Ground(NamedTuple):
    """What decisions rest on: where to try, what inspection found, and what the playbook says.

    `fetch` makes the environment of a package that we bring; it returns why it could not be had, or "".
    `root` is the folder that a check is for, and `facts` are then about it.
    """

    scratch: Scratch
    facts: Facts
    playbook: Playbook
    fetch: Callable[[str], str] = lambda package: "it is not set up on this machine"
    root: str = ""

    @property
    def project(self) -> Project:
        """What the project has installed for the folder."""
        return self.scratch.project(self.root)


def compose(
    ground: Ground,
    playbooks: Sequence[Playbook],
    read: Callable[[str], bytes | None],
    progress: Callable[[str], None],
) -> Draft:
    """Decide every check of the playbooks, in each folder it belongs to; `qualitygate.toml` is not yet in the draft."""
    draft = Draft(read)
    names = git.entries(ground.scratch.gate.repo, ground.scratch.head)
    for playbook in playbooks:
        for check in playbook.checks:
            there = {one.tool for one in draft.checks}
            if not is_meant(check, ground.facts, there):
                continue
            places = roots(ground.scratch.tools[check.tool], known(ground.facts, check.known_as), names)
            tool = ground.scratch.tools[check.tool]
            for root in places:
                if not any(tool.wants(path) for path in all_within(root, names)):
                    continue
                name = check.name if len(places) == 1 or not root else f"{check.name}-{slug(root)}"
                here = ground._replace(facts=narrowed(ground.facts, root), playbook=playbook, root=root)
                progress(f"calibrating {name}")
                _decide(draft, here, check._replace(name=name))
    return draft


def _decide(draft: Draft, ground: Ground, check: PlaybookCheck) -> None:
    try:
        _DECISIONS.get(check.tool, _plain)(draft, ground, check)
    except ToolError as exc:  # one tool that is not here, or may not run, takes no other check along
        said = f"{exc.message}; {exc.hint}" if exc.hint else exc.message
        # What the project has installed is used only where that is trusted: say both at once.
        waits = check.options.get("environment") == "project" and not ground.scratch.trusted
        draft.leave_out(check.name, f"{said}, then bootstrap with --trust" if waits else said)


def as_check(planned: PlannedCheck) -> Check:
    """The check as the gate sees it."""
    options = planned.options
    if planned.tool == "semgrep":
        options = compiled(options, file=f"{FILE_NAME}: checks.{planned.name}.rules")
    return Check(planned.name, planned.tool, planned.policy, planned.tier, planned.version, options)


def _planned(check: PlaybookCheck, version: str, ground: Ground, **changed: Any) -> PlannedCheck:
    options = {**changed.pop("options", check.options), **({"root": ground.root} if ground.root else {})}
    plain = PlannedCheck(check.name, check.tool, check.policy, check.tier, version, options)
    return plain._replace(**changed)


def _line(version: str, parts: int) -> str:
    return ".".join(version.split(".")[:parts])


def _program(ground: Ground, check: PlaybookCheck) -> Program:
    """What runs the check; raises ToolError where that is not here, and cannot be had."""
    tool = ground.scratch.tools[check.tool]
    try:
        return program_of(tool, "", ground.project)
    except ToolError:
        if tool.package not in PINNED or find(tool.package):
            raise
        if why := ground.fetch(tool.package):
            raise ToolError(why) from None
    return program_of(tool, "", ground.project)


def _named(program: Program, tool: str) -> str:
    whose = "the project's own" if program.of_project else "ours; the project has none installed"
    return f"{tool} {program.version}, {whose}"


def _plain(draft: Draft, ground: Ground, check: PlaybookCheck) -> None:
    """A tool without settings of ours: as the project has set it up, or as it comes."""
    tool, program = ground.scratch.tools[check.tool], _program(ground, check)
    if not tool.package:
        draft.add(_planned(check, "", ground), Step(f"add check {check.name}", check.reason))
        return
    fact = known(ground.facts, check.known_as)
    node = traits.ecosystem(tool) == "node"
    own = own_arguments.adopted(ground.facts, check.tool, ground.root)
    options = {**check.options, **own, **({"environment": "project"} if node and program.of_project else {})}
    # What the project has installed from a lock file is pinned there.
    version = "" if node and program.of_project else _line(program.version, 2)
    planned = _planned(check, version, ground, options=options, adopted=fact is not None)
    if rules := tuple(options.get("rules", ())):
        planned = _calibrated(draft, ground, planned, rules)
        if not planned.rules:
            draft.leave_out(check.name, "the code contradicts all of its rules")
            return
    report = look(ground.scratch, as_check(planned), draft.files())
    if report.reason or not report.looked_at:
        draft.leave_out(check.name, report.reason or "no file to look at")
        return
    untidy = len({finding.path for finding in report.findings})
    figure = f"{untidy} of {report.looked_at} {traits.unit(tool)}s"
    if fact is None and tool.scope == "lines" and report.looked_at - untidy < _FORMATTED * report.looked_at:
        draft.leave_out(check.name, f"{figure} are not in its format: formatting single lines would mix two styles")
        return
    where = f"{fact.evidence[0].path}; " if fact is not None else ""
    what = f"adopt {check.tool} as the project has set it up" if fact is not None else f"add check {check.name}"
    whose = _named(program, check.tool) if node or program.of_project else f"{check.tool} {program.version}"
    draft.add(planned, Step(what, check.reason, f"{where}{whose}"))


def _calibrated(draft: Draft, ground: Ground, planned: PlannedCheck, rules: tuple[str, ...]) -> PlannedCheck:
    """The check with those of its rules that the code does not plainly contradict; the others are left out."""
    report = look(ground.scratch, as_check(planned), draft.files())
    if report.reason:
        raise ToolError(report.reason)
    lines = sum(ground.facts.languages[n].lines for n in ground.playbook.languages if n in ground.facts.languages)
    names = tuple(f"{planned.tool}:{rule}" for rule in rules)
    rows = calibrate(names, report.findings, lines=lines, thresholds=ground.playbook.thresholds)
    dropped = {row.rule: row for row in rows if row.kind == "many" and row.rule in names}
    for row in dropped.values():
        draft.leave_out(row.rule, f"{row.findings} findings in {row.files} files: not a rule of this code")
    kept = tuple(rule for rule, name in zip(rules, names, strict=True) if name not in dropped)
    return planned._replace(options={**planned.options, "rules": list(kept)}, rules=kept)


def _ruff(draft: Draft, ground: Ground, check: PlaybookCheck) -> None:
    program = _program(ground, check)
    planned = _planned(check, _line(program.version, 2), ground)
    known = next((fact for fact in ground.facts.linters if fact.name == "ruff"), None)
    if known is not None:
        evidence = f"{known.evidence[0].path}; {_named(program, 'ruff')}"
        step = Step("adopt the project's ruff settings as they are", "its rules stay its own", evidence)
        draft.add(planned._replace(adopted=True), step)
        return

    def try_it(edit: Edit) -> Report:
        return look(ground.scratch, as_check(planned), {**draft.files(), edit.path: edit.after})

    settled = ruff_settings.settle(ground.playbook, ground.facts, draft.read, try_it)
    if isinstance(settled, str):
        draft.leave_out(check.name, settled)
        return
    draft.write(settled.edit)
    for row in settled.dropped:
        draft.leave_out(row.rule, f"{row.findings} findings in {row.files} files: not a rule of this code")
    reason = f"{len(settled.rules)} rules that find defects, each tried on this code"
    step = Step(f"configure ruff in {settled.edit.path}", reason, f"no ruff settings; {_named(program, 'ruff')}")
    draft.add(planned._replace(rules=settled.rules), step)


def _ruff_format(draft: Draft, ground: Ground, check: PlaybookCheck) -> None:
    planned = _planned(check, _line(_program(ground, check).version, 2), ground)
    known = next((fact for fact in ground.facts.formatters if fact.name == "ruff format"), None)
    if known is not None:
        evidence = f"{known.evidence[0].path}:{known.evidence[0].line}"
        step = Step("check the format of changed lines", "the project formats with ruff", evidence)
        draft.add(planned._replace(adopted=True), step)
        return
    report = look(ground.scratch, as_check(planned), draft.files())
    if report.reason or not report.looked_at:
        draft.leave_out(check.name, report.reason or "no file to look at")
        return
    untidy = len({finding.path for finding in report.findings})
    figure = f"{untidy} of {report.looked_at} files are not in ruff's format"
    if report.looked_at - untidy < _FORMATTED * report.looked_at:
        draft.leave_out(check.name, f"{figure}: formatting single lines would mix two styles")
        return
    draft.add(planned, Step("check the format of changed lines", check.reason, figure))


def _mypy(draft: Draft, ground: Ground, check: PlaybookCheck) -> None:
    facts, environment, program = ground.facts, ground.project.environment, _program(ground, check)
    has_settings = any(fact.name == "mypy" for fact in facts.type_checkers)
    settings = mypy_settings.adopted(facts) if has_settings else mypy_settings.ours(ground.playbook, facts, draft.read)
    options: dict[str, Any] = {**check.options, "environment": "project" if environment else "none"}
    if settings.paths:
        options["paths"] = list(settings.paths)
    planned = _planned(check, _line(program.version, 1), ground, options=options, adopted=has_settings)
    written: Mapping[str, bytes] = {settings.edit.path: settings.edit.after} if settings.edit else {}
    report = look(ground.scratch, as_check(planned), {**draft.files(), **written})
    if report.reason:
        draft.leave_out(check.name, report.reason)
        return
    what = "adopt the project's mypy settings"
    if settings.edit is not None:
        draft.write(settings.edit)
        what = f"configure mypy in {settings.edit.path}"
    label = "" if environment else "; imports of other projects are not resolved: no trusted environment is here"
    draft.add(planned, Step(what, check.reason, f"{settings.evidence}; {_named(program, 'mypy')}{label}"))


def _pytest(draft: Draft, ground: Ground, check: PlaybookCheck) -> None:
    if why := pytest_settings.unable(ground.facts, ground.project.environment):
        draft.leave_out(check.name, why)
        return
    _tests(draft, ground, check)


def _tests(draft: Draft, ground: Ground, check: PlaybookCheck) -> None:
    """Run all tests once on HEAD, and decide from that when they run, or why they cannot be a check."""
    program = _program(ground, check)
    own = own_arguments.adopted(ground.facts, check.tool, ground.root)
    options = {**check.options, **own, "environment": "project"}
    node = traits.ecosystem(ground.scratch.tools[check.tool]) == "node"
    planned = _planned(check, "" if node else _line(program.version, 1), ground, options=options)
    start = time.monotonic()
    report = look(ground.scratch, as_check(planned), draft.files(), limit=pytest_settings.PATIENCE)
    settled = pytest_settings.settle(report, time.monotonic() - start)
    if isinstance(settled, str):
        draft.leave_out(check.name, settled)
        return
    evidence = f"{settled.evidence}; {_named(program, check.tool)}"
    step = Step(f"run the tests at {settled.tier}", check.reason, evidence)
    flags = [*planned.options.get("flags", ()), *settled.flags]
    options = {**planned.options, **({"flags": flags} if flags else {})}
    draft.add(planned._replace(tier=settled.tier, options=options), step)


def _semgrep(draft: Draft, ground: Ground, check: PlaybookCheck) -> None:
    pack = {rule.id: rule for rule in load_pack()}
    settings = semgrep_settings.candidates(tuple(pack.values()), ground.facts)
    if not settings:
        return
    program = _program(ground, check)
    without = ruff_settings.foreign(ground.facts)
    options = {**check.options, **({"exclude": without} if without else {})}
    if not settings:
        return
    tried = _planned(check, "", ground, options={**options, "rules": list(settings)})
    report = look(ground.scratch, as_check(tried), draft.files())
    if report.reason and (in_part := semgrep_settings.read_in_part(report)):
        without = [*without, *in_part]
        options = {**options, "exclude": without}
        tried = tried._replace(options={**options, "rules": list(settings)})
        report = look(ground.scratch, as_check(tried), draft.files())
    if report.reason or not report.looked_at:
        draft.leave_out(check.name, report.reason or "no file to look at")
        return
    kept, dropped = semgrep_settings.settle([pack[name] for name in settings], report, ground.playbook, ground.facts)
    for row in dropped:
        draft.leave_out(row.rule, f"{row.findings} findings in {row.files} files: not a rule of this code")
    if not kept:
        draft.leave_out(check.name, "the code contradicts all of its rules")
        return
    label = f"; without {', '.join(without[:3])}{' ...' if len(without) > 3 else ''}" if without else ""
    evidence = f"each tried on this code; semgrep {program.version}, in an environment of its own{label}"
    step = Step(f"add {len(kept)} rules for semgrep", check.reason, evidence)
    draft.add(tried._replace(options={**options, "rules": list(kept)}, rules=kept), step)


_DECISIONS: Mapping[str, Callable[[Draft, Ground, PlaybookCheck], None]] = {
    "ruff": _ruff,
    "ruff-format": _ruff_format,
    "mypy": _mypy,
    "pytest": _pytest,
    "semgrep": _semgrep,
    **dict.fromkeys(("vitest", "jest", "mocha", "node-test"), _tests),
}
