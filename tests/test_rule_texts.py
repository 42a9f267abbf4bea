from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from qualitygate.config import parse_toml
from qualitygate.reporters.exemptions import without_exemptions
from qualitygate.resources import data_dir
from qualitygate.rule_texts import Text, load_texts
from qualitygate.rulebook.explain import EXPLAINERS, Ground, explain, find
from qualitygate.rulebook.force import Sight
from tests.checkout import run

TEXTS = load_texts()
ROWS = [
    row
    for file in sorted(Path(str(data_dir("playbooks"))).glob("*/rules.toml"))
    for row in parse_toml(file.read_bytes(), file=file.name)["rule"]
]
NAMES = [row["rule"] for row in ROWS]
NEEDS = {text.needs for text in TEXTS.rules.values() if text.needs}


def of(tool: str) -> list[Text]:
    return [TEXTS.rules[name] for name in NAMES if name.startswith(f"{tool}:")]


def file_of(text: Text, word: str) -> str:
    return f"{word}_{re.sub('[^a-z0-9]', '_', text.rule.lower())}.py"


def write_all(folder: Path, texts: list[Text]) -> None:
    for text in texts:
        for word, code in (("wrong", text.wrong), ("right", text.right)):
            if code:
                (folder / file_of(text, word)).write_text(code + "\n")


def test_each_rule_is_there_once_and_can_be_explained() -> None:
    assert len(NAMES) == len(set(NAMES))
    of_their_own = {"semgrep"}  # what there is to say of a rule stands in the rule's file
    assert set(EXPLAINERS) - of_their_own <= {name.partition(":")[0] for name in NAMES}
    sight = Sight((), "qualitygate.toml", lambda path: None, lambda check: frozenset())
    ground = Ground(sight, TEXTS, {})
    for name in NAMES:
        rule = find(name.replace(":*", ":aws-access-key"), ground)
        assert rule is not None and explain(rule, ground).text.title, name


def test_a_reason_stands_in_one_place_only() -> None:
    of_playbook = {f"ruff:{one.rule}" for one in TEXTS.candidates}
    assert [row["rule"] for row in ROWS if row.get("reason") and row["rule"] in of_playbook] == []


@pytest.mark.parametrize("rule", sorted({*NAMES, *(f"ruff:{one.rule}" for one in TEXTS.candidates)}))
def test_each_rule_has_a_reason_and_names_no_way_round(rule: str) -> None:
    text = TEXTS.find(rule)
    assert text.reason
    assert bool(text.before) == bool(text.after)
    for part in text:
        assert without_exemptions(part) == part


def found_by_ruff(folder: Path, select: str) -> Mapping[str, set[str]]:
    """The codes that ruff reports, by file."""
    argv = ["ruff", "check", "--isolated", "--no-cache", "--output-format=json", "--exit-zero", "--select", select, "."]
    found: dict[str, set[str]] = {}
    for row in json.loads(run(*argv, cwd=folder).stdout):
        found.setdefault(Path(row["filename"]).name, set()).add(f"ruff:{row['code']}")
    return found


@pytest.mark.live
def test_ruff_finds_what_is_called_wrong_and_nothing_in_what_is_called_right(tmp_path: Path) -> None:
    texts = [text for text in of("ruff") if text.wrong]
    write_all(tmp_path, texts)
    codes = {text.rule.removeprefix("ruff:") for text in texts} - {"invalid-syntax"}
    found = found_by_ruff(tmp_path, ",".join(sorted({*codes, *(one.rule for one in TEXTS.candidates)})))
    for text in texts:
        assert text.rule in found.get(file_of(text, "wrong"), ()), text.rule
        assert found.get(file_of(text, "right"), set()) == set(), text.rule


@pytest.mark.live
def test_ruff_would_format_what_is_called_wrong_and_nothing_that_is_called_right(tmp_path: Path) -> None:
    write_all(tmp_path, [TEXTS.rules[name] for name in NAMES if TEXTS.rules[name].right])
    format_ = ("ruff", "format", "--isolated", "--no-cache", "--check")
    assert run(*format_, "wrong_ruff_format_unformatted.py", cwd=tmp_path).returncode == 1
    done = run(*format_, *sorted(path.name for path in tmp_path.glob("right*")), cwd=tmp_path)
    assert done.returncode == 0, done.stdout


def found_by_mypy(folder: Path, *flags: str) -> set[tuple[str, str]]:
    """File and code of each error."""
    said = run("mypy", *flags, "--no-incremental", "--config-file=", "--show-error-codes", ".", cwd=folder).stdout
    return {(row[0], row[1]) for row in re.findall(r"^(\w+\.py):\d+: error: .*\[([\w-]+)\]$", said, re.M)}


@pytest.mark.live
def test_mypy_finds_what_is_called_wrong_and_nothing_in_what_is_called_right(tmp_path: Path) -> None:
    texts = [text for text in of("mypy") if text.wrong]
    write_all(tmp_path, texts)
    found = found_by_mypy(tmp_path, "--check-untyped-defs", *(f"--{name.replace('_', '-')}" for name in sorted(NEEDS)))
    for text in texts:
        assert (file_of(text, "wrong"), text.rule.removeprefix("mypy:")) in found, text.rule
    assert {name for name, _ in found if name.startswith("right")} == set()


@pytest.mark.live
def test_what_is_said_to_need_a_setting_is_not_found_without_it(tmp_path: Path) -> None:
    write_all(tmp_path, [text for text in of("mypy") if text.needs])
    assert found_by_mypy(tmp_path, "--check-untyped-defs") == set()
