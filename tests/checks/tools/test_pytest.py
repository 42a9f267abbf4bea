from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from qualitygate.checks.environment import load
from qualitygate.checks.running import run_command
from qualitygate.checks.tool import Request
from qualitygate.checks.tools import pytest as adapter
from qualitygate.errors import ToolError
from qualitygate.model import Outcome, Report
from qualitygate.process import Output, run, tool_env
from tests.support import make_environment, write

DATA = Path(__file__).parents[2] / "data" / "pytest"
JUNIT = (DATA / "junit-9.2.xml").read_bytes()
REQUEST = Request("pytest", "/snapshot", (), "", {}, "/cache")


def execute(root: Path, *, retry: Report | None = None, **options: Any) -> tuple[Request, Output]:
    if not (root.parent / ".venv").exists():
        make_environment(root.parent)
    asked = REQUEST._replace(
        root=os.fspath(root),
        cache_dir=os.fspath(root.parent / "cache"),
        options=options,
        environment=load(root.parent / ".venv"),
    )
    command = adapter.command(asked) if retry is None else adapter.retry(asked, retry)
    assert command is not None
    Path(command.report_file).parent.mkdir(exist_ok=True)
    output = run(command.argv, cwd=root, env=tool_env(command.env), timeout=60)
    report = Path(command.report_file)
    return asked, output._replace(report=report.read_bytes() if report.exists() else b"")


def look(root: Path, paths: Any = (), flags: Any = ()) -> Report:
    asked, output = execute(root, paths=paths, flags=flags)
    return adapter.parse(output, asked)


def test_recorded_output() -> None:
    report = adapter.parse(Output(1, b"", b"", report=JUNIT), REQUEST)
    assert report.reason == ""
    assert report.looked_at == 7  # of nine, one is skipped and one is expected to fail
    assert [(f.path, f.line, f.name) for f in report.findings] == [
        ("tests/test_b.py", 1, "collection"),
        ("tests/test_a.py", 8, "test_plain[a b]"),
        ("tests/test_a.py", 13, "TestGroup::test_inner"),
        ("tests/test_a.py", 21, "TestOld::test_old"),
        ("tests/test_a.py", 27, "test_teardown"),
    ]
    assert [f.message for f in report.findings][:2] == [
        "cannot be collected: ModuleNotFoundError: No module named 'nothing_of_that_name'",
        "test_plain[a b]: AssertionError: assert 'a b' == 1",
    ]


@pytest.mark.parametrize(
    ("output", "reason"),
    (
        (Output(5, b"", b""), "pytest found no test"),
        (Output(0, b"", b""), "left no report"),
        (Output(0, b"", b"", report=JUNIT[:500]), "left no report"),
        (Output(0, b"", b"", report=b"<html/>"), "left no report"),
        (Output(2, b"", b"", report=JUNIT), "did not finish, exit code 2"),
        (Output(3, b"", b"INTERNALERROR> boom", report=JUNIT), "INTERNALERROR> boom"),
        (Output(4, b"", b"ERROR: unrecognized arguments: --nope"), "unrecognized arguments"),
        (Output(-11, b"", b"", report=JUNIT), "killed by signal 11"),
        (Output(1, b"FAIL Required test coverage of 100% not reached", b"", report=b"<testsuites/>"), "no test did"),
        (Output(0, b"", b"", report=b"<testsuites/>"), "every test was skipped"),
    ),
)
def test_a_run_that_proves_nothing_has_a_reason(output: Output, reason: str) -> None:
    assert reason in adapter.parse(output, REQUEST).reason


def test_without_the_projects_environment_nothing_runs() -> None:
    with pytest.raises(ToolError, match="project's environment"):
        adapter.command(REQUEST)


