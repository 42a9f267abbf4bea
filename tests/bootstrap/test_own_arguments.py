from __future__ import annotations

import pytest

from qualitygate.bootstrap.own_arguments import adopted
from qualitygate.inspection.facts import Call, Facts, GateCommand


def facts(tool: str, arguments: str, path: str = "package.json") -> Facts:
    call = Call(tool, "test", tuple(arguments.split()), tool)
    return Facts(
        gate_commands=(GateCommand(f"{tool} {arguments}", "test", (tool,), "npm", "test", path, 1, "", (call,)),)
    )


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
        ("eslint", ". --ext .ts,.tsx --fix", ["--ext", ".ts,.tsx"], []),
        ("eslint", "src --max-warnings 0", ["--max-warnings", "0"], ["src"]),
    ),
)
def test_what_decides_is_kept_and_what_is_for_onlookers_goes(
    tool: str, arguments: str, flags: list[str], paths: list[str]
) -> None:
    found = adopted(facts(tool, arguments), tool, "")
    assert (found.get("flags", []), found.get("paths", [])) == (flags, paths)


@pytest.mark.parametrize("arguments", ("--unheard-of", "$FILES", "--retries"))
def test_what_is_not_understood_is_not_adopted(arguments: str) -> None:
    assert adopted(facts("mocha", arguments), "mocha", "") == {}


def test_a_command_of_another_folder_says_nothing_here() -> None:
    inner = facts("mocha", "test/", "web/package.json")
    assert adopted(inner, "mocha", "") == {}
    assert adopted(inner, "mocha", "web") == {"paths": ["test"]}
