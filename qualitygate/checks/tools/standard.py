"""Standard: Ruby in one style, by RuboCop's machinery."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from qualitygate.checks.tool import Command, Reads, Request
from qualitygate.checks.tools import rubocop
from qualitygate.model import Report
from qualitygate.process import Output

name = "standard"
title = "Standard"
scope: Literal["tree", "lines"] = "tree"
reads: Reads = "self"
reach = "whole"
config_files: tuple[str, ...] = (".standard.yml", ".standard_todo.yml", "Gemfile.lock")
package = "standard"
program = "standardrb"
ecosystem = "system"
wants = rubocop.wants


def executes(read: Callable[[str], bytes | None]) -> tuple[str, ...]:
    """Its settings, which may load plugins and RuboCop's own."""
    return tuple(path for path in (".standard.yml",) if read(path) is not None)


def command(request: Request) -> Command:
    """Standard, which hands most arguments to RuboCop."""
    argv = (request.executable, "--no-fix", "--format", "json", "--force-exclusion", "--cache-root", request.cache_dir)
    return Command((*argv, "--", *request.files), {"STANDARDOPTS": "", "RUBOCOP_OPTS": ""})


def parse(output: Output, request: Request) -> Report:
    """As RuboCop's."""
    return rubocop.read_as(name, output, request)
