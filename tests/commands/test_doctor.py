from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from qualitygate.cli import main
from qualitygate.commands.doctor import Row, doctor
from qualitygate.commands.install import install
from qualitygate.hook_managers import NAMES
from tests.support import git, make_repo, write
from tests.test_hook_managers import chain, husky9, put

FILES = {"qualitygate.toml": "schema = 1\n[checks.markers]\n", "a.txt": "one\n"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = make_repo(tmp_path / "a repo", FILES)
    install(root, trust_it=False, ask=None)
    return root


def everything(root: Path) -> dict[str, bytes]:
    found = {os.fspath(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}
    cached = (".git/index", ".git/qualitygate/policy/")
    return {path: data for path, data in found.items() if not path.startswith(cached)}


def rows(root: Path, *, live: bool = False, fix: bool = False) -> dict[str, Row]:
    return {row.what: row for row in doctor(root, live=live, fix=fix).rows}


def problems(root: Path) -> dict[str, tuple[str, str]]:
    return {name: (row.said, row.mend) for name, row in rows(root).items() if row.state == "problem"}


def test_a_gate_that_stands_is_tried_and_nothing_here_changes(root: Path) -> None:
    before = everything(root)
    found = doctor(root)
    assert (found.code, [row.said for row in found.rows if row.state not in ("ok", "note")]) == (0, [])
    tried = {row.what: row.said for row in found.rows if row.what.startswith("try ")}
    assert tried == {
        f"try {name}": f"a seeded defect was {'named' if name == 'post-rewrite' else 'refused'}" for name in NAMES
    }
    assert everything(root) == before


def test_each_hook_that_does_not_hold_is_named_as_it_is_tried(root: Path) -> None:
    """The two hooks of a commit stand in for each other: each is tried without the other one."""
    for name in NAMES:
        hook = root / ".git/hooks" / name
        good = hook.read_text()
        hook.write_text(good.replace("hook=", "exit 0\nhook=", 1))
        found = rows(root, live=True)
        failed = [what for what, row in found.items() if row.state == "problem"]
        assert failed == [f"try {name}"], found
        assert found[f"try {name}"].mend == "qualitygate install"
        hook.write_text(good)


def test_a_hook_of_somebody_else_that_refuses_everything_proves_nothing(root: Path) -> None:
    put(root / ".git/hooks/pre-commit.before-qualitygate", b"#!/bin/sh\necho no network >&2\nexit 1\n")
    found = doctor(root)
    row = next(row for row in found.rows if row.what == "try pre-commit")
    assert (row.state, row.said, found.code) == ("undecided", "something else refused: no network", 2)


def test_what_is_wrong_with_a_hook_is_said_and_one_command_mends_it(root: Path) -> None:
    hooks = root / ".git/hooks"
    (hooks / "pre-push").unlink()
    (hooks / "pre-merge-commit").chmod(0o644)
    put(hooks / "post-rewrite", b"#!/bin/sh\n# lefthook\n")
    text = (hooks / "pre-commit").read_text()
    (hooks / "pre-commit").write_text(text.replace("\npython=", "\npython=/nowhere"))
    found = problems(root)
    assert {name: row[1] for name, row in found.items()} == dict.fromkeys(found, "qualitygate install")
    assert {name: row[0].split(":")[0] for name, row in found.items()} == {
        "hook pre-commit": "its interpreter is gone",
        "hook pre-merge-commit": "is not executable",
        "hook post-rewrite": "is of lefthook, and does not call the gate",
        "hook pre-push": "is not installed",
    }
    install(root, trust_it=False, ask=None)
    assert problems(root) == {}


def test_fix_refreshes_what_is_ours(root: Path) -> None:
    (root / ".git/hooks/pre-push").unlink()
    write(root, {".qualitygate/git-hook": "echo old\n", ".qualitygate/other": "mine\n"})
    assert problems(root)[".qualitygate/git-hook"][1] == "qualitygate doctor --fix"
    found = doctor(root, fix=True, live=False)
    assert ".qualitygate/git-hook" in found.fixed and found.code == 0
    assert (root / ".qualitygate/other").read_text() == "mine\n"
    assert (root / ".git/hooks/pre-push").exists()


@pytest.mark.parametrize(
    ("value", "said"),
    [("nowhere", "core.hooksPath (local) is nowhere, which is not here"), ("../x", "a folder of another place")],
)
def test_a_folder_of_hooks_that_is_not_here_is_a_problem(root: Path, value: str, said: str) -> None:
    git(root, "config", "core.hooksPath", value)
    found = problems(root)
    assert said in found["hooks folder"][0]
    assert "hook pre-commit" in found


def test_a_folder_for_all_repositories_and_the_environment_are_seen(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "shared").mkdir()
    git(root, "config", "--global", "core.hooksPath", os.fspath(tmp_path / "shared"))
    assert "git looks there for all repositories" in problems(root)["hooks folder"][0]
    install(root, trust_it=False, ask=None)
    assert problems(root) == {}
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "core.hooksPath")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "/dev/null")
    assert doctor(root, live=False).rows[1].mend == "unset GIT_CONFIG_COUNT"
    assert doctor(root).code == 1


