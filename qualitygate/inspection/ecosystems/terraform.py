"""Terraform: the version that a root configuration requires, and its providers."""

from __future__ import annotations

import re

from qualitygate.inspection.ecosystems.manifest import Manifest, at, stated
from qualitygate.inspection.facts import Evidence, Fact
from qualitygate.inspection.requirements import Dependency
from qualitygate.inspection.sources import Sources

_REQUIRED = re.compile(r"^[ \t]*required_version[ \t]*=[ \t]*\"([^\"\n]+)\"", re.MULTILINE)
_SOURCE = re.compile(r"^[ \t]*source[ \t]*=[ \t]*\"([\w-]+/[\w-]+)\"", re.MULTILINE)


def read(sources: Sources, path: str) -> Manifest | None:
    """The file that holds the `terraform` block."""
    text = sources.text(path) or ""
    if "terraform" not in text:
        return None
    required = _REQUIRED.search(text)
    runtime = stated(sources, path, required[1], "required_version") if required else None
    file = at(path.rpartition("/")[0], ".terraform-version")
    if runtime is None and file in sources.names:
        runtime = stated(sources, file, sources.text(file))
    needs = tuple(Dependency(name, "", "", Evidence(path)) for name in dict.fromkeys(_SOURCE.findall(text)))
    build = Fact("terraform", (Evidence(path),))
    return Manifest("terraform", path, "", needs, (("terraform", runtime),), build=build, describes=False)
