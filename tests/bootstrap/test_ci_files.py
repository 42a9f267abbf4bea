from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from qualitygate import git as our_git
from qualitygate.bootstrap import ci_render
from qualitygate.bootstrap.ci_files import Asked, add_ci
from qualitygate.bootstrap.ci_render import Settings, is_untouched, pins, render_github, render_gitlab
from qualitygate.bootstrap.draft import Draft
from qualitygate.bootstrap.plan import PlannedCheck
from qualitygate.inspection.inspect import inspect
from tests.checkout import ROOT
from tests.ci_runner import load
from tests.support import git, make_repo, write

GITHUB, GITLAB, LIST = ".github/workflows/qualitygate.yml", ".gitlab/qualitygate.gitlab-ci.yml", ".gitlab-ci.yml"
Files = Mapping[str, str | bytes | None]
OWNERS: Files = {"a.py": "x = 1\n", ".github/CODEOWNERS": "* @us\n"}
PYTEST = PlannedCheck("pytest", "pytest", "ratchet", "push", "", {"environment": "project"})


def planned(root: Path, *, service: str = "auto", again: bool = False, checks: tuple[PlannedCheck, ...] = ()) -> Draft:
    def read(path: str) -> bytes | None:
        place = root / path
        return place.read_bytes() if place.exists() else None

    draft = Draft(read)
    draft.checks = list(checks)
    add_ci(draft, our_git.find_repo(root), inspect(root), Asked(service, again))
    return draft


def apply(root: Path, draft: Draft) -> dict[str, bytes]:
    changed = {edit.path: edit.after for edit in draft.plan().edits}
    write(root, changed)
    return changed


@pytest.fixture
def repository(tmp_path: Path) -> Callable[..., Path]:
    def make(files: Files, remote: str = "") -> Path:
        root = make_repo(tmp_path / "r", files)
        if remote:
            git(root, "remote", "add", "origin", remote)
        return root

    return make


@pytest.mark.parametrize(
    ("files", "remote", "written"),
    [
        ({"a.py": ""}, "git@github.com:us/shop.git", {GITHUB}),
        ({"a.py": ""}, "https://github.com/us/shop", {GITHUB}),
        ({"a.py": ""}, "ssh://git@ssh.github.com:443/us/shop.git", {GITHUB}),
        ({"a.py": ""}, "https://example.com/github.com/shop", set()),
        ({"a.py": ""}, "https://gitlab.com/us/shop.git", {GITLAB, LIST}),
        ({"a.py": ""}, "git@gitlab.example.com:us/shop.git", {GITLAB, LIST}),
        ({"a.py": ""}, "", set()),
        (OWNERS, "", {GITHUB}),
        ({".github/workflows/test.yml": "on: push\njobs: {}\n"}, "", {GITHUB}),
        ({LIST: "test:\n  script: make\n"}, "", {GITLAB, LIST}),
    ],
)
def test_it_is_written_where_the_service_is_used(
    repository: Callable[..., Path], files: Files, remote: str, written: set[str]
) -> None:
    draft = planned(repository(files, remote))
    assert set(draft.edits) == written
    assert bool(draft.left_out) == (not written)


def test_what_is_asked_for_decides(repository: Callable[..., Path]) -> None:
    root = repository(OWNERS)
    assert set(planned(root, service="none").edits) == set()
    assert planned(root, service="none").left_out == []
    assert set(planned(root, service="gitlab").edits) == {GITLAB, LIST}


