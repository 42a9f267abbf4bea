"""What a command line would run: known tools with their arguments, and the project's own entry points."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qualitygate.frozen import NamedTuple
from qualitygate.inspection.facts import Call, Kind
from qualitygate.inspection.goals import goal
from qualitygate.inspection.shell import PYTHON, project_script, segments, unwrapped
from qualitygate.inspection.tool_table import by_program

_INLINE = re.compile(r"""["']-m["'],\s*["']([\w.]+)["']""")
_SUBSTITUTED = re.compile(r"\$\$?\(([^()]{3,500})\)")
_SELF_TEST = re.compile(r"^--(?:[a-z]+-)?(?:self-?test|smoke-test|[a-z]+-test|doctest|doc-test)s?$")
_OWN_RUNNER = re.compile(r"^(?:run[-_]?(?:all[-_]?)?tests?|test[-_]?runner)\.py$")


class Meaning(NamedTuple):
    """What a command line would run: known tools with their arguments, and names of the project's own entry points."""

    calls: tuple[Call, ...] = ()
    references: tuple[str, ...] = ()

    @property
    def tools(self) -> tuple[tuple[str, Kind], ...]:
        """Each tool once, with its kind."""
        return tuple({call.tool: call.kind for call in self.calls}.items())


def meaning(command: str, depth: int = 0) -> Meaning:
    """What one command line (or an argv joined by spaces) would run, as far as its words show."""
    head, _, body = command.partition("\n")
    calls: dict[Call, None] = {}
    references: dict[str, None] = {}
    for words in segments(head):
        found = _segment(words, depth)
        calls.update(dict.fromkeys(found.calls))
        references.update(dict.fromkeys(found.references))
    for inner in _SUBSTITUTED.findall(head)[:20] if depth < 3 else ():  # `test -z "$(gofmt -l .)"`
        found = meaning(inner, depth + 1)
        calls.update(dict.fromkeys(c for c in found.calls if c.kind != "build"))
        references.update(dict.fromkeys(found.references))
    for module in _INLINE.findall(body):
        calls.update(dict.fromkeys(_program([module]).calls))
    return Meaning(tuple(calls), tuple(references))


def kind_of(tools: Sequence[tuple[str, Kind]]) -> Kind:
    """The kind of a command that runs these tools: test wins, a mixture of checks is lint, nothing known is other."""
    kinds = {kind for _, kind in tools} - {"other"}
    kinds = kinds - {"build"} or kinds
    if not kinds:
        return "other"
    return "test" if "test" in kinds else kinds.pop() if len(kinds) == 1 else "lint"


def _segment(words: list[str], depth: int) -> Meaning:
    script = project_script(words)
    words = unwrapped(words)
    if not words or depth > 3:
        return Meaning()
    found = _simple(words, depth)
    return Meaning(found.calls, (*found.references, script)) if script else found


def _simple(words: list[str], depth: int) -> Meaning:
    name = words[0].rpartition("/")[2]
    if name in ("bash", "sh", "zsh") and "-c" in words[:3]:
        return meaning(" ".join(words[words.index("-c") + 1 : words.index("-c") + 2]), depth + 1)
    if name == "find" and "-exec" in words:
        return _segment(words[words.index("-exec") + 1 :], depth + 1)
    if name in ("bash", "sh", "zsh", "source"):
        return Meaning(references=tuple(w.removeprefix("./") for w in words[1:2]))
    if PYTHON.match(name) or name.upper() in ("PYTHON", "PY"):
        return _python(words[1:], depth)
    if name == "coverage" and "run" in words[1:2]:
        rest = _python(words[2:], depth)
        return Meaning((Call("coverage", "test", tuple(words[1:])), *rest.calls), rest.references)
    if name == "coverage":  # only `report` can fail for what was measured
        return Meaning((Call("coverage", "test" if "report" in words[1:] else "other", tuple(words[1:])),))
    return _program(words)


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


_DJANGO: dict[str, tuple[str, Kind]] = {
    "test": ("django test", "test"),
    "check": ("django check", "lint"),
    "makemigrations": ("django makemigrations", "lint"),  # with --check it only looks
}


def _django(plain: Sequence[str], options: Sequence[str]) -> tuple[str, Kind] | None:
    """What `manage.py` is asked to check; None where it does something else."""
    return _DJANGO.get(plain[0] if plain else "") if plain[:1] != ["makemigrations"] or "--check" in options else None


def _program(words: list[str], *, script: bool = False) -> Meaning:
    path = words[0].removeprefix("./")
    name = path.rpartition("/")[2]
    plain = [w for w in words[1:] if not w.startswith("-")]
    options = [w for w in words[1:] if w.startswith("-")]
    rest = tuple(words[1:])
    table = by_program()
    tool = table.get((name, *plain[:1])) or table.get((name, *words[1:2])) or table.get((name,))
    if name == "ruff" and plain[:1] not in (["check"], ["format"]) and not any(_pathlike(w) for w in plain[:1]):
        tool = None  # `ruff clean`, `ruff --version`
    if tool is not None and "--version" not in options:
        extra = _pytest_extras(words[1:]) if tool.name == "pytest" else ()
        return Meaning((Call(tool.name, tool.kind, rest), *extra))
    if name == "unittest" or (script and name == "setup.py" and plain[:1] == ["test"]):
        return Meaning((Call("unittest", "test", rest),))
    if name == "doctest":
        return Meaning((Call("doctest", "test", rest),))
    if name == "manage.py" and (of_django := _django(plain, options)):
        return Meaning((Call(*of_django, rest),))
    if script and any(_SELF_TEST.match(o) for o in options):
        return Meaning((Call("own self-tests", "test", rest),), (path,))
    if _OWN_RUNNER.match(name):
        return Meaning((Call("own test runner", "test", rest),), (path,))
    found = _reference(path, name, plain, words[1:])
    built = goal(name, words[1:]) if not found.references and not found.calls else None
    return Meaning((built,)) if built else found


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
    if name == "composer":
        target = plain[1:2] if plain[:1] in (["run"], ["run-script"]) else plain[:1]
        return Meaning((), tuple(f"composer run {t}" for t in target))
    if name in ("pdm", "hatch", "poetry", "pixi", "rye"):
        return Meaning((), tuple(f"{name} run {t}" for t in plain[:1]))
    return Meaning((), (path,) if "/" in path or path.endswith((".py", ".sh")) else ())
