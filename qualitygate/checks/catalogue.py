"""Every tool that a check can name. Adding one: its module, and its line here."""

from __future__ import annotations

from types import ModuleType
from typing import cast

from qualitygate.checks.builtin import large_files, markers, secrets
from qualitygate.checks.tool import Tool
from qualitygate.checks.tools import (
    actionlint,
    ast_grep,
    checkstyle,
    clippy,
    go_vet,
    gofmt,
    golangci_lint,
    hadolint,
    markdownlint,
    mypy,
    pymarkdown,
    pytest,
    rubocop,
    ruff_check,
    ruff_format,
    rustfmt,
    semgrep,
    shellcheck,
    shfmt,
    spotless,
    spring_javaformat,
    sqlfluff,
    standard,
    syntax,
    terraform_fmt,
    tflint,
    yamllint,
    zizmor,
)

_MODULES: tuple[ModuleType, ...] = (
    *(large_files, markers, secrets, syntax),
    *(mypy, pytest, ruff_check, ruff_format, semgrep),
    *(gofmt, go_vet, golangci_lint),
    *(rustfmt, clippy),
    *(rubocop, standard),
    *(checkstyle, spotless, spring_javaformat),
    *(shellcheck, shfmt),
    *(hadolint, actionlint, zizmor),
    *(yamllint, markdownlint, pymarkdown, sqlfluff),
    *(terraform_fmt, tflint),
)

TOOLS: dict[str, Tool] = {module.name: cast(Tool, module) for module in _MODULES}

FAST: dict[str, Tool] = {ast_grep.name: cast(Tool, ast_grep)}
"""Tools that no check names: the fast forms of others, for the moment of an edit."""
