from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from qualitygate.checks.tool import Request
from qualitygate.checks.tools import syntax
from qualitygate.model import Finding, Report
from qualitygate.process import Output, run, tool_env


def request(*files: str, root: str = "/snapshot") -> Request:
    return Request("formats", root, files, sys.executable, {}, "/cache")


def execute(root: Path, *files: str) -> Report:
    asked = request(*files, root=os.fspath(root))
    command = syntax.command(asked)
    output = run(command.argv, cwd=root, env=tool_env(command.env), stdin=command.stdin, timeout=60)
    return syntax.parse(output, asked)


@pytest.mark.parametrize(
    ("path", "kind"),
    (
        ("pyproject.toml", "toml"),
        ("uv.lock", "toml"),
        ("a/b.yaml", "yaml"),
        (".github/workflows/ci.YML", "yaml"),
        ("package.json", "json"),
        ("Pipfile.lock", "json"),
        ("yarn.lock", ""),
        ("tsconfig.json", ""),
        ("web/tsconfig.build.json", ""),
        ("jsconfig.json", ""),
        (".vscode/settings.json", ""),
        (".devcontainer/devcontainer.json", ""),
        (".eslintrc.json", ""),
        ("tslint.json", ""),
        (".babelrc", ""),
        (".swcrc", ""),
        ("my.code-workspace", ""),
        ("settings.jsonc", ""),
        ("notebook.ipynb", ""),
        ("a.py", ""),
    ),
)
def test_kind(path: str, kind: str) -> None:
    assert syntax.kind(path) == kind
    assert syntax.wants(path) is bool(kind)


def test_command_runs_our_engine_alone() -> None:
    command = syntax.command(request("a.toml", "b\udce9.json"))
    assert command.argv[:2] == (sys.executable, "-I")
    assert Path(command.argv[2]).is_file()
    assert json.loads(command.stdin or b"") == [["a.toml", "toml"], ["b\udce9.json", "json"]]


def said(**changes: object) -> bytes:
    row = ["a.toml", "toml", 3, 7, "invalid value"]
    return json.dumps({"given": 2, "looked_at": 2, "findings": [row], "unread": [], **changes}).encode()


def test_parse() -> None:
    assert syntax.parse(Output(0, said(), b""), request("a.toml", "b.json")) == Report(
        (Finding("formats", "syntax:toml", "a.toml", 3, 7, 3, 7, "invalid value", fix="make the file parse as TOML"),),
        2,
    )


@pytest.mark.parametrize(
    ("output", "reason"),
    (
        (Output(0, b"", b""), "cannot be read"),
        (Output(0, b"garbage", b""), "cannot be read"),
        (Output(0, said()[:-5], b""), "cannot be read"),
        (Output(0, b"[]", b""), "cannot be read"),
        (Output(0, b"{}", b""), "cannot be read"),
        (Output(0, said(findings=[["a.toml"]]), b""), "cannot be read"),
        (Output(0, said(findings=[["c.toml", "toml", 1, 1, "x"]]), b""), "names a file that it was not given"),
        (Output(0, said(given=1), b""), "read 1 names, was given 2"),
        (Output(0, said(unread=[["b.json", "permission denied"]]), b""), "cannot read b.json: permission denied"),
        (Output(1, said(), b"Traceback\nModuleNotFoundError: ruamel\n"), "exit code 1: Traceback; ModuleNotFoundError"),
        (Output(2, b"", b""), "exit code 2"),
        (Output(-15, said(), b"", timed_out=True), "no answer within the time limit"),
        (Output(0, said(), b"", truncated=True), "more than can be read"),
        (Output(None, b"", b"not found"), "could not be started: not found"),
    ),
)
def test_incomplete_runs_have_a_reason_and_no_findings(output: Output, reason: str) -> None:
    report = syntax.parse(output, request("a.toml", "b.json"))
    assert reason in report.reason
    assert report.findings == ()


@pytest.mark.live
def test_live(tmp_path: Path) -> None:
    (tmp_path / "fine.toml").write_text("a = 1\n")
    (tmp_path / "bad.toml").write_text("a = 1\nb = = 2\n")
    (tmp_path / "bad.yaml").write_text("a:\n  - b\n c: d\n")
    (tmp_path / "bad.json").write_text('{"a": 1,}\n')
    name = "b\udce9.json"
    (tmp_path / name).write_text("[1")
    (tmp_path / "tomllib.py").write_text("raise SystemExit(7)\n")
    report = execute(tmp_path, "fine.toml", "bad.toml", "bad.yaml", "bad.json", name)
    assert (report.looked_at, report.reason) == (5, "")
    assert [(f.check, f.rule, f.path, f.line) for f in report.findings] == [
        ("formats", "syntax:toml", "bad.toml", 2),
        ("formats", "syntax:yaml", "bad.yaml", 3),
        ("formats", "syntax:json", "bad.json", 1),
        ("formats", "syntax:json", name, 1),
    ]
    assert execute(tmp_path, "gone.json").reason == "cannot read gone.json: no such file or directory"
