"""What hides findings from each tool, and how it is asked to look behind that."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from qualitygate.checks import traits
from qualitygate.checks.catalogue import TOOLS
from qualitygate.checks.tool import Request
from qualitygate.gate.revealing import blank

SUPPRESSIONS = {
    "ruff": ("a.py", ("# noqa", "# NOQA: E501", "# ruff: noqa", "# ruff: disable[E501]", "# isort: skip")),
    "mypy": ("a.py", ("# type: ignore", "# type: ignore[misc]", "# mypy: ignore-errors", "# mypy: allow-any-expr")),
    "tsc": ("a.ts", ("// @ts-ignore", "// @ts-expect-error", "/* @ts-nocheck */")),
    "oxlint": ("a.ts", ("// oxlint-disable-next-line no-debugger", "/* eslint-disable */")),
    "eslint": ("a.ts", ("// eslint-disable-line", "/* eslint no-alert: 0 */")),
    "biome": ("a.ts", ("// biome-ignore lint/style: because",)),
    "semgrep": ("a.py", ("# nosemgrep", "# nosem: no-eval")),
    "shellcheck": ("a.sh", ("# shellcheck disable=SC2086",)),
    "hadolint": ("Dockerfile", ("# hadolint ignore=DL3006",)),
    "yamllint": ("a.yml", ("# yamllint disable-line rule:truthy",)),
    "golangci-lint": ("a.go", ("//nolint:errcheck",)),
    "markdownlint": ("a.md", ("<!-- markdownlint-disable MD013 -->",)),
    "tflint": ("a.tf", ("# tflint-ignore: aws_instance",)),
    "zizmor": (".github/workflows/a.yml", ("# zizmor: ignore[template-injection]",)),
    "sqlfluff": ("a.sql", ("-- noqa",)),
    "rubocop": ("a.rb", ("# rubocop:disable Style/Foo",)),
}  # fmt: skip
CASES = [(tool, path, comment) for tool, (path, comments) in SUPPRESSIONS.items() for comment in comments]


@pytest.mark.parametrize(("name", "path", "comment"), CASES)
def test_a_suppression_is_known_and_can_be_blanked(name: str, path: str, comment: str) -> None:
    masks, blanks = traits.masks(TOOLS[name]), traits.blanks(TOOLS[name])
    assert masks is not None and masks.search(comment)
    text = f"{comment}\nx\n".encode()
    bare = blank(path, text, blanks or masks)
    assert len(bare) == len(text)
    if blanks is masks:
        assert not masks.search(bare.decode())


@pytest.mark.parametrize(
    ("name", "flag"), [("ruff", "--ignore-noqa"), ("mypy", "--check-untyped-defs")]
)  # fmt: skip
def test_a_flag_looks_behind_what_hides(tmp_path: Path, name: str, flag: str) -> None:
    request = Request("check", str(tmp_path), ("a.py",), name, {}, str(tmp_path / "cache"))
    tool = TOOLS[name]
    assert flag not in tool.command(request).argv
    assert flag in tool.command(request._replace(options={"unmasked": True})).argv


def test_eslint_is_asked_to_ignore_comments(tmp_path: Path) -> None:
    from qualitygate.checks.tools import eslint

    assert eslint._SAFE_FLAG.fullmatch("--no-inline-config")


@pytest.mark.parametrize("name", [name for name in TOOLS if traits.masks(TOOLS[name]) is not None])
def test_every_tool_with_suppressions_is_in_the_table(name: str) -> None:
    assert name in SUPPRESSIONS


def test_no_pattern_matches_plain_code() -> None:
    for name in SUPPRESSIONS:
        masks = traits.masks(TOOLS[name])
        assert masks is not None and not re.search(masks, "def f(a):\n    return a + 1\n")
