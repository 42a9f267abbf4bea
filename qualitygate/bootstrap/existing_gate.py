"""The gate that a project has already: each of its commands, what it is, and whether it may be tried."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import chain, takewhile
from pathlib import Path
from typing import Literal

from qualitygate.bootstrap.plan import PlannedCheck
from qualitygate.checks.project_commands import TOOL, Stated
from qualitygate.frozen import NamedTuple
from qualitygate.inspection.facts import Facts, GateCommand, Kind
from qualitygate.inspection.meaning import kind_of, meaning
from qualitygate.inspection.shell import segments, unwrapped

Group = Literal["covered", "check", "listed"]
"""`covered`: a check of ours does the same; `check`: it can be one itself; `listed`: neither."""


class Standing(NamedTuple):
    """One command of the existing gate and what became of it.

    `run` are its words, empty for what is never run; `why` says what covers it, or why it is only listed.
    `green` is None where it was not run to its end. `check` is the check that runs it from now on.
    """

    command: str
    path: str
    line: int
    kind: Kind
    tools: tuple[str, ...]
    group: Group
    why: str = ""
    run: tuple[str, ...] = ()
    directory: str = ""
    green: bool | None = None
    seconds: float = 0.0
    check: str = ""


_HOOKS = ("pre-commit", "husky", "lefthook", "lint-staged")
_BY_NAME = ("npm", "make", "just", "task", "poe", "pdm", "pixi", "invoke")
_NAMED = ("npm", "script")
_ENVIRONMENTS = ("tox", "nox", "hatch", "rye", "mise")
_PACKAGE_MANAGERS = ("npm", "yarn", "pnpm", "bun")
# What a check never starts: it installs, publishes, reaches out, or changes what is not a copy.
_PROGRAMS = frozenset(
    (
        *("pip", "pip3", "pipx", "apt", "apt-get", "brew", "yum", "dnf", "apk", "conda", "mamba", "corepack", "nvm"),
        *("docker", "docker-compose", "podman", "kubectl", "helm", "terraform", "ansible", "ansible-playbook"),
        *("curl", "wget", "ssh", "scp", "rsync", "sftp", "nc", "aws", "gcloud", "az", "gh", "glab", "heroku", "vercel"),
        *("netlify", "flyctl", "fly", "twine", "codecov", "coveralls", "sudo", "doas", "su", "rm", "mv", "chmod"),
        *("chown", "kill", "pkill", "killall", "nohup", "systemctl", "service", "dd", "mkfs", "psql", "mysql"),
        *(
            "redis-server",
            "redis-cli",
            "playwright",
            "cypress",
            "tox",
            "nox",
            "git",
            "pre-commit",
            "prek",
            "lefthook",
            "eval",
            "shutdown",
            "reboot",
        ),
    )
)
_VERBS = frozenset(
    (
        *(
            "install",
            "i",
            "ci",
            "add",
            "remove",
            "uninstall",
            "publish",
            "deploy",
            "release",
            "upload",
            "push",
            "login",
        ),
        *("sync", "update", "upgrade", "bump", "serve", "start", "watch", "dev", "preview", "up", "download", "fetch"),
    )
)
_MANAGERS = frozenset(
    ("npm", "yarn", "pnpm", "bun", "uv", "poetry", "pdm", "hatch", "pipenv", "rye", "pixi", "cargo", "go")
)
_CHANGES = re.compile(r"^--(?:fix|write|apply|in-place|unsafe-fixes|update-snapshots?)(?:=(?!false).*)?$|^-i$|^-u$")
_WAITS = re.compile(r"^--(?:watch|watchall|serve|ui|open)(?:=true)?$", re.IGNORECASE)
_TEXTS = (
    (re.compile(r"\|\s*(?:\S*/)?(?:ba|z|da)?sh\b"), "it gives a shell what another program prints"),
    (re.compile(r"https?://|ssh://|git@|\b(?:curl|wget|ssh|scp|rsync)\b"), "it reaches the network"),
    (re.compile(r"\b(?:sudo|doas)\b"), "it wants more rights"),
    (re.compile(r"\bsecrets\.|[A-Z]_(?:TOKEN|SECRET|PASSWORD)\b|\bAPI_KEY\b"), "it needs a secret"),
    (re.compile(r"\b(?:docker|playwright|cypress|testcontainers|selenium|xvfb-run)\b"), "it needs a service"),
)
_SHELL = re.compile(r"[|;<>&`\n]|\$\(")
_QUOTED = re.compile(r"'[^']*'|\"[^\"$]*\"")
_EXPANDED = re.compile(r"[*?\[~$]")
_ASSIGNED = re.compile(r"^[A-Za-z_]\w*=")


Absent = Callable[[str], bool]
"""Whether a program is not here, so that a command which starts it cannot be tried."""


def absent_from(root: Path) -> Absent:
    """Programs that are neither on the PATH nor among those installed in a work tree."""
    places = [root / name / "bin" for name in (".venv", "venv", "env")]
    return lambda program: not shutil.which(program) and not any((place / program).exists() for place in places)


def standings(
    facts: Facts, planned: Sequence[PlannedCheck], scripts: Iterable[str] = (), absent: Absent = lambda program: False
) -> tuple[Standing, ...]:
    """Each command that is a check, once; of several forms of one, the plainest whose program is not `absent`.

    `scripts`: those that start bash.
    """
    found: dict[tuple[object, ...], Standing] = {}
    bash = frozenset(scripts)
    named = {row.name if row.runner == "npm" else row.path for row in facts.gate_commands if row.runner in _NAMED}
    stated = [row for row in facts.gate_commands if row.kind not in ("other", "build")]
    parts = {row: tuple(_parts(row)) for row in stated}
    several = {tuple(row.name.split(" ")) for row in stated if parts[row]}
    for row in (*chain.from_iterable(parts.values()), *stated):
        if row.command.startswith("qualitygate "):
            continue
        one = _standing(row, bash, named)
        key = (one.run, one.directory) if one.run else (one.command, one.path)
        other = found.get(key)
        found[key] = _merged(other, one) if other else one
    ordered = sorted(found.values(), key=lambda row: (_unfit(row, several, absent), *_plainness(row)))
    return tuple(_covered(ordered, planned))


def candidates(
    facts: Facts, planned: Sequence[PlannedCheck] = (), absent: Absent = lambda program: False
) -> tuple[Stated, ...]:
    """The commands that may be tried, for the question whether they may; not those that a check runs already."""
    rows = standings(facts, [check for check in planned if check.tool == TOOL], (), absent)
    return tuple(Stated(row.command, row.directory, row.run) for row in rows if row.group == "check")


def _parts(row: GateCommand) -> Iterator[GateCommand]:
    """The commands of a package's script that is several in a row, so that a slow one does not cost the others.

    Not of a script that another one runs before or within, and none that only a shell reads as it is meant.
    """
    texts = row.command.split(" && ")
    if row.runner != "npm" or len(texts) < 2 or _SHELL.search("".join(texts)) or {*row.steps} - {row.command}:
        return
    for text in texts:
        tools = [(tool, kind) for tool, kind in meaning(text).tools if kind not in ("other", "build")]
        if tools and not _EXPANDED.search(_QUOTED.sub("", text)):
            names = tuple(tool for tool, _ in tools)
            yield row._replace(command=text, kind=kind_of(tools), tools=names, runner="", name="", steps=())


def _merged(old: Standing, new: Standing) -> Standing:
    tools = tuple(dict.fromkeys((*old.tools, *new.tools)))
    if old.group == "listed" or new.group == "check":
        return old._replace(tools=tools)
    return new._replace(path=old.path, line=old.line, tools=tools)


def _standing(row: GateCommand, bash: frozenset[str], scripts: set[str]) -> Standing:
    plain = Standing(row.command, row.path, row.line, row.kind, row.tools, "listed")
    run = _words(row, bash, scripts)
    if isinstance(run, str):
        return plain._replace(why=run)
    if "${{" in row.directory:
        return plain._replace(why="continuous integration fills in the folder")
    directory = row.directory.strip("/") if row.directory != "." else ""
    known = plain._replace(command=shlex.join(run), run=run, directory=directory)
    if why := next(_objections((row.command, *row.steps), run), ""):
        return known._replace(why=why)
    return known._replace(group="check")


def _words(row: GateCommand, bash: frozenset[str], scripts: set[str]) -> tuple[str, ...] | str:
    """The words by which the command can be run, or why it cannot."""
    if row.runner in _HOOKS:
        return "a git hook; where its manager is installed, it runs as before"
    if row.runner in _ENVIRONMENTS:
        return f"{row.runner} makes an environment and installs into it"
    if row.runner in _BY_NAME:
        return tuple(row.name.split(" "))
    if row.runner == "script":
        return ("bash" if row.path in bash else "sh", row.path)
    if row.command.startswith("uses: "):
        return "a step that CI brings along"
    if "${{" in row.command:
        return "continuous integration fills in a part of it"
    if _SHELL.search(row.command):
        return "it takes a shell"
    try:
        words = shlex.split(row.command, comments=True)
    except ValueError:
        return "its quotes do not end"
    assigned = list(takewhile(_ASSIGNED.match, words))
    words = unwrapped(words)
    if not words or "$" in row.command:
        return "a variable stands for a part of it"
    if assigned:
        return ("env", *assigned, *words)
    if words[0] in _PACKAGE_MANAGERS:
        script = [word for word in words[1:] if word != "run" and not word.startswith("-")][:1]
        if script and len(words) <= 3 and f"npm run {script[0]}" in scripts:
            return ("npm", "run", script[0])
    path = words[0].removeprefix("./")
    return ("bash" if path in bash else "sh", path) if words[1:] == [] and path in scripts else tuple(words)


def _objections(texts: Iterable[str], run: Sequence[str]) -> Iterator[str]:
    """What stands against running it."""
    for text in texts:
        for pattern, why in _TEXTS:
            if pattern.search(text):
                yield why
        for words in segments(text.partition("\n")[0]):
            yield from _against(unwrapped(words))
    yield from _against(list(run))


def _against(words: list[str]) -> Iterator[str]:
    if not words:
        return
    program, rest = words[0].rpartition("/")[2], words[1:]
    verb = next((word for word in rest if not word.startswith("-")), "")
    if program in _PROGRAMS:
        yield f"it starts {program}"
    if verb in _VERBS and program in _MANAGERS:
        yield f"it starts `{program} {verb}`"
    if any(_CHANGES.match(word) for word in rest) and "--check" not in rest:
        yield "it changes files"
    if any(_WAITS.match(word) for word in rest) or (verb == "watch" and program not in _MANAGERS):
        yield "it does not end by itself"


def _covered(ordered: Sequence[Standing], planned: Sequence[PlannedCheck]) -> Iterator[Standing]:
    by_tool: dict[str, list[PlannedCheck]] = {}
    for check in planned:
        by_tool.setdefault(check.tool, []).append(check)
    done: dict[tuple[str, bool], set[str]] = {}
    own = {row: [c.name for c in planned if row.run and (list(row.run), row.directory) == _runs(c)] for row in ordered}
    for row in (one for one in ordered if own[one]):
        done.setdefault((row.directory, row.kind == "test"), set()).update(_left(row, by_tool))
    for row in ordered:
        if own[row]:
            yield row._replace(group="covered", why=", ".join(own[row]))
            continue
        adapters = {tool.replace(" ", "-") for tool in row.tools if tool not in _WRAPPING} or set(row.tools)
        doing = {
            tool: [c.name for c in by_tool.get(tool, ()) if _looks_at(c, row.directory)] for tool in sorted(adapters)
        }
        if doing and all(doing.values()):
            yield row._replace(group="covered", why=", ".join(name for names in doing.values() for name in names))
            continue
        if row.group == "check":
            seen = done.setdefault((row.directory, row.kind == "test"), set())
            left = _left(row, by_tool)
            if left <= seen | (done.get((row.directory, False), set()) if row.kind == "test" else set()):
                yield row._replace(group="listed", why="another form of what a command above does")
                continue
            seen |= left
        yield row


def _looks_at(check: PlannedCheck, folder: str) -> bool:
    """Whether the check is about the folder: another project's check of the same tool covers no command of this one."""
    root = str(check.options.get("root", "")).strip("/")
    return not root or not folder or f"{folder}/".startswith(f"{root}/")


def _left(row: Standing, by_tool: Collection[str]) -> set[str]:
    """What a command does that no check of ours does."""
    tools = [tool for tool in row.tools if tool not in _WRAPPING] or row.tools
    return {tool for tool in tools if tool.replace(" ", "-") not in by_tool} or {row.command}


def _runs(check: PlannedCheck) -> tuple[list[str], str]:
    return list(check.options.get("run", ())), str(check.options.get("root", "")).strip("/")


_WRAPPING = ("coverage", "nyc", "c8")
"""Tools that start another one and watch it; what is a check in it is the other one."""
_PLAIN = ("lint", "test", "tests", "typecheck", "type-check", "types", "check", "format:check")


def _unfit(row: Standing, several: Collection[tuple[str, ...]], absent: Absent) -> int:
    """What can start comes first, then what is several in a row, then what cannot start here."""
    if row.group != "check":
        return 3
    return 2 if absent(row.run[0]) else int(row.run in several)


def _plainness(row: Standing) -> tuple[bool, int]:
    """Plain names first, and those without words of their own after them."""
    named = len(row.run) <= 3 and bool(row.run) and row.run[-1] in _PLAIN
    return not named, len(row.command)
