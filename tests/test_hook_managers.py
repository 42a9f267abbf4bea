"""Hook managers as they leave a clone (recorded), with the gate chained into their settings."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from qualitygate.bootstrap.draft import Draft
from qualitygate.bootstrap.edits import cut
from qualitygate.bootstrap.manager_files import add_to_managers, chosen, find
from qualitygate.commands.install import install, uninstall
from qualitygate.errors import QualityGateError
from qualitygate.hook_managers import LEFTHOOK_PART, NAMES, calls_gate, writer
from qualitygate.locations import GIT_LAUNCHER
from tests.support import git, make_repo, write

DATA = Path(__file__).parent / "data/hook-managers"
GATE = {"qualitygate.toml": "schema = 1\n[checks.markers]\n", "a.txt": "one\n"}
CONFLICT = "<<<<<<< ours\none\n=======\ntwo\n>>>>>>> theirs\n"
NO_QUALITYGATE = {"PATH": "/usr/bin:/bin"}


def plan(root: Path) -> Draft:
    def read(path: str) -> bytes | None:
        return (root / path).read_bytes() if (root / path).is_file() else None

    draft = Draft(read)
    names = git(root, "ls-files", "-z").split("\0")
    add_to_managers(draft, find(names, read))
    return draft


def chain(root: Path) -> Draft:
    """What bootstrap does about managers: the edits of the plan, then the hooks."""
    draft = plan(root)
    for edit in draft.edits.values():
        write(root, {edit.path: edit.after})
        if edit.executable and edit.before is None:
            (root / edit.path).chmod(0o755)
    git(root, "add", "-A")
    git(root, "-c", "core.hooksPath=/dev/null", "commit", "-qm", "gate", "--allow-empty")
    install(root, trust_it=False, ask=None)
    return draft


def try_commit(root: Path, files: Mapping[str, str], *args: str, **env: str) -> subprocess.CompletedProcess[str]:
    write(root, files)
    git(root, "add", "-A")
    argv = ["git", "commit", "-qm", "change", *args]
    done = subprocess.run(argv, cwd=root, capture_output=True, text=True, check=False, env={**os.environ, **env})
    if done.returncode:
        git(root, "reset", "-q", "--hard")
    return done


def put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    path.chmod(0o755)


def husky9(root: Path) -> None:
    for name in (*NAMES, "commit-msg"):
        put(root / ".husky/_" / name, (DATA / "husky9/stub").read_bytes())
    put(root / ".husky/_/h", (DATA / "husky9/h").read_bytes())
    write(root, {".husky/_/.gitignore": "*"})
    git(root, "config", "core.hooksPath", ".husky/_")


@pytest.fixture
def husky(tmp_path: Path) -> Path:
    root = make_repo(tmp_path / "a repo", {**GATE, ".husky/pre-commit": "echo ran >> ran\n", ".gitignore": "/ran\n"})
    husky9(root)
    return root


def test_husky_runs_its_own_and_the_gate_and_its_installer_takes_nothing_away(husky: Path) -> None:
    chain(husky)
    assert writer(husky / ".husky/_/pre-commit") == "husky", "husky's own file is left to husky"
    for _ in ("installed", "installed again"):
        (husky / "ran").unlink(missing_ok=True)
        assert try_commit(husky, {"a.txt": "one\ntwo\n"}, "--allow-empty").returncode == 0
        assert (husky / "ran").read_text() == "ran\n"
        for flags in ((), ("-n",)):
            refused = try_commit(husky, {"bad.txt": CONFLICT}, *flags)
            assert refused.returncode != 0 and refused.stderr.count("bad.txt:1:") == 1, refused
        husky9(husky)


def test_husky_and_a_teammate_who_has_no_qualitygate(husky: Path) -> None:
    chain(husky)
    (husky / ".git/qualitygate/where").unlink()
    told = try_commit(husky, {"b.txt": "b\n"}, **NO_QUALITYGATE)
    assert told.returncode == 0
    said = told.stdout + told.stderr
    assert "a quality gate, which is not installed here: nothing was judged" in said
    assert "hint: pip install qualitygate-toolkit && qualitygate install" in said
    assert try_commit(husky, {"b.txt": "c\n"}, CI="1", **NO_QUALITYGATE).returncode != 0, "CI takes nothing for a pass"


def test_a_script_of_husky_that_ends_early_does_not_end_the_gate(husky: Path) -> None:
    write(husky, {".husky/pre-commit": "exit 0\n", ".husky/prepare-commit-msg": "exit 0\n"})
    write(husky, {".husky/pre-push": "#!/bin/sh\ncat > pushed\nexit 0\n", ".gitignore": "/pushed\n"})
    git(husky, "add", "-A")
    chain(husky)
    assert "bad.txt:1:" in try_commit(husky, {"bad.txt": CONFLICT}).stderr
    git(husky.parent, "init", "-q", "--bare", "remote.git")
    git(husky, "push", "-q", "../remote.git", "main")
    assert "refs/heads/main" in (husky / "pushed").read_text(), "who comes after us reads what is pushed too"
    write(husky, {"bad.txt": CONFLICT})
    git(husky, "add", "-A")
    git(husky, "-c", "core.hooksPath=/dev/null", "commit", "-qm", "unseen")
    git(husky, "push", "-q", "../remote.git", "main:unseen", check=False)
    assert git(husky.parent / "remote.git", "for-each-ref", "--format=%(refname)") == "refs/heads/main"


def test_old_husky_whose_folder_git_looks_into(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {**GATE, ".gitignore": ".husky/_/\n/ran\n"})
    put(root / ".husky/pre-commit", (DATA / "husky8/pre-commit").read_bytes().replace(b"echo U", b"echo ran >> ran"))
    put(root / ".husky/_/husky.sh", (DATA / "husky8/husky.sh").read_bytes())
    git(root, "config", "core.hooksPath", ".husky")
    git(root, "add", "-A")
    draft = chain(root)
    assert not list(root.glob(".husky/*.before-qualitygate"))
    assert try_commit(root, {"b.txt": "b\n"}).returncode == 0
    assert (root / "ran").read_text() == "ran\n"
    assert try_commit(root, {"bad.txt": CONFLICT}).stderr.count("bad.txt:1:") == 1
    assert "bad.txt:1:" in try_commit(root, {"bad.txt": CONFLICT}, "-n").stderr
    edit = draft.edits[".husky/pre-commit"]
    assert cut(edit, edit.after + b"echo more\n") == (edit.before or b"") + b"echo more\n"


def test_a_manager_that_is_asked_for_must_be_here(tmp_path: Path) -> None:
    with pytest.raises(QualityGateError, match="there is no lefthook"):
        chosen((), "lefthook")
    here = find([".husky/pre-commit", "lefthook.yml"], lambda path: b"")
    assert [one.name for one in here] == ["husky", "lefthook"]
    assert [one.name for one in chosen(here, "lefthook")] == ["lefthook"]
    assert chosen(here, "git") == chosen(here, "prek") == ()


def lefthook(tmp_path: Path, config: str, name: str = "lefthook.yml") -> Path:
    root = make_repo(tmp_path / "r", {**GATE, name: config})
    put(root / ".git/hooks/pre-commit", (DATA / "lefthook/pre-commit").read_bytes())
    return root


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        (
            "lefthook.yml",
            "# ours\npre-commit:\n  jobs:\n    - run: make  # why\n",
            "# ours\npre-commit:\n  jobs:\n    - run: make  # why\n# qualitygate: begin (managed, edits are lost)\n"
            f"extends:\n  - {LEFTHOOK_PART}\n# qualitygate: end\n",
        ),
        (
            "lefthook.yml",
            "extends:\n    - team.yml\n\npre-push:\n  jobs: []\n",
            "extends:\n    - team.yml\n    # qualitygate: begin (managed, edits are lost)\n"
            f"    - {LEFTHOOK_PART}\n    # qualitygate: end\n\npre-push:\n  jobs: []\n",
        ),
        (
            "lefthook.toml",
            "[pre-commit.commands.own]\nrun = 'make'\n",
            f'# qualitygate: begin (managed, edits are lost)\nextends = ["{LEFTHOOK_PART}"]\n# qualitygate: end\n'
            "[pre-commit.commands.own]\nrun = 'make'\n",
        ),
        (
            "lefthook.json",
            '{\n  "pre-commit": {}\n}\n',
            f'{{\n  "extends": ["{LEFTHOOK_PART}"],\n  "pre-commit": {{}}\n}}\n',
        ),
    ],
)
def test_lefthook_reads_ours_and_keeps_every_byte(tmp_path: Path, name: str, before: str, after: str) -> None:
    root = lefthook(tmp_path, before, name)
    draft = chain(root)
    assert (root / name).read_text() == after
    assert f"run: sh {GIT_LAUNCHER} post-rewrite {{0}}" in (root / LEFTHOOK_PART).read_text()
    edit = draft.edits[name]
    if edit.kind == "block":
        assert cut(edit, edit.after + b"# more\n") == before.encode() + b"# more\n"
    assert all(edit.before == edit.after for edit in plan(root).edits.values()), "a second run changes nothing"


@pytest.mark.parametrize(
    "config", ["extends: team.yml\n", "extends: [team.yml]\n", "{pre-commit: {}}\n", "- 1\n", "a: [\n"]
)
def test_lefthook_that_cannot_be_edited_safely_is_left_alone_and_named(tmp_path: Path, config: str) -> None:
    root = lefthook(tmp_path, config)
    draft = chain(root)
    assert (not draft.edits, [row.what for row in draft.left_out]) == (True, ["lefthook"])
    assert calls_gate(root, root / ".git/hooks", "pre-commit") == ""
    assert (root / ".git/hooks/pre-commit.before-qualitygate").exists(), "then our hook runs lefthook's first"


def test_lefthook_keeps_its_hook_and_the_others_are_made_as_it_makes_them(tmp_path: Path) -> None:
    """A hook of ours it would put aside; and once such a file is there, its installer fails."""
    root = lefthook(tmp_path, "pre-commit:\n  jobs: []\n")
    before = {path.name: path.read_bytes() for path in (root / ".git/hooks").iterdir()}
    chain(root)
    hooks = root / ".git/hooks"
    assert (hooks / "pre-commit").read_bytes() == before["pre-commit"]
    assert all(calls_gate(root, hooks, name) == "lefthook" for name in NAMES)
    assert b'call_lefthook run "pre-push" "$@"' in (hooks / "pre-push").read_bytes()
    write(root, {"lefthook.yml": "pre-commit:\n  jobs: []\n"})
    uninstall(root)
    assert {path.name: path.read_bytes() for path in hooks.iterdir()} == before


def test_simple_git_hooks_gets_the_gate_behind_each_command(tmp_path: Path) -> None:
    package = '{\n    "name": "x",\n    "simple-git-hooks": {\n        "pre-commit": "npx lint-staged"\n    },\n'
    package += '    "z": 1\n}\n'
    root = make_repo(tmp_path / "r", {**GATE, "package.json": package})
    draft = chain(root)
    after = (root / "package.json").read_text()
    hooks = json.loads(after)["simple-git-hooks"]
    assert list(hooks) == list(NAMES)
    assert hooks["pre-commit"] == f'npx lint-staged && sh {GIT_LAUNCHER} pre-commit "$@"'
    assert hooks["pre-push"] == f'sh {GIT_LAUNCHER} pre-push "$@"'
    assert after.startswith('{\n    "name": "x",\n    "simple-git-hooks": {\n        "pre-commit": ')
    assert all(edit.before == edit.after for edit in plan(root).edits.values()), "a second run changes nothing"
    edit = draft.edits["package.json"]
    assert cut(edit, edit.after.replace(b'"name": "x"', b'"name": "y"')) == package.replace('"x"', '"y"').encode()
    # As `npx simple-git-hooks` writes it from these settings.
    frame = (DATA / "simple-git-hooks/pre-commit").read_text().replace("echo USER", "{}")
    for name, command in hooks.items():
        put(root / ".git/hooks" / name, frame.replace("{}", command.replace("npx lint-staged", "true")).encode())
    install(root, trust_it=False, ask=None)
    assert writer(root / ".git/hooks/pre-commit") == "simple-git-hooks"
    assert try_commit(root, {"bad.txt": CONFLICT}).stderr.count("bad.txt:1:") == 1
    assert "bad.txt:1:" in try_commit(root, {"bad.txt": CONFLICT}, "-n").stderr
    assert try_commit(root, {"b.txt": "b\n"}).returncode == 0


@pytest.mark.parametrize("shell", ["/bin/sh", "/usr/bin/env bash", "/bin/sh -e"])
def test_a_hook_that_was_moved_aside_still_finds_its_name_and_its_folder(tmp_path: Path, shell: str) -> None:
    """Husky 4 and others look up by `$0` what to run; under another name they ran nothing and said nothing."""
    root = make_repo(tmp_path / "a repo", {**GATE, ".gitignore": "/log\n"})
    script = f'#!{shell}\n. "$(dirname "$0")/side.sh"\necho "$(basename "$0") $1 $side" >> log\n'
    put(root / ".git/hooks/prepare-commit-msg", script.encode())
    put(root / ".git/hooks/side.sh", b"side=here\n")
    install(root, trust_it=False, ask=None)
    assert try_commit(root, {"b.txt": "b\n"}).returncode == 0
    assert (root / "log").read_text() == "prepare-commit-msg .git/COMMIT_EDITMSG here\n"
    put(root / ".git/hooks/prepare-commit-msg.before-qualitygate", f"#!{shell}\nexit 3\n".encode())
    assert try_commit(root, {"c.txt": "c\n"}).returncode != 0


def test_a_hook_in_another_language_that_was_moved_aside_runs(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {**GATE, ".gitignore": "/log\n"})
    put(root / ".git/hooks/pre-commit", b"#!/usr/bin/env python3\nopen('log', 'a').write('ran')\n")
    install(root, trust_it=False, ask=None)
    assert try_commit(root, {"b.txt": "b\n"}).returncode == 0
    assert (root / "log").read_text() == "ran"


def test_what_was_here_first_is_never_overwritten_by_what_came_later(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", GATE)
    hook = root / ".git/hooks/pre-commit"
    put(hook, b"#!/bin/sh\necho mine\n")
    install(root, trust_it=False, ask=None)
    put(hook, (DATA / "lefthook/pre-commit").read_bytes())
    with pytest.raises(QualityGateError, match="only one of them can be kept"):
        install(root, trust_it=False, ask=None)
    assert hook.with_name("pre-commit.before-qualitygate").read_bytes() == b"#!/bin/sh\necho mine\n"


def test_one_folder_of_hooks_for_all_repositories_keeps_running_and_the_gate_too(
    tmp_path: Path, own_home: Path
) -> None:
    shared = tmp_path / "my hooks"
    put(shared / "pre-commit", b"#!/bin/sh\necho pre-commit >> log\n")
    put(shared / "commit-msg", b"#!/bin/sh\necho commit-msg >> log\n")
    root = make_repo(tmp_path / "r", {**GATE, ".gitignore": "/log\n"})
    put(root / ".git/hooks/commit-msg", b"#!/bin/sh\necho never >> log\n")  # which git does not run, and will not
    git(root, "config", "--global", "core.hooksPath", os.fspath(shared))
    assert install(root, trust_it=False, ask=None).hooks.chained == ("pre-commit",)
    assert try_commit(root, {"b.txt": "b\n"}).returncode == 0
    assert (root / "log").read_text() == "pre-commit\ncommit-msg\n"
    assert try_commit(root, {"bad.txt": CONFLICT}).stderr.count("bad.txt:1:") == 1
    git(root, "worktree", "add", "-q", "../side")
    assert "bad.txt:1:" in try_commit(tmp_path / "side", {"bad.txt": CONFLICT}, "-n").stderr
    install(root, trust_it=False, ask=None)
    uninstall(root)
    assert git(root, "config", "--local", "--get", "core.hooksPath", check=False) == ""
    assert not (root / ".git/qualitygate-hooks").exists()
    assert try_commit(root, {"c.txt": CONFLICT}).returncode == 0
