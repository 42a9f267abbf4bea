"""From facts to a plan: which checks, with which settings, and what each file will hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from qualitygate.bootstrap import mypy_settings, ruff_settings
from qualitygate.bootstrap.edits import Edit, add_precommit_repo, add_toml_table, set_block
from qualitygate.bootstrap.plan import LeftOut, Plan, PlannedCheck, Step
from qualitygate.bootstrap.scratch import Scratch, edited, look
from qualitygate.checks.resolve import Program, resolve
from qualitygate.config import FILE_NAME, compile_policy
from qualitygate.errors import ToolError
from qualitygate.inspection.facts import Facts
from qualitygate.model import Check, Report
from qualitygate.playbook import Playbook, PlaybookCheck

_FORMATTED = 0.9
"""Share of files that must be in ruff's format already, where the project does not say that it uses it."""


# Ids, entries and stages, as `.pre-commit-hooks.yaml` publishes them.
_HOOKS = (
    ("qualitygate", "qualitygate run", ("pre-commit", "pre-merge-commit")),
    ("qualitygate-record", "qualitygate git-hook prepare-commit-msg", ("prepare-commit-msg",)),
    ("qualitygate-push", "qualitygate run --tier push", ("pre-push",)),
)


class Hooks(NamedTuple):
    """How the gate is referenced in `.pre-commit-config.yaml`; without `repo` as a local hook.

    With `manager` pre-commit or prek all git hooks are theirs, so all of ours are listed; `git` needs no entry.
    """

    repo: str
    rev: str
    manager: str


class Draft:
    """A plan in the making: decisions collect here, and each edit sees those before it.

    `trial` are files as they are on disk but not in HEAD, for trials only.
    """

    def __init__(self, read: Callable[[str], bytes | None]) -> None:
        self._read = read
        self.steps: list[Step] = []
        self.checks: list[PlannedCheck] = []
        self.left_out: list[LeftOut] = []
        self.edits: dict[str, Edit] = {}
        self.trial: dict[str, bytes | None] = {}

    def read(self, path: str) -> bytes | None:
        return self.edits[path].after if path in self.edits else self._read(path)

    def write(self, edit: Edit) -> None:
        """Take an edit in; of several on one file the first `before` and the last `after` count."""
        old = self.edits.get(edit.path)
        self.edits[edit.path] = edit._replace(before=old.before, kind=old.kind) if old else edit

    def plan(self) -> Plan:
        changed = tuple(edit for edit in self.edits.values() if edit.before != edit.after)
        return Plan(tuple(self.steps), tuple(self.checks), changed, tuple(self.left_out))


def compose(
    scratch: Scratch,
    facts: Facts,
    playbook: Playbook,
    read: Callable[[str], bytes | None],
    progress: Callable[[str], None],
) -> Draft:
    """Decide every check of the playbook; tries on HEAD decide what fits. `qualitygate.toml` is not yet in it."""
    draft = Draft(read)
    decide = {"ruff": _ruff, "ruff-format": _ruff_format, "mypy": _mypy}
    for check in playbook.checks:
        progress(f"calibrating {check.name}")
        try:
            program = resolve(scratch.tools[check.tool].package, "", scratch.environment)
        except ToolError as exc:
            draft.left_out.append(LeftOut(check.name, exc.message))
            continue
        decision = decide.get(check.tool, _plain)
        decision(draft, scratch, facts, playbook, check, program)
    return draft


def _planned(check: PlaybookCheck, version: str, **changed: Any) -> PlannedCheck:
    plain = PlannedCheck(check.name, check.tool, check.policy, check.tier, version, dict(check.options))
    return plain._replace(**changed)


def _line(version: str, parts: int) -> str:
    return ".".join(version.split(".")[:parts])


def _whose(program: Program) -> str:
    return "the project's own" if program.of_project else "ours; the project has none installed"


def _plain(
    draft: Draft, scratch: Scratch, facts: Facts, playbook: Playbook, check: PlaybookCheck, program: Program
) -> None:
    draft.checks.append(_planned(check, ""))
    draft.steps.append(Step(f"add check {check.name}", check.reason))


