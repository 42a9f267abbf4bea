"""Results of tools, kept by the content of everything they depend on.

What a tool says of single files is kept per file, in shards: a commit of one file reads and writes one small
document, whatever the size of the repository. SQLite, which would do the same, costs a hook 15 ms to import.
"""

from __future__ import annotations

import os
from binascii import crc32
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from qualitygate.gate.state import digest, read_json, write_json
from qualitygate.model import Finding, Outcome, Report

_PER_FOLDER = 24
"""256 folders of this many results of whole trees bound those at some 6,000."""
_SHARDS = 256
_PATHS = 400
"""Paths of one shard: all files of a tree of 100,000."""
_CONTENTS = 4
"""Contents of one path: those of a few branches."""
_GROUPS = 48
"""Sets of shards. One is for one check with one version, one configuration and one environment."""
_FINDINGS = 2000
"""A file with more is looked at again."""
_SUITES = 64
"""Trees of which it is kept how each test fared: of a large project a few megabytes each."""
_TYPES = (str, str, str, int, int, int, int, str, str, str, str, str, bool)


def _path(shared: Path, key: str) -> Path:
    return shared / "cache" / key[:2] / f"{key}.json"


def get(shared: Path, key: str) -> Report | None:
    """The report kept under this key, or None."""
    found = read_json(_path(shared, key))
    try:
        report = _report(found["looked_at"], found["findings"])
        return report._replace(tests=_outcomes(read_json(_suite(shared, key)))) if "tests" in found else report
    except (TypeError, KeyError, ValueError, AttributeError):
        return None


def put(shared: Path, key: str, report: Report) -> None:
    """Keep a complete report; an incomplete one proves nothing and is never kept."""
    if report.reason:
        return
    path = _path(shared, key)
    row: dict[str, Any] = {"findings": report.findings, "looked_at": report.looked_at}
    try:
        if report.tests is not None:
            place = _suite(shared, key)
            write_json(place, _rows_of(report.tests), lasting=False)
            _prune(place.parent, _SUITES)
            row["tests"] = len(report.tests)
        write_json(path, row, lasting=False)
        _prune(path.parent, _PER_FOLDER)
    except OSError:
        pass  # an unwritable cache costs time, not truth


def _suite(shared: Path, key: str) -> Path:
    return shared / "cache" / "suites" / f"{key}.json"


def _rows_of(tests: Iterable[Outcome]) -> dict[str, list[Any]]:
    """By path; of a test that passed, as nearly all do, no more than its name."""
    rows: dict[str, list[Any]] = {}
    for one in tests:
        rows.setdefault(one.path, []).append(one.name if one.state == "passed" else list(one[1:]))
    return rows


def _outcomes(rows: Any) -> tuple[Outcome, ...]:
    """Raises TypeError, or AttributeError, for what is not of ours: then nothing is known, of its findings neither."""
    return tuple(
        Outcome(path, row, "passed") if isinstance(row, str) else Outcome(path, *row)
        for path, some in rows.items()
        for row in some
    )


def _report(looked_at: Any, rows: Any) -> Report:
    """Raises TypeError for what is no report of ours."""
    findings = tuple(Finding(*row) for row in rows)
    if type(looked_at) is not int or any(tuple(map(type, one)) != _TYPES for one in findings):
        raise TypeError
    return Report(findings, looked_at)


def _prune(folder: Path, most: int) -> None:
    if len(os.listdir(folder)) <= most:
        return
    kept = sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime)
    for path in kept[:-most]:
        path.unlink(missing_ok=True)


def _shard(shared: Path, key: str, number: int) -> Path:
    return shared / "cache" / "files" / key / f"{number:02x}.json"


def _by_shard(paths: Iterable[str]) -> Mapping[int, list[str]]:
    found: dict[int, list[str]] = {}
    for path in paths:
        found.setdefault(crc32(os.fsencode(path)) % _SHARDS, []).append(path)
    return found


def _rows(shared: Path, key: str, number: int) -> dict[str, list[Any]]:
    """What a shard holds: path to rows of content, files looked at, findings. One of another key holds nothing."""
    found = read_json(_shard(shared, key, number))
    if not isinstance(found, dict) or found.get("key") != key or not isinstance(found.get("files"), dict):
        return {}
    return {path: rows for path, rows in found["files"].items() if isinstance(rows, list)}


def get_files(shared: Path, key: str, contents: Mapping[str, str]) -> dict[str, Report]:
    """What is known of single files with these contents (mode and blob); `key` is for all else that it depends on."""
    found = {}
    for number, paths in _by_shard(contents).items():
        rows = _rows(shared, key, number)
        for path in paths:
            for row in rows.get(path, ()):
                try:
                    content, looked_at, findings = row
                    if content == contents[path]:
                        report = _report(looked_at, findings)
                        if all(one.path == path for one in report.findings):
                            found[path] = report
                except (TypeError, ValueError):
                    continue
    return found


def put_files(shared: Path, key: str, contents: Mapping[str, str], reports: Mapping[str, Report]) -> None:
    """Keep what was found in single files."""
    fresh = {path: one for path, one in reports.items() if not one.reason and len(one.findings) <= _FINDINGS}
    try:
        for number, paths in _by_shard(fresh).items():
            place = _shard(shared, key, number)
            is_first = not place.parent.exists()
            rows = _rows(shared, key, number)
            for path in paths:
                had = [row for row in rows.pop(path, ()) if row[:1] != [contents[path]]]
                report = fresh[path]
                rows[path] = [*had[1 - _CONTENTS :], [contents[path], report.looked_at, report.findings]]
            kept = dict(list(rows.items())[-max(_PATHS, len(paths)) :])
            write_json(place, {"key": key, "files": kept}, lasting=False)
            if is_first:
                _prune_groups(place.parent.parent)
    except (OSError, TypeError):
        pass


def _prune_groups(folder: Path) -> None:
    groups = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime)
    for group in groups[:-_GROUPS]:
        for path in group.iterdir():
            path.unlink(missing_ok=True)
        group.rmdir()


def known_paths(shared: Path, key: str, paths: Iterable[str]) -> set[str]:
    """Those of some paths of which some content is known under the key."""
    shards = _by_shard(paths).items()
    return {path for number, some in shards for path in set(some) & set(_rows(shared, key, number))}


def last_basis(shared: Path, check: str) -> Mapping[str, str] | None:
    """What `note_basis` was told last of a check; None for nothing."""
    found = read_json(shared / "cache" / "last" / f"{digest(check)}.json")
    return found if isinstance(found, dict) else None


def note_basis(shared: Path, check: str, basis: Mapping[str, str]) -> None:
    """Remember what a result of the check depended on besides its files: only to say why one is not known."""
    if last_basis(shared, check) == basis:
        return
    try:
        write_json(shared / "cache" / "last" / f"{digest(check)}.json", basis, lasting=False)
    except OSError:
        pass
