from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from qualitygate.checks.tool import Request
from qualitygate.checks.tools import ruff_format
from qualitygate.checks.tools.diffs import Hunk, regions, sections
from qualitygate.model import Finding, Report
from qualitygate.process import Output, run, tool_env

DATA = Path(__file__).parents[2] / "data" / "ruff"
RUFF = Path(sys.executable).with_name("ruff")
FILES = (
    *("app.py", "bad.py", "blank.py", "crlf.py", "fine.py", "latin.py", "nonl.py", "old/gone.py"),
    "sub/sp ace.py",
)
DIFF = (DATA / "format-0.17.6.diff").read_bytes()
LOG = (DATA / "format-0.17.6.log").read_bytes()


def request(files: tuple[str, ...] = FILES, root: str = "/snapshot") -> Request:
    return Request("format", root, files, os.fspath(RUFF), {}, "/cache")


def execute(root: Path, *files: str) -> Report:
    asked = request(files, os.fspath(root))._replace(cache_dir=os.fspath(root.parent / "cache"))
    command = ruff_format.command(asked)
    output = run(command.argv, cwd=root, env=tool_env(command.env), stdin=command.stdin, timeout=60)
    return ruff_format.parse(output, asked)


@pytest.mark.parametrize("version", ("0.4.10", "0.17.6"))
def test_recorded_output(version: str) -> None:
    output = Output(2, (DATA / f"format-{version}.diff").read_bytes(), (DATA / f"format-{version}.log").read_bytes())
    report = ruff_format.parse(output, request())
    assert report.reason == ""
    assert report.looked_at == 6  # one is excluded, one does not parse, one is not UTF-8
    assert report.passed_over == ("bad.py", "latin.py")
    assert [(finding.path, finding.line, finding.end_line) for finding in report.findings] == [
        ("app.py", 1, 4),
        ("app.py", 4, 5),
        ("app.py", 7, 9),
        ("blank.py", 1, 3),
        ("blank.py", 5, 6),
        ("crlf.py", 2, 2),
        ("nonl.py", 1, 1),
        ("sub/sp ace.py", 2, 2),
    ]
    assert report.findings[-1] == Finding(
        *("format", "ruff-format:unformatted", "sub/sp ace.py", 2, 0, 2, 0, "not formatted"),
        fixable="safe",
    )


@pytest.mark.parametrize(
    ("start", "rows", "spans"),
    (
        (1, ("-a", "+b"), [(1, 1)]),
        (4, (" a", "-b", "-c", "+d", " e"), [(5, 6)]),
        (1, (" a", "-b", " c", "-d", "+e"), [(2, 2), (4, 4)]),
        (1, (" a", "+b", " c"), [(1, 2)]),
        (1, ("+a", " b"), [(1, 1)]),
        (7, (" a", "+b"), [(7, 7)]),
        (1, (" a", "- ", " ", " ", " b"), [(2, 4)]),
        (1, (" a", " ", " ", "-", " b"), [(2, 4)]),
        (1, (" ", "-a", " "), [(2, 2)]),
        (0, ("+a",), [(1, 1)]),
    ),
)
def test_regions(start: int, rows: tuple[str, ...], spans: list[tuple[int, int]]) -> None:
    assert regions(Hunk(start, tuple(row.encode() for row in rows))) == spans


def test_rows_that_look_like_headers_belong_to_the_hunk() -> None:
    diff = b"--- a.py\n+++ a.py\n@@ -1,3 +1,2 @@\n x\n--- b.py\n-@@ -1 +1 @@\n+++ b.py\n\n"
    ((path, hunks),) = sections(diff)
    assert (path, hunks) == ("a.py", [Hunk(1, (b" x", b"--- b.py", b"-@@ -1 +1 @@", b"+++ b.py"))])


