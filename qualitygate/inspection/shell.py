"""Command lines taken apart: which known tools they would run. Nothing is run."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from qualitygate.inspection.facts import Call, Kind
from qualitygate.inspection.tool_table import by_program

_HEREDOC = re.compile(r"<<-?\s*['\"]?(\w+)['\"]?")
_SEPARATOR = re.compile(r"&&|\|\||;|(?<!\d)\|(?!\|)")
_ASSIGNMENT = re.compile(r"^\w+=")
_VARIABLE = re.compile(r"^(?:\$\{\w+\}|\$\(\w+\)|\$\w+/?|@|-(?=\w))+")
_PYTHON = re.compile(r"^(?:python|pypy|py)(?:[\d.]+)?(?:\.exe)?$|^\{(?:envpython|env_python)\}$")
_INLINE = re.compile(r"""["']-m["'],\s*["']([\w.]+)["']""")
_SELF_TEST = re.compile(r"^--(?:[a-z]+-)?(?:self-?test|smoke-test|[a-z]+-test|doctest|doc-test)s?$")
_OWN_RUNNER = re.compile(r"^(?:run[-_]?(?:all[-_]?)?tests?|test[-_]?runner)\.py$")
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
    )
)
# Programs that run another one: the words that follow before it, and their options that take a value.
_RUNNERS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("uv", "poetry", "pdm", "hatch", "pipenv", "rye", "pixi", "conda", "mamba", "pipx", "flox"), ("run",)
    ),
    **dict.fromkeys(("uvx", "npx", "bunx", "xargs", "bundle", "stdbuf"), ()),
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
        *("-L", "--index", "--color"),
    )
)


class Line(NamedTuple):
    """One logical line of a shell script and its number, counted from 0."""

    offset: int
    text: str


class Meaning(NamedTuple):
    """What a command line would run: known tools with their arguments, and names of the project's own entry points."""

    calls: tuple[Call, ...] = ()
    references: tuple[str, ...] = ()

    @property
    def tools(self) -> tuple[tuple[str, Kind], ...]:
        """Each tool once, with its kind."""
        return tuple({call.tool: call.kind for call in self.calls}.items())


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


def meaning(command: str, depth: int = 0) -> Meaning:
    """What one command line (or an argv joined by spaces) would run, as far as its words show."""
    head, _, body = command.partition("\n")
    calls: dict[Call, None] = {}
    references: dict[str, None] = {}
    for words in _segments(head):
        found = _segment(words, depth)
        calls.update(dict.fromkeys(found.calls))
        references.update(dict.fromkeys(found.references))
    for module in _INLINE.findall(body):
        calls.update(dict.fromkeys(_program([module]).calls))
    return Meaning(tuple(calls), tuple(references))


def kind_of(tools: Sequence[tuple[str, Kind]]) -> Kind:
    """The kind of a command that runs these tools: test wins, a mixture of checks is lint, nothing known is other."""
    kinds = {kind for _, kind in tools} - {"other"}
    if not kinds:
        return "other"
    return "test" if "test" in kinds else kinds.pop() if len(kinds) == 1 else "lint"


def _segments(command: str) -> Iterator[list[str]]:
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


def _segment(words: list[str], depth: int) -> Meaning:
    script = _project_script(words)
    words = _unwrapped(words)
    if not words or depth > 3:
        return Meaning()
    if script:
        found = _program(words)
        return Meaning(found.calls, (*found.references, script))
    name = words[0].rpartition("/")[2]
    if name in ("bash", "sh", "zsh") and "-c" in words[:3]:
        return meaning(" ".join(words[words.index("-c") + 1 : words.index("-c") + 2]), depth + 1)
    if name in ("bash", "sh", "zsh", "source"):
        return Meaning(references=tuple(w.removeprefix("./") for w in words[1:2]))
    if _PYTHON.match(name) or name.upper() in ("PYTHON", "PY"):
        return _python(words[1:], depth)
    if name == "coverage" and "run" in words[1:2]:
        rest = _python(words[2:], depth)
        return Meaning((Call("coverage", "test", tuple(words[1:])), *rest.calls), rest.references)
    if name == "coverage":  # only `report` can fail for what was measured
        return Meaning((Call("coverage", "test" if "report" in words[1:] else "other", tuple(words[1:])),))
    return _program([words[0], *words[1:]])


def _project_script(words: list[str]) -> str:
    """`hatch run NAME` and the like, as the task is called that they may run; empty for every other command."""
    for at, word in enumerate(words):
        if word in _SCRIPT_RUNNERS and words[at + 1 : at + 2] == ["run"]:
            rest = _after_options(words[at + 2 :])
            plain = rest and not _PYTHON.match(rest[0]) and "/" not in rest[0]
            return f"{word} run {rest[0]}" if plain else ""
        if not _ASSIGNMENT.match(word):
            break
    return ""


