from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from qualitygate.checks.catalogue import TOOLS
from qualitygate.config import compile_policy, parse_toml
from qualitygate.errors import ConfigError
from qualitygate.playbook import Candidate, Playbook, Seed, applies, default_policy, load_playbook, load_playbooks
from qualitygate.resources import data_dir
from tests.checkout import ROOT

SEEDS = """
[[seed]]
rule = "ruff:B006"
text = "def f(a=[]): ..."
[[seed]]
rule = "ruff:F401"
text = "import os"
"""
PLAYBOOK = """
schema = 1
title = "Python"
[when]
languages = ["Python"]
files = ["setup.py"]
[checks.lint]
tool = "ruff"
title = "lint"
reason = "it finds bugs"
tier = "edit"
unconfigured = true
[checks.mypy]
tool = "mypy"
title = "types"
reason = "it finds bugs"
[calibration]
few = 20
many = 5
[ruff.groups]
F = "names"
[ruff.rules]
B006 = "shared"
B007 = "no seed"
[ruff.roles.test]
files = ["tests/**"]
ignore = ["B006"]
reason = "why not"
[mypy.settings]
check_untyped_defs = true
"""


def load(tmp_path: Path, playbook: str = PLAYBOOK, seeds: str = SEEDS, **more: Any) -> Playbook:
    folder = tmp_path / "python"
    folder.mkdir()
    (folder / "playbook.toml").write_text(playbook)
    (folder / "seeds.toml").write_text(seeds)
    return load_playbook(folder, **more)


def test_a_playbook_as_types(tmp_path: Path) -> None:
    book = load(tmp_path)
    assert book.candidates == (Candidate("F", "names"), Candidate("B006", "shared"))
    assert [(check.name, check.tool, check.tier, check.options) for check in book.checks] == [
        ("lint", "ruff", "edit", {}),
        ("mypy", "mypy", "commit", {"environment": "none"}),
    ]
    assert book.seeds == (Seed("ruff:B006", "def f(a=[]): ..."), Seed("ruff:F401", "import os"))
    assert book.roles[0].ignore == ("B006",)
    assert book.mypy == {"check_untyped_defs": True}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    (
        ('tier = "edit"', 'tier = "never"', "playbook.toml: checks.lint.tier: must be one of edit, commit, push, full"),
        ("few = 20", "few = 0", "playbook.toml: calibration.few: must be at least 1"),
        ("B006 =", "B008 =", "playbook.toml: ruff.rules.B006: is missing, but the rule has a seed"),
        (
            "[ruff.roles.test]",
            "[ruff.roles.tests]",
            "playbook.toml: ruff.roles.tests: unknown key, did you mean `test`?",
        ),
        ("title =", "titel =", "playbook.toml: title: is missing"),
    ),
)
def test_a_bad_playbook_is_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, PLAYBOOK.replace(old, new, 1))
    assert caught.value.message.splitlines()[0] == f"playbooks/python/{said}"


@pytest.mark.parametrize(
    ("seeds", "said"),
    (
        ("[[seed]]\nrule = 'ruff:F401'", "seeds.toml: seed[0].text: is missing"),
        ("[[seed]]\nrule = 'ruff:F401'\ntext = ''", "seeds.toml: seed[0].text: may not be empty"),
        ("[[seed]]\nrule = 'F401'\ntext = 'x'", "seeds.toml: seed[0].rule: `F401` is not `tool:rule`"),
        (SEEDS + SEEDS, "seeds.toml: seed[2].rule: `ruff:B006` is there twice"),
    ),
)
def test_bad_seeds_are_named(tmp_path: Path, seeds: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, seeds=seeds)
    assert caught.value.message.splitlines()[0] == f"playbooks/python/{said}"


def test_a_tool_without_adapter_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"checks\.mypy\.tool: no tool is called `mypy`"):
        load(tmp_path, tools=("ruff",))


@pytest.mark.parametrize(
    ("languages", "paths", "there"),
    ((("Python",), (), True), (("Go",), ("a/setup.py",), True), (("Go",), ("a/setup.pyi",), False)),
)
def test_applies(tmp_path: Path, languages: tuple[str, ...], paths: tuple[str, ...], there: bool) -> None:
    assert applies(load(tmp_path), languages=languages, paths=paths) is there


def test_the_default_policy_has_the_form_of_a_compiled_one(tmp_path: Path) -> None:
    policy = default_policy([load(tmp_path)])
    same = compile_policy(b'schema = 1\n[checks.lint]\ntool = "ruff"\ntier = "edit"', file="f", tools=("ruff",))
    assert policy == {**same, "source": "playbook defaults"}


def test_what_ships_loads_and_is_consistent() -> None:
    books = load_playbooks()
    python = next(book for book in books if book.stack == "python")
    assert [check.name for check in python.checks] == ["ruff", "ruff-format", "mypy", "pytest"]
    common = next(book for book in books if book.always)
    assert {check.name for check in common.checks} == {
        *("syntax", "merge-marker", "large-file", "secrets", "semgrep"),
        *("suppressions", "handlers", "kept-tests", "kept-types", "kept-settings"),
    }
    names = [check.name for book in books for check in book.checks]
    assert len(names) == len(set(names))
    tried = tuple(candidate.rule for candidate in python.candidates)
    for role in python.roles:
        assert all(rule.startswith(tried) for rule in role.ignore), role.role


def test_no_rule_of_what_ships_lacks_a_seed() -> None:
    raw = parse_toml((data_dir("playbooks") / "python" / "playbook.toml").read_bytes(), file="playbook.toml")
    python = next(book for book in load_playbooks() if book.stack == "python")
    assert set(raw["ruff"]["rules"]) <= {candidate.rule for candidate in python.candidates}


@pytest.mark.parametrize("book", load_playbooks(), ids=lambda book: str(book.stack))
def test_its_page_lists_the_checks_as_they_are(book: Playbook) -> None:
    page = (data_dir("playbooks") / book.stack / "README.md").read_text("utf-8")
    rows = [[cell.strip().strip("`") for cell in row.strip("|").split("|")] for row in page.splitlines()]
    listed = {row[0]: (row[1], row[2].split(";")[0], row[3] == "runs") for row in rows if len(row) == 4}
    for check in book.checks:
        assert listed.get(check.name) == (check.tool, check.tier, check.unconfigured), check.name


def test_the_readme_names_every_tool() -> None:
    page = re.sub(r"[^a-z0-9]", "", (ROOT / "README.md").read_text("utf-8").partition("## Languages")[2].lower())
    spelt = {"go-vet": "govet", "node-test": "nodestestrunner", "large-files": "largefiles", "markers": "mergemarkers"}
    spelt |= {"biome-format": "biome", "standard": "standardrb", "command": "command"}
    missing = [name for name in TOOLS if spelt.get(name, re.sub(r"[^a-z0-9]", "", name)) not in page]
    assert missing == []
