"""TFLint: Terraform, by the rules and plugins that the project has chosen."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Literal

from qualitygate.checks.tool import Command, Reads, Request
from qualitygate.checks.tools import rows
from qualitygate.checks.tools.rows import CouldNot, Row
from qualitygate.model import Report
from qualitygate.process import Output

name = "tflint"
title = "TFLint"
scope: Literal["tree", "lines"] = "tree"
# It reads a folder as one module.
reads: Reads = "tree"
reach = "whole"
config_files: tuple[str, ...] = (".tflint.hcl", ".tflint.json")
package = "tflint"
masks = blanks = re.compile(r"\btflint-ignore(?:-file)?:")
ecosystem = "system"


def wants(path: str) -> bool:
    """Files that are Terraform's by name."""
    return path.endswith((".tf", ".tf.json"))


def executes(read: Callable[[str], bytes | None]) -> tuple[str, ...]:
    """Its settings, which name plugins."""
    return tuple(path for path in config_files if read(path) is not None)


def command(request: Request) -> Command:
    """TFLint in every folder; plugins must have been fetched before (`tflint --init`)."""
    return Command((request.executable, "--recursive", "--format=json"))


def parse(output: Output, request: Request) -> Report:
    """One finding per issue; what it calls an error means that it could not look."""
    return rows.report(output, request, name, _rows, red=(0, 1, 2))  # 0 where the settings say `force`


def _rows(output: Output) -> Iterator[Row]:
    said = json.loads(output.stdout)
    if said["errors"]:
        raise CouldNot(said["errors"][0]["message"])
    for row in said["issues"]:
        start, end = row["range"]["start"], row["range"]["end"]
        # What a whole module lacks has no place: it belongs where such things stand.
        place = (row["range"]["filename"] or "main.tf", start["line"], start["column"])
        yield Row(row["rule"]["name"], *place, row["message"], end["line"], end["column"])
