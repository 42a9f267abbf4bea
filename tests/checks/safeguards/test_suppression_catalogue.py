"""The data of suppressions. As a program it compiles `catalogue.toml` to `catalogue.json`."""

from __future__ import annotations

import json
import re
import zlib
from pathlib import Path
from typing import Any

import pytest

from qualitygate.checks.safeguards import suppressions
from qualitygate.checks.safeguards.suppression import directives, languages
from qualitygate.checks.safeguards.suppression.directives import SCOPES, Directive
from qualitygate.checks.safeguards.suppression.document import document
from qualitygate.config import parse_toml

FOLDER = Path(directives.__file__).parent
_EXAMPLES = ("wide", "coded", "reasoned")


def source() -> dict[str, Any]:
    return parse_toml((FOLDER / "catalogue.toml").read_bytes(), file="catalogue.toml")


def rows() -> list[dict[str, Any]]:
    return list(source()["directive"])


def compiled() -> str:
    table = source()
    plain = [{key: value for key, value in row.items() if key not in _EXAMPLES} for row in table["directive"]]
    for row in plain:
        row.setdefault("family", row["name"])
    keywords = {
        language: sorted({word for row in plain if {language, "*"} & set(row["languages"]) for word in row["keywords"]})
        for language in languages.LANGUAGES
    }
    files = {row["name"]: {key: row[key] for key in ("tool", "kind", "paths")} for row in table["file"]}
    digest = zlib.crc32(json.dumps([plain, files], sort_keys=True).encode())
    document = {"digest": digest, "files": files, "keywords": keywords}
    head = json.dumps(document, indent=0)[:-2]
    lines = ",\n".join(json.dumps(row) for row in plain)
    return f'{head},\n"directives": [\n{lines}\n]}}\n'


def test_what_the_gate_reads_was_made_from_the_table() -> None:
    assert (FOLDER / "catalogue.json").read_text("utf-8") == compiled(), f"run `python -m {__spec__.name}`"


def test_names_are_there_once() -> None:
    names = [row["name"] for row in rows()]
    assert len(set(names)) == len(names)
    assert not set(names) & {row["name"] for row in source()["file"]}


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["name"])
def test_a_row_is_whole(row: dict[str, Any]) -> None:
    plain = {key: value for key, value in row.items() if key not in _EXAMPLES}
    assert set(plain) <= set(Directive._fields)
    one = directives.directives()[row["name"]]
    assert all(
        type(getattr(one, key)) is (tuple if isinstance(value, list) else type(value)) for key, value in plain.items()
    )
    assert set(one.languages) <= {*languages.LANGUAGES, "*"} and one.languages
    assert one.kind in ("lint", "type", "security", "secret", "coverage", "format", "spelling")
    assert {one.scope, *(x for x in (one.alone, one.margin, one.top) if x)} <= set(SCOPES)
    assert one.bare in ("blanket", "no-reason") and one.where in ("comment", "code")
    assert one.keywords and all(word == word.lower() for word in one.keywords)
    assert ("range" in (one.scope, one.alone)) == bool(one.ends)
    re.compile(one.ends)
    assert set(re.compile(one.pattern).groupindex) <= {"codes", "reason"}
    assert not one.pattern.startswith("^")
    assert "`" not in one.how or one.how.count("`") == 2
    assert not re.compile(one.pattern).search("")


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["name"])
def test_no_pattern_needs_more_than_linear_time(row: dict[str, Any]) -> None:
    one = directives.directives()[row["name"]]
    for text in (one.keywords[0] * 4000, (one.keywords[0] + " ") * 4000, one.name + "," * 9000, one.name + " a" * 9000):
        re.compile(one.pattern).search(text)  # a bad one would not come back


def test_a_family_holds_tools_that_go_by_the_same_codes() -> None:
    families: dict[str, set[str]] = {}
    for one in directives.directives().values():
        families.setdefault(one.family, set()).add(one.kind)
    assert not [family for family, kinds in families.items() if len(kinds) > 1]


def test_every_kind_of_finding_can_be_told_from_the_others() -> None:
    assert len({rule.name for rule in suppressions.rules}) == len(suppressions.rules)
    assert all(rule.direction == "debt" and rule.name.startswith("suppression:") for rule in suppressions.rules)


def test_the_version_of_facts_changes_with_the_catalogue() -> None:
    assert suppressions.facts_version % 10**10 == document()["digest"]


if __name__ == "__main__":
    (FOLDER / "catalogue.json").write_text(compiled(), "utf-8")
