from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from qualitygate.checks.tools import tsc, tsconfig
from qualitygate.errors import ToolError
from qualitygate.model import Report
from qualitygate.process import Output
from tests.recorded import brief, contents, execute, install, lay_out, reader, recorded, request_for, versions

VERSIONS = versions("tsc")
CHECK = '{"compilerOptions": {"checkJs": true}}'
UNCHECK = CHECK.replace("true", "false")
each_version = pytest.mark.parametrize("version", VERSIONS, ids=lambda path: str(path.stem))


def of_recording(version: Path, scenario: str, root: Path) -> Report:
    """The settings are read when the output is: they have to be there."""
    output, request = recorded(version, scenario, {})
    lay_out(root, json.loads(version.read_text("utf-8"))["runs"][scenario]["tree"])
    here = output.stdout.replace(b"/snapshot", os.fsencode(root))
    return tsc.parse(output._replace(stdout=here), request._replace(root=os.fspath(root)))


def test_recordings_are_there() -> None:
    assert {path.stem.partition(".")[0] for path in VERSIONS} == {"4", "5", "6", "7"}


@each_version
def test_findings(version: Path, tmp_path: Path) -> None:
    report = of_recording(version, "findings", tmp_path)
    assert brief(report) == [
        ("src/b.ts", 2, 14, "tsc:TS2322"),
        ("src/b.ts", 4, 16, "tsc:TS2322"),
        ("src/c.ts", 1, 15, "tsc:TS2307"),
    ]
    assert (report.looked_at, report.reason) == (3, "")  # neither what the settings leave out nor JavaScript


@each_version
def test_a_clean_project(version: Path, tmp_path: Path) -> None:
    assert of_recording(version, "clean", tmp_path) == Report((), 1)


@each_version
def test_a_file_that_does_not_parse_keeps_types_from_being_looked_at(version: Path, tmp_path: Path) -> None:
    report = of_recording(version, "broken", tmp_path)
    assert brief(report) == [("src/d.ts", 1, 20, "tsc:TS1109")]
    assert report.reason == "tsconfig.json: a file does not parse, so types were not looked at"


@each_version
@pytest.mark.parametrize(
    ("scenario", "said"),
    (
        ("no files", "No inputs were found in config file 'tsconfig.json'"),
        ("unknown option", "tsconfig.json:1: Unknown compiler option 'nope'."),
        ("settings no json", "No inputs were found"),
        ("javascript unchecked", "for JavaScript, `checkJs` is not on"),
    ),
)
def test_settings_with_which_nothing_is_checked_are_no_pass(
    version: Path, scenario: str, said: str, tmp_path: Path
) -> None:
    report = of_recording(version, scenario, tmp_path)
    assert said in report.reason
    assert report.findings == ()


@each_version
def test_javascript_counts_where_it_is_checked(version: Path, tmp_path: Path) -> None:
    report = of_recording(version, "javascript", tmp_path)
    assert (brief(report), report.looked_at, report.reason) == ([("src/plain.js", 2, 3, "tsc:TS2339")], 1, "")


@each_version
def test_a_solution_is_what_it_refers_to(version: Path, tmp_path: Path) -> None:
    """Settings with no files of their own check nothing; a project that is not built is read from its sources."""
    report = of_recording(version, "solution", tmp_path)
    assert brief(report) == [("a/a.ts", 2, 14, "tsc:TS2322"), ("b/b.ts", 2, 14, "tsc:TS2322")]
    assert (report.looked_at, report.reason) == (2, "")


def section(text: str, code: int, number: int = 0) -> bytes:
    return f"\x1e{number}\n{text}\x1f{code}\n".encode()


@pytest.mark.parametrize(
    ("output", "reason"),
    (
        (Output(0, b"", b"sh: not found"), "did not run to its end: sh: not found"),
        (Output(0, section("", 0), b""), "tsc found no file to check"),
        (Output(0, section("{root}/a.ts\n", 1), b""), "exit code 1 with 0 kinds of error"),
        (Output(0, section("a.ts(1,1): error TS2322: m\n{root}/a.ts\n", 0), b""), "exit code 0 with 1 kinds of error"),
        (Output(0, section("{root}/a.ts\nwhat\n", 0), b""), "printed what cannot be read: what"),
        (Output(0, section("{root}/a.ts\n/elsewhere/b.ts\n", 0), b""), "reads /elsewhere/b.ts, which is outside"),
        (Output(0, section("a.ts(1,1): error TS6305: m\n{root}/a.ts\n", 1), b""), "has to be built first"),
        (Output(0, section("{root}/a.ts\n", 134), b"heap out of memory"), "exit code 134: heap out of memory"),
        (Output(0, section("{root}/a.ts\n", 0, 1), b""), "did not run to its end"),
        (Output(2, b"", b"sh"), "exit code 2: sh"),
        (Output(0, section("{root}/a.ts\n", 0), b"", timed_out=True), "no answer within the time limit"),
        (Output(0, section("{root}/a.ts\n", 0), b"", truncated=True), "more than can be read"),
    ),
)
def test_what_is_not_understood_is_no_pass(output: Output, reason: str, tmp_path: Path) -> None:
    root = lay_out(tmp_path, {"tsconfig.json": "{}", "a.ts": ""})
    here = output.stdout.replace(b"{root}", os.fsencode(root))
    assert reason in tsc.parse(output._replace(stdout=here), request_for(tsc, root, "tsc")).reason


