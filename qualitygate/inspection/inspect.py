"""Inspection: from a work tree to facts. Nothing of the repository is imported, run or evaluated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain, islice
from pathlib import Path

from qualitygate import git
from qualitygate.git import Repo
from qualitygate.inspection import census, layout, roles
from qualitygate.inspection.census import Look, look_at
from qualitygate.inspection.ci_commands import Raw, ci_commands, services
from qualitygate.inspection.environments import environments
from qualitygate.inspection.facts import Environment, Fact, Facts, Role, Unreadable
from qualitygate.inspection.files import Reader, linguist_marks, tracked_files
from qualitygate.inspection.frameworks import frameworks
from qualitygate.inspection.gate_commands import gate_commands, understand
from qualitygate.inspection.grounds import grounds
from qualitygate.inspection.hook_commands import HOOK_RUNNERS, effective_hooks, hook_commands, hook_managers
from qualitygate.inspection.package_managers import package_managers
from qualitygate.inspection.python_project import Project, find_projects
from qualitygate.inspection.roles import Marks
from qualitygate.inspection.runtimes import min_runtime
from qualitygate.inspection.sources import Sources
from qualitygate.inspection.task_commands import task_commands
from qualitygate.inspection.task_runners import task_runners
from qualitygate.inspection.tools import toolbox
from qualitygate.inspection.versions import environment_versions, pinned_versions

_COMMANDS = 3000
"""Commands taken apart in one inspection: some 70 microseconds each."""


def inspect(root: Path) -> Facts:
    """The facts about the repository that holds `root`: names from its index, bytes from its work tree.

    Raises GitError where there is no repository with a work tree. A file that is missing, unreadable
    or broken is a fact, never an error.
    """
    repo = git.find_repo(root)
    tracked = tracked_files(repo)
    reader = Reader(repo.root)
    looks = tuple(look_at(reader, t) for t in tracked if t.mode.startswith("100"))
    sources = Sources(reader, tracked)
    submodules = tuple(t.path for t in tracked if t.mode == "160000")
    shipped = environments(repo.root, tracked, ())
    hostile = frozenset(e.path for e in shipped if e.hostile)
    marks = Marks(_linguist(repo, sources), submodules, hostile)
    role_of, foreign = roles.roles_of(looks, marks)
    projects = find_projects(sources, role_of)
    envs = environments(repo.root, tracked, (p.root for p in projects))
    every = roles.foreign_paths(role_of, foreign, sources.names, submodules)
    return _assemble(repo, sources, looks, role_of, projects, envs, every, submodules)


def _linguist(repo: Repo, sources: Sources) -> Mapping[str, str]:
    # git itself matches the patterns, but is asked only where some file says something.
    said = any("linguist-" in (sources.text(p) or "") for p in sources.match(".gitattributes", "*/.gitattributes"))
    return linguist_marks(repo, list(sources.paths)) if said else {}


def _assemble(
    repo: Repo,
    sources: Sources,
    looks: tuple[Look, ...],
    role_of: Mapping[str, Role],
    projects: tuple[Project, ...],
    envs: tuple[Environment, ...],
    foreign: tuple[Fact, ...],
    submodules: tuple[str, ...],
) -> Facts:
    hooks = hook_commands(sources)  # before CI, which may use up what YAML there is time for
    raws = _bounded(
        sources, chain(tuple(islice(hooks, _COMMANDS)), ci_commands(sources), task_commands(sources, role_of))
    )
    understood = understand(raws)
    tools = toolbox(sources, projects, looks, role_of, understood)
    installed = effective_hooks(repo)
    languages = census.count(looks)
    primary, secondary = census.rank(looks, role_of)
    python = tuple(k.path for k in looks if k.language == "Python")
    rooted = tuple(
        k.path for k in looks if role_of.get(k.path) == "source" and _has_roots(k.language, primary, secondary)
    )
    roots = {
        "source_roots": layout.source_roots(rooted, projects, sources.names),
        "test_roots": layout.test_roots(role_of, sources.names),
    }
    listed = {"dockerfiles": tuple(k.path for k in looks if k.language == "Dockerfile"), "submodules": submodules}
    named = {"primary_language": primary, "secondary_language": secondary}
    return Facts(
        tracked_files=len(sources.tracked),
        languages=languages,
        primary_language=primary,
        secondary_language=secondary,
        package_managers=package_managers(sources, projects, role_of),
        build_system=next((p.build for p in projects if p.build), None),
        min_runtime=min_runtime(sources, projects, languages),
        frameworks=frameworks(sources, projects, looks, role_of),
        test_frameworks=tools.test_frameworks,
        linters=tools.linters,
        formatters=tools.formatters,
        type_checkers=tools.type_checkers,
        hook_managers=hook_managers(sources, installed, raws, repo),
        task_runners=task_runners(sources, looks, understood),
        ci=services(sources),
        source_roots=roots["source_roots"],
        test_roots=roots["test_roots"],
        first_party_packages=layout.first_party(python, role_of, projects, sources.names),
        generated_or_vendored_paths=foreign,
        dockerfiles=listed["dockerfiles"],
        submodules=submodules,
        grounds=grounds(sources, languages, named, role_of, roots, listed),
        gate_commands=gate_commands(understood),
        git_hooks=installed,
        python_files=python,
        roles=role_of,
        environments=envs,
        pinned_versions=pinned_versions(sources, projects) + environment_versions(sources.reader, envs),
        broken_configuration=tuple(sources.broken),
        unreadable=_unreadable(looks, sources),
        hazards=census.hazards(sources.tracked, looks),
    )


def _bounded(sources: Sources, raws: Iterator[Raw]) -> tuple[Raw, ...]:
    """The commands that there is time to take apart, those of hooks last as a reader expects them."""
    found = tuple(islice(raws, _COMMANDS))
    more = next(raws, None)
    if more is not None:
        reason = f"more than {_COMMANDS} commands in this repository: the rest was not looked at"
        sources.skipped.append(Unreadable(more.path, reason))
    return tuple(sorted(found, key=lambda raw: raw.runner in HOOK_RUNNERS))


def _has_roots(language: str, primary: str | None, secondary: str | None) -> bool:
    family = ("JavaScript", "TypeScript")
    return language in (primary, secondary) or (primary in family and language in family)


def _unreadable(looks: tuple[Look, ...], sources: Sources) -> tuple[Unreadable, ...]:
    return tuple(dict.fromkeys((*census.unreadable(looks), *sources.skipped)))
