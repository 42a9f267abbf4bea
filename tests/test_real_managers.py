"""Each hook manager as it comes from its registry, with the gate chained into it by bootstrap."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from qualitygate.cli import main
from tests.support import git, write
from tests.test_bootstrap import state

pytestmark = [pytest.mark.slow, pytest.mark.wide, pytest.mark.skipif(not shutil.which("npm"), reason="there is no npm")]

CONFLICT = "<<<<<<< ours\none\n=======\ntwo\n>>>>>>> theirs\n"
NPM = {
    "husky9": ("husky@9", "lint-staged@15"),
    "husky8": ("husky@8",),
    "husky4": ("husky@4",),
    "lefthook": ("lefthook@2",),
    "simple": ("simple-git-hooks@2",),
}


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("npm")


@pytest.fixture
def npm(packages: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Path, str], None]:
    """Puts a manager's packages into a project, fetched once."""

    def install(root: Path, kind: str) -> None:
        place = packages / kind
        if not place.exists():
            write(place, {"package.json": '{"name": "x", "version": "1.0.0"}'})
            argv = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", *NPM[kind]]
            subprocess.run(argv, cwd=place, check=True, capture_output=True)
        shutil.copytree(place / "node_modules", root / "node_modules", symlinks=True)

    return install


def run(root: Path, *argv: str, **env: str) -> tuple[int, str]:
    path = f"{root}/node_modules/.bin{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        argv, cwd=root, capture_output=True, text=True, check=False, env={**os.environ, "PATH": path, **env}
    )
    return done.returncode, done.stdout + done.stderr


def must(root: Path, *argv: str) -> str:
    code, said = run(root, *argv)
    assert code == 0, said
    return said


def start(root: Path, files: Mapping[str, str]) -> None:
    root.mkdir()
    git(root, "init", "-q")
    write(root, {"a.txt": "one\n", ".gitignore": "node_modules\n/ran\n", **files})


def first_commit(root: Path) -> None:
    git(root, "add", "-A")
    git(root, "commit", "-qm", "start", "--no-verify")


def gate_is_in(root: Path, ran: str, tmp_path: Path) -> None:
    """Good commits pass, and the manager's own hook runs; a defect is refused at commit (-n too), merge and push."""
    log = root / "ran"
    write(root, {"b.txt": "good\n"})
    git(root, "add", "-A")
    log.unlink(missing_ok=True)
    must(root, "git", "commit", "-qm", "good")
    assert log.read_text() == ran, "the manager's own hook ran, once"
    for flags in ((), ("-n",)):
        write(root, {"bad.txt": CONFLICT})
        git(root, "add", "-A")
        code, said = run(root, "git", "commit", "-qm", "bad", *flags)
        assert code != 0 and said.count("bad.txt:1") == 1, said
        git(root, "reset", "-q", "--hard")

    git(root, "switch", "-qc", "unseen")
    write(root, {"bad.txt": CONFLICT})
    git(root, "add", "-A")
    git(root, "-c", "core.hooksPath=/dev/null", "commit", "-qm", "unseen")
    git(root, "switch", "-q", "main")
    write(root, {"c.txt": "good\n"})
    git(root, "add", "-A")
    must(root, "git", "commit", "-qm", "another")
    code, said = run(root, "git", "merge", "--no-edit", "-q", "unseen")
    assert code != 0 and "bad.txt:1" in said, said
    git(root, "merge", "--abort", check=False)
    git(root, "reset", "-q", "--hard")

    git(root, "switch", "-qc", "topic", "HEAD~1")
    for number in range(3):
        write(root, {f"t{number}.txt": "good\n"})
        git(root, "add", "-A")
        must(root, "git", "commit", "-qm", f"topic {number}")
    must(root, "git", "rebase", "-q", "main")
    tip = git(root, "rev-parse", "HEAD^{tree}")
    assert (root / ".git/qualitygate/records" / tip).is_dir(), "the tip was judged"

    remote = tmp_path / "remote.git"
    git(tmp_path, "init", "-q", "--bare", "remote.git")
    git(root, "remote", "add", "origin", os.fspath(remote))
    must(root, "git", "push", "-q", "origin", "main")
    code, said = run(root, "git", "push", "-q", "origin", "unseen")
    assert code != 0 and "bad.txt:1" in said, said
    assert git(remote, "for-each-ref", "--format=%(refname)") == "refs/heads/main"
    git(root, "switch", "-q", "main")


