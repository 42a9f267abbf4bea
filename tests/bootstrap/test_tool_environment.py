from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from qualitygate.bootstrap import tool_environment as making
from qualitygate.checks import tool_environment
from qualitygate.checks.resolve import resolve
from qualitygate.errors import ToolError


def put(place: Path, *, stamp: bool = True, program: bool = True) -> Path:
    """A folder that looks like the environment, as far as asked."""
    engine = place / "lib" / "semgrep-core"
    engine.parent.mkdir(parents=True)
    if program:
        engine.write_text("#!/bin/sh\n")
        engine.chmod(0o755)
    if stamp:
        (place / tool_environment.STAMP).write_text(
            json.dumps(dict.fromkeys(tool_environment.PINNED, "lib/semgrep-core"))
        )
    return engine


def test_it_lies_in_the_users_cache_and_is_named_by_what_it_holds(own_home: Path) -> None:
    place = tool_environment.place()
    assert place.parent == own_home / "cache" / "qualitygate" / "tools"
    assert f"semgrep-{tool_environment.SEMGREP}" in place.name


def test_a_whole_one_is_found() -> None:
    engine = put(tool_environment.place())
    found = tool_environment.program("semgrep")
    assert found == (os.fspath(engine), tool_environment.SEMGREP)
    program = resolve("semgrep", "", None)
    assert program == (os.fspath(engine), tool_environment.SEMGREP, False)


@pytest.mark.parametrize(("stamp", "program"), ((False, True), (True, False), (False, False)))
def test_one_that_is_not_whole_is_none(stamp: bool, program: bool) -> None:
    put(tool_environment.place(), stamp=stamp, program=program)
    with pytest.raises(ToolError) as caught:
        tool_environment.program("semgrep")
    assert caught.value.message == f"semgrep {tool_environment.SEMGREP} is not set up on this machine"
    assert "`qualitygate install`" in caught.value.hint


def test_a_torn_stamp_is_none() -> None:
    put(tool_environment.place())
    (tool_environment.place() / tool_environment.STAMP).write_text('{"semgrep":')
    assert tool_environment.find("semgrep") is None


def test_another_version_than_ours_is_refused_by_name() -> None:
    put(tool_environment.place())
    with pytest.raises(ToolError, match=r"semgrep 0\.1 is needed, this version of qualitygate brings"):
        resolve("semgrep", "0.1", None)


def test_the_projects_own_semgrep_is_never_taken(tmp_path: Path) -> None:
    """The form in which it is called is that of one version alone."""
    from qualitygate.checks.tool import Environment

    put(tool_environment.place())
    site = tmp_path / "lib/python3.11/site-packages"
    (site / "semgrep-1.0.dist-info").mkdir(parents=True)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "semgrep").write_text("#!/bin/sh\n")
    (tmp_path / "bin" / "semgrep").chmod(0o755)
    project = Environment(os.fspath(tmp_path), "python", (os.fspath(site),))
    assert resolve("semgrep", "", project).version == tool_environment.SEMGREP


def test_what_is_there_is_not_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    put(tool_environment.place())
    monkeypatch.setattr(making, "run", None)
    assert making.make() is False


def test_offline_nothing_is_tried_and_nothing_is_left() -> None:
    with pytest.raises(ToolError, match="is not fetched while QUALITYGATE_OFFLINE is set"):
        making.make()
    assert not tool_environment.place().parent.exists()


def test_a_failed_fetch_says_why_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QUALITYGATE_OFFLINE")
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    told: list[str] = []
    with pytest.raises(ToolError) as caught:
        making.make(told.append)
    assert caught.value.message.startswith(f"cannot fetch semgrep {tool_environment.SEMGREP}, ast-grep-cli ")
    assert "package index" in caught.value.hint
    assert told[-1].startswith("fetching")
    assert list(tool_environment.place().parent.iterdir()) == []


def test_what_a_killed_run_left_is_not_whole_and_goes_after_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tool_environment.place().parent
    for name in ("young", "old"):
        put(folder / f".making-{name}")
    assert tool_environment.find("semgrep") is None
    long_ago = time.time() - 2 * 24 * 3600
    os.utime(folder / ".making-old", (long_ago, long_ago))
    monkeypatch.delenv("QUALITYGATE_OFFLINE")
    monkeypatch.setattr(making, "_INSTALL", {"python": _stop})
    with pytest.raises(KeyboardInterrupt):
        making.make()
    assert [path.name for path in folder.iterdir()] == [".making-young"]


