"""What a TOML or JSON table may hold, as data: validated, turned into JSON Schema and into documentation."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

from qualitygate.errors import ConfigError
from qualitygate.frozen import NamedTuple

Kind = Literal["string", "integer", "boolean", "strings", "choice", "value", "table", "tables"]

ANY = "*"
"""The key of a schema that stands for every other name."""


class Field(NamedTuple):
    """One key of a table.

    `strings` is a list of strings, `value` a string, integer, boolean or list of strings, `tables` a
    list of tables. A `default` of None leaves the key out. Strings are never empty.
    """

    kind: Kind
    doc: str
    required: bool = False
    default: Any = None
    choices: tuple[str, ...] = ()
    minimum: int | None = None
    fields: Mapping[str, Field] = {}


Schema = Mapping[str, Field]
Keys = tuple[str | int, ...]
Problem = Callable[[Keys, str], None]

_NAMES = {bool: "a boolean", int: "an integer", float: "a number", str: "a string", list: "a list", dict: "a table"}


def dotted(keys: Keys) -> str:
    """How a key is written in a message: `checks."my check".tier`, `rule[2].reason`."""
    import json

    text = ""
    for key in keys:
        if isinstance(key, int):
            text += f"[{key}]"
        else:
            part = key if re.fullmatch(r"[A-Za-z0-9_*<>-]+", key) else json.dumps(key)
            text += f".{part}" if text else part
    return text


def load(data: object, schema: Schema, *, file: str) -> dict[str, Any]:
    """The table with its defaults filled in; raises one ConfigError that names every bad key of `file`."""
    problems: list[str] = []

    def problem(keys: Keys, text: str) -> None:
        problems.append(f"{file}: {dotted(keys)}: {text}" if keys else f"{file}: {text}")

    loaded = _table(data, schema, (), problem)
    refuse(problems)
    return loaded


def refuse(problems: list[str]) -> None:
    """Raise one ConfigError for all problems, or nothing when there are none."""
    if problems:
        raise ConfigError("\n".join(problems))


def nearest(name: str, known: Mapping[str, object] | tuple[str, ...]) -> str:
    """`, did you mean ...?` for a misspelt name, or an empty string."""
    from difflib import get_close_matches

    close = get_close_matches(name, [k for k in known if k != ANY], n=1)
    return f", did you mean `{close[0]}`?" if close else ""


def _table(data: object, schema: Schema, keys: Keys, problem: Problem) -> dict[str, Any]:
    if not isinstance(data, Mapping):
        problem(keys, f"must be a table, not {_name(data)}")
        return {}
    loaded: dict[str, Any] = {}
    for name, field in schema.items():
        if name == ANY:
            continue
        if name in data:
            loaded[name] = _value(data[name], field, (*keys, name), problem)
        elif field.required:
            problem((*keys, name), "is missing")
        elif field.kind == "table":
            loaded[name] = _table({}, field.fields, (*keys, name), problem)
        elif field.default is not None or field.kind in ("strings", "tables"):
            loaded[name] = list(field.default or ()) if field.kind in ("strings", "tables") else field.default
    for name in data:
        if name in schema:
            continue
        if ANY in schema:
            loaded[name] = _value(data[name], schema[ANY], (*keys, name), problem)
        else:
            problem((*keys, name), "unknown key" + (nearest(name, schema) or ", known are " + ", ".join(schema)))
    return loaded


def _name(value: object) -> str:
    return _NAMES.get(type(value), "a date or time")


def _value(value: object, field: Field, keys: Keys, problem: Problem) -> Any:
    if field.kind == "table":
        return _table(value, field.fields, keys, problem)
    if field.kind == "tables":
        if not isinstance(value, list):
            problem(keys, f"must be a list of tables, not {_name(value)}")
            return []
        return [_table(item, field.fields, (*keys, at), problem) for at, item in enumerate(value)]
    if wrong := _scalar(value, field):
        problem(keys, wrong)
    return value


def _scalar(value: object, field: Field) -> str:
    kind = field.kind
    if kind == "value":
        kind = "strings" if isinstance(value, list) else "boolean" if isinstance(value, bool) else "integer"
        if isinstance(value, str):
            return ""
        if not isinstance(value, (list, bool, int)):
            return f"must be a string, an integer, a boolean or a list of strings, not {_name(value)}"
    if kind == "choice":
        return "" if value in field.choices else "must be one of " + ", ".join(field.choices)
    if kind == "boolean":
        return "" if isinstance(value, bool) else f"must be true or false, not {_name(value)}"
    if kind == "integer":
        if isinstance(value, bool) or not isinstance(value, int):
            return f"must be an integer, not {_name(value)}"
        low = field.minimum
        return f"must be at least {low}" if low is not None and value < low else ""
    if kind == "strings":
        if not isinstance(value, list):
            return f"must be a list of strings, not {_name(value)}"
        bad = [item for item in value if not isinstance(item, str)]
        if bad:
            return f"must be a list of strings, but one is {_name(bad[0])}"
        return "may not hold an empty string" if any(not item.strip() for item in value) else ""
    if not isinstance(value, str):
        quotes = " (put it in quotes)" if isinstance(value, (int, float)) and not isinstance(value, bool) else ""
        return f"must be a string, not {_name(value)}{quotes}"
    return "" if value.strip() else "may not be empty"


_JSON: Mapping[str, Mapping[str, Any]] = {
    "string": {"type": "string", "minLength": 1},
    "integer": {"type": "integer"},
    "boolean": {"type": "boolean"},
    "strings": {"type": "array", "items": {"type": "string", "minLength": 1}},
    "choice": {},
    "value": {"type": ["string", "integer", "boolean", "array"], "items": {"type": "string", "minLength": 1}},
}


def json_schema(schema: Schema, *, title: str = "") -> dict[str, Any]:
    """The schema as JSON Schema, draft 2020-12."""
    head: dict[str, Any] = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return {**head, **({"title": title} if title else {}), **_object(schema)}


def _object(schema: Schema) -> dict[str, Any]:
    found: dict[str, Any] = {"type": "object"}
    named = {name: _property(field) for name, field in schema.items() if name != ANY}
    if named:
        found["properties"] = named
    if required := [name for name, field in schema.items() if field.required and name != ANY]:
        found["required"] = required
    found["additionalProperties"] = _property(schema[ANY]) if ANY in schema else False
    return found


def _property(field: Field) -> dict[str, Any]:
    if field.kind == "table":
        found = _object(field.fields)
    elif field.kind == "tables":
        found = {"type": "array", "items": _object(field.fields)}
    else:
        found = dict(_JSON[field.kind])
    if field.choices:
        found["enum"] = list(field.choices)
    if field.minimum is not None:
        found["minimum"] = field.minimum
    if field.default is not None:
        found["default"] = list(field.default) if isinstance(field.default, tuple) else field.default
    return {"description": field.doc, **found}


_WORDS = {"strings": "list of strings", "value": "any", "tables": "list of tables"}


def document(schema: Schema) -> str:
    """The schema as a Markdown table, one row per key."""
    rows = ["| key | type | default | meaning |", "|---|---|---|---|"]
    for keys, field in _rows(schema, ()):
        kind = ", ".join(f"`{c}`" for c in field.choices) or _WORDS.get(field.kind, field.kind)
        row = (f"`{dotted(keys)}`", kind, _default(field), field.doc)
        rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |")
    return "\n".join(rows) + "\n"


def _rows(schema: Schema, keys: Keys) -> Iterator[tuple[Keys, Field]]:
    for name, field in schema.items():
        here = (*keys, "<name>" if name == ANY else name)
        yield here, field
        yield from _rows(field.fields, here)


def _default(field: Field) -> str:
    if field.required:
        return "required"
    if field.default is None:
        return ""
    import json

    return f"`{json.dumps(field.default)}`"
