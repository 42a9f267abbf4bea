from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from qualitygate.commands.install import install, uninstall
from qualitygate.errors import QualityGateError
from tests.support import git, make_repo, write

SETTINGS = {
    "qualitygate.toml": "schema = 1\n[checks.ruff]\n[checks.markers]\n[checks.secrets]\n[checks.syntax]\n",
    "ruff.toml": '[lint]\nselect = ["F"]\n',
}
GOOD = "import os\n\nprint(os.name)\n"
BAD = "import sys\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = make_repo(tmp_path / "a repo", {**SETTINGS, "a.py": GOOD, "old.py": BAD})
    install(root, trust_it=False, ask=None)
    return root


def try_commit(root: Path, *args: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["git", "commit", "-qm", "change", *args],
        cwd=root,
        text=True,
        capture_output=True,
        check=False,
        env={**os.environ, **env},
    )


def head(root: Path) -> str:
    return git(root, "rev-parse", "HEAD")


def records(root: Path) -> int:
    return len(list((root / ".git/qualitygate/records").glob("*/*.json")))


def test_a_new_defect_is_refused_and_named_and_the_fix_passes(root: Path) -> None:
    write(root, {"a.py": GOOD + "import json\n"})
    git(root, "add", "-A")
    refused = try_commit(root)
    assert refused.returncode == 1
    assert "a.py:4:8: ruff:F401" in refused.stderr and "old.py" not in refused.stderr
    write(root, {"a.py": GOOD})
    git(root, "add", "-A")
    assert try_commit(root, "--allow-empty").returncode == 0


@pytest.mark.parametrize("flag", ["-n", "--no-verify"])
def test_no_verify_has_no_effect(root: Path, flag: str) -> None:
    write(root, {"a.py": GOOD + "import json\n"})
    git(root, "add", "-A")
    before = head(root)
    assert try_commit(root, flag).returncode == 1
    assert head(root) == before
    write(root, {"a.py": GOOD + "x = 1\n"})
    git(root, "add", "-A")
    assert try_commit(root, flag).returncode == 0
    assert records(root) == 1


def test_commit_all_is_judged_by_the_index_that_git_makes_for_it(root: Path) -> None:
    write(root, {"a.py": GOOD + "import json\n"})
    assert try_commit(root, "-a").returncode == 1
    assert git(root, "diff", "--cached", "--name-only") == ""


def test_a_commit_of_one_path_is_not_blamed_for_another(root: Path) -> None:
    write(root, {"a.py": GOOD + "import json\n", "old.py": BAD + "x = 1\n"})
    git(root, "add", "-A")
    assert try_commit(root, "old.py").returncode == 0
    assert try_commit(root, "a.py").returncode == 1


def test_an_amend_may_not_bring_a_defect_in(root: Path) -> None:
    write(root, {"a.py": GOOD + "x = 1\n"})
    assert try_commit(root, "-a").returncode == 0
    write(root, {"a.py": GOOD + "import json\n"})
    assert try_commit(root, "-a", "--amend").returncode == 1
    assert try_commit(root, "-a", "--amend", "-n").returncode == 1


def test_a_commit_that_only_deletes_is_judged(root: Path) -> None:
    git(root, "rm", "-q", "old.py")
    assert try_commit(root).returncode == 0


def test_unstaged_edits_stay_as_they_are(root: Path) -> None:
    write(root, {"a.py": GOOD + "x = 1\n"})
    git(root, "add", "-A")
    write(root, {"a.py": GOOD + "x = 1\nimport json\n", "untracked.txt": "precious"})
    times = (root / "a.py").stat().st_mtime_ns
    assert try_commit(root).returncode == 0
    assert (root / "a.py").read_text() == GOOD + "x = 1\nimport json\n"
    assert (root / "a.py").stat().st_mtime_ns == times
    assert (root / "untracked.txt").read_text() == "precious"


