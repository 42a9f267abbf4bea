from __future__ import annotations

from pathlib import Path

import pytest

from qualitygate import git as our_git
from qualitygate.checks.catalogue import TOOLS
from qualitygate.commands.install import ensure_trust
from qualitygate.gate import planning, trust
from qualitygate.gate.trees import worktree_tree
from tests.support import commit, git, make_repo

PLUGIN = "[mypy]\nplugins = ./plugin.py\n"


def key(root: Path) -> frozenset[str]:
    repo = our_git.find_repo(root)
    entries = our_git.entries(repo, "HEAD")
    return trust.keys_of(entries, trust.executable_configuration(trust.reader(repo, entries, TOOLS), TOOLS))


def test_trust_is_per_clone_and_keyed_to_what_executes(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"mypy.ini": PLUGIN, "a.py": "x = 1\n"})
    repo = our_git.find_repo(root)
    assert not trust.is_granted(repo, key(root))
    trust.grant(repo, key(root))
    commit(root, {"a.py": "x = 2\n"})
    assert trust.is_granted(repo, key(root))
    commit(root, {"mypy.ini": PLUGIN + "strict = true\n"})
    assert not trust.is_granted(repo, key(root))
    git(tmp_path, "clone", "-q", str(root), "other")
    trust.grant(repo, key(root))
    assert not trust.is_granted(our_git.find_repo(tmp_path / "other"), key(root))


def test_revoked_trust_is_gone(tmp_path: Path) -> None:
    repo = our_git.find_repo(make_repo(tmp_path / "r", {"a": "1"}))
    trust.grant(repo, frozenset("k"))
    trust.revoke(repo)
    assert not trust.is_granted(repo, frozenset("k"))


def test_a_torn_trust_file_trusts_nothing(tmp_path: Path, own_home: Path) -> None:
    repo = our_git.find_repo(make_repo(tmp_path / "r", {"a": "1"}))
    trust.grant(repo, frozenset("k"))
    (own_home / "state/qualitygate/trust.json").write_text('{"')
    assert not trust.is_granted(repo, frozenset("k"))


def test_configuration_without_plugins_executes_nothing(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"mypy.ini": "[mypy]\nstrict = true\n", "pyproject.toml": "[tool.mypy]\n"})
    repo = our_git.find_repo(root)
    assert trust.executable_configuration(trust.reader(repo, our_git.entries(repo, "HEAD"), TOOLS), TOOLS) == {}


def is_trusted(root: Path, scratch: Path) -> bool:
    gate = planning.open_gate(root, TOOLS, lambda data, held: {})
    reader, head = worktree_tree(gate.repo, scratch)
    return planning._is_trusted(gate, reader, head, TOOLS, "", here=True)


def with_a_branch_that_changes_a_plugin(root: Path) -> Path:
    make_repo(root, {"mypy.ini": PLUGIN, "plugin.py": "x = 1\n"})
    git(root, "checkout", "-qb", "other")
    commit(root, {"plugin.py": "x = 2\n"})
    git(root, "checkout", "-q", "main")
    commit(root, {"a.py": "x = 1\n"})
    assert ensure_trust(our_git.find_repo(root), trust_it=True, ask=None)
    return root


