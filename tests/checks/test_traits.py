from __future__ import annotations

import ast
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from qualitygate.checks import traits
from qualitygate.checks.catalogue import FAST, TOOLS
from qualitygate.checks.tool import Tool

PACKAGE = Path(traits.__file__).parents[1]
PLAIN = cast(Tool, SimpleNamespace())


def _nothing(path: str) -> bytes | None:
    return None


def test_a_tool_without_any_trait_is_an_ordinary_one() -> None:
    assert (traits.unit(PLAIN), traits.writes_tree(PLAIN)) == ("file", False)
    assert (traits.shown_rules(PLAIN), traits.unfinished_rules(PLAIN), traits.fast_form(PLAIN)) == ((), (), "")
    assert (traits.builtin(PLAIN), traits.doubter(PLAIN), traits.lister(PLAIN)) == (None, None, None)
    assert traits.told(PLAIN, _nothing, {}) is None
    assert traits.executes(PLAIN, _nothing) == ()
    assert traits.asked_for(PLAIN, ["a.py"], _nothing, {}) is None


@pytest.mark.parametrize("tool", TOOLS.values(), ids=lambda tool: str(tool.name))
def test_a_fast_form_is_a_tool_that_is_there(tool: Tool) -> None:
    assert traits.fast_form(tool) in ("", *FAST)


@pytest.mark.parametrize("tool", TOOLS.values(), ids=lambda tool: str(tool.name))
def test_each_tool_has_a_program_or_looks_itself(tool: Tool) -> None:
    ours = traits.builtin(tool) is not None or traits.comparer(tool) is not None
    assert ours == (not hasattr(tool, "command"))
    assert (traits.doubter(tool) is None) == (not hasattr(tool, "settle"))


def test_nobody_else_asks_a_module_what_it_has() -> None:
    names = {"look", "retry", "settle", "told", "executes", "asked_for", "listing", "unit", "writes_tree", "fast_form"}
    names |= {"shown_rules", "unfinished_rules", "leaves"}
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.name == "traits.py":
            continue
        for node in ast.walk(ast.parse(path.read_bytes())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in ("getattr", "hasattr")
            ):
                asked = node.args[1]
                assert not (isinstance(asked, ast.Constant) and asked.value in names), path
