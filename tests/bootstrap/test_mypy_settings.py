from __future__ import annotations

import re

import pytest

from qualitygate.bootstrap.mypy_settings import adopted, ours, roots
from qualitygate.inspection.facts import Evidence, Fact, Facts, GateCommand
from qualitygate.playbook import load_playbooks

FILES = ("pkg/a.py", "pkg/sub/b.py", "tests/test_a.py", "setup.py")


def facts(*commands: str, **fields: object) -> Facts:
    mypy = Fact("mypy", (Evidence("pyproject.toml", 3),))
    rows = tuple(GateCommand(text, "type", ("mypy",), "script", "", "scripts/check", 7) for text in commands)
    return Facts(type_checkers=(mypy,), gate_commands=rows, python_files=FILES, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("command", "paths"),
    [
        ("mypy pkg tests", ("pkg", "tests")),
        ("${PREFIX}mypy --strict pkg/ setup.py", ()),
        ("python -m mypy --strict pkg/ setup.py", ("pkg", "setup.py")),
        ("mypy .", (".",)),
        ("mypy nowhere", ()),
        ("mypy 'unclosed", ()),
        ("mypy", ()),
    ],
)
def test_the_projects_own_command_says_what_is_checked(command: str, paths: tuple[str, ...]) -> None:
    assert adopted(facts(command)).paths == paths


def test_roots_inside_roots_and_roots_without_python_are_left_out() -> None:
    assert roots(facts(source_roots=("pkg", "pkg/sub", "js"), test_roots=("tests",))) == ("pkg", "tests")
    assert roots(facts(source_roots=("pkg", "."))) == (".",)
    assert roots(facts()) == (".",)


def test_settings_go_where_the_project_keeps_its_settings() -> None:
    book = next(book for book in load_playbooks() if book.stack == "python")

    def read(path: str) -> bytes | None:
        return b"[project]\n" if path == "pyproject.toml" else None

    there = ours(book, facts(source_roots=("pkg",)), read)
    assert there.edit is not None and there.edit.path == "pyproject.toml"
    assert there.edit.after.startswith(b"[project]\n") and b'files = ["pkg"]' in there.edit.after
    new = ours(book, facts(generated_or_vendored_paths=(Fact("third.party", ()),)), lambda path: None)
    assert new.edit is not None and new.edit.path == "mypy.ini"
    assert b"exclude = ^third\\.party/\n" in new.edit.after


def test_links_to_folders_are_left_out_for_mypy_follows_them_in_circles() -> None:
    book = next(book for book in load_playbooks() if book.stack == "python")
    new = ours(book, Facts(), lambda path: None, ("a/up", "b.py"))
    assert new.edit is not None and b"exclude = ^a/up/\n" in new.edit.after


@pytest.mark.parametrize("before", (None, b"[project]\n"))
def test_an_import_is_not_refused_because_its_package_has_no_types(before: bytes | None) -> None:
    """Each new module that imports Django was: there is nothing to mend in the code."""
    book = next(book for book in load_playbooks() if book.stack == "python")
    edit = ours(book, facts(), lambda path: before if path == "pyproject.toml" else None).edit
    assert edit is not None and re.search(rb"disable_error_code = .*import-untyped", edit.after)