def still_refused(root: Path, *flags: str) -> None:
    write(root, {"bad.txt": CONFLICT})
    git(root, "add", "-A")
    code, said = run(root, "git", "commit", "-qm", "bad", *flags)
    assert code != 0 and said.count("bad.txt:1") == 1, said
    git(root, "reset", "-q", "--hard")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("npm_config_cache", os.fspath(tmp_path / "npm-cache"))
    return tmp_path / "a repo"


def bootstrapped(root: Path, *options: str) -> None:
    assert main(["bootstrap", *options, os.fspath(root)]) == 0
    git(root, "add", "-A")
    must(root, "git", "commit", "-qm", "gate")


def settings(root: Path, **changed: object) -> None:
    write(root, {"package.json": json.dumps({"name": "x", **changed}, indent=2) + "\n"})


def test_husky(root: Path, tmp_path: Path, npm: Callable[[Path, str], None]) -> None:
    start(root, {".husky/pre-commit": "echo ran >> ran\nnpx --no-install lint-staged --allow-empty\n"})
    settings(root, scripts={"prepare": "husky"}, **{"lint-staged": {"*.txt": "echo"}})
    npm(root, "husky9")
    must(root, "npx", "husky")
    first_commit(root)
    before = state(root)
    assert main(["bootstrap", os.fspath(root)]) == 0
    assert not (root / ".pre-commit-config.yaml").exists()
    assert main(["undo", os.fspath(root)]) == 0
    assert state(root) == before
    bootstrapped(root)
    gate_is_in(root, "ran\n", tmp_path)
    must(root, "npm", "run", "--silent", "prepare")  # what `npm install` does
    still_refused(root)
    still_refused(root, "-n")


def test_husky_that_is_installed_after_the_gate(root: Path, tmp_path: Path, npm: Callable[[Path, str], None]) -> None:
    start(root, {".husky/pre-commit": "echo ran >> ran\n"})
    settings(root, scripts={"prepare": "husky"})
    first_commit(root)
    bootstrapped(root)
    assert (root / ".git/hooks/pre-commit").exists()
    npm(root, "husky9")
    must(root, "npm", "run", "--silent", "prepare")
    gate_is_in(root, "ran\n", tmp_path)


def test_husky_of_old(root: Path, tmp_path: Path, npm: Callable[[Path, str], None]) -> None:
    start(root, {})
    npm(root, "husky8")
    must(root, "npx", "husky", "install")
    must(root, "npx", "husky", "add", ".husky/pre-commit", "echo ran >> ran")
    first_commit(root)
    before = state(root)
    bootstrapped(root)
    gate_is_in(root, "ran\n", tmp_path)
    must(root, "npx", "husky", "install")
    still_refused(root)
    assert main(["undo", os.fspath(root)]) == 0
    assert {k: v for k, v in state(root).items() if k in before} == before


def _install_husky4(root: Path) -> None:
    """What npm does after it has fetched the package."""
    env = {"INIT_CWD": os.fspath(root), "npm_config_user_agent": "npm/9", "HUSKY_SKIP_INSTALL": ""}
    code, said = run(root / "node_modules/husky", "node", "husky", "install", **env)
    assert code == 0, said


