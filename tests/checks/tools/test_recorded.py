"""Adapters of programs that only print: on output recorded from them, and on them where they can be had."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

import pytest

from qualitygate.errors import ToolError
from qualitygate.model import Report
from qualitygate.process import Output
from tests.checks.tools.recording import (
    ROOT,
    Case,
    executable,
    laid_out,
    line,
    load,
    output,
    recorded_tools,
    run_live,
)

TOOLS = recorded_tools()
CASES = [pytest.param(case, id=f"{name}-{at}") for name in TOOLS for at, case in enumerate(load(name), 1)]
FIRST = [pytest.param(load(name)[0], id=name) for name in TOOLS]


def parsed(case: Case, root: Path, said: Output) -> Report:
    return case.tool.parse(said, laid_out(case, root))


def as_recorded(case: Case, root: Path) -> tuple[list[str], int, str]:
    said = case.said
    # A reason is cut to a length, which paths count towards.
    return said["findings"], said["looked_at"], said["reason"].replace(ROOT, os.fspath(root))[:60]


@pytest.mark.parametrize("case", CASES)
def test_what_was_recorded_is_read(case: Case, tmp_path: Path) -> None:
    report = parsed(case, tmp_path, output(case, tmp_path))
    assert (list(map(line, report.findings)), report.looked_at, report.reason[:60]) == as_recorded(case, tmp_path)


@pytest.mark.parametrize("name", TOOLS)
def test_every_tool_is_recorded_red_green_and_undecided(name: str) -> None:
    cases = load(name)
    assert cases[0].recorded
    assert any(case.said["findings"] and not case.said["reason"] for case in cases)
    assert any(not case.said["findings"] and not case.said["reason"] for case in cases)
    assert any(case.said["reason"] for case in cases)


@pytest.mark.parametrize("case", FIRST)
@pytest.mark.parametrize(
    "broken",
    (
        Output(None, b"", b"not found"),
        Output(-9, b"", b""),
        Output(0, b"", b"", timed_out=True),
        Output(0, b"", b"", truncated=True),
        Output(77, b"", b"panic"),
        Output(0, b"{", b""),
        Output(1, b"", b""),
        Output(1, b"garbage\n", b"garbage\n"),
        Output(0, b"[[]]\n", b""),
    ),
    ids=("missing", "killed", "slow", "long", "panic", "half", "silent", "garbage", "another"),
)
def test_a_run_that_is_not_understood_proves_nothing(case: Case, broken: Output, tmp_path: Path) -> None:
    report = parsed(case, tmp_path, broken)
    assert report.reason
    assert not report.findings


@pytest.mark.parametrize("case", FIRST)
def test_an_output_that_is_cut_is_never_green(case: Case, tmp_path: Path) -> None:
    said = output(case, tmp_path)
    on_stdout = bool(said.stdout) and case.tool.name != "markdownlint"
    whole = said.stdout if on_stdout else said.stderr
    for part in (whole[: len(whole) // 2], whole[:-3], b""):
        cut = said._replace(stdout=part) if on_stdout else said._replace(stderr=part)
        report = parsed(case, tmp_path, cut)
        assert report.reason or report.findings, part


@pytest.mark.parametrize("case", FIRST)
def test_exactly_the_files_given_are_asked_for(case: Case, tmp_path: Path) -> None:
    """A tool that reads the whole tree is given no files: it finds them itself."""
    try:
        argv = case.tool.command(laid_out(case, tmp_path)).argv
    except ToolError as exc:
        pytest.fail(exc.message)
    named = [path for path in case.said["files"] if any(word.removeprefix(":") == path for word in argv)]
    assert named in ([], case.said["files"])
    assert named or case.tool.reads == "tree"
    assert not [path for path in case.tree if path not in case.said["files"] and path in argv]


@pytest.mark.parametrize("case", FIRST)
def test_the_files_of_a_case_are_wanted(case: Case) -> None:
    for path in case.said["files"]:
        assert case.tool.wants(path)
    assert not case.tool.wants("README")
    assert not case.tool.wants("a.py")


@pytest.mark.slow
@pytest.mark.wide
@pytest.mark.parametrize("case", CASES)
def test_the_program_says_the_same_today(
    case: Case, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("cargo", "rustup"):  # the compiler lies in the home of whoever runs the tests
        monkeypatch.setenv(f"{name.upper()}_HOME", os.path.join(pwd.getpwuid(os.getuid()).pw_dir, f".{name}"))
    if case.said.get("by_hand"):
        pytest.skip(f"recorded {case.recorded}")
    program = executable(case, tmp_path_factory.getbasetemp() / f"program-{case.tool.name}")
    if not program:
        pytest.skip(f"{case.tool.package} is not installed on this machine")
    root = Path(os.path.realpath(tmp_path)) / "tree"
    root.mkdir()
    _, report = run_live(case, root, program)
    findings, looked_at, reason = as_recorded(case, root)
    assert [row.split(" ", 2)[:2] for row in map(line, report.findings)] == [row.split(" ", 2)[:2] for row in findings]
    assert (report.looked_at, bool(report.reason)) == (looked_at, bool(reason))
