from __future__ import annotations

from pathlib import Path

import pytest

from qualitygate.checks.catalogue import TOOLS
from qualitygate.checks.environment import load
from qualitygate.checks.tool import Project
from qualitygate.defaults import compile_any
from qualitygate.gate import judging
from qualitygate.gate.planning import Gate, open_gate
from qualitygate.model import Verdict
from tests.support import commit, git, make_environment, make_repo, write

CONFIG = """\
schema = 1

[checks.pytest]
environment = "project"
"""
PRODUCT = "def double(n):\n    return n * 2\n"
TESTS = """\
from product import double


def test_double():
    assert double(2) == 4


def test_old():
    assert double(2) == 5
"""


@pytest.fixture
def gate(tmp_path: Path) -> Gate:
    root = make_repo(
        tmp_path / "repo",
        {
            "qualitygate.toml": CONFIG,
            "product.py": PRODUCT,
            "test_product.py": TESTS,
            ".gitignore": ".venv/\n",
        },
    )
    environment = load(make_environment(root))
    opened = open_gate(root, TOOLS, compile_any)
    return opened._replace(project=lambda root: Project(environment))


def judged(gate: Gate) -> Verdict:
    return judging.judge_worktree(gate)


def names(verdict: Verdict) -> list[str]:
    return [finding.name for finding in verdict.new]


def test_a_test_that_failed_before_is_old_debt(gate: Gate) -> None:
    write(gate.repo.root, {"product.py": PRODUCT + "# more\n"})
    verdict = judged(gate)
    assert (verdict.status, verdict.known, verdict.new) == ("passed", 1, ())
    assert [(row.files, row.unit) for row in verdict.checks] == [(2, "test")]


def test_broken_product_code_is_found_by_the_test_that_passed(gate: Gate) -> None:
    write(gate.repo.root, {"product.py": PRODUCT.replace("* 2", "* 3")})
    verdict = judged(gate)
    assert (verdict.status, names(verdict)) == ("failed", ["test_double"])


def test_a_failure_of_old_that_moves_with_its_file_is_still_old(gate: Gate) -> None:
    git(gate.repo.root, "mv", "test_product.py", "test_renamed.py")
    verdict = judged(gate)
    assert (verdict.status, verdict.known) == ("passed", 1)


def test_a_module_that_only_the_work_tree_has_does_not_help(gate: Gate) -> None:
    root = gate.repo.root
    write(root, {"test_other.py": "import forgotten\n\n\ndef test_it():\n    assert forgotten\n", "forgotten.py": ""})
    git(root, "add", "test_other.py")
    verdict = judging.judge_index(gate, record=False)
    assert (verdict.status, names(verdict)) == ("failed", ["collection"])


def test_what_tests_write_stays_out_of_the_work_tree_and_of_the_next_run(gate: Gate) -> None:
    root = gate.repo.root
    commit(root, {"golden.txt": "old\n"})
    writing = """\
import pathlib


def test_clean():
    assert not pathlib.Path("left").exists()
    assert pathlib.Path("golden.txt").read_text() == "old\\n"
    pathlib.Path("left").mkdir()
    pathlib.Path("left/behind").write_text("x")
    pathlib.Path("golden.txt").write_text("new\\n")
"""
    write(root, {"test_writing.py": writing})
    first = judged(gate)
    assert (first.status, names(first)) == ("passed", [])
    write(root, {"test_writing.py": writing + "\n"})
    second = judged(gate)
    assert (second.status, names(second)) == ("passed", [])
    assert sorted(p.name for p in root.iterdir()) == [
        *(".git", ".gitignore", ".venv", "golden.txt", "product.py", "qualitygate.toml", "test_product.py"),
        "test_writing.py",
    ]


def test_a_flaky_test_is_shown_and_blocks_nobody(gate: Gate, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    once = f"import pathlib\n\n\ndef test_a():\n    mark = pathlib.Path({str(mark)!r})\n    seen = mark.exists()\n"
    write(gate.repo.root, {"test_flaky.py": f"{once}    mark.touch()\n    assert seen\n"})
    verdict = judged(gate)
    assert (verdict.status, [f.rule for f in verdict.shown]) == ("passed", ["pytest:flaky"])


def test_a_conftest_that_breaks_is_new_and_on_both_sides_nothing_ran(gate: Gate) -> None:
    root = gate.repo.root
    write(root, {"conftest.py": "import nowhere\n"})
    verdict = judged(gate)
    assert (verdict.status, names(verdict)) == ("failed", ["conftest"])
    commit(root, {"conftest.py": "import nowhere\n"})
    write(root, {"product.py": PRODUCT + "# more\n"})
    both = judged(gate._replace(base="HEAD"))
    assert both.status == "undecided"
    assert "conftest.py cannot be loaded" in both.undecided[0][1]


def test_only_prose_that_changed_runs_no_test(gate: Gate) -> None:
    write(gate.repo.root, {"README.md": "words\n"})
    verdict = judged(gate)
    assert (verdict.status, [row.files for row in verdict.checks]) == ("passed", [0])


def test_an_environment_that_nobody_trusted_makes_it_undecided(gate: Gate) -> None:
    write(gate.repo.root, {"product.py": PRODUCT + "# more\n"})
    verdict = judged(gate._replace(project=None))
    assert verdict.status == "undecided"
    assert "not trusted in this clone" in verdict.undecided[0][1]
