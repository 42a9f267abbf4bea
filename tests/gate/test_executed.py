"""Tests that passed must run: what the runner tells of both trees, with pytest itself."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from qualitygate.checks.catalogue import TOOLS
from qualitygate.checks.environment import load
from qualitygate.checks.running import NO_ANSWER
from qualitygate.checks.tool import Command, Project
from qualitygate.defaults import compile_any
from qualitygate.gate import executed, judging
from qualitygate.gate.base import Bases
from qualitygate.gate.planning import Gate, open_gate
from qualitygate.gate.trees import worktree_tree
from qualitygate.model import Base, Verdict
from qualitygate.process import Output
from tests.support import GIT_IDENTITY, commit, git, make_environment, make_repo, write

CONFIG = """\
schema = 1

[gate]
actor = "agent"
time_limit = 600

[checks.pytest]
environment = "project"

[checks.kept-tests]
"""
ZERO = "def test_zero():\n    n = 0\n    assert double(n) == n + n\n\n\n"
PRODUCT = "HAS_SHAPES = True\n\n\ndef double(n):\n    return n * 2\n"
TESTS = """\
import pytest
from product import double


def test_double():
    assert double(2) == 4


def test_zero():
    n = 0
    assert double(n) == n + n


@pytest.mark.parametrize("n", [1, 2, 3])
def test_each(n):
    assert double(n) == n + n
"""
SHAPES = """\
import helpers


def test_shape():
    helpers.need("shapes")
    assert helpers.shape() == "round"
"""
HELPERS = """\
def need(what):
    return what


def shape():
    return "round"
