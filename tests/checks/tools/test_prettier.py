from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from qualitygate.checks.running import run_command
from qualitygate.checks.tool import Request
from qualitygate.checks.tools import prettier
from qualitygate.errors import ToolError
from qualitygate.model import Report
from qualitygate.process import Output
from tests.recorded import contents, execute, install, lay_out, parsed, reader, request_for, versions

VERSIONS = versions("prettier")
REQUEST = Request("format", "/snapshot", ("a.js",), "/project/prettier", {}, "/cache")


def printed(**row: object) -> bytes:
    return json.dumps({"version": "3.0.0", "files": [{"path": "a.js", **row}]}).encode()


def test_recordings_are_there() -> None:
    assert [path.stem.split(".")[:2] for path in VERSIONS] == [["2", "8"], ["3", "10"]]


@pytest.mark.parametrize("version", VERSIONS, ids=lambda path: str(path.stem))
def test_regions_that_would_change(version: Path) -> None:
    report = parsed(prettier, version, "findings")
    assert report.reason == ""
    assert [(f.path, f.line, f.end_line) for f in report.findings] == [
        ("odd.ts", 1, 1),
        ("odd.ts", 2, 5),
        ("odd.ts", 7, 7),
        ("s.css", 1, 1),
        ("sub/-odd näme.js", 1, 1),
    ]
    assert {(f.rule, f.fixable) for f in report.findings} == {("prettier:unformatted", "safe")}
    assert report.looked_at == 4  # of 7: one is ignored, one does not parse, one is no text


@pytest.mark.parametrize("version", VERSIONS, ids=lambda path: str(path.stem))
@pytest.mark.parametrize(("scenario", "said"), (("bad settings", ".prettierrc"), ("bad plugin", "no-such-plugin")))
def test_settings_that_cannot_be_used_are_no_pass(version: Path, scenario: str, said: str) -> None:
    report = parsed(prettier, version, scenario)
    assert report.reason.startswith("prettier stopped: ")
    assert said in report.reason
    assert (report.findings, report.looked_at) == ((), 0)


@pytest.mark.parametrize(
    ("output", "reason"),
    (
        (Output(0, b"", b""), "printed what cannot be read as its JSON"),
        (Output(0, b'{"files": []}', b""), "did not look at the files that it was given"),
        (Output(0, printed(), b""), "says nothing of a.js"),
        (Output(0, printed(after="x"), b""), "printed what cannot be read as its JSON"),
        (Output(1, b"", b"what"), "exit code 1: what"),
        (Output(127, b"", b"node: not found"), "exit code 127: node: not found"),
        (Output(0, printed(same=True), b"", timed_out=True), "no answer within the time limit"),
        (Output(0, printed(same=True), b"", truncated=True), "more than can be read"),
    ),
)
def test_what_is_not_understood_is_no_pass(output: Output, reason: str) -> None:
    report = prettier.parse(output, REQUEST)
    assert reason in report.reason
    assert report.findings == ()


def test_a_file_that_is_left_out_does_not_count() -> None:
    for key in ("ignored", "broken", "unread"):
        assert prettier.parse(Output(0, printed(**{key: "why"}), b""), REQUEST) == Report((), 0)
    assert prettier.parse(Output(0, printed(same=True), b""), REQUEST) == Report((), 1)


def test_it_runs_only_where_the_project_is_trusted_and_uses_it(tmp_path: Path) -> None:
    root = lay_out(tmp_path, {"a.js": "", "package.json": '{"name": "x"}'})
    with pytest.raises(ToolError, match="which is code"):
        prettier.command(request_for(prettier, root, "prettier", environment="none"))
    with pytest.raises(ToolError, match="neither settings nor package"):
        prettier.command(request_for(prettier, root, "prettier"))


@pytest.mark.parametrize(
    "files", ({"package.json": '{"devDependencies": {"prettier": "3"}}'}, {".editorconfig": ""}, {"x/.prettierrc": ""})
)
def test_what_speaks_of_it(tmp_path: Path, files: dict[str, str | bytes | None]) -> None:
    lay_out(tmp_path, {"x/a.js": "", **files})
    assert prettier.command(request_for(prettier, tmp_path, "prettier")).stdin


def test_what_it_executes_is_named_with_what_that_imports() -> None:
    files = {"prettier.config.mjs": 'import x from "./style/x.mjs"', "style/x.mjs": "", "package.json": "{}"}
    assert prettier.executes(reader(files)) == ("prettier.config.mjs", "style/x.mjs")
    assert prettier.executes(reader({"package.json": '{"prettier": "@org/style"}'})) == ("package.json",)


def test_a_range_is_counted_in_the_units_of_javascript() -> None:
    data = '"😀"\r\n\u2028a\nb'.encode()
    command = prettier.range_command(REQUEST, "-a.js", data, 2, 2)
    assert command.argv[1:4] == ("--stdin-filepath=-a.js", "--range-start=6", "--range-end=9")


@pytest.mark.slow
@pytest.mark.wide
@pytest.mark.live
def test_live(tmp_path: Path) -> None:
    programs = install(tmp_path / "project", "prettier@3")
    data = b"const a   = 1;\n\nconst b = 2;\nconst c=[a,b]\nexport { c };\n"
    files: dict[str, str | bytes | None] = {
        ".prettierrc": "{}\n",
        "a.ts": data,
        ".prettierignore": "gone.js\n",
        "gone.js": "x",
    }
    root = lay_out(tmp_path / "tree", files, programs.parent)
    before = contents(root)
    request = request_for(prettier, root, programs / "prettier")
    report = execute(prettier, request)
    assert (report.reason, report.looked_at) == ("", 1)
    assert [(f.path, f.line, f.end_line) for f in report.findings] == [("a.ts", 1, 1), ("a.ts", 4, 4)]
    made = prettier.parse_range(run_command(prettier.range_command(request, "a.ts", data, 4, 4), root, 60))
    assert made == data.replace(b"c=[a,b]", b"c = [a, b];")
    assert (
        prettier.parse_range(run_command(prettier.range_command(request, "a.ts", b"const = \n", 1, 1), root, 60))
        is None
    )
    assert contents(root) == before


_FAKE = """
exports.version = "3.0.0";
exports.getFileInfo = async () => ({ ignored: false, inferredParser: "babel" });
exports.resolveConfigFile = async () => null;
exports.resolveConfig = async () => ({});
exports.clearConfigCache = async () => undefined;
exports.format = async (text) => text.trim() + "\\n";
"""


@pytest.mark.skipif(not shutil.which("node"), reason="node is not here")
def test_a_program_that_pnpm_wrote_is_a_script_and_no_link(tmp_path: Path) -> None:
    for path, text in {
        "node_modules/.bin/prettier": "#!/bin/sh\nexec node elsewhere\n",
        "node_modules/.pnpm/prettier@3.0.0/node_modules/prettier/package.json": '{"name": "prettier", "main": "i.cjs"}',
        "node_modules/.pnpm/prettier@3.0.0/node_modules/prettier/i.cjs": _FAKE,
        ".prettierrc": "{}",
        "a.js": "  f()\n",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    (tmp_path / "node_modules/prettier").symlink_to(".pnpm/prettier@3.0.0/node_modules/prettier")
    program = str(tmp_path / "node_modules/.bin/prettier")
    request = Request("format", str(tmp_path), ("a.js",), program, {"environment": "project"}, str(tmp_path))
    report = prettier.parse(run_command(prettier.command(request), tmp_path, 60), request)
    assert (report.reason, [f.path for f in report.findings]) == ("", ["a.js"])
