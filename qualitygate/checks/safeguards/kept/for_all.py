"""A `conftest.py` that switches tests off for all files beside and below it."""

from __future__ import annotations

from collections.abc import Iterator

from qualitygate.checks.safeguards.inventory.case import Held
from qualitygate.checks.safeguards.kept.loss import Loss
from qualitygate.checks.safeguards.kept.pairing import last_part
from qualitygate.checks.safeguards.kept.sides import Sides

_HOOKS = {
    "pytest_collection_modifyitems": (
        "skip",
        "xfail",
        "items[:]",
        "items.clear",
        "items.remove",
        "del items",
        "deselect",
    ),
    "pytest_ignore_collect": ("return True", "return not", "return path", "return collection_path"),
    "pytest_runtest_setup": ("skip", "xfail"),
    "pytest_runtest_call": ("skip", "xfail"),
    "pytest_runtest_makereport": ("passed", "outcome ="),
    "pytest_sessionfinish": ("exitstatus = 0", "exitstatus=0"),
}
_LISTS = ("collect_ignore", "collect_ignore_glob")


def for_all(sides: Sides) -> Iterator[Loss]:
    """What a new or changed hook of pytest, or a longer list of files to ignore, takes out of the run."""
    before = {(placed.path, placed.case.source) for placed in sides.base.others}
    for placed in sides.head.others:
        name, source = last_part(placed.case.id), placed.case.source
        if not placed.path.endswith("conftest.py") or (placed.path, source) in before:
            continue
        found = next((word for word in _HOOKS.get(name, ()) if word in source), "")
        if found:
            rule = "skipped-conditionally" if " if " in source else "skipped"
            said = f"`{name}` in {placed.path} may switch off tests of all files beside and below it: `{found}`"
            yield Loss(rule, placed.path, placed.case.line, f"{placed.path}::{name}", said)
    for path, held in sides.head.files.items():
        for name in _LISTS if path.endswith("conftest.py") else ():
            if held.tables.get(name, 0) > sides.base.files.get(path, Held()).tables.get(name, 0):
                yield Loss("uncollected", path, 1, f"{path}::{name}", f"`{name}` of {path} leaves out more files")