@pytest.mark.parametrize(
    ("path", "expected"),
    (
        ("src/a.py", True),
        ("data/table.csv", True),
        ("pyproject.toml", True),
        ("README.md", False),
        ("qualitygate.toml", False),
        (".github/workflows/ci.yml", False),
    ),
)
def test_what_a_test_could_read(path: str, expected: bool) -> None:
    assert adapter.wants(path) is expected


def test_a_live_run_whatever_the_projects_settings_say(tmp_path: Path) -> None:
    root = tmp_path / "tree"
    write(
        root,
        {
            "pytest.ini": "[pytest]\naddopts = -x -p no:cacheprovider -o junit_family=xunit2\n",
            "test_one.py": "def test_a():\n    assert 1 == 2\n\n\ndef test_b():\n    assert 3 == 4\n",
            "test_two.py": "import missing\n",
        },
    )
    report = look(root)
    assert report.reason == ""
    assert [(f.path, f.line, f.name) for f in report.findings] == [
        ("test_two.py", 1, "collection"),
        ("test_one.py", 2, "test_a"),
        ("test_one.py", 6, "test_b"),
    ]


def test_what_passes_the_second_time_is_flaky(tmp_path: Path) -> None:
    root, mark = tmp_path / "tree", tmp_path / "mark"
    once = (
        f"import pathlib\n\n\ndef test_a():\n    mark = pathlib.Path({os.fspath(mark)!r})\n    seen = mark.exists()\n"
    )
    write(root, {"test_one.py": f"{once}    mark.touch()\n    assert seen\n\n\ndef test_b():\n    assert 3 == 4\n"})
    asked, output = execute(root)
    report = adapter.parse(output, asked)
    assert [f.rule for f in report.findings] == ["pytest:failed", "pytest:failed"]
    _, again = execute(root, retry=report)
    settled = adapter.settle(report, again, asked)
    assert [(f.rule, f.name) for f in settled.findings] == [("pytest:flaky", "test_a"), ("pytest:failed", "test_b")]


def test_a_second_run_that_says_nothing_leaves_every_failure() -> None:
    report = adapter.parse(Output(1, b"", b"", report=JUNIT), REQUEST)
    assert adapter.settle(report, Output(4, b"", b"ERROR"), REQUEST) == report


def test_a_conftest_that_cannot_be_loaded_is_a_finding_and_no_pass(tmp_path: Path) -> None:
    root = tmp_path / "tree"
    write(root, {"sub/conftest.py": "import product\n", "product.py": "raise RuntimeError('gone')\n"})
    write(root, {"sub/test_one.py": "def test_a():\n    pass\n"})
    report = look(root, paths=["sub"])
    assert [(f.path, f.name, f.message) for f in report.findings] == [
        ("sub/conftest.py", "conftest", "cannot be loaded: RuntimeError: gone")
    ]
    assert report.reason == "no test ran: sub/conftest.py cannot be loaded"


def test_flags_and_paths_choose_the_tests(tmp_path: Path) -> None:
    root = tmp_path / "tree"
    bad = "def test_a():\n    assert 1 == 2\n\n\ndef test_b():\n    assert 3 == 4\n"
    write(root, {"one/test_one.py": bad, "two/test_two.py": bad})
    report = look(root, paths=["one"], flags=["--deselect=one/test_one.py::test_a"])
    assert [f.name for f in report.findings] == ["test_b"]


TOLD = {
    "test_a.py": """\
import unittest
import pytest


class Common:
    def test_inherited(self):
        pass


class TestA(Common):
    @pytest.mark.parametrize("x", ["p/q", "a::b", "[z]"])
    def test_p(self, x):
        pass


@pytest.mark.skip(reason="no luck")
def test_s():
    pass


def test_at_run_time():
    pytest.skip("not  now")


def test_later():
    pytest.xfail("bug 3")


@pytest.mark.xfail(reason="why")
def test_wrong():
    assert 0


def test_bad():
    assert 0


class Old(unittest.TestCase):
    @unittest.skip("u")
    def test_u(self):
        pass
""",
    "below/test_b.py": "from test_a import Common\n\n\nclass TestB(Common):\n    pass\n",
    "test_c.py": "import pytest\n\npytest.skip('it\\'s off', allow_module_level=True)\n",
    "test_d.py": "import nowhere\n",
}


