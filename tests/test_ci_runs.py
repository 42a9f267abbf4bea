"""The workflow that bootstrap writes, played: a real origin, a checkout of the merge ref, GitHub's variables."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from qualitygate.bootstrap.ci_render import Settings, render_github, render_gitlab
from qualitygate.gate.surroundings import version
from tests.checkout import BIN, ROOT, copy_checkout
from tests.ci_runner import ZERO, Context, Played, check_out, context, holds, load, play, pull_request, push
from tests.support import commit, git, make_repo

RULES = '[lint]\nselect = ["F"]\n'
GATE = "schema = 1\n[checks.ruff]\n[checks.markers]\n"
GOOD = "import os\n\nprint(os.name)\n"
BAD = GOOD + "print(undefined)\n"
WORKFLOW = load(render_github(Settings(version(), "main", "3.13")))
STEPS = WORKFLOW["jobs"]["gate"]["steps"]
# pip finds in each that we are installed already, which costs a second: once is enough.
JUDGING = [step for step in STEPS if step.get("name") != "Install qualitygate"]


class Shop:
    """A developer's clone and the bare origin that it pushes to."""

    def __init__(self, folder: Path, files: dict[str, str | bytes | None]) -> None:
        self.folder = folder
        self.origin = folder / "origin.git"
        git(folder, "init", "-q", "--bare", str(self.origin))
        git(self.origin, "config", "uploadpack.allowAnySHA1InWant", "true")  # as at GitHub
        self.work = make_repo(folder / "work", files)
        git(self.work, "remote", "add", "origin", f"file://{self.origin}")
        self.push()
        self.runs = 0

    def push(self, *flags: str) -> str:
        git(self.work, "push", "-q", *flags, "origin", "main")
        return git(self.work, "rev-parse", "main")

    def propose(self, *changes: dict[str, str | bytes | None], number: int = 7) -> tuple[str, str]:
        """A pull request from main; returns the base and the tip of it."""
        base = git(self.work, "rev-parse", "origin/main")
        git(self.work, "checkout", "-q", "-B", "topic", base)
        for change in changes:
            commit(self.work, change)
        head = git(self.work, "rev-parse", "HEAD")
        git(self.work, "push", "-q", "-f", "origin", f"HEAD:refs/pull/{number}/head")
        git(self.work, "checkout", "-q", "main")
        return base, head

    def merge_ref(self, head: str, number: int = 7) -> str:
        """What GitHub makes of a pull request: its merge into the branch as that is now."""
        git(self.work, "checkout", "-q", "--detach", "origin/main")
        git(self.work, "merge", "-q", "--no-ff", "--no-verify", "-m", "merge", head)
        merged = git(self.work, "rev-parse", "HEAD")
        git(self.work, "push", "-q", "-f", "origin", f"HEAD:refs/pull/{number}/merge")
        git(self.work, "checkout", "-q", "main")
        return merged

    def play(self, run: Context, *, depth: int = 0, steps: list[dict[str, Any]] = JUDGING) -> Played:
        self.runs += 1
        place = self.folder / f"runner{self.runs}"
        check_out(self.origin, place, run.github["ref"], run.github["sha"], depth=depth)
        return play(steps, place, run)

    def play_request(self, *changes: dict[str, str | bytes | None], depth: int = 0, fork: bool = False) -> Played:
        base, head = self.propose(*changes)
        return self.play(request_run(base, head, self.merge_ref(head), fork=fork), depth=depth)


def request_run(base: str, head: str, merged: str, *, fork: bool = False) -> Context:
    return context(
        "pull_request", pull_request(7, base=base, head=head, fork=fork), sha=merged, ref="refs/pull/7/merge"
    )


def push_run(before: str, after: str, *, forced: bool = False) -> Context:
    return context("push", push(before, after, forced=forced), sha=after, ref="refs/heads/main")


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path, {"a.py": GOOD, "old.py": "import json\n", "ruff.toml": RULES, "qualitygate.toml": GATE})


