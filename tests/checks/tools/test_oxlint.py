from __future__ import annotations

import json
from pathlib import Path

import pytest

from qualitygate.checks.tool import Request
from qualitygate.checks.tools import oxlint
from qualitygate.errors import ToolError
from qualitygate.model import Report
from qualitygate.process import Output
from tests.recorded import brief, contents, execute, install, lay_out, parsed, reader, request_for, versions

VERSIONS = versions("oxlint")
RULES = ["no-debugger", "no-var", "missing-throw"]
REQUEST = Request("lint", "/snapshot", ("a.js", "b.js"), "/project/oxlint", {}, "/cache")


def printed(*rows: object, files: int = 1, rules: int | None = None) -> bytes:
    return b'{ "diagnostics": %s, "number_of_files": %d, "number_of_rules": %s}' % (
        json.dumps(rows).encode(),
        files,
        json.dumps(rules).encode(),
    )


def test_recordings_are_there() -> None:
    assert [path.stem.split(".")[:2] for path in VERSIONS] == [["1", "0"], ["1", "94"]]


@pytest.mark.parametrize("version", VERSIONS, ids=lambda path: str(path.stem))
def test_rules_that_are_named(version: Path) -> None:
    report = parsed(oxlint, version, "rules", rules=RULES)
    assert report.reason == ""
    assert brief(report) == [
        ("bad.js", 2, 1, "oxlint:no-debugger"),
        ("ignored.js", 1, 1, "oxlint:no-debugger"),
        ("wide.js", 1, 21, "oxlint:no-debugger"),  # in bytes: the file is not here
        ("bad.js", 5, 3, "oxlint:no-var"),
        ("wide.js", 1, 4, "oxlint:no-var"),
        ("broken.js", 2, 1, "oxlint:syntax"),
        ("latin.js", 0, 0, "oxlint:unreadable"),
    ]
    assert report.looked_at == 7  # of 8: one cannot be read


@pytest.mark.parametrize("version", VERSIONS, ids=lambda path: str(path.stem))
def test_a_rule_that_it_does_not_know_is_no_pass(version: Path) -> None:
    report = parsed(oxlint, version, "unknown rule", rules=["no-debugger", "no-such"])
    assert report == Report((), 0, "oxlint knows 1 of the 2 rules that this check names")


@pytest.mark.parametrize("version", VERSIONS, ids=lambda path: str(path.stem))
def test_settings_of_the_tree(version: Path) -> None:
    report = parsed(oxlint, version, "settings")
    assert [finding.rule for finding in report.findings] == [
        "oxlint:no-debugger",
        "oxlint:no-unused-vars",
        "oxlint:syntax",
        "oxlint:typescript/no-explicit-any",
    ]
    assert (report.looked_at, report.reason) == (6, "")  # of 7: one is ignored


@pytest.mark.parametrize("version", VERSIONS, ids=lambda path: str(path.stem))
def test_clean_and_ignored_files(version: Path) -> None:
    assert parsed(oxlint, version, "clean", rules=["no-debugger"]) == Report((), 1)
    assert parsed(oxlint, version, "nothing") == Report((), 0)


def test_settings_that_cannot_be_read_are_no_pass() -> None:
    report = parsed(oxlint, VERSIONS[-1], "bad settings")
    assert "oxlint stopped: Failed to parse oxlint configuration file." in report.reason
    assert "/snapshot" not in report.reason


