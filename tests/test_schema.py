from __future__ import annotations

import datetime
from typing import Any

import pytest

from qualitygate.errors import ConfigError
from qualitygate.schema import ANY, Field, Schema, document, dotted, json_schema, load

SCHEMA: Schema = {
    "name": Field("string", "what it is called", required=True),
    "count": Field("integer", "how many", default=3, minimum=1),
    "on": Field("boolean", "whether | it runs", default=False),
    "globs": Field("strings", "which files"),
    "tier": Field("choice", "when", default="commit", choices=("edit", "commit")),
    "free": Field("table", "any setting", fields={ANY: Field("value", "a setting")}),
    "gate": Field("table", "the gate", fields={"limit": Field("integer", "seconds", default=60)}),
    "row": Field("tables", "rows", fields={"rule": Field("string", "a rule", required=True)}),
}


def test_defaults_are_filled_in() -> None:
    assert load({"name": "x"}, SCHEMA, file="f.toml") == {
        "name": "x",
        "count": 3,
        "on": False,
        "globs": [],
        "tier": "commit",
        "free": {},
        "gate": {"limit": 60},
        "row": [],
    }


def test_what_is_given_is_kept() -> None:
    data = {
        "name": "x",
        "count": 1,
        "on": True,
        "globs": ["*.py"],
        "tier": "edit",
        "free": {"a": 1, "b": True, "c": ["x"], "d": "e"},
        "gate": {"limit": 5},
        "row": [{"rule": "r"}],
    }
    assert load(data, SCHEMA, file="f.toml") == data


@pytest.mark.parametrize(
    ("change", "said"),
    (
        ({"name": 0.17}, "f.toml: name: must be a string, not a number (put it in quotes)"),
        ({"name": "  "}, "f.toml: name: may not be empty"),
        ({"count": True}, "f.toml: count: must be an integer, not a boolean"),
        ({"count": 0}, "f.toml: count: must be at least 1"),
        ({"on": 1}, "f.toml: on: must be true or false, not an integer"),
        ({"globs": "*.py"}, "f.toml: globs: must be a list of strings, not a string"),
        ({"globs": ["a", 1]}, "f.toml: globs: must be a list of strings, but one is an integer"),
        ({"globs": [""]}, "f.toml: globs: may not hold an empty string"),
        ({"tier": "comit"}, "f.toml: tier: must be one of edit, commit"),
        ({"tier": ["edit"]}, "f.toml: tier: must be one of edit, commit"),
        ({"free": {"a b": 1.5}}, 'f.toml: free."a b": must be a string, an integer, a boolean or a list of strings'),
        ({"free": {"a": [1]}}, "f.toml: free.a: must be a list of strings, but one is an integer"),
        ({"gate": 1}, "f.toml: gate: must be a table, not an integer"),
        ({"gate": {"limt": 1}}, "f.toml: gate.limt: unknown key, did you mean `limit`?"),
        ({"gate": {"zzz": 1}}, "f.toml: gate.zzz: unknown key, known are limit"),
        ({"row": {"rule": "r"}}, "f.toml: row: must be a list of tables, not a table"),
        ({"row": [{"rule": "r"}, {}]}, "f.toml: row[1].rule: is missing"),
        ({"name": datetime.date(2020, 1, 1)}, "f.toml: name: must be a string, not a date or time"),
    ),
)
def test_a_bad_value_is_named(change: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load({"name": "x", **change}, SCHEMA, file="f.toml")
    assert caught.value.message.startswith(said)
    assert "\n" not in caught.value.message


def test_all_problems_are_named_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        load({"count": "x", "row": [{}]}, SCHEMA, file="f.toml")
    assert caught.value.message.splitlines() == [
        "f.toml: name: is missing",
        "f.toml: count: must be an integer, not a string",
        "f.toml: row[0].rule: is missing",
    ]


def test_what_is_no_table_at_all() -> None:
    with pytest.raises(ConfigError, match=r"f.toml: must be a table, not a list"):
        load([], SCHEMA, file="f.toml")


@pytest.mark.parametrize(
    ("keys", "text"),
    (
        (("a", "b-c"), "a.b-c"),
        (("a", "b c"), 'a."b c"'),
        (("a", 2, "b"), "a[2].b"),
        (("\x1b[31m",), '"\\u001b[31m"'),
    ),
)
def test_dotted(keys: tuple[str | int, ...], text: str) -> None:
    assert dotted(keys) == text


def test_json_schema() -> None:
    made = json_schema(SCHEMA, title="f")
    assert made["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert made["required"] == ["name"]
    assert made["additionalProperties"] is False
    properties = made["properties"]
    assert properties["count"] == {"description": "how many", "type": "integer", "minimum": 1, "default": 3}
    assert properties["tier"]["enum"] == ["edit", "commit"]
    assert properties["row"]["items"]["required"] == ["rule"]
    assert properties["free"]["additionalProperties"]["type"] == ["string", "integer", "boolean", "array"]


def test_document_has_a_row_for_every_key() -> None:
    rows = document(SCHEMA).splitlines()
    assert "| `count` | integer | `3` | how many |" in rows
    assert "| `name` | string | required | what it is called |" in rows
    assert "| `on` | boolean | `false` | whether \\| it runs |" in rows
    assert "| `free.<name>` | any |  | a setting |" in rows
    assert "| `row.rule` | string | required | a rule |" in rows
