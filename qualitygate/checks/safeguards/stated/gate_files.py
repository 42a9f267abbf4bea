"""Facts of what keeps a gate in its place: its settings, owners, registrations of agents, files that hide others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from typing import Any

from qualitygate.checks.safeguards.stated.document import dig, items, line_of
from qualitygate.checks.safeguards.stated.fact import Fact
from qualitygate.model import TIERS

_POLICY = {"shown": 0, "ratchet": 1, "clean": 2}
_HIDING = ("linguist-generated", "linguist-vendored", "-diff", "binary", "-text", "export-ignore", "merge=union")


def gate(document: Any, text: str) -> Iterator[Fact]:
    """`qualitygate.toml`: its checks, and what they leave out."""
    actor = dig(document, ["gate", "actor"])
    if actor == "person":
        yield Fact("excuse", "gate", "qualitygate", "gate.actor", "person", line_of(text, ("actor",)))
    trusted = dig(document, ["gate", "trusted"])
    if isinstance(trusted, str):
        yield Fact("guard", "gate", "qualitygate", "gate.trusted", trusted, line_of(text, ("trusted",)))
    checks = dig(document, ["checks"])
    for name, own in checks.items() if isinstance(checks, dict) else ():
        line = line_of(text, (f"checks.{name}",))
        key = f"checks.{name}"
        yield Fact("guard", "gate", "qualitygate", key, "", line)
        table = own if isinstance(own, dict) else {}
        yield Fact(
            "rank", "gate", "qualitygate", f"{key}.policy", _POLICY.get(str(table.get("policy", "ratchet")), 1), line
        )
        tier = str(table.get("tier", "commit"))
        yield Fact("rank", "gate", "qualitygate", f"{key}.tier", -TIERS.index(tier) if tier in TIERS else 0, line)
        for option in ("exclude", "show"):
            for item in items(table.get(option)):
                yield Fact("excuse", "gate", "qualitygate", f"{key}.{option}", item, line)
        for option in ("block", "rules"):
            for item in items(table.get(option)):
                yield Fact("guard", "gate", "qualitygate", f"{key}.{option}", item, line)
        for option in ("files", "paths"):
            if table.get(option):
                yield Fact("scope", "gate", "qualitygate", f"{key}.{option}", sorted(items(table[option])), line)


def waivers(document: Any, text: str) -> Iterator[Fact]:
    """`.qualitygate/waivers.toml`: every waiver lets something through."""
    for key, rows in document.items() if isinstance(document, dict) else ():
        for one in rows if isinstance(rows, list) and key != "request" else ():
            if isinstance(one, dict):
                said = " ".join(
                    f"{name}={one[name]}" for name in sorted(one) if name in ("rule", "path", "name", "check")
                )
                line = line_of(text, (str(one.get("path", one.get("rule", ""))),))
                yield Fact("excuse", "waivers", "qualitygate", str(key), said or str(sorted(one.items())), line)


def agent(document: Any, text: str) -> Iterator[Fact]:
    """Hooks that a coding agent runs, what it may not do, and whether it runs hooks at all."""
    for event, command in _commands(dig(document, ["hooks"]), ""):
        gate = "qualitygate" in command
        rule = "gate-removed" if gate else "agent-hook"
        yield Fact(
            "guard", rule, "agent", f"hooks.{event}", "qualitygate" if gate else command, line_of(text, (event,))
        )
    if isinstance(document, dict) and document.get("disableAllHooks") is True:
        yield Fact("excuse", "gate-removed", "agent", "disableAllHooks", "on", line_of(text, ("disableAllHooks",)))
    for part in ("deny", "ask"):
        for item in items(dig(document, ["permissions", part])):
            yield Fact("guard", "agent-hook", "agent", f"permissions.{part}", item, line_of(text, (part, item)))


def _commands(node: Any, event: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("command", "bash") and isinstance(value, str):
                yield event, value
            else:
                yield from _commands(value, event or str(key))
    elif isinstance(node, list):
        for one in node:
            yield from _commands(one, event)


def owners(text: str) -> Iterator[Fact]:
    """`CODEOWNERS`: who must approve what."""
    for number, row in enumerate(text.split("\n"), 1):
        words = row.partition("#")[0].split()
        if len(words) > 1 and not words[0].startswith("["):
            yield Fact("guard", "owners", "owners", "owners", words[0], number)


def attributes(text: str) -> Iterator[Fact]:
    """`.gitattributes`: files that reviews do not show."""
    for number, row in enumerate(text.split("\n"), 1):
        words = row.partition("#")[0].split()
        for word in words[1:]:
            if word.removesuffix("=true") in _HIDING:
                yield Fact("excuse", "hidden-files", "git", f"attributes.{word}", words[0], number)


def ignored(name: str, text: str) -> Iterator[Fact]:
    """Files that list what a tool, or git, does not look at."""
    for number, row in enumerate(text.split("\n"), 1):
        item = row.strip()
        if item and item[0] not in "#!":
            rule = "hidden-files" if name == ".gitignore" else "linter"
            yield Fact("excuse", rule, name, name, item, number)


_SOURCE = (
    ".py",
    ".pyi",
    ".ts",
    ".tsx",
    ".js",
    ".jsx",
    ".mjs",
    ".go",
    ".rs",
    ".java",
    ".kt",
    ".rb",
    ".php",
    ".cs",
    ".c",
    ".cpp",
)


def hides_source(pattern: str, path: str, tracked: Iterable[str]) -> bool:
    """Whether a new line of a `.gitignore` covers source code that is tracked: new files beside it will not be seen."""
    folder = path.rpartition("/")[0]
    start = f"{folder}/" if folder else ""
    anchored = "/" in pattern.strip("/") or pattern[:1] == "/"
    bare = pattern.strip("/")
    only = pattern.endswith("/")
    for one in tracked:
        if not one.startswith(start) or not one.endswith(_SOURCE):
            continue
        parts = one[len(start) :].split("/")
        inner = parts[:-1] if only else parts
        if anchored:
            heads = ("/".join(inner[: end + 1]) for end in range(len(inner)))
            if any(fnmatchcase(head, bare) for head in heads):
                return True
        elif any(fnmatchcase(part, bare) for part in inner):
            return True
    return False
