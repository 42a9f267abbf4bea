from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualitygate.bootstrap.eslint_seeds import restrictions

DATA = Path(__file__).parents[1] / "data" / "eslint_settings"


@pytest.mark.parametrize("name", ["restricted-8.47.0.json", "restricted-10.json"])
def test_what_eslint_really_prints(name: str) -> None:
    found = restrictions(json.loads((DATA / name).read_text()))
    assert [(one.rule, one.what, one.text) for one in found] == [
        ("eslint:no-restricted-imports", "jotai", 'import seeded from "jotai";'),
        ("eslint:no-restricted-imports", "lodash", 'import seeded from "lodash";'),
        ("eslint:no-restricted-imports", "../internal/*", 'import seeded from "../internal/seeded";'),
        ("eslint:no-restricted-globals", "event", "event;"),
        ("eslint:no-restricted-globals", "fdescribe", "fdescribe;"),
        ("eslint:no-restricted-syntax", "WithStatement", "with ({}) { }"),
        ("eslint:no-restricted-syntax", "CallExpression[callee.name='setTimeout']", "setTimeout();"),
        ("eslint:no-restricted-syntax", "BinaryExpression[operator='in']", "1 in {};"),
        ("eslint:no-restricted-properties", "Math.pow", "Math.pow;"),
    ]


def test_what_is_switched_off_is_no_restriction() -> None:
    for level in (0, "off"):
        assert restrictions({"rules": {"no-restricted-globals": [level, "event"]}}) == ()


def test_a_named_import_is_seeded_by_its_name() -> None:
    option = {"paths": [{"name": "react", "importNames": ["default"]}, {"name": "x", "importNames": ["Y"]}]}
    found = restrictions({"rules": {"@typescript-eslint/no-restricted-imports": ["error", option]}})
    assert [one.text for one in found] == ['import seeded from "react";', 'import { Y as seeded } from "x";']


def test_a_selector_that_is_no_plain_one_has_no_seed_and_is_still_named() -> None:
    selector = "ImportDeclaration[source.value=/^x/] > ImportSpecifier"
    (found,) = restrictions({"rules": {"no-restricted-syntax": ["error", selector]}})
    assert (found.what, found.text) == (selector, "")


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "paths", "group"]), inner),
    max_leaves=8,
)


@given(st.sampled_from(["no-restricted-imports", "no-restricted-globals", "no-restricted-syntax"]), st.lists(_JSON))
def test_no_configuration_breaks_it(rule: str, options: list[object]) -> None:
    for found in restrictions({"rules": {rule: ["error", *options]}}):
        assert found.rule == f"eslint:{rule}"
