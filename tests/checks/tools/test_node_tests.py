"""All test runners for JavaScript: what holds for one holds for all."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from types import ModuleType

import pytest

from qualitygate.checks.running import run_command
from qualitygate.checks.tool import Request
from qualitygate.checks.tools import jest, mocha, node_test, vitest
from qualitygate.errors import ToolError
from qualitygate.model import Outcome, Report
from qualitygate.process import Output
from tests.recorded import execute, install, lay_out, parsed, recorded, request_for, versions

RUNNERS: tuple[ModuleType, ...] = (jest, mocha, node_test, vitest)
MAJORS = {"jest": {"29", "30"}, "mocha": {"10", "11"}, "node-test": {"20"}, "vitest": {"1", "2", "3", "4"}}
RECORDED = [(tool, path) for tool in RUNNERS for path in versions(tool.name)]
each = pytest.mark.parametrize(
    ("tool", "version"), RECORDED, ids=[f"{tool.name}-{path.stem}" for tool, path in RECORDED]
)
each_tool = pytest.mark.parametrize("tool", RUNNERS, ids=lambda tool: str(tool.name))
REQUEST = Request("tests", "/snapshot", ("a.js", "src/a.js"), "/project/tool", {"environment": "project"}, "/cache")


@each_tool
def test_recordings_are_there(tool: ModuleType) -> None:
    assert {path.stem.partition(".")[0] for path in versions(tool.name)} == MAJORS[tool.name]


@each
def test_a_finding_is_a_failing_test(tool: ModuleType, version: Path) -> None:
    report = parsed(tool, version, "findings")
    join = " " if tool is mocha else " > "
    path = "test/price.js" if tool is mocha else "test/price.test.js"
    assert sorted((f.path, f.name) for f in report.findings) == [
        (path, "alone is wrong"),
        (path, f"prices{join}is wrong"),
    ]
    assert {f.rule for f in report.findings} == {f"{tool.name}:failed"}
    assert all(f.message.startswith(f.name) for f in report.findings)
    assert tool is vitest or all(f.line > 5 for f in report.findings)  # it does not always say where
    assert any(f.message.endswith(": no") or "Error: no" in f.message for f in report.findings)
    assert "/snapshot" not in repr(report.findings)
    assert (report.looked_at, report.reason) == (4, "")  # of 5: one is skipped


@each
def test_tests_that_pass(tool: ModuleType, version: Path) -> None:
    report = parsed(tool, version, "clean")
    assert report._replace(tests=None) == Report((), 1)
    assert [one.state for one in report.tests or ()] == ["passed"]


@each
def test_it_is_told_of_each_test_whether_it_ran(tool: ModuleType, version: Path) -> None:
    join = " " if tool is mocha else " > "
    told = parsed(tool, version, "findings").tests or ()
    assert {(one.name, one.state, one.said) for one in told} == {
        (f"prices{join}doubles", "passed", ""),
        (f"prices{join}is wrong", "failed", ""),
        (f"prices{join}later", "skipped", "skipped"),
        ("alone is wrong", "failed", ""),
    }
    (skipped,) = parsed(tool, version, "skipped").tests or ()
    assert (skipped.name, skipped.state) == (f"prices{join}later", "skipped")


@each
def test_a_file_that_cannot_be_loaded_keeps_its_tests_from_running_and_says_so(tool: ModuleType, version: Path) -> None:
    report = parsed(tool, version, "broken")
    # Mocha does not get to any test, and its run is not complete.
    assert [(one.name, one.state) for one in report.tests or ()] == ([] if tool is mocha else [("", "failed")])
    assert tool is not mocha or report.reason


@each_tool
def test_tests_that_seem_lost_are_asked_for_again(tool: ModuleType) -> None:
    lost = [Outcome("test/a.js", "a (b)", "passed"), Outcome("test/a.js", "c", "passed")]
    command = tool.again(REQUEST._replace(options={"environment": "project", "paths": ["spec"]}), lost)
    if tool is mocha:
        assert command.argv[-2:] == (r"--grep=^a\ \(b\)$|^c$", "spec")
        assert not any("grep" in part for part in tool.again(REQUEST, [lost[0]._replace(name="")]).argv)
    else:
        assert command.argv[-1].endswith("test/a.js")
        assert "spec" not in command.argv


@each
def test_product_code_that_cannot_be_loaded_is_a_finding(tool: ModuleType, version: Path) -> None:
    report = parsed(tool, version, "broken")
    (finding,) = report.findings
    assert finding.rule == f"{tool.name}:failed"
    assert finding.message.startswith("cannot be loaded: ")
    assert "broken product" in finding.message
    assert finding.name == "loading"


@each
@pytest.mark.parametrize("scenario", ("skipped", "nothing"))
def test_a_run_of_no_test_is_no_pass(tool: ModuleType, version: Path, scenario: str) -> None:
    report = parsed(tool, version, scenario)
    assert report.findings == ()
    assert report.looked_at == 0
    said = {"skipped": "ran no test: all are skipped", "nothing": "found no test"}[scenario]
    assert report.reason == f"{tool.name} {said}"


@each_tool
@pytest.mark.parametrize(
    ("output", "said"),
    (
        (Output(1, b"", b"TypeError: x"), "report"),
        (Output(0, b"", b"", report=b"{"), "report"),
        (Output(0, b"", b"", report=b"{}"), "report"),
        (Output(0, b"", b"", report=b"[1]"), "report"),
        (Output(-9, b"", b""), "killed by signal 9"),
        (Output(None, b"", b"gone"), "could not be started: gone"),
        (Output(0, b"", b"", timed_out=True), "no answer within the time limit"),
        (Output(0, b"", b"", truncated=True), "more than can be read"),
    ),
)
def test_what_is_not_understood_is_no_pass(tool: ModuleType, output: Output, said: str) -> None:
    report = tool.parse(output, REQUEST)
    assert said in report.reason
    assert report.findings == ()


@each
def test_a_run_that_failed_for_no_test_is_no_pass(tool: ModuleType, version: Path) -> None:
    output, request = recorded(version, "clean", {"environment": "project"})
    report = tool.parse(output._replace(code=1, stderr=b"coverage is too low"), request)
    assert report.reason == f"{tool.name} failed, but no test did: coverage is too low"


@each
def test_a_run_that_passed_with_a_failing_test_is_no_pass(tool: ModuleType, version: Path) -> None:
    output, request = recorded(version, "findings", {"environment": "project"})
    report = tool.parse(output._replace(code=0), request)
    assert report.findings == ()
    assert report.reason in (f"{tool.name} passed, but 2 tests did not", "mocha announced 0 failures, 2 are there")


@each
def test_what_passes_the_second_time_is_flaky(tool: ModuleType, version: Path) -> None:
    report = parsed(tool, version, "findings")
    output, request = recorded(version, "clean", {"environment": "project"})
    settled = tool.settle(report, output, request)
    assert {f.rule for f in settled.findings} == {f"{tool.name}:flaky"} == set(tool.shown_rules)
    assert all(f.message.startswith("failed, then passed: ") for f in settled.findings)
    again, request = recorded(version, "findings", {"environment": "project"})
    assert tool.settle(report, again, request) == report
    assert tool.settle(report, Output(1, b"", b""), request) == report  # nothing was learned


@each_tool
def test_the_projects_code_is_executed_only_where_it_is_trusted(tool: ModuleType) -> None:
    with pytest.raises(ToolError, match="execute the project's code"):
        tool.command(REQUEST._replace(options={"environment": "none"}))


@each_tool
def test_flags_come_before_ours_and_the_report_is_outside_of_the_tree(tool: ModuleType) -> None:
    command = tool.command(REQUEST._replace(options={"environment": "project", "flags": ["--x"], "paths": ["test"]}))
    assert command.argv[-1] == "test"
    assert command.argv.index("--x") <= 2
    assert command.report_file.startswith("/cache/")
    assert tool.writes_tree


@each
def test_those_that_failed_run_again_and_too_many_do_not(tool: ModuleType, version: Path) -> None:
    report = parsed(tool, version, "findings")
    command = tool.retry(REQUEST, report)
    assert any("price" in part for part in command.argv[-2:])
    many = report._replace(findings=tuple(report.findings[0]._replace(name=str(n)) for n in range(101)))
    assert tool.retry(REQUEST, many) is None


def test_mocha_finds_those_that_failed_by_name() -> None:
    report = parsed(mocha, versions("mocha")[0], "findings")
    command = mocha.retry(REQUEST, report)
    assert command is not None
    assert command.argv[-1] == r"--grep=^alone\ is\ wrong$|^prices\ is\ wrong$"


def test_a_report_without_all_its_tests_is_no_pass() -> None:
    said = {"numTotalTests": 2, "testResults": [{"name": "/snapshot/a.js", "status": "passed", "assertionResults": []}]}
    report = jest.parse(Output(0, b"", b"", report=json.dumps(said).encode()), REQUEST)
    assert "announced 2 tests, 0 of them are there" in report.reason
    rows = b'{"names": ["a"], "file": "a.js", "line": 1, "kind": "pass", "skip": false, "suite": false}\n'
    assert "no whole report" in node_test.parse(Output(0, b"", b"", report=rows), REQUEST).reason


def test_a_test_outside_of_the_tree_is_no_pass() -> None:
    said = {
        "numTotalTests": 0,
        "testResults": [{"name": "/elsewhere/a.js", "status": "passed", "assertionResults": []}],
    }
    assert "outside of the tree" in vitest.parse(Output(0, b"", b"", report=json.dumps(said).encode()), REQUEST).reason


@pytest.mark.slow
@pytest.mark.wide
@pytest.mark.live
@pytest.mark.parametrize(
    ("tool", "package", "head"),
    (
        (jest, "jest@29", ""),
        (mocha, "mocha@11", ""),
        (node_test, "", 'const { it } = require("node:test");\n'),
        (vitest, "vitest@3", 'import { it } from "vitest";\n'),
    ),
    ids=("jest", "mocha", "node-test", "vitest"),
)
def test_live(tool: ModuleType, package: str, head: str, tmp_path: Path) -> None:
    programs = install(tmp_path / "project", *([package] if package else []))
    program = programs / tool.name if package else Path(shutil.which("node") or "node")
    fs = 'import fs from "node:fs";' if tool is vitest else 'const fs = require("fs");'
    fails_once = 'if (!fs.existsSync("here")) { fs.writeFileSync("here", ""); throw new Error("no"); }'
    flaky = f'{fs}\nit("is flaky", () => {{\n  {fails_once}\n}});\n'
    files: dict[str, str | bytes | None] = {
        "package.json": "{}",
        "test/a.test.js": f'{head}it("is right", () => {{}});\nit("is wrong", () => {{ throw new Error("no"); }});\n',
        "test/b.test.js": head + flaky,
    }
    root = lay_out(tmp_path / "tree", files, programs.parent if package else None)
    request = request_for(tool, root, program)
    first = execute(tool, request)
    assert (first.reason, first.looked_at) == ("", 3)
    again = run_command(tool.retry(request, first), root, 120)
    report = tool.settle(first, again, request)
    assert sorted((f.path, f.rule) for f in report.findings) == [
        ("test/a.test.js", f"{tool.name}:failed"),
        ("test/b.test.js", f"{tool.name}:flaky"),
    ]
