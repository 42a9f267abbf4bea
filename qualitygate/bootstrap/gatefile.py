"""What makes it a gate: `qualitygate.toml`, the entry for pre-commit and prek, and what git must ignore."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qualitygate.bootstrap.blocks import block_lines
from qualitygate.bootstrap.draft import Draft
from qualitygate.bootstrap.edits import Edit, add_precommit_repo, add_toml_table, set_block
from qualitygate.bootstrap.manager_files import Found, add_launcher, add_to_managers
from qualitygate.bootstrap.plan import PlannedCheck, Step
from qualitygate.bootstrap.precommit import names_service
from qualitygate.checks import traits
from qualitygate.checks.catalogue import TOOLS
from qualitygate.config import FILE_NAME, compile_policy, parse_toml
from qualitygate.errors import ConfigError
from qualitygate.frozen import NamedTuple
from qualitygate.locations import GIT_LAUNCHER
from qualitygate.resources import read

# Ids and stages, as `.pre-commit-hooks.yaml` publishes them; what a local hook calls says what to do where nothing of
# ours is installed, which `qualitygate` alone could not.
_HOOKS = (
    ("qualitygate", f"sh {GIT_LAUNCHER} run", ("pre-commit", "pre-merge-commit")),
    ("qualitygate-record", f"sh {GIT_LAUNCHER} prepare-commit-msg", ("prepare-commit-msg",)),
    ("qualitygate-push", f"sh {GIT_LAUNCHER} run --tier push", ("pre-push",)),
)

_SKIPPED = """
# pre-commit.ci gives hooks no network and no history, and does not run what a machine has installed (language: system).
ci:
  skip: [{names}]
"""


class Hooks(NamedTuple):
    """How the gate is referenced in `.pre-commit-config.yaml`; without `repo` as a local hook.

    With `manager` pre-commit or prek all git hooks are theirs, so all of ours are listed; `git` needs no entry.
    `managers`: others that are here, into whose settings the gate is chained.
    """

    repo: str
    rev: str
    manager: str
    managers: tuple[Found, ...] = ()


def add_gate(draft: Draft, checks: tuple[PlannedCheck, ...], hooks: Hooks, unignored: tuple[str, ...]) -> None:
    """Add `qualitygate.toml`, the entry for pre-commit and prek, and ignored folders to the plan.

    `unignored` are environments in the work tree that git would take for the project's files.
    """
    data = gate_file(checks)
    compile_policy(data, file=FILE_NAME, tools=tuple(TOOLS))
    draft.write(Edit(FILE_NAME, draft.read(FILE_NAME), data))
    draft.steps.append(Step(f"write {FILE_NAME}", f"{len(checks)} checks, each proven here before anything is written"))
    add_to_managers(draft, hooks.managers)
    _add_hook_entry(draft, hooks)
    _ignore(draft, checks, unignored)


def add_checks(draft: Draft, unignored: tuple[str, ...]) -> None:
    """Add checks to the `qualitygate.toml` that is here, behind all that it says, and ignore what they leave behind."""
    before, new = draft.read(FILE_NAME), draft.added()
    try:
        after = add_toml_table(before, "checks", _tables(new), file=FILE_NAME)
    except ConfigError:
        after = _set_in(before or b"", _tables(new))
    draft.write(Edit(FILE_NAME, before, after, kind="toml"))
    names = ", ".join(check.name for check in new)
    draft.steps.append(Step(f"add {names} to {FILE_NAME}", "what could not be set up before", "all else in it stays"))
    _ignore(draft, new, unignored)


def _set_in(before: bytes, tables: Mapping[str, Any]) -> bytes:
    """For checks that are written as one inline table, to which no header can be added."""
    import tomlkit

    document = tomlkit.parse(before.decode("utf-8-sig"))
    checks: Any = document["checks"]
    for name, table in tables.items():
        checks[name] = table
    after = tomlkit.dumps(document).encode("utf-8")
    old, new = parse_toml(before, file=FILE_NAME), parse_toml(after, file=FILE_NAME)
    if new != {**old, "checks": {**old["checks"], **tables}}:
        raise ConfigError(f"{FILE_NAME}: checks cannot be added to it", hint="write `checks` as tables of their own")
    return after


def gate_file(checks: tuple[PlannedCheck, ...]) -> bytes:
    """`qualitygate.toml` for these checks."""
    return add_toml_table(read("templates", FILE_NAME), "checks", _tables(checks), file=FILE_NAME)


def _tables(checks: tuple[PlannedCheck, ...]) -> dict[str, Any]:
    tables: dict[str, Any] = {}
    for check in checks:
        table: dict[str, Any] = {"tool": check.tool, "policy": check.policy, "tier": check.tier}
        if check.version:
            table["version"] = check.version
        tables[check.name] = {**table, **check.options}
    return tables


def _add_hook_entry(draft: Draft, hooks: Hooks) -> None:
    file = ".pre-commit-config.yaml"
    before = draft.read(file)
    if before is None and (hooks.manager == "git" or (hooks.managers and hooks.manager not in ("pre-commit", "prek"))):
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
    if not hooks.repo:
        add_launcher(draft)
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
        "verbose": True,  # else nobody would read why it judged nothing
    }


def _ignore(draft: Draft, checks: tuple[PlannedCheck, ...], unignored: tuple[str, ...]) -> None:
    folders = sorted({folder for check in checks for folder in traits.leaves(TOOLS[check.tool])})
    before = draft.read(".gitignore")
    lines = {line.strip().strip("/") for line in (before or b"").decode("utf-8", "replace").splitlines()}
    missing = [folder for folder in folders if folder.strip("/") not in lines]
    missing += [f"/{place}/" for place in unignored]
    if missing:
        held = block_lines(before or b"", "# {}")
        after = set_block(before, "# {}", [*held, *missing], file=".gitignore")
        draft.write(Edit(".gitignore", before, after, kind="block" if before is not None else "file"))
        draft.steps.append(
            Step(
                "ignore what tools leave behind",
                "caches and environments are not the project's files",
                ", ".join(missing),
            )
        )
