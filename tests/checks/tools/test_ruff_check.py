from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from qualitygate.checks.fixing import Edit, Fix
from qualitygate.checks.tool import Request
from qualitygate.checks.tools import ruff_check
from qualitygate.model import Finding, Report
from qualitygate.process import Output, run, tool_env

DATA = Path(__file__).parents[2] / "data" / "ruff"
RUFF = Path(sys.executable).with_name("ruff")
FILES = ("app.py", "bad.py", "fine.py", "latin.py", "old/gone.py", "sub/sp ace.py")
LOG = b"[day][time][ruff::commands::check][DEBUG] Checked 6 files in: 1ms\n"
ROW = {
    "code": "F401",
    "filename": "/snapshot/app.py",
    "fix": None,
    "location": {"row": 1, "column": 8},
    "end_location": {"row": 1, "column": 10},
    "message": "`os` imported but unused",
}


def request(files: tuple[str, ...] = FILES, root: str = "/snapshot", **options: object) -> Request:
    return Request("lint", root, files, os.fspath(RUFF), options, "/cache")


def execute(root: Path, files: tuple[str, ...], **options: object) -> Report:
    asked = request(files, os.fspath(root), **options)._replace(cache_dir=os.fspath(root.parent / "cache"))
    command = ruff_check.command(asked)
    output = run(command.argv, cwd=root, env=tool_env(command.env), stdin=command.stdin, timeout=60)
    return ruff_check.parse(output, asked)


def test_command_never_rewrites() -> None:
    argv = ruff_check.command(request(select=["F", "B006"])).argv
    assert argv[:6] == (
        os.fspath(RUFF),
        "check",
        "--output-format=json",
        "--no-fix",
        "--no-fix-only",
        "--no-show-fixes",
    )
    assert argv[argv.index("--select") + 1] == "F,B006"


@pytest.mark.parametrize("version", ("0.4.10", "0.9.10", "0.12.12", "0.17.6"))
def test_recorded_output(version: str) -> None:
    output = Output(1, (DATA / f"check-{version}.json").read_bytes(), (DATA / f"check-{version}.log").read_bytes())
    report = ruff_check.parse(output, request())
    assert report.reason == ""
    assert report.looked_at == 4  # of six, one is excluded and one cannot be read
    assert {(finding.rule, finding.path, finding.line) for finding in report.findings} >= {
        ("ruff:F401", "app.py", 1),
        ("ruff:F841", "app.py", 5),
        ("ruff:E711", "app.py", 6),
        ("ruff:F401", "sub/sp ace.py", 1),
        ("ruff:invalid-syntax", "bad.py", 1),
        ("ruff:E902", "latin.py", 1),
    }
    first = next(finding for finding in report.findings if finding.path == "app.py" and finding.line == 1)
    assert first == Finding(
        *("lint", "ruff:F401", "app.py", 1, 8, 1, 10, "`os` imported but unused"),
        fix="Remove unused import: `os`",
        fixable="removes",
    )
    broken = next(finding for finding in report.findings if finding.path == "bad.py")
    assert broken.message == "Expected a parameter or the end of the parameter list"
    assert broken.fix == "make the file parse"


def test_a_syntax_error_that_has_a_code_is_told_once() -> None:
    row = {**ROW, "code": "E999", "filename": "/snapshot/bad.py", "message": "SyntaxError: no"}
    output = Output(1, json.dumps([row]).encode(), b"error: Failed to parse bad.py:1:8: no\n" + LOG)
    assert [(f.rule, f.message) for f in ruff_check.parse(output, request()).findings] == [
        ("ruff:invalid-syntax", "no")
    ]


def test_a_name_that_is_not_utf8_is_found_again() -> None:
    row = {**ROW, "filename": "/snapshot/bad\ufffd.py"}
    report = ruff_check.parse(Output(1, json.dumps([row]).encode(), LOG), request(("bad\udce9.py", *FILES)))
    assert report.findings[0].path == "bad\udce9.py"


@pytest.mark.parametrize(
    ("output", "reason"),
    (
        (Output(0, b"", LOG), "cannot be read as its JSON"),
        (Output(1, b"garbage", LOG), "cannot be read as its JSON"),
        (Output(1, json.dumps([ROW]).encode()[:-9], LOG), "cannot be read as its JSON"),
        (Output(1, b"{}", LOG), "not a list"),
        (Output(1, b"[{}]", LOG), "KeyError"),
        (Output(1, b"[7]", LOG), "TypeError"),
        (Output(1, b"[" * 100_000, LOG), "cannot be read as its JSON"),
        (Output(1, json.dumps([{**ROW, "filename": "/elsewhere/app.py"}]).encode(), LOG), "names /elsewhere/app.py"),
        (Output(1, json.dumps([{**ROW, "code": "panic"}]).encode(), LOG), "ruff failed on"),
        (Output(1, json.dumps([{**ROW, "code": None}]).encode(), LOG), "ruff failed on"),
        (Output(1, b"[]", LOG), "exit code 1 without a finding"),
        (Output(1, json.dumps([ROW]).encode(), b""), "did not say how many files"),
        (Output(0, b"[]", b"warning: Failed to lint app.py: No such file or directory (os error 2)\n" + LOG), "app.py"),
        (Output(2, b"", b"ruff failed\n  Cause: bad settings\n"), "exit code 2: ruff failed; Cause: bad settings"),
        (Output(-15, b"[]", LOG, timed_out=True), "no answer within the time limit"),
        (Output(1, json.dumps([ROW]).encode(), LOG, truncated=True), "more than can be read"),
        (Output(None, b"", b"not found"), "could not be started: not found"),
    ),
)
def test_incomplete_runs_have_a_reason_and_no_findings(output: Output, reason: str) -> None:
    report = ruff_check.parse(output, request())
    assert reason in report.reason
    assert report.findings == ()


