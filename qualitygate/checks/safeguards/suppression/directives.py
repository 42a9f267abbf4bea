"""The directives of the catalogue."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Literal

from qualitygate.checks.safeguards.suppression.document import document
from qualitygate.frozen import NamedTuple

Kind = Literal["lint", "type", "security", "secret", "coverage", "format", "spelling"]
SCOPES = ("line", "next", "block", "range", "file", "project")
"""What a directive reaches, from the narrowest on."""


class Directive(NamedTuple):
    """One way to switch a tool off. What the fields mean stands on top of `catalogue.toml`."""

    name: str
    family: str
    tool: str
    languages: tuple[str, ...]
    kind: Kind
    scope: str
    keywords: tuple[str, ...]
    pattern: str
    bare: Literal["blanket", "no-reason"]
    how: str
    where: Literal["comment", "code"] = "comment"
    alone: str = ""
    margin: str = ""
    top: str = ""
    ends: str = ""
    code: str = ""
    everything: tuple[str, ...] = ()
    anywhere: bool = False
    last_line: bool = False
    guard: bool = False
    rank: int = 0
    product: bool = False


@lru_cache(maxsize=1)
def directives() -> dict[str, Directive]:
    """All directives by name, and one for each file in which every line is one."""
    found = {row["name"]: _directive(row) for row in document()["directives"]}
    for file, about in document()["files"].items():
        found[file] = Directive(file, file, about["tool"], (), about["kind"], "project", (), "", "blanket", "")
    return found


def of_language(language: str) -> list[Directive]:
    """Those of a language."""
    return [one for one in directives().values() if language in one.languages or "*" in one.languages]


def _directive(row: dict[str, Any]) -> Directive:
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    return Directive(**values)
