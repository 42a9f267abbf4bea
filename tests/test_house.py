from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

from qualitygate.checks.catalogue import TOOLS
from qualitygate.config import FILE_NAME, compile_policy
from tests.checkout import DATA, ROOT, files_below

PACKAGE = ROOT / "qualitygate"
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path.stat().st_size)
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "playbooks").rglob("*.md")])


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_says_in_one_line_what_it_is_and_stays_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    docstring = ast.get_docstring(ast.parse(text))
    assert docstring
    assert len(docstring.splitlines()[0]) <= 120
    assert len(text.splitlines()) <= 500
    assert path.stem not in {"utils", "helpers", "manager", "common", "misc"}


@pytest.mark.parametrize("kind", DATA)
def test_data_folders_hold_data(kind: str) -> None:
    files = files_below(ROOT / kind)
    assert files
    # The test of a rule is Python for the rule to look at; nobody imports it.
    assert not [path for path in files if path.endswith((".py", ".pyc")) and "/rules/" not in path]


def test_only_the_modules_of_git_start_git() -> None:
    for path in MODULES:
        if path.name not in ("git.py", "git_config.py"):
            assert not re.search(r"""\[\s*["']git["']\s*,""", path.read_text(encoding="utf-8")), path


def test_our_own_settings_are_valid_and_check_what_we_ask_of_others() -> None:
    policy = compile_policy((ROOT / FILE_NAME).read_bytes(), file=FILE_NAME, tools=tuple(TOOLS))
    assert {"ruff", "ruff-format", "mypy", "syntax", "secrets"} <= {check["name"] for check in policy["checks"]}
    assert not [check for check in policy["checks"] if check["policy"] == "shown"]


def test_our_settings_begin_as_those_of_every_repository_do() -> None:
    template = (ROOT / "templates" / FILE_NAME).read_text()
    assert (ROOT / FILE_NAME).read_text().startswith(template)


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_links_lead_somewhere(path: Path) -> None:
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.S)
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
        if "://" not in target:
            assert (path.parent / target).exists(), target


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_named_files_of_ours_exist(path: Path) -> None:
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.S)
    for named in re.findall(r"`((?:qualitygate|tests|playbooks|hooks|templates|docs|benchmarks)/[\w./-]+)`", text):
        assert (ROOT / named).exists(), named


def test_the_ci_script_is_a_script_that_stops_at_the_first_error() -> None:
    script = ROOT / ".ci" / "run"
    assert "set -euo pipefail" in script.read_text()
    assert subprocess.run(["bash", "-n", script], check=False).returncode == 0
