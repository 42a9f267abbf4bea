from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from qualitygate.bootstrap.gatefile import Hooks, hook_entry
from qualitygate.cli import cli
from qualitygate.locations import GIT_LAUNCHER
from tests.checkout import BIN, ROOT, copy_as_repository, run
from tests.support import git, make_repo, write

MANIFEST = ROOT / ".pre-commit-hooks.yaml"
PUBLISHED: list[dict[str, Any]] = YAML(typ="safe").load(MANIFEST.read_text())
STAGES = {
    "qualitygate": ["pre-commit", "pre-merge-commit"],
    "qualitygate-record": ["prepare-commit-msg"],
    "qualitygate-push": ["pre-push"],
}
RUFF = '[tool.ruff.lint]\nselect = ["F"]\n'
SETTINGS = "schema = 1\n[checks.ruff]\n[checks.secrets]\n"
OLD = "import os\n"
NEW = "import os\n\nprint(undefined)\n"


def test_the_ids_and_their_stages_are_those_that_others_rely_on() -> None:
    assert {hook["id"]: hook["stages"] for hook in PUBLISHED} == STAGES


@pytest.mark.parametrize("hook", PUBLISHED, ids=lambda hook: str(hook["id"]))
def test_every_hook_judges_trees_and_not_file_names(hook: dict[str, Any]) -> None:
    flags = ("pass_filenames", "always_run", "require_serial", "language", "minimum_pre_commit_version")
    assert [hook[flag] for flag in flags] == [False, True, True, "python", "3.2.0"]


@pytest.mark.parametrize("hook", PUBLISHED, ids=lambda hook: str(hook["id"]))
def test_every_entry_is_a_command_line_that_we_understand(hook: dict[str, Any]) -> None:
    program, name, *args = shlex.split(hook["entry"])
    assert program == "qualitygate"
    cli.commands[name].make_context(name, args)


@pytest.mark.parametrize(("manager", "count"), [("auto", 1), ("pre-commit", 3), ("prek", 3)])
def test_bootstrap_writes_the_published_hooks(manager: str, count: int) -> None:
    written = hook_entry(Hooks("", "", manager))["hooks"]
    assert len(written) == count
    for local, hook in zip(written, PUBLISHED, strict=False):
        called = hook["entry"].removeprefix("qualitygate ").removeprefix("git-hook ")
        own = {"language": "system", "entry": f"sh {GIT_LAUNCHER} {called}", "verbose": True}
        assert {**{key: value for key, value in hook.items() if key in local}, **own} == local
    named = hook_entry(Hooks("https://example.com/qualitygate", "v1", manager))["hooks"]
    assert [hook["id"] for hook in named] == [hook["id"] for hook in written]


@pytest.mark.skipif(not (BIN / "pre-commit").exists(), reason="pre-commit is not installed")
def test_pre_commit_accepts_the_manifest_and_our_own_configuration() -> None:
    for command, name in (("validate-manifest", MANIFEST.name), ("validate-config", ".pre-commit-config.yaml")):
        done = run("pre-commit", command, name, cwd=ROOT)
        assert (done.returncode, done.stdout) == (0, "")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_as_repository(tmp_path_factory.mktemp("published") / "qualitygate")


