"""What an adapter is: a module with these names. It is pure and never runs anything."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Mapping
from itertools import chain
from typing import Any, Literal, Protocol

from qualitygate.frozen import NamedTuple
from qualitygate.model import Entries, Report
from qualitygate.process import Output

Reads = Literal["self", "names", "tree"]
"""What one file's result depends on: the file alone; also the names of modules and packages; any file."""


class Environment(NamedTuple):
    """A Python environment of the project: its directory, its interpreter and its site-packages."""

    prefix: str
    python: str
    site_packages: tuple[str, ...]


class Modules(NamedTuple):
    """The `node_modules` folders that a folder of the project sees, relative to `top`, the nearest first."""

    top: str
    folders: tuple[str, ...]


class Project(NamedTuple):
    """What the project itself has installed for one of its folders; None for what is not there, or not to be used."""

    environment: Environment | None = None
    modules: Modules | None = None


class Request(NamedTuple):
    """What an adapter may know when it builds a command or reads its output.

    `root` is the working directory of the tool: the snapshot, or the check's folder in it. `files` are the
    paths to look at, relative to `root`: for a tool that reads the whole tree, all files it wants. `options` is the
    check's table in `qualitygate.toml`. `cache_dir` belongs to this check and this snapshot.
    """

    check: str
    root: str
    files: tuple[str, ...]
    executable: str
    options: Mapping[str, Any]
    cache_dir: str
    environment: Environment | None = None


class Command(NamedTuple):
    """A program to run in `root`: argv, extra environment, standard input.

    `report_file`: a file outside `root` that the program writes. It is removed before the run, and
    what it holds afterwards is `Output.report`. `files`: what it reads besides, by absolute path
    outside `root`, written before the run.
    """

    argv: tuple[str, ...]
    env: Mapping[str, str] = {}
    stdin: bytes | None = None
    report_file: str = ""
    files: Mapping[str, bytes] = {}


class Tool(Protocol):
    """An adapter for one external program, or for one of the programs that ship with us.

    `name` is the key under which `qualitygate.checks.catalogue.TOOLS` lists the module.
    `scope` "tree": findings of base and head are matched. "lines": only findings that meet a line
    which the change added or edited count, and base is not looked at (format hunks, secrets). "pair": it compares
    the trees itself, see `qualitygate.checks.safeguards.protocol`.
    `config_files` are the basenames of files from which the program takes its settings; one that ends
    in `/` is a folder at the root of the tree, and stands for all in it.
    `package` is what holds the program (`ruff`), empty for our own: a distribution of PyPI, unless
    `traits.ecosystem` says otherwise.

    What it may have besides stands in `checks.traits`; a tool that can fix also has the functions of
    `checks.fixing.Mender` or `checks.fixing.Formatter`.
    """

    name: str
    title: str
    scope: Literal["tree", "lines", "pair"]
    reads: Reads
    config_files: tuple[str, ...]
    package: str

    def wants(self, path: str) -> bool:
        """Whether a tracked file of this name is one that the tool looks at."""

    def command(self, request: Request) -> Command:
        """The program to run; it must not write below `request.root`, unless the adapter says so."""

    def parse(self, output: Output, request: Request) -> Report:
        """Read what it printed; a report with a `reason` for anything but a complete run."""


def is_config(path: str, config_files: Collection[str]) -> bool:
    """Whether a path of a tree is one that `config_files` means."""
    return path.rpartition("/")[2] in config_files or any(
        name.endswith("/") and path.startswith(name) for name in config_files
    )


def settings_files(tools: Mapping[str, Tool]) -> frozenset[str]:
    """The `config_files` of all of these tools."""
    return frozenset(name for tool in tools.values() for name in tool.config_files)


def names_digest_input(entries: Entries) -> list[str]:
    """The module and package names of a tree, which import sorting and namespace rules depend on.

    Whole folders of the top are passed over at once: a tree can have 100,000 files.
    """
    paths = sorted(entries)
    names = {path[: -len("__init__.py")] for path in paths if path[-12:] == "/__init__.py"}
    at = 0
    while at < len(paths):
        top, slash, _ = paths[at].partition("/")
        end = bisect_left(paths, f"{top}0", at) if slash else at + 1  # the character after `/`
        modules = (paths[n] for n in range(at, end) if paths[n].endswith((".py", ".pyi")))
        if (first := next(modules, None)) is not None:
            names.add(top)
            if top == "src" and slash:
                names.update("src/" + path.split("/", 2)[1] for path in chain((first,), modules))
        at = end
    return sorted(names)
