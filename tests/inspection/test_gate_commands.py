from __future__ import annotations

from pathlib import Path

import pytest

from qualitygate.inspection.facts import Facts, GateCommand
from qualitygate.inspection.inspect import inspect
from tests.support import make_repo

WORKFLOW = """\
name: CI
on: push
defaults: {run: {shell: bash}}
jobs:
  check:
    defaults:
      run:
        working-directory: backend
    steps:
      - uses: actions/checkout@v4
      - uses: crate-ci/typos@v1.2.3
      - name: Lint
        run: make lint
      - run: |
          set -e
          # a comment
          pytest -q \\
            tests
          ./scripts/check
        working-directory: other
      - run: curl https://example.org | sh
"""


def commands(facts: Facts) -> list[tuple[str, str, tuple[str, ...], str, int]]:
    return [(c.command, c.kind, c.tools, c.path, c.line) for c in facts.gate_commands]


def test_workflow_follows_entry_points(tmp_path: Path) -> None:
    root = make_repo(
        tmp_path / "r",
        {
            ".github/workflows/ci.yml": WORKFLOW,
            ".github/workflows/off.yml.disabled": WORKFLOW,
            "Makefile": "VAR := x\n.PHONY: lint\nlint: types\n\t@ruff check .\ntypes:\n\tmypy .\nclean:\n\trm -rf x\n",
            "scripts/check": "#!/bin/sh -e\nexport A=b\n${P}black --check .\n",
        },
    )
    facts = inspect(root)
    path = ".github/workflows/ci.yml"
    assert commands(facts) == [
        ("make lint", "lint", ("ruff", "mypy"), path, 13),
        ("pytest -q tests", "test", ("pytest",), path, 17),
        ("./scripts/check", "format", ("black",), path, 19),
        ("curl https://example.org | sh", "other", (), path, 21),
        ("make types", "type", ("mypy",), "Makefile", 3),
        ("ruff check .", "lint", ("ruff",), "Makefile", 4),
        ("mypy .", "type", ("mypy",), "Makefile", 6),
        ("${P}black --check .", "format", ("black",), "scripts/check", 3),
    ]
    assert [c.directory for c in facts.gate_commands][:4] == ["backend", "other", "other", "backend"]
    assert [c.name for c in facts.gate_commands][:2] == ["check: Lint", "check"]
    assert [f.name for f in facts.linters] == ["ruff", "typos"]
    assert [f.name for f in facts.task_runners] == ["make", "shell scripts"]
    assert [(f.name, f.files) for f in facts.ci] == [("GitHub Actions", (path,))]


def test_entry_points_that_call_each_other(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"Makefile": "a: b\n\tmypy x\nb: a\n\tpytest\n"})
    assert {c.kind for c in inspect(root).gate_commands} == {"test", "type"}


TOX_INI = """\
[tox]
envlist = py{27,36}, lint
[testenv]
commands =
    pytest {posargs}
    - coverage report
[testenv:lint]
commands = flake8 src
"""
TOX_TOML = """\
[tool.tox.env_run_base]
commands = [["pytest", "-v"]]
[tool.tox.env.types]
commands = [["mypy"], ["pyright", "--verifytypes", "x"]]
"""
NOX = """\
import nox
@nox.session(python="3.12")
def lint(session):
    session.install("ruff")
    session.run("ruff", "check", *session.posargs)
def helper(session):
    session.run("mypy")
"""
JUST = "set shell := ['bash']\nlint *args:\n    ruff check {{args}}\n@types:\n    mypy .\n"
LEFTHOOK = "pre-commit:\n  commands:\n    lint:\n      run: ruff check {staged_files}\n"
POE = '[tool.poe.tasks]\nlint = "ruff check ."\ntypes = {cmd = "mypy ."}\n'
PRE_COMMIT = """\
repos:
  - repo: https://github.com/astral-sh/ruff-pre-commit
    rev: v0.9.1
    hooks:
      - id: ruff
      - id: ruff-format
  - repo: local
    hooks:
      - {id: types, name: types, entry: uv run mypy, language: system}
"""


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        (
            "tox.ini",
            TOX_INI,
            [("pytest {posargs}", "test", 5), ("coverage report", "test", 6), ("flake8 src", "lint", 8)],
        ),
        (
            "pyproject.toml",
            TOX_TOML,
            [("pytest -v", "test", 2), ("mypy", "type", 4), ("pyright --verifytypes x", "type", 4)],
        ),
        ("noxfile.py", NOX, [("ruff check", "lint", 5)]),
        ("justfile", JUST, [("ruff check {{args}}", "lint", 3), ("mypy .", "type", 5)]),
        ("package.json", '{"scripts": {\n "lint": "eslint .",\n "dev": "vite"}}', [("eslint .", "lint", 2)]),
        ("pyproject.toml", POE, [("ruff check .", "lint", 2), ("mypy .", "type", 3)]),
        ("lefthook.yml", LEFTHOOK, [("ruff check {staged_files}", "lint", 4)]),
        (".husky/pre-commit", "#!/bin/sh\nset -e\nnpx eslint .\n", [("npx eslint .", "lint", 3)]),
        (
            ".pre-commit-config.yaml",
            PRE_COMMIT,
            [("ruff", "lint", 5), ("ruff-format", "format", 6), ("uv run mypy", "type", 9)],
        ),
        (
            ".gitlab-ci.yml",
            "test:\n  script:\n    - pytest\n    - mypy .\n",
            [("pytest", "test", 3), ("mypy .", "type", 4)],
        ),
        (".travis.yml", "python: [2.7]\nscript: python -m unittest\n", [("python -m unittest", "test", 2)]),
        (".circleci/config.yml", "jobs:\n  a:\n    steps:\n      - run: {command: pytest}\n", [("pytest", "test", 4)]),
    ],
)
def test_where_commands_are_read(tmp_path: Path, path: str, text: str, expected: list[tuple[str, str, int]]) -> None:
    found = inspect(make_repo(tmp_path / "r", {path: text})).gate_commands
    assert [(c.command, c.kind, c.line) for c in found] == expected
    assert {c.path for c in found} == {path}


