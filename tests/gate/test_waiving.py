"""Waivers count once they stand on the trusted ref; an agent may ask, and not grant."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from qualitygate.checks.catalogue import TOOLS
from qualitygate.defaults import compile_any
from qualitygate.errors import ConfigError
from qualitygate.gate import judging, records, waiving
from qualitygate.gate.planning import Gate, open_gate
from qualitygate.locations import WAIVERS
from qualitygate.model import Finding, Verdict, Waiver
from qualitygate.waivers import compile_waivers
from tests.support import commit, git, make_repo, write

GATE = 'schema = 1\n[checks.ruff]\ntier = "commit"\n'
BAD = "def f():\n    return undefined\n"


def waiver(expires: str = "2999-12-31", rule: str = "ruff:*", path: str = "src/**") -> str:
    row = f'rule = "{rule}"\npath = "{path}"\nreason = "generated next week"\nexpires = {expires}\n'
    return f"schema = 1\n[[waiver]]\n{row}"


def opened(root: Path, actor: str = "person") -> Gate:
    return open_gate(root, TOOLS, compile_any)._replace(actor=actor)


@pytest.fixture
def upstream(tmp_path: Path) -> Path:
    return make_repo(tmp_path / "up", {"qualitygate.toml": GATE, "src/a.py": "x = 1\n"})


def clone(upstream: Path) -> Path:
    root = upstream.with_name("r")
    git(upstream.parent, "clone", "-q", os.fspath(upstream), os.fspath(root))
    git(root, "switch", "-qc", "topic")
    return root


def judged(root: Path, files: Mapping[str, str | None], actor: str = "person") -> Verdict:
    write(root, files)
    git(root, "add", "-A")
    return judging.judge_index(opened(root, actor), record=True)


def test_what_is_waived_on_the_trusted_ref_blocks_nothing_and_is_shown(upstream: Path) -> None:
    commit(upstream, {WAIVERS: waiver()})
    verdict = judged(clone(upstream), {"src/a.py": BAD})
    assert (verdict.status, verdict.new, [f.rule for f in verdict.waived]) == ("passed", (), ["ruff:F821"])
    assert "waived until 2999-12-31: ruff:* in src/** (generated next week)" in verdict.notes
    assert verdict.recorded and [row.state for row in verdict.checks] == ["shown"]


def test_a_waiver_counts_when_main_moved_on_after_the_branch_left(upstream: Path) -> None:
    root = clone(upstream)
    commit(upstream, {WAIVERS: waiver()})
    git(root, "fetch", "-q")
    assert judged(root, {"src/a.py": BAD}).status == "passed"


def test_a_waiver_that_comes_with_the_change_grants_nothing(upstream: Path) -> None:
    root = clone(upstream)
    verdict = judged(root, {"src/a.py": BAD, WAIVERS: waiver()})
    assert (verdict.status, [f.rule for f in verdict.new]) == ("failed", ["ruff:F821"])
    assert any("it counts once it stands on the trusted ref" in note for note in verdict.notes)


def test_a_waiver_that_the_branch_committed_before_grants_nothing(upstream: Path) -> None:
    root = clone(upstream)
    assert judged(root, {WAIVERS: waiver()}).recorded
    git(root, "commit", "-qm", "a waiver")
    assert judged(root, {"src/a.py": BAD}).status == "failed"


def test_without_a_remote_a_waiver_counts_once_a_person_committed_it(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {"qualitygate.toml": GATE, "src/a.py": "x = 1\n"})
    records.adopt(opened(root).state.shared, git(root, "rev-parse", "HEAD"), git(root, "rev-parse", "HEAD^{tree}"))
    agent = judged(root, {WAIVERS: waiver()}, actor="agent")
    assert (agent.status, [f.rule for f in agent.new]) == ("failed", [waiving.GRANTED_BY_AGENT])
    assert judged(root, {WAIVERS: waiver()}).recorded
    git(root, "commit", "-qm", "a waiver")
    assert judged(root, {"src/a.py": BAD}, actor="agent").status == "passed"


def test_a_waiver_that_has_expired_grants_nothing(upstream: Path) -> None:
    commit(upstream, {WAIVERS: waiver("2020-01-31")})
    verdict = judged(clone(upstream), {"src/a.py": BAD})
    assert verdict.status == "failed"
    assert "the waiver for ruff:* in src/** expired on 2020-01-31" in verdict.notes


def test_a_record_made_under_a_waiver_is_none_without_it(upstream: Path) -> None:
    commit(upstream, {WAIVERS: waiver()})
    root = clone(upstream)
    assert judged(root, {"src/a.py": BAD}).recorded
    commit(upstream, {WAIVERS: None})
    git(root, "fetch", "-q")
    assert judged(root, {"src/a.py": BAD}).status == "failed"


@pytest.mark.parametrize(
    ("row", "covered"),
    [
        (Waiver("ruff:F821", "src/a.py", "r"), True),
        (Waiver("ruff:F8*", "src/*", "r"), True),
        (Waiver("ruff:F401", "src/a.py", "r"), False),
        (Waiver("ruff:F821", "a.py", "r"), False),
        (Waiver("ruff:F821", "src/a.py", "r", name="test_b"), False),
    ],
)
def test_a_waiver_is_for_a_rule_and_a_place(row: Waiver, covered: bool) -> None:
    assert waiving.covers(row, Finding("ruff", "ruff:F821", "src/a.py", 1, 1, 1, 1, "m", name="test_a")) is covered


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("schema = 1\n[[waiver]]\n", "waiver[0].rule: is missing"),
        (waiver('"soon"'), "waiver[0].expires: `soon` is not a day, as `2027-01-31` is"),
        (waiver(path="/etc/*"), "waiver[0].path: `/etc/*` must be relative to the repository's root"),
        (waiver(path="../x"), "must be relative"),
        ("schema = 1\n[[waver]]\n", "waver: unknown key, did you mean `waiver`?"),
        ("[[", f"{WAIVERS}:1:"),
    ],
)
def test_a_bad_file_is_named_with_the_key(text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        compile_waivers(text.encode())
    assert said in caught.value.message
    assert WAIVERS in caught.value.message
