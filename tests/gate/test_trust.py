from __future__ import annotations

from pathlib import Path

from qualitygate import git as our_git
from qualitygate.checks.catalogue import TOOLS
from qualitygate.gate import trust
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
