from __future__ import annotations

import os
from pathlib import Path

import pytest

from qualitygate.checks import fixing
from qualitygate.checks.running import run_command
from qualitygate.checks.tool import Request
from qualitygate.checks.tools import eslint
from qualitygate.errors import ToolError
from qualitygate.process import Output
from tests.recorded import brief, contents, execute, install, lay_out, parsed, reader, recorded, request_for, versions

VERSIONS = versions("eslint")
REQUEST = Request("lint", "/snapshot", ("a.js",), "/project/eslint", {"environment": "project"}, "/cache")
ROW = b'[{"filePath":"/snapshot/a.js","messages":[],"errorCount":%d}]'


def test_recordings_are_there() -> None:
    assert {path.stem.partition(".")[0] for path in VERSIONS} == {"8", "9", "10"}


@pytest.mark.parametrize("version", VERSIONS, ids=lambda path: str(path.stem))
def test_findings(version: Path) -> None:
    report = parsed(eslint, version, "findings")
    assert report.reason == ""
    assert brief(report) == [
        ("bad.js", 1, 5, "eslint:prefer-const"),
        ("bad.js", 2, 1, "eslint:no-debugger"),
        ("bad.js", 4, 12, "eslint:eqeqeq"),
        ("bad.js", 4, 31, "eslint:eqeqeq"),  # ESLint says 32: a character beyond U+FFFF counts twice there
        ("bad.js", 5, 3, "eslint:no-var"),
        ("bad.js", 5, 7, "eslint:no-unused-vars"),
        ("bad.js", 9, 1, "eslint:unused-disable-directive"),
        ("broken.js", 2, 1, "eslint:fatal"),
    ]
    assert [finding.fixable for finding in report.findings] == ["safe", "", "", "", "safe", "", "safe", ""]
    # Neither the file that is ignored nor the one of a kind that the settings do not name.
    new = not version.stem.startswith("8")  # its own settings are a script that it looks at
    assert report.looked_at == 4 + new


@pytest.mark.parametrize("version", VERSIONS, ids=lambda path: str(path.stem))
def test_a_clean_file(version: Path) -> None:
    report = parsed(eslint, version, "clean")
    assert (report.findings, report.reason) == ((), "")
    assert report.looked_at >= 1


@pytest.mark.parametrize("version", VERSIONS, ids=lambda path: str(path.stem))
def test_settings_that_cannot_be_read_are_no_pass(version: Path) -> None:
    report = parsed(eslint, version, "bad settings")
    assert report.reason.startswith("eslint stopped: ")
    assert "/snapshot" not in report.reason
    assert (report.findings, report.looked_at) == ((), 0)


def test_nothing_to_look_at_is_no_pass() -> None:
    assert "are ignored" in parsed(eslint, VERSIONS[-2], "nothing").reason  # 8.57
    assert parsed(eslint, VERSIONS[0], "nothing").looked_at == 1  # its own settings, and not the file that they ignore
    ignored = (
        b'[{"filePath":"/snapshot/a.js","messages":[{"ruleId":null,"severity":1,"message":"ignored"}],"errorCount":0}]'
    )
    assert eslint.parse(Output(0, ignored, b""), REQUEST).reason == "eslint looked at no file of this check"
    assert eslint.parse(Output(0, b"[]", b""), REQUEST).reason == "eslint looked at no file of this check"


@pytest.mark.parametrize(
    ("output", "reason"),
    (
        (Output(0, b"", b""), "printed what cannot be read as its JSON"),
        (Output(0, b"{}", b""), "printed what cannot be read as its JSON"),
        (Output(0, b'[{"filePath":1}]', b""), "printed what cannot be read as its JSON"),
        (Output(0, ROW % 2, b""), "exit code 0 with 2 errors"),
        (Output(1, ROW % 0, b""), "exit code 1 with 0 errors"),
        (
            Output(0, (ROW % 0).replace(b"/snapshot", b"/elsewhere"), b""),
            "looked at /elsewhere/a.js, outside of the tree",
        ),
        (
            Output(2, b"", b"\nOops! Something went wrong! :(\n\nESLint: 9.1.0\n\nTypeError: x\nOccurred in r\n"),
            "TypeError: x; Occ",
        ),
        (Output(3, b"", b"what"), "exit code 3: what"),
        (Output(-9, b"", b""), "killed by signal 9"),
        (Output(None, b"", b"gone"), "could not be started: gone"),
        (Output(0, ROW % 0, b"", timed_out=True), "no answer within the time limit"),
        (Output(0, ROW % 0, b"", truncated=True), "more than can be read"),
    ),
)
def test_what_is_not_understood_is_no_pass(output: Output, reason: str) -> None:
    report = eslint.parse(output, REQUEST)
    assert reason in report.reason
    assert report.findings == ()


def test_what_a_plugin_prints_before_the_report_is_passed_over() -> None:
    output = Output(0, b"[babel] hello\n" + ROW % 0 + b"\n", b"")
    assert eslint.parse(output, REQUEST).looked_at == 1


def test_files_outside_of_the_check_do_not_count() -> None:
    assert eslint.parse(Output(0, ROW % 0, b""), REQUEST._replace(files=("b.js",))).looked_at == 0


