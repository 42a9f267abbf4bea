from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualitygate.inspection.yaml_nodes import YamlError, line_of, parse_yaml


def test_scalars_stay_as_they_are_written() -> None:
    assert parse_yaml("on: push\nv: 3.10\nrev: 1e3\nno: [yes, null]\n") == {
        "on": "push",
        "v": "3.10",
        "rev": "1e3",
        "no": ["yes", "null"],
    }


def test_lines() -> None:
    found = parse_yaml("a:\n  - b\n  - run: |\n      c\n")
    assert (line_of(found["a"][0]), line_of(found["a"][1]["run"])) == (2, 3)
    assert line_of("elsewhere") == 0


def test_merge_keys_and_aliases() -> None:
    assert parse_yaml("x: &x {a: 1, b: 2}\ny:\n  <<: *x\n  b: 3\n")["y"] == {"a": "1", "b": "3"}


def test_empty() -> None:
    assert parse_yaml("") is None


def test_tags_mean_nothing() -> None:
    assert parse_yaml("a: !!python/object/apply:os.system ['x']") == {"a": ["x"]}


@pytest.mark.parametrize(
    "text", ["a: [", "a: &a [*a]", "\t- a", "a\x00b", "---\na: 1\n---\nb: 2\n", "*unknown", "%YAML 9.9\n---\nx"]
)
def test_refused(text: str) -> None:
    with pytest.raises(YamlError):
        parse_yaml(text)


@given(st.text(alphabet="ab:-[]{}&*!|>%#'\"\n\t ,?\x00\ufeff<=1", max_size=40))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    try:
        parse_yaml(text)
    except YamlError as exc:
        assert exc.line >= 0
