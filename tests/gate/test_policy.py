from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from qualitygate import git as our_git
from qualitygate.errors import ConfigError
from qualitygate.gate.policy import GatePolicy, joined, load
from qualitygate.model import Check, Entry, Finding, Policy
from tests.support import make_repo, policy


def gate_policy(*checks: tuple[str, Policy], name: str = "x") -> GatePolicy:
    rows = tuple(Check(check, "ruff", strictness, "commit", "", {}) for check, strictness in checks)
    return GatePolicy(rows, "", 60.0, name, "qualitygate.toml")


@pytest.mark.parametrize(
    ("head", "base", "expected", "note"),
    [
        ("ratchet", "ratchet", "ratchet", ""),
        ("clean", "ratchet", "clean", ""),
        ("shown", "ratchet", "ratchet", "relaxed from ratchet to shown"),
        ("ratchet", "clean", "clean", "relaxed from clean to ratchet"),
    ],
)
def test_a_check_may_be_made_stricter_at_once_and_laxer_from_the_next_change(
    head: Policy, base: Policy, expected: Policy, note: str
) -> None:
    both = joined(gate_policy(("a", head), name="h"), gate_policy(("a", base), name="b"))
    assert [check.policy for check in both.checks] == [expected]
    assert (note in "".join(both.notes)) and bool(both.notes) == bool(note)


@pytest.mark.parametrize(
    ("head", "base", "expected", "note"),
    [
        (
            {"rules": ["a"], "pack": [1]},
            {"rules": ["b", "a"], "pack": [2, 1]},
            {"rules": ["a", "b"], "pack": [1, 2]},
            "rules",
        ),
        ({"rules": ["a", "b"]}, {"rules": ["a"]}, {"rules": ["a", "b"]}, ""),
        ({"exclude": ["x", "y"]}, {"exclude": ["y"]}, {"exclude": ["y"]}, "exclude"),
        ({"exclude": ["x"]}, {}, {"exclude": []}, "exclude"),
        ({}, {"exclude": ["x"]}, {}, ""),
        ({"files": ["a/**"]}, {}, {"files": []}, "files"),
        ({"files": ["a/**"]}, {"files": ["b/**"]}, {"files": ["a/**", "b/**"]}, "files"),
        ({"files": ["a/**", "b/**"]}, {"files": ["b/**"]}, {"files": ["a/**", "b/**"]}, ""),
        ({"max_kib": 900}, {"max_kib": 500}, {"max_kib": 500}, "max_kib"),
        ({"max_kib": 100}, {"max_kib": 500}, {"max_kib": 100}, ""),
    ],
)
def test_options_that_let_more_through_do_so_from_the_next_change(
    head: dict[str, Any], base: dict[str, Any], expected: dict[str, Any], note: str
) -> None:
    def made(options: dict[str, Any], name: str) -> GatePolicy:
        return GatePolicy((Check("a", "x", "ratchet", "commit", "", options),), "", 60.0, name, "qualitygate.toml")

    both = joined(made(head, "h"), made(base, "b"))
    assert both.checks[0].options == expected
    wanted = f"settings changed: check a is relaxed in `{note}`; it judges this change as before"
    assert both.notes == ((wanted,) if note else ())


def test_a_check_that_is_moved_to_a_later_tier_still_judges_the_change_that_does_it() -> None:
    def made(tier: str) -> GatePolicy:
        return GatePolicy((Check("a", "x", "ratchet", tier, "", {}),), "", 60.0, tier, "qualitygate.toml")

    both = joined(made("full"), made("commit"))
    assert (both.checks[0].tier, len(both.notes)) == ("commit", 1)
    assert (joined(made("edit"), made("commit")).checks[0].tier) == "edit"


def test_a_check_that_is_taken_out_still_judges_the_change_that_does_it() -> None:
    both = joined(gate_policy(("a", "ratchet"), name="h"), gate_policy(("a", "ratchet"), ("b", "ratchet"), name="b"))
    assert [check.name for check in both.checks] == ["a", "b"]
    assert both.notes == ("settings changed: check b is removed; it still judges this change",)


def test_a_policy_is_compiled_once_per_content_and_version(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"qualitygate.toml": "schema = 1\n"})
    repo = our_git.find_repo(root)
    seen: list[bytes | None] = []

    def compile_(data: bytes | None) -> dict[str, Any]:
        seen.append(data)
        return policy()(data)

    entries = our_git.entries(repo, "HEAD")
    for version in ("1", "1", "2"):
        load(repo, tmp_path / "shared", entries, version, compile_)
    assert seen == [b"schema = 1\n"] * 2
    assert load(repo, tmp_path / "shared", {}, "1", compile_).source == "the playbook"


def test_a_configuration_that_is_a_link_is_refused(tmp_path: Path) -> None:
    repo = our_git.find_repo(make_repo(tmp_path / "r", {"a": "1"}))
    with pytest.raises(ConfigError, match="not a regular file"):
        load(repo, tmp_path, {"qualitygate.toml": Entry("120000", "0" * 40)}, "1", policy())


def test_advice_is_given_where_the_tool_gives_none_and_decides_nothing(tmp_path: Path) -> None:
    document = {"schema": 1, "gate": {}, "checks": [], "advice": {"ruff:E722": "name it", "secrets:*": "take it out"}}
    policy = load(our_git.find_repo(make_repo(tmp_path / "r", {})), tmp_path, {}, "1", lambda data: document)
    found = Finding("lint", "ruff:E722", "a.py", 1, 1, 1, 1, "bare except")
    assert policy.advised(found).fix == "name it"
    assert policy.advised(found._replace(fix="as ruff says")).fix == "as ruff says"
    assert policy.advised(found._replace(rule="secrets:aws")).fix == "take it out"
    assert policy.advised(found._replace(rule="ruff:F821")).fix == ""
    plain = load(our_git.find_repo(tmp_path / "r"), tmp_path, {}, "2", lambda data: {**document, "advice": {}})
    assert policy.digest == plain.digest
