"""The data of tools' settings. As a program it compiles `catalogue.toml` to `catalogue.json`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from qualitygate.checks.safeguards import settings
from qualitygate.checks.safeguards.stated import catalogue
from qualitygate.config import parse_toml

FOLDER = Path(catalogue.__file__).parent
HOW = (
    *("floor", "ceiling", "retries", "guard", "excuse", "scope", "strict", "loose", "off", "present", "level"),
    *("follow", "filters", "overrides", "addopts"),
)


def source() -> dict[str, Any]:
    return parse_toml((FOLDER / "catalogue.toml").read_bytes(), file="catalogue.toml")


def rows(keys: list[dict[str, Any]]) -> Iterator[list[str]]:
    for row in keys:
        for path in row["paths"]:
            key = path.rpartition(".")[2] if row.get("last") else row.get("as", "")
            yield [path, row["how"], row.get("rule", "linter"), key]


def compiled() -> str:
    table = source()
    tools = {
        row["name"]: {"places": row["places"], "implied": row.get("implied", []), "rows": list(rows(row["keys"]))}
        for row in table["tool"]
    }
    levels = {word: int(level) for level, words in table["levels"].items() for word in words}
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(one)}" for name, one in tools.items())
    return f'{{"levels": {json.dumps(levels)},\n"tools": {{\n{lines}\n}}}}\n'


def test_what_the_gate_reads_was_made_from_the_table() -> None:
    assert (FOLDER / "catalogue.json").read_text("utf-8") == compiled(), f"run `python -m {__spec__.name}`"


@pytest.mark.parametrize("row", source()["tool"], ids=lambda row: row["name"])
def test_a_tool_is_whole(row: dict[str, Any]) -> None:
    assert set(row) <= {"name", "places", "implied", "keys"}
    assert row["places"] and all("#" in place for place in row["places"])
    known = {rule.name.partition(":")[2] for rule in settings.rules}
    for one in row["keys"]:
        assert set(one) <= {"how", "rule", "paths", "as", "last"}
        assert one["how"] in HOW and one["paths"] and not ("as" in one and "last" in one)
        assert one.get("rule", "linter") in known
    paths = [path for path, *_ in rows(row["keys"])]
    assert len(set(paths)) == len(paths)
    switches = {path.rpartition(".")[2].lower() for path, how, *_ in rows(row["keys"]) if how == "strict"}
    assert set(row.get("implied", ())) <= switches | {"useunknownincatchvariables"}


def test_a_tool_and_a_word_stand_there_once() -> None:
    names = [row["name"] for row in source()["tool"]]
    words = [word for words in source()["levels"].values() for word in words]
    assert len(set(names)) == len(names) and len(set(words)) == len(words)
    assert words == [word.lower() for word in words]


if __name__ == "__main__":
    (FOLDER / "catalogue.json").write_text(compiled(), "utf-8")