def test_columns_are_characters(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_bytes(b'\xef\xbb\xbfvar \xc3\xa9 = "\xf0\x9f\x98\x80"; debugger\n')
    labels = [{"span": {"offset": 20, "length": 8, "line": 1, "column": 21}}]
    row = {"message": "m", "code": "eslint(no-debugger)", "filename": "a.js", "labels": labels}
    report = oxlint.parse(Output(1, printed(row), b""), REQUEST._replace(root=str(tmp_path), files=("a.js",)))
    (finding,) = report.findings
    assert (finding.column, finding.end_column) == (14, 22)


@pytest.mark.parametrize(
    ("output", "reason"),
    (
        (Output(0, b"", b""), "oxlint stopped: it printed nothing"),
        (Output(0, b'{ "diagnostics": []}', b""), "printed what cannot be read as its JSON"),
        (Output(0, printed({"message": "odd"}), b""), "a message about no file: odd"),
        (Output(1, printed(), b""), "exit code 1 without a finding"),
        (Output(0, printed(files=3), b""), "looked at 3 files, was given 2"),
        (Output(0, printed({"message": "m", "code": "x", "filename": "a.js", "labels": []}), b""), "no rule: x"),
        (Output(101, b"", b"panicked"), "exit code 101: panicked"),
        (Output(None, b"", b"gone"), "could not be started: gone"),
        (Output(0, printed(), b"", timed_out=True), "no answer within the time limit"),
        (Output(0, printed(), b"", truncated=True), "more than can be read"),
    ),
)
def test_what_is_not_understood_is_no_pass(output: Output, reason: str) -> None:
    report = oxlint.parse(output, REQUEST)
    assert reason in report.reason
    assert report.findings == ()


def test_findings_in_other_files_do_not_count() -> None:
    row = {"message": "m", "code": "eslint(no-debugger)", "filename": "c.js", "labels": []}
    assert oxlint.parse(Output(1, printed(row), b""), REQUEST) == Report((), 1)


def test_named_rules_leave_the_settings_of_the_tree_aside(tmp_path: Path) -> None:
    lay_out(tmp_path / "r", {".oxlintrc.json": '{"jsPlugins": ["./x.js"]}', "-a.js": ""})
    command = oxlint.command(request_for(oxlint, tmp_path / "r", "oxlint", rules=RULES, environment="none"))
    assert command.argv[-2:] == ("--", "./-a.js")
    assert "--disable-nested-config" in command.argv
    (place,) = command.files
    assert f"--config={place}" in command.argv
    with pytest.raises(ToolError, match="is not the name of a rule"):
        oxlint.command(request_for(oxlint, tmp_path / "r", "oxlint", rules=["-A all"]))


def test_no_settings_are_an_error_and_no_pass(tmp_path: Path) -> None:
    (tmp_path / ".oxlintrc.json").write_text("{}")
    root = lay_out(tmp_path / "tree", {"a.js": ""})
    with pytest.raises(ToolError, match="no settings for oxlint in this tree"):
        oxlint.command(request_for(oxlint, root, "oxlint"))


@pytest.mark.parametrize(
    "files",
    (
        {".oxlintrc.json": '{"jsPlugins": ["./x.js"]}'},
        {".oxlintrc.json": '{"extends": ["./more.json"]}', "more.json": '{"jsPlugins": []}'},
        {".oxlintrc.json": '{"options": {"typeAware": true}}'},
        {"oxlint.config.ts": ""},
        {".oxlintrc.json": "{}", "sub/deep/.oxlintrc.json": '{"jsPlugins": ["./x.js"]}', "sub/deep/a.js": ""},
    ),
)
def test_settings_that_are_code_need_trust(tmp_path: Path, files: dict[str, str | bytes | None]) -> None:
    lay_out(tmp_path, {**files, "a.js": ""})
    with pytest.raises(ToolError, match="rules that are code"):
        oxlint.command(request_for(oxlint, tmp_path, "oxlint", environment="none"))
    assert oxlint.command(request_for(oxlint, tmp_path, "oxlint")).argv[0] == "oxlint"


def test_settings_that_are_no_json_are_named(tmp_path: Path) -> None:
    lay_out(tmp_path, {".oxlintrc.json": "{", "a.js": ""})
    with pytest.raises(ToolError, match=r"\.oxlintrc\.json is no JSON"):
        oxlint.command(request_for(oxlint, tmp_path, "oxlint", environment="none"))


def test_what_it_executes_is_named() -> None:
    assert oxlint.executes(reader({".oxlintrc.json": "{}"})) == ()
    files = {".oxlintrc.json": '{"jsPlugins": ["./x.js"]}', "oxlint.config.ts": 'import "./more.ts"', "more.ts": ""}
    assert oxlint.executes(reader(files)) == ("oxlint.config.ts", ".oxlintrc.json", "more.ts")


@pytest.mark.slow
@pytest.mark.wide
@pytest.mark.live
def test_live(tmp_path: Path) -> None:
    programs = install(tmp_path / "project", "oxlint@1")
    files: dict[str, str | bytes | None] = {"a.ts": "export const x: number = 1;\ndebugger;\n", "b.js": "let = {\n"}
    root = lay_out(tmp_path / "tree", files)
    before = contents(root)
    report = execute(oxlint, request_for(oxlint, root, programs / "oxlint", rules=RULES, environment="none"))
    assert (report.reason, report.looked_at) == ("", 2)
    assert [(f.path, f.line, f.rule) for f in report.findings] == [
        ("a.ts", 2, "oxlint:no-debugger"),
        ("b.js", 2, "oxlint:syntax"),
    ]
    assert contents(root) == before
