from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from qualitygate.checks.running import run_command
from qualitygate.checks.tool import Request
from qualitygate.checks.tools import biome_format, formatted
from qualitygate.engines.lines_between import between
from qualitygate.process import Output
from tests.recorded import contents, execute, install, lay_out, parsed, request_for, versions

VERSIONS = versions("biome-format")


@pytest.mark.parametrize("version", VERSIONS, ids=lambda path: str(path.stem))
def test_regions_that_were_changed(version: Path, tmp_path: Path) -> None:
    known = json.loads(version.read_text("utf-8"))["runs"]["findings"]
    before = {path: text.encode("latin-1") for path, text in json.loads(known["report"]).items()}
    after = {**before, "bad.js": before["bad.js"].replace(b"  var", b"\tvar")}
    lay_out(tmp_path, dict(after))
    request = Request("format", os.fspath(tmp_path), tuple(known["files"]), "biome", {}, "/cache")
    output = Output(known["code"], known["stdout"].encode(), known["stderr"].encode(), report=known["report"].encode())
    report = biome_format.parse(output, request)
    assert report.reason == ""
    assert [(f.path, f.line, f.end_line, f.rule) for f in report.findings] == [("bad.js", 5, 5, biome_format.RULE)]
    assert report.looked_at == 7  # of 11: one ignored, one too large, one no text, one that does not parse


@pytest.mark.parametrize("version", VERSIONS, ids=lambda path: str(path.stem))
def test_settings_that_cannot_be_read_are_no_pass(version: Path) -> None:
    assert "biome stopped: " in parsed(biome_format, version, "bad settings").reason


def test_what_is_not_understood_is_no_pass(tmp_path: Path) -> None:
    said = b'{"summary": {"changed": 0, "unchanged": 1, "errors": 0, "diagnosticsNotPrinted": 0}, "diagnostics": []}'
    request = Request("format", os.fspath(tmp_path), ("a.js",), "biome", {}, "/cache")
    for report, reason in (
        (b"", "what the files held before is not known"),
        (b"[]", "what the files held before is not known"),
        (b"{}", "could not find a.js"),
        (b'{"a.js": "x"}', "a.js is gone after it was formatted"),
    ):
        assert biome_format.parse(Output(0, said, b"", report=report), request).reason == reason


@pytest.mark.parametrize(
    ("before", "after", "spans"),
    (
        (b"a\n", b"a\n", []),
        (b"a\nb\nc\n", b"a\nB\nc\n", [(2, 2)]),
        (b"a\nb\n", b"a\nx\nb\n", [(1, 2)]),
        (b"a\n\n\n\nb\n", b"a\n\nb\n", [(2, 4)]),
        (b"a", b"a\n", [(1, 1)]),
        (b"a\r\nb\r\n", b"a\nb\n", [(1, 2)]),
        (b"", b"a\n", [(1, 1)]),
    ),
)
def test_regions(before: bytes, after: bytes, spans: list[tuple[int, int]]) -> None:
    assert formatted.changed(before, after) == spans


def test_a_large_file_that_differs_everywhere_is_one_region() -> None:
    before = b"".join(b"a%d\n" % n for n in range(6000))
    assert formatted.changed(before, before.replace(b"a", b" a")) == [(1, 6000)]


@pytest.mark.parametrize(
    ("first", "last", "made"),
    ((1, 1, b"A\nb\nc\n"), (2, 2, b"a\nb\nc\n"), (3, 3, b"a\nb\nC\nd\n"), (1, 9, b"A\nb\nC\nd\n")),
)
def test_lines_between(first: int, last: int, made: bytes) -> None:
    assert between(b"a\nb\nc\n", b"A\nb\nC\nd\n", first, last) == made


@pytest.mark.slow
@pytest.mark.wide
@pytest.mark.live
def test_live(tmp_path: Path) -> None:
    programs = install(tmp_path / "project", "@biomejs/biome@2")
    settings = '{ "formatter": { "indentStyle": "space" } }\n'
    data = b"const a   = 1;\n\nconst b = 2;\nconst c=[a,b]\nexport { c };\n"
    root = lay_out(tmp_path / "tree", {"biome.json": settings, "a.ts": data, "fine.ts": "export {};\n"})
    request = request_for(biome_format, root, programs / "biome", environment="none")
    report = execute(biome_format, request)
    assert (report.reason, report.looked_at) == ("", 3)
    assert [(f.path, f.line, f.end_line) for f in report.findings] == [("a.ts", 1, 1), ("a.ts", 4, 4)]
    lay_out(root, {"a.ts": data})
    before = contents(root)
    command = biome_format.range_command(request, "a.ts", data, 4, 4)
    made = biome_format.parse_range(run_command(command, root, 60))
    assert made == data.replace(b"c=[a,b]", b"c = [a, b];")
    broken = biome_format.range_command(request, "a.ts", b"const = \n", 1, 1)
    assert biome_format.parse_range(run_command(broken, root, 60)) in (None, b"const = \n")
    assert contents(root) == before