"""
FILES = {
    "qualitygate.toml": CONFIG,
    "product.py": PRODUCT,
    "tests/test_product.py": TESTS,
    "tests/test_shapes.py": SHAPES,
    "tests/helpers.py": HELPERS,
    "pyproject.toml": '[tool.pytest.ini_options]\npythonpath = ["."]\n',
    ".gitignore": ".venv/\n",
}


def opened(root: Path, files: Mapping[str, str] = FILES) -> Gate:
    environment = load(make_environment(make_repo(root, files)))
    return open_gate(root, TOOLS, compile_any)._replace(project=lambda root: Project(environment))


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gate]:
    """One repository for all, so that pytest itself is compiled once per snapshot."""
    home = tmp_path_factory.mktemp("shared")
    (home / ".gitconfig").write_text(GIT_IDENTITY)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME"):
            patch.setenv(name, str(home))
        made = opened(home / "repo")
    yield made


@pytest.fixture
def gate(shared: Gate) -> Iterator[Gate]:
    """The repository as it was, on a commit and in a work tree of its own making."""
    root = shared.repo.root
    start = git(root, "rev-parse", "HEAD")
    yield shared
    git(root, "reset", "-q", "--hard", start)
    git(root, "clean", "-fdq")


def judged(gate: Gate, files: Mapping[str, str | None]) -> Verdict:
    write(gate.repo.root, files)
    return judging.judge_worktree(gate)


def lost(verdict: Verdict, family: str = "tests:") -> list[tuple[str, str]]:
    return [(finding.rule, finding.name) for finding in verdict.lost if finding.rule.startswith(family)]


NOT_RUN = "tests:not-run"
SHAPE = [(NOT_RUN, "tests/test_shapes.py::test_shape")]
EVERY = [(NOT_RUN, f"tests/test_product.py::test_{name}") for name in ("double", "zero", "each")]


def test_a_change_that_keeps_all_tests_running_loses_nothing(gate: Gate) -> None:
    verdict = judged(gate, {"product.py": PRODUCT + "# more\n"})
    assert (verdict.status, verdict.lost, verdict.shown, verdict.notes) == ("passed", (), (), ())


def test_a_helper_that_skips_is_lost_with_what_the_runner_says(gate: Gate) -> None:
    skipping = HELPERS.replace("return what", "import pytest; pytest.skip('no ' + what)")
    verdict = judged(gate, {"tests/helpers.py": skipping})
    assert (verdict.status, lost(verdict)) == ("failed", SHAPE)
    (finding,) = verdict.lost
    assert (finding.path, finding.check, finding.direction) == ("tests/test_shapes.py", "pytest", "safeguard")
    assert finding.message == "test `test_shape` passed and does not run any more: skipped: no shapes"
    assert finding.fix


def test_a_test_that_is_expected_to_fail_while_it_runs_is_lost(gate: Gate) -> None:
    verdict = judged(gate, {"tests/helpers.py": HELPERS.replace("return what", "import pytest; pytest.xfail('later')")})
    assert lost(verdict) == SHAPE
    assert verdict.lost[0].message.endswith("xfail: later")


@pytest.mark.parametrize(
    "conftest",
    (
        'collect_ignore = ["test_shapes.py"]\n',
        'collect_ignore_glob = ["*shapes*"]\n',
        "def pytest_ignore_collect(collection_path):\n    return True if 'shapes' in collection_path.name else None\n",
        "def pytest_collection_modifyitems(items):\n    items[:] = [i for i in items if 'shape' not in i.name]\n",
        "def pytest_collection_modifyitems(config, items):\n    off = [i for i in items if 'shape' in i.name]\n"
        "    config.hook.pytest_deselected(items=off)\n    items[:] = [i for i in items if i not in off]\n",
    ),
)
def test_a_conftest_that_leaves_a_test_out_is_told(gate: Gate, conftest: str) -> None:
    verdict = judged(gate, {"tests/conftest.py": conftest})
    assert (verdict.status, lost(verdict)) == ("failed", SHAPE)
    assert "; the change touches tests/conftest.py" in verdict.lost[0].message


def test_a_conftest_that_skips_by_marking_is_told_with_its_reason(gate: Gate) -> None:
    marking = "import pytest\n\n\ndef pytest_collection_modifyitems(items):\n    for i in items:\n"
    marking += "        if 'shape' in i.name:\n            i.add_marker(pytest.mark.skip(reason='slow'))\n"
    verdict = judged(gate, {"tests/conftest.py": marking})
    assert lost(verdict) == SHAPE
    assert verdict.lost[0].message.endswith("skipped: slow")


@pytest.mark.parametrize(
    "line",
    (
        "addopts = \"-k 'not shape'\"",
        'addopts = "--deselect=tests/test_shapes.py::test_shape"',
        'addopts = "--ignore=tests/test_shapes.py"',
        'testpaths = ["tests/test_product.py"]',
        'python_files = ["test_prod*.py"]',
    ),
)
def test_settings_that_leave_a_test_out_are_told_though_no_test_changed(gate: Gate, line: str) -> None:
    verdict = judged(gate, {"pyproject.toml": f"{FILES['pyproject.toml']}{line}\n"})
    assert (verdict.status, lost(verdict)) == ("failed", SHAPE)
    assert "; the change touches pyproject.toml" in verdict.lost[0].message


def test_flags_of_the_check_that_leave_a_test_out_are_told(gate: Gate) -> None:
    flags = CONFIG.replace('"project"\n', '"project"\nflags = ["-k", "not shape"]\n')
    verdict = judged(gate, {"qualitygate.toml": flags})
    assert (verdict.status, lost(verdict)) == ("failed", SHAPE)


def test_many_tests_of_one_file_that_are_lost_for_one_reason_are_one_finding(gate: Gate) -> None:
    many = "".join(f"def test_{n}():\n    assert {n} < 9\n\n\n" for n in range(6))
    commit(gate.repo.root, {"tests/test_many.py": many})
    verdict = judged(gate._replace(base="HEAD"), {"tests/conftest.py": 'collect_ignore = ["test_many.py"]\n'})
    assert lost(verdict) == [(NOT_RUN, "tests/test_many.py")]
    assert verdict.lost[0].message.startswith("6 tests (`test_0`, `test_1`, `test_2` and 3 more) passed and do not run")


def test_an_early_exit_that_looks_green_is_told(gate: Gate) -> None:
    exits = "import pytest\n\n\ndef pytest_runtest_setup(item):\n    if 'shape' in item.name:\n"
    verdict = judged(gate, {"tests/conftest.py": f"{exits}        pytest.exit('enough', returncode=0)\n"})
    assert (verdict.status, lost(verdict)) == ("failed", SHAPE)


def test_an_exit_while_tests_are_collected_is_no_green(gate: Gate) -> None:
    verdict = judged(gate, {"tests/test_product.py": f"import sys\n\nsys.exit(0)\n{TESTS}"})
    assert verdict.status != "passed"


def test_a_module_that_skips_itself_through_a_helper_is_told(gate: Gate) -> None:
    skipping = HELPERS + "\n\ndef off():\n    import pytest\n    pytest.skip('not today', allow_module_level=True)\n"
    verdict = judged(
        gate,
        {"tests/helpers.py": skipping, "tests/test_shapes.py": SHAPES.replace("\n\n\n", "\nhelpers.off()\n\n\n", 1)},
    )
    assert lost(verdict) == SHAPE
    assert verdict.lost[0].message.endswith("skipped: not today")


def test_when_nothing_runs_any_more_each_file_is_told(gate: Gate) -> None:
    off = "import pytest\n\n\n@pytest.fixture(autouse=True)\ndef off():\n    pytest.skip('all')\n"
    verdict = judged(gate, {"tests/conftest.py": off})
    assert (verdict.status, sorted(lost(verdict))) == ("failed", sorted([*EVERY, *SHAPE]))


def test_a_condition_that_holds_here_is_told_though_the_text_leaves_it_open(gate: Gate) -> None:
    mark = "@pytest.mark.skipif('linux' in sys.platform or sys.platform, reason='os')"
    text = SHAPES.replace("def test", f"{mark}\ndef test")
    verdict = judged(gate, {"tests/test_shapes.py": f"import pytest, sys\n{text}"})
    assert lost(verdict) == SHAPE
    assert not [one for one in verdict.shown if one.rule == "tests:skipped-conditionally"], "said twice"


# What is said of the text is not said again


def test_a_skip_that_is_written_down_is_told_once(gate: Gate) -> None:
    text = TESTS.replace("def test_zero", '@pytest.mark.skip(reason="x")\ndef test_zero')
    verdict = judged(gate, {"tests/test_product.py": text})
    assert lost(verdict) == [("tests:skipped", "tests/test_product.py::test_zero")]


def test_a_test_that_is_taken_out_is_told_once(gate: Gate) -> None:
    text = TESTS.replace(ZERO, "")
    verdict = judged(gate, {"tests/test_product.py": text})
    assert lost(verdict) == [("tests:lost", "tests/test_product.py::test_zero")]


def test_a_file_that_is_renamed_out_of_sight_is_told_once(gate: Gate) -> None:
    git(gate.repo.root, "mv", "tests/test_product.py", "tests/product_cases.py")
    verdict = judged(gate, {})
    assert [rule for rule, _ in lost(verdict)] == ["tests:uncollected"]


def test_a_case_that_is_taken_out_of_a_list_is_told_once(gate: Gate) -> None:
    verdict = judged(gate, {"tests/test_product.py": TESTS.replace("[1, 2, 3]", "[1, 2]")})
    assert lost(verdict) == [("tests:tolerance", "tests/test_product.py::test_each")]


def test_a_file_that_cannot_be_collected_is_told_once(gate: Gate) -> None:
    verdict = judged(gate, {"tests/test_shapes.py": SHAPES.replace("import helpers", "import nowhere, helpers")})
    assert (verdict.status, lost(verdict)) == ("failed", [])
    assert [finding.rule for finding in verdict.new] == ["pytest:failed"]


# What is legitimate is no loss


@pytest.mark.parametrize(
    "text",
    (
        TESTS.replace("test_zero", "test_nothing"),
        TESTS.replace(ZERO, "").replace("1, 2, 3", "0, 1, 2, 3"),
        TESTS.replace("[1, 2, 3]", "[1, 2, 4]"),
        TESTS.replace("def test_double", "class TestAll:\n  def test_double").replace(
            "():\n    assert double(2)", "(self):\n    assert double(2)"
        ),
    ),
    ids=("renamed", "parametrised", "another-case", "into-a-class"),
)
def test_what_the_text_explains_is_no_loss(gate: Gate, text: str) -> None:
    verdict = judged(gate, {"tests/test_product.py": text})
    assert (verdict.status, lost(verdict)) == ("passed", [])


def test_tests_that_move_with_their_file_are_no_loss(gate: Gate) -> None:
    git(gate.repo.root, "mv", "tests/test_product.py", "tests/test_doubling.py")
    assert judged(gate, {}).status == "passed"


def test_a_subject_that_is_gone_takes_its_tests_along(gate: Gate) -> None:
    subject = "def half(n):\n    return n / 2\n"
    test = "from product import half\n\n\ndef test_half():\n    assert half(2) == 1\n"
    commit(gate.repo.root, {"product.py": f"{PRODUCT}\n\n{subject}", "tests/test_half.py": test})
    gate = gate._replace(base="HEAD")
    verdict = judged(gate, {"product.py": PRODUCT, "tests/test_half.py": None})
    assert (verdict.status, lost(verdict)) == ("passed", [])


def test_what_failed_or_was_skipped_before_may_stop_running(gate: Gate) -> None:
    off = "import pytest\n\n\ndef test_a():\n    {}\n"
    files = {"tests/test_off.py": off.format("pytest.skip('no')"), "tests/test_bad.py": off.format("assert 0")}
    commit(gate.repo.root, {**files, "tests/conftest.py": ""})
    ignoring = 'collect_ignore = ["test_off.py", "test_bad.py"]\n'
    verdict = judged(gate._replace(base="HEAD"), {"tests/conftest.py": ignoring})
    assert (verdict.status, lost(verdict)) == ("passed", [])


def test_a_service_that_is_down_now_takes_no_test_away(gate: Gate, tmp_path: Path) -> None:
    """It ran when the tree of base was judged; now it would be skipped there as well."""
    service = tmp_path / "service"
    service.touch()
    asking = f"import os, pytest\n\n\ndef test_it():\n    if not os.path.exists({str(service)!r}):\n"
    asking += "        pytest.skip('down')\n"
    commit(gate.repo.root, {"tests/test_service.py": asking})
    gate = gate._replace(base="HEAD")
    assert judged(gate, {"product.py": PRODUCT + "# 1\n"}).status == "passed"
    git(gate.repo.root, "commit", "-qam", "one", "--no-verify")
    service.unlink()
    verdict = judged(gate, {"product.py": PRODUCT + "# 2\n"})
    assert (verdict.status, lost(verdict)) == ("passed", [])


# Cases that no text lists

TEST_N = "import pytest\n{}\n\n\n@pytest.mark.parametrize('n', {})\ndef test_n(n):\n    assert n < 9\n"


def test_a_case_that_a_function_no_longer_gives_is_lost(gate: Gate) -> None:
    cases = "def cases():\n    return list(range({}))\n"
    test = TEST_N.format("from cases import cases", "cases()")
    commit(gate.repo.root, {"tests/cases.py": cases.format(5), "tests/test_cases.py": test})
    gate = gate._replace(base="HEAD")
    verdict = judged(gate, {"tests/cases.py": cases.format(3)})
    assert lost(verdict) == [("tests:fewer-cases", "tests/test_cases.py::test_n")]
    assert verdict.lost[0].message == "test `test_n`: 2 cases that passed are not run any more: `[3]`, `[4]`"


def test_a_case_that_goes_with_the_product_is_only_shown(gate: Gate) -> None:
    test = TEST_N.format("import product", "product.ALL")
    commit(gate.repo.root, {"product.py": f"{PRODUCT}ALL = [1, 2, 3]\n", "tests/test_all.py": test})
    verdict = judged(gate._replace(base="HEAD"), {"product.py": f"{PRODUCT}ALL = [1, 2]\n"})
    assert (verdict.status, [one.rule for one in verdict.shown]) == ("passed", ["tests:fewer-cases-with-code"])


def test_an_inherited_test_whose_class_is_gone_is_lost(gate: Gate) -> None:
    base = "class Common:\n    def test_a(self):\n        assert self.n\n\n\nclass TestOne(Common):\n    n = 1\n"
    two = "\n\nclass TestTwo(Common):\n    n = 2\n"
    commit(gate.repo.root, {"tests/test_inherited.py": base + two})
    gate = gate._replace(base="HEAD")
    verdict = judged(gate, {"tests/test_inherited.py": base})
    assert lost(verdict) == [(NOT_RUN, "tests/test_inherited.py::TestTwo::test_a")]
    renamed = judged(gate, {"tests/test_inherited.py": base + two.replace("TestTwo", "TestOther")})
    assert (renamed.status, lost(renamed)) == ("passed", [])


# Who is stopped, and what is known


def test_a_person_is_shown_what_stops_an_agent(tmp_path: Path) -> None:
    gate = opened(tmp_path / "repo", {**FILES, "qualitygate.toml": CONFIG.replace("agent", "person")})
    verdict = judged(gate, {"tests/conftest.py": 'collect_ignore = ["test_shapes.py"]\n'})
    assert (verdict.status, [one.rule for one in verdict.shown]) == ("passed", [NOT_RUN])


def test_a_branch_may_take_back_what_it_made_itself(tmp_path: Path) -> None:
    gate = opened(tmp_path / "repo")
    root = gate.repo.root
    git(root, "update-ref", "refs/remotes/origin/main", "HEAD")
    git(root, "switch", "-qc", "topic")
    write(root, {"tests/test_more.py": "def test_more():\n    assert True\n"})
    git(root, "add", "-A")
    assert judging.judge_index(gate, record=True).status == "passed"
    git(root, "commit", "-qm", "more", "--no-verify")
    verdict = judged(gate, {"tests/conftest.py": 'collect_ignore = ["test_more.py"]\n'})
    assert (verdict.status, lost(verdict)) == ("passed", [])
    both = judged(gate, {"tests/conftest.py": 'collect_ignore = ["test_more.py", "test_shapes.py"]\n'})
    assert (both.status, lost(both)) == ("failed", SHAPE)


def test_a_base_that_cannot_be_asked_is_told_and_blames_nobody(gate: Gate) -> None:
    commit(gate.repo.root, {"tests/conftest.py": "import nowhere\n"})
    verdict = judged(gate._replace(base="HEAD"), {"tests/conftest.py": ""})
    assert (verdict.status, lost(verdict)) == ("passed", [])
    assert any("whether all tests of base still run is not known" in note for note in verdict.notes)


def test_where_nobody_reads_the_tests_the_runner_alone_tells(tmp_path: Path) -> None:
    settings = CONFIG.replace("[checks.kept-tests]\n", "")
    gate = opened(tmp_path / "repo", {**FILES, "qualitygate.toml": settings})
    text = TESTS.replace(ZERO, "").replace("def test_double", "@pytest.mark.skip(reason='x')\ndef test_double")
    verdict = judged(gate, {"tests/test_product.py": text.replace("1, 2, 3", "1, 2")})
    assert sorted(lost(verdict)) == [("tests:fewer-cases", EVERY[2][1]), *EVERY[:2]]
    renamed = judged(gate, {"tests/test_product.py": TESTS.replace("test_zero", "test_nothing")})
    assert (renamed.status, lost(renamed)) == ("passed", [])


def test_a_merge_may_drop_what_one_side_gave_up_and_nothing_else(tmp_path: Path) -> None:
    gate = opened(tmp_path / "repo")
    root = gate.repo.root
    commit(root, {"tests/conftest.py": "collect_ignore = []\n", "tests/a.txt": ""})
    git(root, "switch", "-qc", "side")
    commit(root, {"tests/b.txt": "more\n", "tests/test_side.py": "def test_side():\n    assert True\n"})
    git(root, "switch", "-q", "main")
    commit(root, {"tests/conftest.py": 'collect_ignore = ["test_shapes.py"]\n'})
    parents = tuple(git(root, "rev-parse", name) for name in ("main", "side"))
    git(root, "merge", "-q", "--no-commit", "--no-verify", "side")

    def judged_merge(ignored: str) -> Verdict:
        write(root, {"tests/conftest.py": f"collect_ignore = {ignored}\n"})
        reader, tree = worktree_tree(gate.repo, gate.state.worktree)
        bases = tuple(Base(git(root, "rev-parse", f"{one}^{{tree}}"), one, "a side") for one in parents)
        fork = git(root, "merge-base", *parents)
        forks = (Base(git(root, "rev-parse", f"{fork}^{{tree}}"), fork, "their fork"),)
        return judging.judge_against(gate, reader, tree, Bases(bases, forks=forks))

    given_up = judged_merge('["test_shapes.py"]')
    assert (given_up.status, lost(given_up)) == ("passed", [])
    more = judged_merge('["test_shapes.py", "test_side.py"]')
    assert lost(more) == [(NOT_RUN, "tests/test_side.py::test_side")]


@pytest.mark.skipif(not shutil.which("node"), reason="there is no node")
def test_a_test_of_node_that_skips_itself_is_lost_with_its_reason(tmp_path: Path) -> None:
    test = """\
