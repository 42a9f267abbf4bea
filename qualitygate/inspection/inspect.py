"""Inspection: from a work tree to facts. Nothing of the repository is imported, run or evaluated."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from itertools import chain, islice
from pathlib import Path

from qualitygate import git
from qualitygate.git import Repo
from qualitygate.inspection import census, places, roles
from qualitygate.inspection.builds import build_system
from qualitygate.inspection.census import Look, look_at
from qualitygate.inspection.ci_commands import Raw, ci_commands, services
from qualitygate.inspection.derived import derived
from qualitygate.inspection.ecosystems.catalogue import manifests
from qualitygate.inspection.ecosystems.manifest import Manifest
from qualitygate.inspection.ecosystems.python import python_manifests
from qualitygate.inspection.environments import environments
from qualitygate.inspection.extended import extended
from qualitygate.inspection.facts import Environment, Fact, Facts, Role, Unreadable, merge
from qualitygate.inspection.files import Reader, linguist_marks, tracked_files
from qualitygate.inspection.foreign import foreign_paths
from qualitygate.inspection.frameworks import frameworks
from qualitygate.inspection.gate_commands import gate_commands, understand
from qualitygate.inspection.grounds import grounds
from qualitygate.inspection.hook_commands import HOOK_RUNNERS, effective_hooks, hook_commands, hook_managers
from qualitygate.inspection.members import members
from qualitygate.inspection.own_names import first_party, named_packages
from qualitygate.inspection.package_managers import package_managers
from qualitygate.inspection.python_project import Project, find_projects
from qualitygate.inspection.roles import Marks
from qualitygate.inspection.runtimes import min_runtime
from qualitygate.inspection.sources import Sources
from qualitygate.inspection.task_commands import task_commands
from qualitygate.inspection.task_runners import task_runners
from qualitygate.inspection.tools import toolbox
from qualitygate.inspection.versions import environment_versions, pinned_versions

_VENDORED = re.compile(r"^[ \t]*([^\s#]+)[ \t]+(?:[^\n]*[ \t])?linguist-vendored(?!=false|=0|-)", re.MULTILINE)
_SUFFIX = re.compile(r"^\*\.\w+$")
_PATTERNS = 200
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
    marks = Marks(_linguist(repo, sources), submodules, hostile, derived(sources, looks))
    role_of, foreign = roles.roles_of(looks, marks)
    role_of = roles.promoted(role_of, looks, census.rank(looks, role_of)[0])
    projects = find_projects(sources, role_of)
    own = (*python_manifests(sources, projects), *manifests(sources, role_of))
    envs = environments(repo.root, tracked, (p.root for p in projects))
    every = foreign_paths(role_of, foreign, sources.names, submodules)
    return _assemble(repo, sources, looks, role_of, projects, own, envs, every, submodules)


def _linguist(repo: Repo, sources: Sources) -> Mapping[str, str]:
    # git itself matches the patterns, but is asked only where some file says something.
    said = any("linguist-" in (sources.text(p) or "") for p in sources.match(".gitattributes", "*/.gitattributes"))
    marks = linguist_marks(repo, list(sources.paths)) if said else {}
    patterns = _vendored_patterns(sources)
    return {p: m for p, m in marks.items() if m != "vendored" or not _only_by_suffix(p, patterns)}


def _is_above(folder: str, homes: Iterable[str]) -> bool:
    return any(home.startswith(folder + "/") for home in homes)


def _vendored_patterns(sources: Sources) -> tuple[str, ...]:
    """The patterns that the `.gitattributes` at the top calls vendored, in the spelling of the shell."""
    rows = _VENDORED.findall(sources.text(".gitattributes") or "")
    return tuple(row.lstrip("/").replace("**", "*") for row in rows[:_PATTERNS])


def _only_by_suffix(path: str, patterns: tuple[str, ...]) -> bool:
    """Whether a path is called vendored only by `*.js`, which is meant for the statistics of a hosting service.

    A whole language is nobody's library.
    """
    matching = [p for p in patterns if fnmatchcase(path, p)]
    return bool(matching) and all(_SUFFIX.match(p) for p in matching)


def _assemble(
    repo: Repo,
    sources: Sources,
    looks: tuple[Look, ...],
    role_of: Mapping[str, Role],
    projects: tuple[Project, ...],
    own: tuple[Manifest, ...],
    envs: tuple[Environment, ...],
    foreign: tuple[Fact, ...],
    submodules: tuple[str, ...],
) -> Facts:
    inside = members(sources, own, looks, role_of)
    homes = {"", *(m.path for m in inside)}
    # What lies in no project of the repository says nothing about it, unless several below take it over.
    own = tuple(m for m in own if m.root in homes or (not m.describes and _is_above(m.root, homes)))
    hooks = hook_commands(sources)  # before CI, which may use up what YAML there is time for
    raws = _bounded(
        sources, chain(tuple(islice(hooks, _COMMANDS)), ci_commands(sources), task_commands(sources, role_of))
    )
    understood = understand(raws)
    tools = toolbox(sources, projects, own, looks, role_of, understood)
    installed = effective_hooks(repo)
    languages = census.count(looks)
    primary, secondary = census.rank(looks, role_of)
    python = tuple(k.path for k in looks if k.language == "Python")
    ranked = (primary, secondary)
    source = places.source_roots(sources, looks, role_of, projects, own, inside, ranked)
    roots = {"source_roots": source, "test_roots": places.test_roots(sources, role_of, own, source)}
    names = (
        *first_party(python, role_of, projects, sources.names),
        *named_packages(sources, own, inside, looks, role_of, ranked),
    )
    shared = extended(sources)
    listed = {"dockerfiles": tuple(k.path for k in looks if k.language == "Dockerfile"), "submodules": submodules}
    named = {"primary_language": primary, "secondary_language": secondary}
    return Facts(
        tracked_files=len(sources.tracked),
        languages=languages,
        primary_language=primary,
        secondary_language=secondary,
        package_managers=package_managers(sources, projects, own, role_of),
        build_system=build_system(sources, projects, own, inside, ranked),
        min_runtime=min_runtime(sources, projects, own, languages),
        frameworks=frameworks(sources, projects, own, looks, role_of),
        test_frameworks=tools.test_frameworks,
        linters=tools.linters,
        formatters=tools.formatters,
        type_checkers=tools.type_checkers,
        hook_managers=hook_managers(sources, installed, raws),
        task_runners=task_runners(sources, looks, understood),
        ci=services(sources),
        source_roots=roots["source_roots"],
        test_roots=roots["test_roots"],
        first_party_packages=merge(names),
        generated_or_vendored_paths=foreign,
        dockerfiles=listed["dockerfiles"],
        submodules=submodules,
        members=inside,
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
        extended=shared,
    )


def _bounded(sources: Sources, raws: Iterator[Raw]) -> tuple[Raw, ...]:
    """The commands that there is time to take apart, those of hooks last as a reader expects them."""
    found = tuple(islice(raws, _COMMANDS))
    more = next(raws, None)
    if more is not None:
        reason = f"more than {_COMMANDS} commands in this repository: the rest was not looked at"
        sources.skipped.append(Unreadable(more.path, reason))
    return tuple(sorted(found, key=lambda raw: raw.runner in HOOK_RUNNERS))


def _unreadable(looks: tuple[Look, ...], sources: Sources) -> tuple[Unreadable, ...]:
    return tuple(dict.fromkeys((*census.unreadable(looks), *sources.skipped)))
