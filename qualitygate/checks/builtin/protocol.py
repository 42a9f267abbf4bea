"""What a built-in check is: a module with these names, which looks at files itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Protocol

from qualitygate.checks.tool import Reads
from qualitygate.model import Report


class Builtin(Protocol):
    """A check that runs in our own process, on the standard library alone; else as `qualitygate.checks.tool.Tool`."""

    name: str
    title: str
    scope: Literal["tree", "lines"]
    reads: Reads
    config_files: tuple[str, ...]
    package: str

    def wants(self, path: str) -> bool:
        """Whether a tracked file of this name is one that the check looks at."""

    def look(self, root: str, files: tuple[str, ...], options: Mapping[str, Any]) -> Report:
        """Findings in `files` below `root`; a report with a `reason` where a file could not be read."""
