from __future__ import annotations

import json
import os
import stat
import subprocess
from pathlib import Path

import pytest

from qualitygate.cli import main
from tests.support import commit, git, make_repo, write

CORE = '''"""Core."""


def double(n: int) -> int:
    """Twice n."""
    return 2 * n
'''
TEST = """from shop.core import double


def test_double():
    assert double(2) == 4
"""
FILES: dict[str, str | bytes | None] = {
    "shop/__init__.py": '"""Shop."""\n',
    "shop/core.py": CORE,
    "shop/cli.py": "import os\nimport sys\n\nfrom shop.core import double\n\nprint(double(int(sys.argv[1])))\n",
    "tests/test_core.py": TEST,
    "data.json": '{"a": 1}\n',
    "README.md": "# Shop\n",
}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = make_repo(tmp_path / "shop", FILES)
    monkeypatch.chdir(root)
    return root


def state(root: Path) -> dict[str, tuple[int, bytes]]:
    """Every file below the work tree and in the hooks folder: mode and bytes."""
    found = {}
    for place in (root, root / ".git/hooks"):
        for path in place.rglob("*"):
            if path.is_file() and (place != root or ".git" not in path.relative_to(root).parts):
                found[os.fspath(path.relative_to(root))] = (stat.S_IMODE(path.stat().st_mode), path.read_bytes())
    return found


def try_commit(root: Path) -> subprocess.CompletedProcess[str]:
    git(root, "add", "-A")
    return subprocess.run(["git", "commit", "-qm", "change"], cwd=root, capture_output=True, text=True, check=False)


