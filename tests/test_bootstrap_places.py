"""Bootstrap where a repository is not laid out as usual: no commit yet, worktrees, a bare one, hooks elsewhere."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from qualitygate.cli import main
from tests.support import git, make_repo, write
from tests.test_bootstrap import state

CONFLICT = "<<<<<<< ours\none\n=======\ntwo\n>>>>>>> theirs\n"
FILES: dict[str, str | bytes | None] = {"data.json": '{"a": 1}\n', "README.md": "# Shop\n"}


def try_commit(root: Path, files: Mapping[str, str | bytes | None], *args: str, **env: str) -> tuple[int, str]:
    write(root, files)
    git(root, "add", "-A")
    argv = ["git", "commit", "-qm", "change", *args]
    done = subprocess.run(argv, cwd=root, capture_output=True, text=True, check=False, env={**os.environ, **env})
    return done.returncode, done.stdout + done.stderr


def bootstrap(where: Path, *options: str) -> None:
    assert main(["bootstrap", *options, os.fspath(where)]) == 0


def meets_the_gate(root: Path) -> None:
    code, said = try_commit(root, {"bad.txt": CONFLICT})
    assert code == 1 and "bad.txt:1:" in said
    assert try_commit(root, {"bad.txt": f"mended in {root.name}\n"})[0] == 0


@pytest.fixture
def unborn(tmp_path: Path) -> Path:
    root = tmp_path / "shop"
    root.mkdir()
    git(root, "init", "-q")
    write(
        root, {**FILES, "shop.py": "import os\n\nprint(os.name)\n", ".gitignore": "/secret\n", "secret/key.py": "x=\n"}
    )
    return root


def objects(root: Path) -> int:
    return sum(path.is_file() for path in (root / ".git/objects").rglob("*"))


def test_before_the_first_commit_head_is_what_git_would_add(unborn: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = state(unborn)
    bootstrap(unborn, "--json")
    document = json.loads(capsys.readouterr().out)
    proofs = {row["check"]: row for row in document["proof"]}
    assert proofs["ruff"]["installed"] and proofs["ruff"]["given"] == 1, "what is ignored is not looked at"
    assert objects(unborn) == 0, "nothing of the trials is in the repository"
    adopted = json.loads((unborn / ".git/qualitygate/adopted.json").read_text())
    assert (adopted["commit"], adopted["tree"]) == ("", git(unborn, "hash-object", "-t", "tree", "/dev/null"))
    bootstrap(unborn)
    assert "no file is changed" in capsys.readouterr().out
    assert main(["undo", os.fspath(unborn)]) == 0
    assert state(unborn) == before


@pytest.mark.parametrize("flags", [(), ("-n",)])
def test_the_first_commit_is_judged_whole(
    unborn: Path, capsys: pytest.CaptureFixture[str], flags: tuple[str, ...]
) -> None:
    write(unborn, {"old.py": "import sys\n"})
    bootstrap(unborn)
    said = capsys.readouterr().out
    assert "old debt tolerated: none: your first commit is judged whole; against it stands: 1 finding (ruff 1)" in said
    code, told = try_commit(unborn, {}, *flags)
    assert code == 1 and "old.py:1:8: ruff:F401" in told
    assert try_commit(unborn, {"old.py": "VALUE = 1\n"}, *flags)[0] == 0
    meets_the_gate(unborn)


def test_a_linked_worktree_is_set_up_and_the_main_one_with_it(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", FILES)
    git(root, "worktree", "add", "-q", "../side")
    bootstrap(tmp_path / "side")
    meets_the_gate(tmp_path / "side")
    git(root, "merge", "-q", "--ff-only", "side")
    meets_the_gate(root)


def test_a_bare_repository_whose_worktrees_lie_beside_it(tmp_path: Path) -> None:
    make_repo(tmp_path / "origin", FILES)
    git(tmp_path, "clone", "-q", "--bare", "origin", "shop/.bare")
    git(tmp_path / "shop/.bare", "worktree", "add", "-q", "-b", "work", "../work")
    bootstrap(tmp_path / "shop/work")
    meets_the_gate(tmp_path / "shop/work")
    assert main(["doctor", os.fspath(tmp_path / "shop/work")]) == 0


def test_from_a_folder_below_the_root_the_whole_repository_is_set_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make_repo(tmp_path / "r", {**FILES, "sub/a.txt": "a\n"})
    monkeypatch.chdir(root / "sub")
    bootstrap(Path("."))
    assert (root / "qualitygate.toml").exists() and not (root / "sub/qualitygate.toml").exists()
    meets_the_gate(root)


def test_a_folder_of_hooks_for_all_repositories_stays_in_force_and_comes_back(tmp_path: Path) -> None:
    shared = tmp_path / "hooks"
    write(shared, {"pre-commit": "#!/bin/sh\ntouch ran\n"})
    (shared / "pre-commit").chmod(0o755)
    root = make_repo(tmp_path / "r", {**FILES, ".gitignore": "/ran\n"})
    git(root, "config", "--global", "core.hooksPath", os.fspath(shared))
    before, config = state(root), (root / ".git/config").read_bytes()
    bootstrap(root)
    meets_the_gate(root)
    assert (root / "ran").exists()
    (root / "ran").unlink()
    git(root, "reset", "-q", "--soft", git(root, "rev-list", "--max-parents=0", "HEAD"))
    assert main(["undo", os.fspath(root)]) == 0
    (root / "bad.txt").unlink()
    assert state(root) == before
    assert (root / ".git/config").read_bytes() == config


@pytest.mark.parametrize("manager", ["pre-commit", "prek"])
def test_a_teammate_without_qualitygate_is_told_and_not_stopped_by_the_entry_of_pre_commit(
    tmp_path: Path, manager: str
) -> None:
    from tests.test_managers import _BIN

    if not (_BIN / manager).exists():
        pytest.skip(f"{manager} is not installed")
    bin_ = tmp_path / "bin"
    bin_.mkdir()
    (bin_ / manager).symlink_to(_BIN / manager)
    root = make_repo(tmp_path / "r", FILES)
    bootstrap(root, "--no-install")
    path = {"PATH": f"{bin_}:/usr/bin:/bin"}
    assert try_commit(root, {})[0] == 0
    (root / ".git/qualitygate/where").unlink(missing_ok=True)
    subprocess.run([manager, "install"], cwd=root, check=True, capture_output=True, env={**os.environ, **path})
    code, said = try_commit(root, {"b.txt": "b\n"}, **path)
    assert code == 0 and "not installed here: nothing was judged" in said and "pip install" in said
    assert try_commit(root, {"b.txt": "c\n"}, CI="true", **path)[0] == 1
    argv = [manager, "run", "--all-files"]
    done = subprocess.run(argv, cwd=root, capture_output=True, text=True, check=False, env={**os.environ, **path})
    assert done.returncode == 1 and "nothing was judged" in done.stdout, "who asks for a verdict gets none"


def test_a_tool_that_waits_for_packages_sends_people_round_twice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = json.dumps({"name": "shop", "devDependencies": {"eslint": "^9.0.0"}})
    root = make_repo(
        tmp_path / "shop", {"package.json": manifest, "eslint.config.js": "export default [];\n", "a.js": "f();\n"}
    )
    bootstrap(root, "--json")
    reasons = {row["what"]: row["reason"] for row in json.loads(capsys.readouterr().out)["left_out"]}
    assert reasons["eslint"] == "it runs from node_modules: npm install, then bootstrap with --trust"