def test_what_an_installed_package_gets_wrong_is_not_ours_and_its_files_do_not_count(tmp_path: Path) -> None:
    root = lay_out(tmp_path, {"tsconfig.json": "{}", "a.ts": ""})
    lines = (
        "../x/node_modules/p/i.d.ts(1,1): error TS2300: m",
        f"{root}/a.ts",
        "/x/node_modules/p/i.d.ts",
        "/t/lib.es5.d.ts",
    )
    output = Output(0, section("".join(f"{line}\n" for line in lines), 2), b"")
    assert tsc.parse(output, request_for(tsc, root, "tsc")) == Report((), 1)


def test_no_settings_are_an_error_and_no_pass(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="no `tsconfig"):
        tsc.command(request_for(tsc, lay_out(tmp_path / "a", {"a.ts": ""}), "tsc"))
    solution = {"tsconfig.json": '{"files": [], "references": [{"path": "./tsconfig.json"}]}'}
    with pytest.raises(ToolError, match="no `tsconfig"):
        tsc.command(request_for(tsc, lay_out(tmp_path / "b", dict(solution)), "tsc"))


def test_projects_that_are_named_with_what_they_refer_to(tmp_path: Path) -> None:
    files = {
        "x/tsconfig.app.json": '{"references": [{"path": "../y"}], /* why */ "include": ["src",],}',
        "y/tsconfig.json": "{}",
        "tsconfig.json": "{}",
    }
    root = lay_out(tmp_path / "r", dict(files))
    command = tsc.command(request_for(tsc, root, "tsc", paths=["x/tsconfig.app.json"]))
    (place,) = command.files
    assert command.argv[-2:] == (place, "./y/tsconfig.json")
    made = json.loads(command.files[place])
    assert made["extends"] == os.fspath(root / "x" / "tsconfig.app.json")
    assert (made["references"], made["compilerOptions"]["composite"]) == ([], False)
    assert "include" not in made


def test_a_package_of_a_monorepo_is_not_read_as_what_an_earlier_build_left_of_it(tmp_path: Path) -> None:
    built = '{"compilerOptions": {"rootDir": "src", "outDir": "dist"}, "references": [%s]}'
    files = {
        "tsconfig.json": '{"files": [], "references": [{"path": "ui"}]}',
        "ui/tsconfig.json": built % '{"path": "../core"}',
        "core/tsconfig.json": built % "",
        "core/package.json": '{"name": "@acme/core", "exports": {".": {"types": "./dist/index.d.ts"}}}',
        "core/src/index.ts": "",
    }
    root = lay_out(tmp_path / "r", dict(files))
    (settings,) = tsc.command(request_for(tsc, root, "tsc")).files.values()
    assert json.loads(settings)["compilerOptions"]["paths"] == {"@acme/core": [os.fspath(root / "core/src/index.ts")]}


@pytest.mark.parametrize(
    ("files", "checks"),
    (
        ({"tsconfig.json": '{"extends": "./base", "compilerOptions": {"strict": true}}', "base.json": CHECK}, True),
        (
            {"tsconfig.json": '{"extends": ["./base.json", "./off.json"]}', "base.json": CHECK, "off.json": UNCHECK},
            False,
        ),
        ({"tsconfig.json": '{"extends": "@org/ts"}', "node_modules/@org/ts/tsconfig.json": CHECK}, True),
        ({"tsconfig.json": CHECK.replace("{", "{ // why\n", 1)}, True),
        ({"tsconfig.json": "{}"}, False),
    ),
)
def test_options_are_inherited(files: dict[str, str], checks: bool) -> None:
    (project,) = tsconfig.projects(reader(files))
    assert (project.checks_scripts, project.whole) == (checks, True)


def test_settings_that_extend_what_is_not_there_are_not_whole() -> None:
    (project,) = tsconfig.projects(reader({"tsconfig.json": '{"extends": "gone"}'}))
    assert not project.whole
    (project,) = tsconfig.projects(reader({"tsconfig.json": '{"extends": "./tsconfig.json"}'}))
    assert not project.whole


def test_a_project_that_cannot_be_read_is_not_left_out() -> None:
    found = tsconfig.projects(reader({"tsconfig.json": '{"files": [], "references": [{"path": "a"}]}'}))
    assert [(project.path, project.whole) for project in found] == [("a/tsconfig.json", False)]


@pytest.mark.slow
@pytest.mark.wide
@pytest.mark.live
def test_live(tmp_path: Path) -> None:
    programs = install(tmp_path / "project", "typescript@5")
    files: dict[str, str | bytes | None] = {
        "tsconfig.json": '{"compilerOptions": {"strict": true, "types": []}}',
        "a.ts": "export const a: number = 1;\n",
        "b.ts": 'import { a } from "./a";\nexport const b: number = a;\n',
    }
    root = lay_out(tmp_path / "tree", files, programs.parent)
    request = request_for(tsc, root, programs / "tsc")
    assert execute(tsc, request) == Report((), 2)
    lay_out(root, {"a.ts": "export const a: string = '1';\n"})
    before = contents(root)
    report = execute(tsc, request)  # with what it kept from the first run
    assert (brief(report), report.looked_at, report.reason) == ([("b.ts", 2, 14, "tsc:TS2322")], 2, "")
    assert contents(root) == before
