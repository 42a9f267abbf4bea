from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from qualitygate.checks.tool import Request
from qualitygate.checks.tools import ast_grep
from qualitygate.errors import ToolError
from qualitygate.process import Output
from tests.support import write

DATA = Path(__file__).parents[2] / "data" / "ast-grep"
TREE = DATA.parent / "semgrep" / "tree"
EVAL = {"id": "no-eval", "language": "python", "message": "m", "rule": {"pattern": "eval($X)"}}
LOG = (
    b"sg: summary|file: scannedFileCount=1,skippedFileCount=0\n"
    b"sg: summary|rule: effectiveRuleCount=1,skippedRuleCount=0\n"
)


def request(*files: str, root: Path = TREE, **options: Any) -> Request:
    return Request("rules", os.fspath(root), files, "/tools/ast-grep", options or {"fast": [EVAL]}, "/cache")


def row(line: int, file: str = "./shop.py", rule: str = "no-eval") -> bytes:
    place = {"start": {"line": line - 1, "column": 0}, "end": {"line": line - 1, "column": 7}}
    return json.dumps({"ruleId": rule, "file": file, "range": place, "message": "m", "note": "n"}).encode() + b"\n"


def test_findings_as_recorded_without_those_that_a_comment_silences() -> None:
    output = Output(0, (DATA / "findings.jsonl").read_bytes(), (DATA / "findings.log").read_bytes())
    report = ast_grep.parse(output, request("shop.py", "broken.py"))
    assert (report.reason, report.looked_at) == ("", 2)
    places = [(one.rule, one.path, one.line, one.column, one.end_column) for one in report.findings]
    assert places == [
        ("semgrep:no-eval", "broken.py", 1, 1, 8),
        ("semgrep:no-eval", "shop.py", 3, 9, 18),
        ("semgrep:no-eval", "shop.py", 5, 24, 34),
    ]


@pytest.mark.parametrize(
    ("output", "reason"),
    (
        (Output(0, b"", b""), "did not say what it looked at"),
        (Output(0, b"", LOG.replace(b"FileCount=1", b"FileCount=0")), "looked at 0 of 1 files with 1 of 1 rules"),
        (Output(0, b"", LOG.replace(b"RuleCount=1", b"RuleCount=0")), "looked at 1 of 1 files with 0 of 1 rules"),
        (Output(0, b"{", LOG), "printed what cannot be read"),
        (Output(0, b"[]\n", LOG), "printed what cannot be read"),
        (Output(0, row(1, "./other.py"), LOG), "names other.py, which it was not given"),
        (Output(8, b"", b"Error: Cannot parse rule INLINE_RULES"), "exit code 8: Error: Cannot parse rule"),
        (Output(-9, b"", b""), "killed by signal 9"),
    ),
)
def test_whatever_was_not_done_makes_it_undecided(output: Output, reason: str) -> None:
    report = ast_grep.parse(output, request("shop.py"))
    assert report.reason.startswith(reason)
    assert not report.findings


@pytest.mark.parametrize(
    ("comment", "is_found"),
    (
        ("# nosemgrep", False),
        ("# nosem", False),
        ("# nosemgrep: no-eval", False),
        ("# nosemgrep: other, no-eval", False),
        ("# nosemgrep: other", True),
        ("# noqa", True),
    ),
)
def test_a_comment_silences_what_it_names_on_its_line_or_below_if_it_stands_alone(
    tmp_path: Path, comment: str, is_found: bool
) -> None:
    write(tmp_path, {"shop.py": f"eval(1)  {comment}\neval(2)\n{comment}\neval(4)\neval(5)\n"})
    report = ast_grep.parse(Output(1, row(1) + row(2) + row(4) + row(5), LOG), request("shop.py", root=tmp_path))
    assert [one.line for one in report.findings] == ([1, 2, 4, 5] if is_found else [2, 5])


def test_the_command_holds_its_rules_and_names_its_files() -> None:
    command = ast_grep.command(request("-a.py", "b.py", "caf\udce9.py"))
    assert command.argv[-3:] == ("--", "./-a.py", "./b.py")
    (rules,) = (word for word in command.argv if word.startswith("--inline-rules="))
    assert json.loads(rules.partition("=")[2]) == EVAL


def test_without_a_rule_it_does_not_run() -> None:
    with pytest.raises(ToolError):
        ast_grep.command(request("a.py", other=1))


@pytest.mark.parametrize("comment", ("// nosemgrep", "/* nosemgrep: no-eval */", "{/* nosemgrep */}"))
def test_a_comment_in_another_language_silences_too(tmp_path: Path, comment: str) -> None:
    write(tmp_path, {"shop.js": f"eval(1)  {comment}\neval(2)\n{comment}\neval(4)\n"})
    rule = {**EVAL, "language": "javascript"}
    output = Output(1, b"".join(row(line, "./shop.js") for line in (1, 2, 4)), LOG)
    report = ast_grep.parse(output, request("shop.js", root=tmp_path, fast=[rule]))
    assert [one.line for one in report.findings] == [2]


def test_a_file_that_no_rule_is_about_is_not_counted(tmp_path: Path) -> None:
    log = LOG.replace(b"FileCount=1", b"FileCount=3").replace(b"RuleCount=1", b"RuleCount=2")
    rules = [{**EVAL, "language": language} for language in ("typescript", "tsx")]
    report = ast_grep.parse(Output(0, b"", log), request("a.ts", "b.tsx", "shop.py", root=tmp_path, fast=rules))
    assert (report.reason, report.looked_at) == ("", 2)
