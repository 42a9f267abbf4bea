"""Commands of the project's own that checks run: which, and what of the tree decides what they do."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from qualitygate.frozen import NamedTuple
from qualitygate.locations import SETTINGS

TOOL = "command"
"""The tool whose checks run them."""
MANIFESTS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("npm", "npx", "pnpm", "yarn", "bun"), ("package.json",)),
    **dict.fromkeys(("make", "gmake"), ("GNUmakefile", "makefile", "Makefile")),
    "just": ("justfile", "Justfile", ".justfile"),
    "task": ("Taskfile.yml", "Taskfile.yaml", "taskfile.yml"),
    "tox": ("tox.ini", "tox.toml", "setup.cfg", "pyproject.toml"),
    "nox": ("noxfile.py",),
    **dict.fromkeys(("invoke", "inv"), ("tasks.py",)),
    **dict.fromkeys(("poe", "pdm", "hatch", "pixi", "poetry"), ("pyproject.toml", "hatch.toml", "pixi.toml")),
}
"""The files in which a runner of commands reads what it runs; those of the check's folder."""

Read = Callable[[str], "bytes | None"]
_SETTINGS_AND_RUNNERS = tuple(dict.fromkeys(name for names in MANIFESTS.values() for name in names))
_GUESSED_TABLE = re.compile(r"(?m)^\s*\[\s*checks\s*\.")


class Stated(NamedTuple):
    """A command as the settings of the gate state it: the check, its folder, and the words."""

    check: str
    root: str
    run: tuple[str, ...]


def manifests_of(run: Sequence[str]) -> tuple[str, ...]:
    """The names of files that the first word of a command reads to learn what it has to do."""
    program = run[0].rpartition("/")[2] if run else ""
    if program.startswith("python") and run[1:2] == ["-m"]:
        program = run[2] if len(run) > 2 else ""
    return MANIFESTS.get(program, ())


def stated(settings: bytes) -> tuple[Stated, ...]:
    """The commands in a `qualitygate.toml`. Where it cannot be taken apart here, all of its text is one command."""
    text = settings.decode("utf-8-sig", "replace")
    if TOOL not in text or not _GUESSED_TABLE.search(text):
        return ()
    if sys.version_info >= (3, 11):
        import tomllib

        try:
            checks = tomllib.loads(text).get("checks", {})
        except tomllib.TOMLDecodeError:
            return (Stated("", "", (text,)),)
        rows = checks.items() if isinstance(checks, dict) else ()
        return tuple(found for name, table in rows if (found := _stated(str(name), table)) is not None)
    return _guessed(text)


_RUN = re.compile(r"(?ms)^\s*run\s*=\s*\[(.*?)\]")
_ROOT = re.compile(r"""(?m)^\s*root\s*=\s*["']([^"'\n]*)["']""")
_WORD = re.compile(r"""["']([^"'\n]+)["']""")


def _guessed(text: str) -> tuple[Stated, ...]:
    """Without a TOML parser: every list of words in every folder, and last the whole text, which then decides."""
    folders = ("", *(found.strip("/") for found in _ROOT.findall(text)))
    lists = [tuple(_WORD.findall(found)) for found in _RUN.findall(text)]
    words = tuple(Stated("", folder, run) for folder in dict.fromkeys(folders) for run in lists if run)
    return (*words, Stated("", "", (text,)))


def _stated(name: str, table: Any) -> Stated | None:
    if not isinstance(table, dict) or table.get("tool", name) != TOOL or not isinstance(table.get("run"), list):
        return None
    return Stated(name, str(table.get("root", "")).strip("/"), tuple(map(str, table["run"])))


def decides(read: Read, commands: Sequence[Stated]) -> dict[str, str]:
    """What decides what these commands do: their words, by check, and the content of the files that they lead to.

    Of a `package.json` only its scripts count: a new version of a dependency is no other command.
    """
    found = {f"check {one.check}": "\0".join((one.root, *one.run)) for one in commands}
    for one in commands:
        for path in _leads_to(one):
            data = read(path)
            if data is not None:
                found[path] = (
                    _scripts(data) if path.endswith("package.json") else data.decode("utf-8", "surrogateescape")
                )
    return found


def of_tree(read: Read, root: str) -> tuple[Stated, ...]:
    """The commands of the settings of a tree that run in one folder."""
    return tuple(one for one in stated(read(SETTINGS) or b"") if one.root == root or not one.check)


def _leads_to(one: Stated) -> Iterator[str]:
    folder = f"{one.root}/" if one.root else ""
    for name in manifests_of(one.run):
        yield folder + name
    for word in one.run:
        if not word.startswith(("-", "/")) and ".." not in word.split("/") and "\0" not in word and len(word) < 300:
            yield folder + word.removeprefix("./")


def _scripts(data: bytes) -> str:
    import json

    try:
        found = json.loads(data)
    except ValueError:
        return data.decode("utf-8", "surrogateescape")
    return json.dumps(found.get("scripts") if isinstance(found, dict) else None, sort_keys=True)


CONFIG_FILES = tuple(sorted(_SETTINGS_AND_RUNNERS))
"""All of them: base is looked at with those of head."""
