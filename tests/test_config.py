from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from qualitygate.config import OPTIONS, SCHEMA, compile_policy, config_page, config_schema
from qualitygate.errors import ConfigError
from qualitygate.model import Check

FILE = "qualitygate.toml"
TOOLS = ("ruff", "mypy", "large-files")
ROOT = Path(__file__).resolve().parents[1]


def compiled(text: str) -> dict[str, Any]:
    return compile_policy(text.encode(), file=FILE, tools=TOOLS)


def test_the_smallest_policy() -> None:
    assert compiled("schema = 1") == {
        "schema": 1,
        "gate": {"time_limit": 60, "push_time_limit": 600, "actor": "auto"},
        "checks": [],
    }


def test_a_whole_policy_is_plain_json_and_makes_checks() -> None:
    policy = compiled(
        """
        schema = 1
        [gate]
        trusted = "origin/main"
        time_limit = 30
        actor = "person"
        [checks.ruff]
        version = "0.17"
        tier = "edit"
        exclude = ["docs/**"]
        [checks.types]
        tool = "mypy"
        policy = "shown"
        paths = ["src"]
        environment = "project"
        [checks.big]
        tool = "large-files"
        """
    )
    assert policy["gate"] == {"trusted": "origin/main", "time_limit": 30, "push_time_limit": 600, "actor": "person"}
    assert [Check(**check) for check in json.loads(json.dumps(policy))["checks"]] == [
        Check("ruff", "ruff", "ratchet", "edit", "0.17", {"exclude": ["docs/**"]}),
        Check("types", "mypy", "shown", "commit", "", {"paths": ["src"], "environment": "project"}),
        Check("big", "large-files", "ratchet", "commit", "", {"max_kib": 500}),
    ]


@pytest.mark.parametrize("prefix", (b"", b"\xef\xbb\xbf"))
def test_bom_and_crlf(prefix: bytes) -> None:
    assert compile_policy(prefix + b"schema = 1\r\n[checks.ruff]\r\n", file=FILE, tools=TOOLS)["checks"]


@pytest.mark.parametrize(
    ("text", "said"),
    (
        ("a = ", "qualitygate.toml:1: invalid value"),
        ("schema = 1\n[checks.ruff]\n[checks.ruff]\n", "qualitygate.toml:3: `checks.ruff` is there twice"),
        ("schema = 1\nschema = 1\n", "qualitygate.toml:2: cannot overwrite a value"),
        ("schema = 1\nx = '''", "qualitygate.toml:2: "),
        ("", "qualitygate.toml: schema: is missing"),
        ("schema = 2\nnew = 1", "qualitygate.toml: schema: 2 is newer than this version reads (1)"),
        ("schema = 0", "qualitygate.toml: schema: must be at least 1"),
        ("schema = 1\n[check.ruff]", "qualitygate.toml: check: unknown key, did you mean `checks`?"),
        (
            "schema = 1\n[checks.lint]\ntool = 'rufff'",
            "qualitygate.toml: checks.lint.tool: no tool is called `rufff`, did you mean `ruff`?",
        ),
        (
            "schema = 1\n[checks.lint]\ntool = 'zzz'",
            "qualitygate.toml: checks.lint.tool: no tool is called `zzz`, known are large-files, mypy, ruff",
        ),
        (
            "schema = 1\n[checks.ruff]\nteir = 'edit'",
            "qualitygate.toml: checks.ruff.teir: unknown key, did you mean `tier`?",
        ),
        (
            "schema = 1\n[checks.ruff]\ntier = 'never'",
            "qualitygate.toml: checks.ruff.tier: must be one of edit, commit, push, full",
        ),
        (
            "schema = 1\n[checks.ruff]\nmax_kib = 3",
            "qualitygate.toml: checks.ruff.max_kib: `ruff` has no such option, only large-files",
        ),
        (
            "schema = 1\n[checks.mypy]\npaths = ['../src']",
            "qualitygate.toml: checks.mypy.paths: `../src` must be relative to the repository's root",
        ),
        ("schema = 1\n[checks.'../x']\ntool = 'ruff'", 'qualitygate.toml: checks."../x": a name is made of letters'),
        (
            "schema = 1\n[checks.ruff]\n[checks.Ruff]\ntool = 'ruff'",
            "qualitygate.toml: checks.Ruff: differs from `ruff` only in case",
        ),
        ("x = " + "[" * 5000, "qualitygate.toml"),
    ),
)
def test_a_bad_policy_is_named(text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        compiled(text)
    assert caught.value.message.startswith(said)
    assert "\n" not in caught.value.message


@pytest.mark.parametrize(
    ("data", "said"),
    (
        (b"schema = 1\n# \xff", "qualitygate.toml:2: not UTF-8"),
        ("schema = 1".encode("utf-16"), "qualitygate.toml:1: not UTF-8"),
        (b"#" * (1 << 20) + b"#", "qualitygate.toml: larger than 1024 KiB"),
    ),
)
def test_bytes_that_are_no_toml(data: bytes, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        compile_policy(data, file=FILE, tools=TOOLS)
    assert caught.value.message == said


def test_every_option_has_a_row_in_the_schema() -> None:
    check = SCHEMA["checks"].fields["*"].fields
    assert set(OPTIONS) <= set(check)


@pytest.mark.parametrize(
    ("path", "text"),
    (
        ("docs/configuration.md", config_page()),
        ("docs/qualitygate.schema.json", json.dumps(config_schema(), indent=2) + "\n"),
    ),
)
def test_the_documentation_is_current(path: str, text: str) -> None:
    file = ROOT / path
    if os.environ.get("UPDATE_DOCS"):
        file.write_text(text, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == text, "run this test once with UPDATE_DOCS=1"
