"""What an adapter may have besides the names of `Tool`, and what holds for one that does not.

Nobody else asks a module what it has: a new trait is one function here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, Protocol, cast

from qualitygate.checks.tool import Command, Request, Tool
from qualitygate.frozen import NamedTuple
from qualitygate.model import Outcome, Report
from qualitygate.process import Output

if TYPE_CHECKING:
    from qualitygate.checks.builtin.protocol import Builtin
    from qualitygate.checks.safeguards.protocol import Comparer

Read = Callable[[str], "bytes | None"]
"""The content of one file of a tree; None where there is no regular file of that name."""


class Told(NamedTuple):
    """What the tool's own settings tell it to check: the place that says so, files or folders, and module names."""

    where: str
    files: tuple[str, ...]
    modules: tuple[str, ...]


class Doubter(Protocol):
    """A tool whose findings may be chance, so that they must be seen twice."""

    def retry(self, request: Request, report: Report) -> Command | None:
        """The program that looks at what was found once more; None where chance is no explanation."""

    def settle(self, report: Report, output: Output, request: Request) -> Report:
        """The report, after that program has run."""


class Retold(Protocol):
    """A runner of tests that tells how each fared (`Report.tests`), and can be asked about some of them again."""

    def again(self, request: Request, tests: Sequence[Outcome]) -> Command:
        """The program that runs these tests, and others if it must; for `parse`."""


class Collector(Protocol):
    """A runner that says which tests there are, without running them, in a fraction of the time."""

    def collection(self, request: Request) -> Command:
        """The program that names the tests that it would run."""

    def collected(self, output: Output, request: Request) -> tuple[Outcome, ...] | None:
        """Those that it named, as if they had passed; None where it did not come to its end."""


class Lister(Protocol):
    """A tool that says which files its settings leave in."""

    def listing(self, request: Request) -> Command:
        """The program that prints, line by line, those of the request's files."""


class Paired(Protocol):
    """A tool that can look at files of two trees in one run, because its own start takes longer than the files."""

    def command_of_both(self, head: Request, base: Request) -> Command | None:
        """The program for both, started in head's root; None where it has to be started twice."""

    def apart(self, output: Output, head: Request, base: Request) -> tuple[Output, Output]:
        """What it printed, as if each had been asked alone; for `parse`."""


Ecosystem = Literal["python", "node", "system", "project"]
"""Where a program comes from: a distribution of PyPI, a package of npm, what is on the PATH, or the project itself."""


def ecosystem(tool: Tool) -> Ecosystem:
    """What `Tool.package` is a package of; Python."""
    return cast("Ecosystem", getattr(tool, "ecosystem", "python"))


def uses_project(tool: Tool, options: Mapping[str, Any]) -> bool:
    """Whether a check with these options works with what the project has installed."""
    return ecosystem(tool) == "project" or options.get("environment") == "project"


def imports(tool: Tool) -> Ecosystem:
    """Whose packages the code that it runs is made of; those of the ecosystem that it comes from itself."""
    return cast("Ecosystem", getattr(tool, "imports", ecosystem(tool)))


def named_packages(tool: Tool, read: Read) -> bool:
    """Whether the project names packages without which the tool can tell nothing; it does."""
    function = getattr(tool, "named_packages", None)
    return bool(function(read)) if function is not None else True


def program(tool: Tool) -> str:
    """The name of the executable; that of the package."""
    return str(getattr(tool, "program", tool.package))


Reach = Literal["whole", "topmost", "each"]
"""Where one run of a tool belongs: `whole`: the repository's root, as it finds the settings of every folder itself;
`topmost`: each outermost folder that has settings; `each`: each folder that has some."""


def reach(tool: Tool) -> Reach:
    """Where it is to be started in a repository of several projects; in each outermost folder with settings."""
    return cast("Reach", getattr(tool, "reach", "topmost"))


def version_argv(tool: Tool) -> tuple[str, ...]:
    """The arguments with which a program that is on the PATH prints its version; `--version`."""
    return cast("tuple[str, ...]", getattr(tool, "version_argv", ("--version",)))


def oldest(tool: Tool) -> str:
    """The first version that understands how it is called; any."""
    return str(getattr(tool, "oldest", ""))


def unit(tool: Tool) -> str:
    """What `Report.looked_at` counts; a file."""
    return str(getattr(tool, "unit", "file"))