@pytest.fixture(scope="module")
def caches(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """One installation of the hooks for all tests here."""
    folder = tmp_path_factory.mktemp("managers")
    return {"PRE_COMMIT_HOME": str(folder / "pre-commit"), "PREK_HOME": str(folder / "prek")}


def consumer(root: Path, published: Path, *, settings: bool) -> Path:
    rev = git(published, "rev-parse", "HEAD")
    hooks = "".join(f"      - id: {name}\n" for name in STAGES)
    config = f"repos:\n  - repo: file://{published}\n    rev: {rev}\n    hooks:\n{hooks}"
    files: dict[str, str | bytes | None] = {".pre-commit-config.yaml": config, "pyproject.toml": RUFF, "a.py": OLD}
    if settings:
        files["qualitygate.toml"] = SETTINGS
    return make_repo(root, files)


def records(root: Path) -> int:
    return len(list((root / ".git" / "qualitygate" / "records").glob("*/*.json")))


def check_runs(root: Path, argv: list[str], caches: dict[str, str]) -> None:
    """Old debt passes; a new defect is refused and named, and nothing else is."""
    passed = run(*argv, cwd=root, **caches)
    assert passed.returncode == 0, passed.stdout
    write(root, {"a.py": NEW})
    failed = run(*argv, cwd=root, **caches)
    assert failed.returncode == 1, failed.stdout
    named = [line.strip() for line in failed.stdout.splitlines() if "ruff:F" in line]
    assert named == ["a.py:3:7: ruff:F821 Undefined name `undefined`"]
    assert "- exit code: 1" in failed.stdout
    assert (root / "a.py").read_text() == NEW


@pytest.mark.slow
def test_pre_commit_tries_the_repository(tmp_path: Path, published: Path, caches: dict[str, str]) -> None:
    pytest.importorskip("pre_commit")
    root = make_repo(tmp_path / "r", {"pyproject.toml": RUFF, "a.py": OLD})
    check_runs(root, ["pre-commit", "try-repo", str(published), "qualitygate", "--all-files"], caches)
    assert records(root) == 0


@pytest.mark.slow
@pytest.mark.parametrize("settings", [False, True], ids=["defaults", "settings"])
@pytest.mark.parametrize("manager", ["pre-commit", "prek"])
def test_a_manager_runs_the_published_hooks(
    tmp_path: Path, published: Path, caches: dict[str, str], manager: str, settings: bool
) -> None:
    if not (BIN / manager).exists():
        pytest.skip(f"{manager} is not installed")
    root = consumer(tmp_path / "r", published, settings=settings)
    check_runs(root, [manager, "run", "--all-files"], caches)
    assert records(root) == 0


@pytest.mark.slow
@pytest.mark.parametrize("settings", [False, True], ids=["defaults", "settings"])
@pytest.mark.parametrize("manager", ["pre-commit", "prek"])
def test_a_commit_and_a_push_through_the_published_hooks(
    tmp_path: Path, published: Path, caches: dict[str, str], manager: str, settings: bool
) -> None:
    if not (BIN / manager).exists():
        pytest.skip(f"{manager} is not installed")
    root = consumer(tmp_path / "r", published, settings=settings)
    git(root, "init", "-q", "--bare", str(tmp_path / "remote.git"))
    git(root, "remote", "add", "origin", str(tmp_path / "remote.git"))
    git(root, "push", "-q", "origin", "main")
    stages = [f"--hook-type={stage}" for stage in ("pre-commit", "prepare-commit-msg", "pre-push")]
    assert run(manager, "install", *stages, cwd=root, **caches).returncode == 0

    write(root, {"a.py": NEW})
    for flags in ([], ["--no-verify"]):
        refused = run("git", "commit", "-qam", "bad", *flags, cwd=root, **caches)
        # Without settings nothing is recorded, so `--no-verify` goes as far as the push.
        assert refused.returncode == (0 if flags and not settings else 1), refused.stdout
    if not settings:
        pushed = run("git", "push", "-q", "origin", "main", cwd=root, **caches)
        assert pushed.returncode == 1, pushed.stdout
        assert "ruff:F821" in pushed.stdout
        git(root, "reset", "-q", "--hard", "HEAD~1")

    write(root, {"a.py": "import os\n\nprint(os.name)\n"})
    commit = run("git", "commit", "-qam", "good", cwd=root, **caches)
    assert commit.returncode == 0, commit.stdout
    assert run("git", "push", "-q", "origin", "main", cwd=root, **caches).returncode == 0
    assert (records(root) > 0) == settings


@pytest.mark.slow
@pytest.mark.parametrize("manager", ["pre-commit", "prek"])
def test_the_first_push_to_an_empty_remote_passes(
    tmp_path: Path, published: Path, caches: dict[str, str], manager: str
) -> None:
    if not (BIN / manager).exists():
        pytest.skip(f"{manager} is not installed")
    root = consumer(tmp_path / "r", published, settings=False)
    git(root, "init", "-q", "--bare", str(tmp_path / "remote.git"))
    git(root, "remote", "add", "origin", str(tmp_path / "remote.git"))
    assert run(manager, "install", "--hook-type=pre-push", cwd=root, **caches).returncode == 0
    pushed = run("git", "push", "-q", "origin", "main", cwd=root, **caches)
    assert pushed.returncode == 0, pushed.stdout
