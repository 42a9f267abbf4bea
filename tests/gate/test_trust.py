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
    expected = words[-1] == "--no-commit" and words[0] == "cherry-pick"
    assert is_trusted(root, tmp_path) is expected  # git itself keeps no note of that one


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
