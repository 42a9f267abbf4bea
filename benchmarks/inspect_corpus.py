"""Compares inspection with a corpus of right answers: right, wrong and missing per field and repository.

    python benchmarks/inspect_corpus.py CORPUS.json CHECKOUTS

CORPUS.json is a list of objects: `repo` (owner/name) and the keys of `inspect --json`. CHECKOUTS holds a
clone per repository, named as the last part of `repo`; a folder `<name>-ok` is preferred. The clones
are only read. Names are compared without what stands in parentheses and without versions.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from qualitygate.inspection.facts import to_json
from qualitygate.inspection.inspect import inspect

SCALARS = ("tracked_files", "primary_language", "secondary_language", "build_system")
NAMED = (
    *("package_managers", "test_frameworks", "linters", "formatters", "type_checkers"),
    *("hook_managers", "task_runners", "ci"),
)
LISTS = (
    *("frameworks", "source_roots", "test_roots", "first_party_packages", "generated_or_vendored_paths"),
    *("dockerfiles", "submodules"),
)
_DETAILED = ("linters", "type_checkers")
_COMMENT = re.compile(r"\s*\(.*\)\s*$|\s+v?\d[\w.]*(?=\s|$)")


class Score(NamedTuple):
    """One field of one repository: entries that agree, that should not be there, and that are absent."""

    field: str
    right: int
    wrong: tuple[str, ...]
    missing: tuple[str, ...]


def compare(expected: dict[str, Any], found: dict[str, Any]) -> Iterator[Score]:
    """One score per field of the corpus entry."""
    for field in SCALARS:
        if field in expected:
            yield _sets(field, {str(expected[field])}, {str(found[field])})
    yield _sets("languages", _languages(expected), _languages(found))
    yield _sets("min_runtime", _pairs(expected["min_runtime"]), _pairs(found["min_runtime"]))
    for field in NAMED:
        yield _sets(field, {_plain(e["name"]) for e in expected[field]}, {_plain(e["name"]) for e in found[field]})
        yield _files(f"{field}.files", expected[field], found[field])
    for field in LISTS:
        yield _sets(field, {_plain(e) for e in expected[field]}, {_plain(e) for e in found[field]})
    for field, key in (("symlinks", "symlinks"), ("files_over_1MB", "files_over_1mb")):
        if field in expected.get("hazards", {}):
            yield _sets(f"hazards.{key}", set(expected["hazards"][field]), set(found["hazards"][key]))
    for field in ("select", "strict"):
        stated = {_plain(e["name"]) for key in _DETAILED for e in expected[key] if field in e}
        yield _sets(f"detail.{field}", _details(expected, field, stated), _details(found, field, stated))


def _plain(name: str) -> str:
    return _COMMENT.sub("", name).strip().lower()


def _languages(document: dict[str, Any]) -> set[str]:
    return {f"{name} {size['files']} {size['lines']}" for name, size in document["languages"].items()}


def _pairs(table: dict[str, Any]) -> set[str]:
    return {f"{key} {value}".partition(" (")[0] for key, value in table.items()}


def _details(document: dict[str, Any], key: str, stated: set[str]) -> set[str]:
    """Settings of the tools for which the corpus states them; where it is silent, an answer is no error."""
    return {
        f"{name} {entry[key]}"
        for field in _DETAILED
        for entry in document[field]
        if key in entry and (name := _plain(entry["name"])) in stated
    }


def _files(field: str, expected: list[dict[str, Any]], found: list[dict[str, Any]]) -> Score:
    """Files that the corpus names as evidence; further evidence is no error."""
    have = {_plain(e["name"]): set(e["files"]) for e in found}
    wanted = {(_plain(e["name"]), file) for e in expected for file in e["files"]}
    absent = sorted(f"{name}: {file}" for name, file in wanted if name in have and file not in have[name])
    return Score(field, sum(name in have and file in have[name] for name, file in wanted), (), tuple(absent))


def _sets(field: str, expected: set[str], found: set[str]) -> Score:
    return Score(field, len(expected & found), tuple(sorted(found - expected)), tuple(sorted(expected - found)))


def main(corpus: Path, checkouts: Path) -> int:
    """Print the comparison; 1 when no repository of the corpus is there."""
    totals: dict[str, list[int]] = {}
    done = 0
    for expected in json.loads(corpus.read_text(encoding="utf-8")):
        name = expected["repo"].rpartition("/")[2]
        folder = next((f for f in (checkouts / f"{name}-ok", checkouts / name) if f.is_dir()), None)
        if folder is None:
            print(f"{expected['repo']}: no checkout")
            continue
        start = time.perf_counter()
        found = to_json(inspect(folder))
        print(f"{expected['repo']}: {time.perf_counter() - start:.2f} s")
        done += 1
        for score in compare(expected, found):
            total = totals.setdefault(score.field, [0, 0, 0])
            for at, count in enumerate((score.right, len(score.wrong), len(score.missing))):
                total[at] += count
            for label, names in (("wrong", score.wrong), ("missing", score.missing)):
                if names:
                    print(f"  {score.field:<28} {label:<8} {', '.join(names)}")
    print(f"\n{'field':<36} right wrong missing")
    for field, (right, wrong, missing) in totals.items():
        print(f"{field:<36} {right:>5} {wrong:>5} {missing:>7}")
    sums = [sum(row[at] for row in totals.values()) for at in range(3)]
    print(f"{'all':<36} {sums[0]:>5} {sums[1]:>5} {sums[2]:>7}")
    return 0 if done else 1


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: inspect_corpus.py CORPUS.json CHECKOUTS")
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
