"""What a merge does to the tests of its sides: kept-tests, with real git, in Python and TypeScript."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from qualitygate.checks.catalogue import TOOLS
from qualitygate.checks.tool import Project
from qualitygate.defaults import compile_any
from qualitygate.gate import judging, records
from qualitygate.gate.planning import Gate, open_gate
from qualitygate.model import Verdict
from tests.support import commit, git, make_repo, write


class Language(NamedTuple):
    product: str
    code: str
    path: str
    top: str
    test: str
    other: str

    def tests(self, *names: str) -> str:
        return self.top + "".join(self.test.replace("NAME", name) for name in names)


LANGUAGES = {
    "python": Language(
        product="a.py",
        code="def double(a):\n    return a * 2\n",
        path="test_a.py",
        top="from a import double\n",
        test="\n\ndef test_NAME():\n    assert double(len('NAME')) == 2 * len('NAME')\n",
        other="b.py",
    ),
    "typescript": Language(
        product="a.ts",
        code="export function double(a: number) {\n  return a * 2;\n}\n",
        path="a.test.ts",
        top='import { double } from "./a";\n',
        test='\ntest("NAME", () => {\n  expect(double("NAME".length)).toBe(2 * "NAME".length);\n});\n',
        other="b.ts",
    ),
}
in_each = pytest.mark.parametrize("language", LANGUAGES.values(), ids=list(LANGUAGES))


def opened(root: Path, actor: str = "person") -> Gate:
    return open_gate(root, TOOLS, compile_any)._replace(project=lambda root: Project(), actor=actor)


def merging(root: Path, language: Language, theirs: Mapping[str, str | None], *flags: str) -> Path:
    """A branch that changes code alone, and main with `theirs`, about to be merged into it."""
    files = {language.product: language.code, language.path: language.tests("one", "two")}
    make_repo(root, {"qualitygate.toml": "schema = 1\n[checks.kept-tests]\n", **files})
    records.adopt(opened(root).state.shared, git(root, "rev-parse", "HEAD"), git(root, "rev-parse", "HEAD^{tree}"))
    git(root, "switch", "-qc", "topic")
    step(root, {language.other: language.code.replace("double", "twice")})
    git(root, "switch", "-q", "main")
    step(root, theirs)
    git(root, "switch", "-q", "topic")
    git(root, "merge", "-q", "--no-commit", "--no-ff", *flags, "main", check=False)
    return root


def step(root: Path, files: Mapping[str, str | None]) -> None:
    write(root, files)
    git(root, "add", "-A")
    assert judging.judge_index(opened(root), record=True).status == "passed"
    git(root, "commit", "-qm", "step")


def judged(root: Path, actor: str = "person") -> Verdict:
    git(root, "add", "-A")
    return judging.judge_index(opened(root, actor), record=True)


def lost(verdict: Verdict) -> list[tuple[str, str]]:
    assert verdict.status == ("failed" if verdict.lost else "passed")
    return [(finding.rule, finding.path) for finding in verdict.lost]


@in_each
@pytest.mark.parametrize("actor", ["person", "agent"])
def test_a_merge_that_keeps_only_ours_may_not_drop_their_test(tmp_path: Path, language: Language, actor: str) -> None:
    """Our side changed other code, which counted as a reason: a person was let through."""
    more = {language.path: language.tests("one", "two", "three")}
    root = merging(tmp_path / "r", language, more, "-s", "ours")
    assert lost(judged(root, actor)) == [("tests:lost", language.path)]
    write(root, more)
    assert lost(judged(root, actor)) == []


@in_each
def test_a_merge_that_keeps_only_ours_may_not_drop_their_file_of_tests(tmp_path: Path, language: Language) -> None:
    path = language.path.replace("a.", "more.")
    root = merging(tmp_path / "r", language, {path: language.tests("three", "four")}, "-s", "ours")
    assert {rule for rule, _ in lost(judged(root))} == {"tests:lost"}


@in_each
def test_a_merge_that_keeps_only_ours_may_not_drop_their_assertion(tmp_path: Path, language: Language) -> None:
    extra = {"a.py": "    assert double(0) == 0\n", "a.ts": "  expect(double(0)).toBe(0);\n"}[language.product]
    end = {"a.py": "", "a.ts": "});\n"}[language.product]
    whole = language.tests("one", "two")
    more = whole.removesuffix(end) + extra + end
    root = merging(tmp_path / "r", language, {language.path: more}, "-s", "ours")
    assert lost(judged(root)) == [("tests:fewer-assertions", language.path)]


@in_each
def test_a_test_that_their_side_took_away_on_purpose_is_not_missed_in_the_merge(
    tmp_path: Path, language: Language
) -> None:
    gone = {language.product: language.code.replace("double", "triple"), language.path: None}
    root = merging(tmp_path / "r", language, gone)
    assert not (root / language.path).exists()
    assert lost(judged(root, "agent")) == []


@in_each
def test_a_resolution_that_changes_the_code_may_say_so_of_a_test(tmp_path: Path, language: Language) -> None:
    """As in a commit: a person is shown it, an agent is asked."""
    root = merging(tmp_path / "r", language, {language.path: language.tests("one", "two", "three")})
    changed = language.code.replace("* 2", "+ a")
    write(root, {language.path: language.tests("one", "two"), language.product: changed})
    verdict = judged(root)
    assert (lost(verdict), [finding.rule for finding in verdict.shown]) == ([], ["tests:lost-with-code"])
    assert lost(judged(root, "agent")) == [("tests:lost-with-code", language.path)]


def test_a_commit_that_is_no_merge_is_judged_as_before(tmp_path: Path) -> None:
    language = LANGUAGES["python"]
    files = {language.product: language.code, language.path: language.tests("one", "two")}
    root = make_repo(tmp_path / "r", {"qualitygate.toml": "schema = 1\n[checks.kept-tests]\n", **files})
    commit(root, {language.path: language.tests("one", "two", "three")})
    records.adopt(opened(root).state.shared, git(root, "rev-parse", "HEAD"), git(root, "rev-parse", "HEAD^{tree}"))
    write(root, {language.path: language.tests("one", "two"), language.other: language.code.replace("double", "twice")})
    verdict = judged(root)
    assert (lost(verdict), [finding.rule for finding in verdict.shown]) == ([], ["tests:lost-with-code"])
