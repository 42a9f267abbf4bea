"""The document of `inspect --json` against its schema, closed: a key that the schema does not name fails."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from qualitygate.inspection.inspect import inspect
from qualitygate.reporters.facts import render_json, render_text
from tests.support import git, make_repo, write

ROOT = Path(__file__).resolve().parents[2]
SCHEMA: dict[str, Any] = json.loads((ROOT / "docs" / "inspect.schema.json").read_text(encoding="utf-8"))

LIBRARY = {
    "pyproject.toml": (
        '[project]\nname = "thing"\nrequires-python = ">=3.10,<3.14"\ndependencies = ["click"]\n'
        '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
        '[tool.ruff.lint]\nselect = ["E"]\n[tool.mypy]\nstrict = true\n[tool.coverage.report]\nfail_under = 90\n'
        '[tool.pyright]\ntypeCheckingMode = "strict"\n'
    ),
    "src/thing/__init__.py": "import click\n",
    "tests/test_a.py": "import pytest\n",
    ".pre-commit-config.yaml": (
        "repos:\n- repo: https://example.org/ruff-pre-commit\n  rev: v0.9.1\n"
        "  hooks:\n  - {id: ruff, args: [--fix]}\n  - {id: ruff-format}\n"
    ),
    ".github/workflows/ci.yml": "jobs:\n  a:\n    steps:\n    - run: coverage run -m pytest\n    - run: make lint\n",
    "Makefile": "lint:\n\truff check .\n",
    "Dockerfile": "FROM python:slim\n",
}
APPLICATION = {
    "requirements.txt": "flask==3.0\nflask-migrate\n",
    "app/__init__.py": "import flask, flask_migrate\n",
    "config.py": "x = 1\n",
    "tests.py": "import unittest\n",
    "migrations/script.py.mako": "",
    "migrations/versions/a1_first.py": "x = 1\n",
    "vendor/six.py": "x = 1\n",
    "package.json": '{"scripts": {"test": "jest"}, "devDependencies": {"jest": "1"}}',
}
OLD_MODULE = {
    "one.py": "x = 1\n",
    "setup.py": "from setuptools import setup\nsetup(name='one', py_modules=['one'])\n",
    "tox.ini": "[tox]\nenvlist = py27\n[testenv]\ncommands = py.test --doctest-modules one.py\n",
    ".travis.yml": "python: [2.7]\nscript: tox\n",
}
NOTEBOOKS = {
    "ch01/a.ipynb": '{"cells": []}\n' * 40,
    "ch01/a.py": "import torch\n",
    "pyproject.toml": '[project]\nname = "book"\ndependencies = ["torch"]\n[tool.uv]\ndev-dependencies = ["nbval"]\n',
}
MONOREPO = {
    "pyproject.toml": '[tool.uv.workspace]\nmembers = ["back/*"]\n',
    "uv.lock": '[[package]]\nname = "mypy"\nversion = "1.9.0"\n',
    "back/one/pyproject.toml": '[project]\nname = "one"\n[build-system]\nbuild-backend = "uv_build"\n',
    "back/one/src/one/__init__.py": "x = 1\n",
    "front/package.json": '{"dependencies": {"react": "1"}}',
    "front/src/a.tsx": "x\n" * 40,
}
BROKEN = {
    "pyproject.toml": "[project\n",
    "setup.py": "setup(\n",
    "tox.ini": "x\n",
    ".travis.yml": "a: [\n",
    "package.json": "{",
    "big.py": "x = 1\n" * 200_000,
}


def closed(schema: Any) -> Any:
    """The same schema, in which a table with named keys may hold no others."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: closed(value) for key, value in schema.items()}
    if found.get("type") == "object" and "properties" in found:
        found.setdefault("unevaluatedProperties", False)
    return found


def strict() -> dict[str, Any]:
    found: dict[str, Any] = closed(SCHEMA)
    del found["$defs"]["named"]["unevaluatedProperties"]  # some kinds add to it, and each of these is closed
    for part in found["properties"].values():
        for one in part.get("items", {}).get("allOf", ()):
            one.pop("unevaluatedProperties", None)
        if "items" in part and ("allOf" in part["items"] or part["items"].get("$ref") == "#/$defs/named"):
            part["items"]["unevaluatedProperties"] = False
    return found


def validated(root: Path) -> dict[str, Any]:
    text = render_json(inspect(root))
    document: dict[str, Any] = json.loads(text)
    jsonschema.Draft202012Validator(strict()).validate(document)
    text.encode("ascii")
    return document


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["required"] == list(SCHEMA["properties"])


@pytest.mark.parametrize(
    "files", [LIBRARY, APPLICATION, OLD_MODULE, NOTEBOOKS, MONOREPO, BROKEN, {}], ids=lambda files: str(len(files))
)
def test_the_document_is_what_its_schema_says(tmp_path: Path, files: Mapping[str, str]) -> None:
    document = validated(make_repo(tmp_path / "r", files))
    assert set(document) == set(SCHEMA["properties"])


def test_every_bare_name_has_its_evidence(tmp_path: Path) -> None:
    inner = make_repo(tmp_path / "inner", {"x.py": "x = 1\n"})
    root = make_repo(tmp_path / "r", {**LIBRARY, **APPLICATION})
    git(root, "submodule", "add", "-q", str(inner), "libs/inner")
    document = validated(root)
    evidence = document["evidence"]
    keys = {key for key in ("primary_language", "build_system") if document[key]}
    keys |= {f"min_runtime.{name}" for name, value in document["min_runtime"].items() if value}
    for key in ("frameworks", "first_party_packages", "generated_or_vendored_paths", "source_roots", "test_roots"):
        assert document[key], key
        keys |= {f"{key}.{name}" for name in document[key]}
    for key in ("dockerfiles", "submodules"):
        assert document[key], key
        keys |= {f"{key}.{name}" for name in document[key]}
    assert {key for key in keys if not evidence.get(key)} == set()
    assert set(evidence) == keys
    assert evidence["submodules.libs/inner"][0]["line"] == 2
    assert evidence["source_roots.src"] == [{"path": "src", "line": 0, "text": "1 source file"}]


def test_a_name_that_is_not_utf8_reaches_every_json_parser(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"package.json": '{"scripts": {"test": "jest \\ud800"}}'})
    folder = os.fsencode(root) + b"/caf\xe9"
    try:
        os.mkdir(folder)
    except OSError:
        pytest.skip("the file system refuses this name")
    write(Path(os.fsdecode(folder)), {"__init__.py": "", "Dockerfile": "FROM x\n"})
    git(root, "add", "-A")
    document = validated(root)
    assert document["source_roots"] == ["caf\\xe9"]
    assert "source_roots.caf\\xe9" in document["evidence"]
    json.dumps(document, ensure_ascii=False).encode("utf-8")
    render_text(inspect(root)).encode("utf-8")
