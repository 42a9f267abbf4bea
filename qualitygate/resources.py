"""Where the data that ships with the package lies, in a wheel and in a checkout alike."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Literal

from qualitygate.errors import QualityGateError

if TYPE_CHECKING:
    from importlib.abc import Traversable

Kind = Literal["playbooks", "hooks", "templates"]


def data_dir(kind: Kind) -> Traversable:
    """The folder of that kind; raises QualityGateError when the installation lost it."""
    package = files("qualitygate")
    installed = package / "_data" / kind
    if installed.is_dir():
        return installed
    # A checkout or an editable install: beside the package, and only where our own metadata lies too,
    # because beside an installed package lie other people's packages.
    from pathlib import Path

    checkout = Path(str(package)).parent
    beside = checkout / kind
    if (checkout / "pyproject.toml").is_file() and beside.is_dir():
        return beside
    raise QualityGateError(
        f"the installation is incomplete: no {kind} folder", hint="install `qualitygate-toolkit` again"
    )


def read(kind: Kind, *parts: str) -> bytes | None:
    """The bytes of one shipped file, or None where there is no such file."""
    found = data_dir(kind)
    for part in parts:
        found = found / part
    return found.read_bytes() if found.is_file() else None
