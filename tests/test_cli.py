from __future__ import annotations

import json
from pathlib import Path

import pytest

from qualitygate.cli import cli, main
from tests.support import make_repo, write

FOR_PEOPLE = {"accept", "install", "uninstall", "undo", "hook", "git-hook"}
"""Commands whose output no program has a use for: they ask, act, or speak a protocol of their own."""


def options(command: str) -> set[str]:
    return {name for one in cli.commands[command].params for name in one.opts}


@pytest.mark.parametrize("command", sorted(set(cli.commands) - FOR_PEOPLE))
def test_what_a_command_finds_out_can_be_read_by_a_program(command: str) -> None:
    assert "--json" in options(command)


@pytest.mark.parametrize("command", ("bootstrap", "fix"))
def test_what_writes_can_be_tried_without_writing_under_one_name(command: str) -> None:
    assert "--dry-run" in options(command)


def test_run_json_is_the_format_json(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = make_repo(tmp_path / "r", {"qualitygate.toml": "schema = 1\n[checks.markers]\n", "a.txt": "a\n"})
    write(root, {"a.txt": "<<<<<<< ours\n=======\n>>>>>>> theirs\n"})
    monkeypatch.chdir(root)
    documents = []
    for asked in (("--json",), ("--format", "json")):
        assert main(["run", *asked]) == 1
        document = json.loads(capsys.readouterr().out)
        documents.append({key: value for key, value in document.items() if key != "checks"})
    assert documents[0] == documents[1]
    assert documents[0]["new"][0]["rule"] == "builtin:merge-marker"