const { test, describe } = require("node:test");
const { need } = require("./help");
describe("g", () => {
  test("one", () => {});
  test("two", (t) => { need(t); });
});
"""
    settings = CONFIG.replace("pytest", "node-test").replace("[checks.kept-tests]\n", "")
    files = {"qualitygate.toml": settings, "test/a.test.js": test, "test/help.js": "exports.need = () => {};\n"}
    root = make_repo(tmp_path / "repo", {**files, "package.json": "{}"})
    gate = open_gate(root, TOOLS, compile_any)
    skipping = {"test/help.js": 'exports.need = (t) => { t.skip("later"); };\n'}
    untrusted = judged(gate, skipping)
    assert untrusted.status == "undecided"
    assert "it executes code of this repository (its tests), which is not trusted" in untrusted.undecided[0][1]
    gate = gate._replace(project=lambda root: Project(), trusted=True)
    verdict = judged(gate, skipping)
    assert lost(verdict) == [(NOT_RUN, "test/a.test.js::g > two")]
    assert verdict.lost[0].message == "test `g > two` passed and does not run any more: skipped: later"


def test_a_base_that_does_not_answer_in_time_leaves_it_undecided(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = opened(tmp_path / "repo")

    def out_of_time(command: Command, *rest: Any) -> Output:
        return Output(-9, b"", b"", timed_out=True)

    monkeypatch.setattr(executed, "run_command", out_of_time)
    verdict = judged(gate, {"tests/conftest.py": 'collect_ignore = ["test_shapes.py"]\n'})
    assert (verdict.status, lost(verdict)) == ("undecided", [])
    (undecided,) = verdict.undecided
    assert undecided == ("pytest", f"whether all tests of base still run is not known: {NO_ANSWER}")