def _ruff(
    draft: Draft, scratch: Scratch, facts: Facts, playbook: Playbook, check: PlaybookCheck, program: Program
) -> None:
    version = _line(program.version, 2)
    known = next((fact for fact in facts.linters if fact.name == "ruff"), None)
    if known is not None:
        evidence = f"{known.evidence[0].path}; ruff {program.version}, {_whose(program)}"
        draft.steps.append(Step("adopt the project's ruff settings as they are", "its rules stay its own", evidence))
        draft.checks.append(_planned(check, version, adopted=True))
        return

    def try_it(edit: Edit) -> Report:
        return look(
            scratch, as_check(_planned(check, version)), {**edited(list(draft.edits.values())), edit.path: edit.after}
        )

    settled = ruff_settings.settle(playbook, facts, draft.read, try_it)
    if isinstance(settled, str):
        draft.left_out.append(LeftOut(check.name, settled))
        return
    draft.write(settled.edit)
    reason = f"{len(settled.rules)} rules that find defects, each tried on this code"
    draft.steps.append(
        Step(f"configure ruff in {settled.edit.path}", reason, f"no ruff settings; ruff {program.version}")
    )
    for row in settled.dropped:
        draft.left_out.append(
            LeftOut(row.rule, f"{row.findings} findings in {row.files} files: not a rule of this code")
        )
    draft.checks.append(_planned(check, version, rules=settled.rules))


def _ruff_format(
    draft: Draft, scratch: Scratch, facts: Facts, playbook: Playbook, check: PlaybookCheck, program: Program
) -> None:
    planned = _planned(check, _line(program.version, 2))
    known = next((fact for fact in facts.formatters if fact.name == "ruff format"), None)
    if known is not None:
        evidence = f"{known.evidence[0].path}:{known.evidence[0].line}"
        draft.steps.append(Step("check the format of changed lines", "the project formats with ruff", evidence))
        draft.checks.append(planned._replace(adopted=True))
        return
    report = look(scratch, as_check(planned), edited(list(draft.edits.values())))
    if report.reason or not report.looked_at:
        draft.left_out.append(LeftOut(check.name, report.reason or "no file to look at"))
        return
    untidy = len({finding.path for finding in report.findings})
    figure = f"{untidy} of {report.looked_at} files are not in ruff's format"
    if report.looked_at - untidy < _FORMATTED * report.looked_at:
        draft.left_out.append(LeftOut(check.name, f"{figure}: formatting single lines would mix two styles"))
        return
    draft.steps.append(Step("check the format of changed lines", check.reason, figure))
    draft.checks.append(planned)


def _mypy(
    draft: Draft, scratch: Scratch, facts: Facts, playbook: Playbook, check: PlaybookCheck, program: Program
) -> None:
    version = _line(program.version, 2 if program.of_project else 1)
    where = "project" if scratch.environment else "none"
    has_settings = any(fact.name == "mypy" for fact in facts.type_checkers)
    if has_settings:
        settings = mypy_settings.adopted(facts)
    else:
        settings = mypy_settings.ours(playbook, facts, draft.read)
    options: dict[str, Any] = {**check.options, "environment": where}
    if settings.paths:
        options["paths"] = list(settings.paths)
    planned = _planned(check, version, options=options, adopted=has_settings)
    trial = {
        **edited(list(draft.edits.values())),
        **({settings.edit.path: settings.edit.after} if settings.edit else {}),
    }
    report = look(scratch, as_check(planned), trial)
    if report.reason:
        draft.left_out.append(LeftOut(check.name, report.reason))
        return
    if settings.edit is not None:
        draft.write(settings.edit)
    label = "" if where == "project" else "; third-party imports are not resolved: there is no trusted environment here"
    step = (
        "adopt the project's mypy settings"
        if has_settings
        else f"configure mypy in {settings.edit.path if settings.edit else ''}"
    )
    draft.steps.append(
        Step(step, check.reason, f"{settings.evidence}; mypy {program.version}, {_whose(program)}{label}")
    )
    draft.checks.append(planned)