@pytest.mark.parametrize(
    ("output", "reason"),
    (
        (Output(1, b"", LOG), "its counts do not agree"),
        (Output(1, b"garbage\n", LOG), "cannot be read as its diff"),
        (Output(1, DIFF[:-20], LOG), "a hunk ends too early"),
        (Output(1, b"--- a.py\n+++ a.py\n", LOG), "no hunk for a.py"),
        (Output(1, b"--- a.py\n+++ a.py\n@@ what @@\n", LOG), "no hunk header"),
        (Output(1, b"--- b.py\n+++ b.py\n@@ -1 +1 @@\n-a\n+b\n", LOG), "names b.py, which it was not given"),
        (Output(1, DIFF, LOG.replace(b"5 files would", b"4 files would")), "its counts do not agree"),
        (Output(2, DIFF, LOG.replace(b"Failed to read", b"Failed to format")), "Failed to format latin.py"),
        (Output(2, b"", b"ruff failed\n  Cause: bad settings\n"), "exit code 2: ruff failed; Cause: bad settings"),
        (Output(-15, DIFF, LOG, timed_out=True), "no answer within the time limit"),
        (Output(1, DIFF, LOG, truncated=True), "more than can be read"),
        (Output(None, b"", b"not found"), "could not be started: not found"),
        (Output(0, b"", b""), "did not say how many files"),
    ),
)
def test_incomplete_runs_have_a_reason_and_no_findings(output: Output, reason: str) -> None:
    report = ruff_format.parse(output, request())
    assert reason in report.reason
    assert report.findings == ()


@pytest.mark.live
def test_live(tmp_path: Path) -> None:
    (tmp_path / "ruff.toml").write_text('line-length = 30\nextend-exclude = ["gone.py"]\n')
    (tmp_path / "fine.py").write_text("a = 1\n")
    (tmp_path / "gone.py").write_text("a=1\n")
    (tmp_path / "bad.py").write_text("def broken(:\n")
    (tmp_path / "odd.py").write_text("a = 1\nb=2\n\n\n\n\nc = 3\n\nd = [1111111, 2222222, 3333333]\n")
    report = execute(tmp_path, "fine.py", "gone.py", "bad.py", "odd.py")
    assert (report.reason, report.looked_at) == ("", 2)
    assert [(f.path, f.line, f.end_line) for f in report.findings] == [("odd.py", 2, 6), ("odd.py", 9, 9)]
    assert (tmp_path / "odd.py").read_text().startswith("a = 1\nb=2\n")
    assert execute(tmp_path, "fine.py") == Report((), 1)
    assert execute(tmp_path, "gone.py") == Report((), 0)
    assert execute(tmp_path, "bad.py") == Report((), 0, passed_over=("bad.py",))


@pytest.mark.live
def test_live_one_bad_configuration_is_no_result(tmp_path: Path) -> None:
    (tmp_path / "ruff.toml").write_text("no-such-setting = 1\n")
    (tmp_path / "a.py").write_text("a=1\n")
    assert "no-such-setting" in execute(tmp_path, "a.py").reason


def in_range(root: Path, data: bytes, first: int, last: int, path: str = "a.py") -> bytes | None:
    asked = request((path,), os.fspath(root))._replace(cache_dir=os.fspath(root.parent / "cache"))
    command = ruff_format.range_command(asked, path, data, first, last)
    return ruff_format.parse_range(run(command.argv, cwd=root, env=tool_env(command.env), stdin=command.stdin))


def test_a_range_is_formatted_and_the_rest_is_not(tmp_path: Path) -> None:
    root = tmp_path / "r"
    root.mkdir()
    data = b"a=1\r\nb=2\r\nc=3"
    assert in_range(root, data, 2, 2) == b"a=1\r\nb = 2\r\nc=3"
    assert in_range(root, data, 3, 3) == b"a=1\r\nb=2\r\nc = 3"  # the last line break is not its business
    assert in_range(root, data, 2, 2, "-odd name.py") == b"a=1\r\nb = 2\r\nc=3"
    assert in_range(root, b"a=(\nb=2\n", 2, 2) is None
    assert os.listdir(root) == []


def test_a_range_is_formatted_as_the_settings_of_the_tree_say(tmp_path: Path) -> None:
    root = tmp_path / "r"
    root.mkdir()
    (root / "ruff.toml").write_text('extend-exclude = ["not.py"]\n[format]\nquote-style = "single"\n')
    assert in_range(root, b'a="x"\n', 1, 1) == b"a = 'x'\n"
    assert in_range(root, b'a="x"\n', 1, 1, "not.py") == b'a="x"\n'