def writes_tree(tool: Tool) -> bool:
    """Whether the program writes below `request.root`, which then is a folder of its own; it does not."""
    return bool(getattr(tool, "writes_tree", False))


def shown_rules(tool: Tool) -> tuple[str, ...]:
    """Rules that never block; none."""
    return cast("tuple[str, ...]", getattr(tool, "shown_rules", ()))


def unfinished_rules(tool: Tool) -> tuple[str, ...]:
    """Rules that say no more of an edit than that it is not the last; none."""
    return cast("tuple[str, ...]", getattr(tool, "unfinished_rules", ()))


def masks(tool: Tool) -> re.Pattern[str] | None:
    """What hides findings from it where it stands in a file: words of a comment, without what makes it one; nothing.

    Asked with the option `unmasked`, it looks behind all of them but `blanks`.
    """
    return cast("re.Pattern[str] | None", getattr(tool, "masks", None))


def blanks(tool: Tool) -> re.Pattern[str] | None:
    """Those among them that no flag of the program switches off, so that spaces must take their place; none."""
    return cast("re.Pattern[str] | None", getattr(tool, "blanks", None))


def unparsed_rules(tool: Tool) -> Collection[str]:
    """Rules by which it says that a file does not parse, so that it did not look for anything else there; none."""
    return cast("Collection[str]", getattr(tool, "unparsed_rules", ()))


def unseen(tool: Tool, before: bytes, after: bytes) -> tuple[tuple[int, int], ...]:
    """Lines of a file, first and last, that it did not check as it was, and does as it is now; none."""
    function = getattr(tool, "unseen", None)
    return tuple(function(before, after)) if function is not None else ()


def fast_form(tool: Tool) -> str:
    """The name in `catalogue.FAST` of what stands in for it at an edit; nothing does."""
    return str(getattr(tool, "fast_form", ""))


def heeds(tool: Tool) -> tuple[str, ...]:
    """Basenames of files whose being there, wherever, decides what it says of others; none."""
    return cast("tuple[str, ...]", getattr(tool, "heeds", ()))


def leaves(tool: Tool) -> tuple[str, ...]:
    """Folders that it leaves in a work tree in which people run it themselves, each ending in `/`; none."""
    return cast("tuple[str, ...]", getattr(tool, "leaves", ()))


def builtin(tool: Tool) -> Builtin | None:
    """The tool, if it has no program and looks at the files itself."""
    return cast("Builtin", tool) if hasattr(tool, "look") else None


def comparer(tool: Tool) -> Comparer | None:
    """The tool, if it compares two trees instead of looking at one."""
    return cast("Comparer", tool) if hasattr(tool, "compare") else None


def doubter(tool: Tool) -> Doubter | None:
    """The tool, if its findings must be seen twice."""
    return cast("Doubter", tool) if hasattr(tool, "retry") else None


def retold(tool: Tool) -> Retold | None:
    """The tool, if it tells how each test fared."""
    return cast("Retold", tool) if hasattr(tool, "again") else None


def collector(tool: Tool) -> Collector | None:
    """The tool, if it can name the tests that there are without running them."""
    return cast("Collector", tool) if hasattr(tool, "collection") else None


def paired(tool: Tool) -> Paired | None:
    """The tool, if one run of it can be about two trees."""
    return cast("Paired", tool) if hasattr(tool, "command_of_both") else None


def told(tool: Tool, read: Read, options: Mapping[str, Any]) -> Told | None:
    """What its settings name (function `told`); None where they name nothing, or the tool has none that could."""
    function = getattr(tool, "told", None)
    found = function(read, options) if function is not None else None
    return Told(*found) if found is not None else None


def executes(tool: Tool, read: Read) -> tuple[str, ...]:
    """The settings, and the code that they name, by which a tree makes it execute code of the tree; none."""
    function = getattr(tool, "executes", None)
    return tuple(function(read)) if function is not None else ()


def asked_for(tool: Tool, files: Iterable[str], read: Read, options: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Those of some files that its settings leave in, worked out from the settings; None where it cannot say."""
    function = getattr(tool, "asked_for", None)
    return tuple(function(files, read, options)) if function is not None else None


def lister(tool: Tool) -> Lister | None:
    """The tool, if it can say itself which files its settings leave in."""
    return cast("Lister", tool) if hasattr(tool, "listing") else None
