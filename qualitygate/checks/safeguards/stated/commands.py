"""Shell text as the programs that check something, with what weakens each call. Nothing is run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from qualitygate.checks.safeguards.stated import programs
from qualitygate.frozen import NamedTuple

_MANAGERS = frozenset(("npm", "pnpm", "yarn", "bun", "deno"))
_TARGETS = frozenset(
    ("make", "just", "task", "rake", "invoke", "inv", "poe", "duty", "nox", "composer", "turbo", "nx", "lerna")
)
_EXCUSING = ("SKIP=", "PYTEST_ADDOPTS=", "HUSKY=0", "LEFTHOOK=0", "PRE_COMMIT_ALLOW_NO_CONFIG=")
"""Variables in front of a command that take something from it."""
_DRAINS = (["tee"], ["cat"])
"""What takes the place of a check's own exit code, unless the shell is told to fail with any part of a pipe."""
_NO_CHECK = (["install"], ["install-deps"], ["login"], ["--version"])
_BUILDS = {"cargo": "cargo", "go": "go", "dotnet": "dotnet", "swift": "swift", "bazel": "bazel", "node": "node"}
_WRAPPERS = frozenset(
    (
        *(
            "sudo",
            "time",
            "exec",
            "command",
            "then",
            "do",
            "else",
            "if",
            "while",
            "!",
            "env",
            "cross-env",
            "npx",
            "bunx",
        ),
        *("xvfb-run", "dotenv", "nice", "winpty", "cross", "pnpx", "pipx", "uvx", "dotenvx", "stdbuf", "elif"),
    )
)
_RUNNERS = frozenset(("uv", "poetry", "pipenv", "pdm", "hatch", "rye", "pixi", "rtx", "mise", "bundle", "conda"))
_WITH_VALUE = frozenset(
    ("--with", "--extra", "--group", "--python", "-p", "--package", "--project", "--env-file", "-n")
)


class Command(NamedTuple):
    """One call of a program that checks something.

    `excuses` weaken it, `strict` strengthens it, `paths` are what it looks at, where it is told. `numbers` are rows of
    (kind, rule, key, value). `line` counts from 0 within the text.
    """

    program: str
    text: str
    excuses: tuple[str, ...]
    strict: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    numbers: tuple[tuple[str, str, str, float], ...] = ()
    line: int = 0


def read(text: str, *, first: str = "") -> Iterator[Command]:
    """The checks in a script. `first` stands in front of the text, as `pytest` does for its own options."""
    unset = piped = False
    for number, row in enumerate(text.replace("\\\n", " ").split("\n")):
        parts = list(_split(f"{first} {row}" if first else row))
        piped = piped or any(words[:1] == ["set"] and "pipefail" in words for words, _ in parts)
        if any(words[:2] == ["set", "+e"] for words, _ in parts):
            unset = True
        elif any(words[:1] == ["set"] and words[1:2] != ["+e"] and "e" in "".join(words[1:2]) for words, _ in parts):
            unset = False
        for place, (found_words, operator) in enumerate(parts):
            words = found_words
            following = parts[place + 1][0] if place + 1 < len(parts) else []
            excuses = ["set +e"] if unset else []
            excuses += [word for word in words[:4] if word.startswith(_EXCUSING)]
            if operator == "|" and following[:1] in _DRAINS and not piped:
                excuses.append(f"| {following[0]}")
            if operator == "||" and _is_nothing(following):
                excuses.append("|| " + " ".join(following)[:20])
            elif (operator == ";" and following[:1] in (["true"], [":"])) or following[:2] == ["exit", "0"]:
                excuses.append("; " + " ".join(following)[:20])
            if words and words[0][0] == "-" and len(words[0]) > 1 and words[0][1] != "-" and not first:
                words = [words[0][1:], *words[1:]]
                excuses.append("- (failures are ignored)")
            found = _command(words, excuses)
            if found is not None:
                yield found._replace(line=number)


def _is_nothing(words: Sequence[str]) -> bool:
    return list(words[:1]) in (["true"], [":"], ["echo"], ["/bin/true"], ["printf"]) or list(words[:2]) == ["exit", "0"]


def _split(row: str) -> Iterator[tuple[list[str], str]]:
    """The words of each simple command of a line, with the operator behind it."""
    import re

    words: list[str] = []
    word = ""
    string = r""""(?:\\.|[^"\\])*"|'[^']*'|\$\{\{.*?\}\}|\$\([^()]*\)"""
    pattern = rf"""{string}|&&|\|\||[;|]|\d?>&?\d?|\s+|(?<!\S)\#.*|[^\s"';|&$>]+|."""
    for found in re.finditer(pattern, row):
        sign = found[0]
        if sign.isspace() or sign in ("&&", "||", ";", "|"):
            if word:
                words.append(word)
            word = ""
            if not sign.isspace():
                yield words, sign
                words = []
        elif sign[0] == "#" and not word:
            break
        else:
            word += sign.strip("\"'") if sign[0] in "\"'" else sign
    if word:
        words.append(word)
    if words:
        yield words, ""


def _command(words: Sequence[str], excuses: Sequence[str]) -> Command | None:
    words = _unwrapped([word for word in words if word])
    if not words:
        return None
    program, rest = _program(words)
    told = any(word in ("--version", "--help") for word in rest)  # nothing is checked
    return detailed(program, rest, excuses) if program and not told else None


