"""The languages that rules for semgrep may be for: which files are theirs, and which a rule is about."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from qualitygate.frozen import NamedTuple

SUFFIXES: Mapping[str, str] = {
    **dict.fromkeys((".py", ".pyi"), "python"),
    **dict.fromkeys((".js", ".jsx", ".mjs", ".cjs"), "javascript"),
    **dict.fromkeys((".ts", ".tsx", ".mts", ".cts"), "typescript"),
}
"""The language of a file by how its name ends, as the engine's own command line takes it."""

KNOWN: Mapping[str, str] = {"python": "Python", "javascript": "JavaScript", "typescript": "TypeScript"}
"""The languages by the engine's name, and by that of `inspect`."""

# How else a rule may spell one of them.
_ALIASES = {"py": "python", "python3": "python", "js": "javascript", "ts": "typescript"}
_ID = re.compile(r"""^ *- +["']?id["']? *: *["']?([\w.-]+)""", re.MULTILINE)
_LANGUAGES = re.compile(
    r"""
    ^[ -]*["']?languages["']?[ ]*:[ ]*
    (?: \[(?P<one_line>[^\]]*)\]
      | (?P<lines>(?:\s*(?:\#[^\n]*)?\n[ ]*-[ ]+[^\n:]+)+) )
    """,
    re.MULTILINE | re.VERBOSE,
)


class Named(NamedTuple):
    """A rule of the repository and the languages that it names; None where that cannot be told."""

    id: str
    languages: frozenset[str] | None


def language(path: str) -> str:
    """The language of a file; empty for one that no rule can be about."""
    return SUFFIXES.get(os.path.splitext(path)[1], "")


def named_in(text: str) -> tuple[Named, ...]:
    """The rules of one file as they are usually written: what reads YAML is not loaded on the way of a hook."""
    found = [*_ID.finditer(text)]
    ends = [match.start() for match in found[1:]] + [len(text)] * bool(found)
    return tuple(Named(match[1], _languages(text[match.start() : end])) for match, end in zip(found, ends, strict=True))


def of_rules(pack: Iterable[Mapping[str, Any]], own: Sequence[Named], *, unread: bool) -> frozenset[str]:
    """The languages of all these rules. `unread`: there are rules of which not even the ids could be told."""
    if unread or any(rule.languages is None for rule in own):
        return frozenset(KNOWN)
    found = {plain(name) for rule in pack for name in rule["languages"]}
    return frozenset(found.union(*(rule.languages or () for rule in own)))


def plain(name: str) -> str:
    """One name for each language, however a rule spells it."""
    return _ALIASES.get(name.strip().lower(), name.strip().lower())


def of_files(paths: Iterable[str], languages: Collection[str]) -> tuple[str, ...]:
    """The files in one of these languages."""
    return tuple(path for path in paths if language(path) in languages)


def _languages(rule: str) -> frozenset[str] | None:
    found = _LANGUAGES.search(rule)
    if found is None:
        return None
    words = found["one_line"].split(",") if found["one_line"] is not None else found["lines"].split("\n")
    names = (re.sub(r"#.*", "", word).strip(" -\t\r\"'") for word in words)
    return frozenset(plain(name) for name in names if name)
