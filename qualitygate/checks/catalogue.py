"""Every tool that a check can name. Adding one: its module, and its line here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from typing import cast

from qualitygate.checks.tool import Tool


class Catalogue(Mapping[str, Tool]):
    """Adapters by name, each loaded when somebody asks for it: a hook pays for those that its checks name."""

    def __init__(self, modules: Mapping[str, str]) -> None:
        self._modules = modules

    def __getitem__(self, name: str) -> Tool:
        return cast(Tool, import_module(f"qualitygate.checks.{self._modules[name]}"))

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules)

    def __len__(self) -> int:
        return len(self._modules)


TOOLS = Catalogue(
    {
        "actionlint": "tools.actionlint",
        "biome": "tools.biome",
        "biome-format": "tools.biome_format",
        "checkstyle": "tools.checkstyle",
        "clippy": "tools.clippy",
        "command": "tools.command",
        "eslint": "tools.eslint",
        "go-vet": "tools.go_vet",
        "gofmt": "tools.gofmt",
        "golangci-lint": "tools.golangci_lint",
        "hadolint": "tools.hadolint",
        "handlers": "safeguards.handlers",
        "jest": "tools.jest",
        "kept-settings": "safeguards.settings",
        "kept-tests": "safeguards.tests",
        "kept-types": "safeguards.types",
        "large-files": "builtin.large_files",
        "markdownlint": "tools.markdownlint",
        "markers": "builtin.markers",
        "mocha": "tools.mocha",
        "mypy": "tools.mypy",
        "node-test": "tools.node_test",
        "oxlint": "tools.oxlint",
        "prettier": "tools.prettier",
        "pymarkdown": "tools.pymarkdown",
        "pytest": "tools.pytest",
        "rubocop": "tools.rubocop",
        "ruff": "tools.ruff_check",
        "ruff-format": "tools.ruff_format",
        "rustfmt": "tools.rustfmt",
        "secrets": "builtin.secrets",
        "semgrep": "tools.semgrep",
        "shellcheck": "tools.shellcheck",
        "shfmt": "tools.shfmt",
        "spotless": "tools.spotless",
        "spring-javaformat": "tools.spring_javaformat",
        "sqlfluff": "tools.sqlfluff",
        "standard": "tools.standard",
        "suppressions": "safeguards.suppressions",
        "syntax": "tools.syntax",
        "terraform-fmt": "tools.terraform_fmt",
        "tflint": "tools.tflint",
        "tsc": "tools.tsc",
        "vitest": "tools.vitest",
        "yamllint": "tools.yamllint",
        "zizmor": "tools.zizmor",
    }
)

FAST = Catalogue({"ast-grep": "tools.ast_grep"})
"""Tools that no check names: the fast forms of others, for the moment of an edit."""


def used_by(tools: Mapping[str, Tool], names: Iterable[str]) -> dict[str, Tool]:
    """The tools of these names, and no others, loaded."""
    return {name: tools[name] for name in dict.fromkeys(names)}
