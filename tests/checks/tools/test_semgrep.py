from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualitygate.checks.tool import Command, Request
from qualitygate.checks.tools import semgrep
from qualitygate.errors import ToolError
from qualitygate.model import Finding, Report
from qualitygate.process import Output
from tests.support import write

DATA = Path(__file__).parents[2] / "data" / "semgrep"
ENGINE = "/tools/semgrep-core"
EVAL = {"id": "no-eval", "languages": ["python"], "severity": "ERROR", "message": "m", "pattern": "eval(...)"}
WEB = {**EVAL, "languages": ["javascript", "typescript"]}
FIX = "parse it with `ast.literal_eval`"


def request(*files: str, root: Path = DATA / "tree", engine: str = ENGINE, **options: Any) -> Request:
    return Request("rules", os.fspath(root), files, engine, options or {"pack": [EVAL]}, "/cache")


def recorded(name: str) -> Output:
    return Output(0, (DATA / f"{name}.json").read_bytes(), b"")


def said(**changed: Any) -> Output:
    document = {"results": [], "errors": [], "paths": {"scanned": ["shop.py"]}, "skipped_rules": [], **changed}
    return Output(0, json.dumps(document).encode(), b"")


def targets(command: Command) -> list[tuple[str, str]]:
    """The files that the engine is given, with the language that each is read as."""
    (data,) = (json.loads(data) for path, data in command.files.items() if "targets-" in path)
    return [(row["path"]["fpath"], row["analyzer"]) for _, row in data[1]]


def places(report: Report) -> list[tuple[str, str, int, int]]:
    return [(found.rule, found.path, found.line, found.column) for found in report.findings]


def test_what_it_looks_at() -> None:
    assert semgrep.wants("a/b.py") and semgrep.wants("b.pyi") and semgrep.wants("web/c.tsx")
    assert not semgrep.wants("a.pyx")
    assert not semgrep.wants(".qualitygate/rules/no-eval.ts")
    assert not semgrep.wants(".qualitygate/rules/no-eval.py"), "the test of a rule is there to be found"


def test_findings_as_recorded_without_those_that_a_comment_silences() -> None:
    report = semgrep.parse(recorded("findings"), request("shop.py", "tests/test_shop.py"))
    assert report == Report(
        (
            Finding("rules", "semgrep:no-eval", "shop.py", 3, 9, 3, 18, '"1" is evaluated', fix=FIX, grave=True),
            Finding("rules", "semgrep:no-eval", "shop.py", 5, 24, 5, 34, "name is evaluated", fix=FIX, grave=True),
            Finding("rules", "semgrep:no-sleep", "tests/test_shop.py", 3, 1, 3, 14, "a test waits"),
        ),
        2,
    )


def test_what_a_comment_silences_is_found_where_that_is_asked() -> None:
    asked = request("shop.py", "tests/test_shop.py")
    asked = asked._replace(options={**asked.options, "unmasked": True})
    found, silent = (
        semgrep.parse(recorded("findings"), one) for one in (asked, request("shop.py", "tests/test_shop.py"))
    )
    assert {*found.findings} > {*silent.findings}


def test_columns_count_characters_where_the_engine_counts_bytes() -> None:
    row = (DATA / "tree" / "shop.py").read_text("utf-8").splitlines()[4]
    report = semgrep.parse(recorded("findings"), request("shop.py", "tests/test_shop.py"))
    (found,) = (one for one in report.findings if one.line == 5)
    assert row[found.column - 1 : found.end_column - 1] == "eval(name)"


def test_the_command_line_of_the_engine_is_read_alike() -> None:
    files = ("shop.py", "tests/test_shop.py", "broken.py")
    report = semgrep.parse(recorded("command-line"), request(*files, engine="/tools/bin/osemgrep"))
    short = semgrep.parse(recorded("findings"), request(*files[:2]))
    assert [found for found in report.findings if found.path != "broken.py"] == list(short.findings)
    assert not report.reason


def test_a_rule_in_a_folder_keeps_its_name_on_the_command_line() -> None:
    row = {"check_id": "qualitygate.rules.no-eval", "path": "./shop.py", "extra": {"message": "m"}}
    output = said(results=[{**row, "start": {"line": 3, "col": 9}, "end": {"line": 3, "col": 18}}])
    (found,) = semgrep.parse(output, request("shop.py", engine="/tools/osemgrep")).findings
    assert (found.rule, found.path) == ("semgrep:no-eval", "shop.py")


def test_a_file_that_python_cannot_parse_is_named_and_the_others_count() -> None:
    report = semgrep.parse(recorded("broken"), request("shop.py", "broken.py"))
    assert not report.reason
    assert report.looked_at == 1
    assert (semgrep.UNREAD, "broken.py", 1, 1) in places(report)
    assert semgrep.UNREAD in semgrep.shown_rules


