from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from qualitygate.commands import accept
from qualitygate.commands.audit import audit
from qualitygate.commands.install import install
from qualitygate.errors import GitError
from qualitygate.reporters.audit import render_json, render_text
from tests.support import commit, git, make_repo, write

SETTINGS = {"qualitygate.toml": "schema = 1\n[checks.ruff]\n", "ruff.toml": '[lint]\nselect = ["F"]\n'}
OFF = ("-c", "core.hooksPath=/dev/null")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    upstream = make_repo(tmp_path / "up", {**SETTINGS, "a.py": "x = 1\n"})
    git(tmp_path, "clone", "-q", os.fspath(upstream), "r")
    root = tmp_path / "r"
    git(root, "switch", "-qc", "topic")
    install(root, trust_it=False, ask=None)
    return root


def past(root: Path, files: Mapping[str, str | None], subject: str) -> str:
    write(root, dict(files))
    git(root, "add", "-A")
    git(root, *OFF, "commit", "-qm", subject)
    return git(root, "rev-parse", "HEAD")


def accepted(root: Path, files: dict[str, str], subject: str) -> str:
    write(root, dict(files))
    git(root, "add", "-A")
    question = accept.look(root, wip=False, terminal=True)
    assert question is not None
    accept.grant(question, typed=question.word, reason="a hotfix")
    git(root, "commit", "-qm", subject)
    return git(root, "rev-parse", "HEAD")


def test_nothing_to_say(root: Path) -> None:
    assert render_text(audit(root)) == "nothing to say: no commits since origin/HEAD"
    commit(root, {"b.py": "y = 1\n"})
    assert render_text(audit(root)) == "nothing to say: 1 commit since origin/HEAD"
    assert not audit(root).has_something


def test_all_there_is_to_say(root: Path) -> None:
    hot = accepted(root, {"b.py": "import sys\n"}, "hot")
    silent = past(root, {"c.py": "import json\n"}, "si\x1blent")
    settings = past(root, {"qualitygate.toml": "schema = 1\n"}, "no checks")
    (root / ".git/hooks/pre-push").unlink()
    (root / ".git/hooks/pre-commit").chmod(0o644)
    (root / ".git/hooks/post-rewrite").write_text("#!/bin/sh\n")
    found = audit(root)
    when = render_text(found).partition(" on ")[2][:10]
    assert render_text(found).splitlines() == [
        "2 commits without a record: nothing shows that the gate saw them",
        f"  {settings[:7]} no checks",
        f"  {silent[:7]} si\\x1blent",
        "",
        "1 commit accepted by a person",
        f"  {hot[:7]} hot",
        f"          1 finding, by Somebody <somebody@example.com> on {when}: a hotfix",
        "",
        "the gate's settings changed in 1 commit",
        f"  {settings[:7]} no checks",
        "          weaker: check ruff is removed",
        "",
        "hooks in this clone, `qualitygate install` puts them in",
        "  pre-commit is not executable: git skips it",
        "  post-rewrite is not ours",
        "  pre-push is not installed",
        "",
        "something to look at: 3 commits since origin/HEAD",
    ]
    document = json.loads(render_json(found))
    assert [row["commit"] for row in document["unrecorded"]] == [settings, silent]
    assert [(row["commit"], row["reason"], row["findings"]) for row in document["accepted"]] == [(hot, "a hotfix", 1)]
    assert [row["commit"] for row in document["settings"]] == [settings]
    assert len(document["hooks"]) == 3


def test_an_accepted_commit_that_was_amended_is_still_told(root: Path) -> None:
    accepted(root, {"b.py": "import sys\n"}, "hot")
    write(root, {"b.py": "import sys\ny = 1\n"})
    git(root, "commit", "-qa", "--amend", "-m", "amended")
    found = audit(root)
    assert [(one.subject, one.by.reason) for one in found.accepted] == [("amended", "a hotfix")]
    assert found.unrecorded == ()


def test_what_was_judged_with_a_later_commit_is_counted_and_no_reason_to_worry(root: Path) -> None:
    past(root, {"c.py": "y = 1\n"}, "one")
    past(root, {"c.py": "y = 2\n"}, "two")
    last = commit(root, {"d.py": "y = 1\n"})  # prepare-commit-msg runs with --no-verify, too
    found = audit(root)
    assert [one.later for one in found.unrecorded] == [last, last]
    assert not found.has_something
    assert (
        render_text(found) == "nothing to say: 3 commits since origin/HEAD; 2 of them judged together with a later one"
    )


def test_without_a_remote_it_begins_where_the_gate_was_set_up(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {**SETTINGS, "a.py": "import sys\n"})
    install(root, trust_it=False, ask=None)
    accepted(root, {"b.py": "import sys\n"}, "hot")
    found = audit(root)
    assert (found.since, found.commits, found.accepted[0].by.final) == ("where the gate was set up", 1, True)
    assert "1 finding, final, by" in render_text(found)


def test_hooks_that_another_folder_takes_over(root: Path, tmp_path: Path) -> None:
    git(root, "config", "core.hooksPath", os.fspath(tmp_path / "elsewhere"))
    (said,) = audit(root).hooks
    assert said.startswith("core.hooksPath is ") and said.endswith("none of ours runs")
    git(root, "config", "core.hooksPath", "own")
    assert audit(root).hooks[-1] == "core.hooksPath is own"


def test_hooks_of_a_manager_that_runs_the_gate(root: Path) -> None:
    for path in (root / ".git/hooks").glob("*"):
        path.write_text("#!/bin/sh\n# File generated by pre-commit: https://pre-commit.com\n")
    assert len(audit(root).hooks) == 5
    write(root, {".pre-commit-config.yaml": "repos:\n- repo: local\n  hooks:\n  - id: qualitygate\n"})
    assert audit(root).hooks == ()
    (root / ".git/hooks/pre-push").unlink()
    assert audit(root).hooks == ("pre-push is not installed",)


