"""Readers of TOML, YAML and other formats on the standard library alone, held against the libraries."""

from __future__ import annotations

import io
import sys
from typing import Any

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from qualitygate.checks.safeguards.stated import catalogue, document, names, toml_text, yaml_text
from qualitygate.checks.safeguards.stated.yaml_text import UnreadError
from qualitygate.inspection.yaml_nodes import parse_yaml

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

WORDS = st.text(alphabet="abcXYZ 01-_.:#/'\"\\\n\t[]{},=*&!%@|>é", max_size=12)
KEYS = st.text(alphabet="abc-_.: #'01", min_size=1, max_size=6).map(str.strip).filter(bool)
VALUES = st.recursive(
    WORDS | st.integers(-(10**6), 10**6) | st.booleans(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(KEYS, VALUES, max_size=4))
def test_toml_is_read_as_the_library_reads_it(value: dict[str, Any]) -> None:
    text = tomlkit.dumps(value)
    try:
        expected = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    assert toml_text.read(text) == expected


TOML = """\
# a comment
title = "a \\"b\\" \\u00e9" # another
raw = 'C:\\path'
long = \"\"\"
one \\
   two
three\"\"\"
[a.b."c.d"]
list = [
  1, 0x1F, # one
  2.5, 1_000,
  [true, false], { x = 1, y.z = "q" },
]
when = 1979-05-27
x.y = 'z'
[[rows]]
n = 1
[[rows]]
n = 2
[rows.sub]
k = "v"
"""


def test_toml_in_all_its_forms() -> None:
    found, expected = toml_text.read(TOML), tomllib.loads(TOML)
    expected["a"]["b"]["c.d"]["when"] = "1979-05-27"
    assert found == expected


@pytest.mark.parametrize(
    "text", ["a", "a =", "[a", "a = [1", "a = {x = 1", 'a = "b', "a = 1 2", "[[a]\n", "= 1", "a.b = 1\na = 1\na.b = 2"]
)
def test_what_is_no_toml_is_not_read(text: str) -> None:
    with pytest.raises(UnreadError):
        toml_text.read(text)
    with pytest.raises(UnreadError):
        toml_text.parse(text)


def plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return " ".join(str(value).split())


TAME = st.text(alphabet="abcXYZ 01-_.:#/'\"[]{},=*&!%@|>", max_size=12).map(lambda text: text.lstrip(":"))
NAMES = st.text(alphabet="abcde-_. 01", min_size=1, max_size=6).map(str.strip).filter(bool)


@given(
    st.recursive(
        TAME | st.integers(-99, 99).map(str),
        lambda inner: st.lists(inner, min_size=1, max_size=4) | st.dictionaries(NAMES, inner, min_size=1, max_size=4),
        max_leaves=12,
    ),
    st.booleans(),
)
def test_yaml_is_read_as_the_library_reads_it(value: Any, flow: bool) -> None:
    stream = io.StringIO()
    yaml = YAML()
    yaml.default_flow_style = flow
    yaml.width = 200
    yaml.dump({"root": value}, stream)
    text = stream.getvalue()
    if "? " in text or "! " in text:
        return
    assert plain(yaml_text.parse(text)) == plain(parse_yaml(text))


YAML_TEXT = """\
%YAML 1.2
---
# a comment
base: &base
  image: "a\\tb"
  tags: [x, "y, z", 'it''s']   # of it
job:
  <<: *base
  script:
  - echo "a b" # said
  - |
    one
      two

    three
  - >-
    folded
    text
  nested: {a: {b: c}, d: [1, 2],
    # within
    e: f}
  url: http://example.org/#x
  long: some words
    that go on
  empty:
  'quoted key': yes
...
second: document
"""


def test_yaml_in_all_its_forms() -> None:
    assert plain(yaml_text.parse(YAML_TEXT))["job"] == {
        "image": "a b",
        "tags": ["x", "y, z", "it's"],
        "script": ['echo "a b"', "one two three", "folded text"],
        "nested": {"a": {"b": "c"}, "d": ["1", "2"], "e": "f"},
        "url": "http://example.org/#x",
        "long": "some words that go on",
        "empty": "",
        "quoted key": "yes",
    }
    assert "second" not in yaml_text.parse(YAML_TEXT)


@pytest.mark.parametrize("text", ["a: b\n  c: d\n", "a: [1\n", 'a: "b\n', "a: 1\nb\n", "- a\nb: c\n", "a: !x&{\n"])
def test_what_is_no_yaml_is_not_read(text: str) -> None:
    with pytest.raises(UnreadError):
        yaml_text.parse(text)


def test_hostile_depth_ends_soon() -> None:
    for path, text in (
        ("a.yml", "[" * 5000),
        ("a.yml", "- " * 5000),
        ("a.toml", "a = " + "[" * 5000),
        ("a.json", "[" * 10**5),
    ):
        with pytest.raises(UnreadError):
            document.load(path, text.encode())


def test_every_file_of_the_table_is_looked_at() -> None:
    listed = {place.partition("#")[0] for one in catalogue.tools().values() for place in one.places}
    assert {name for name in listed if "*" not in name} == set(names.TOOLS)
    assert all(names.is_stated(name.replace("*", "")) for name in listed)


def test_source_code_is_no_setting() -> None:
    for path in (
        "src/a.py",
        "a.ts",
        "docs/x.yml",
        "data.json",
        "src/config.ts",
        "test.py",
        "scripts/build.sh",
        "package-lock.json",
    ):
        assert not names.is_stated(path), path