def test_commits_that_went_past_are_counted(root: Path) -> None:
    for number in range(2):
        write(root, {"a.txt": f"{number}\n"})
        git(root, "-c", "core.hooksPath=/dev/null", "commit", "-qam", "unseen")
    said, mend = problems(root)["records"]
    assert said.startswith("2 commits without a record since ") and mend == "qualitygate audit"


def test_a_clone_without_anything_of_ours(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = make_repo(tmp_path / "r", {"a.txt": "one\n"})
    assert main(["doctor", os.fspath(root)]) == 1
    assert "there is no qualitygate.toml here" in capsys.readouterr().out
    assert main(["doctor", os.fspath(tmp_path)]) == 2


def test_a_tool_that_is_not_here_is_a_problem_with_what_mends_it(root: Path) -> None:
    write(root, {"qualitygate.toml": "schema = 1\n[checks.ruff]\nversion = '0.0.1'\n[checks.semgrep]\n"})
    found = problems(root)
    assert "qualitygate install" in found["tool of semgrep"][1]
    assert "tool of ruff" in found


def test_husky_in_a_worktree_that_has_no_hooks_of_it(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {**FILES, ".husky/pre-commit": "# npm test\n", ".gitignore": "/.husky/_/\n"})
    husky9(root)
    chain(root)
    assert doctor(root).code == 0
    git(root, "worktree", "add", "-q", "../side")
    said, mend = problems(root)["other worktrees"]
    assert said.endswith(".husky/_ is not there") and mend == f"cd {tmp_path / 'side'} && npx husky"
    assert problems(tmp_path / "side")["hooks folder"][1] == "npx husky"
    install(tmp_path / "side", trust_it=False, ask=None)
    assert doctor(tmp_path / "side").code == 0


def test_managers_that_are_set_up_and_have_no_effect_are_named(root: Path) -> None:
    write(
        root,
        {".husky/pre-commit": "# npm test\n", ".pre-commit-config.yaml": "repos:\n- repo: x\n  hooks:\n  - id: y\n"},
    )
    write(
        root, {"package.json": '{"simple-git-hooks": {"pre-commit": "x"}}', "lefthook.yml": "pre-commit:\n  jobs: []\n"}
    )
    git(root, "add", "-A")
    found = {name: mend for name, (_, mend) in problems(root).items()}
    assert found == {
        "hooks of husky": "npx husky",
        "hooks of pre-commit": "pre-commit install",
        "hooks of lefthook": "npx lefthook install",
        "hooks of simple-git-hooks": "npx simple-git-hooks",
    }


def test_the_document(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--json", "--no-try", os.fspath(root)]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["schema"], document["verdict"]) == (1, "sound")
    assert set(document["rows"][0]) == {"what", "state", "said", "mend"}
