"""What a project's own linters say of a text: a defect of one check is no place for a finding of another."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

_ESLINT_SETTINGS = (
    *("eslint.config.js", "eslint.config.mjs", "eslint.config.cjs", "eslint.config.ts", "eslint.config.mts"),
    *(".eslintrc", ".eslintrc.js", ".eslintrc.cjs", ".eslintrc.json", ".eslintrc.yml", ".eslintrc.yaml"),
)


def adds(root: Path, path: str, before: bytes, after: bytes) -> Counter[str]:
    """The rules of its linter that `after` breaks more often than `before`; none where nobody looks at the file."""
    ask = ruff if path.endswith(".py") else eslint
    return ask(root, path, after) - ask(root, path, before)


def is_silent(root: Path, path: str, before: bytes, after: bytes) -> bool:
    """Whether it says nothing of `after` that it did not say of `before`."""
    return not adds(root, path, before, after)


def ruff(root: Path, path: str, data: bytes) -> Counter[str]:
    """How often each rule of ruff is broken, by the settings that hold for the file."""
    own = _holding(_above(root, path), (".venv/bin/ruff",))
    program = str(own / ".venv/bin/ruff") if own else shutil.which("ruff")
    if program is None:
        return Counter()
    argv = [
        program,
        "check",
        "--no-fix",
        "--no-cache",
        "--force-exclude",
        "--output-format=json",
        f"--stdin-filename={path}",
        "-",
    ]
    rows = _json(argv, root, data)
    return Counter(str(row["code"]) for row in rows) if isinstance(rows, list) else Counter()


def eslint(root: Path, path: str, data: bytes) -> Counter[str]:
    """The same for ESLint, where the project has it."""
    folder = eslint_folder(root, path)
    if folder is None:
        return Counter()
    program, top = folder
    rows = _json([program, "--stdin", f"--stdin-filename={root / path}", "--format=json"], top, data)
    messages = [one for row in rows for one in row["messages"]] if isinstance(rows, list) else []
    return Counter(str(one["ruleId"]) for one in messages if one.get("ruleId") or "ignore" not in one["message"])


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
