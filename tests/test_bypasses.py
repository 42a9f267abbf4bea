"""Every way round a commit hook that git itself offers: what stops it at once, and who finds the rest."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from qualitygate.commands.audit import audit
from qualitygate.commands.install import install
from qualitygate.reporters.audit import render_json, render_text
from tests.support import commit, git, make_repo

SETTINGS = {"qualitygate.toml": "schema = 1\n[checks.markers]\n"}
BAD = "<<<<<<< ours\none\n=======\ntwo\n>>>>>>> theirs\n"
CLEAN = "one\ntwo\n"
STAGE = f"printf '{BAD}' > bad.txt && git add bad.txt"
OFF = "git -c core.hooksPath=/dev/null"
ASIDE = f"git switch -qc side && {STAGE} && {OFF} commit -qm past && git switch -q main"

APART = f"{ASIDE} && echo c > c.txt && git add . && git commit -qm c"


class Done(NamedTuple):
    code: int
    said: str


@pytest.fixture
def root(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q", "--bare", "remote.git")
    root = make_repo(tmp_path / "r", {**SETTINGS, "a.txt": "a\n", ".gitignore": "*.sh\n"})
    git(root, "remote", "add", "origin", os.fspath(tmp_path / "remote.git"))
    git(root, "push", "-q", "origin", "main")
    install(root, trust_it=False, ask=None)
    commit(root, {"a.txt": "b\n"})
    return root


def sh(root: Path, script: str) -> Done:
    done = subprocess.run(["sh", "-c", script], cwd=root, capture_output=True, text=True, check=False)
    return Done(done.returncode, done.stdout + done.stderr)


def carries(root: Path, rev: str) -> bool:
    done = subprocess.run(["git", "show", f"{rev}:bad.txt"], cwd=root, capture_output=True, text=True, check=False)
    return done.stdout == BAD


STOPPED = {
    "commit": f"{STAGE} && git commit -qm past",
    "commit -n": f"{STAGE} && git commit -qnm past",
    "commit --no-verify": f"{STAGE} && git commit -qm past --no-verify",
    "commit -a": f"touch bad.txt && git add -N bad.txt && printf '{BAD}' > bad.txt && git commit -qam past -n",
    "commit of a path": f"{STAGE} && git commit -qnm past -- bad.txt",
    "amend -n": f"{STAGE} && git commit -qn --amend --no-edit",
    "alias": f"git config alias.ci 'commit -nm past' && {STAGE} && git ci",
    "alias of a shell": f"git config alias.ci '!git commit -nm past' && {STAGE} && git ci",
    "cherry-pick": f"{ASIDE} && git cherry-pick side",
    "revert": f"{STAGE} && {OFF} commit -qm past && git rm -q bad.txt && git commit -qm mend"
    " && git revert --no-edit HEAD",
    "merge": f"{APART} && git merge --no-edit side",
    "merge --no-verify": f"{APART} && git merge --no-verify --no-edit side",
    "merge --squash": f"{ASIDE} && git merge --squash -q side && git commit -qnm past",
    "linked work tree": f"git worktree add -q ../w && cd ../w && {STAGE} && git commit -qnm past",
    "SKIP": f"{STAGE} && SKIP=qualitygate git commit -qm past",
    "HUSKY": f"{STAGE} && HUSKY=0 git commit -qm past",
    "LEFTHOOK": f"{STAGE} && LEFTHOOK=0 LEFTHOOK_EXCLUDE=qualitygate git commit -qm past",
    "PRE_COMMIT_ALLOW_NO_CONFIG": f"{STAGE} && PRE_COMMIT_ALLOW_NO_CONFIG=1 OVERCOMMIT_DISABLE=1 git commit -qm past",
    "one hook not executable": f"chmod -x .git/hooks/pre-commit && {STAGE} && git commit -qm past",
    "one hook removed": f"rm .git/hooks/pre-commit && {STAGE} && git commit -qm past",
    "settings removed before": f"git rm -q qualitygate.toml && git commit -qm none && {STAGE} && git commit -qnm past",
    "settings removed with it": f"git rm -q qualitygate.toml && {STAGE} && git commit -qnm past",
    "stash brought back": f"{STAGE} && git stash -q && git stash pop -q && git add . && git commit -qnm past",
}


@pytest.mark.parametrize("way", STOPPED)
def test_what_the_commit_hooks_stop(root: Path, way: str) -> None:
    before = git(root, "rev-parse", "HEAD")
    done = sh(root, STOPPED[way])
    assert done.code and "bad.txt:1" in done.said, done
    assert not carries(root, "main") or way == "revert"
    if way not in ("revert", "settings removed before", "merge", "merge --no-verify"):
        assert git(root, "rev-parse", "main") == before


FOUND = {
    "am": f"{ASIDE} && git format-patch -q -1 side --stdout > ../mail && git am -q ../mail",
    "merge ff": f"{ASIDE} && git merge -q --ff-only side",
    "pull ff of another clone": f"git clone -q . ../c && (cd ../c && {STAGE} && git commit -qm past)"
    " && git pull -q --ff-only ../c main",
    "reset": f"{ASIDE} && git reset -q --hard side",
    "branch -f": f"git switch -qc work && {STAGE} && {OFF} commit -qm past && git branch -qf main work"
    " && git switch -q main",
    "update-ref": f"{ASIDE} && git update-ref refs/heads/main side && git reset -q --hard",
    "commit-tree": f"{STAGE} && git reset -q $(git commit-tree -p HEAD -m past $(git write-tree))",
    "fast-import": f"""{STAGE} && blob=$(git hash-object -w bad.txt) && git reset -q && printf 'commit refs/heads/main
