"""Whether a shell command of an agent goes past the gate.

It stops shortcuts, not forgery: who can write and run a program can do anything on that machine. Of seven forms a
refusal too many is better than one too few; text that is only written, searched or shown is never refused.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence

from qualitygate.actor import VARIABLES
from qualitygate.agents.guard.git_forms import parse, refusal_for_git
from qualitygate.agents.guard.places import refusal_for_path, refusal_for_place
from qualitygate.agents.guard.programs import SHELLS, Started, started, texts_of_commands
from qualitygate.agents.guard.refusal import Refusal, refusal
from qualitygate.agents.guard.shell import UNKNOWN, Simple, Unreadable, split

__all__ = ["Refusal", "refusal_for_command", "refusal_for_path", "refusal_for_tool"]

_NESTED = 6
_REMOTE_WRITES = frozenset(("push_files", "create_or_update_file", "merge_pull_request"))
_WORDS_TO_RUN = ("--no-verify", "core.hookspath", "qualitygate accept", "husky=0")
_PLACES_TO_WRITE = (".git/hooks", ".git/qualitygate")
_MANAGERS = frozenset(("pre-commit", "prek", "lefthook", "husky", "overcommit", "qualitygate"))
_GIT_USERS = frozenset(("git", "gh", "hub", "jj", *_MANAGERS))
_INTERPRETERS = ("python", "node", "perl", "ruby", "php", "deno", "bun")
_SKIPS = frozenset(
    (
        *("PREK_SKIP", "PREK_ALLOW_NO_CONFIG", "PRE_COMMIT_ALLOW_NO_CONFIG", "HUSKY_SKIP_HOOKS", "HUSKY_SKIP_INSTALL"),
        *("LEFTHOOK_EXCLUDE", "LEFTHOOK_SKIP", "OVERCOMMIT_DISABLE", "SKIP_SIMPLE_GIT_HOOKS", "SKIP_HOOKS"),
        *("NO_VERIFY", "GIT_NO_VERIFY"),
    )
)
_SWITCHES = {"HUSKY": ("0", "false"), "LEFTHOOK": ("0", "false")}
_CONFIGURING = ("GIT_CONFIG", "GIT_TEMPLATE_DIR")
_WRITERS = frozenset(
    (
        *("rm", "unlink", "shred", "rmdir", "mv", "chmod", "chown", "chattr", "truncate", "touch", "tee", "sponge"),
        *("cp", "ln", "install", "rsync", "dd", "patch", "trash", "ed", "ex"),
    )
)
_TO_LAST = frozenset(("cp", "ln", "install", "rsync"))
_IN_PLACE = frozenset(("sed", "gsed", "perl", "awk", "gawk", "yq", "jq", "dasel", "find"))


def refusal_for_command(command: str, cwd: str = "") -> Refusal | None:
    """The first thing in a command that goes past the gate; None for nothing. `cwd` is relative to the root."""
    return _judge(command, cwd, 0)


def refusal_for_tool(name: str) -> Refusal | None:
    """Whether a tool of a code host (`mcp__github__push_files`) writes commits there; reading and asking are free."""
    return refusal("remote-write", f"`{name}`") if name.rpartition("__")[2] in _REMOTE_WRITES else None


def _judge(command: str, cwd: str, depth: int) -> Refusal | None:
    try:
        simples = split(command)
    except Unreadable as exc:
        lowered = command.lower()
        if any(word in lowered for word in ("git", *_MANAGERS)):
            return refusal("unreadable", f"a command with `git` in it that cannot be read, {exc}")
        return None
    where = cwd
    for simple in simples:
        start = started(simple)
        if found := _one(simple, start, where, depth):
            return found
        if start.program in ("cd", "pushd") and start.args:
            where = posixpath.join(where, start.args[-1])
    return None


def _one(simple: Simple, start: Started, where: str, depth: int) -> Refusal | None:
    if start.program == "git" and (directory := parse(start.args).directory):
        where = posixpath.join(where, directory)
    for found in (
        _environment(start),
        _program(start),
        _written(simple, start, where),
        _interpreted(simple, start),
    ):
        if found:
            return found
    if depth < _NESTED:
        for text in texts_of_commands(start, simple.input):
            if found := _judge(text, where, depth + 1):
                return found
    return None


def _environment(start: Started) -> Refusal | None:
    exported = start.program in ("", "export", "declare", "typeset", "local", "readonly", "unset", "set")
    pairs = list(start.environment)
    if start.program == "unset":
        pairs += [(name, None) for name in start.args]
    elif exported:
        pairs += [(name, value) for name, _, value in (arg.partition("=") for arg in start.args) if value]
    for name, value in pairs:
        if name in _SKIPS and value:
            return refusal("skip-variable", f"{name} is set")
        if name in _SWITCHES and (value or "").lower() in _SWITCHES[name]:
            return refusal("skip-variable", f"{name}={value}")
        if name == "SKIP" and value and (exported or start.program in _GIT_USERS | SHELLS):
            return refusal("skip-variable", "SKIP is set")
        if name in VARIABLES and not value:
            return refusal("skip-variable", f"{name} is taken out of the environment")
        if name.startswith(_CONFIGURING) and name != "GIT_CONFIG_NOSYSTEM" and value is not None:
            return refusal("hooks-path", f"{name} is set")
        if name == "GIT_DIR" and value is not None and start.program == "git":
            return refusal("unreadable", "GIT_DIR leads git somewhere else")
    return None


def _program(start: Started) -> Refusal | None:
    program, args = start.program, start.args
    words = [arg for arg in args if not arg.startswith("-")]
    if program == "git":
        return refusal_for_git(args)
    if program == "qualitygate" and words and not {"--help", "-h"} & set(args):
        if words[0] == "accept" or (words[0] == "waive" and "--request" not in args):
            return refusal("accept", f"`qualitygate {words[0]}`")
        if words[0] in ("uninstall", "undo"):
            return refusal("hook-files", f"`qualitygate {words[0]}`")
    elif program in _MANAGERS and words[:1] == ["uninstall"]:
        return refusal("hook-files", f"`{program} uninstall`")
    elif program in ("pre-commit", "prek") and words[:1] == ["install"] and {"-f", "--overwrite"} & set(args):
        return refusal("hook-files", f"`{program} install --overwrite`, which replaces hooks")
    elif UNKNOWN in program and any(arg.startswith("--no-v") or arg == "accept" for arg in args):
        return refusal("unreadable", "a program that only a shell could tell, with an option of git's")
    return None


def _written(simple: Simple, start: Started, where: str) -> Refusal | None:
    for path in (*simple.writes, *_targets(start)):
        if found := refusal_for_place(posixpath.join(where, path).replace(UNKNOWN, "?")):
            return found
    return None


def _targets(start: Started) -> Iterator[str]:
    """Files that a program writes, moves away or removes."""
    program, args = start.program, start.args
    words = [arg for arg in args if not arg.startswith("-")]
    if program in _TO_LAST:
        yield from words[-1:]
        yield from (arg.partition("=")[2] for arg in args if arg.startswith("--target-directory="))
    elif program == "dd":
        yield from (arg.removeprefix("of=") for arg in args if arg.startswith("of="))
    elif program in _WRITERS or (program in _IN_PLACE and _changes_in_place(program, args)):
        yield from words
    elif program == "git":
        yield from _targets_of_git(args)


def _changes_in_place(program: str, args: Sequence[str]) -> bool:
    if program == "find":
        return "-delete" in args or any(arg in _WRITERS for arg in args)
    return any(arg.startswith(("-i", "--in-place", "-pi", "-ni")) or arg == "inplace" for arg in args)


def _targets_of_git(args: Sequence[str]) -> Iterator[str]:
    command = parse(args)
    words = [arg for arg in command.args if not arg.startswith("-")]
    if command.name in ("rm", "mv", "checkout", "restore"):
        yield from words


def _interpreted(simple: Simple, start: Started) -> Refusal | None:
    """Other languages are not understood; a program that names a way past the gate and could take it is refused."""
    if not start.program.startswith(_INTERPRETERS):
        return None
    codes = [arg for flag, arg in zip(start.args, start.args[1:], strict=False) if flag in ("-c", "-e", "--eval", "-r")]
    for code in (*codes, simple.input):
        lowered = code.lower()
        runs = any(mark in lowered for mark in _marks_of_running(start.program))
        writes = runs or any(mark in lowered for mark in _MARKS_OF_WRITING)
        for word in (*(_WORDS_TO_RUN if runs else ()), *(_PLACES_TO_WRITE if writes else ())):
            if word in lowered:
                return refusal("unreadable", f"a program that mentions `{word}`")
    return None


_MARKS_OF_WRITING = (
    *(
        "unlink",
        "remove",
        "write",
        "rmtree",
        "rename",
        "replace(",
        "chmod",
        "copy",
        "move",
        "symlink",
        "rm(",
        "truncate",
    ),
    *("'w", '"w', "'a'", '"a"', "'a+", '"a+', "'x'", '"x"', "'>", '">'),  # the modes of `open`
)
_MARKS_OF_RUNNING = ("subprocess", "system(", "popen", "exec", "spawn", "import git", "from git", "dulwich", "pygit2")


def _marks_of_running(program: str) -> tuple[str, ...]:
    # Where a command stands between backticks; in other languages they are the Markdown of a text.
    if program.startswith(("perl", "ruby", "php")):
        return (*_MARKS_OF_RUNNING, "`", "system ", "%x")
    return _MARKS_OF_RUNNING if program.startswith("python") else (*_MARKS_OF_RUNNING, "$`")