def as_check(planned: PlannedCheck) -> Check:
    """The check as the gate sees it."""
    return Check(planned.name, planned.tool, planned.policy, planned.tier, planned.version, planned.options)  # type: ignore[arg-type]


def with_gate(
    draft: Draft, checks: tuple[PlannedCheck, ...], hooks: Hooks, tools: tuple[str, ...], unignored: tuple[str, ...]
) -> Draft:
    """Add what makes it a gate: `qualitygate.toml`, the entry for pre-commit and prek, and ignored folders.

    `unignored` are environments in the work tree that git would take for the project's files.
    """
    data = gate_file(checks)
    compile_policy(data, file=FILE_NAME, tools=tools)
    draft.write(Edit(FILE_NAME, draft.read(FILE_NAME), data))
    draft.steps.append(Step(f"write {FILE_NAME}", f"{len(checks)} checks, each proven here before anything is written"))
    _add_hook_entry(draft, hooks)
    _ignore(draft, checks, unignored)
    return draft


def gate_file(checks: tuple[PlannedCheck, ...]) -> bytes:
    """`qualitygate.toml` for these checks."""
    tables: dict[str, Any] = {}
    for check in checks:
        table: dict[str, Any] = {"tool": check.tool, "policy": check.policy, "tier": check.tier}
        if check.version:
            table["version"] = check.version
        tables[check.name] = {**table, **check.options}
    comment = "What the gate checks; docs/configuration.md of qualitygate explains every key."
    return add_toml_table(None, "", {"schema": 1, "checks": tables}, comment=comment, file=FILE_NAME)


def _add_hook_entry(draft: Draft, hooks: Hooks) -> None:
    file = ".pre-commit-config.yaml"
    before = draft.read(file)
    if hooks.manager == "git" and before is None:
        return
    after = add_precommit_repo(before, hook_entry(hooks), file=file)
    draft.write(Edit(file, before, after, kind="precommit" if before is not None else "file"))
    if before == after:
        return
    how = f"{hooks.repo} at {hooks.rev}" if hooks.repo else "a local hook: this build of qualitygate is not released"
    draft.steps.append(
        Step(f"add the gate to {file}", "`pre-commit run`, `prek run` and CI find it where they look", how)
    )


def hook_entry(hooks: Hooks) -> Mapping[str, Any]:
    """The entry of `repos:` that references the gate."""
    if hooks.repo:
        names = [row[0] for row in _HOOKS] if hooks.manager in ("pre-commit", "prek") else ["qualitygate"]
        return {"repo": hooks.repo, "rev": hooks.rev, "hooks": [{"id": name} for name in names]}
    rows = _HOOKS if hooks.manager in ("pre-commit", "prek") else _HOOKS[:1]
    return {"repo": "local", "hooks": [_local_hook(*row) for row in rows]}


def _local_hook(name: str, entry: str, stages: tuple[str, ...]) -> dict[str, Any]:
    return {
        "id": name,
        "name": name,
        "entry": entry,
        "language": "system",
        "pass_filenames": False,
        "always_run": True,
        "require_serial": True,
        "stages": list(stages),
    }


def _ignore(draft: Draft, checks: tuple[PlannedCheck, ...], unignored: tuple[str, ...]) -> None:
    used = {check.tool for check in checks}
    folders = [name for tool, name in (("mypy", ".mypy_cache/"), ("ruff", ".ruff_cache/")) if tool in used]
    before = draft.read(".gitignore")
    lines = {line.strip().strip("/") for line in (before or b"").decode("utf-8", "replace").splitlines()}
    missing = [folder for folder in folders if folder.strip("/") not in lines]
    missing += [f"/{place}/" for place in unignored]
    if missing:
        after = set_block(before, "# {}", missing, file=".gitignore")
        draft.write(Edit(".gitignore", before, after, kind="block" if before is not None else "file"))
        draft.steps.append(
            Step(
                "ignore what tools leave behind",
                "caches and environments are not the project's files",
                ", ".join(missing),
            )
        )
