"""The gate with shared settings: through git's own hooks, at an agent's edit, through bootstrap and back."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from qualitygate import defaults
from qualitygate.checks.catalogue import TOOLS
from qualitygate.cli import main
from qualitygate.commands.sync import sync
from qualitygate.errors import ConfigError
from qualitygate.gate.policy import joined, load, on_disk
from qualitygate.git import find_repo
from tests.checkout import ROOT, run
from tests.sharing.test_sync import BASE, EXTENDED, LOCK, RULE, consumer, source
from tests.support import commit, git, write

CONFLICT = "x = 1\n<<<<<<< ours\n=======\n>>>>>>> theirs\n"


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    """A repository with a gate that is wholly shared, committed, hooks installed."""
    source(
        tmp_path / "source",
        {"rules/no-print.yml": RULE.format("no-print"), "rules/no-print.py": "# ruleid: no-print\nprint()\n"},
    )
    root = consumer(tmp_path / "r", "git+../source@v1.0.0")
    sync(root)
    commit(root, {}, "sync")
    run(sys.executable, "-m", "qualitygate", "install", ".", cwd=root, PYTHONPATH=os.fspath(ROOT))
    return root


def test_a_commit_is_judged_by_shared_settings_without_their_source(shared: Path, tmp_path: Path) -> None:
    (tmp_path / "source").rename(tmp_path / "gone")
    write(shared, {"a.py": CONFLICT})
    done = run("git", "commit", "-qam", "conflict", cwd=shared)
    assert done.returncode == 1 and "builtin:merge-marker" in done.stdout
    write(shared, {"a.py": "x = 2\n"})
    assert run("git", "commit", "-qam", "mended", cwd=shared).returncode == 0


def test_an_edit_of_an_agent_is_judged_by_shared_settings(shared: Path) -> None:
    for kind in ("start", "edited"):
        write(shared, {"a.py": CONFLICT})
        event = {"session_id": "s", "cwd": os.fspath(shared), "tool_input": {"file_path": os.fspath(shared / "a.py")}}
        argv = [sys.executable, "-m", "qualitygate", "hook", "claude", kind]
        (shared.parent / "event").write_text(json.dumps(event))
        done = run("sh", "-c", f"{' '.join(argv)} < {shared.parent / 'event'}", cwd=shared, PYTHONPATH=os.fspath(ROOT))
        assert "could not judge" not in done.stdout
    assert "merge-marker" in done.stdout


def test_the_hook_finds_a_policy_that_was_compiled_with_one_look_at_the_tree(shared: Path) -> None:
    """On the hook path nothing is parsed again for the same copies, and another copy is another policy."""
    seen: list[int] = []

    def compile_(data: bytes | None, extended: Mapping[str, bytes]) -> dict[str, object]:
        seen.append(len(extended))
        return defaults.compile_any(data, extended)

    from qualitygate import git as our_git

    repo = find_repo(shared)

    def digest() -> str:
        entries = our_git.entries(repo, git(shared, "rev-parse", "HEAD^{tree}"))
        return load(repo, shared / ".git" / "cache", entries, "1", compile_).digest

    first = digest()
    assert digest() == first and seen == [4]
    commit(shared, {f"{EXTENDED}/source/gate.toml": BASE.replace("100", "200")})
    assert digest() != first and len(seen) == 2


def test_a_shared_rule_that_a_change_takes_away_still_judges_that_change(shared: Path) -> None:
    settings = b'schema = 1\nextend = ["git+../source@v1.0.0"]\n[checks.semgrep]\n'
    held = {path: data for path, data in on_disk(shared).items() if path.startswith(EXTENDED)}
    full = defaults.compile_any(settings, held)
    (check,) = [check for check in full["checks"] if check["tool"] == "semgrep"]
    assert [rule["id"] for rule in check["options"]["pack"]] == ["no-print"] and "shared" not in check["options"]
    less = defaults.compile_any(settings, {p: d for p, d in held.items() if not p.endswith("no-print.yml")})
    from qualitygate.gate.policy import _as_policy

    both = joined(_as_policy(less), _as_policy(full))
    assert [rule["id"] for rule in both.checks[-1].options["pack"]] == ["no-print"]
    assert any("relaxed in its shared rules" in note for note in both.notes)
    assert any("is missing, which is shared settings" in note for note in both.notes)


def test_what_shared_settings_change_for_the_gate_itself_is_said(shared: Path, tmp_path: Path) -> None:
    """A new pin must not bring a longer time limit, or another trusted ref, without a word."""
    from qualitygate.gate.policy import _as_policy

    settings = (shared / "qualitygate.toml").read_bytes()
    held = {path: data for path, data in on_disk(shared).items() if path.startswith(EXTENDED)}
    place = f"{EXTENDED}/source/gate.toml"
    weak = BASE.replace("time_limit = 300", 'time_limit = 3000\ntrusted = "mine"\nactor = "person"').encode()
    before, now = (_as_policy(defaults.compile_any(settings, {**held, place: data})) for data in (held[place], weak))
    said = [note for note in joined(now, before).notes if "changed: gate." in note]
    assert [note.partition(": ")[2] for note in said] == [
        "gate.time_limit = 3000, from the shared settings source",
        "gate.trusted = 'mine', from the shared settings source",
        "gate.actor = 'person', from the shared settings source",
        "gate.actor is relaxed to person; this change is judged as before",
    ]
    assert not any("gate." in note for note in joined(before, before).notes)


def test_what_cannot_be_a_rule_is_named_when_it_is_compiled(shared: Path) -> None:
    settings = b'schema = 1\nextend = ["git+../source@v1.0.0"]\n[checks.semgrep]\n'
    held = {path: data for path, data in on_disk(shared).items() if path.startswith(EXTENDED)}
    with pytest.raises(ConfigError, match=r"extended/source/rules/no-print\.yml: "):
        defaults.compile_any(settings, {**held, f"{EXTENDED}/source/rules/no-print.yml": b"- : ]["})
    with pytest.raises(ConfigError, match=r"extended/source/gate\.toml is missing"):
        defaults.compile_any(settings, {LOCK: held[LOCK]})


def test_the_test_of_a_shared_rule_is_no_code_of_this_repository(shared: Path) -> None:
    from qualitygate.gate.sides import wanted_files
    from qualitygate.model import Check, Entry

    entries = {path: Entry("100644", "0" * 40) for path in ("a.py", f"{EXTENDED}/source/rules/no-print.py")}
    for tool, expected in (("ruff", 1), ("mypy", 1), ("secrets", 2), ("markers", 2)):
        check = Check(tool, tool, "ratchet", "commit", "", {})
        assert len(wanted_files(check, TOOLS[tool], entries)) == expected


def test_inspect_explain_and_the_report_say_where_settings_are_from(
    shared: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(shared)
    capsys.readouterr()
    assert main(["inspect", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)["extended"]
    assert row["name"] == "source" and "gate.time_limit" in row["settings"]
    assert main(["inspect"]) == 0
    assert "git+../source@v1.0.0" in capsys.readouterr().out
    assert main(["explain", "builtin:merge-marker"]) == 0
    assert "from the shared settings source: checks.markers.tier" in capsys.readouterr().out
    assert main(["sync", "--check", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["verdict"] == "in step"


def test_bootstrap_keeps_what_is_extended_and_undo_leaves_it(
    shared: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(shared)
    before = on_disk(shared)
    assert main(["bootstrap", "--json", "--agents", "none"]) == 0, capsys.readouterr().err
    result = json.loads(capsys.readouterr().out)
    assert {row["check"] for row in result["proof"]} == {"markers", "big"}
    assert all(row["green_on_head"] and row["red_on_seed"] for row in result["proof"])
    assert on_disk(shared) == before
    assert main(["undo"]) == 0
    assert on_disk(shared) == before


@pytest.mark.slow
@pytest.mark.live
def test_a_shared_rule_finds_what_a_commit_adds(shared: Path, tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the real engine: through the hook, and proven red by its own test in bootstrap."""
    rest = 'schema = 1\nextend = ["git+../source@v1.0.0"]\n[checks.semgrep]\n'
    assert run("git", "log", cwd=shared).returncode == 0
    write(shared, {"qualitygate.toml": rest})
    done = run("git", "commit", "-qam", "add semgrep", cwd=shared)
    assert done.returncode == 0, done.stdout
    write(shared, {"a.py": "x = 1\nprint(x)\n"})
    done = run("git", "commit", "-qam", "print", cwd=shared)
    assert done.returncode == 1 and "a.py:2:1: semgrep:no-print nothing is printed here" in done.stdout, done.stdout
    assert "fix: return it" in done.stdout
    git(shared, "checkout", "-q", "a.py")
    done = run(
        sys.executable,
        "-m",
        "qualitygate",
        "bootstrap",
        "--json",
        "--agents",
        "none",
        cwd=shared,
        PYTHONPATH=os.fspath(ROOT),
    )
    (proof,) = [row for row in json.loads(done.stdout[done.stdout.index("{") :])["proof"] if row["check"] == "semgrep"]
    assert proof["red_on_seed"] and proof["unproven"] == [], proof


def test_quiet_bootstrap_says_how_it_ends_and_nothing_else(
    shared: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(shared)
    capsys.readouterr()
    assert main(["bootstrap", "--quiet", "--agents", "none"]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    # The shared settings check no Python, which is said.
    lines = ["enforced now", "not checked", "old debt tolerated", "next"]
    assert [line.split(":")[0] for line in said.out.splitlines()] == lines
