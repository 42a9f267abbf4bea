"""The commands of continuous integration: which service, which file, which step."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Any

from qualitygate.frozen import NamedTuple
from qualitygate.inspection.facts import Evidence, Fact
from qualitygate.inspection.shell import logical_lines
from qualitygate.inspection.sources import Sources, base_name, dig, items, strings, tables
from qualitygate.inspection.tool_table import by_action
from qualitygate.inspection.yaml_nodes import line_of


class Raw(NamedTuple):
    """A command as it stands in a file. `defines` is the entry point that it is part of (`make lint`), if any.

    `arguments` are given apart where the command is only a name, as for the hooks of pre-commit. `uses` is the
    GitHub action that runs a known tool in place of a command.
    """

    command: str
    runner: str
    name: str
    path: str
    line: int
    directory: str = ""
    defines: str = ""
    arguments: tuple[str, ...] = ()
    uses: str = ""


class Service(NamedTuple):
    """A CI service and the files that configure it."""

    name: str
    patterns: tuple[str, ...]


SERVICES: tuple[Service, ...] = (
    Service("GitHub Actions", (".github/workflows/*.yml", ".github/workflows/*.yaml")),
    Service("GitLab CI", (".gitlab-ci.yml", ".gitlab-ci.yaml", ".gitlab/*.yml", ".gitlab-ci/*.yml")),
    Service("Travis CI", (".travis.yml",)),
    Service("CircleCI", (".circleci/config.yml", ".circleci/config.yaml")),
    Service(
        "Azure Pipelines",
        ("azure-pipelines.yml", "azure-pipelines.yaml", ".azure-pipelines/*.yml", "azure-pipelines/*.yml"),
    ),
    Service("AppVeyor", ("appveyor.yml", ".appveyor.yml")),
    Service("Jenkins", ("Jenkinsfile",)),
    Service("Bitbucket Pipelines", ("bitbucket-pipelines.yml",)),
    Service("Drone", (".drone.yml",)),
    Service("Cirrus CI", (".cirrus.yml", ".cirrus.star")),
    Service("Woodpecker", (".woodpecker.yml", ".woodpecker/*.yml", ".woodpecker/*.yaml")),
    Service("Buildkite", (".buildkite/*.yml", ".buildkite/*.yaml")),
    Service("builds.sr.ht", (".build.yml", ".builds/*.yml")),
)
# Steps of a workflow that a repository keeps for itself; no service of their own.
_OWN_ACTIONS = (".github/actions/*/action.yml", ".github/actions/*/action.yaml", "action.yml", "action.yaml")
HOOK_ACTIONS = {"pre-commit/action": "pre-commit", "j178/prek-action": "prek"}
# Where services other than GitHub keep their shell lines.
_SCRIPT_KEYS = ("before_script", "script", "run", "command", "commands", "bash", "test_script")
_LIKELY = re.compile(r"test|lint|check|ci\b|quality|pre-commit|build|main|python|typ(?:e|ing)")


def services(sources: Sources) -> tuple[Fact, ...]:
    """The CI services that the repository is configured for."""
    found = ((service.name, sources.match(*service.patterns)) for service in SERVICES)
    return tuple(Fact(name, tuple(Evidence(p) for p in paths)) for name, paths in found if paths)


def ci_commands(sources: Sources) -> Iterator[Raw]:
    """Every shell line that CI runs."""
    for service in SERVICES:
        # What is read first is read for certain: there is a limit to the YAML that one inspection parses.
        for path in sorted(sources.match(*service.patterns), key=lambda p: not _LIKELY.search(p)):
            if service.name == "GitHub Actions":
                yield from _workflow(sources, path)
            elif path.endswith((".yml", ".yaml")):
                yield from _scripts(sources.yaml(path), service.name.lower().replace(" ", "-"), path, "")
    for path in sources.match(*_OWN_ACTIONS):
        yield from _steps(dig(sources.yaml(path), "runs", "steps"), path, base_name(path.rpartition("/")[0]), "")


def _workflow(sources: Sources, path: str) -> Iterator[Raw]:
    document = sources.yaml(path)
    for job, body in items(dig(document, "jobs")):
        folders = (dig(table, "defaults", "run", "working-directory") for table in (body, document))
        steps = [*tables(dig(body, "steps")), *tables([body])]  # a job can itself be `uses:`
        yield from _steps(steps, path, job, next((f for f in folders if isinstance(f, str)), ""))


def _steps(steps: Any, path: str, job: str, default: str) -> Iterator[Raw]:
    for step in tables(steps):
        run, used, label, folder = (step.get(key) for key in ("run", "uses", "name", "working-directory"))
        name = ": ".join(part for part in (job, label) if isinstance(part, str) and part)
        if isinstance(run, str):
            yield from _lines(
                run, "github-actions", name, path, _folder(folder if isinstance(folder, str) else default)
            )
        action = used.split("@")[0] if isinstance(used, str) else ""
        if action in HOOK_ACTIONS or action in by_action():
            yield Raw(f"uses: {used}", "github-actions", name, path, line_of(used), uses=action)


def _folder(named: str) -> str:
    """A folder as git calls it: `./apps/web/` is `apps/web`, and `.` the top."""
    plain = posixpath.normpath(named) if named else ""
    return "" if plain == "." else plain


def _scripts(value: Any, runner: str, path: str, name: str) -> Iterator[Raw]:
    for key, inner in items(value):
        if key in _SCRIPT_KEYS and not isinstance(inner, dict):
            for script in strings(inner):
                yield from _lines(script, runner, name or key, path, "")
        else:
            yield from _scripts(inner, runner, path, key if isinstance(inner, dict) else name)
    for inner in value if isinstance(value, list) else ():
        yield from _scripts(inner, runner, path, name)


def _lines(script: str, runner: str, name: str, path: str, folder: str) -> Iterator[Raw]:
    first = line_of(script)
    # The mark of a block scalar is its `|`: the text begins on the next line.
    shift = 1 if "\n" in script.rstrip("\n") or script.endswith("\n") else 0
    for line in logical_lines(script):
        yield Raw(line.text, runner, name, path, first + shift + line.offset if first else 0, folder)


def python_versions(sources: Sources) -> Iterator[tuple[str, Evidence]]:
    """The Python versions that CI names in matrices and set-up steps, as they are written."""
    for path in sources.match(*SERVICES[0].patterns):
        yield from _versions(sources.yaml(path), path, ("python-version", "python"))
    for path in sources.match(".travis.yml"):
        for version in strings(dig(sources.yaml(path), "python")):
            yield version, Evidence(path, line_of(version), version)


def _versions(value: Any, path: str, keys: tuple[str, ...]) -> Iterator[tuple[str, Evidence]]:
    for key, inner in items(value):
        if key in keys:
            for version in strings(inner):
                yield version, Evidence(path, line_of(version), f"{key}: {version}")
        else:
            yield from _versions(inner, path, keys)
    for inner in value if isinstance(value, list) else ():
        yield from _versions(inner, path, keys)