@pytest.mark.parametrize(
    "words", (("merge", "--no-commit"), ("merge", "--squash"), ("cherry-pick", "--no-commit"), ("cherry-pick",))
)
def test_what_is_taken_over_from_elsewhere_is_not_trusted_before_a_person_agrees(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    root = with_a_branch_that_changes_a_plugin(tmp_path / "r")
    if words == ("cherry-pick",):  # stops at a conflict, which is then resolved as the other side has it
        commit(root, {"plugin.py": "x = 3\n"})
        assert ensure_trust(our_git.find_repo(root), trust_it=True, ask=None)
    git(root, *words, "other", check=False)
    git(root, "checkout", "other", "--", "plugin.py")
    assert not is_trusted(root, tmp_path)


def test_agreeing_in_the_middle_of_a_merge_is_about_what_is_merged(tmp_path: Path) -> None:
    root = with_a_branch_that_changes_a_plugin(tmp_path / "r")
    git(root, "merge", "--no-commit", "other")
    asked: list[str] = []

    def refuse(what: str) -> bool:
        asked.append(what)
        return False

    assert not is_trusted(root, tmp_path)
    assert not ensure_trust(our_git.find_repo(root), trust_it=False, ask=refuse)
    assert "plugin.py" in asked[0]
    assert ensure_trust(our_git.find_repo(root), trust_it=True, ask=None)
    assert is_trusted(root, tmp_path)


TAKEN = (
    (("checkout", "other", "--", "plugin.py"),),
    (("restore", "--source=other", "--staged", "--worktree", "plugin.py"),),
    (("cherry-pick", "--no-commit", "other"),),
    (("checkout", "-q", "other", "--", "plugin.py"), ("stash", "-q"), ("stash", "pop", "-q")),
    (("checkout", "other", "--", "plugin.py"), ("mv", "plugin.py", "plug.py"), ("mv", "plug.py", "plugin.py")),
    (("fetch", "-q", "{far}", "main"), ("checkout", "FETCH_HEAD", "--", "plugin.py")),
)


@pytest.mark.parametrize("commands", TAKEN, ids=lambda commands: " ".join(commands[-1]))
def test_a_file_that_came_from_elsewhere_without_a_note_is_not_trusted(
    tmp_path: Path, commands: tuple[tuple[str, ...], ...]
) -> None:
    """`git checkout OTHER -- FILE` and its like: it looks like a change that was made here."""
    root = with_a_branch_that_changes_a_plugin(tmp_path / "r")
    make_repo(tmp_path / "far", {"plugin.py": "x = 'from afar'\n"})
    for words in commands:
        git(root, *(word.format(far=tmp_path / "far") for word in words))
    assert not is_trusted(root, tmp_path)
    assert not is_trusted(root, tmp_path), "asking once more changes nothing"
    git(root, "commit", "-qam", "taken over", "--no-verify")
    assert not is_trusted(root, tmp_path)
    git(root, "reset", "-q", "--soft", "HEAD~1")
    assert ensure_trust(our_git.find_repo(root), trust_it=True, ask=None)
    assert is_trusted(root, tmp_path), "a person who agreed can go on"


def test_a_mailed_patch_is_not_trusted(tmp_path: Path) -> None:
    root = with_a_branch_that_changes_a_plugin(tmp_path / "r")
    patch = git(root, "format-patch", "--stdout", "-1", "other")
    git(root, "branch", "-qD", "other")
    (tmp_path / "mail").write_text(patch)
    commit(root, {"plugin.py": "x = 3\n"})
    assert ensure_trust(our_git.find_repo(root), trust_it=True, ask=None)
    git(root, "am", str(tmp_path / "mail"), check=False)  # stops at a conflict
    (root / "plugin.py").write_text("x = 2\n")
    assert not is_trusted(root, tmp_path)
    git(root, "am", "--abort")
    git(root, "reset", "-q", "--hard", "HEAD~1")
    git(root, "am", "-q", str(tmp_path / "mail"))
    assert not is_trusted(root, tmp_path)


def test_what_is_made_here_stays_trusted(tmp_path: Path) -> None:
    root = with_a_branch_that_changes_a_plugin(tmp_path / "r")
    (root / "plugin.py").write_text("x = 'made here'\n")
    git(root, "stash", "-q")
    git(root, "stash", "apply", "-q")  # which leaves the stash where it is
    assert is_trusted(root, tmp_path)
    git(root, "commit", "-qam", "mine", "--no-verify")
    git(root, "branch", "backup")
    (root / "plugin.py").write_text("x = 'made here, too'\n")
    git(root, "commit", "-qa", "--amend", "-m", "mine", "--no-verify")
    assert not is_trusted(root, tmp_path), "nobody judged it, so nobody agreed"


def test_an_empty_file_is_not_taken_for_one_from_elsewhere(tmp_path: Path) -> None:
    root = with_a_branch_that_changes_a_plugin(tmp_path / "r")
    git(root, "checkout", "-qf", "other")
    commit(root, {"empty.txt": ""})
    git(root, "checkout", "-q", "main")
    (root / "plugin.py").write_text("")
    assert is_trusted(root, tmp_path)