@pytest.mark.live
def test_live_settings_that_rewrite_or_hide_are_overruled(tmp_path: Path) -> None:
    root = tmp_path / "tree"
    (root / "old").mkdir(parents=True)
    (root / "ruff.toml").write_text(
        'fix = true\nfix-only = true\nunsafe-fixes = true\nshow-fixes = true\npreview = true\noutput-format = "full"\n'
        'extend-exclude = ["old"]\nlint.select = ["F"]\n'
    )
    for name in ("a.py", "-b.py", "@c.py", "old/d.py"):
        (root / name).write_text("import os\n")
    report = execute(root, ("a.py", "-b.py", "@c.py", "old/d.py"))
    assert report.reason == ""
    assert report.looked_at == 3
    assert {(finding.rule, finding.path) for finding in report.findings} == {
        ("ruff:F401", name) for name in ("a.py", "-b.py", "@c.py")
    }
    assert {path.name for path in root.iterdir()} == {"ruff.toml", "a.py", "-b.py", "@c.py", "old"}
    assert (root / "a.py").read_text() == "import os\n"


@pytest.mark.live
def test_live_settings_come_from_the_tree_alone(tmp_path: Path, own_home: Path) -> None:
    root = tmp_path / "outer" / "tree"
    root.mkdir(parents=True)
    (root / "a.py").write_text("import os\n")
    user = own_home / "config" / "ruff" / "ruff.toml"
    user.parent.mkdir(parents=True)
    user.write_text('lint.select = ["E501"]\n')
    assert [finding.rule for finding in execute(root, ("a.py",)).findings] == ["ruff:F401"]
    (root.parent / "ruff.toml").write_text('lint.select = ["E501"]\n')
    assert "outside of the tree" in execute(root, ("a.py",)).reason
    assert [f.rule for f in execute(root, ("a.py",), isolated=True, select=["F"]).findings] == ["ruff:F401"]


@pytest.mark.live
def test_live_more_files_than_a_command_line_takes(tmp_path: Path) -> None:
    root = tmp_path / "tree"
    root.mkdir()
    (root / "ruff.toml").write_text('lint.select = ["F"]\n')
    files = tuple(f"a_module_with_a_long_name_{'x' * 180}_{number}.py" for number in range(600))
    for name in files:
        (root / name).write_text("import os\n")
    report = execute(root, files)
    assert (report.reason, report.looked_at, len(report.findings)) == ("", 600, 600)


@pytest.mark.live
def test_live_everything_excluded_is_complete(tmp_path: Path) -> None:
    (tmp_path / "ruff.toml").write_text('extend-exclude = ["a.py"]\n')
    (tmp_path / "a.py").write_text("import os\n")
    assert execute(tmp_path, ("a.py",)) == Report((), 0)
    (tmp_path / "ruff.toml").write_text("no-such-setting = 1\n")
    assert "no-such-setting" in execute(tmp_path, ("a.py",)).reason


@pytest.mark.parametrize("version", ("0.4.10", "0.9.10", "0.12.12", "0.17.6"))
def test_the_safe_fixes_of_recorded_output(version: str) -> None:
    output = Output(1, (DATA / f"check-{version}.json").read_bytes(), (DATA / f"check-{version}.log").read_bytes())
    fixes = ruff_check.parse_fixes(output, request())
    assert fixes.reason == ""
    assert Fix("ruff:F401", "app.py", 1, 8, (Edit(1, 1, 2, 1, ""),), removes=True) in fixes.fixes
    assert "ruff:F841" not in {fix.rule for fix in fixes.fixes}  # ruff calls it unsafe
    assert "bad.py" not in {fix.path for fix in fixes.fixes}  # does not parse
    marked = {(f.rule, f.path, f.line, f.column) for f in ruff_check.parse(output, request()).findings if f.fixable}
    assert {fix[:4] for fix in fixes.fixes} <= marked


def test_no_fix_is_taken_from_a_run_that_cannot_be_believed() -> None:
    output = Output(2, b"[]", b"error: broken\n")
    assert ruff_check.parse_fixes(output, request()).reason


@pytest.mark.parametrize(
    ("code", "applicability", "fixable"),
    (
        ("F401", "safe", "removes"),
        ("F811", "safe", "removes"),
        ("E711", "safe", "safe"),
        ("E711", "unsafe", ""),
        ("ERA001", "display", ""),
        ("E711", None, ""),
    ),
)
def test_what_is_fixable_is_what_ruff_calls_safe(code: str, applicability: str | None, fixable: str) -> None:
    edit = {"content": "", "location": {"row": 1, "column": 1}, "end_location": {"row": 2, "column": 1}}
    row = {**ROW, "code": code, "fix": {"applicability": applicability, "edits": [edit], "message": "do it"}}
    report = ruff_check.parse(Output(1, json.dumps([row]).encode(), LOG), request())
    assert [finding.fixable for finding in report.findings] == [fixable]
