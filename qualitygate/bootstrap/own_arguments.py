"""How the project itself starts a tool: the arguments that decide what it looks at, taken from its own commands."""

from __future__ import annotations

import itertools
import posixpath
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from qualitygate.checks.tools import mypy, shellcheck, shfmt
from qualitygate.config import OPTIONS
from qualitygate.inspection.facts import Facts, GateCommand

# What an adapter says itself, or what only serves a person who looks on; with the number of words that go along.
_OURS = {
    **dict.fromkeys(
        ("--reporter", "-R", "--reporters", "--reporter-option", "--format", "-f", "--outputFile", "-o"), 1
    ),
    **dict.fromkeys(
        ("--watch", "-w", "--watchAll", "--fix", "--cache", "--coverage", "--silent", "--verbose", "--ci"), 0
    ),
    **dict.fromkeys(("--bail", "-b", "--exit", "--color", "--colors", "--no-color", "--noEmit", "--run", "run"), 0),
    **dict.fromkeys(("--watch=false", "--no-watch", "--watchAll=false", "-u", "--update", "--updateSnapshot"), 0),
    # A warning is a finding here, however many of them the project lets through.
    **dict.fromkeys(("--max-warnings", "--cache-location", "--cache-strategy", "--cache-file", "--concurrency"), 1),
}
_BARE = {
    "shellcheck": ("-V", "--version", "-x", "--external-sources", "-a", "--check-sourced", "--norc"),
    "shfmt": (
        *("-l", "--list", "--write", "-d", "--diff", "-s", "--simplify", "-mn", "--minify", "-p", "--posix"),
        *("-bn", "--binary-next-line", "-ci", "--case-indent", "-sr", "--space-redirects", "-kp", "--keep-padding"),
        *("-fn", "--func-next-line", "--find"),
    ),
    "mocha": (
        *("--check-leaks", "--recursive", "--full-trace", "--sort", "-S", "--allow-uncaught", "--async-only", "-A"),
        *("--forbid-only", "--forbid-pending", "--inline-diffs", "--parallel", "-p", "--no-config", "--no-package"),
    ),
    "jest": ("--runInBand", "-i", "--passWithNoTests", "--detectOpenHandles", "--forceExit", "--no-cache", "--all"),
    "vitest": ("--passWithNoTests", "--typecheck", "--globals", "--dom", "--no-isolate", "--no-file-parallelism"),
    "eslint": (
        *("--quiet", "--no-error-on-unmatched-pattern", "--report-unused-disable-directives", "--no-inline-config"),
        *("--no-eslintrc", "--pass-on-no-patterns"),
    ),
}
"""Flags that take no value, per tool: the word after any other may be its value."""
_LONG = {
    "eslint": {"-c": "--config"},
    "shellcheck": {"-e": "--exclude", "-i": "--include", "-s": "--shell", "-S": "--severity"},
}
# These tools take only flags that decide on what is found, in one word each. Of mypy's, most take no value.
_ALLOWED = {"mypy": mypy.allowed, "shellcheck": shellcheck.allowed, "shfmt": shfmt.allowed}
_ASKING = frozenset(("-V", "--version", "--help"))
_VALUED = frozenset(
    (
        *("--config-file", "--python-version", "--python-executable", "--platform", "--cache-dir", "--exclude"),
        *("--follow-imports", "--enable-error-code", "--disable-error-code", "--always-true", "--always-false"),
        *("-m", "--module", "-p", "--package", "-c", "--command", "--junit-xml", "--custom-typeshed-dir"),
    )
)


def adopted(facts: Facts, tool: str, root: str) -> Mapping[str, Any]:
    """The options `flags` and `paths` that do in `root` what the project's command does; none where it is unclear."""
    for command in facts.gate_commands:
        if _folder(command) != root:
            continue
        for call in command.calls:
            if call.adapter != tool:
                continue
            words = call.arguments
            if set(words) <= _ASKING:  # of no file, as before the real call in one script
                continue
            if (found := _split(tool, words)) is not None:
                return dict(_as_options(tool, *found))
    return {}


def _as_options(tool: str, flags: list[str], paths: list[str]) -> Iterator[tuple[str, Any]]:
    """As the adapter of the tool takes them; what it has no option for, it says itself or does not need."""
    if tool == "tsc":
        flags, paths = [], list(_projects(flags))
    elif tool == "eslint":  # which takes none that is not whole
        flags = list(_joined(tool, flags))
    elif tool in _ALLOWED:
        flags = [flag for flag in _joined(tool, flags) if _ALLOWED[tool].fullmatch(flag)]
    if flags and tool in OPTIONS["flags"].tools:
        yield "flags", flags
    if paths and tool in OPTIONS["paths"].tools:
        yield "paths", paths


def _projects(flags: Sequence[str]) -> Iterator[str]:
    """The settings that `-p` names, by themselves or by their folder."""
    for name, value in itertools.pairwise(flags):
        if name in ("-p", "--project") and (place := posixpath.normpath(value)) != ".":
            yield place if place.endswith(".json") else f"{place}/tsconfig.json"


def _joined(tool: str, flags: Sequence[str]) -> Iterator[str]:
    for at, flag in enumerate(flags):
        value = flags[at + 1] if at + 1 < len(flags) else "-"
        if flag.startswith("-"):
            yield flag if "=" in flag or value.startswith("-") else f"{_LONG.get(tool, {}).get(flag, flag)}={value}"


def _folder(command: GateCommand) -> str:
    if command.directory:
        return command.directory.strip("/").removeprefix("./")
    return command.path.rpartition("/")[0] if command.path.endswith("package.json") else ""


def _is_whole(tool: str, word: str) -> bool:
    """Whether no value of this flag follows."""
    known = word not in _VALUED if tool == "mypy" else word in _BARE.get(tool, ())
    return known or "=" in word or word.startswith("--no-")


def _split(tool: str, words: Sequence[str]) -> tuple[list[str], list[str]] | None:
    """Flags and places; None for a word of which it is not sure what it is."""
    flags: list[str] = []
    paths: list[str] = []
    at = 0
    while at < len(words):
        word = words[at]
        at += 1
        name = word.partition("=")[0]
        if name in _OURS:
            at += 0 if "=" in word else _OURS[name]
        elif not word.startswith("-"):
            paths.append(word.strip("'\""))
        elif _is_whole(tool, word):
            flags.append(word)
        elif at < len(words) and not words[at].startswith("-"):
            flags += [word, words[at]]
            at += 1
        else:
            return None
    if tool not in OPTIONS["paths"].tools:
        return flags, []
    if any(char in path for path in paths for char in "$`{") or any(".." in word.split("/") for word in words):
        return None
    return flags, [path.removeprefix("./").rstrip("/") or "." for path in paths if path not in (".", "./")]
