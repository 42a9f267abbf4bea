"""The catalogue of directives, as the gate reads it: `catalogue.json`, made from `catalogue.toml`."""

from __future__ import annotations

import json
import os
from functools import lru_cache
from typing import Literal, NamedTuple

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
    guard: bool = False
    rank: int = 0


class Catalogue(NamedTuple):
    """All directives by name. `files`: names of files in which every line hides a path from a tool, which is named.

    `keywords`: per language what must be in a text, in small letters, for any of its directives to be.
    `digest` changes with the content.
    """

    directives: dict[str, Directive]
    files: dict[str, str]
    keywords: dict[str, tuple[bytes, ...]]
    digest: int

    def of(self, language: str) -> list[Directive]:
        """Those of a language."""
        return [one for one in self.directives.values() if language in one.languages or "*" in one.languages]


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """The catalogue that ships with us."""
    with open(os.path.join(os.path.dirname(__file__), "catalogue.json"), encoding="utf-8") as stream:
        document = json.load(stream)
    return Catalogue(
        {row["name"]: _directive(row) for row in document["directives"]},
        document["files"],
        {language: tuple(word.encode() for word in words) for language, words in document["keywords"].items()},
        document["digest"],
    )


def _directive(row: dict[str, object]) -> Directive:
    return Directive(**{key: tuple(value) if isinstance(value, list) else value for key, value in row.items()})  # type: ignore[arg-type]  # a test asks of what types the rows are
