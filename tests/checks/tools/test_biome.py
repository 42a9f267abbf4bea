from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from qualitygate.checks.tool import Request
from qualitygate.checks.tools import biome
from qualitygate.errors import ToolError
from qualitygate.model import Report
from qualitygate.process import Output
from tests.recorded import brief, contents, execute, install, lay_out, parsed, request_for, versions

VERSIONS = versions("biome")
REQUEST = Request("lint", "/snapshot", ("a.js", "b.js"), "/project/biome", {}, "/cache")


def printed(*rows: dict[str, Any], **summary: int) -> bytes:
    counts = {"changed": 0, "unchanged": 1, "errors": 0, "diagnosticsNotPrinted": 0, "scannerDuration": 1, **summary}
    return json.dumps({"summary": counts, "diagnostics": rows, "command": "lint"}).encode()


def row(**more: Any) -> dict[str, Any]:
    place = {"line": 1, "column": 1}
    location = {"path": "a.js", "start": place, "end": place}
    return {"category": "lint/suspicious/noVar", "severity": "error", "message": "m", "location": location, **more}


def test_recordings_are_there() -> None:
    assert [path.stem for path in VERSIONS] == ["1.9.4", "2.0.0", "2.6.8"]


@pytest.mark.parametrize("version", VERSIONS, ids=lambda path: str(path.stem))
def test_findings(version: Path) -> None:
    report = parsed(biome, version, "findings")
    assert report.reason == ""
    known = {(finding.path, finding.line, finding.column, finding.rule) for finding in report.findings}
    assert {
        ("bad.js", 2, 1, "biome:noDebugger"),
        ("bad.js", 8, 1, "biome:noDebugger"),
        ("bad.js", 4, 12, "biome:noDoubleEquals"),
        ("bad.js", 4, 31, "biome:noDoubleEquals"),
        ("bad.js", 1, 1, "biome:useConst"),
        ("broken.js", 2, 1, "biome:parse"),
        ("big.js", 0, 0, "biome:too-large"),
        ("latin.js", 0, 0, "biome:unreadable"),
    } <= known
    assert not any(path == "gone.js" for path, *_ in known)
    assert report.looked_at == 8  # of 11: one is ignored, one is too large, one is no text


@pytest.mark.parametrize("version", VERSIONS, ids=lambda path: str(path.stem))
def test_a_clean_tree(version: Path) -> None:
    report = parsed(biome, version, "clean")
    assert (report.findings, report.looked_at, report.reason) == ((), 2, "")


@pytest.mark.parametrize("version", VERSIONS, ids=lambda path: str(path.stem))
@pytest.mark.parametrize(
    ("scenario", "said"),
    (("bad settings", "biome stopped: biome.json:1:11 parse"), ("unknown setting", "Found an unknown key `lintre`")),
)
def test_settings_that_cannot_be_read_are_no_pass(version: Path, scenario: str, said: str) -> None:
    report = parsed(biome, version, scenario)
    assert said in report.reason
    assert (report.findings, report.looked_at) == ((), 0)


def test_what_only_informs_is_left_out_and_warnings_are_not() -> None:
    rows = [row(severity=severity) for severity in ("information", "hint", "info")]
    assert biome.parse(Output(0, printed(*rows), b""), REQUEST).findings == ()
    assert len(biome.parse(Output(0, printed(row(severity="warning")), b""), REQUEST).findings) == 1


def test_a_file_that_was_left_out_for_its_size_is_a_finding_even_if_it_only_informs() -> None:
    nowhere = {"line": 0, "column": 0}
    large = row(
        category="lint",
        severity="information",
        message="The size of the file is 2 MiB, which exceeds the configured maximum of 1 MiB.\nmore",
        location={"path": "b.js", "start": nowhere, "end": nowhere},
    )
    report = biome.parse(Output(0, printed(large), b""), REQUEST)
    assert brief(report) == [("b.js", 0, 0, "biome:too-large")]


def test_no_file_left_in_is_nothing_looked_at() -> None:
    output = Output(1, printed(unchanged=0), b"lint\n\n  x No files were processed in the specified paths.\n")
    assert biome.parse(output, REQUEST) == Report((), 0)


@pytest.mark.parametrize(
    ("output", "reason"),
    (
        (Output(0, b"", b""), "biome stopped: it printed nothing"),
        (
            Output(1, b"", b"\n  x Something in /snapshot/a.js went wrong\n"),
            "biome stopped: x Something in a.js went wrong",
        ),
        (Output(0, b"[]", b""), "biome stopped: []"),
        (Output(0, printed(diagnosticsNotPrinted=3), b""), "did not print 3 of its findings"),
        (Output(0, printed(unchanged=3), b""), "looked at 3 files, was given 2"),
        (Output(1, printed(), b""), "exit code 1 without an error"),
        (
            Output(0, printed(row(location={"path": "/x/a.js"} | row()["location"] | {"path": "/x/a.js"})), b""),
            "of no file",
        ),
        (Output(1, printed(row(category="configuration"), errors=1), b""), "biome cannot read its settings: m"),
        (Output(2, b"", b"usage"), "exit code 2: usage"),
        (Output(-6, b"", b""), "killed by signal 6"),
        (Output(None, b"", b"gone"), "could not be started: gone"),
        (Output(0, printed(), b"", timed_out=True), "no answer within the time limit"),
        (Output(0, printed(), b"", truncated=True), "more than can be read"),
    ),
)
def test_what_is_not_understood_is_no_pass(output: Output, reason: str) -> None:
    report = biome.parse(output, REQUEST)
    assert reason in report.reason
    assert report.findings == ()


def test_rules_have_their_name_without_their_group() -> None:
    rows = [row(), row(category="suppressions/unused"), row(category="plugin")]
    report = biome.parse(Output(1, printed(*rows, errors=3), b""), REQUEST)
    assert [finding.rule for finding in report.findings] == ["biome:noVar", "biome:plugin", "biome:suppressions-unused"]


def test_no_settings_are_an_error_and_no_pass(tmp_path: Path) -> None:
    (tmp_path / "biome.json").write_text("{}")
    root = lay_out(tmp_path / "tree", {"sub/a.js": ""})
    with pytest.raises(ToolError, match="no settings for Biome in this tree"):
        biome.command(request_for(biome, root, "biome"))
    lay_out(root, {"sub/biome.jsonc": "{}"})
    assert biome.command(request_for(biome, root, "biome")).argv[-3:] == ("--", "./sub/a.js", "./sub/biome.jsonc")


@pytest.mark.slow
@pytest.mark.wide
@pytest.mark.live
def test_live(tmp_path: Path) -> None:
    programs = install(tmp_path / "project", "@biomejs/biome@2")
    root = lay_out(tmp_path / "tree", {"biome.json": "{}", "a.ts": "let x = 1;\ndebugger;\nconsole.log(x);\n"})
    before = contents(root)
    report = execute(biome, request_for(biome, root, programs / "biome", environment="none"))
    assert (report.reason, report.looked_at) == ("", 2)
    assert ("a.ts", 2, 1, "biome:noDebugger") in brief(report)
    assert contents(root) == before


def test_a_schema_of_another_version_takes_the_linter_away() -> None:
    said = {"category": "deserialize", "message": "The configuration schema version does not match the CLI version"}
    report = biome.parse(Output(0, printed(row(severity="info", **said)), b""), REQUEST)
    assert (report.reason, report.findings) == ("", ())
    report = biome.parse(Output(1, printed(row(severity="error", **said), errors=1), b""), REQUEST)
    assert report.reason.startswith("biome cannot read its settings")
