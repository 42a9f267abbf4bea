from __future__ import annotations

import re
import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualitygate.bootstrap.house_rules import HouseRule, house_rules, matching_line


def found(files: dict[str, str]) -> tuple[HouseRule, ...]:
    return house_rules(tuple(files), lambda path: files[path].encode() if path in files else None)


def test_what_ruff_must_not_see_imported() -> None:
    text = """
[tool.ruff.lint.flake8-tidy-imports]
banned-module-level-imports = ["torch"]
[tool.ruff.lint.flake8-tidy-imports.banned-api]
"typing.TypedDict".msg = "use typing_extensions"
cgi.msg = "gone"
"""
    assert {(row.rule, row.seed) for row in found({"pyproject.toml": text})} == {
        ("ruff:TID251", "from typing import TypedDict"),
        ("ruff:TID251", "import cgi"),
        ("ruff:TID253", "import torch"),
    }


def test_modules_that_flake8_bans() -> None:
    rows = found({".flake8": "[flake8]\nbanned-modules =\n    mock = use unittest.mock\n    six.moves = no\n"})
    assert [row.seed for row in rows] == ["import mock", "from six import moves"]


def test_contracts_and_the_imports_that_break_them() -> None:
    text = """\
[importlinter]
root_package = shop
[importlinter:contract:1]
name = no web in core
type = forbidden
source_modules =
    shop.core
forbidden_modules =
    shop.web
[importlinter:contract:2]
name = layers
type = layers
containers = shop
layers =
    web
    core | model
[importlinter:contract:3]
name = odd
type = own.Contract
"""
    files = {".importlinter": text, "src/shop/core.py": "", "src/shop/web/__init__.py": ""}
    assert [(row.host, row.seed, row.why) for row in found(files)] == [
        ("src/shop/core.py", "import shop.web", ""),
        ("src/shop/core.py", "import shop.web", ""),
        ("", "", "no import that breaks a contract of type own.Contract"),
    ]


HOOK = "repos:\n- repo: local\n  hooks:\n  - id: no-todo\n    name: t\n    language: pygrep\n    entry: '%s'\n"


def hook(entry: str, more: str = "", path: str = "a.py") -> HouseRule:
    (row,) = found({".pre-commit-config.yaml": HOOK % entry + more, path: ""})
    return row


def test_a_pygrep_hook_fires_on_a_line_made_for_it() -> None:
    row = hook(r"TODO\(\w+\)$")
    assert row.fires and re.search(r"TODO\(\w+\)$", row.seed)


def test_a_pygrep_hook_that_looks_at_no_file_is_named() -> None:
    """Green for ever: its files are gone, and nobody noticed."""
    row = hook("TODO", "    files: ^gone/\n")
    assert (row.fires, row.why) == (False, "no file of the tree is one that it looks at")


@pytest.mark.parametrize(("entry", "more"), [("(", ""), ("TODO", "    args: [--negate]\n"), ("(?=a)b", "")])
def test_what_cannot_be_tried_is_not_said_to_fire(entry: str, more: str) -> None:
    row = hook(entry, more)
    assert not row.fires and row.why


def test_a_pattern_that_python_frowns_upon_is_no_error() -> None:
    assert hook("[[]x").fires


def test_other_local_hooks_and_patterns_are_listed() -> None:
    config = "repos:\n- repo: local\n  hooks:\n  - {id: x, name: x, entry: ./x, language: script}\n"
    files = {
        ".pre-commit-config.yaml": config,
        ".semgrep/a.yml": "rules:\n- id: no-eval\n  pattern: eval(...)\n",
        "sgconfig.yml": "ruleDirs: [rules]\n",
        "rules/b.yml": "id: no-print\nlanguage: python\nrule: {pattern: print($A)}\n",
    }
    assert [(row.tool, row.what, row.fires) for row in found(files)] == [
        ("semgrep", "rule no-eval", None),
        ("ast-grep", "rule no-print", None),
        ("pre-commit", "hook x (script)", None),
    ]


_TEXT = st.text(max_size=60)


@settings(max_examples=60)
@given(
    _TEXT, st.sampled_from(["pyproject.toml", ".flake8", ".importlinter", ".pre-commit-config.yaml", "sgconfig.yml"])
)
def test_no_settings_break_it(text: str, path: str) -> None:
    found({path: text, "a.py": ""})


@settings(max_examples=60)
@given(st.from_regex(r"[a-z.*+?|()\[\]\\d]{1,8}", fullmatch=True))
def test_a_line_that_is_made_matches(text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            pattern = re.compile(text)
        except re.error:
            return
        line = matching_line(pattern)
    assert not line or pattern.search(line)
