"""What of a record is found out when it was forged, edited, copied, or brought back elsewhere; and what cannot be."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qualitygate.commands.audit import audit
from qualitygate.commands.install import install
from qualitygate.gate import records
from qualitygate.gate.state import digest
from tests.support import commit, git, make_repo, write

SETTINGS = {"qualitygate.toml": "schema = 1\n[checks.markers]\n"}
BAD = "<<<<<<< ours\none\n=======\ntwo\n>>>>>>> theirs\n"
OFF = ("-c", "core.hooksPath=/dev/null")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = make_repo(tmp_path / "r", {**SETTINGS, "a.txt": "a\n"})
    install(root, trust_it=False, ask=None)
    commit(root, {"a.txt": "b\n"})
    return root


def shared(root: Path) -> Path:
    return root / ".git/qualitygate"


def tree(root: Path, rev: str = "HEAD") -> str:
    return git(root, "rev-parse", f"{rev}^{{tree}}")


def the_record(root: Path, of: str) -> tuple[Path, dict[str, Any]]:
    (path,) = records.of_tree(shared(root), of)
    return path, json.loads(path.read_text())


def past(root: Path, text: str = BAD) -> str:
    write(root, {"bad.txt": text})
    git(root, "add", "-A")
    git(root, *OFF, "commit", "-qm", "past")
    return tree(root)


def put(root: Path, of: str, document: dict[str, Any], name: str) -> None:
    path = shared(root) / "records" / of / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document))


def doubt(root: Path) -> str:
    (one,) = audit(root).unrecorded
    return one.why


def test_a_record_of_the_gate_holds(root: Path) -> None:
    path, document = the_record(root, tree(root))
    assert records.fault(path, document) == ""
    assert records.is_trusted(shared(root), tree(root))
    assert audit(root).unrecorded == ()


def test_a_record_that_was_copied_to_another_tree_holds_for_nothing(root: Path) -> None:
    path, document = the_record(root, tree(root))
    evil = past(root)
    put(root, evil, document, path.name)
    assert not records.is_trusted(shared(root), evil)
    assert doubt(root) == "its record holds for nothing: it was made for another tree"
    assert git_refuses(root)


def test_a_record_that_was_copied_and_made_to_name_that_tree_holds_for_nothing(root: Path) -> None:
    path, document = the_record(root, tree(root))
    evil = past(root)
    document["key"]["head"] = evil
    put(root, evil, document, path.name)
    assert doubt(root) == "its record holds for nothing: it was edited"
    assert git_refuses(root)


def git_refuses(root: Path) -> bool:
    before = git(root, "rev-parse", "HEAD")
    git(root, "commit", "-qm", "on", "--allow-empty", check=False)
    return git(root, "rev-parse", "HEAD") == before


Change = Callable[[dict[str, Any]], Any]


@pytest.mark.parametrize(
    "change",
    [
        lambda document: document["detail"].update(known=0, fixed=7),
        lambda document: document["key"].update(policy="0" * 40),
        lambda document: document["key"].update(environment="0" * 40),
        lambda document: document["bases"][0].update(tree="0" * 40),
        lambda document: document.update(time=1),
        lambda document: document.pop("seal"),
        lambda document: document["bases"].clear(),
    ],
    ids=["counts", "policy", "environment", "base", "time", "seal", "no base"],
)
def test_a_record_that_was_edited_holds_for_nothing(root: Path, change: Change) -> None:
    path, document = the_record(root, tree(root))
    change(document)
    path.write_text(json.dumps(document))
    assert records.fault(path, document) == "it was edited"
    assert not records.is_trusted(shared(root), tree(root))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"key": 1}', '{"key": {"head": 1, "bases": 2}}', "\x00", "[" * 9000])
def test_a_torn_record_holds_for_nothing_and_breaks_nothing(root: Path, text: str) -> None:
    path, _ = the_record(root, tree(root))
    path.write_text(text)
    assert not records.is_trusted(shared(root), tree(root))
    assert audit(root).unrecorded[0].why.startswith("its record holds for nothing")


def seal(document: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """A record that is made by hand as the gate would: what whoever may write there can always do."""
    key = document["key"]
    inside = {name: value for name, value in document.items() if name != "seal"}
    name = f"{digest(key['head'], key['bases'], key['policy'], key['environment'])}.json"
    return {**inside, "seal": digest(inside)}, name


def test_a_record_that_rests_on_nothing_trusted_is_told_by_an_audit(root: Path) -> None:
    _, document = the_record(root, tree(root))
    evil, nowhere = past(root), "1" * 40
    document["key"].update(head=evil, bases=[nowhere])
    document["bases"] = [{**document["bases"][0], "tree": nowhere, "commit": nowhere}]
    put(root, evil, *seal(document))
    assert doubt(root) == "its record rests on nothing that is trusted"


def test_a_record_against_a_base_that_was_only_assumed_holds_for_nothing(root: Path) -> None:
    path, document = the_record(root, tree(root))
    document["bases"][0]["assumed"] = True
    document, _ = seal(document)
    path.write_text(json.dumps(document))
    assert records.fault(path, document) == "it does not say against what it passed"


def test_a_clock_that_is_ahead_makes_no_valid_record_of_the_future(root: Path) -> None:
    path, document = the_record(root, tree(root))
    for ahead, said in ((3600, ""), (3 * 24 * 3600, "its record is dated in the future")):
        document["time"] = int(time.time()) + ahead
        document, _ = seal(document)
        path.write_text(json.dumps(document))
        assert [one.why for one in audit(root).unrecorded] == [said][: bool(said)]


def test_a_record_forged_with_all_its_parts_holds_here_which_is_why_ci_judges_anew(root: Path) -> None:
    _, document = the_record(root, tree(root))
    evil = past(root)
    before = tree(root, "HEAD~1")
    document["key"].update(head=evil, bases=[before])
    document["bases"] = [{**document["bases"][0], "tree": before, "commit": git(root, "rev-parse", "HEAD~1")}]
    put(root, evil, *seal(document))
    assert records.is_trusted(shared(root), evil)  # docs/security.md says so


def test_a_tree_that_passed_against_its_own_debt_and_is_brought_back_is_told(root: Path) -> None:
    past(root, "fine\n")  # nothing wrong with it, and no record
    commit(root, {"c.txt": "c\n"})
    old = git(root, "rev-parse", "HEAD")
    commit(root, {"c.txt": "d\n"})
    git(root, "rm", "-q", "--cached", "-r", ".")
    git(root, "read-tree", old)
    git(root, *OFF, "commit", "-qm", "brought back")
    found = [one for one in audit(root).unrecorded if not one.later]
    assert [(one.subject, one.why) for one in found] == [
        ("brought back", "its record was made at another place in history, and the tree brought back")
    ]


def test_what_was_adopted_and_is_brought_back_is_told(root: Path) -> None:
    git(root, "read-tree", git(root, "rev-parse", "HEAD~1"))
    git(root, *OFF, "commit", "-qm", "brought back")
    assert doubt(root).endswith("the tree brought back")


@pytest.fixture
def mended(tmp_path: Path) -> Path:
    """Debt that was adopted, a commit beside it, and one that mends it, alone on main."""
    root = make_repo(tmp_path / "r", {**SETTINGS, "a.txt": BAD, "b.txt": "b\n"})
    install(root, trust_it=False, ask=None)
    commit(root, {"b.txt": "c\n"})
    commit(root, {"a.txt": "a\n"})
    return root


def brought_back(root: Path, rev: str) -> None:
    git(root, "read-tree", "-u", "--reset", rev)
    git(root, *OFF, "commit", "-qm", "brought back")


@pytest.mark.parametrize("rev", ["HEAD~1", "HEAD~2"], ids=["recorded", "adopted"])
def test_an_old_tree_that_is_brought_back_with_hooks_off_is_no_base(mended: Path, rev: str) -> None:
    """Its record was for another place in history, and made its debt known to all that followed."""
    brought_back(mended, rev)
    write(mended, {"d.txt": "d\n"})
    git(mended, "add", "-A")
    assert git_refuses(mended)
    write(mended, {"a.txt": "a\n"})
    git(mended, "add", "-A")
    assert not git_refuses(mended)


def test_an_old_tree_on_top_of_a_commit_without_a_record_is_no_base(mended: Path) -> None:
    past(mended, "fine\n")
    brought_back(mended, "HEAD~2")
    assert [one.subject for one in audit(mended).unrecorded] == ["brought back", "past"]
    assert git_refuses(mended)


def test_a_merge_that_is_reverted_with_hooks_off_brings_its_debt_back_as_new(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {**SETTINGS, "a.txt": BAD, "b.txt": "b\n"})
    install(root, trust_it=False, ask=None)
    git(root, "switch", "-qc", "topic")
    commit(root, {"a.txt": "a\n"})
    git(root, "switch", "-q", "main")
    commit(root, {"b.txt": "c\n"})
    git(root, "merge", "-q", "-m", "merge", "topic")
    git(root, *OFF, "revert", "--no-edit", "-m", "1", "HEAD")
    assert tree(root) == tree(root, "HEAD~2")
    assert git_refuses(root)


def test_commits_in_another_order_or_amended_are_still_base(mended: Path) -> None:
    commit(mended, {"c.txt": "c\n"})
    commit(mended, {"d.txt": "d\n"})
    git(mended, "commit", "-q", "--amend", "-m", "other words")
    assert audit(mended).unrecorded == ()
    two = git(mended, "log", "-2", "--format=%h").split()
    order = f"printf 'pick {two[0]}\\npick {two[1]}\\n' >"
    git(mended, "-c", f"sequence.editor={order}", "rebase", "-qi", "HEAD~2")
    write(mended, {"e.txt": "e\n"})
    git(mended, "add", "-A")
    git(mended, "commit", "-qm", "on")
    _, document = the_record(mended, tree(mended))
    assert [base["commit"] for base in document["bases"]] == [git(mended, "rev-parse", "HEAD~1")]


def test_a_revert_through_the_hooks_an_amend_and_a_squash_have_records_of_their_own(root: Path) -> None:
    commit(root, {"c.txt": "c\n"})
    git(root, "revert", "--no-edit", "HEAD")
    commit(root, {"d.txt": "d\n"})
    git(root, "commit", "-q", "--amend", "-m", "other words")
    write(root, {"d.txt": "e\n"})
    git(root, "commit", "-qa", "--amend", "-m", "other content")
    commit(root, {"e.txt": "e\n"})
    git(root, "reset", "-q", "--soft", "HEAD~3")
    git(root, "commit", "-qm", "all in one")
    assert audit(root).unrecorded == ()


def test_a_squash_takes_no_record_of_what_it_is_made_of(root: Path) -> None:
    commit(root, {"c.txt": "c\n"})
    past(root)
    git(root, "rm", "-q", "bad.txt")
    git(root, "commit", "-qm", "mended")
    git(root, "reset", "-q", "--soft", "HEAD~1")
    git(root, "reset", "-q", "--soft", "HEAD~1")
    write(root, {"bad.txt": BAD})
    git(root, "add", "-A")
    assert git_refuses(root)


def test_another_policy_or_version_asks_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, document = the_record(root, tree(root))
    key = document["key"]
    made = records.Key(key["head"], tuple(key["bases"]), key["policy"], key["environment"])
    assert records.exists(shared(root), made)
    assert not records.exists(shared(root), made._replace(policy="0" * 40))
    assert not records.exists(shared(root), made._replace(environment="0" * 40))
    assert not records.exists(shared(root), made._replace(bases=("0" * 40,)))
    path.rename(path.with_name(f"{'0' * 40}.json"))
    assert not records.exists(shared(root), made)
    assert not records.is_trusted(shared(root), tree(root))
