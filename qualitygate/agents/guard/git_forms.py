"""What a git command does that goes past the hooks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from qualitygate.agents.guard.refusal import Refusal, refusal
from qualitygate.agents.guard.shell import UNKNOWN
from qualitygate.frozen import NamedTuple

_GLOBAL_VALUED = (
    "-C",
    "-c",
    "--git-dir",
    "--work-tree",
    "--namespace",
    "--exec-path",
    "--config-env",
    "--super-prefix",
)
# Commands that run hooks, with their options that take the next word as value.
_HOOKED = {
    "commit": (
        *("-m", "--message", "-F", "--file", "-C", "--reuse-message", "-c", "--reedit-message", "-t", "--template"),
        *("--author", "--date", "--fixup", "--squash", "--trailer", "--cleanup", "--pathspec-from-file"),
    ),
    "merge": ("-m", "-F", "--file", "-s", "--strategy", "-X", "--strategy-option", "--into-name", "--cleanup"),
    "push": ("-o", "--push-option", "--receive-pack", "--exec", "--repo"),
    "rebase": ("-s", "--strategy", "-X", "--strategy-option", "--onto", "-x", "--exec", "-C"),
    "am": ("-C", "-p", "--directory", "--exclude", "--include", "--patch-format"),
    "cherry-pick": ("-m", "--mainline", "-s", "--strategy", "-X", "--strategy-option", "--cleanup"),
    "revert": ("-m", "--mainline", "-s", "--strategy", "-X", "--strategy-option", "--cleanup"),
    "pull": ("-s", "--strategy", "-X", "--strategy-option", "-o", "--server-option", "--upload-pack", "--depth"),
}
# Short options that swallow what follows in the same word (`-mn` is the message "n").
_SWALLOW = {"commit": "mFCctuS", "am": "CpS"}
_PLUMBING = frozenset(("commit-tree", "update-ref", "fast-import", "filter-branch", "filter-repo"))
_REDIRECTING = ("core.hookspath", "include.", "includeif.", "init.templatedir")


class GitCommand(NamedTuple):
    """git's settings for this one call, the directory, the subcommand and its arguments."""

    settings: tuple[str, ...]
    directory: str
    name: str
    args: tuple[str, ...]


def parse(args: Sequence[str]) -> GitCommand:
    """The words after `git`, taken apart."""
    settings: list[str] = []
    directory = ""
    rest = list(args)
    while rest and rest[0].startswith("-"):
        option, equals, value = rest.pop(0).partition("=")
        if option in _GLOBAL_VALUED and not equals and rest:
            value = rest.pop(0)
        if option in ("-c", "--config-env"):
            settings.append(value)
        elif option.startswith("-c") and len(option) > 2:
            settings.append(option[2:] + equals + value)
        elif option == "-C":
            directory = value
    return GitCommand(tuple(settings), directory, rest[0] if rest else "", tuple(rest[1:]))


def refusal_for_git(args: Sequence[str]) -> Refusal | None:
    """Whether this git command leaves hooks out, runs others, or writes commits and refs past them."""
    command = parse(args)
    for key in (setting.partition("=")[0].lower() for setting in command.settings):
        if key.startswith(_REDIRECTING):
            return refusal("hooks-path", f"`git -c {key}=...`")
    return (
        _leaves_hooks_out(command)
        or _configures(command)
        or _is_plumbing(command)
        or _hides(command)
        or _unknown(command)
    )


def _words(command: GitCommand) -> Iterator[str]:
    """The words of a hooked command before `--`, without the values of its options."""
    valued = _HOOKED.get(command.name, ())
    rest = iter(command.args)
    for word in rest:
        if word == "--":
            return
        if word in valued or _ends_valued(command.name, word):
            next(rest, "")
        if word not in valued:
            yield word


def _ends_valued(name: str, word: str) -> bool:
    """Whether the last letter of joined short options takes the next word: `-am MESSAGE`."""
    if name not in _SWALLOW or not word.startswith("-") or word.startswith("--") or len(word) < 3:
        return False
    first = next((letter for letter in word[1:] if letter in _SWALLOW[name]), "")
    return bool(first) and word.find(first, 1) == len(word) - 1 and f"-{first}" in _HOOKED[name]


def _leaves_hooks_out(command: GitCommand) -> Refusal | None:
    if command.name not in _HOOKED:
        return None
    for option in (word for word in _words(command) if word.startswith("-")):
        # git takes any beginning of a long option that is clear.
        if option.startswith("--no-v") and "--no-verify".startswith(option):
            return refusal("no-verify", f"`git {command.name} {option}`")
        if command.name in _SWALLOW and not option.startswith("--"):
            for letter in option[1:]:
                if letter == "n":
                    return refusal("no-verify", f"`git {command.name} {option}`")
                if letter in _SWALLOW[command.name]:
                    break
    return None


def _configures(command: GitCommand) -> Refusal | None:
    if command.name != "config":
        return None
    words = [word for word in command.args if not word.startswith("-")]
    flags = {word.partition("=")[0] for word in command.args if word.startswith("-")}
    verb = words.pop(0) if words and words[0] in ("set", "unset", "get", "list", "edit", "remove-section") else ""
    writes = verb in ("set", "unset") or bool(flags & {"--unset", "--unset-all", "--add", "--replace-all"})
    for number, word in enumerate(words):
        if word.lower().startswith(_REDIRECTING) and (writes or (not verb and len(words) > number + 1)):
            return refusal("hooks-path", f"`git config {word}`")
    removes = verb == "remove-section" or bool({"--remove-section", "--rename-section"} & flags)
    return refusal("hooks-path", "`git config --remove-section core`") if removes and "core" in words else None


def aliases(command: GitCommand) -> list[str]:
    """Commands that it gives a short name to, as a shell would run them."""
    found = [
        value for key, _, value in (s.partition("=") for s in command.settings) if key.lower().startswith("alias.")
    ]
    if command.name == "config":
        found += [value for key, value in zip(command.args, command.args[1:], strict=False) if key.startswith("alias.")]
    return [text[1:] if text.startswith("!") else f"git {text}" for text in found]


def _is_plumbing(command: GitCommand) -> Refusal | None:
    name, args = command.name, command.args
    words = [word for word in args if not word.startswith("-")]
    if name in _PLUMBING:
        return refusal("plumbing", f"`git {name}`")
    if name == "hash-object" and any(arg.startswith("-") and "w" in arg and arg[:2] != "--" for arg in args):
        return refusal("plumbing", "`git hash-object -w`")
    if name == "symbolic-ref" and (len(words) > 1 or {"-d", "--delete"} & set(args)):
        return refusal("plumbing", "`git symbolic-ref` that writes")
    if name == "replace" and args and not {"-l", "--list"} & set(args):
        return refusal("plumbing", "`git replace`")
    return None


def _hides(command: GitCommand) -> Refusal | None:
    flags = {"--assume-unchanged", "--skip-worktree"} & set(command.args)
    if command.name == "update-index" and flags:
        found = refusal("plumbing", f"`git update-index {sorted(flags)[0]}`")
        return found._replace(reason="It hides a change from the gate", instead="leave the file as it is, or commit it")
    return None


def _unknown(command: GitCommand) -> Refusal | None:
    if UNKNOWN in command.name:
        return refusal("unreadable", "a git command whose name only a shell could tell")
    if command.name == "commit" and UNKNOWN in _words(command):
        found = refusal("unreadable", "`git commit` with arguments that only a shell could tell")
        return found._replace(instead="write its options out, and put paths behind `--`")
    return None
