"""A `conftest.py` that switches tests off for all files beside and below it, where no runner tells what ran."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from qualitygate.checks.safeguards.inventory.places import is_test
from qualitygate.checks.safeguards.kept.loss import Loss
from qualitygate.checks.safeguards.kept.pairing import last_part
from qualitygate.checks.safeguards.kept.sides import Sides
from qualitygate.checks.safeguards.protocol import Pair

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
}
_LYING = {
    "pytest_runtest_makereport": ("passed", "outcome ="),
    "pytest_runtest_logreport": ("passed", "outcome ="),
    "pytest_report_teststatus": ("passed",),
    "pytest_runtest_call": ("except", "suppress("),
    "pytest_runtest_protocol": ("return True",),
    "pytest_pyfunc_call": ("return True", "except", "suppress("),
    "pytest_sessionfinish": ("exitstatus = 0", "exitstatus=0", "_exit("),
    **dict.fromkeys(("pytest_unconfigure", "pytest_configure", "pytest_sessionstart"), ("_exit(", "sys.exit(0")),
}
"""Hooks that let a test pass that fails, which a runner does not tell."""
_LISTS = ("collect_ignore", "collect_ignore_glob")


_RUNNER = "pytest"


def for_all(pair: Pair, sides: Sides, options: Mapping[str, Any]) -> Iterator[Loss]:
    """What a new or changed hook of pytest, or a list of files to ignore, takes out of the run, as the text shows."""
    for path in sorted(pair.changed):
        entry, old = pair.head.get(path), pair.base.get(path)
        if path.rpartition("/")[2] == "conftest.py" and entry and not entry.is_file and (old is None or old.is_file):
            said = f"{path} is a link now: what it does to the tests beside and below it is written elsewhere"
            yield Loss("tolerance", path, 1, path, said)
    before = {(placed.path, placed.case.source) for placed in sides.base.others}
    fresh = [
        one
        for one in sides.head.others
        if one.path.endswith("conftest.py") and (one.path, one.case.source) not in before
    ]
    for placed in fresh:
        name, source = last_part(placed.case.id), placed.case.source
        found = next((word for word in _LYING.get(name, ()) if word in source), "")
        if found:
            said = f"`{name}` in {placed.path} may let tests pass that fail: `{found}`"
            yield Loss("tolerance", placed.path, placed.case.line, f"{placed.path}::{name}", said)
    if _RUNNER in pair.runners:
        return  # it knows the rest
    for placed in fresh:
        name, source = last_part(placed.case.id), placed.case.source
        found = next((word for word in _HOOKS.get(name, ()) if word in source), "")
        if found:
            rule = "skipped-conditionally" if " if " in source else "skipped"
            said = f"`{name}` in {placed.path} may switch off tests of all files beside and below it: `{found}`"
            yield Loss(rule, placed.path, placed.case.line, f"{placed.path}::{name}", said)
    for path in sides.head.files:
        if path.rpartition("/")[2] == "conftest.py":
            for name, file in _left_out(pair, path, options):
                yield Loss("uncollected", path, 1, f"{path}::{name}", f"`{name}` of {path} leaves out {file}")


def _left_out(pair: Pair, path: str, options: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The first file of tests that each list newly leaves out."""
    old, new = _lists(pair.read_base(path)), _lists(pair.read_head(path))
    folder = path[: path.rfind("/") + 1]
    for name in _LISTS:
        came = new.get(name, frozenset()) - old.get(name, frozenset())
        there = (one for one in sorted(pair.head) if came and one.startswith(folder) and one in pair.base)
        files = (one for one in there if any(_meets(name, item, one[len(folder) :]) for item in came))
        if file := next((one for one in files if is_test(one, options) and one != path), ""):
            yield name, file


def _meets(name: str, item: str, path: str) -> bool:
    if name == "collect_ignore_glob":
        return fnmatchcase(path, item)
    return path == item or path.startswith(f"{item.rstrip('/')}/")


def _lists(data: bytes | None) -> dict[str, frozenset[str]]:
    """What the lists of a file name literally."""
    import ast

    try:
        statements = ast.parse(data or b"").body
    except (SyntaxError, ValueError):
        return {}
    found: dict[str, frozenset[str]] = {}
    for one in statements:
        match one:
            case ast.Assign(targets=[ast.Name(str() as name)], value=ast.List(elts=items) | ast.Tuple(elts=items)):
                values = (item.value for item in items if isinstance(item, ast.Constant))
                found[name] = frozenset(value for value in values if isinstance(value, str))
    return found