@pytest.mark.parametrize(
    ("name", "files", "reason"),
    (
        ("modern", ("shop.py", "modern.py"), "cannot read all of modern.py, which is valid Python: `exclude` it"),
        ("timeout", ("slow.py",), "Timeout (slow in slow.py)"),
        ("bad-pattern", ("shop.py",), "Rule parse error (bad in bad.yml): Invalid pattern for Python"),
        ("later-version", ("shop.py",), "IncompatibleRule (later in later.yml): This rule requires upgrading Semgrep"),
        ("bad-yaml", ("shop.py",), "Fatal error: Failure: Error in parsing: invalid YAML, torn.yml:1:7"),
        ("findings", ("shop.py", "tests/test_shop.py", "new.py"), "did not look at new.py"),
        ("findings", ("shop.py",), "names tests/test_shop.py, which it was not given"),
    ),
)
def test_whatever_was_not_done_makes_it_undecided(name: str, files: tuple[str, ...], reason: str) -> None:
    assert semgrep.parse(recorded(name), request(*files)).reason.startswith(reason)


def test_a_file_that_takes_too_long_is_named_so_that_bootstrap_can_leave_it_out() -> None:
    """One bundle of 370 kB in one line cost a repository all rules for semgrep."""
    report = semgrep.parse(recorded("timeout"), request("slow.py"))
    assert [finding.path for finding in report.findings if finding.rule == semgrep.READ_IN_PART] == ["slow.py"]


def test_a_rule_that_was_skipped_makes_it_undecided() -> None:
    skipped = [{"rule_id": "later", "details": "", "position": {}}]
    assert (
        semgrep.parse(said(skipped_rules=skipped), request("shop.py")).reason
        == "did not try the rule later: is it for Python, JavaScript or TypeScript?"
    )


def test_a_rule_for_another_language_is_not_green_in_silence(tmp_path: Path) -> None:
    write(tmp_path, {".qualitygate/rules/a.yml": "rules:\n  - id: for-python\n  - 'id': \"for-go\"\n", "shop.py": ""})
    report = semgrep.parse(said(rules_by_engine=[["for-python", "OSS"]]), request("shop.py", root=tmp_path))
    assert report.reason == "did not try the rule for-go: is it for Python, JavaScript or TypeScript?"


def test_a_rule_of_the_repository_is_not_missed_where_no_file_of_its_language_was_looked_at(tmp_path: Path) -> None:
    rule = "rules:\n  - id: for-web\n    languages: [typescript]\n"
    write(tmp_path, {".qualitygate/rules/a.yml": rule, "shop.py": "", "shop.ts": ""})
    output = said(rules_by_engine=[])
    assert not semgrep.parse(output, request("shop.py", root=tmp_path)).reason
    output = said(rules_by_engine=[], paths={"scanned": ["shop.ts"]})
    assert semgrep.parse(output, request("shop.ts", root=tmp_path)).reason.startswith("did not try the rule for-web")


def test_files_that_no_rule_is_about_are_neither_given_to_it_nor_counted(tmp_path: Path) -> None:
    asked = request("shop.ts", "shop.py", "web/page.tsx", root=tmp_path)
    assert [path for path, _ in targets(semgrep.command(asked))] == ["shop.py"]
    assert semgrep.parse(said(), asked) == Report((), 1)
    asked = request("shop.ts", "web/page.tsx", "a.mjs", "shop.py", root=tmp_path, pack=[WEB])
    kinds = {"shop.ts": "typescript", "web/page.tsx": "typescript", "a.mjs": "javascript"}
    assert dict(targets(semgrep.command(asked))) == kinds
    assert semgrep.parse(said(paths={"scanned": [*kinds]}), asked) == Report((), 3)


@pytest.mark.parametrize(("engine", "flag"), ((ENGINE, "-version"), ("/tools/osemgrep", "--version")))
def test_without_a_file_that_a_rule_is_about_it_does_not_look_at_everything(engine: str, flag: str) -> None:
    asked = request("page.ts", engine=engine)
    assert semgrep.command(asked).argv == (engine, flag)
    assert semgrep.parse(Output(0, b"1.0", b""), asked) == Report((), 0)
    assert semgrep.parse(Output(0, b"", b"", timed_out=True), asked).reason


def test_a_file_for_the_web_that_cannot_be_read_whole_is_undecided_and_named() -> None:
    """Nothing here can say whether it is broken or newer than the engine, so it must not pass unseen."""
    place = {"path": "page.tsx", "start": {"line": 1, "col": 1}, "end": {"line": 2, "col": 1}}
    error = {"error_type": ["PartialParsing", [place]], "message": "`&` was unexpected", "location": place}
    output = said(errors=[error], paths={"scanned": ["page.tsx"]})
    report = semgrep.parse(output, request("page.tsx", pack=[WEB]))
    way = "make it parse; if it does, `exclude` it for this check, in a commit before"
    assert report.reason == f"cannot read all of page.tsx: {way}"
    assert places(report) == [(semgrep.READ_IN_PART, "page.tsx", 1, 1)]
    assert semgrep.READ_IN_PART in semgrep.shown_rules


