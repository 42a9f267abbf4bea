"""Strict mode: a branch moves only to what the gate has seen, and git itself goes on working."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from qualitygate.commands import accept
from qualitygate.commands.audit import audit
from qualitygate.commands.install import install, uninstall
from tests.support import commit, git, make_repo, write
from tests.test_bypasses import ASIDE, BAD, FOUND, OFF, SETTINGS, STAGE, carries, sh

VETO = "no record says that the gate has seen it"
# Where the hooks themselves are off or gone, nothing of theirs can run.
_OFF = (
    *("-c core.hooksPath", "config core.hooksPath", "GIT_CONFIG_COUNT", "GIT_CONFIG_PARAMETERS"),
    *("chmod -x", "hooks removed", "hook replaced", "a ref written by hand", "branch -f", "rebase with an edit"),
)
# Made without hooks on a detached HEAD, so that no branch has it.
LOOSE = (
    f"git switch -q --detach && {STAGE} && git commit-tree -p HEAD -m past $(git write-tree) > ../past"
    " && git reset -q --hard && git switch -q main"
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q", "--bare", "remote.git")
    root = make_repo(tmp_path / "r", {"a.txt": "a\n"})
    commit(root, SETTINGS)
    git(root, "remote", "add", "origin", os.fspath(tmp_path / "remote.git"))
    git(root, "push", "-q", "origin", "main")
    install(root, trust_it=False, ask=None, strict=True)
    commit(root, {"a.txt": "b\n"})
    return root


def test_ordinary_commits_go_on(root: Path) -> None:
    for number in range(3):
        done = sh(root, f"echo {number} > n.txt && git add n.txt && git commit -qm {number}")
        assert done.code == 0 and VETO not in done.said, done
    assert audit(root).unrecorded == ()
    assert sh(root, f"{STAGE} && git commit -qm bad").code


@pytest.mark.parametrize("way", [way for way in FOUND if way not in _OFF and "ASIDE" not in way])
def test_a_branch_does_not_move_to_what_came_in_past_the_hooks(root: Path, way: str) -> None:
    before = git(root, "rev-parse", "main")
    script = FOUND[way].replace("git commit -qm past", f"{OFF} commit -qm past") if "clone" in way else FOUND[way]
    done = sh(root, script.replace(ASIDE, f"{LOOSE} && git tag side $(cat ../past)"))
    assert VETO in done.said or "bad.txt:1" in done.said, done
    assert git(root, "rev-parse", "main") == before and not carries(root, "main")


def test_a_branch_is_not_made_of_it_either(root: Path) -> None:
    sh(root, LOOSE)
    for way in (
        "git branch evade $(cat ../past)",
        "git switch -c evade $(cat ../past)",
        "git push --no-verify . $(cat ../past):refs/heads/evade",
    ):
        done = sh(root, way)
        assert done.code and VETO in done.said, done
        assert "evade" not in git(root, "branch", "--format=%(refname:short)").split()


def test_an_agent_is_not_told_the_way_of_a_person(root: Path) -> None:
    sh(root, LOOSE)
    way = "git branch evade $(cat ../past)"
    assert "qualitygate accept" in sh(root, way).said
    said = sh(root, f"CLAUDECODE=1 {way}").said
    assert VETO in said and "accept" not in said


def test_mail_is_judged_when_it_is_applied(root: Path) -> None:
    sh(root, f"{LOOSE} && git format-patch -q -1 --stdout $(cat ../past) > ../mail")
    done = sh(root, "git am ../mail")
    assert done.code and "bad.txt:1" in done.said
    assert sh(root, "git am --abort").code == 0
    good = sh(
        root,
        "git switch -q --detach && echo c > c.txt && git add . && git commit -qm c"
        " && git format-patch -q -1 --stdout > ../good",
    )
    assert good.code == 0, good
    done = sh(root, "git switch -q main && git am -q ../good")
    assert done.code == 0 and audit(root).unrecorded == (), done


def test_what_a_person_accepts_may_come_in(root: Path) -> None:
    write(root, {"bad.txt": BAD})
    git(root, "add", "-A")
    question = accept.look(root, wip=False, terminal=True)
    assert question is not None
    accept.grant(question, typed=question.word, reason="a fixture of conflicts")
    assert sh(root, "git commit -qm accepted").code == 0
    assert sh(root, "git switch -q --detach && git branch copy HEAD && git switch -q main").code == 0


UNTOUCHED = {
    "stash": "echo x >> a.txt && git stash && git stash pop && git stash && git stash apply && git stash drop",
    "stash of untracked": f"printf '{BAD}' > bad.txt && git stash -u && git stash pop && rm bad.txt",
    "gc": "git branch one && git gc -q --prune=now && git pack-refs --all --prune",
    "branch -d": "git branch one && git branch -d one && git branch two && git branch -D two",
    "branch -m": "git branch one && git branch -m one two && git branch -c two three",
    "worktree": "git worktree add -q ../w -b side && git worktree remove ../w && git worktree add -q --detach ../v",
    "tag and notes": "git tag t && git tag -a u -m u && git notes add -m note && git notes remove",
    "fetch": "git fetch -q && git fetch -q origin other && git switch -q other && git switch -q main",
    "fetch into a branch": "git fetch -q && git fetch -q origin other:mine",
    "pull": "git switch -q --detach && git branch -qf main HEAD~1 && git switch -q main"
    " && git reset -q --hard origin/main && git pull -q --ff-only origin main",
    "reset back and forth": "git reset -q --hard HEAD~1 && git reset -q --hard ORIG_HEAD",
    "remote": "git remote rename origin up && git remote set-head up -a; git remote remove up",
    "switch": "git switch -q --detach && git switch -q -c one && git switch -q main",
    "checkout --orphan": "git switch -q --orphan pages && echo p > p.html && git add p.html && git commit -qm pages",
    "bisect": "git bisect start && git bisect bad HEAD && git bisect good HEAD~1; git bisect reset",
    "replace": "git replace HEAD HEAD~1 && git replace -d HEAD",
    "before the gate": "git switch -qc old HEAD~2 && test ! -e qualitygate.toml && echo o > o"
    " && git add o && git commit -qm o",
    "merge": "git switch -qc side && echo s > s && git add s && git commit -qm s && git switch -q main"
    " && echo m > m && git add m && git commit -qm m && git merge -q --no-edit side",
    "cherry-pick and revert": "git switch -qc side && echo s > s && git add s && git commit -qm s && git switch -q main"
    " && git cherry-pick side && git revert --no-edit HEAD",
    "amend": "echo z > z && git add z && git commit -qm z && git commit -q --amend -m y && git commit -q --amend -nm x",
    "push": "git push -q origin main main:refs/heads/second && git push -q origin :second",
    "rebase": "git switch -qc topic HEAD~1 && echo t > t && git add t && git commit -qm t && git rebase -q main"
    " && git rebase -q --onto HEAD~1 HEAD && git switch -q main",
    "rebase --update-refs": "git switch -qc one HEAD~1 && echo 1 > 1 && git add 1 && git commit -qm 1"
    " && git switch -qc two && echo 2 > 2 && git add 2 && git commit -qm 2"
    " && git rebase -q --update-refs main && git switch -q main",
    "rebase --apply": "git switch -qc one HEAD~1 && echo 1 > 1 && git add 1 && git commit -qm 1"
    " && git rebase -q --apply main",
}


@pytest.mark.parametrize("way", UNTOUCHED)
def test_git_goes_on_working(root: Path, tmp_path: Path, way: str) -> None:
    other = tmp_path / "other"
    git(tmp_path, "clone", "-q", "remote.git", "other")
    write(other, {"other.txt": BAD})  # somebody else's, who has no gate: for CI to find
    git(other, "switch", "-qc", "other")
    git(other, "add", "-A")
    git(other, "commit", "-qm", "other")
    git(other, "push", "-q", "origin", "other")
    done = sh(root, f"set -e; {UNTOUCHED[way]}")
    assert done.code == 0, done
    assert VETO not in done.said and "qualitygate cannot" not in done.said, done


def test_a_fetch_straight_into_a_branch_is_a_move_of_that_branch(root: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "remote.git", "other")
    commit(tmp_path / "other", {"b.txt": BAD})
    done = sh(root, "git fetch ../other main:mine")
    assert done.code and VETO in done.said
    assert sh(root, "git fetch -q ../other main:refs/remotes/other/main && git branch mine other/main").code == 0


def test_a_rebase_of_a_branch_that_went_past_ends_and_is_judged_at_its_tip(root: Path) -> None:
    sh(root, f"git switch -qc topic HEAD~1 && {STAGE} && {OFF} commit -qm past")
    done = sh(root, "git rebase -q main")
    assert done.code == 0 and "bad.txt:1" in done.said, done


def test_an_aborted_stash_is_never_left_half_made(root: Path) -> None:
    write(root, {"a.txt": BAD})
    assert sh(root, "git stash").code == 0
    assert git(root, "status", "--porcelain") == "" and len(git(root, "stash", "list").splitlines()) == 1
    assert sh(root, "git stash pop").code == 0
    assert (root / "a.txt").read_text() == BAD


@pytest.mark.parametrize("broken", ["interpreter", "package", "records", "program"])
def test_a_gate_that_is_broken_does_not_keep_branches_from_moving(root: Path, tmp_path: Path, broken: str) -> None:
    sh(root, LOOSE)
    hook = root / ".git/hooks/reference-transaction"
    text = hook.read_text()
    if broken == "interpreter":
        hook.write_text(text.replace("\npython=/", "\npython=/nowhere/"))
    elif broken == "package":
        hook.write_text(text.replace("\npackage=/", "\npackage=/nowhere/"))
    elif broken == "program":
        hook.write_text(text.replace("strict_hook.py", "../tests/nothing.py"))
    else:
        (root / ".git/qualitygate/adopted.json").write_text("{torn")
    done = sh(root, "git branch evade $(cat ../past)")
    assert done.code == 0, done
    assert "warning: qualitygate" in done.said


def test_strict_mode_is_asked_for_stays_and_goes(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {**SETTINGS})
    hook = root / ".git/hooks/reference-transaction"
    install(root, trust_it=False, ask=None)
    assert not hook.exists()
    install(root, trust_it=False, ask=None, strict=True)
    assert hook.exists() and (root / ".git/hooks/pre-applypatch").exists()
    install(root, trust_it=False, ask=None)
    assert hook.exists()
    hook.chmod(0o644)
    assert "reference-transaction is not executable: git skips it" in audit(root).hooks
    uninstall(root)
    assert not hook.exists() and not (root / ".git/hooks/pre-applypatch").exists()
    write(root, {"qualitygate.toml": "schema = 1\n[gate]\nstrict = true\n[checks.markers]\n"})
    assert "reference-transaction is not installed" in audit(root).hooks
    install(root, trust_it=False, ask=None)
    assert hook.exists() and audit(root).hooks == ()


def test_a_hook_that_was_there_runs_first_with_the_same_input(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {**SETTINGS, ".gitignore": "seen\n"})
    hook = root / ".git/hooks/reference-transaction"
    hook.write_text('#!/bin/sh\necho "$1" >> seen\ncat >> seen\n')
    hook.chmod(0o755)
    install(root, trust_it=False, ask=None, strict=True)
    git(root, "branch", "one")
    seen = (root / "seen").read_text()
    assert "prepared\n" in seen and "committed\n" in seen and seen.count("refs/heads/one\n") == 2
    hook.with_name("reference-transaction.before-qualitygate").write_text("#!/bin/sh\nexit 1\n")
    assert sh(root, "git branch two").code


def test_taking_strict_mode_away_is_said(root: Path) -> None:
    commit(root, {"qualitygate.toml": "schema = 1\n[gate]\nstrict = true\n[checks.markers]\n"})
    commit(root, SETTINGS)
    assert audit(root).weakened[0][1] == ("gate.strict is taken away",)
