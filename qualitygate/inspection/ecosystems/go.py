"""go.mod and go.work: modules and the workspace that uses them."""

from __future__ import annotations

import re

from qualitygate.inspection.ecosystems.manifest import INDIRECT, Manifest, Workspace
from qualitygate.inspection.facts import Evidence, Fact
from qualitygate.inspection.requirements import Dependency
from qualitygate.inspection.sources import Sources, base_name

_MODULE = re.compile(r"^module[ \t]+\"?([^\s\"]+)", re.MULTILINE)
_GO = re.compile(r"^go[ \t]+(\d+\.\d+(?:\.\d+)?)", re.MULTILINE)
_BLOCK = re.compile(r"^(require|use|tool)[ \t]*\(([^()]*)\)", re.MULTILINE)
_SINGLE = re.compile(r"^(require|use|tool)[ \t]+([^(\s].*)$", re.MULTILINE)


def read(sources: Sources, path: str) -> Manifest | None:
    """One go.mod, or the go.work that lists several."""
    text = sources.text(path) or ""
    version = _GO.search(text)
    runtime = Fact(version[1], (sources.evidence(path, version[0]),)) if version else None
    rows = _rows(text)
    if base_name(path) == "go.work":
        used = tuple(row.split("//")[0].strip().strip('"') for keyword, row in rows if keyword == "use")
        workspace = Workspace("go.work", tuple(u for u in used if u))
        return Manifest("go", path, "", (), (("go", runtime),), workspace, describes=False)
    module = _MODULE.search(text)
    if module is None:
        return None
    dependencies = tuple(
        Dependency(row.split()[0], " ".join(row.split()[1:2]), INDIRECT if "// indirect" in row else "", Evidence(path))
        for keyword, row in rows
        if keyword == "require"
    )
    name = Fact(module[1], (sources.evidence(path, module[0]),))
    return Manifest("go", path, module[1], dependencies, (("go", runtime),), None, Fact("go", name.evidence), (name,))


def _rows(text: str) -> list[tuple[str, str]]:
    """Pairs of keyword and the rest of the line, for the short form and for blocks."""
    rows = [(keyword, row.strip()) for keyword, row in _SINGLE.findall(text)]
    for keyword, block in _BLOCK.findall(text):
        rows += [(keyword, row.strip()) for row in block.split("\n")]
    return [(keyword, row) for keyword, row in rows if row and not row.startswith("//")]
