"""The playbooks of stacks whose tools only print: data that fits, and seeds that do what they say."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

import pytest

from qualitygate.checks.catalogue import TOOLS
from qualitygate.playbook import Playbook, PlaybookCheck, Seed, load_playbooks
from tests.checks.tools.recording import Case, executable, line, load, recorded_tools, run_live

BOOKS = [
    book for book in load_playbooks(tools=tuple(TOOLS)) if {check.tool for check in book.checks} <= {*recorded_tools()}
]
CHECKS = [pytest.param(book, check, id=check.name) for book in BOOKS for check in book.checks]
SEEDS = [pytest.param(seed, id=seed.rule) for book in BOOKS for seed in book.seeds]
_BY_SETTINGS = ("checkstyle:NoHttp", "rubocop:Style/StringLiterals")
"""Rules that only settings of a certain kind know."""
_BLANK_LINES = {"markdownlint:MD012", "pymarkdown:MD012", "rubocop:Layout/EmptyLines"}
"""What there is to say of the lines before a seed, whatever it is."""


def test_every_tool_that_is_recorded_is_proposed_somewhere() -> None:
    assert {check.tool for book in BOOKS for check in book.checks} == {*recorded_tools()}
    assert len(BOOKS) == 11


@pytest.mark.parametrize(("book", "check"), CHECKS)
def test_a_check_has_a_seed_that_can_turn_it_red(book: Playbook, check: PlaybookCheck) -> None:
    assert [seed for seed in book.seeds if seed.rule.startswith(f"{check.tool}:")]
    assert not check.unconfigured  # what runs it may not be here
    assert check.title
    assert check.reason


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: str(book.stack))
def test_a_seed_belongs_to_a_check(book: Playbook) -> None:
    assert {seed.rule.partition(":")[0] for seed in book.seeds} == {check.tool for check in book.checks}


def green(tool: str) -> Case:
    """The recorded tree on which the tool has nothing to say."""
    return next(case for case in load(tool) if not case.said["reason"] and not case.said["findings"])


@pytest.mark.slow
@pytest.mark.wide
@pytest.mark.parametrize("seed", SEEDS)
def test_a_seed_turns_exactly_its_rule_red(
    seed: Seed, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("cargo", "rustup"):  # the compiler lies in the home of whoever runs the tests
        monkeypatch.setenv(f"{name.upper()}_HOME", os.path.join(pwd.getpwuid(os.getuid()).pw_dir, f".{name}"))
    case = green(seed.rule.partition(":")[0])
    if case.said.get("by_hand") or seed.rule in _BY_SETTINGS:
        pytest.skip("there is no program, or no settings, to try it with")
    program = executable(case, tmp_path_factory.getbasetemp() / f"program-{case.tool.name}")
    if not program:
        pytest.skip(f"{case.tool.package} is not installed on this machine")
    host = case.said["files"][0]
    # As bootstrap does.
    text = case.tree[host] + "\n\n" + seed.text.replace("_seeded", "_seeded_0").strip("\n") + "\n"
    root = Path(os.path.realpath(tmp_path)) / "tree"
    root.mkdir()
    _, report = run_live(case._replace(tree={**case.tree, host: text}), root, program)
    assert report.reason == ""
    assert {finding.rule for finding in report.findings} - _BLANK_LINES == {seed.rule}, list(map(line, report.findings))
    assert all(finding.line > case.tree[host].count("\n") for finding in report.findings)
