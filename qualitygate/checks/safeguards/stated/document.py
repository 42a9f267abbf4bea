"""A file of settings as nested dicts, lists and plain values, whatever its format; and where a key stands in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from qualitygate.checks.safeguards.stated.yaml_text import UnreadError

_SIZE = 1 << 20
_BARE = frozenset((".editorconfig", ".shellcheckrc", "shellcheckrc"))
"""Files whose keys may stand in no section."""


def load(path: str, data: bytes) -> Any:
    """The settings of a file. Raises UnreadError for what cannot be read."""
    if len(data) > _SIZE:
        raise UnreadError("too large")
    text = data.decode("utf-8-sig", "replace")
    name = path.rpartition("/")[2]
    try:
        if name.endswith(".toml") or name == "Pipfile":
            from qualitygate.checks.safeguards.stated import toml_text

            return toml_text.parse(text)
        if name.endswith((".yml", ".yaml")):
            from qualitygate.checks.safeguards.stated import yaml_text

            return yaml_text.parse(text)
        if name.endswith((".json", ".jsonc", ".json5")) or text.lstrip()[:1] == "{":
            return _json(text)
        if name in (".eslintrc", ".nycrc", ".prettierrc", ".mocharc"):
            from qualitygate.checks.safeguards.stated import yaml_text

            return yaml_text.parse(text)
        if name.endswith(("proj", ".props")):
            return _properties(text)
        if name in _BARE:
            text = f"[root]\n{text}"
        return _ini(text)
    except RecursionError:
        raise UnreadError("nested too deeply") from None


def _properties(text: str) -> dict[str, Any]:
    """The properties of a project of .NET, each by its name; one list of codes is one however it is separated."""
    import re

    bare = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    found: dict[str, Any] = {}
    for name, value in re.findall(r"<(\w+)(?:\s[^<>]*)?>([^<>]*)</\1>", bare):
        told = ",".join(part for part in re.split(r"[;,\s]+", value) if part and not part.startswith("$("))
        found[name] = f"{found[name]},{told}" if name in found else told
    return found


def _json(text: str) -> Any:
    import json
    import re

    try:
        return json.loads(text)
    except ValueError:
        pass  # with comments, or a comma too many: those who read it allow that
    string = r'"(?:[^"\\\n]|\\.)*"'
    bare = re.sub(rf"({string})|//[^\n]*|/\*.*?\*/", lambda found: found[1] or " ", text, flags=re.DOTALL)
    bare = re.sub(rf"({string})|,(?=\s*[}}\]])", lambda found: found[1] or "", bare)
    try:
        return json.loads(bare)
    except ValueError as exc:
        raise UnreadError(str(exc)) from None


def _ini(text: str) -> dict[str, Any]:
    import configparser

    parser = configparser.RawConfigParser(strict=False, allow_no_value=True)
    try:
        parser.read_string(text)
    except configparser.Error as exc:
        raise UnreadError(str(exc).splitlines()[0]) from None
    found: dict[str, Any] = {}
    for section in parser.sections():
        table = found
        for part in section.split(":"):
            inner = table.setdefault(part.strip(), {})
            table = inner if isinstance(inner, dict) else {}
        table.update({key.replace("-", "_"): _uncommented(value or "") for key, value in parser.items(section)})
    return found


def _uncommented(value: str) -> str:
    return "\n".join(row for row in value.split("\n") if not row.lstrip().startswith("#"))


def dig(value: Any, keys: Sequence[str]) -> Any:
    """What stands below these keys; None where there is nothing."""
    for key in keys:
        if not isinstance(value, dict):
            return None
        value = value.get(key, value.get(key.replace("_", "-"), value.get(key.replace("-", "_"))))
    return value


def items(value: Any) -> Iterator[str]:
    """The items of a list, however it is written: as one, as lines, or between commas; of a table its keys."""
    if isinstance(value, str):
        for row in value.split("\n"):
            for part in row.split(","):
                if word := part.strip():
                    yield word
    elif isinstance(value, dict):
        for key, inner in value.items():
            if isinstance(inner, (list, str)):
                yield from (f"{key}: {one}" for one in items(inner))
            else:
                yield f"{key}: {inner}"
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from items(one) if isinstance(one, (list, dict)) else (str(one),)
    elif value is not None and value is not False:
        yield str(value)


def is_on(value: Any) -> bool:
    """Whether a switch is on, in any spelling."""
    return value is True or str(value).strip().lower() in ("true", "yes", "on", "1")


def number(value: Any) -> float | None:
    """A number, also one of per cent; None for anything else."""
    if isinstance(value, bool):
        return None
    try:
        return float(str(value).strip().rstrip("%"))
    except ValueError:
        return None


def line_of(text: str, keys: Sequence[str]) -> int:
    """The line where a key stands, going from key to key; where there is none of that name, that of the one above."""
    at = 0
    for key in keys:
        found = text.find(key, at) if key else -1
        at = found if found >= 0 else at
    return text.count("\n", 0, at) + 1