def told(root: Path, command: str, *args: Any) -> tuple[Request, Output]:
    if not (root.parent / ".venv").exists():
        make_environment(root.parent)
    environment = load(root.parent / ".venv")
    asked = REQUEST._replace(root=os.fspath(root), cache_dir=os.fspath(root.parent / "cache"), environment=environment)
    asked = asked._replace(files=tuple(TOLD), options={"flags": ["--import-mode=append", "-p", "no:cacheprovider"]})
    return asked, run_command(getattr(adapter, command)(asked, *args), root, 60)


def test_it_is_told_of_each_test_how_it_fared_by_the_file_that_collects_it(tmp_path: Path) -> None:
    write(tmp_path / "tree", TOLD)
    asked, output = told(tmp_path / "tree", "command")
    tests = adapter.parse(output, asked).tests or ()
    assert {(one.path, one.name): (one.state, one.said) for one in tests} == {
        ("test_a.py", "TestA::test_inherited"): ("passed", ""),
        ("test_a.py", "TestA::test_p[p/q]"): ("passed", ""),
        ("test_a.py", "TestA::test_p[a::b]"): ("passed", ""),
        ("test_a.py", "TestA::test_p[[z]]"): ("passed", ""),
        ("test_a.py", "test_s"): ("skipped", "skipped: no luck"),
        ("test_a.py", "test_at_run_time"): ("skipped", "skipped: not now"),
        ("test_a.py", "test_later"): ("skipped", "xfail: bug 3"),
        ("test_a.py", "test_wrong"): ("skipped", "xfail: why"),
        ("test_a.py", "test_bad"): ("failed", ""),
        ("test_a.py", "Old::test_u"): ("skipped", "skipped: u"),
        ("below/test_b.py", "TestB::test_inherited"): ("passed", ""),
        ("test_c.py", ""): ("skipped", "skipped: it's off"),
        ("test_d.py", ""): ("failed", ""),
    }
    # What is collected has the same names, though nothing ran; and each of them can be asked for again.
    write(tmp_path / "tree", {"test_d.py": "print('a::b')\n"})
    asked, output = told(tmp_path / "tree", "collection")
    listed = adapter.collected(output, asked)
    assert {(one.path, one.name) for one in listed or ()} == {(one.path, one.name) for one in tests if one.name}
    passed = [one for one in tests if one.state == "passed"]
    asked, output = told(tmp_path / "tree", "again", passed)
    again = adapter.parse(output, asked).tests or ()
    assert {one._replace(line=0) for one in again} == {one._replace(line=0) for one in passed}


def test_what_does_not_come_to_its_end_lists_nothing() -> None:
    asked = REQUEST._replace(files=("test_a.py",))
    assert adapter.collected(Output(0, b"test_a.py::test_b\n\n1 test collected", b""), asked) == (
        Outcome("test_a.py", "test_b", "passed"),
    )
    for broken in (Output(2, b"", b""), Output(0, b"", b"", timed_out=True), Output(None, b"", b"gone")):
        assert adapter.collected(broken, asked) is None


def test_many_tests_are_asked_for_by_their_files(tmp_path: Path) -> None:
    make_environment(tmp_path)
    asked = REQUEST._replace(environment=load(tmp_path / ".venv"))
    many = [Outcome("test_a.py", f"test_{n}", "passed") for n in range(200)]
    assert adapter.again(asked, many).argv[-1] == "test_a.py"
    assert adapter.again(asked, [many[0]._replace(name="")]).argv[-1] == "test_a.py"
    assert adapter.again(asked, many[:2]).argv[-2:] == ("test_a.py::test_0", "test_a.py::test_1")
