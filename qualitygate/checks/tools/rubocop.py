"""RuboCop: Ruby, by the rules that the project has chosen."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from typing import Literal

from qualitygate.checks.tool import Command, Reads, Request
from qualitygate.checks.tools import rows
from qualitygate.checks.tools.rows import Row
from qualitygate.model import Report
from qualitygate.process import Output

name = "rubocop"
title = "RuboCop"
scope: Literal["tree", "lines"] = "tree"
reads: Reads = "self"
reach = "whole"
config_files: tuple[str, ...] = (".rubocop.yml", ".rubocop_todo.yml", ".rubocop", "Gemfile.lock")
package = "rubocop"
unparsed_rules = ("rubocop:Lint/Syntax",)
masks = blanks = re.compile(r"\brubocop:(?:disable|todo)\b")
ecosystem = "system"

_NAMES = frozenset(("Gemfile", "Rakefile", "Guardfile", "Capfile", "Podfile", "Fastfile", "config.ru"))


def wants(path: str) -> bool:
    """Files that are Ruby by name."""
    return path.endswith((".rb", ".rake", ".gemspec")) or path.rpartition("/")[2] in _NAMES


def executes(read: Callable[[str], bytes | None]) -> tuple[str, ...]:
    """Its settings, in which Ruby may stand, and which may load more of it."""
    return tuple(path for path in (".rubocop.yml", ".rubocop") if read(path) is not None)


def command(request: Request) -> Command:
    """RuboCop without its server; what the settings exclude stays excluded."""
    argv = (request.executable, "--format", "json", "--force-exclusion", "--cache-root", request.cache_dir)
    env = {"RUBOCOP_OPTS": "", "XDG_CONFIG_HOME": os.path.join(request.cache_dir, "no-user-settings")}
    return Command((*argv, "--", *request.files), env)


def parse(output: Output, request: Request) -> Report:
    """One finding per offense; a file that does not parse is `rubocop:Lint/Syntax`."""
    return read_as(name, output, request)


def read_as(tool: str, output: Output, request: Request) -> Report:
    """The same for `tool`, which prints as RuboCop does. Raises nothing."""
    # From which severity on it says 1 is for the settings to say.
    report = rows.only_given(rows.report(output, request, tool, _rows, red=(0, 1)), request)
    if report.reason:
        return report
    said = json.loads(output.stdout)["summary"]
    # A file that could not be read counts as a target, not as inspected.
    if (inspected := said["inspected_file_count"]) != said["target_file_count"]:
        return Report((), 0, f"looked at {inspected} of {said['target_file_count']} files")
    return report._replace(looked_at=int(inspected))


def _rows(output: Output) -> Iterator[Row]:
    for file in json.loads(output.stdout)["files"]:
        for row in file["offenses"]:
            place = row["location"]
            line, column = place["line"], place["column"]
            end = (place.get("last_line") or line, int(place.get("last_column") or column) + 1)
            yield Row(row["cop_name"], file["path"], line, column, row["message"], *end)