def test_a_rebase_of_many_commits_does_not_stop_and_its_tip_is_judged_once(root: Path) -> None:
    git(root, "switch", "-qc", "topic")
    for n in range(8):
        write(root, {f"t{n}.py": f"x = {n}\n"})
        git(root, "add", "-A")
        assert try_commit(root).returncode == 0
    git(root, "switch", "-q", "main")
    write(root, {"m.py": "y = 1\n"})
    git(root, "add", "-A")
    assert try_commit(root).returncode == 0
    git(root, "switch", "-q", "topic")
    before = records(root)
    git(root, "rebase", "-q", "main")
    assert records(root) == before + 1
    assert len(git(root, "log", "--format=%h", "main..topic").split()) == 8


def test_a_folder_called_rebase_merge_is_not_a_rebase(root: Path) -> None:
    (root / ".git/rebase-merge").mkdir()
    write(root, {"a.py": GOOD + "import json\n"})
    assert try_commit(root, "-a", "-n").returncode == 1
    for name in ("onto", "orig-head"):
        (root / ".git/rebase-merge" / name).write_text(head(root) + "\n")
    assert try_commit(root, "-a", "-n").returncode == 1


def test_a_defect_that_a_merge_brings_in_is_refused(root: Path) -> None:
    git(root, "switch", "-qc", "other")
    write(root, {"b.py": BAD})
    git(root, "add", "-A")
    git(root, "-c", "core.hooksPath=/dev/null", "commit", "-qm", "unseen")
    git(root, "switch", "-q", "main")
    write(root, {"c.py": "x = 1\n"})
    git(root, "add", "-A")
    assert try_commit(root).returncode == 0
    before = head(root)
    for flags in ((), ("--no-verify",)):
        git(root, "merge", "-q", "--no-edit", *flags, "other", check=False)
        assert head(root) == before
        git(root, "merge", "--abort", check=False)
        git(root, "reset", "-q", "--hard")


def test_a_merge_of_two_gated_branches_passes(root: Path) -> None:
    git(root, "switch", "-qc", "other")
    write(root, {"b.py": "x = 1\n"})
    git(root, "add", "-A")
    assert try_commit(root).returncode == 0
    git(root, "switch", "-q", "main")
    write(root, {"c.py": "x = 1\n"})
    git(root, "add", "-A")
    assert try_commit(root).returncode == 0
    git(root, "merge", "-q", "--no-edit", "other")
    assert git(root, "log", "-1", "--format=%P").count(" ") == 1


def test_a_cherry_pick_of_a_defect_is_refused(root: Path) -> None:
    git(root, "switch", "-qc", "other")
    write(root, {"b.py": BAD})
    git(root, "add", "-A")
    git(root, "-c", "core.hooksPath=/dev/null", "commit", "-qm", "unseen")
    git(root, "switch", "-q", "main")
    before = head(root)
    git(root, "cherry-pick", "other", check=False)
    assert head(root) == before


def test_a_revert_of_a_fix_brings_the_defect_back_and_is_refused(root: Path) -> None:
    write(root, {"old.py": "x = 1\n"})
    assert try_commit(root, "-a").returncode == 0
    before = head(root)
    git(root, "revert", "--no-edit", "HEAD", check=False)
    assert head(root) == before


def test_a_linked_worktree_meets_the_same_gate(root: Path) -> None:
    git(root, "worktree", "add", "-q", "-b", "side", "../side")
    side = root.parent / "side"
    write(side, {"a.py": GOOD + "import json\n"})
    assert try_commit(side, "-a").returncode == 1
    write(side, {"a.py": GOOD + "x = 1\n"})
    assert try_commit(side, "-a").returncode == 0


def test_a_commit_from_a_subdirectory_is_judged_whole(root: Path) -> None:
    write(root, {"sub/b.py": BAD})
    git(root, "add", "-A")
    refused = try_commit(root / "sub")
    assert refused.returncode == 1 and "sub/b.py:1:8" in refused.stderr