def test_husky_of_older(root: Path, tmp_path: Path, npm: Callable[[Path, str], None]) -> None:
    start(root, {})
    settings(root, husky={"hooks": {"pre-commit": "echo ran >> ran"}})
    npm(root, "husky4")
    (root / "node_modules/husky").mkdir(exist_ok=True)
    _install_husky4(root)
    assert (root / ".git/hooks/husky.sh").exists()
    first_commit(root)
    before = state(root)
    bootstrapped(root)
    gate_is_in(root, "ran\n", tmp_path)
    _install_husky4(root)
    still_refused(root)
    assert main(["undo", os.fspath(root)]) == 0
    assert {k: v for k, v in state(root).items() if "/" not in k and k in before and k[0] != "h"} == {
        k: v for k, v in before.items() if "/" not in k and k[0] != "h"
    }


LEFTHOOK = "# ours\npre-commit:\n  parallel: true\n  jobs:\n    - name: own\n      run: echo ran >> ran\n"


@pytest.mark.parametrize("installed", [True, False], ids=["before", "after"])
def test_lefthook(root: Path, tmp_path: Path, npm: Callable[[Path, str], None], installed: bool) -> None:
    start(root, {"lefthook.yml": LEFTHOOK})
    npm(root, "lefthook")
    if installed:
        must(root, "lefthook", "install")
    first_commit(root)
    before = state(root)
    assert main(["bootstrap", os.fspath(root)]) == 0
    assert (root / "lefthook.yml").read_text().startswith(LEFTHOOK)
    assert main(["undo", os.fspath(root)]) == 0
    assert state(root) == before
    bootstrapped(root)
    if not installed:
        must(root, "lefthook", "install")
    gate_is_in(root, "ran\n", tmp_path)
    must(root, "lefthook", "install", "--force")
    still_refused(root, "-n")


def test_simple_git_hooks(root: Path, tmp_path: Path, npm: Callable[[Path, str], None]) -> None:
    start(root, {})
    settings(root, **{"simple-git-hooks": {"pre-commit": "echo ran >> ran", "pre-push": "cat > pushed"}})
    npm(root, "simple")
    must(root, "npx", "simple-git-hooks")
    first_commit(root)
    before = state(root)
    assert main(["bootstrap", os.fspath(root)]) == 0
    assert main(["undo", os.fspath(root)]) == 0
    assert state(root) == before
    bootstrapped(root)
    still_refused(root)
    must(root, "npx", "simple-git-hooks")  # writes its hooks anew, and removes those that it does not know
    write(root, {".gitignore": "node_modules\n/ran\n/pushed\n"})
    git(root, "add", "-A")
    must(root, "git", "commit", "-qm", "ignore")
    gate_is_in(root, "ran\n", tmp_path)
    assert (root / "pushed").read_text().count("refs/heads/") == 2, "its own hook reads what is pushed too"


@pytest.mark.parametrize("manager", ["pre-commit", "prek"])
def test_pre_commit_and_prek_before_and_after_the_gate(root: Path, tmp_path: Path, manager: str) -> None:
    program = Path(sys.executable).with_name(manager)
    if not program.exists():
        pytest.skip(f"{manager} is not installed")
    own = "{id: own, name: own, entry: sh -c 'echo ran >> ran', language: system, always_run: true, "
    own += "pass_filenames: false, stages: [pre-commit]}"
    start(root, {".pre-commit-config.yaml": f"repos:\n- repo: local\n  hooks:\n  - {own}\n"})
    first_commit(root)
    must(root, os.fspath(program), "install")
    bootstrapped(root)
    gate_is_in(root, "ran\n", tmp_path)
    must(root, os.fspath(program), "install")  # over ours, which it runs from now on, and which does not run it
    still_refused(root)
    still_refused(root, "-n")
    (root / "ran").unlink()
    write(root, {"again.txt": "good\n"})
    git(root, "add", "-A")
    must(root, "git", "commit", "-qm", "again")
    assert (root / "ran").read_text() == "ran\n"
