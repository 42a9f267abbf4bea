"""Where each check belongs in a repository of several projects: the folders in which its settings lie."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TypeVar

from qualitygate.checks import traits
from qualitygate.checks.scope import within
from qualitygate.checks.tool import Tool, is_config
from qualitygate.inspection.facts import Fact, Facts
from qualitygate.playbook import Playbook, PlaybookCheck

_Value = TypeVar("_Value")
_SHARED = ("package.json", "pyproject.toml", "setup.cfg", "tox.ini")
"""Files that many tools have settings in, or are only named in."""
_MANIFESTS = (
    *("package.json", "pyproject.toml", "setup.py", "setup.cfg", "requirements.txt", "go.mod", "Cargo.toml", "pom.xml"),
    *("build.gradle", "build.gradle.kts", "Gemfile", "composer.json", "tsconfig.json"),
)


def known(facts: Facts, name: str) -> Fact | None:
    """What inspection found of a tool that the project uses, by the name that it has there."""
    found = (*facts.linters, *facts.formatters, *facts.type_checkers, *facts.test_frameworks)
    return next((fact for fact in found if fact.name == name), None)


def is_meant(check: PlaybookCheck, facts: Facts, there: Collection[str] = ()) -> bool:
    """Whether a repository with these facts may get the check, where checks of the tools `there` are set up."""
    if set(there) & set(check.unless):
        return False
    return check.when == "files" or known(facts, check.known_as) is not None


def all_roots(
    playbooks: Iterable[Playbook], tools: Mapping[str, Tool], facts: Facts, names: Collection[str]
) -> Iterator[str]:
    """Every folder in which some tool will be started."""
    for playbook in playbooks:
        for check in playbook.checks:
            if is_meant(check, facts):
                yield from roots(tools[check.tool], known(facts, check.known_as), names)


def roots(tool: Tool, fact: Fact | None, names: Collection[str]) -> tuple[str, ...]:
    """The folders in which the tool is started, "" for the repository's root. `names` are all tracked paths."""
    reach = traits.reach(tool)
    if fact is None or reach == "whole":
        return ("",)
    of_its_own = [path for path in fact.files if is_config(path, tool.config_files) and _base(path) not in _SHARED]
    stated = of_its_own or [path for path in fact.files if _base(path) in _SHARED]
    folders = sorted({_project_of(_folder(path), names) for path in stated})
    if reach == "topmost":
        folders = [one for one in folders if not any(_is_below(one, other) for other in folders)]
    return tuple(folders) or ("",)


def slug(root: str) -> str:
    """A folder as part of a check's name."""
    return "".join(char if char.isascii() and char.isalnum() else "-" for char in root).strip("-")[:40]


def _base(path: str) -> str:
    return path.rpartition("/")[2]


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _is_below(folder: str, other: str) -> bool:
    return folder != other and (not other or folder.startswith(f"{other}/"))


def _project_of(folder: str, names: Collection[str]) -> str:
    """The nearest folder with a manifest: settings may lie in one of their own (`config/`, `.github/`)."""
    while folder and not any(f"{folder}/{name}" in names for name in _MANIFESTS):
        folder = _folder(folder)
    return folder


def narrowed(facts: Facts, root: str) -> Facts:
    """The facts about one folder, with paths relative to it; languages and commands stay those of the whole."""
    if not root:
        return facts
    return replace(
        facts,
        roles=_inner(facts.roles, root),
        python_files=tuple(_paths(facts.python_files, root)),
        source_roots=_places(facts.source_roots, root),
        test_roots=_places(facts.test_roots, root),
        generated_or_vendored_paths=tuple(_named(facts.generated_or_vendored_paths, root)),
        package_managers=tuple(_facts(facts.package_managers, root)),
        test_frameworks=tuple(_facts(facts.test_frameworks, root)),
        linters=tuple(_facts(facts.linters, root)),
        formatters=tuple(_facts(facts.formatters, root)),
        type_checkers=tuple(_facts(facts.type_checkers, root)),
    )


def _paths(paths: Collection[str], root: str) -> Iterator[str]:
    return (inner for path in paths if (inner := within(root, path)) is not None)


def _inner(table: Mapping[str, _Value], root: str) -> dict[str, _Value]:
    return {inner: value for path, value in table.items() if (inner := within(root, path)) is not None}


def _places(folders: Collection[str], root: str) -> tuple[str, ...]:
    return tuple(within(root, folder) or "." for folder in folders if f"{folder}/".startswith(f"{root}/"))


def _named(facts: Collection[Fact], root: str) -> Iterator[Fact]:
    return (fact._replace(name=inner) for fact in facts if (inner := within(root, fact.name)) is not None)


def _facts(facts: Collection[Fact], root: str) -> Iterator[Fact]:
    for fact in facts:
        here = tuple(row._replace(path=inner) for row in fact.evidence if (inner := within(root, row.path)) is not None)
        if here:
            yield fact._replace(evidence=here)