@pytest.fixture(autouse=True)
def no_index(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.node.get_closest_marker("slow") is None:
        monkeypatch.setenv("PIP_NO_INDEX", "1")


def test_a_request_with_a_new_defect_fails_where_people_look(shop: Shop) -> None:
    base, head = shop.propose({"a.py": BAD})
    played = shop.play(request_run(base, head, shop.merge_ref(head)), steps=STEPS)
    assert (played.code, played.ran) == (1, ("Install qualitygate", "Judge the change"))
    assert "::error file=a.py,title=ruff%3AF821,line=4,endLine=4,col=7::" in played.said
    assert "old.py" not in played.said
    assert "against" in played.said and "main, which it was merged with" in played.said
    assert played.summary.startswith("## qualitygate: failed\n")
    assert "| new | a.py\\:4 | ruff\\:F821 |" in played.summary
    assert [row["ruleId"] for row in played.sarif["runs"][0]["results"]] == ["ruff:F821"]


def test_a_clean_request_passes_whatever_debt_there_is(shop: Shop) -> None:
    played = shop.play_request({"b.py": GOOD})
    assert (played.code, "qualitygate passed: no new findings against" in played.said) == (0, True)
    assert "are in force" in played.said
    assert played.summary.startswith("## qualitygate: passed\n")


@pytest.mark.parametrize(
    "settings",
    [
        {"qualitygate.toml": "schema = 1\n[checks.markers]\n"},
        {"qualitygate.toml": GATE.replace("[checks.ruff]", '[checks.ruff]\npolicy = "shown"')},
        {"qualitygate.toml": GATE.replace("[checks.ruff]", '[checks.ruff]\nexclude = ["a.py"]')},
        {"qualitygate.toml": GATE.replace("[checks.ruff]", '[checks.ruff]\ntool = "syntax"')},
        {"qualitygate.toml": None},
        {"ruff.toml": '[lint]\nselect = ["F401"]\n'},
        {"ruff.toml": '[lint]\nselect = ["F"]\n[lint.per-file-ignores]\n"a.py" = ["F821"]\n'},
        {"ruff.toml": RULES.replace("[lint]", 'exclude = ["a.py"]\n[lint]')},
    ],
    ids=["check removed", "shown", "excluded", "another tool", "no gate", "rule off", "ignored here", "file left out"],
)
def test_a_request_that_relaxes_the_settings_is_judged_by_those_of_its_base(
    shop: Shop, settings: dict[str, str | bytes | None]
) -> None:
    played = shop.play_request({"a.py": BAD, **settings})
    assert played.code == 1, played.said
    assert "::error file=a.py,title=ruff%3AF821,line=4" in played.said
    assert "settings changed" in played.said or settings == {"qualitygate.toml": None}


def test_a_request_that_only_relaxes_the_settings_passes(shop: Shop) -> None:
    played = shop.play_request({"ruff.toml": '[lint]\nselect = ["F401"]\n', "a.py": GOOD + "x = 1\n"})
    assert (played.code, "settings changed (ruff.toml)" in played.said) == (0, True)


def test_a_request_that_makes_the_settings_stricter_is_judged_by_its_own_too(shop: Shop) -> None:
    strict = {"ruff.toml": '[lint]\nselect = ["F", "E711"]\n'}
    played = shop.play_request({**strict, "b.py": "import os\n\nprint(os.name == None)\n"})
    assert (played.code, "E711" in played.said) == (1, True), played.said
    assert shop.play_request({**strict, "b.py": "print(1)\n"}).code == 0


def test_a_request_that_brings_another_version_of_a_tool_is_judged_with_it(tmp_path: Path) -> None:
    old = GATE.replace("[checks.ruff]", '[checks.ruff]\nversion = "0.1"')
    shop = Shop(tmp_path, {"a.py": GOOD, "ruff.toml": RULES, "qualitygate.toml": old})
    assert shop.play_request({"qualitygate.toml": GATE, "a.py": GOOD + "x = 1\n"}).code == 0
    assert shop.play_request({"qualitygate.toml": GATE, "a.py": BAD}).code == 1


def test_settings_that_do_not_load_decide_nothing(shop: Shop) -> None:
    played = shop.play_request({"a.py": GOOD + "x = 1\n", "ruff.toml": '[lint]\nselect = ["NOSUCH"]\n'})
    assert (played.code, "qualitygate undecided" in played.said) == (2, True)


def test_the_request_that_brings_the_gate_is_judged_by_its_own_settings(tmp_path: Path) -> None:
    shop = Shop(tmp_path, {"a.py": GOOD, "old.py": "import json\n"})
    gate: dict[str, str | bytes | None] = {"ruff.toml": RULES, "qualitygate.toml": GATE}
    played = shop.play_request(gate)
    assert (played.code, "has no qualitygate.toml" in played.said) == (0, True)
    assert shop.play_request({**gate, "a.py": BAD}).code == 1


def test_a_defect_that_came_to_main_meanwhile_is_not_blamed_on_the_request(shop: Shop) -> None:
    base, head = shop.propose({"b.py": GOOD})
    commit(shop.work, {"c.py": "print(undefined)\n"})
    shop.push()
    assert shop.play(request_run(base, head, shop.merge_ref(head))).code == 0


def test_the_tip_of_a_request_is_judged_against_where_it_left_main(shop: Shop) -> None:
    base, head = shop.propose({"a.py": BAD})
    commit(shop.work, {"c.py": GOOD})
    shop.push()
    run = request_run(git(shop.work, "rev-parse", "main"), head, head)
    played = shop.play(run)
    assert played.code == 1
    assert f"against {base[:7]} (merge base with main)" in played.said


def test_a_request_from_a_fork_is_judged_without_secrets(shop: Shop) -> None:
    assert shop.play_request({"a.py": BAD}, fork=True).code == 1
    assert shop.play_request({"a.py": GOOD + "x = 1\n"}, fork=True).code == 0


def test_only_a_run_that_may_write_uploads_what_it_found() -> None:
    condition = WORKFLOW["jobs"]["code-scanning"]["if"]

    def uploads(event: dict[str, Any], name: str = "pull_request") -> bool:
        return holds(condition, context(name, event, sha="a", ref="r"), failed=True)

    assert uploads(pull_request(1, base="a", head="b"))
    assert uploads(push("a", "b"), "push")
    assert not uploads(pull_request(1, base="a", head="b", fork=True))
    assert not uploads(pull_request(1, base="a", head="b", private=True))
    assert not uploads(push("a", "b"), "merge_group")


def test_the_workflow_holds_no_secret_and_asks_for_the_least() -> None:
    text = render_github(Settings(version(), "main", "3.13")).decode()
    assert not re.search(r"\$\{\{[^}]*\b(?:secrets|github\.token)\b", text)
    assert set(WORKFLOW["on"]) == {"pull_request", "merge_group", "push"}
    assert WORKFLOW["permissions"] == {}
    assert {name: job["permissions"] for name, job in WORKFLOW["jobs"].items()} == {
        "gate": {"contents": "read"},
        "code-scanning": {"security-events": "write"},
    }
    assert all(job["timeout-minutes"] for job in WORKFLOW["jobs"].values())
    checkout = STEPS[0]["with"]
    assert (checkout["fetch-depth"], checkout["persist-credentials"]) == (0, False)


def test_a_request_does_not_fill_the_cache_that_others_read() -> None:
    (save,) = [step for step in STEPS if "cache/save" in step.get("uses", "")]
    request = context("pull_request", pull_request(1, base="a", head="b"), sha="a", ref="r")
    assert not holds(save["if"], request)
    assert holds(save["if"], context("push", push("a", "b"), sha="b", ref="r"), failed=True)


def test_a_push_is_judged_as_a_whole(shop: Shop) -> None:
    before = git(shop.work, "rev-parse", "main")
    commit(shop.work, {"a.py": BAD})
    broken = shop.push()
    commit(shop.work, {"a.py": GOOD + "x = 1\n"})
    after = shop.push()
    assert shop.play(push_run(before, after)).code == 0  # the tip has mended what the middle broke
    played = shop.play(push_run(before, broken))
    assert (played.code, "main before the push" in played.said) == (1, True)
    assert "F821" in played.said


def test_a_defect_that_one_push_brought_is_not_known_for_the_range_that_has_it(shop: Shop) -> None:
    before = git(shop.work, "rev-parse", "main")
    commit(shop.work, {"a.py": BAD})
    commit(shop.work, {"b.py": GOOD})
    assert shop.play(push_run(before, shop.push())).code == 1


def test_a_push_that_relaxes_the_settings_is_judged_by_those_before_it(shop: Shop) -> None:
    before = git(shop.work, "rev-parse", "main")
    commit(shop.work, {"qualitygate.toml": "schema = 1\n[checks.markers]\n"})
    commit(shop.work, {"a.py": BAD})
    played = shop.play(push_run(before, shop.push()))
    assert (played.code, "F821" in played.said) == (1, True)


def test_the_first_push_of_a_branch_is_judged_from_where_the_gate_came_in(shop: Shop) -> None:
    after = git(shop.work, "rev-parse", "main")
    played = shop.play(push_run(ZERO, after))
    assert (played.code, "itself: nothing was pushed before" in played.said) == (0, True)
    assert "| ruff | passed | 2 files |" in played.summary  # it did look
    commit(shop.work, {"a.py": BAD})
    played = shop.play(push_run(ZERO, shop.push()))
    assert (played.code, "where qualitygate.toml came in" in played.said, "old.py" in played.said) == (1, True, False)


def test_a_force_push_is_judged_against_what_it_replaced(shop: Shop) -> None:
    start = git(shop.work, "rev-parse", "main")
    commit(shop.work, {"old.py": "print(1)\n"})  # mends the old defect
    before = shop.push()
    git(shop.work, "reset", "-q", "--hard", start)
    commit(shop.work, {"b.py": GOOD})
    after = shop.push("-f")
    played = shop.play(push_run(before, after, forced=True))
    assert played.code == 1
    assert "::error file=old.py,title=ruff%3AF401" in played.said  # the push took the repair back
    assert "Fetch what a force push replaced" in played.ran


def test_a_force_push_whose_past_cannot_be_had_is_undecided_with_the_command(shop: Shop) -> None:
    start = git(shop.work, "rev-parse", "main")
    commit(shop.work, {"b.py": GOOD})
    before = shop.push()
    git(shop.work, "reset", "-q", "--hard", start)
    commit(shop.work, {"c.py": GOOD})
    after = shop.push("-f")
    git(shop.origin, "gc", "-q", "--prune=now")
    played = shop.play(push_run(before, after, forced=True))
    assert (played.code, f"git fetch origin {before}" in played.said) == (2, True)
    assert "::error::qualitygate undecided: " in played.said


@pytest.mark.parametrize("kind", ["request", "push"])
def test_a_shallow_clone_is_undecided_with_the_command_that_mends_it(shop: Shop, kind: str) -> None:
    before = git(shop.work, "rev-parse", "main")
    if kind == "request":
        played = shop.play_request({"a.py": BAD}, depth=1)
    else:
        commit(shop.work, {"b.py": GOOD})
        played = shop.play(push_run(before, shop.push()), depth=1)
    assert (played.code, "git fetch --unshallow" in played.said) == (2, True)
    assert played.sarif is None


def test_another_commit_than_the_one_in_question_is_not_judged(shop: Shop) -> None:
    base, head = shop.propose({"a.py": BAD})
    run = request_run(base, head, shop.merge_ref(head))
    place = check_out(shop.origin, shop.folder / "elsewhere", "refs/heads/main", base)
    played = play(JUDGING, place, run)
    assert (played.code, "is checked out, which is not what pull request 7 is about" in played.said) == (2, True)


def test_a_change_of_the_workflow_is_pointed_out(shop: Shop) -> None:
    path = ".github/workflows/qualitygate.yml"
    commit(shop.work, {path: "on: push\n"})
    shop.push()
    played = shop.play_request({path: "on: pull_request\n"})
    assert f"this change edits {path}, which decides how this run is made" in played.said


def test_a_push_to_another_branch_is_judged_from_where_it_left_main(shop: Shop) -> None:
    main = git(shop.work, "rev-parse", "main")
    git(shop.work, "checkout", "-q", "-b", "topic")
    broken = commit(shop.work, {"a.py": BAD})
    after = commit(shop.work, {"b.py": GOOD})
    git(shop.work, "push", "-q", "origin", "topic")
    run = context("push", push(broken, after, branch="topic"), sha=after, ref="refs/heads/topic")
    played = shop.play(run)
    assert (played.code, f"against {main[:7]} (merge base with main)" in played.said) == (1, True)


def test_the_merge_queue_is_judged_against_what_it_builds_on(shop: Shop) -> None:
    base = git(shop.work, "rev-parse", "main")
    after = commit(shop.work, {"a.py": BAD})
    git(shop.work, "push", "-q", "origin", "HEAD:refs/heads/gh-readonly-queue/main/pr-1")
    group = {"base_sha": base, "head_sha": after, "base_ref": "refs/heads/main"}
    event = {"merge_group": group, "repository": {"default_branch": "main"}}
    run = context("merge_group", event, sha=after, ref="refs/heads/gh-readonly-queue/main/pr-1")
    assert shop.play(run).code == 1


def test_json_says_what_was_hidden(shop: Shop) -> None:
    step = {"run": "qualitygate run --ci --format json"}
    base, head = shop.propose({"a.py": BAD, "ruff.toml": '[lint]\nselect = ["F401"]\n'})
    played = shop.play(request_run(base, head, shop.merge_ref(head)), steps=[step])
    document = json.loads(played.said)
    assert (document["verdict"], document["new"]) == ("failed", [])
    assert [row["rule"] for row in document["hidden"]] == ["ruff:F821"]


ACTION = load((ROOT / "action.yml").read_bytes())
HAVE_IT = {
    "run": 'mkdir -p "$RUNNER_TEMP/qualitygate/bin"\n'
    'ln -s "$(command -v qualitygate)" "$RUNNER_TEMP/qualitygate/bin/qualitygate"\n'
}


def action_steps() -> list[dict[str, Any]]:
    """The steps of our action, with what its installation leaves in place of the installation."""
    return [HAVE_IT, *(step for step in ACTION["runs"]["steps"] if step.get("name") != "Install qualitygate")]


def with_inputs(run: Context, **given: str) -> Context:
    usual = {name: row["default"] for name, row in ACTION["inputs"].items()}
    return run._replace(inputs={**usual, **{name.replace("_", "-"): value for name, value in given.items()}})


def test_the_action_judges_a_request(shop: Shop) -> None:
    base, head = shop.propose({"a.py": BAD})
    run = request_run(base, head, shop.merge_ref(head))
    played = shop.play(with_inputs(run, trust="true", args="--tier commit  --all-files"), steps=action_steps())
    assert (played.code, "title=ruff%3AF821" in played.said) == (1, True)
    assert played.summary.startswith("## qualitygate: failed\n")


def test_an_input_of_the_action_is_never_code(shop: Shop) -> None:
    base, head = shop.propose({"b.py": GOOD})
    run = request_run(base, head, shop.merge_ref(head))
    played = shop.play(with_inputs(run, args="$(touch pwned) `touch pwned` ; touch pwned"), steps=action_steps())
    assert played.code == 2
    assert not list(shop.folder.rglob("pwned"))


def test_the_action_writes_for_code_scanning_where_it_is_told_to(shop: Shop) -> None:
    base, head = shop.propose({"b.py": GOOD})
    run = with_inputs(request_run(base, head, shop.merge_ref(head)), sarif_file="out.sarif")
    assert shop.play(run, steps=action_steps()).code == 0
    (found,) = shop.folder.glob("runner1/out.sarif")
    assert json.loads(found.read_text())["version"] == "2.1.0"


@pytest.mark.slow
def test_the_action_installs_what_it_was_checked_out_with(shop: Shop, tmp_path: Path) -> None:
    source = copy_checkout(tmp_path / "source")
    base, head = shop.propose({"a.py": BAD})
    run = with_inputs(request_run(base, head, shop.merge_ref(head)))
    run = run._replace(github={**run.github, "action_path": str(source)}, steps={"python-path": sys.executable})
    played = shop.play(run, steps=ACTION["runs"]["steps"])
    assert (played.code, "title=ruff%3AF821" in played.said) == (1, True), played.said


def play_gitlab(shop: Shop, sha: str, **variables: str) -> tuple[int, str, Path]:
    """The script of GitLab's job, as its runner does: one shell that stops at the first error."""
    job = load(render_gitlab(Settings(version(), "main", "3.13")))["qualitygate"]
    shop.runs += 1
    place = check_out(shop.origin, shop.folder / f"gitlab{shop.runs}", "refs/heads/main", sha)
    env = {key: value for key, value in os.environ.items() if not key.startswith(("GITHUB_", "CI_"))}
    env |= {"PATH": f"{BIN}{os.pathsep}{env['PATH']}", "GITLAB_CI": "true", "CI_COMMIT_SHA": sha}
    before = [line for line in job["before_script"] if "pip install" not in line]
    script = "\n".join((*before, *job["script"]))
    shell = ["bash", "-eo", "pipefail", "-c", script]
    run = {**env, "CI_DEFAULT_BRANCH": "main", "CI_COMMIT_BEFORE_SHA": ZERO, **variables}
    done = subprocess.run(shell, cwd=place, env=run, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr, place / "qualitygate.xml"


def merge_request(base: str) -> dict[str, str]:
    return {
        "CI_PIPELINE_SOURCE": "merge_request_event",
        "CI_MERGE_REQUEST_IID": "7",
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": base,
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
    }


def test_a_merge_request_at_gitlab_is_judged_by_its_base(shop: Shop) -> None:
    base, head = shop.propose({"a.py": BAD, "qualitygate.toml": "schema = 1\n[checks.markers]\n"})
    code, said, report = play_gitlab(shop, head, **merge_request(base))
    assert (code, "a.py:4:7: ruff:F821" in said) == (1, True), said
    assert "F821" in report.read_text()
    base, head = shop.propose({"b.py": GOOD})
    code, said, report = play_gitlab(shop, head, **merge_request(base))
    assert (code, "passed: no new findings" in said, report.exists()) == (0, True, True), said


def test_a_push_at_gitlab_is_judged_as_a_whole(shop: Shop) -> None:
    before = git(shop.work, "rev-parse", "main")
    commit(shop.work, {"a.py": BAD})
    after = shop.push()
    pushed = {"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BRANCH": "main", "CI_COMMIT_BEFORE_SHA": before}
    assert play_gitlab(shop, after, **pushed)[0] == 1
    git(shop.work, "reset", "-q", "--hard", before)
    commit(shop.work, {"b.py": GOOD})
    forced = {**pushed, "CI_COMMIT_BEFORE_SHA": after}
    code, said, _ = play_gitlab(shop, shop.push("-f"), **forced)
    assert (code, f"against {after[:7]} (main before the push)" in said) == (0, True), said
