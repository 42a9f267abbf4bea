from __future__ import annotations

from dataclasses import replace

import pytest

from qualitygate.bootstrap.pytest_settings import unable
from qualitygate.checks.tool import Environment
from qualitygate.inspection.facts import Evidence, Fact, Facts

TESTS = (Fact("unittest", ()),)


def manager(name: str, *files: str) -> Fact:
    return Fact(name, tuple(Evidence(path) for path in files))


@pytest.mark.parametrize(
    ("facts", "command"),
    [
        (Facts(package_managers=(manager("uv", "uv.lock"), manager("pip", "requirements.txt"))), "uv sync"),
        (Facts(package_managers=(manager("pip", "requirements.txt"),)), "install pytest -r requirements.txt"),
        (Facts(build_system=Fact("setuptools", ())), "install pytest -e ."),
        (Facts(package_managers=(manager("pip", "pyproject.toml"),)), "install pytest -e ."),
        (Facts(), "install pytest"),
    ],
)
def test_the_command_that_is_offered_fits_the_project(facts: Facts, command: str) -> None:
    """A project without build settings has nothing that `pip install -e .` could install."""
    assert f"{command}, then bootstrap with --trust" in unable(replace(facts, test_frameworks=TESTS), None)


def test_nobody_is_told_to_install_a_runner_that_the_project_does_not_use() -> None:
    """The tests of an application of Django are run by Django: with pytest alone none of them passes."""
    facts = Facts(test_roots=("shop/tests",), test_frameworks=(Fact("django test", ()),))
    told = unable(facts, Environment("/r/.venv", "/r/.venv/bin/python", ()))
    assert told == "the project names neither pytest nor unittest, and /r/.venv has no pytest"


def test_nobody_is_told_to_make_an_environment_that_is_there() -> None:
    """`python -m venv .venv` over a complete environment is no way to get its tests run."""
    told = unable(Facts(test_frameworks=TESTS), None, ".venv")
    assert told.endswith(".venv is used only after you agree: bootstrap --trust")