@pytest.mark.parametrize("version", VERSIONS, ids=lambda path: str(path.stem))
def test_fixes_are_edits_of_the_file(version: Path) -> None:
    output, request = recorded(version, "findings", {})
    fixes = eslint.parse_fixes(output, request)
    assert fixes.reason == ""
    assert {fix.path for fix in fixes.fixes} == {"bad.js"}
    data = (
        b'let once = 1;\ndebugger;\nexport function f(x) {\n  if (once == x) { return "\xf0\x9f\x98\x80" == x; }\n'
        b"  var y = 2;\n}\n// eslint-disable-next-line no-debugger\ndebugger;\n"
        b"// eslint-disable-next-line no-debugger\nf(once);\n"
    )
    made, done = fixing.apply(data, fixes.fixes)
    assert {fix.rule for fix in done} == {"eslint:prefer-const", "eslint:no-var", "eslint:unused-disable-directive"}
    assert made.startswith(b"const once = 1;\ndebugger;\n")
    assert b"  let y = 2;\n" in made
    assert made.count(b"eslint-disable") == 1


def test_it_runs_only_where_the_project_is_trusted(tmp_path: Path) -> None:
    lay_out(tmp_path, {"eslint.config.js": "export default []\n"})
    request = request_for(eslint, tmp_path, "eslint", environment="none")
    with pytest.raises(ToolError, match="which is code"):
        eslint.command(request)


def test_no_settings_are_an_error_and_no_pass(tmp_path: Path) -> None:
    (tmp_path / ".eslintrc.json").write_text("{}")  # above the tree: somebody else's
    root = lay_out(tmp_path / "tree", {"a.js": "a\n"})
    with pytest.raises(ToolError, match="no settings for eslint in this tree"):
        eslint.command(request_for(eslint, root, "eslint"))


def test_settings_above_the_root_of_the_check_count(tmp_path: Path) -> None:
    lay_out(tmp_path, {"eslint.config.mjs": "", "sub/a.js": "a\n"})
    command = eslint.command(request_for(eslint, tmp_path / "sub", "eslint"))
    assert command.env["ESLINT_USE_FLAT_CONFIG"] == ""


@pytest.mark.parametrize(
    "files", ({".eslintrc": "{}"}, {"package.json": '{"eslintConfig": {"root": true}}'}, {".eslintrc.cjs": ""})
)
def test_settings_of_the_old_kind_are_asked_for(tmp_path: Path, files: dict[str, str | bytes | None]) -> None:
    lay_out(tmp_path, files)
    assert eslint.command(request_for(eslint, tmp_path, "eslint")).env["ESLINT_USE_FLAT_CONFIG"] == "false"


def test_flags_and_paths(tmp_path: Path) -> None:
    lay_out(tmp_path, {"eslint.config.js": ""})
    command = eslint.command(request_for(eslint, tmp_path, "eslint", flags=["--quiet"], paths=["src", "-x"]))
    assert command.argv[-4:] == ("--quiet", "--", "./src", "./-x")
    for flag in ("--fix", "--output-file=x", "--cache", "-o", "--no-ignore"):
        with pytest.raises(ToolError, match="is not a flag"):
            eslint.command(request_for(eslint, tmp_path, "eslint", flags=[flag]))


def test_what_it_executes_is_named_with_what_that_imports() -> None:
    files = {
        "eslint.config.js": 'import rules from "./tools/rules.js";\nimport x from "eslint";\n',
        "tools/rules.js": 'const a = require("./one");\n',
        "tools/one.js": "",
        "other.js": "",
        "package.json": '{"name": "x"}',
    }
    assert eslint.executes(reader(files)) == ("eslint.config.js", "tools/rules.js", "tools/one.js")
    assert eslint.executes(reader({"package.json": '{"eslintConfig": {}}'})) == ("package.json",)
    assert eslint.executes(reader({"a.js": ""})) == ()


@pytest.mark.slow
@pytest.mark.wide
@pytest.mark.live
def test_live(tmp_path: Path) -> None:
    programs = install(tmp_path / "project", "eslint@9")
    settings = 'export default [{ ignores: ["gone.js"] }, { rules: { "no-var": "error", "no-debugger": "warn" } }];\n'
    files: dict[str, str | bytes | None] = {
        "eslint.config.mjs": settings,
        "a.js": "var a = 1;\n\ndebugger;\n",
        "gone.js": "var\n",
    }
    root = lay_out(tmp_path / "tree", files, programs.parent)
    before = contents(root)
    request = request_for(eslint, root, programs / "eslint")
    report = execute(eslint, request)
    assert (report.reason, report.looked_at) == ("", 2)
    assert brief(report) == [("a.js", 1, 1, "eslint:no-var"), ("a.js", 3, 1, "eslint:no-debugger")]
    output = run_command(eslint.fix_command(request._replace(files=("a.js",))), root, 60)
    fixes = eslint.parse_fixes(output, request).fixes
    assert fixing.apply(before["a.js"], fixes)[0] == b"let a = 1;\n\ndebugger;\n"
    assert contents(root) == before
    assert os.listdir(root.with_name("tree-cache")) == []
