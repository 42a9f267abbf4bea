"""Which file states what: from its name to the functions that read it."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from qualitygate.checks.safeguards.stated import gate_files, running, scripts_in_code, tools
from qualitygate.checks.safeguards.stated.document import load
from qualitygate.checks.safeguards.stated.fact import Fact, facts
from qualitygate.checks.safeguards.stated.yaml_text import UnreadError
from qualitygate.locations import SETTINGS, WAIVERS

_CI = (
    *(".github/workflows/*.yml", ".github/workflows/*.yaml", ".gitlab-ci.yml", ".circleci/config.yml", ".travis.yml"),
    *("azure-pipelines.yml", "bitbucket-pipelines.yml", ".woodpecker.yml", ".woodpecker/*.yml", ".drone.yml"),
    *(
        ".cirrus.yml",
        "appveyor.yml",
        ".appveyor.yml",
        ".github/actions/*/action.yml",
        ".gitlab/*.yml",
        ".buildkite/*.yml",
    ),
)
_PRE_COMMIT = (".pre-commit-config.yaml", ".pre-commit-config.yml")
_LEFTHOOK = ("lefthook.yml", ".lefthook.yml", "lefthook.yaml", "lefthook.toml", ".lefthook.yaml")
_STAGED = (".lintstagedrc", ".lintstagedrc.json", ".lintstagedrc.yaml", ".lintstagedrc.yml")
_OWNERS = ("CODEOWNERS", ".github/CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
_IGNORING = (
    *(".gitignore", ".eslintignore", ".prettierignore", ".semgrepignore", ".trivyignore", ".gitleaksignore"),
    *(".stylelintignore", ".markdownlintignore", ".biomeignore", ".oxlintignore"),
)
_CODE = (
    *("jest.config.*", "vitest.config.*", "vite.config.*", "eslint.config.*", ".eslintrc.js", ".eslintrc.cjs"),
    *("playwright.config.*", "vitest.workspace.*", "karma.conf.*"),
)
_MAKE = ("Makefile", "makefile", "GNUmakefile", "justfile", "Justfile")
_SCRIPT_WORDS = ("test", "check", "lint", "coverage", "ci", "verify")

_TOOL_FILES = tools.files()
_NAMES = frozenset(
    (
        *(name for name in _TOOL_FILES if "*" not in name),
        *(*_PRE_COMMIT, *_LEFTHOOK, *_STAGED, *_IGNORING, *_MAKE, SETTINGS, ".gitattributes", "CODEOWNERS", "tox.ini"),
    )
)


def is_ci(path: str) -> bool:
    """Whether a file of this name tells a service what to run."""
    return any(fnmatchcase(path, pattern) for pattern in _CI)


def is_stated(path: str) -> bool:
    """Whether a file of this name states something that can be read here."""
    name = path.rpartition("/")[2]
    if name in _NAMES or path in gate_files.AGENTS or path == WAIVERS or path.startswith(".husky/"):
        return True
    if name.startswith("tsconfig") and name.endswith(".json"):
        return True
    if name[:1] in "jvekp." and any(fnmatchcase(name, pattern) for pattern in _CODE):
        return True
    return is_ci(path) or _is_script(path)


def _is_script(path: str) -> bool:
    folder, _, name = path.rpartition("/")
    stem, _, end = name.partition(".")
    return (
        folder in ("scripts", "bin", "script", "ci", ".ci", "tools", "")
        and end in ("", "sh", "bash")
        and stem.lower().replace("run", "").strip("-_") in (*_SCRIPT_WORDS, *(f"{word}s" for word in _SCRIPT_WORDS))
    )


def read(path: str, data: bytes) -> dict[str, Any]:
    """The facts of a file, or `unread`."""
    try:
        return {"facts": facts(tuple(_read(path, data)))}
    except UnreadError as exc:
        return {"unread": str(exc)[:200]}


def _read(path: str, data: bytes) -> Iterator[Fact]:
    name = path.rpartition("/")[2]
    text = data.decode("utf-8-sig", "replace")
    if name in ("CODEOWNERS",):
        yield from gate_files.owners(text) if path in _OWNERS else ()
    elif name == ".gitattributes":
        yield from gate_files.attributes(text)
    elif name in _IGNORING:
        yield from gate_files.ignored(name, text)
    elif name in _MAKE:
        yield from running.makefile(text)
    elif path.startswith(".husky/") or _is_script(path):
        yield from running.script(text, area="hook" if path.startswith(".husky/") else "script")
    elif any(fnmatchcase(name, pattern) for pattern in _CODE):
        yield from scripts_in_code.read(name, text)
    else:
        yield from _structured(path, name, load(path, data), text)


def _structured(path: str, name: str, document: Any, text: str) -> Iterator[Fact]:
    if is_ci(path):
        yield from running.ci(document, text)
    elif name in _PRE_COMMIT:
        yield from running.pre_commit(document, text)
    elif name in _LEFTHOOK:
        yield from running.lefthook(document, text)
    elif name in _STAGED:
        yield from running.lint_staged(document, text)
    elif path == SETTINGS:
        yield from gate_files.gate(document, text)
    elif path == WAIVERS:
        yield from gate_files.waivers(document, text)
    elif path in gate_files.AGENTS:
        yield from gate_files.agent(document, text)
    else:
        if name == "package.json":
            yield from running.package_scripts(document, text)
        if name == "tox.ini":
            yield from running.tox(document, text)
        yield from tools.read(name, document, text)
