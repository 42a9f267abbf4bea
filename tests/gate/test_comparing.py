"""Checks that compare two trees: what is lost, against which tree, and whom it stops."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from qualitygate.checks.safeguards.protocol import Pair, Rule
from qualitygate.gate import editing, judging, records
from qualitygate.gate.planning import Gate
from qualitygate.model import Finding, Report, Verdict
from tests.support import commit, git, make_repo, open_words, policy, write

_RULES = (
    Rule("promise:lost", "block", "block", "a promise was made", "keep it"),
    Rule(
        "promise:lost-with-code", "block", "show", "a promise was made", "keep it", kind="promise:lost", nameable=True
    ),
    Rule("promise:excuse", "block", "show", "an excuse", "do it", direction="debt"),
)


def _extract(path: str, data: bytes, options: Mapping[str, Any]) -> Any:
    lines = data.decode().splitlines()
    return {word: [line.split()[1] for line in lines if line.startswith(f"{word} ")] for word in ("KEEP", "EXCUSE")}


def _compare(pair: Pair, options: Mapping[str, Any]) -> Report:
    paths = sorted(path for path in pair.changed if path.endswith(".txt"))

    def all_of(facts: Any, word: str) -> dict[str, str]:
        return {name: path for path in paths for name in (facts(path) or {}).get(word, ())}

    kept, there = all_of(pair.base_facts, "KEEP"), all_of(pair.head_facts, "KEEP")
    rule = "promise:lost-with-code" if any(path.endswith(".py") for path in pair.changed) else "promise:lost"
    found = [
        Finding("promises", rule, path, 1, 1, 1, 1, f"{name} is gone", name=name)
        for name, path in kept.items()
        if name not in there
    ]
    before = all_of(pair.base_facts, "EXCUSE")
    found += [
        Finding("promises", "promise:excuse", path, 1, 1, 1, 1, f"{name} excused", name=name)
        for name, path in all_of(pair.head_facts, "EXCUSE").items()
        if name not in before
    ]
    return Report(tuple(found), len(paths))


def promises(**changed: Any) -> SimpleNamespace:
    tool = {
        "name": "words",
        "title": "promises",
        "scope": "pair",
        "reads": "self",
        "config_files": (),
        "package": "",
        "rules": _RULES,
        "facts_version": 1,
        "wants": lambda path: path.endswith(".txt"),
        "extract": _extract,
        "compare": _compare,
    }
    return SimpleNamespace(**{**tool, **changed})


def opened(root: Path, *, actor: str = "person", tool: SimpleNamespace | None = None, **options: Any) -> Gate:
    gate = open_words(root, tool=tool or promises(), **options)._replace(actor=actor)
    shutil.rmtree(gate.state.shared / "policy", ignore_errors=True)  # kept by the content of a file that says nothing
    return gate


def adopted(root: Path, files: dict[str, str]) -> Path:
    make_repo(root, {"qualitygate.toml": "schema = 1\n", **files})
    shared = opened(root).state.shared
    records.adopt(shared, git(root, "rev-parse", "HEAD"), git(root, "rev-parse", "HEAD^{tree}"))
    return root


def judged(root: Path, files: Mapping[str, str | None], **options: Any) -> Verdict:
    write(root, files)
    git(root, "add", "-A")
    return judging.judge_index(opened(root, **options), record=True)


def gated(root: Path, files: Mapping[str, str | None]) -> Verdict:
    verdict = judged(root, files)
    if verdict.status == "passed":
        git(root, "commit", "-qm", "gated", "--allow-empty")
    return verdict


def names(findings: tuple[Finding, ...]) -> list[str]:
    return [finding.name for finding in findings]


def test_what_base_had_and_head_has_not_is_lost(tmp_path: Path) -> None:
    root = adopted(tmp_path / "r", {"a.txt": "KEEP one\nKEEP two\n"})
    verdict = judged(root, {"a.txt": "KEEP two\n"})
    assert (verdict.status, names(verdict.lost), verdict.new) == ("failed", ["one"], ())
    assert verdict.lost[0].fix == "keep it"
    assert [row.state for row in verdict.checks] == ["failed"]


def test_what_moved_to_another_file_is_not_lost(tmp_path: Path) -> None:
    root = adopted(tmp_path / "r", {"a.txt": "KEEP one\n", "b.txt": ""})
    assert judged(root, {"a.txt": None, "b.txt": "KEEP one\n"}).status == "passed"


def test_a_commit_that_only_deletes_the_last_file_of_a_check_is_judged(tmp_path: Path) -> None:
    root = adopted(tmp_path / "r", {"a.txt": "KEEP one\n", "b.md": ""})
    assert names(judged(root, {"a.txt": None}).lost) == ["one"]


def test_what_a_branch_itself_made_it_may_take_back(tmp_path: Path) -> None:
    upstream = make_repo(tmp_path / "up", {"qualitygate.toml": "schema = 1\n", "a.txt": "KEEP one\n"})
    git(tmp_path, "clone", "-q", os.fspath(upstream), "r")
    root = tmp_path / "r"
    git(root, "switch", "-qc", "topic")
    assert gated(root, {"a.txt": "KEEP one\nKEEP mine\n"}).recorded
    assert gated(root, {"a.txt": "KEEP one\n"}).status == "passed"
    assert names(judged(root, {"a.txt": ""}).lost) == ["one"]


def test_a_rule_may_stop_an_agent_and_not_a_person(tmp_path: Path) -> None:
    root = adopted(tmp_path / "r", {"a.txt": "KEEP one\n"})
    change = {"a.txt": "", "a.py": "x = 1\n"}
    person = judged(root, change)
    assert (person.status, [f.rule for f in person.shown]) == ("passed", ["promise:lost-with-code"])
    agent = judged(root, change, actor="agent")
    assert (agent.status, [f.rule for f in agent.lost]) == ("failed", ["promise:lost-with-code"])


def test_settings_say_what_blocks_and_what_is_shown(tmp_path: Path) -> None:
    root = adopted(tmp_path / "r", {"a.txt": "KEEP one\n"})
    assert judged(root, {"a.txt": ""}, options={"show": ["promise:lost"]}).status == "passed"
    excuse = {"a.txt": "KEEP one\nEXCUSE late\n"}
    assert judged(root, excuse).status == "passed"
    verdict = judged(root, excuse, options={"block": ["promise:excuse"]})
    assert (names(verdict.new), verdict.lost) == (["late"], ())


@pytest.mark.parametrize("actor", ["agent", "person"])
def test_a_record_of_one_actor_is_none_of_another(tmp_path: Path, actor: str) -> None:
    root = adopted(tmp_path / "r", {"a.txt": "KEEP one\n"})
    change = {"a.txt": "KEEP one\nEXCUSE late\n"}
    assert judged(root, change).recorded
    assert judged(root, change, actor=actor).status == ("failed" if actor == "agent" else "passed")


def merging(root: Path, *, theirs: dict[str, str | None], ours: dict[str, str | None]) -> Path:
    """A branch and its sibling, both gated, merged with nothing committed."""
    git(root, "switch", "-qc", "side")
    assert gated(root, theirs).status == "passed"
    git(root, "switch", "-q", "main")
    assert gated(root, ours).status == "passed"
    git(root, "merge", "-q", "--no-commit", "--no-ff", "side", check=False)
    return root


def test_a_merge_that_drops_what_one_side_made_loses_it(tmp_path: Path) -> None:
    root = adopted(tmp_path / "r", {"a.txt": "KEEP one\n", "b.txt": ""})
    merging(root, theirs={"b.txt": "KEEP theirs\n"}, ours={"c.txt": "KEEP ours\n"})
    assert judging.judge_index(opened(root), record=True).status == "passed"
    verdict = judged(root, {"b.txt": ""})
    assert (verdict.status, names(verdict.lost)) == ("failed", ["theirs"])


def test_what_one_side_gave_up_stays_given_up_in_the_merge(tmp_path: Path) -> None:
    root = adopted(tmp_path / "r", {"a.txt": "KEEP one\n", "b.txt": "KEEP two\n"})
    git(root, "switch", "-qc", "side")
    # Taken away with the consent of a person: the tree is adopted.
    commit(root, {"a.txt": ""})
    shared = opened(root).state.shared
    records.adopt(shared, git(root, "rev-parse", "HEAD~"), git(root, "rev-parse", "HEAD~^{tree}"))
    let = judging.judge_commit(opened(root, options={"show": ["promise:lost"]}), "HEAD", record=True)
    assert let.recorded
    git(root, "switch", "-q", "main")
    assert gated(root, {"b.txt": "KEEP two\nKEEP three\n"}).recorded
    git(root, "merge", "-q", "--no-commit", "--no-ff", "side")
    assert judging.judge_index(opened(root), record=True).status == "passed"
    assert names(judged(root, {"b.txt": "KEEP three\n"}).lost) == ["two"]


def test_facts_of_base_are_read_once(tmp_path: Path) -> None:
    root = adopted(tmp_path / "r", {"a.txt": "KEEP one\n"})
    read: list[bytes] = []

    def extract(path: str, data: bytes, options: Mapping[str, Any]) -> Any:
        read.append(data)
        return _extract(path, data, options)

    tool = promises(extract=extract)
    judged(root, {"a.txt": "KEEP one\n\n"}, tool=tool)
    judged(root, {"a.txt": "KEEP one\n\n\n"}, tool=tool)
    assert read.count(b"KEEP one\n") == 1


def test_an_edit_is_compared_with_base(tmp_path: Path) -> None:
    root = adopted(tmp_path / "r", {"a.txt": "KEEP one\n"})
    write(root, {"a.txt": "KEEP one\nEXCUSE late\n"})
    verdict = editing.judge_edit(opened(root, actor="agent", tier="edit"), ("a.txt",))
    assert (verdict.status, names(verdict.new)) == ("failed", ["late"])


def test_an_agent_that_names_what_it_took_away_is_let_through_shown(tmp_path: Path) -> None:
    root = adopted(tmp_path / "r", {"a.txt": "KEEP one\nKEEP two\n"})
    change = {"a.txt": "KEEP two\n", "a.py": "x = 1\n"}
    asked = [["promise:lost-with-code", "a.txt", "nobody needs it", "", "one", "claude"]]

    def compile_(data: bytes | None, extended: Mapping[str, bytes] = {}) -> dict[str, Any]:
        return {**policy()(data), "requests": asked}

    assert judged(root, change, actor="agent").status == "failed"
    gate = opened(root, actor="agent")._replace(compile=compile_)
    verdict = judging.judge_index(gate, record=True)
    assert (verdict.status, [f.message for f in verdict.shown]) == (
        "passed",
        ["one is gone (named, with a reason: nobody needs it)"],
    )
    git(root, "reset", "-q", "--hard")
    write(root, {"a.txt": "KEEP two\n"})  # alone it is no removal of a feature, and nothing to be named
    git(root, "add", "-A")
    shutil.rmtree(gate.state.shared / "policy")
    assert judging.judge_index(gate, record=True).status == "failed"