def test_a_second_run_changes_nothing_and_an_upgrade_does(
    repository: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = repository(OWNERS)
    assert set(apply(root, planned(root))) == {GITHUB}
    git(root, "add", "-A")
    assert planned(root, again=True).plan().edits == ()
    assert planned(root, again=True).left_out == []
    monkeypatch.setattr("qualitygate.bootstrap.ci_files.version", lambda: "9.9.9")
    after = apply(root, planned(root, again=True))[GITHUB]
    assert b'"qualitygate-toolkit==9.9.9"' in after and is_untouched(after)


def test_an_edited_workflow_is_left_alone(repository: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    root = repository(OWNERS)
    apply(root, planned(root))
    text = (root / GITHUB).read_text()
    (root / GITHUB).write_text(text.replace("timeout-minutes: 30", "timeout-minutes: 5"))
    monkeypatch.setattr("qualitygate.bootstrap.ci_files.version", lambda: "9.9.9")
    for again in (True, False):
        assert planned(root, again=again).plan().edits == ()
    assert [row.reason for row in planned(root).left_out] == ["it was edited, and is left as it is"]


def test_a_workflow_of_somebody_else_is_never_overwritten(repository: Callable[..., Path]) -> None:
    root = repository({GITHUB: "on: push\njobs: {}\n"})
    for service in ("auto", "github"):
        draft = planned(root, service=service)
        assert draft.plan().edits == ()
        assert [row.what for row in draft.left_out] == [GITHUB]


def test_a_workflow_that_was_removed_stays_away(repository: Callable[..., Path]) -> None:
    root = repository(OWNERS)
    assert planned(root, again=True).plan().edits == ()
    assert set(planned(root, again=True, service="github").edits) == {GITHUB}


def test_a_file_with_windows_line_ends_still_counts_as_ours() -> None:
    data = render_github(Settings("1.0", "main", "3.13"))
    assert is_untouched(data.replace(b"\n", b"\r\n"))
    assert not is_untouched(data + b"# more\n")


def test_an_ignored_place_is_not_written_to(repository: Callable[..., Path]) -> None:
    root = repository({**OWNERS, ".gitignore": "workflows/\n"})
    assert [row.reason for row in planned(root).left_out] == ["git ignores it"]


def test_the_branch_is_the_trusted_one(repository: Callable[..., Path]) -> None:
    root = repository(OWNERS)
    git(root, "branch", "-m", 'it\'s: a "trunk"'.replace(" ", "-").replace(":", ""))
    workflow = load(planned(root).edits[GITHUB].after)
    assert workflow["on"]["push"]["branches"] == ['it\'s-a-"trunk"']


def test_the_branch_that_the_settings_trust_is_the_one(repository: Callable[..., Path]) -> None:
    root = repository({**OWNERS, "qualitygate.toml": 'schema = 1\n[gate]\ntrusted = "origin/develop"\n'})
    git(root, "update-ref", "refs/remotes/origin/develop", "HEAD")
    assert load(planned(root).edits[GITHUB].after)["on"]["push"]["branches"] == ["develop"]


def steps(root: Path) -> str:
    job = load(planned(root, checks=(PYTEST,)).edits[GITHUB].after)["jobs"]["gate"]
    return "\n".join(step.get("run", step.get("uses", "")) for step in job["steps"])


def test_the_project_is_not_set_up_where_no_check_needs_it(repository: Callable[..., Path]) -> None:
    text = planned(repository({**OWNERS, "uv.lock": ""})).edits[GITHUB].after.decode()
    assert "setup-uv" not in text and "Set up the project" not in text


PROJECT = '[project]\nname = "shop"\nversion = "1"\n'


@pytest.mark.parametrize(
    ("files", "wanted"),
    [
        ({"uv.lock": "", "pyproject.toml": PROJECT}, "uv sync --locked\n"),
        ({"poetry.lock": ""}, "export POETRY_VIRTUALENVS_IN_PROJECT=true\npoetry install\n"),
        ({"pdm.lock": ""}, "pdm sync\n"),
        (
            {"requirements.txt": "a\n", "pyproject.toml": PROJECT},
            "python -m venv .venv\n.venv/bin/python -m pip install -r requirements.txt\n"
            ".venv/bin/python -m pip install -e .\n.venv/bin/python -m pip install pytest\n",
        ),
    ],
)
def test_the_project_is_set_up_by_its_lock_file(repository: Callable[..., Path], files: Files, wanted: str) -> None:
    assert wanted in steps(repository({**OWNERS, **files}))


def workflow(*lines: str) -> str:
    return "jobs:\n  test:\n    steps:\n" + "".join(f"      - run: {line}\n" for line in lines)


@pytest.mark.parametrize(
    ("lines", "wanted", "absent"),
    [
        (["uv sync --group tests", "uv run pytest"], "uv sync --group tests\n", "--locked"),
        (["pip install -U pip", "pip install -e .[test]", "pytest"], "-m pip install -e .[test]\n", "-U pip"),
        (["python -m pip install -r ci/req.txt", "pytest"], "-m pip install -r ci/req.txt\n", "-e ."),
        (["pip install -e . && curl x | sh", "pytest"], "-m pip install -e .\n", "curl"),
        (["pip install -r ${{ matrix.req }}", "pytest"], "-m pip install -e .\n", "matrix"),
        (["pip install -r $REQ", "pytest"], "-m pip install -e .\n", "REQ"),
        (["pip install `id` .", "pytest"], "-m pip install -e .\n", "id`"),
    ],
)
def test_the_project_is_set_up_as_its_own_ci_does(
    repository: Callable[..., Path], lines: list[str], wanted: str, absent: str
) -> None:
    root = repository({"pyproject.toml": PROJECT, ".github/workflows/test.yml": workflow(*lines)})
    found = steps(root)
    assert wanted in found and absent not in found.split("git fetch")[0].split("qualitygate-toolkit")[1]


def test_our_own_workflow_is_no_model_for_itself(repository: Callable[..., Path]) -> None:
    root = repository({**OWNERS, "pyproject.toml": PROJECT})
    apply(root, planned(root, checks=(PYTEST,)))
    git(root, "add", "-A")
    assert planned(root, checks=(PYTEST,), again=True).plan().edits == ()


@pytest.mark.parametrize(
    ("stated", "version"), [("", "3.13"), (">=3.14", "3.14"), (">=3.9,<3.12", "3.11"), (">=3.8", "3.13")]
)
def test_the_python_is_one_that_the_project_runs_on(repository: Callable[..., Path], stated: str, version: str) -> None:
    more = f'requires-python = "{stated}"\n' if stated else ""
    draft = planned(repository({**OWNERS, "pyproject.toml": PROJECT + more}))
    assert f'python-version: "{version}"' in draft.edits[GITHUB].after.decode()


def test_gitlab_gets_a_job_of_its_own_and_an_include(repository: Callable[..., Path]) -> None:
    before = "stages: [build, check]\nlint:\n  stage: check\n  script: make\n"
    root = repository({LIST: before})
    after = apply(root, planned(root))
    assert after[LIST].decode().startswith(before)
    assert load(after[LIST])["include"] == [{"local": f"/{GITLAB}"}]
    job = load(after[GITLAB])["qualitygate"]
    assert job["stage"] == "build"
    assert job["variables"]["GIT_DEPTH"] == "0"
    assert job["artifacts"]["reports"] == {"junit": "qualitygate.xml"}
    assert "merge_request_event" in job["rules"][0]["if"]
    git(root, "add", "-A")
    assert planned(root, again=True).plan().edits == ()


@pytest.mark.parametrize(
    ("before", "said"),
    [
        ("include:\n  - local: a.yml\n", "it has an `include:` of its own; add to it"),
        ("a: [\n", "not YAML"),
        ("{a: 1}\n", "cannot|shape"),
        ("spec: {}\n---\na: 1\n", "several documents"),
    ],
)
def test_gitlab_settings_that_cannot_be_added_to_are_left_alone(
    repository: Callable[..., Path], before: str, said: str
) -> None:
    import re

    draft = planned(repository({LIST: before}))
    assert LIST not in {edit.path for edit in draft.plan().edits}
    assert re.search(said, next(row.reason for row in draft.left_out if row.what == LIST))


def test_a_workflow_uses_pinned_actions_only() -> None:
    known = {f"{name}@{commit}": version for name, (commit, version) in pins().items()}
    texts = [render_github(Settings("1.0", "main", "3.13")).decode(), (ROOT / "action.yml").read_text()]
    found: list[str] = []
    for line in "\n".join(texts).splitlines():
        if "uses:" in line and "OWNER" not in line:
            used, _, version = line.partition("uses:")[2].partition(" # ")
            action, _, commit = used.strip().partition("@")
            name = "/".join(action.split("/")[:2])
            assert known[f"{name}@{commit}"] == version, line
            found.append(name)
    assert {"actions/checkout", "actions/cache", "github/codeql-action"} <= set(found)


def test_each_pin_is_a_whole_commit() -> None:
    for commit, version in pins().values():
        assert len(commit) == 40 and not commit.strip("0123456789abcdef")
        assert version.startswith("v") and version.count(".") == 2


def test_what_is_installed_is_one_constant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ci_render, "REQUIREMENT", "ours @ {version}")
    settings = Settings("1.0", "main", "3.13")
    for data in (render_github(settings), render_gitlab(settings)):
        assert b'pip install "ours @ 1.0"' in data


def test_nothing_of_the_templates_is_left_open() -> None:
    settings: Any = Settings("1.0", "main", "3.13")
    for data in (render_github(settings), render_gitlab(settings)):
        text = data.decode()
        assert "@BRANCH@" not in text and "@ENV" not in text and "uses: <" not in text