def test_a_push_of_what_slipped_past_is_refused(root: Path, tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "--bare", "remote.git")
    git(root, "remote", "add", "origin", os.fspath(tmp_path / "remote.git"))
    git(root, "push", "-q", "origin", "main")
    write(root, {"a.py": GOOD + "import json\n"})
    git(root, "add", "-A")
    git(root, "-c", "core.hooksPath=/dev/null", "commit", "-qm", "unseen")
    git(root, "push", "-q", "origin", "main", check=False)
    assert git(tmp_path / "remote.git", "rev-parse", "main") == git(root, "rev-parse", "HEAD~1")
    write(root, {"a.py": GOOD})
    assert try_commit(root, "-a").returncode == 0
    git(root, "push", "-q", "origin", "main")
    git(root, "push", "-q", "origin", ":refs/heads/nothing", check=False)


def test_a_push_is_judged_where_the_folder_for_temporary_files_is_gone(root: Path, tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "--bare", "remote.git")
    git(root, "remote", "add", "origin", os.fspath(tmp_path / "remote.git"))
    found = subprocess.run(
        ["git", "push", "origin", "main"],
        cwd=root,
        env={**os.environ, "TMPDIR": os.fspath(tmp_path / "gone")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stderr
    head = git(root, "rev-parse", "HEAD")
    assert f"in {head[:7]} " in found.stdout + found.stderr


def test_the_first_commit_of_a_repository_is_judged_whole(tmp_path: Path) -> None:
    root = tmp_path / "r"
    root.mkdir()
    git(root, "init", "-q")
    write(root, {**SETTINGS, "a.py": GOOD + "import json\n"})
    git(root, "add", "-A")
    install(root, trust_it=False, ask=None)
    assert try_commit(root).returncode == 1
    write(root, {"a.py": GOOD})
    assert try_commit(root, "-a").returncode == 0


def test_a_hook_that_was_there_runs_first_and_comes_back_on_uninstall(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {**SETTINGS, "a.py": GOOD})
    hook = root / ".git/hooks/pre-commit"
    script = b"#!/bin/sh\n# caf\xe9\necho earlier >> log\ntest ! -e refuse\n"
    hook.write_bytes(script)
    hook.chmod(0o755)
    assert install(root, trust_it=False, ask=None).hooks.chained == ("pre-commit",)
    install(root, trust_it=False, ask=None)
    write(root, {"a.py": GOOD + "x = 1\n", ".gitignore": "log\nrefuse\n"})
    git(root, "add", "-A")
    assert try_commit(root).returncode == 0
    assert (root / "log").read_text() == "earlier\n"
    write(root, {"refuse": ""})
    assert try_commit(root, "--allow-empty").returncode == 1
    uninstall(root)
    assert hook.read_bytes() == script
    assert sorted(p.name for p in (root / ".git/hooks").iterdir() if not p.name.endswith(".sample")) == ["pre-commit"]


def test_a_disk_that_is_full_half_way_leaves_the_hooks_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make_repo(tmp_path / "r", SETTINGS)
    write(root, {".git/hooks/pre-commit": "#!/bin/sh\n", ".git/hooks/prepare-commit-msg": "#!/bin/sh\n"})

    def hooks() -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in (root / ".git/hooks").iterdir()}

    before, really = hooks(), Path.chmod

    def full(path: Path, mode: int) -> None:
        if path.name.startswith(".") and "prepare-commit-msg" in path.name:
            raise OSError(28, "No space left on device")
        really(path, mode)

    monkeypatch.setattr(Path, "chmod", full)
    with pytest.raises(QualityGateError, match=r"cannot install the hooks in .*: no space left on device"):
        install(root, trust_it=False, ask=None)
    assert hooks() == before
    monkeypatch.undo()
    install(root, trust_it=False, ask=None)
    ours = hooks()
    monkeypatch.setattr(Path, "chmod", full)
    with pytest.raises(QualityGateError):
        install(root, trust_it=False, ask=None)
    assert hooks() == ours, "a gate that stood still stands"


def test_a_hook_that_changes_what_is_committed_does_not_have_the_last_word(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {**SETTINGS, "a.py": GOOD})
    hook = root / ".git/hooks/pre-commit"
    hook.write_text("#!/bin/sh\necho 'import json' >> a.py\ngit add a.py\n")
    hook.chmod(0o755)
    install(root, trust_it=False, ask=None)
    write(root, {"b.py": "x = 1\n"})
    git(root, "add", "-A")
    assert try_commit(root).returncode == 1


def test_a_hook_whose_interpreter_is_gone_refuses_and_says_how_to_mend_it(root: Path) -> None:
    for hook in (root / ".git/hooks").glob("p*"):
        if not hook.name.endswith(".sample"):
            hook.write_text(hook.read_text().replace("\npython=", "\npython=/nowhere/"))
    refused = subprocess.run(
        ["git", "commit", "--allow-empty", "-qm", "x"], cwd=root, capture_output=True, text=True, check=False,
        env={**os.environ, "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert refused.returncode != 0
    assert "hint: pip install qualitygate-toolkit && qualitygate install" in refused.stderr


def test_a_hooks_folder_shared_with_other_repositories_is_left_alone(tmp_path: Path) -> None:
    from qualitygate.errors import GitError

    root = make_repo(tmp_path / "r", {**SETTINGS})
    (tmp_path / "shared").mkdir()
    git(root, "config", "core.hooksPath", os.fspath(tmp_path / "shared"))
    with pytest.raises(GitError, match="share"):
        install(root, trust_it=False, ask=None)
    git(root, "config", "core.hooksPath", ".githooks")
    assert install(root, trust_it=False, ask=None).hooks.directory == (root / ".githooks").resolve()


def test_a_broken_configuration_stops_the_commit_and_names_file_and_key(root: Path) -> None:
    write(root, {"qualitygate.toml": "schema = 1\n[checks.ruff]\npolcy = 'clean'\n"})
    refused = try_commit(root, "-a")
    assert refused.returncode != 0
    assert "error: qualitygate.toml: checks.ruff.polcy" in refused.stderr


def test_taking_a_check_out_does_not_free_the_change_that_takes_it_out(root: Path) -> None:
    write(root, {"qualitygate.toml": "schema = 1\n[checks.markers]\n", "a.py": GOOD + "import json\n"})
    refused = try_commit(root, "-a")
    assert refused.returncode == 1
    assert "check ruff is removed" in refused.stderr


def test_a_folder_of_hooks_that_is_tracked_holds_nothing_of_this_machine_and_stops_no_teammate(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {**SETTINGS, "hooks/pre-commit": "#!/bin/sh\ntouch ran\n"})
    (root / "hooks/pre-commit").chmod(0o755)
    git(root, "config", "core.hooksPath", "hooks")
    result = install(root, trust_it=False, ask=None)
    assert set(result.hooks.tracked) >= {"hooks/pre-commit", "hooks/pre-commit.before-qualitygate", "hooks/pre-push"}
    for path in (root / "hooks").iterdir():
        assert sys.executable not in path.read_text() and "site-packages" not in path.read_text()
    write(root, {"a.py": "x = undefined\n"})
    git(root, "add", "-A")
    refused = try_commit(root)
    assert refused.returncode == 1 and "a.py:1:5: ruff:F821" in refused.stderr
    assert (root / "ran").exists()
    (root / ".git/qualitygate/where").unlink()  # as in the clone of somebody who has no qualitygate
    told = try_commit(root, PATH="/usr/bin:/bin")
    assert told.returncode == 0
    assert "this repository has a quality gate, which is not installed here" in told.stderr
    assert "hint: pip install qualitygate-toolkit && qualitygate install" in told.stderr


def test_a_folder_of_hooks_that_is_ignored_is_this_clones_own(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {**SETTINGS, ".gitignore": "made/\n"})
    git(root, "config", "core.hooksPath", "made/hooks")
    result = install(root, trust_it=False, ask=None)
    assert result.hooks.tracked == ()
    assert sys.executable in (root / "made/hooks/pre-commit").read_text()