def test_a_file_that_nobody_asked_for_makes_it_undecided() -> None:
    report = semgrep.parse(said(paths={"scanned": ["shop.py", "more.py"]}), request("shop.py"))
    assert report.reason == "looked at more.py unasked"


@pytest.mark.parametrize(
    ("output", "reason"),
    (
        (Output(0, b"", b""), "printed what cannot be read (exit code 0)"),
        (
            Output(2, b"[]", b"Failure: out of memory"),
            "printed what cannot be read (exit code 2): Failure: out of memory",
        ),
        (Output(0, b'{"results": [], "errors": []}', b""), "printed what cannot be read (exit code 0): KeyError"),
        (Output(-9, b"", b""), "killed by signal 9"),
        (Output(None, b"", b"no such file"), "could not be started: no such file"),
        (Output(0, b"{}", b"", timed_out=True), "no answer within the time limit"),
        (Output(0, b"{}", b"", truncated=True), "printed more than can be read"),
    ),
)
def test_an_output_that_it_does_not_know_is_undecided(output: Output, reason: str) -> None:
    report = semgrep.parse(output, request("shop.py"))
    assert report.reason.startswith(reason)
    assert not report.findings


def test_the_exit_code_is_not_believed_in_either_direction() -> None:
    for code in (0, 1, 2, 7):
        assert not semgrep.parse(said()._replace(code=code), request("shop.py")).reason


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=5), below, max_size=3),
    max_leaves=8,
)


@given(_JSON, st.sampled_from(("results", "errors", "paths", "skipped_rules", "")))
def test_no_output_makes_it_raise_or_pass_unseen(value: object, key: str) -> None:
    document = json.loads(said(paths={"scanned": []}).stdout)
    output = Output(0, json.dumps({**document, key: value} if key else value).encode(), b"")
    assert semgrep.parse(output, request("shop.py")).reason


def test_the_command_names_files_rules_and_nothing_else(tmp_path: Path) -> None:
    rules = tmp_path / ".qualitygate" / "rules"
    rules.mkdir(parents=True)
    for name in ("b.yml", "a.yaml", "a.py", "notes.md"):
        (rules / name).write_text("")
    command = semgrep.command(request("x.py", root=tmp_path))
    own = [".qualitygate/rules/a.yaml", ".qualitygate/rules/b.yml"]
    given = [word for before, word in zip(command.argv, command.argv[1:], strict=False) if before == "-rules"]
    assert given[1:] == own
    written: Mapping[str, Any] = {path: json.loads(data) for path, data in command.files.items()}
    assert written[given[0]] == {"rules": [EVAL]}
    (targets,) = (value for path, value in written.items() if path != given[0])
    assert targets[1][0][1]["path"] == {"fpath": "x.py", "ppath": "/x.py"}
    assert all(path.startswith("/cache/") for path in written)


def test_without_any_rule_it_is_undecided_not_green(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="it has no rule"):
        semgrep.command(Request("rules", os.fspath(tmp_path), ("x.py",), ENGINE, {}, "/cache"))


def test_rules_that_were_not_compiled_are_not_silently_left_out() -> None:
    with pytest.raises(ToolError, match="not compiled"):
        semgrep.command(request("shop.py", rules=["no-eval"]))


def test_a_file_whose_name_is_not_utf8_is_named_and_not_given() -> None:
    asked = request("shop.py", "caf\udce9.py")
    command = semgrep.command(asked)
    assert not any(b"caf" in data for data in command.files.values())
    report = semgrep.parse(said(), asked)
    assert (semgrep.UNREAD, "caf\udce9.py", 1, 1) in places(report)
    assert (report.looked_at, report.reason) == (1, "")


def test_nothing_leaves_the_machine() -> None:
    for engine in (ENGINE, "/tools/osemgrep"):
        command = semgrep.command(request("shop.py", engine=engine))
        assert command.env["SEMGREP_SEND_METRICS"] == "off"
        assert command.env["SEMGREP_ENABLE_VERSION_CHECK"] == "0"
    assert {"--metrics=off", "--disable-version-check"} <= set(command.argv)


def test_the_users_own_settings_for_semgrep_do_not_reach_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from qualitygate.process import tool_env

    monkeypatch.setenv("SEMGREP_RULES", "p/python")
    monkeypatch.setenv("SEMGREP_APP_TOKEN", "x")
    assert not [name for name in tool_env() if name.startswith("SEMGREP_")]


def test_a_file_that_vanished_still_has_a_column(tmp_path: Path) -> None:
    shutil.copytree(DATA / "tree", tmp_path / "tree")
    (tmp_path / "tree" / "shop.py").unlink()
    report = semgrep.parse(recorded("findings"), request("shop.py", "tests/test_shop.py", root=tmp_path / "tree"))
    assert ("semgrep:no-eval", "shop.py", 3, 9) in places(report)
