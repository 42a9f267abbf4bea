"""The globs by which workspaces name their members."""

from __future__ import annotations

from fnmatch import fnmatchcase


def glob(folder: str, pattern: str) -> bool:
    """Whether a folder matches a workspace's glob: `*` within one name, `**` across, `{a,b}` either."""
    patterns = pattern.split("/")
    # All places in the pattern at which the names so far can stand: no pattern makes this slow.
    places = _beyond({0}, patterns)
    for part in folder.split("/"):
        stay = {n for n in places if n < len(patterns) and patterns[n] == "**"}
        on = {n + 1 for n in places - stay if n < len(patterns) and _name_matches(part, patterns[n])}
        places = _beyond(stay | on, patterns)
        if not places:
            return False
    return len(patterns) in places


def _beyond(places: set[int], patterns: list[str]) -> set[int]:
    found = set(places)
    for start in places:
        n = start
        while n < len(patterns) and patterns[n] == "**":
            n += 1
            found.add(n)
    return found


def _name_matches(name: str, pattern: str) -> bool:
    before, brace, rest = pattern.partition("{")
    inner, closed, after = rest.partition("}")
    options = [f"{before}{option}{after}" for option in inner.split(",")] if brace and closed else [pattern]
    return any(fnmatchcase(name, option) for option in options)
