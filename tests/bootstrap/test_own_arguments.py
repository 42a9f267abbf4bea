from __future__ import annotations

from pathlib import Path

import pytest

from qualitygate.bootstrap.own_arguments import adopted
from qualitygate.checks.tool import Request
from qualitygate.checks.tools import eslint
from qualitygate.inspection.facts import Call, Facts, GateCommand
from qualitygate.inspection.inspect import inspect
from tests.support import make_repo


def facts(tool: str, arguments: str, path: str = "package.json") -> Facts:
    call = Call(tool, "test", tuple(arguments.split()), tool)
    return Facts(
        gate_commands=(GateCommand(f"{tool} {arguments}", "test", (tool,), "npm", "test", path, 1, "", (call,)),)
    )


FIRST = ["--ignore-missing-imports", "--python-version=3.9"]


@pytest.mark.parametrize(
    ("tool", "arguments", "flags", "paths"),
    (
        (
            "mocha",
            "--require test/support/env --reporter spec --check-leaks test/ test/acceptance/",
            ["--require", "test/support/env", "--check-leaks"],
            ["test", "test/acceptance"],
        ),
        ("jest", "--ci --coverage --config=jest.unit.js", ["--config=jest.unit.js"], []),
        ("vitest", "run --reporter=verbose src", [], ["src"]),
        ("eslint", ". --ext .ts,.tsx --fix", ["--ext=.ts,.tsx"], []),
        ("eslint", "src -c lint.config.js --quiet", ["--config=lint.config.js", "--quiet"], ["src"]),
        ("eslint", "src --max-warnings 0 --cache --cache-location .cache/eslint", [], ["src"]),
        ("shfmt", "-l -w -i 2 -ci .", ["-i=2", "-ci"], []),
        ("shfmt", "-d -i=4 --exotic $(shfmt -f .)", ["-i=4"], []),
        ("shellcheck", "-x -e SC2181 --severity error **/*.sh", ["--exclude=SC2181", "--severity=error"], []),
        ("shellcheck", "-s bash $FILES", ["--shell=bash"], []),
        ("mypy", "--ignore-missing-imports --python-version 3.9 --cache-dir /tmp/x src", FIRST, ["src"]),
        ("tsc", "--noEmit -p web", [], ["web/tsconfig.json"]),
        ("tsc", "-p ./tsconfig.check.json", [], ["tsconfig.check.json"]),
        ("tsc", "-p . --noEmit", [], []),
    ),
)
def test_what_decides_is_kept_and_what_is_for_onlookers_goes(
    tool: str, arguments: str, flags: list[str], paths: list[str]
) -> None:
    found = adopted(facts(tool, arguments), tool, "")
    assert (found.get("flags", []), found.get("paths", [])) == (flags, paths)


def test_a_call_that_asks_for_the_version_is_not_the_one_that_checks() -> None:
    calls = tuple(Call("shellcheck", "lint", words, "shellcheck") for words in (("-V",), ("-e", "SC2181", "a.sh")))
    command = GateCommand("...", "lint", ("shellcheck",), "github-actions", "lint", "ci.yml", 1, "", calls)
    assert adopted(Facts(gate_commands=(command,)), "shellcheck", "") == {"flags": ["--exclude=SC2181"]}


@pytest.mark.parametrize(
    ("repo", "more", "flags"),
    (
        ("https://github.com/pre-commit/mirrors-mypy", "", {"flags": ["--ignore-missing-imports"]}),
        ("https://github.com/pre-commit/mirrors-mypy", "        args: []\n", {}),
        ("https://github.com/pre-commit/mirrors-mypy", "        args: [--strict]\n", {"flags": ["--strict"]}),
        ("https://example.org/other", "", {}),
    ),
)
def test_the_hook_of_mypy_has_arguments_that_no_file_names(
    tmp_path: Path, repo: str, more: str, flags: dict[str, list[str]]
) -> None:
    """Without them each package that is not installed, or has no types, is a finding."""
    text = f"repos:\n  - repo: {repo}\n    rev: v1.18.2\n    hooks:\n      - id: mypy\n{more}"
    assert adopted(inspect(make_repo(tmp_path / "r", {".pre-commit-config.yaml": text})), "mypy", "") == flags


@pytest.mark.parametrize("arguments", ("--unheard-of", "$FILES", "--retries"))
def test_what_is_not_understood_is_not_adopted(arguments: str) -> None:
    assert adopted(facts("mocha", arguments), "mocha", "") == {}


def test_a_command_of_another_folder_says_nothing_here() -> None:
    inner = facts("mocha", "test/", "web/package.json")
    assert adopted(inner, "mocha", "") == {}
    assert adopted(inner, "mocha", "web") == {"paths": ["test"]}


@pytest.mark.parametrize(
    ("tool", "arguments"),
    (("prettier", "--check ."), ("tsc", "--noEmit --pretty false src/main.ts"), ("oxlint", "-D all")),
)
def test_a_tool_without_such_an_option_does_not_stop_bootstrap(tool: str, arguments: str) -> None:
    assert adopted(facts(tool, arguments), tool, "") == {}


@pytest.mark.parametrize("arguments", ("../shared src", "--config ../eslint.config.js"))
def test_places_outside_of_the_repository_are_not_adopted(arguments: str) -> None:
    assert adopted(facts("eslint", arguments), "eslint", "") == {}


def test_the_flags_of_a_common_lint_script_are_ones_that_eslint_may_be_given() -> None:
    script = ". --ext ts,tsx --report-unused-disable-directives --max-warnings 0"
    options = {**adopted(facts("eslint", script), "eslint", ""), "environment": "project"}
    request = Request(
        "eslint", "/nowhere", (), "eslint", {**options, "flags": [*options["flags"], "--config=a.js"]}, ""
    )
    assert "--ext=ts,tsx" in eslint.command(request).argv
