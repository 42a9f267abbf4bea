"""Which program a simple command really starts: behind `env`, `sudo`, `npx`, `timeout`, a nested shell."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence

from qualitygate.agents.guard.git_forms import aliases, parse
from qualitygate.agents.guard.shell import KEYWORDS, Simple
from qualitygate.frozen import NamedTuple

SHELLS = frozenset(("sh", "bash", "dash", "zsh", "ksh", "ash", "busybox", "fish"))

# Programs that run another: how many words of their own follow their options, and which options take a value.
_WRAPPERS: Mapping[str, tuple[int, frozenset[str]]] = {
    "command": (0, frozenset()),
    "builtin": (0, frozenset()),
    "exec": (0, frozenset(("-a",))),
    "nohup": (0, frozenset()),
    "setsid": (0, frozenset()),
    "unbuffer": (0, frozenset()),
    "caffeinate": (0, frozenset(("-t", "-w"))),
    "nice": (0, frozenset(("-n", "--adjustment"))),
    "ionice": (0, frozenset(("-c", "-n", "-p"))),
    "stdbuf": (0, frozenset(("-i", "-o", "-e"))),
    "sudo": (0, frozenset(("-u", "-g", "-h", "-p", "-C", "-U", "-r", "-t", "--user", "--group"))),
    "doas": (0, frozenset(("-u", "-C"))),
    "timeout": (1, frozenset(("-s", "-k", "--signal", "--kill-after"))),
    "gtimeout": (1, frozenset(("-s", "-k", "--signal", "--kill-after"))),
    "time": (0, frozenset(("-f", "-o"))),
    "xargs": (0, frozenset(("-I", "-n", "-P", "-L", "-d", "-E", "-s", "-a"))),
    "watch": (0, frozenset(("-n", "--interval"))),
    "npx": (0, frozenset(("-p", "--package"))),
    "bunx": (0, frozenset()),
    "uvx": (0, frozenset(("--from", "--with", "-p", "--python"))),
    "dotenv": (0, frozenset(("-f", "-e"))),
}
# Programs that run another after a word of their own: `uv run`, `poetry run`.
_RUNNERS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "uv": (frozenset(("run",)), frozenset(("--with", "--group", "--extra", "-p", "--python", "--directory"))),
    "poetry": (frozenset(("run",)), frozenset()),
    "pdm": (frozenset(("run",)), frozenset()),
    "hatch": (frozenset(("run",)), frozenset()),
    "rye": (frozenset(("run",)), frozenset()),
    "pipenv": (frozenset(("run",)), frozenset()),
    "pipx": (frozenset(("run",)), frozenset(("--spec", "--python"))),
    "npm": (frozenset(("exec", "x")), frozenset()),
    "pnpm": (frozenset(("exec", "dlx")), frozenset()),
    "yarn": (frozenset(("exec", "dlx", "run")), frozenset()),
    "bun": (frozenset(("x", "run")), frozenset()),
    "mise": (frozenset(("exec", "x")), frozenset()),
}


class Started(NamedTuple):
    """A program by its bare name, its arguments, and the environment that is set or unset (None) for it alone."""

    program: str
    args: tuple[str, ...]
    environment: tuple[tuple[str, str | None], ...]


def started(simple: Simple) -> Started:
    """What a simple command starts, `program` empty where it only sets variables."""
    environment: list[tuple[str, str | None]] = list(simple.assignments)
    words = list(simple.words)
    while words:
        name = posixpath.basename(words[0])
        if words[0] in KEYWORDS:
            words.pop(0)
        elif name == "env":
            words = _env(words[1:], environment)
        elif name in _WRAPPERS:
            own, valued = _WRAPPERS[name]
            words = _after_options(words[1:], valued)[own:]
        elif name in _RUNNERS and len(words) > 1 and words[1] in _RUNNERS[name][0]:
            words = _after_options(words[2:], _RUNNERS[name][1])
        elif _is_python(name) and "-m" in words[1:3]:
            words = words[words.index("-m") + 1 :]
        else:
            return Started(name.removesuffix(".exe"), tuple(words[1:]), tuple(environment))
        if words and "=" in words[0] and words[0].partition("=")[0].isidentifier():
            words = _assigned(words, environment)
    return Started("", (), tuple(environment))


def _is_python(name: str) -> bool:
    return name in ("python", "py") or (name.startswith("python") and name[6:].replace(".", "").isdigit())


def _after_options(words: Sequence[str], valued: frozenset[str]) -> list[str]:
    rest = list(words)
    while rest and rest[0].startswith("-"):
        option = rest.pop(0)
        if option == "--":
            break
        if option in valued and rest:
            rest.pop(0)
    return rest


def _env(words: list[str], environment: list[tuple[str, str | None]]) -> list[str]:
    rest = list(words)
    while rest:
        word = rest[0]
        if word in ("-u", "--unset") and len(rest) > 1:
            environment.append((rest[1], None))
            rest = rest[2:]
        elif word.startswith("--unset="):
            environment.append((word.partition("=")[2], None))
            rest = rest[1:]
        elif word in ("-C", "--chdir") and len(rest) > 1:
            rest = rest[2:]
        elif word in ("-S", "--split-string") and len(rest) > 1:
            return [*rest[1].split(), *rest[2:]]
        elif word.startswith("-"):
            rest = rest[1:]
        else:
            return _assigned(rest, environment)
    return rest


def _assigned(words: list[str], environment: list[tuple[str, str | None]]) -> list[str]:
    rest = list(words)
    while rest and "=" in rest[0] and rest[0].partition("=")[0].isidentifier():
        name, _, value = rest.pop(0).partition("=")
        environment.append((name, value))
    return rest


def texts_of_commands(start: Started, text: str) -> list[str]:
    """Commands that this program is handed as text: `bash -c`, `eval`, `git rebase -x`, a shell's standard input."""
    program, args = start.program, list(start.args)
    if program in SHELLS:
        flags = [n for n, arg in enumerate(args) if arg.startswith("-") and not arg.startswith("--") and "c" in arg]
        named = [arg for arg in args if not arg.startswith("-")]
        return [args[flags[0] + 1]] if flags and len(args) > flags[0] + 1 else [text] if text and not named else []
    if program == "eval":
        return [" ".join(args)]
    if program == "script":
        return _values(args, ("-c", "-qc", "-qec", "-ec", "--command"))
    if program == "find":
        ends = [n for n, arg in enumerate(args) if arg in ("-exec", "-execdir", "-ok")]
        return [" ".join(_quoted(args[n + 1 :])) for n in ends]
    if program == "git":
        return _of_git(args)
    return []


def _of_git(args: list[str]) -> list[str]:
    if found := aliases(parse(args)):
        return found
    if "rebase" in args:
        return _values(args, ("-x", "--exec"))
    for verb, next_word in (("submodule", "foreach"), ("bisect", "run")):
        if verb in args and next_word in args:
            rest = [arg for arg in args[args.index(next_word) + 1 :] if arg != "--recursive"]
            return [rest[0] if len(rest) == 1 else " ".join(_quoted(rest))]
    return []


def _values(args: list[str], options: tuple[str, ...]) -> list[str]:
    found = [args[n + 1] for n, arg in enumerate(args[:-1]) if arg in options]
    return found + [arg.partition("=")[2] for arg in args if arg.startswith(tuple(f"{o}=" for o in options))]


def _quoted(words: Sequence[str]) -> list[str]:
    from shlex import quote

    return [quote(word) for word in words if word not in (";", "+", "{}")]
