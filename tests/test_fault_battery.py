"""docs/fault-battery.md names tests that exist, and leaves no case out."""

from __future__ import annotations

import ast
import re

from tests.checkout import ROOT

PAGE = (ROOT / "docs" / "fault-battery.md").read_text(encoding="utf-8")
_ROW = re.compile(r"^\| (\d+) \| ([^|]+) \| (.+) \|$", re.M)


def known_names() -> set[str]:
    found: set[str] = set()
    for path in (ROOT / "tests").rglob("test_*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    return found


def test_every_test_that_it_names_is_there() -> None:
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    assert named and named - known_names() == set()


def test_every_case_is_there_once_with_a_test_or_a_reason() -> None:
    rows = _ROW.findall(PAGE)
    assert [int(number) for number, _, _ in rows] == list(range(1, 51))
    for number, _, shown in rows:
        assert "`test_" in shown or shown.startswith("does not apply: "), number