@pytest.mark.parametrize("range_", ["..", "main..", "..HEAD", "main...HEAD", "nonsense", "main..nonsense"])
def test_a_range_that_is_none(root: Path, range_: str) -> None:
    with pytest.raises(GitError):
        audit(root, range_)


def test_a_range(root: Path) -> None:
    first = past(root, {"c.py": "y = 1\n"}, "one")
    past(root, {"c.py": "y = 2\n"}, "two")
    assert [one.subject for one in audit(root, f"{first}..HEAD").unrecorded] == ["two"]
    assert [one.subject for one in audit(root, f"main..{first}").unrecorded] == ["one"]
    assert [one.subject for one in audit(root, "main").unrecorded] == ["two", "one"]


def test_setting_the_gate_up_is_no_change_of_its_settings(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"a.py": "x = 1\n"})
    before = git(root, "rev-parse", "HEAD")
    commit(root, SETTINGS, "set up")
    install(root, trust_it=False, ask=None)
    assert audit(root, before).settings == ()
    weaker = past(root, {"qualitygate.toml": "schema = 1\n"}, "no checks")
    gone = past(root, {"qualitygate.toml": None}, "no gate")
    assert [commit for commit, _ in audit(root, before).settings] == [gone, weaker]


def clone_of(root: Path) -> str:
    return "\n".join(audit(root).clone)


def test_what_hides_files_from_the_gate_is_named(root: Path) -> None:
    git(root, "update-index", "--assume-unchanged", "a.py")
    git(root, "update-index", "--skip-worktree", "ruff.toml")
    assert "assume-unchanged is set for a.py" in clone_of(root)
    assert "skip-worktree is set for ruff.toml" in clone_of(root)
    git(root, "config", "core.sparseCheckout", "true")  # which sets that for what it leaves out
    assert "skip-worktree" not in clone_of(root)


def test_objects_that_git_replaces_are_named_and_the_gate_reads_the_real_ones(root: Path) -> None:
    good = git(root, "rev-parse", "HEAD")
    bad = past(root, {"c.py": "import json\n"}, "bad")
    git(root, "replace", bad, good)
    found = audit(root, judge=True)
    assert f"`git replace` shows other objects for {bad[:7]}" in "\n".join(found.clone)
    assert [finding.path for finding in found.unrecorded[0].carried] == ["c.py"]


def test_an_alias_and_a_variable_that_leave_hooks_out_are_named(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert audit(root).clone == ()
    git(root, "config", "alias.ci", "commit --no-verify")
    git(root, "config", "alias.st", "status")
    assert audit(root).clone == ("the alias `git ci` leaves hooks out: commit --no-verify",)
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "core.hooksPath")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "/dev/null")
    assert audit(root).clone[0] == "GIT_CONFIG_COUNT of this environment sets core.hooksPath for every git"


def test_a_hook_that_was_edited_is_named(root: Path) -> None:
    assert audit(root).hooks == ()
    hook = root / ".git/hooks/pre-push"
    hook.write_text(hook.read_text().replace("hook=pre-push", "hook=pre-push; exit 0"))
    assert audit(root).hooks == ("pre-push is not as this version writes it",)


REGISTERED = {
    ".claude/settings.json": '{"hooks": {"Stop": ".qualitygate/agent-hook"}}\n',
    ".qualitygate/agent-hook": "#\n",
}


def test_hooks_of_agents_that_a_commit_takes_away_are_named(root: Path) -> None:
    commit(root, REGISTERED, "agents")
    assert audit(root).agents == ()
    emptied = commit(root, {".claude/settings.json": "{}\n"}, "no hooks")
    removed = commit(root, {".qualitygate/agent-hook": None}, "no script")
    assert audit(root).agents == (
        (removed, "no script", ".qualitygate/agent-hook is removed"),
        (emptied, "no hooks", ".claude/settings.json does not call the gate any more"),
    )
    assert "hooks of coding agents were taken away" in render_text(audit(root))


def test_hooks_of_agents_that_are_off_on_disk_are_named(root: Path) -> None:
    commit(root, REGISTERED, "agents")
    write(root, {".claude/settings.local.json": '{"disableAllHooks": true}\n'})
    assert ".claude/settings.local.json: `disableAllHooks` is set, so that Claude Code runs no hook" in clone_of(root)
    write(root, {".claude/settings.json": "{}\n"})
    assert ".claude/settings.json does not call the gate for Claude Code any more" in clone_of(root)


def test_settings_that_ask_for_less_are_said_to(root: Path) -> None:
    past(root, {"qualitygate.toml": 'schema = 1\n[checks.ruff]\npolicy = "shown"\n'}, "shown")
    past(root, {"qualitygate.toml": "schema = 1\n[checks.ruff]\n[checks.markers]\n"}, "more")
    past(root, {"qualitygate.toml": None}, "none")
    assert [what for _, what in audit(root).weakened] == [
        ("qualitygate.toml is removed",),
        ("check ruff is relaxed from ratchet to shown",),
    ]


def test_what_went_past_is_judged_only_where_it_is_asked_for(root: Path) -> None:
    past(root, {"c.py": "import json\n"}, "bad")
    past(root, {"d.py": "y = 1\n"}, "good")
    assert [(one.state, one.carried) for one in audit(root).unrecorded] == [("", ()), ("", ())]
    good, bad = audit(root, judge=True).unrecorded
    assert (good.state, bad.state) == ("passed", "failed")
    assert "carried nothing that the gate refuses" in render_text(audit(root, judge=True))
