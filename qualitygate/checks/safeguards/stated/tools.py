"""Facts of the settings of tools, by the table in `catalogue.toml`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from qualitygate.checks.safeguards.stated import commands
from qualitygate.checks.safeguards.stated.catalogue import Row, levels, tools
from qualitygate.checks.safeguards.stated.document import dig, is_on, items, line_of, number
from qualitygate.checks.safeguards.stated.fact import Fact

_FOLLOW = {"normal": 2, "silent": 1, "skip": 0, "error": 2}


def read(name: str, document: Any, text: str) -> Iterator[Fact]:
    """The facts of a file of this name."""
    for tool, known in tools().items():
        for place in known.places:
            pattern, _, prefix = place.partition("#")
            if not fnmatchcase(name, pattern) or (not prefix and name == "tox.ini"):
                continue
            keys = [key for key in prefix.split(".") if key]
            table = dig(document, keys)
            if isinstance(table, dict):
                yield Fact("tool", "linter", tool, tool, tool, line_of(text, keys))
                yield from _table(tool, table, keys, text)
                if tool == "mypy":
                    yield from _overrides(table, document, text)


def _table(tool: str, table: Mapping[str, Any], above: Sequence[str], text: str) -> Iterator[Fact]:
    for row in tools()[tool].rows:
        for keys, value in _matching(table, row.path.split("."), ()):
            label = f"{tool}.{row.key or '.'.join(keys)}".lower()
            line = line_of(text, (*above, *keys))
            yield from _facts(tool, row, label, value, line, text)


def _matching(value: Any, pattern: Sequence[str], above: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    if not pattern:
        if value is not None:
            yield above, value
        return
    if not isinstance(value, dict):
        return
    if "*" in pattern[0]:
        for key, inner in value.items():
            if fnmatchcase(str(key), pattern[0]):
                yield from _matching(inner, pattern[1:], (*above, str(key)))
    else:
        yield from _matching(dig(value, pattern[:1]), pattern[1:], (*above, pattern[0]))


def _facts(tool: str, row: Row, key: str, value: Any, line: int, text: str) -> Iterator[Fact]:
    how, rule = row.how, row.rule
    if how in ("floor", "ceiling", "retries"):
        found = number(value)
        if found is not None:
            yield Fact(how, rule, tool, key, found, line)  # type: ignore[arg-type]  # one of the kinds
    elif how in ("guard", "excuse"):
        for item in items(value):
            yield Fact(how, rule, tool, key, item, _line_of_item(text, item, line))  # type: ignore[arg-type]  # as above
    elif how == "scope":
        yield Fact("scope", rule, tool, key, sorted(items(value)), line)
    elif how == "strict":
        yield Fact("guard" if is_on(value) else "excuse", rule, tool, key, "on" if is_on(value) else "off", line)
    elif how == "loose" and is_on(value):
        yield Fact("excuse", rule, tool, key, "on", line)
    elif how == "off" and str(value).lower() in ("false", "off", "no"):
        yield Fact("excuse", rule, tool, key, "off", line)
    elif how == "present":
        yield Fact("guard", rule, tool, key, "", line)
    elif how in ("level", "follow"):
        yield from _level(tool, rule, key, value, line, _FOLLOW if how == "follow" else levels())
    elif how == "filters":
        for item in items(value):
            yield Fact("guard" if item.startswith("error") else "excuse", rule, tool, key, item, line)
    elif how == "overrides":
        for one in value if isinstance(value, list) else ():
            where = ",".join(sorted(items(dig(one, ["files"]))))
            rules = dig(one, ["rules"])
            for name, level in rules.items() if isinstance(rules, dict) else ():
                yield from _level(tool, rule, f"{tool}.override[{where}].{name}", level, line, levels())
    elif how == "addopts":
        words = " ".join(items(value)) if isinstance(value, list) else str(value).replace("\n", " ")
        for one in commands.read(words, first="pytest"):
            yield from of_command("options", one, line, label="addopts")


def _level(tool: str, rule: str, key: str, value: Any, line: int, known: Mapping[str, int]) -> Iterator[Fact]:
    first = value[0] if isinstance(value, list) and value else value
    first = first.get("level") if isinstance(first, dict) else first
    level = known.get(str(first).lower())
    if level is not None:
        yield Fact("rank", rule, tool, key, level, line)


def _overrides(table: Mapping[str, Any], document: Any, text: str) -> Iterator[Fact]:
    """What mypy is told for some modules only: in TOML a list of tables, in other files sections of their own."""
    rows: list[tuple[str, Any]] = []
    for one in table.get("overrides", ()) if isinstance(table.get("overrides"), list) else ():
        rows += [(module, one) for module in items(dig(one, ["module"]))]
    for section, inner in document.items() if isinstance(document, dict) else ():
        if section.startswith("mypy-"):
            rows += [(module, inner) for module in items(section[5:])]
    for module, inner in rows:
        for row in tools()["mypy"].rows:
            value = dig(inner, [row.path])
            if value is None:
                continue
            line = line_of(text, (module, row.path))
            yield from _facts("mypy", row, f"mypy[{module}].{row.path}", value, line, text)


def _line_of_item(text: str, item: str, line: int) -> int:
    """The line that holds an item, at or below the line of its key."""
    word = item.rpartition(": ")[2]
    rows = text.split("\n")
    return next((number for number in range(line, min(len(rows), line + 400) + 1) if word in rows[number - 1]), line)


def of_command(
    area: str, command: commands.Command, line: int, *, label: str, extra: Sequence[str] = ()
) -> Iterator[Fact]:
    """The facts of one call. `area`: `ci`, `hook`, `script`, or `options` for arguments that are always given."""
    value = [label, command.text, [*command.excuses, *extra], list(command.strict), list(command.paths)]
    yield Fact("command", area, command.program, command.program, value, line + command.line)
    for kind, rule, key, found in command.numbers:
        yield Fact(kind, rule, command.program, key, found, line + command.line)  # type: ignore[arg-type]  # of a table