def _unwrapped(words: list[str]) -> list[str]:
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
                rest = _after_options(rest)
                if not rest or rest[0] not in _RUNNERS[first]:
                    return words
                rest = rest[1:]
            elif first == "bundle":
                rest = rest[1:]
            words = _after_options(rest)
        else:
            return words
    return words


def _after_options(words: list[str]) -> list[str]:
    at = 0
    while at < len(words) and words[at].startswith("-"):
        at += 2 if words[at] in _VALUED else 1
    return words[at:]


def _python(words: list[str], depth: int) -> Meaning:
    at = 0
    while at < len(words) and words[at].startswith("-") and words[at] not in ("-m", "-c", "-"):
        at += 2 if words[at] in ("-W", "-X", "--source", "--include", "--omit", "--rcfile") else 1
    rest = words[at:]
    if rest[:1] == ["-m"] and len(rest) > 1:
        if rest[1] in ("coverage", "tox", "nox", "pre_commit", "invoke"):
            return _segment([rest[1].replace("_", "-"), *rest[2:]], depth + 1)
        return _program(rest[1:])
    if rest[:1] in (["-c"], ["-"]) or not rest:
        return Meaning()
    return _program(rest, script=True)


def _program(words: list[str], *, script: bool = False) -> Meaning:
    path = words[0].removeprefix("./")
    name = path.rpartition("/")[2]
    plain = [w for w in words[1:] if not w.startswith("-")]
    options = [w for w in words[1:] if w.startswith("-")]
    rest = tuple(words[1:])
    table = by_program()
    tool = table.get((name, *plain[:1])) or table.get((name,))
    if name == "ruff" and plain[:1] not in (["check"], ["format"]) and not any(_pathlike(w) for w in plain[:1]):
        tool = None  # `ruff clean`, `ruff --version`
    if tool is not None and "--version" not in options:
        extra = _pytest_extras(words[1:]) if tool.name == "pytest" else ()
        return Meaning((Call(tool.name, tool.kind, rest), *extra))
    if name == "unittest" or (script and name == "setup.py" and plain[:1] == ["test"]):
        return Meaning((Call("unittest", "test", rest),))
    if name == "doctest":
        return Meaning((Call("doctest", "test", rest),))
    if script and name == "manage.py" and plain[:1] == ["test"]:
        return Meaning((Call("django test", "test", rest),))
    if script and any(_SELF_TEST.match(o) for o in options):
        return Meaning((Call("own self-tests", "test", rest),), (path,))
    if _OWN_RUNNER.match(name):
        return Meaning((Call("own test runner", "test", rest),), (path,))
    return _reference(path, name, plain, words[1:])


def _values(words: Sequence[str], options: tuple[str, ...]) -> list[str]:
    """What stands after an option, be it the next word or behind a `=`."""
    found = [words[at + 1] for at, word in enumerate(words[:-1]) if word in options]
    return found + [word.partition("=")[2] for word in words if word.partition("=")[0] in options and "=" in word]


def _pathlike(word: str) -> bool:
    return "." in word or "/" in word or word.startswith("$")


def _pytest_extras(words: Sequence[str]) -> tuple[Call, ...]:
    extras: list[Call] = []
    if any(w.startswith("--doctest-") for w in words):
        extras.append(Call("doctest", "test"))
    if any(w.startswith("--nbval") for w in words):
        extras.append(Call("nbval", "test"))
    return tuple(extras)


def _reference(path: str, name: str, plain: list[str], words: list[str]) -> Meaning:
    if name in ("pre-commit", "prek") and plain[:1] == ["run"]:
        return Meaning((Call(name, "lint", tuple(words)),))
    if name == "tox":
        names = [env for text in _values(words, ("-e", "-f", "--env")) for env in text.split(",")]
        return Meaning((Call("tox", "other", tuple(words)),), tuple(f"tox -e {env}" for env in names) or ("tox",))
    if name == "nox":
        envs = _values(words, ("-s", "-e", "--session", "--sessions"))
        return Meaning((Call("nox", "other", tuple(words)),), tuple(f"nox -s {env}" for env in envs) or ("nox",))
    if name in ("make", "just", "task", "poe", "invoke", "inv", "gmake"):
        runner = {"gmake": "make", "inv": "invoke"}.get(name, name)
        return Meaning((), tuple(f"{runner} {target}" for target in plain if "=" not in target) or (runner,))
    if name in ("npm", "yarn", "pnpm", "bun"):
        target = plain[1:2] if plain[:1] == ["run"] else plain[:1]
        return Meaning((), tuple(f"npm run {t}" for t in target))
    if name in ("pdm", "hatch", "poetry", "pixi", "rye"):
        return Meaning((), tuple(f"{name} run {t}" for t in plain[:1]))
    return Meaning((), (path,) if "/" in path or path.endswith((".py", ".sh")) else ())