def test_the_main_job(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = state(root)
    assert main(["bootstrap", "."]) == 0
    said = capsys.readouterr().out
    assert "enforced now: ruff, ruff-format, mypy, syntax, merge-marker, large-file, secrets" in said
    assert "old debt tolerated: 1 finding (ruff 1)" in said
    assert try_commit(root).returncode == 0

    write(root, {"shop/core.py": "# Moves everything.\n\n" + CORE})
    assert try_commit(root).returncode == 0
    write(root, {"shop/core.py": CORE + "\n\nname: str = double(1)\n"})
    refused = try_commit(root)
    assert refused.returncode == 1
    assert "shop/core.py:9:13: mypy:assignment" in refused.stderr
    assert "failed: 1 new finding" in refused.stderr
    write(root, {"shop/core.py": CORE})
    assert try_commit(root).returncode == 0

    standing = state(root)
    assert main(["bootstrap", "."]) == 0
    assert "no file is changed" in capsys.readouterr().out
    assert (git(root, "status", "--porcelain"), state(root)) == ("", standing)

    assert main(["undo", "."]) == 0
    assert state(root) == before
    assert not (root / ".git/qualitygate").exists()
    assert main(["undo", "."]) == 0
    assert capsys.readouterr().out.endswith("nothing to undo\n")


def test_a_dry_run_writes_nothing_and_shows_the_diff(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = state(root)
    assert main(["bootstrap", "--dry-run", "."]) == 0
    said = capsys.readouterr().out
    assert "+++ b/qualitygate.toml" in said and said.rstrip().endswith("executed")
    assert state(root) == before
    assert not (root / ".git/qualitygate").exists()


def test_settings_that_are_there_are_adopted_and_no_byte_of_them_changes(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = """# Ours.
[tool.ruff]
line-length = 99
extend-exclude = ["tests"]

[tool.ruff.lint]
select = ["F", "B"]

[tool.mypy]
strict = true
files = ["shop"]
"""
    write(root, {"pyproject.toml": settings})
    git(root, "add", "-A")
    git(root, "commit", "-qm", "settings")
    assert main(["bootstrap", "--json", "."]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (root / "pyproject.toml").read_text() == settings
    assert {row["check"]: row["red_on_seed"] for row in document["proof"]}["mypy"] is True
    assert "adopt the project's ruff settings as they are" in [row["step"] for row in document["plan"]]
    assert document["verdict"] == "proven"
    looked = {row["check"]: (row["files"], row["expected"], row["given"]) for row in document["proof"]}
    assert (looked["ruff"], looked["mypy"]) == ((3, 3, 4), (3, 3, 4))


def test_an_existing_precommit_configuration_keeps_every_byte_and_gets_one_entry(root: Path) -> None:
    config = """# ours
repos:
-   repo: local
    hooks:
    -   id: one  # why
        name: one
        entry: 'true'
        language: system
"""
    write(root, {".pre-commit-config.yaml": config})
    git(root, "add", "-A")
    git(root, "commit", "-qm", "config")
    assert main(["bootstrap", "."]) == 0
    text = (root / ".pre-commit-config.yaml").read_text()
    assert text.startswith(config) and "id: qualitygate" in text[len(config) :]


def test_a_hook_that_is_there_is_chained_and_comes_back(root: Path) -> None:
    hook = root / ".git/hooks/pre-commit"
    hook.write_text("#!/bin/sh\ntouch ran\n")
    hook.chmod(0o755)
    before = state(root)
    assert main(["bootstrap", "."]) == 0
    assert try_commit(root).returncode == 0
    assert (root / "ran").exists()
    (root / "ran").unlink()
    git(root, "reset", "-q", "HEAD~1")
    assert main(["undo", "."]) == 0
    assert state(root) == before


def test_a_file_that_was_edited_since_is_not_thrown_away(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bootstrap", "--no-install", "."]) == 0
    with (root / "mypy.ini").open("a") as file:
        file.write("[mypy-extra]\nignore_errors = true\n")
    assert main(["undo", "."]) == 2
    assert "left alone: mypy.ini" in capsys.readouterr().out
    assert "mypy-extra" in (root / "mypy.ini").read_text()
    assert not (root / "qualitygate.toml").exists()


def test_agents_find_the_rules_that_are_in_force(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = '[tool.ruff.lint]\nselect = ["B0", "F821"]\nignore = ["B006"]\n'
    write(root, {"pyproject.toml": settings, "AGENTS.md": "# Ours\r\n"})
    git(root, "add", "-A")
    git(root, "commit", "-qm", "settings")
    before = state(root)
    assert main(["bootstrap", "."]) == 0
    page = (root / ".qualitygate/RULEBOOK.md").read_text()
    assert "| ruff | lint | ratchet | edit |" in page and "`ruff:F821`" in page and "\nB002 `++n`" in page
    assert "B006" not in page and "F401" not in page and "PLE" not in page
    assert (root / "AGENTS.md").read_bytes().startswith(b"# Ours\r\n<!-- qualitygate: begin")
    assert "git add" in (said := capsys.readouterr().out) and "AGENTS.md && git commit" in said
    assert try_commit(root).returncode == 0

    write(root, {"pyproject.toml": settings.replace('"F821"', '"F"')})
    assert main(["bootstrap", "."]) == 0
    assert "brought up to date: .qualitygate/RULEBOOK.md\n" in capsys.readouterr().out
    assert "`ruff:F401`" in (root / ".qualitygate/RULEBOOK.md").read_text()
    standing = state(root)
    assert main(["bootstrap", "."]) == 0
    assert state(root) == standing

    write(root, {"pyproject.toml": settings})
    assert main(["undo", "."]) == 0
    assert state(root) == before


def test_inspect_prints_one_document(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", "--json", "."]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["schema"], document["primary_language"]) == (1, "Python")


def test_a_path_that_is_not_there_is_an_error_not_a_pass(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(root, {"shop/core.py": CORE + "\n\nprint(undefined)\n"})
    assert main(["run", "nothere.py"]) == 2
    assert "nothere.py is not in the work tree" in capsys.readouterr().err
    assert main(["run", "shop"]) == 1
    assert "shop/core.py:9:7: ruff:F821" in capsys.readouterr().out
    assert main(["run", "tests"]) == 1
    assert "1 finding outside tests" in capsys.readouterr().out


def test_a_path_counts_from_where_one_stands_or_from_the_root(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(root, {"shop/core.py": CORE + "\n\nprint(undefined)\n"})
    for place, name in (("shop", "core.py"), ("tests", "shop/core.py"), ("tests", os.fspath(root / "shop"))):
        monkeypatch.chdir(root / place)
        assert main(["run", name]) == 1
        assert "shop/core.py:9:7: ruff:F821" in capsys.readouterr().out
    monkeypatch.chdir(root / "shop")
    assert main(["run", "."]) == 1
    assert "shop/core.py:9:7: ruff:F821" in capsys.readouterr().out
    assert main(["run", "../tests"]) == 1
    assert "1 finding outside tests" in capsys.readouterr().out


@pytest.mark.parametrize("manager", ["pre-commit", "prek"])
def test_a_manager_that_was_asked_for_installs_the_hooks_itself(
    root: Path, capsys: pytest.CaptureFixture[str], manager: str
) -> None:
    hooks = sorted(path.name for path in (root / ".git/hooks").iterdir())
    assert main(["bootstrap", "--manager", manager, "."]) == 0
    assert f"next: {manager} install --hook-type pre-commit" in capsys.readouterr().out
    assert (root / ".git/qualitygate/where").exists()
    assert sorted(path.name for path in (root / ".git/hooks").iterdir()) == hooks
    config = (root / ".pre-commit-config.yaml").read_text()
    assert [name in config for name in ("id: qualitygate-record", "id: qualitygate-push")] == [True, True]


def test_an_agent_that_left_signs_here_gets_its_hooks(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(root, {"CLAUDE.md": "Be brief.\n"})
    assert try_commit(root).returncode == 0
    before = state(root)
    assert main(["bootstrap", "."]) == 0
    said = capsys.readouterr().out
    assert "register the gate with Claude Code in .claude/settings.json" in said
    assert "Claude Code: told after an edit, kept from commands past the gate" in said
    assert try_commit(root).returncode == 0
    standing = state(root)
    assert main(["bootstrap", "."]) == 0
    assert "Claude Code: told after an edit" in capsys.readouterr().out
    assert state(root) == standing
    assert main(["undo", "."]) == 0
    assert state(root) == before


def test_an_agent_can_be_registered_later_and_is_never_unasked(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(root, {"CLAUDE.md": "Be brief.\n"})
    assert try_commit(root).returncode == 0
    assert main(["bootstrap", "--agents", "none", "."]) == 0
    assert not (root / ".claude").exists()
    assert main(["bootstrap", "."]) == 0
    assert not (root / ".claude").exists()
    assert main(["bootstrap", "--agents", "claude", "."]) == 0
    assert "next: git add .claude/settings.json .qualitygate/agent-hook" in capsys.readouterr().out
    assert main(["undo", "."]) == 0
    assert not (root / ".claude").exists()
    assert main(["bootstrap", "--agents", "clyde", "."]) == 2
    assert "error: unknown agent 'clyde'" in capsys.readouterr().err


def test_no_seed_is_planted_where_the_settings_leave_files_out(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing there turns red, and the proof would say that something is not proven."""
    settings = '[project]\nname = "shop"\n[tool.ruff]\nextend-exclude = ["examples"]\n'
    commit(root, {"pyproject.toml": settings, "examples/first.py": "value = 1\n", "shop.py": "value = 1\n"})
    capsys.readouterr()
    assert main(["bootstrap", "--json", "."]) == 0
    proofs = {row["check"]: row for row in json.loads(capsys.readouterr().out)["proof"]}
    assert proofs["ruff"]["installed"] and proofs["ruff"]["files"] == proofs["ruff"]["given"] - 1
    assert proofs["ruff"]["unproven"] == []


def test_the_ci_job_is_planned_written_once_and_undone(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    commit(root, {".github/CODEOWNERS": "* @us\n", ".gitlab-ci.yml": "test:\n  script: [make]\n"})
    before = state(root)
    files = [".github/workflows/qualitygate.yml", ".gitlab/qualitygate.gitlab-ci.yml"]
    assert main(["bootstrap", ".", "--dry-run"]) == 0
    said = capsys.readouterr().out
    for path in files:
        assert f"write {path}" in said and f"+++ b/{path}" in said
    assert state(root) == before
    assert main(["bootstrap", ".", "--no-install"]) == 0
    assert all((root / path).exists() for path in files)
    git(root, "add", "-A")
    git(root, "commit", "-qm", "gate", "--no-verify")
    capsys.readouterr()
    assert main(["bootstrap", ".", "--no-install"]) == 0
    assert "no file is changed" in capsys.readouterr().out
    assert main(["undo", "."]) == 0
    assert state(root) == before


def test_no_ci_job_is_written_where_none_is_wanted(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    commit(root, {".github/CODEOWNERS": "* @us\n"})
    assert main(["bootstrap", ".", "--dry-run", "--ci", "none"]) == 0
    assert "workflow" not in capsys.readouterr().out
