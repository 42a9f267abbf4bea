from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from qualitygate.bootstrap.draft import Draft
from qualitygate.bootstrap.edits import add_precommit_repo
from qualitygate.bootstrap.gatefile import Hooks, add_gate, hook_entry
from qualitygate.bootstrap.plan import PlannedCheck
from tests.support import git, make_repo, write

_BIN = Path(sys.executable).parent
MANAGERS = [
    pytest.param(name, marks=pytest.mark.skipif(not (_BIN / name).exists(), reason=f"{name} is not installed"))
    for name in ("pre-commit", "prek")
]
SETTINGS = "schema = 1\n[checks.ruff]\n[checks.markers]\n"
GOOD = "import os\n\nprint(os.name)\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    config = add_precommit_repo(None, hook_entry(Hooks("", "", "auto")))
    files: dict[str, str | bytes | None] = {
        "qualitygate.toml": SETTINGS,
        ".pre-commit-config.yaml": config,
        "a.py": GOOD,
        "b.py": GOOD,
    }
    files["ruff.toml"] = '[lint]\nselect = ["F"]\n'
    return make_repo(tmp_path / "r", files)


def run_manager(root: Path, manager: str, *args: str) -> tuple[int, str]:
    env = {**os.environ, "PATH": f"{_BIN}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run([manager, "run", *args], cwd=root, capture_output=True, text=True, check=False, env=env)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("manager", MANAGERS)
def test_a_clean_tree_passes(root: Path, manager: str) -> None:
    assert run_manager(root, manager)[0] == 0
    assert run_manager(root, manager, "--all-files")[0] == 0


@pytest.mark.parametrize("all_files", [(), ("--all-files",)], ids=["stashing", "all files"])
@pytest.mark.parametrize("manager", MANAGERS)
def test_an_unstaged_edit_that_the_manager_set_aside_is_judged(
    root: Path, manager: str, all_files: tuple[str, ...]
) -> None:
    edited = GOOD + "import json\n"
    write(root, {"a.py": edited})
    code, said = run_manager(root, manager, *all_files)
    assert code == 1
    assert "a.py:4:8: ruff:F401" in said
    assert (root / "a.py").read_text() == edited


@pytest.mark.parametrize("manager", MANAGERS)
def test_a_staged_edit_under_an_unstaged_one_is_judged_as_it_is_on_disk(root: Path, manager: str) -> None:
    write(root, {"a.py": GOOD + "import json\n"})
    git(root, "add", "-A")
    write(root, {"a.py": GOOD + "import json\n\nprint(json)\n", "b.py": GOOD + "x = 1\n"})
    code, said = run_manager(root, manager)
    assert (code, "ruff:F401" in said) == (0, False)


@pytest.mark.parametrize("manager", MANAGERS)
def test_an_untracked_file_is_judged(root: Path, manager: str) -> None:
    write(root, {"new.py": "import json\n"})
    code, said = run_manager(root, manager)
    assert (code, "new.py:1:8" in said) == (1, True)


@pytest.mark.parametrize("manager", MANAGERS)
def test_a_range_is_judged_as_a_range(root: Path, manager: str) -> None:
    first = git(root, "rev-parse", "HEAD")
    write(root, {"a.py": GOOD + "import json\n"})
    git(root, "commit", "-qam", "bad")
    write(root, {"b.py": GOOD + "x = 1\n"})
    git(root, "commit", "-qam", "good")
    assert run_manager(root, manager, "--from-ref", first, "--to-ref", "HEAD")[0] == 1
    assert run_manager(root, manager, "--from-ref", "HEAD~1", "--to-ref", "HEAD")[0] == 0


def test_without_a_manager_among_our_ancestors_nothing_is_called_green(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    env = {**os.environ, "PRE_COMMIT": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "qualitygate", "run"], cwd=root, capture_output=True, text=True, check=False, env=env
    )
    assert done.returncode == 2
    assert "hint: run it with --all-files" in done.stderr


@pytest.mark.parametrize("manager", MANAGERS)
def test_installed_over_our_hooks_the_manager_and_we_judge_the_same_commit_once(root: Path, manager: str) -> None:
    from qualitygate.commands.install import install

    install(root, trust_it=False, ask=None)
    env = {**os.environ, "PATH": f"{_BIN}{os.pathsep}{os.environ['PATH']}"}
    subprocess.run([manager, "install"], cwd=root, check=True, capture_output=True, env=env)
    write(root, {"a.py": GOOD + "import json\n"})
    git(root, "add", "-A")
    assert (
        subprocess.run(["git", "commit", "-qm", "x"], cwd=root, capture_output=True, check=False, env=env).returncode
        == 1
    )
    write(root, {"a.py": GOOD + "x = 1\n"})
    git(root, "add", "-A")
    done = subprocess.run(["git", "commit", "-qm", "x"], cwd=root, capture_output=True, text=True, check=False, env=env)
    assert done.returncode == 0
    assert len(list((root / ".git/qualitygate/records").glob("*/*.json"))) == 1


def written(root: Path, before: str | None = None) -> str:
    """`.pre-commit-config.yaml` as bootstrap leaves it."""
    draft = Draft(lambda path: before.encode() if before is not None and path.endswith("config.yaml") else None)
    add_gate(draft, (PlannedCheck("markers", "markers", "ratchet", "edit", "", {}),), Hooks("", "", "auto"), ())
    text = draft.edits[".pre-commit-config.yaml"].after.decode()
    write(root, {".pre-commit-config.yaml": text})
    git(root, "add", "-A")
    return text


def test_pre_commit_ci_which_cannot_run_it_leaves_the_gate_out(root: Path) -> None:
    document = YAML(typ="safe", pure=True).load(written(root))
    assert document["ci"] == {"skip": [hook["id"] for hook in document["repos"][0]["hooks"]]}


@pytest.mark.parametrize("manager", MANAGERS)
def test_what_is_written_is_valid_and_runs(root: Path, manager: str) -> None:
    written(root)
    git(root, "commit", "-qm", "gate", "--no-verify")
    argv: list[str | Path] = [_BIN / manager, "validate-config", ".pre-commit-config.yaml"]
    valid = subprocess.run(argv, cwd=root, capture_output=True, text=True, check=False)
    assert (valid.returncode, "warning" in (valid.stdout + valid.stderr).lower()) == (0, False), valid.stderr
    code, said = run_manager(root, manager, "--all-files")
    assert (code, "warning" in said.lower()) == (0, False), said
    write(root, {"a.py": "import json\n"})
    assert run_manager(root, manager, "--all-files")[0] == 1


OTHERS = "repos:\n  - repo: local\n    hooks:\n      - {id: a, name: a, entry: 'true', language: system}\n"


@pytest.mark.parametrize("ci", ["ci:\n  autofix_prs: false\n", "ci:\n  skip: [a]\n"])
def test_settings_for_pre_commit_ci_stay_as_they_are_and_the_plan_says_what_to_add(root: Path, ci: str) -> None:
    draft = Draft(lambda path: (ci + OTHERS).encode() if path.endswith("config.yaml") else None)
    add_gate(draft, (PlannedCheck("markers", "markers", "ratchet", "edit", "", {}),), Hooks("", "", "auto"), ())
    assert draft.edits[".pre-commit-config.yaml"].after.startswith(ci.encode())
    assert [row.what for row in draft.left_out] == ["pre-commit.ci"]
    assert "add qualitygate to `skip:`" in draft.left_out[0].reason


def test_a_configuration_without_settings_for_pre_commit_ci_gets_none(root: Path) -> None:
    assert "\nci:" not in written(root, OTHERS)
