"""What a project's own linters say of a text: a defect of one check is no place for a finding of another."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

_ESLINT_SETTINGS = (
    *("eslint.config.js", "eslint.config.mjs", "eslint.config.cjs", "eslint.config.ts", "eslint.config.mts"),
    *(".eslintrc", ".eslintrc.js", ".eslintrc.cjs", ".eslintrc.json", ".eslintrc.yml", ".eslintrc.yaml"),
)


class Said(NamedTuple):
    """A finding: the rule as the tool calls it, its line, and what stands there."""

    rule: str
    line: int
    text: bytes


def adds(root: Path, path: str, before: bytes, after: bytes) -> list[Said]:
    """What its linter says of `after` and not of `before`; nothing where nobody looks at the file."""
    asked = (ruff,) if path.endswith(".py") else (eslint, biome)
    known = Counter((one.rule, one.text) for ask in asked for one in ask(root, path, before))
    found = []
    for one in (one for ask in asked for one in ask(root, path, after)):
        known[one.rule, one.text] -= 1
        if known[one.rule, one.text] < 0:
            found.append(one)
    return found


def _said(data: bytes, rows: Iterable[tuple[str, int]]) -> tuple[Said, ...]:
    lines = data.splitlines()
    return tuple(Said(rule, line, lines[line - 1].strip() if 0 < line <= len(lines) else b"") for rule, line in rows)


@lru_cache(maxsize=64)
def ruff(root: Path, path: str, data: bytes) -> tuple[Said, ...]:
    """What ruff finds in a file with this content, by the settings that hold for it."""
    own = _holding(_above(root, path), (".venv/bin/ruff",))
    program = str(own / ".venv/bin/ruff") if own else shutil.which("ruff")
    if program is None:
        return ()
    argv = [program, "check", "--no-fix", "--no-cache", "--force-exclude", "--output-format=json"]
    rows = _json([*argv, f"--stdin-filename={path}", "-"], root, data)
    found = rows if isinstance(rows, list) else []
    return _said(data, [(f"ruff:{row['code']}", row["location"]["row"]) for row in found])


@lru_cache(maxsize=64)
def eslint(root: Path, path: str, data: bytes) -> tuple[Said, ...]:
    """The same for ESLint, where the project has it."""
    folder = eslint_folder(root, path)
    if folder is None:
        return ()
    program, top = folder
    rows = _json([program, "--stdin", f"--stdin-filename={root / path}", "--format=json"], top, data)
    messages = [one for row in rows for one in row["messages"]] if isinstance(rows, list) else []
    messages = [one for one in messages if one.get("ruleId") or "ignore" not in one["message"]]
    return _said(data, [(f"eslint:{one['ruleId']}", one.get("line") or 0) for one in messages])


@lru_cache(maxsize=64)
def biome(root: Path, path: str, data: bytes) -> tuple[Said, ...]:
    """The same for Biome, which has to find the text in its file: it is put there, and taken away again."""
    top = _holding(_above(root, path), ("node_modules/.bin/biome",))
    if top is None:
        return ()
    place = root / path
    kept = place.read_bytes()
    place.write_bytes(data)
    try:
        found = _json([str(top / "node_modules/.bin/biome"), "lint", "--reporter=json", path], root, b"")
    finally:
        place.write_bytes(kept)
    rows = found.get("diagnostics", ()) if isinstance(found, dict) else ()
    rows = [(row["category"], row["location"].get("span") or [0]) for row in rows if row["severity"] != "information"]
    return _said(data, [(f"biome:{name.split('/')[-1]}", data.count(b"\n", 0, span[0]) + 1) for name, span in rows])


def eslint_folder(root: Path, path: str) -> tuple[str, Path] | None:
    """The ESLint that looks at a file, and where it is started: as the product does, beside the nearest settings."""
    above = _above(root, path)
    program = next((found for top in above if (found := top / "node_modules/.bin/eslint").exists()), None)
    if program is None:
        return None
    settings = _holding(above, _ESLINT_SETTINGS)
    return str(program), settings or program.parents[2]


def switched_on(root: Path, path: str) -> frozenset[str]:
    """The rules of ESLint that hold for a file, as ESLint says."""
    folder = eslint_folder(root, path)
    if folder is None:
        return frozenset()
    program, top = folder
    found = _json([program, "--print-config", str(root / path)], top, b"")
    rules: Mapping[str, Any] = found.get("rules", {}) if isinstance(found, dict) else {}
    levels = {name: value[0] if isinstance(value, list) else value for name, value in rules.items()}
    return frozenset(name for name, level in levels.items() if level not in (0, "off"))


def _above(root: Path, path: str) -> list[Path]:
    """The folders that hold a file, the nearest first, up to the root."""
    return [top for top in (root / path).parents if top == root or root in top.parents]


def _holding(folders: Iterable[Path], names: Iterable[str]) -> Path | None:
    return next((folder for folder in folders if any((folder / name).exists() for name in names)), None)


def _json(argv: list[str], folder: Path, data: bytes) -> Any:
    done = subprocess.run(argv, cwd=folder, input=data, capture_output=True, check=False)
    try:
        return json.loads(done.stdout)
    except ValueError:
        return None