def test_tox_runs_what_its_environments_run(tmp_path: Path) -> None:
    ci = "on: push\njobs:\n  a:\n    steps:\n      - run: tox\n      - run: tox -e types\n      - run: tox -e py312\n"
    root = make_repo(tmp_path / "r", {"pyproject.toml": TOX_TOML, ".github/workflows/ci.yml": ci})
    found = [c for c in inspect(root).gate_commands if c.runner == "github-actions"]
    assert [c.tools for c in found] == [("pytest", "mypy", "pyright"), ("mypy", "pyright"), ("pytest",)]


@pytest.mark.parametrize(
    "text",
    [
        "on: push\njobs: [a, b]\n",
        "on: push\njobs: {a: null, b: {steps: {run: x}}, c: {steps: [null, x, {run: [a]}]}}\n",
        "just a string\n",
        "- a\n- b\n",
        "",
    ],
)
def test_workflow_of_an_unexpected_shape(tmp_path: Path, text: str) -> None:
    facts = inspect(make_repo(tmp_path / "r", {".github/workflows/ci.yml": text}))
    assert (facts.gate_commands, facts.broken_configuration) == ((), ())


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (".pre-commit-config.yaml", "repos: {a: b}\n"),
        (".pre-commit-config.yaml", "repos: [{hooks: [1, {id: [x]}]}]\n"),
        ("package.json", '{"scripts": ["a"], "engines": 3, "workspaces": 1, "dependencies": ["react"]}'),
        ("pyproject.toml", 'project = 3\ntool = "x"\n'),
        (
            "pyproject.toml",
            "[project]\nname = 3\ndependencies = {a = 1}\nrequires-python = 3\n[tool]\nruff = 1\nmypy = []\n",
        ),
        (
            "pyproject.toml",
            "[tool.tox]\nenv = 3\n[tool.poe]\ntasks = [1]\n[tool.setuptools]\npackages = 3\npackage-dir = 1\n",
        ),
        ("pyproject.toml", "build-system = 1\ndependency-groups = [1]\n[tool.poetry]\ndependencies = [1]\ngroup = 3\n"),
        ("setup.cfg", "[options]\npackages\n[mypy]\nstrict\n"),
        ("setup.py", "setup(**x, packages=find_packages(*y), classifiers=3, install_requires=3, extras_require=[1])\n"),
        ("Pipfile", 'packages = 3\nrequires = "x"\n'),
        ("lefthook.yml", "pre-commit: [a]\n"),
        ("tox.ini", "[tox]\nenvlist\n[testenv]\ncommands\n"),
        ("Cargo.toml", "package = 3\n"),
    ],
)
def test_configuration_of_an_unexpected_shape(tmp_path: Path, path: str, text: str) -> None:
    facts = inspect(make_repo(tmp_path / "r", {path: text, "a.py": "x = 1\n"}))
    assert all(isinstance(c, GateCommand) for c in facts.gate_commands)
    assert facts.broken_configuration == ()