def _stop(*_: object) -> None:
    raise KeyboardInterrupt


def test_an_engine_that_does_not_answer_is_not_put_in_place(monkeypatch: pytest.MonkeyPatch) -> None:
    def install(work: Path, *_: object) -> None:
        engine = work / "lib/python3.11/site-packages/semgrep/bin/semgrep-core"
        engine.parent.mkdir(parents=True)
        (work / "bin").mkdir()
        engine.write_text("#!/bin/sh\necho '{}'\n")
        engine.chmod(0o755)

    monkeypatch.delenv("QUALITYGATE_OFFLINE")
    monkeypatch.setattr(making, "_INSTALL", {"python": install})
    with pytest.raises(ToolError, match="does not run on this machine"):
        making.make()
    assert not tool_environment.place().exists()


def test_where_only_the_command_line_of_the_engine_answers_it_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = {
        "results": [
            {
                "check_id": "tried",
                "path": "./tried.py",
                "start": {"line": 1, "col": 1},
                "end": {"line": 1, "col": 14},
                "extra": {"message": "tried"},
            }
        ],
        "errors": [],
        "paths": {"scanned": ["./tried.py"]},
        "skipped_rules": [],
    }

    place = {"start": {"line": 0, "column": 0}, "end": {"line": 0, "column": 13}}
    match = {"ruleId": "tried", "file": "./tried.py", "range": place, "message": "tried", "note": None}
    log = "summary|file: scannedFileCount=1,skippedFileCount=0\nsummary|rule: effectiveRuleCount=1,skippedRuleCount=0"

    def install(work: Path, *_: object) -> None:
        engine = work / "lib/python3.11/site-packages/semgrep/bin/semgrep-core"
        engine.parent.mkdir(parents=True)
        (work / "bin").mkdir()
        (work / "bin" / "ast-grep").write_text(f"#!/bin/sh\ncat <<'E'\n{json.dumps(match)}\nE\necho '{log}' >&2\n")
        (work / "bin" / "ast-grep").chmod(0o755)
        engine.write_text(f"#!/bin/sh\n[ \"$1\" = scan ] || exit 2\ncat <<'E'\n{json.dumps(answer)}\nE\n")
        engine.chmod(0o755)

    monkeypatch.delenv("QUALITYGATE_OFFLINE")
    monkeypatch.setattr(making, "_INSTALL", {"python": install})
    assert making.make() is True
    assert Path(tool_environment.program("semgrep").executable).name == "osemgrep"


def test_one_that_is_not_whole_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    put(tool_environment.place(), stamp=False)
    fresh = tool_environment.place().parent / ".making-x"
    put(fresh)
    making._put(fresh, tool_environment.place(), tool_environment.group_of("semgrep"))
    assert tool_environment.find("semgrep") is not None


@pytest.mark.slow
@pytest.mark.live
def test_the_command_line_of_the_engine_finds_what_the_engine_finds(tools: Path, tmp_path: Path) -> None:
    from qualitygate.checks.tool import Request
    from qualitygate.checks.tools import semgrep
    from qualitygate.process import run, tool_env
    from qualitygate.rule_pack import load_pack

    (tmp_path / "tree" / ".git").mkdir(parents=True)
    pack = load_pack()
    for rule in pack:
        for kind, text in rule.tests.items():
            (tmp_path / "tree" / f"{rule.id.replace('-', '_')}.{kind}").write_text(text)
    files = tuple(sorted(path.name for path in (tmp_path / "tree").glob("*.*") if path.is_file()))
    reports = []
    for program in ("lib/python*/site-packages/semgrep/bin/semgrep-core", "bin/osemgrep"):
        (found,) = tool_environment.place().glob(program)
        options = {"pack": [rule.document for rule in pack]}
        cache = os.fspath(tmp_path)
        request = Request("semgrep", os.fspath(tmp_path / "tree"), files, os.fspath(found), options, cache)
        command = semgrep.command(request)
        for path, data in command.files.items():
            Path(path).write_bytes(data)
        output = run(command.argv, cwd=tmp_path / "tree", env=tool_env(command.env), timeout=120)
        reports.append(semgrep.parse(output, request))
    engine, line = reports
    assert sorted(engine.findings) == sorted(line.findings)
    assert (engine.reason, engine.looked_at) == (line.reason, line.looked_at) == ("", len(files))
