"""Shell scripts taken apart into the words of simple commands. Nothing is run."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping

from qualitygate.frozen import NamedTuple

_HEREDOC = re.compile(r"<<-?\s*['\"]?(\w+)['\"]?")
_SEPARATOR = re.compile(r"&&|\|\||;|(?<!\d)\|(?!\|)")
_NEEDS_QUOTES = re.compile(r"""[\s'"\\;&|#]""")
_ASSIGNMENT = re.compile(r"^\w+=")
_VARIABLE = re.compile(r"^(?:\$\{\w+\}|\$\(\w+\)|\$\w+/?|@|-(?=\w))+")
PYTHON = re.compile(r"^(?:python|pypy|py)(?:[\d.]+)?(?:\.exe)?$|^\{(?:envpython|env_python)\}$")
_NOISE = frozenset(
    (
        *(
            "set",
            "export",
            "echo",
            "cd",
            "fi",
            "done",
            "esac",
            "else",
            "then",
            "do",
            "exit",
            "return",
            "shift",
            "source",
        ),
        *(
            ".",
            "{",
            "}",
            "(",
            ")",
            "printf",
            "trap",
            "local",
            "unset",
            "shopt",
            "pushd",
            "popd",
            "mkdir",
            "rm",
            "case",
            ";;",
        ),
    )
)
_WRAPPERS = frozenset(
    (
        "if",
        "then",
        "else",
        "elif",
        "do",
        "while",
        "!",
        "time",
        "exec",
        "sudo",
        "command",
        "env",
        "nohup",
        "xvfb-run",
        "nice",
        "shell",
        "cross-env",
        "cross-env-shell",
        "php",
        "corepack",
    )
)
# Programs that run another one: the words that follow before it, and their options that take a value.
_RUNNERS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("uv", "poetry", "pdm", "hatch", "pipenv", "rye", "pixi", "conda", "mamba", "pipx", "flox"), ("run",)
    ),
    **dict.fromkeys(("uvx", "npx", "bunx", "xargs", "bundle", "stdbuf", "dotenv", "dotenvx", "env-cmd", "retry"), ()),
    **dict.fromkeys(("pnpm", "yarn", "npm", "bun"), ("exec", "dlx", "x")),
}
_SCRIPT_RUNNERS = frozenset(("pdm", "hatch", "pixi", "rye"))
_VALUED = frozenset(
    (
        *(
            "--group",
            "--only-group",
            "--no-group",
            "--with",
            "--with-editable",
            "--with-requirements",
            "--python",
            "-p",
        ),
        *("--extra", "--package", "--env-file", "--directory", "--project", "--from", "-n", "-e", "-P", "-I", "--name"),
        *("-L", "--index", "--color", "--venv"),
    )
)


class Line(NamedTuple):
    """One logical line of a shell script and its number, counted from 0."""

    offset: int
    text: str


def logical_lines(script: str) -> Iterator[Line]:
    """The lines of a script with continuations joined, a here-document as part of its command, comments dropped."""
    rows = script.splitlines()
    at = 0
    while at < len(rows):
        start, text = at, rows[at].strip()
        at += 1
        while text.endswith("\\") and at < len(rows):
            text = text[:-1].rstrip() + " " + rows[at].strip()
            at += 1
        here = _HEREDOC.search(text) if not text.startswith("#") else None
        if here:
            body = []
            while at < len(rows) and rows[at].strip() != here[1]:
                body.append(rows[at])
                at += 1
            at += 1
            text = "\n".join([text, *body])
        if text and not text.startswith("#"):
            yield Line(start, text)


def is_noise(text: str) -> bool:
    """Whether a line only steers the shell (`set -e`, `export`, `fi`, an assignment)."""
    first = text.split(None, 1)[0].rstrip(";") if text.split() else ""
    if first in _NOISE and not _SEPARATOR.search(text):
        return True
    return bool(re.match(r"^\w+=\S*$", text)) or bool(re.match(r"^(?:if|for|while|until) ", text) and "&&" not in text)


def segments(command: str) -> Iterator[list[str]]:
    """The words of each simple command: split at `&&`, `|`, `;` outside of quotes."""
    lexer = shlex.shlex(command, posix=True, punctuation_chars=";&|")
    lexer.whitespace_split, lexer.commenters = True, ""
    words: list[str] = []
    try:
        for word in lexer:
            if word.startswith("#"):
                break
            if word.strip(";&|"):
                words.append(word)
            else:
                yield words
                words = []
    except ValueError:  # a quote without its end, as in a line cut out of a longer script
        words = words or command.split()
    yield words


def command_line(words: Iterable[str]) -> str:
    """The words as one command, from which `segments` gets the same words again."""
    return " ".join(shlex.quote(word) if not word or _NEEDS_QUOTES.search(word) else word for word in words)


def project_script(words: list[str]) -> str:
    """`hatch run NAME` and the like, as the task is called that they may run; empty for every other command."""
    for at, word in enumerate(words):
        if word in _SCRIPT_RUNNERS and words[at + 1 : at + 2] == ["run"]:
            rest = after_options(words[at + 2 :])
            plain = rest and not PYTHON.match(rest[0]) and "/" not in rest[0]
            return f"{word} run {rest[0]}" if plain else ""
        if not _ASSIGNMENT.match(word):
            break
    return ""


def unwrapped(words: list[str]) -> list[str]:
    """The words from the program on that is really run: no assignments, shell words, `uv run`, `npx` and the like."""
    words = [*words]
    for _ in range(20):
        if not words:
            return words
        first = words[0]
        if first.startswith(("$(PY", "${PY", "$PY")):
            return ["python", *words[1:]]
        bare = _VARIABLE.sub("", first)
        if bare != first and bare:
            words[0] = bare
        elif first in _WRAPPERS or _ASSIGNMENT.match(first) or first in ("(", "{") or not bare:
            words = words[1:]
        elif first in _RUNNERS:
            rest = words[1:]
            if _RUNNERS[first]:
                rest = after_options(rest)
                if not rest or rest[0] not in _RUNNERS[first]:
                    return words
                rest = rest[1:]
            elif first == "bundle":
                rest = rest[1:]
            words = after_options(rest)
        else:
            return words
    return words


def after_options(words: list[str]) -> list[str]:
    at = 0
    while at < len(words) and words[at].startswith("-"):
        at += 2 if words[at] in _VALUED else 1
    return words[at:]