def detailed(program: str, rest: Sequence[str], excuses: Sequence[str] = ()) -> Command:
    """A call of this program with these arguments."""
    found, strict, paths = list(excuses), [], []
    numbers: list[tuple[str, str, str, float]] = []
    loose = {**programs.LOOSE, **programs.OWN.get(program, {})}
    place = 0
    while place < len(rest):
        word = rest[place]
        flag, equals, value = word.partition("=")
        follows = rest[place + 1] if place + 1 < len(rest) else ""
        if flag in programs.NUMBERS:
            value = value if equals else follows
            place += 0 if equals else 1
            kind, rule, key = programs.NUMBERS[flag]
            if value.strip().rstrip("%").replace(".", "", 1).isdigit():
                numbers.append((kind, rule, key, float(value.rstrip("%"))))
        elif flag in loose:
            if loose[flag] and not equals:
                value, place = follows, place + 1
            if not (flag == "-p" and not value.startswith("no:")) and not (flag == "--exclude" and program == "npm"):
                found.append(f"{flag} {value}".strip())
        elif word in programs.STRICT or (word in ("-W", "-D") and follows in ("error", "warnings")):
            strict.append(word)
        elif word[:1] == "-":
            if (
                not equals
                and follows[:1] not in ("", "-")
                and word in ("-n", "-c", "--cov", "-o", "--config", "-j", "-r")
            ):
                place += 1
        elif (
            program in programs.SCOPED
            and _is_path(rest, place)
            and not word.startswith(("$", ">", "{", "2>"))
            and word != "check"
        ):
            paths.append(word)
        place += 1
    text = " ".join((program, *rest))[:300]
    return Command(program, text, tuple(found), tuple(strict), tuple(paths), tuple(numbers))


def _is_path(rest: Sequence[str], place: int) -> bool:
    """Whether a bare word is a path: behind a flag that says nothing of its value it may be that."""
    word, before = rest[place], rest[place - 1] if place else ""
    return before[:1] != "-" or "=" in before or "/" in word or word.endswith((".py", ".ts", ".js"))


def _unwrapped(words: list[str]) -> list[str]:
    while words:
        word = words[0].lstrip("@")
        name = word.rpartition("/")[2]
        if (
            not word
            or word[0] == "$"
            or ("=" in word and word.partition("=")[0].replace("_", "").isalnum() and word[0] != "-")
        ):
            words = words[1:]
        elif name in _WRAPPERS:
            words = _past_flags(words[1:])
        elif name in _RUNNERS and words[1:2] in (["run"], ["exec"]):
            words = _past_flags(words[2:])
        elif (name.startswith("python") and "-m" in words[1:4]) or (
            name == "coverage" and "-m" in words and words[1:2] == ["run"]
        ):
            words = words[words.index("-m") + 1 :]
        elif name in _MANAGERS and words[1:2] in (["exec"], ["dlx"], ["x"]):
            words = _past_flags(words[2:])
        else:
            return [word, *words[1:]]
    return words


def _past_flags(words: list[str]) -> list[str]:
    while words and words[0][:1] in ("-", "$") and len(words[0]) > 1:
        words = words[2:] if words[0] in _WITH_VALUE else words[1:]
    return words


def _program(words: Sequence[str]) -> tuple[str, Sequence[str]]:
    """What the words run, if it checks something, and its arguments; "" if it does not."""
    name = words[0].rpartition("/")[2].removesuffix(".exe").removesuffix(".cmd")
    rest = list(words[1:])
    if name in _MANAGERS:
        return _script(rest)
    plain = [word for word in rest if word[:1] != "-"]
    if name in ("mvn", "mvnw", "gradle", "gradlew"):
        tool = "mvn" if name.startswith("mvn") else "gradle"
        return (f"{tool} test", rest) if any(_tests(word) for word in plain) else ("", rest)
    if name in _BUILDS and plain and f"{name} {plain[0]}" in programs.CLASSES:
        rest.remove(plain[0])
        return f"{name} {plain[0]}", rest
    if name == "node" and "--test" in rest:
        return "node --test", rest
    if name in _TARGETS and name != "nox":
        target = next((word for word in plain if _tests(word)), "")
        return (f"{'composer' if name == 'composer' else name}:{target}", rest) if target else ("", rest)
    if (name in programs.CLASSES or name in programs.RUN_ALL) and plain[:1] not in _NO_CHECK:
        if (name == "ruff" and plain[:1] == ["format"]) or (name == "biome" and plain[:1] == ["format"]):
            return f"{name}:format", rest
        return name, rest
    scripted = "/" in words[0] or words[0].endswith((".sh", ".py"))
    if scripted and _tests(name) and not words[0].startswith("http"):
        return words[0].removeprefix("./"), rest
    return "", rest


def _tests(word: str) -> bool:
    word = word.lower()
    return any(part in word for part in ("test", "lint", "check", "verify", "spec", "types", "tsc", "cover", "quality"))


def _script(rest: list[str]) -> tuple[str, Sequence[str]]:
    plain = [word for word in rest if word[:1] != "-"]
    if plain[:1] in (["run"], ["run-script"], ["workspace"]):
        plain = plain[1:]
    if not plain or plain[0] in ("install", "ci", "i", "add", "publish"):
        return "", rest
    name = {"t": "test", "tst": "test"}.get(plain[0], plain[0])
    if plain[1:2] in _NO_CHECK:
        return "", rest
    if name in programs.CLASSES:
        return name, [word for word in rest if word != name]
    return (f"script:{name}", [word for word in rest if word not in ("run", name)]) if _tests(name) else ("", rest)
