"""`qualitygate explain`: one rule, and whether it is in force in this repository."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from qualitygate import git
from qualitygate.checks.catalogue import TOOLS
from qualitygate.checks.resolve import resolve
from qualitygate.checks.running import run_command
from qualitygate.checks.scope import root_of
from qualitygate.checks.tool import Environment, Request
from qualitygate.checks.tools import ruff_manual, semgrep
from qualitygate.commands.install import trusted_environment, trusted_project
from qualitygate.config import FILE_NAME
from qualitygate.defaults import compile_any
from qualitygate.errors import QualityGateError, ToolError
from qualitygate.gate.policy import on_disk
from qualitygate.gate.sides import wanted_files
from qualitygate.git import Repo
from qualitygate.model import Check, Entries
from qualitygate.rule_texts import load_texts
from qualitygate.rulebook.enabled import enabled_in_eslint, enabled_rules
from qualitygate.rulebook.explain import Explanation, Ground, find, near
from qualitygate.rulebook.explain import explain as explain_it
from qualitygate.rulebook.force import Sight, own_rules

_SECONDS = 10.0
"""How long ruff may take to count what one rule finds."""


def explain(path: Path, asked: str) -> Explanation:
    """Explain a rule in the repository that holds `path`. Raises QualityGateError for one that nobody knows."""
    repo = git.find_repo(path)
    head = git.head_commit(repo)
    environment = trusted_environment(repo) if head else None
    entries: Entries = git.entries(repo, git.tree_of(repo, head)) if head else {}
    ground = Ground(_sight(repo, entries, environment), load_texts(), _manual())
    rule = find(asked, ground)
    if rule is None:
        close = near(asked, ground)
        hint = f"did you mean {' or '.join(f'`{name}`' for name in close)}?" if close else ""
        raise QualityGateError(
            f"no rule is called `{asked}`", hint=hint or "write it as the report does: `ruff:F821`, `mypy:name-defined`"
        )
    found = explain_it(rule, ground)._replace(origins=ground.sight.origins)
    kind, _, name = rule.partition(":")
    if kind == "ruff" and found.standing.state == "in force":
        return found._replace(found=_count(repo, found.standing.checks, name, entries, environment))
    return found


def _sight(repo: Repo, entries: Entries, environment: Environment | None) -> Sight:
    """The settings that are on disk."""
    held = on_disk(repo.root)
    policy = compile_any(held.pop(FILE_NAME, None), held)
    checks = tuple(Check(**check) for check in policy["checks"])

    def enabled(check: Check) -> frozenset[str] | str:
        return _enabled(repo, check, entries, environment)

    def read(path: str) -> bytes | None:
        return _read(repo, path)

    own = own_rules((*semgrep.own_rules(os.fspath(repo.root)), *held), read)
    return Sight(checks, str(policy.get("source", FILE_NAME)), read, enabled, own, policy.get("origins", {}))


def _read(repo: Repo, path: str) -> bytes | None:
    place = repo.root / path
    return place.read_bytes() if place.is_file() else None


def _on_disk(repo: Repo, check: Check, entries: Entries) -> tuple[str, ...]:
    return tuple(path for path in wanted_files(check, TOOLS[check.tool], entries) if (repo.root / path).is_file())


def _enabled(repo: Repo, check: Check, entries: Entries, environment: Environment | None) -> frozenset[str] | str:
    files = _on_disk(repo, check, entries)
    with tempfile.TemporaryDirectory() as place:
        if check.tool == "eslint":
            project = trusted_project(repo)(root_of(check))
            return enabled_in_eslint(check, repo.root, files, project, Path(place), _SECONDS)
        return enabled_rules(check, repo.root, files, environment, Path(place), _SECONDS)


def _manual() -> Mapping[str, ruff_manual.RuffRule]:
    try:
        executable = resolve("ruff", "", None).executable
    except ToolError:
        return {}
    return ruff_manual.parse_manual(run_command(ruff_manual.manual_command(executable), Path.cwd(), _SECONDS))


def _count(
    repo: Repo, checks: tuple[Check, ...], code: str, entries: Entries, environment: Environment | None
) -> int | None:
    """How many findings of one ruff rule the files on disk have; None where ruff did not come to an end."""
    found = set()
    tool = TOOLS["ruff"]
    for check in checks:
        executable = resolve("ruff", check.version, environment).executable
        # These two are no rules to ruff: they are told whatever is selected, and cannot be selected.
        select = () if code in ("invalid-syntax", "E902") else (code,)
        with tempfile.TemporaryDirectory() as place:
            options = {**check.options, "select": select}
            files = _on_disk(repo, check, entries)
            request = Request(check.name, os.fspath(repo.root), files, executable, options, place)
            report = tool.parse(run_command(tool.command(request), repo.root, _SECONDS), request)
        if report.reason:
            return None
        found |= {finding._replace(check="") for finding in report.findings if finding.rule == f"ruff:{code}"}
    return len(found)
