"""The folder of a check: where its tool is started, and what its paths are relative to as far as the tool knows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

from qualitygate.checks.fixing import Fix
from qualitygate.model import Check, Report

_Value = TypeVar("_Value")


def root_of(check: Check) -> str:
    """The folder, relative to the repository's root; "" for that root itself."""
    root = str(check.options.get("root", "")).strip("/")
    return "" if root == "." else root


def within(root: str, path: str) -> str | None:
    """A path of the tree as the tool sees it; None for one that lies elsewhere."""
    if not root:
        return path
    return path[len(root) + 1 :] if path.startswith(f"{root}/") else None


def outward(root: str, path: str) -> str:
    """A path as the tool says it, in the tree."""
    return f"{root}/{path}" if root and path else path


def narrowed(root: str, files: Mapping[str, _Value]) -> Mapping[str, _Value]:
    """What lies in the folder, by the paths that the tool sees."""
    if not root:
        return files
    skip = len(root) + 1
    return {path[skip:]: value for path, value in files.items() if path.startswith(f"{root}/")}


def all_within(root: str, paths: Iterable[str]) -> Iterator[str]:
    """Those of some paths that lie in the folder, as the tool sees them."""
    return (inner for path in paths if (inner := within(root, path)) is not None)


def reading(root: str, read: Callable[[str], bytes | None]) -> Callable[[str], bytes | None]:
    """What reads files of a tree, by the paths that the tool sees."""
    return (lambda path: read(f"{root}/{path}")) if root else read


def named_in_tree(root: str, report: Report) -> Report:
    """A report with the paths of the tree."""
    if not root:
        return report
    found = tuple(one._replace(path=outward(root, one.path)) for one in report.findings)
    tests = report.tests and tuple(one._replace(path=outward(root, one.path)) for one in report.tests)
    over = tuple(outward(root, path) for path in report.passed_over)
    return report._replace(findings=found, tests=tests, passed_over=over)


def fixes_in_tree(root: str, fixes: Iterable[Fix]) -> tuple[Fix, ...]:
    """Fixes with the paths of the tree."""
    return tuple(one._replace(path=outward(root, one.path)) for one in fixes) if root else tuple(fixes)
