"""What makes it a gate: `qualitygate.toml`, the entry for pre-commit and prek, and what git must ignore."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from qualitygate.bootstrap.draft import Draft
from qualitygate.bootstrap.edits import Edit, add_precommit_repo, add_toml_table, set_block
from qualitygate.bootstrap.plan import PlannedCheck, Step
from qualitygate.bootstrap.precommit import names_service
from qualitygate.checks import traits
from qualitygate.checks.catalogue import TOOLS
from qualitygate.config import FILE_NAME, compile_policy
from qualitygate.resources import read

# Ids, entries and stages, as `.pre-commit-hooks.yaml` publishes them.
_HOOKS = (
    ("qualitygate", "qualitygate run", ("pre-commit", "pre-merge-commit")),
    ("qualitygate-record", "qualitygate git-hook prepare-commit-msg", ("prepare-commit-msg",)),
    ("qualitygate-push", "qualitygate run --tier push", ("pre-push",)),
)

_SKIPPED = """
# pre-commit.ci gives hooks no network and no history, and does not run what a machine has installed (language: system).
ci:
  skip: [{names}]
"""


class Hooks(NamedTuple):
    """How the gate is referenced in `.pre-commit-config.yaml`; without `repo` as a local hook.

    With `manager` pre-commit or prek all git hooks are theirs, so all of ours are listed; `git` needs no entry.
    """

    repo: str
    rev: str
    manager: str


def add_gate(draft: Draft, checks: tuple[PlannedCheck, ...], hooks: Hooks, unignored: tuple[str, ...]) -> None:
    """Add `qualitygate.toml`, the entry for pre-commit and prek, and ignored folders to the plan.

    `unignored` are environments in the work tree that git would take for the project's files.
    """
    data = gate_file(checks)
    compile_policy(data, file=FILE_NAME, tools=tuple(TOOLS))
    draft.write(Edit(FILE_NAME, draft.read(FILE_NAME), data))
    draft.steps.append(Step(f"write {FILE_NAME}", f"{len(checks)} checks, each proven here before anything is written"))
    _add_hook_entry(draft, hooks)
    _ignore(draft, checks, unignored)


def gate_file(checks: tuple[PlannedCheck, ...]) -> bytes:
    """`qualitygate.toml` for these checks."""
    tables: dict[str, Any] = {}
    for check in checks:
        table: dict[str, Any] = {"tool": check.tool, "policy": check.policy, "tier": check.tier}
        if check.version:
            table["version"] = check.version
        tables[check.name] = {**table, **check.options}
    return add_toml_table(read("templates", FILE_NAME), "checks", tables, file=FILE_NAME)


def _add_hook_entry(draft: Draft, hooks: Hooks) -> None:
    file = ".pre-commit-config.yaml"
    before = draft.read(file)
    if hooks.manager == "git" and before is None:
        return
    entry = hook_entry(hooks)
    after = add_precommit_repo(before, entry, file=file)
    names = [hook["id"] for hook in entry["hooks"]]
    if before is None:
        after += _SKIPPED.format(names=", ".join(names)).encode("ascii")
    elif before != after and names_service(before, file=file) and not all(name.encode() in before for name in names):
        draft.leave_out("pre-commit.ci", f"it cannot run the gate: add {', '.join(names)} to `skip:` below `ci:`")
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
    folders = sorted({folder for check in checks for folder in traits.leaves(TOOLS[check.tool])})
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