committer A <a@example.com> 1700000000 +0000
data 4
past
from refs/heads/main^0
M 100644 %s bad.txt

' $blob | git fast-import --quiet && git reset -q --hard""",
    "-c core.hooksPath": f"{STAGE} && {OFF} commit -qm past",
    "config core.hooksPath": f"git config core.hooksPath ../none && {STAGE} && git commit -qm past",
    "GIT_CONFIG_COUNT": f"{STAGE} && GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=core.hooksPath GIT_CONFIG_VALUE_0=/dev/null"
    " git commit -qm past",
    "GIT_CONFIG_PARAMETERS": f"""{STAGE} && GIT_CONFIG_PARAMETERS="'core.hooksPath'='/dev/null'" git commit -qm past""",
    "chmod -x": f"chmod -x .git/hooks/* && {STAGE} && git commit -qm past",
    "hooks removed": f"rm .git/hooks/p* && {STAGE} && git commit -qm past",
    "hook replaced": "for hook in .git/hooks/p*; do printf '#!/bin/sh\\n' > $hook; done"
    f" && {STAGE} && git commit -qm past",
    "a ref written by hand": f"{ASIDE} && git rev-parse side > .git/refs/heads/main && git reset -q --hard",
    "branch of a stash": f"{STAGE} && git stash -q && git merge -q --ff-only 'stash@{{0}}'",
    "rebase with an edit": "echo e > e.txt && git add . && git commit -qm e"
    " && GIT_SEQUENCE_EDITOR='sed -i s/^pick/edit/'"
    f" git rebase -q -i HEAD~1; {STAGE} && git commit -qm past; git rebase --continue; true",
}


@pytest.mark.parametrize("way", FOUND)
def test_what_comes_in_past_the_hooks_is_found_by_audit_next_commit_and_push(root: Path, way: str) -> None:
    sh(root, FOUND[way])
    assert carries(root, "main"), "the way is open: that is why it has to be found"
    evil = git(root, "log", "-1", "--format=%h", "--", "bad.txt")
    assert git(root, "rev-parse", "--abbrev-ref", "HEAD") == "main"

    found = audit(root, judge=True)
    past = next(one for one in found.unrecorded if one.commit.startswith(evil))
    assert past.later == ""
    assert [(finding.rule, finding.path, finding.line) for finding in past.carried][:1] == [
        ("builtin:merge-marker", "bad.txt", 1)
    ]
    assert f"  {evil[:7]} " in render_text(found) and "bad.txt:1:1: builtin:merge-marker" in render_text(found)
    row = next(row for row in json.loads(render_json(found))["unrecorded"] if row["commit"].startswith(evil))
    assert [one["rule"] for one in row["carried"]] == ["builtin:merge-marker"] * 3

    git(root, "config", "--unset", "core.hooksPath", check=False)
    install(root, trust_it=False, ask=None)  # and where hooks were off, somebody has put them in again
    said = f"3 of these are from {evil[:7]}"
    onward = sh(root, "git commit -q --allow-empty -m on")
    assert onward.code and "bad.txt:1" in onward.said and said in onward.said, onward
    run = sh(root, f"{sys.executable} -m qualitygate run")
    assert run.code == 1 and said in run.said
    pushed = sh(root, "git push -q origin main")
    assert pushed.code and "bad.txt:1" in pushed.said and said in pushed.said, pushed
    assert not carries(root, "origin/main")


@pytest.mark.parametrize("way", [*STOPPED, *FOUND])
def test_the_same_way_with_a_clean_change_is_open(root: Path, way: str) -> None:
    """Whoever does no harm is not held up, and a commit that went past is named without any finding."""
    script = {**STOPPED, **FOUND}[way].replace(BAD, CLEAN)
    done = sh(root, script)
    assert done.code == 0 and "bad.txt:1" not in done.said, done
    if way in STOPPED:
        return
    git(root, "config", "--unset", "core.hooksPath", check=False)
    install(root, trust_it=False, ask=None)
    assert sh(root, "git commit -q --allow-empty -m on").code == 0
    assert not [one for one in audit(root, judge=True).unrecorded if one.carried]


def test_a_rebase_is_judged_once_at_its_tip_and_names_what_it_brought(root: Path) -> None:
    sh(
        root,
        f"git switch -qc topic origin/main; {STAGE}; {OFF} commit -qm past; echo t > t; git add t; {OFF} commit -qm t",
    )
    done = sh(root, "git rebase main")
    assert "bad.txt:1" in done.said and "3 of these are from" in done.said
    assert done.said.count("failed: ") == 1


def test_an_agent_is_told_which_commits_went_past(root: Path) -> None:
    sh(root, f"{STAGE} && {OFF} commit -qm past")
    done = sh(root, "CLAUDECODE=1 git commit -q --allow-empty -m on")
    evil = git(root, "rev-parse", "HEAD")[:7]
    assert f"3 from earlier commits that went past the gate ({evil}): mend these too" in done.said


def test_what_went_past_and_was_mended_is_no_trouble_any_more(root: Path) -> None:
    sh(root, f"{STAGE} && {OFF} commit -qm past")
    assert sh(root, "git rm -q bad.txt && git commit -qm mend").code == 0
    assert [one.later != "" for one in audit(root, judge=True).unrecorded] == [True]
    assert sh(root, "git push -q origin main").code == 0


def test_the_gate_that_is_removed_with_hooks_off_still_judges_what_follows(root: Path) -> None:
    sh(root, f"git rm -q qualitygate.toml && {OFF} commit -qm none")
    done = sh(root, f"{STAGE} && git commit -qnm past")
    assert done.code and "bad.txt:1" in done.said
