"""Branches that each mend some debt meet in every way that git has: nobody is blamed, and no debt comes back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest

from qualitygate.gate import judging, records
from qualitygate.gate.planning import Gate
from qualitygate.model import Verdict
from tests.gate.test_hazards import TYPESCRIPT, open_fake
from tests.support import git, make_repo, open_words, write

SIZE = 6
Debt = frozenset[tuple[int, int]]
ALL: Debt = frozenset((file, number) for file in range(3) for number in range(SIZE))


def python(file: int, fixed: Debt) -> str:
    """Functions right below each other, each with one violation in the same words: what is adjacent is mended apart."""
    rows = (f"def f{n}(a):\n    b = a\n    return {'good' if (file, n) in fixed else 'BAD'}(b)\n" for n in range(SIZE))
    return "\n\n".join(rows)


def typescript(file: int, fixed: Debt) -> str:
    kept = {n: "undefined" if (file, n) in fixed else "null" for n in range(SIZE)}
    rows = (
        f"function f{n}(a: number) {{\n  const b = a;\n  if (b === {kept[n]}) return;\n  return b;\n}}\n"
        for n in range(SIZE)
    )
    return "\n".join(rows)


class Language(NamedTuple):
    end: str
    text: Callable[[int, Debt], str]
    open: Callable[[Path], Gate]


LANGUAGES = {"python": Language("py", python, open_words), "typescript": Language("ts", typescript, open_fake)}


class Play:
    """A repository in one language, and what was mended on its main branch."""

    def __init__(self, root: Path, language: str) -> None:
        self.end, self.text, self.open = LANGUAGES[language]
        self.root = make_repo(root, {"qualitygate.toml": "schema = 1\n", **self.files(frozenset())})
        shared = self.open(root).state.shared
        records.adopt(shared, git(root, "rev-parse", "HEAD"), git(root, "rev-parse", "HEAD^{tree}"))
        self.mended: Debt = frozenset()

    def files(self, fixed: Debt) -> dict[str, str]:
        return {f"m{file}.{self.end}": self.text(file, fixed) for file in range(3)}

    def judge(self) -> Verdict:
        """What the commit hook does."""
        return judging.judge_index(self.open(self.root), record=True)

    def branch(self, name: str, fixed: Debt) -> None:
        git(self.root, "switch", "-qc", name, "main")
        for part in sorted(fixed):
            write(self.root, self.files(self.mended | {one for one in fixed if one <= part}))
            git(self.root, "add", "-A")
            assert self.judge().status == "passed"
            git(self.root, "commit", "-qm", f"mend {part}")
        git(self.root, "switch", "-q", "main")

    def arrive(self, name: str, how: str, fixed: Debt) -> Verdict:
        """Bring a branch to main in one of git's ways; in a conflict all that was mended is kept."""
        git(self.root, "switch", "-q", "main")
        if how == "rebase":
            git(self.root, "rebase", "-q", "main", name, check=False)
            while (self.root / ".git/rebase-merge").exists():
                self.resolve(fixed)
                git(self.root, "-c", "core.editor=true", "rebase", "--continue", check=False)
            verdict = judging.judge_push(self.open(self.root), "HEAD")
            git(self.root, "switch", "-q", "main")
            git(self.root, "merge", "-q", "--ff-only", name)
        else:
            flags = ("--squash",) if how == "squash" else ("--no-ff", "--no-commit")
            git(self.root, "merge", "-q", *flags, name, check=False)
            self.resolve(fixed)
            verdict = self.judge()
            git(self.root, "commit", "-qm", f"{how} {name}", "--allow-empty")
        self.mended |= fixed
        return verdict

    def resolve(self, fixed: Debt) -> None:
        if git(self.root, "ls-files", "--unmerged"):
            write(self.root, self.files(self.mended | fixed))
        git(self.root, "add", "-A")

    def debt(self) -> int:
        text = "".join((self.root / name).read_text() for name in self.files(frozenset()))
        return text.count("BAD") + text.count("=== null")


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("language", LANGUAGES)
def test_branches_that_mend_debt_are_never_blamed_and_none_of_it_comes_back(
    tmp_path: Path, seed: int, language: str
) -> None:
    random = Random(seed)
    play = Play(tmp_path / "r", language)
    branches = {
        f"b{n}": frozenset(random.sample(sorted(ALL), random.randint(1, 5))) for n in range(random.randint(2, 5))
    }
    for name, fixed in branches.items():
        play.branch(name, fixed)
    order = random.sample(sorted(branches), len(branches))
    left = len(ALL)
    for name in order:
        verdict = play.arrive(name, random.choice(("merge", "squash", "rebase")), branches[name])
        assert (verdict.status, verdict.new, verdict.undecided) == ("passed", (), ())
        assert play.debt() <= left
        left = play.debt()
    assert left == len(ALL - frozenset().union(*branches.values()))


@pytest.mark.parametrize("how", ["merge", "squash", "rebase"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_debt_that_a_resolution_brings_back_is_new(tmp_path: Path, language: str, how: str) -> None:
    play = Play(tmp_path / "r", language)
    play.branch("b", frozenset({(0, 1), (0, 2)}))
    play.branch("c", frozenset({(1, 1)}))
    play.arrive("b", how, frozenset({(0, 1), (0, 2)}))
    git(play.root, "merge", "-q", *(("--squash",) if how == "squash" else ("--no-ff", "--no-commit")), "c", check=False)
    write(play.root, play.files(frozenset({(0, 1), (1, 1)})))
    git(play.root, "add", "-A")
    verdict = play.judge()
    assert [f.path for f in verdict.new] == [f"m0.{play.end}"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_merge_by_union_that_brings_adjacent_lines_back_is_new(tmp_path: Path, language: str) -> None:
    play = Play(tmp_path / "r", language)
    bad = {"py": "BAD\n", "ts": "x === null;\n"}[play.end]
    file = f"u.{play.end}"
    write(play.root, {file: bad * 2, ".gitattributes": "u.* merge=union\n"})
    git(play.root, "add", "-A")
    git(play.root, "commit", "-qm", "two adjacent ones")
    shared = play.open(play.root).state.shared
    records.adopt(shared, git(play.root, "rev-parse", "HEAD"), git(play.root, "rev-parse", "HEAD^{tree}"))
    for name, text in (("b", f"1\n{bad}"), ("c", f"{bad}2\n")):
        git(play.root, "switch", "-qc", name, "main")
        write(play.root, {file: text})
        git(play.root, "add", "-A")
        assert play.judge().status == "passed"
        git(play.root, "commit", "-qm", name)
    git(play.root, "merge", "-q", "--no-commit", "b", check=False)
    again = (play.root / file).read_text().count(bad)
    verdict = play.judge()
    assert len(verdict.new) == again == 2  # each was mended on one side, so that none should be left


def test_typescript_is_looked_at(tmp_path: Path) -> None:
    play = Play(tmp_path / "r", "typescript")
    assert play.debt() == len(ALL)
    write(play.root, {"n.ts": TYPESCRIPT.beta})
    git(play.root, "add", "-A")
    assert len(play.judge().new) == 1
