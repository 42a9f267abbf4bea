"""Options that several commands have."""

from __future__ import annotations

from pathlib import Path

import click

PATH = click.argument("path", type=click.Path(path_type=Path), default=".")
JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
COLOR = click.option(
    "--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Colour the output."
)
NO_COLOR = click.option("--no-color", is_flag=True, help="The same as --color never.")
QUIET = click.option("--quiet", "-q", is_flag=True, help="Print how it ends, and nothing on the way.")
