from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualitygate.gate import judging, records
from qualitygate.gate.merge import contested, expected, is_taken
from qualitygate.model import Direction, Entry, Report, Verdict
from tests.support import commit, git, make_repo, open_words, words, write

CONFIG = {"qualitygate.toml": "schema = 1\n"}
FUNCTIONS = "def first():\n    return 1\n\n\ndef second():\n    return BAD\n\n\ndef third():\n    return 3\n"
MENDED = FUNCTIONS.replace("BAD", "2")
Files = dict[str, str | None]

counts = st.integers(0, 5)
directions: st.SearchStrategy[Direction] = st.sampled_from(["debt", "safeguard"])


@given(directions, counts, st.lists(counts, min_size=2, max_size=4), st.randoms())
def test_what_is_expected_never_depends_on_the_order_and_lies_between_the_sides(
    direction: Direction, fork: int, sides: list[int], random: object
) -> None:
    found = expected(direction, fork, sides)
    assert min(sides) <= found <= max(sides)
    assert found == expected(direction, fork, sorted(sides)) == expected(direction, fork, sides[::-1])


@given(directions, counts, counts, counts)
def test_two_sides(direction: Direction, fork: int, ours: int, theirs: int) -> None:
    found = expected(direction, fork, [ours, theirs])
    if ours == theirs:
        assert found == ours
    elif fork in (ours, theirs):
        assert found == (theirs if fork == ours else ours)
    else:
        assert found == (max if direction == "debt" else min)(ours, theirs)


@pytest.mark.parametrize(
    ("direction", "fork", "sides", "found"),
    [
        ("debt", 1, [0, 1], 0),
        ("debt", 0, [0, 1], 1),
        ("debt", 1, [1, 1], 1),
        ("debt", 1, [0, 0], 0),
        ("debt", 2, [1, 3], 3),
        ("safeguard", 2, [1, 3], 1),
        ("safeguard", 1, [0, 1], 0),
        ("safeguard", 0, [0, 1], 1),
        ("debt", 2, [2, 1, 0], 1),
        ("debt", 1, [1, 1, 0], 0),
    ],
)
def test_the_table_of_the_rule(direction: Direction, fork: int, sides: list[int], found: int) -> None:
    assert expected(direction, fork, sides) == found


@pytest.mark.parametrize(
    ("head", "sides", "forks", "taken"),
    [
        ("f", "ff", "f", True),
        ("a", "af", "f", True),
        ("a", "fa", "f", True),
        ("f", "af", "f", False),  # one side changed it, and the merge undid that
        ("a", "ab", "f", False),
        ("a", "aa", "f", True),
        ("f", "aa", "f", False),
        ("x", "ff", "f", False),
        ("a", "af", "fa", False),  # two forks that disagree
        ("a", "af", "", False),
    ],
)
def test_what_was_simply_taken(head: str, sides: str, forks: str, taken: bool) -> None:
    assert is_taken(head, list(sides), list(forks)) == taken


def test_a_file_that_one_side_removed_is_taken_only_where_it_is_gone() -> None:
    one = {"a.py": Entry("100644", "1")}
    assert contested(["a.py"], {}, [one, {}], [one]) == frozenset()
    assert contested(["a.py"], one, [one, {}], [one]) == {"a.py"}


def test_what_one_side_renamed_and_the_other_changed_is_looked_at_under_its_new_name() -> None:
    fork, changed = {"a.py": Entry("100644", "1")}, {"a.py": Entry("100644", "2")}
    renamed = {"b.py": Entry("100644", "1")}
    assert contested(["a.py", "b.py"], renamed, [renamed, changed], [fork]) == {"a.py", "b.py"}
    assert contested(["a.py", "b.py"], renamed, [renamed, fork], [fork]) == frozenset()


class History:
    """A repository without a remote, its gate set up at the first commit; `judged` counts files per run."""

    def __init__(self, root: Path, files: Files) -> None:
        self.root = make_repo(root, {**CONFIG, **files})
        gate = open_words(root)
        records.adopt(gate.state.shared, git(root, "rev-parse", "HEAD"), git(root, "rev-parse", "HEAD^{tree}"))
        self.judged: list[tuple[str, tuple[str, ...]]] = []

    def judge(self) -> Verdict:
        git(self.root, "add", "-A")
        sound = words()

        def look(place: str, files: tuple[str, ...], options: object) -> Report:
            self.judged.append((Path(place).name, files))
            report: Report = sound.look(place, files, options)
            return report

        return judging.judge_index(open_words(self.root, tool=words(look=look)), record=True)

    def commit(self, files: Files) -> Verdict:
        here = {path: text for path, text in files.items() if text is not None or (self.root / path).exists()}
        write(self.root, here)
        verdict = self.judge()
        if verdict.status == "passed":
            git(self.root, "commit", "-qm", "gated", "--allow-empty")
        return verdict

    def branch(self, name: str, at: str = "main") -> None:
        git(self.root, "switch", "-qc", name, at)

    def on(self, name: str) -> None:
        git(self.root, "switch", "-q", name)

    def merge(self, *names: str, files: Files | None = None, flags: tuple[str, ...] = ()) -> Verdict:
        git(self.root, "merge", "--no-commit", "--no-ff", "-q", *flags, *names, check=False)
        self.judged.clear()
        return self.commit(files or {})


def new(verdict: Verdict) -> list[str]:
    return sorted(finding.path for finding in verdict.new)


def diverged(root: Path, ours: Files, theirs: Files, start: Files | None = None) -> History:
    """`main` and `topic`, both gated, one commit each over `start`; on `main`."""
    history = History(root, start or {"a.py": FUNCTIONS, "b.py": "y = 1\n"})
    history.branch("topic")
    assert history.commit(theirs).recorded
    history.on("main")
    assert history.commit(ours).recorded
    return history


@pytest.mark.parametrize(
    ("ours", "theirs", "resolution", "found"),
    [
        pytest.param({"b.py": "y = 2\n"}, {"a.py": MENDED}, {}, [], id="their fix arrives"),
        pytest.param({"b.py": "y = 2\n"}, {"a.py": MENDED}, {"a.py": FUNCTIONS}, ["a.py"], id="their fix undone"),
        pytest.param({"a.py": MENDED}, {"b.py": "y = 2\n"}, {"a.py": FUNCTIONS}, ["a.py"], id="our fix undone"),
        pytest.param({"a.py": MENDED}, {"a.py": MENDED}, {"a.py": FUNCTIONS}, ["a.py"], id="the fix of both undone"),
        pytest.param({"b.py": "y = 2\n"}, {"c.py": "z = 1\n"}, {}, [], id="debt that nobody touched"),
        pytest.param(
            {"b.py": "y = 2\n"},
            {"c.py": "z = 1\n"},
            {"a.py": "# moved\n" + FUNCTIONS},
            [],
            id="debt moved by the merge",
        ),
        pytest.param({"b.py": "y = 2\n"}, {"c.py": "z = 1\n"}, {"d.py": "e = BAD\n"}, ["d.py"], id="evil merge"),
        pytest.param(
            {"a.py": FUNCTIONS.replace("3", "4")},
            {"a.py": FUNCTIONS.replace("3", "5")},
            {"a.py": FUNCTIONS.replace("3", "6")},
            [],
            id="conflict resolved, old debt beside it",
        ),
        pytest.param(
            {"a.py": FUNCTIONS.replace("3", "4")},
            {"a.py": FUNCTIONS.replace("3", "5")},
            {"a.py": FUNCTIONS.replace("3", "BAD")},
            ["a.py"],
            id="conflict resolved badly",
        ),
        pytest.param(
            {"a.py": FUNCTIONS.replace("3", "4")},
            {"a.py": MENDED.replace("3", "5")},
            {"a.py": FUNCTIONS.replace("3", "6")},
            ["a.py"],
            id="conflict resolved, their fix beside it lost",
        ),
        pytest.param(
            {"a.py": None, "moved.py": FUNCTIONS},
            {"b.py": "y = 2\n"},
            {},
            [],
            id="a file with debt renamed on our side",
        ),
        pytest.param(
            {"a.py": None, "moved.py": FUNCTIONS},
            {"a.py": MENDED},
            {"a.py": None, "moved.py": FUNCTIONS},
            ["moved.py"],
            id="renamed on our side, fixed on theirs, fix lost",
        ),
    ],
)
def test_two_sides_meet(tmp_path: Path, ours: Files, theirs: Files, resolution: Files, found: list[str]) -> None:
    history = diverged(tmp_path / "r", ours, theirs)
    verdict = history.merge("topic", files=resolution)
    assert new(verdict) == found
    assert verdict.status == ("failed" if found else "passed")


def test_files_that_were_simply_taken_are_not_looked_at(tmp_path: Path) -> None:
    theirs: Files = {f"t{n}.py": "x = 1\n" for n in range(5)}
    history = diverged(tmp_path / "r", {"b.py": "y = 2\n"}, {**theirs, "a.py": MENDED})
    assert history.merge("topic").status == "passed"
    assert history.judged == []


def test_an_ordinary_commit_looks_at_no_third_tree(tmp_path: Path) -> None:
    history = diverged(tmp_path / "r", {"b.py": "y = 2\n"}, {"a.py": MENDED})
    assert history.merge("topic").recorded
    history.judged.clear()
    assert new(history.commit({"b.py": "y = BAD\n"})) == ["b.py"]
    assert history.judged == [("head", ("b.py",))]  # base was a head once, and is cached


def test_a_merge_is_asked_for_its_fork_only_where_its_sides_differ(tmp_path: Path) -> None:
    history = diverged(
        tmp_path / "r", {"a.py": FUNCTIONS.replace("3", "4")}, {"a.py": FUNCTIONS.replace("return 1", "return 9")}
    )
    assert history.merge("topic").status == "passed"
    assert sorted(place for place, _ in history.judged) == ["head"]  # both sides are cached: they were heads once


def test_a_branch_without_records_brings_its_violations_as_new_and_its_fixes(tmp_path: Path) -> None:
    history = History(tmp_path / "r", {"a.py": FUNCTIONS})
    history.branch("topic")
    commit(history.root, {"bad.py": "x = BAD\n", "a.py": MENDED})
    history.on("main")
    assert history.commit({"b.py": "y = 1\n"}).recorded
    verdict = history.merge("topic")
    assert (new(verdict), verdict.fixed) == (["bad.py"], 1)


def test_main_that_stood_still_does_not_get_its_debt_back(tmp_path: Path) -> None:
    history = History(tmp_path / "r", {"a.py": FUNCTIONS})
    history.branch("topic")
    assert history.commit({"a.py": MENDED}).recorded
    history.on("main")
    verdict = history.merge("topic", files={"a.py": FUNCTIONS})
    assert (new(verdict), len(verdict.bases)) == (["a.py"], 1)


def test_main_that_stood_still_at_the_trusted_ref_does_not_either(tmp_path: Path) -> None:
    upstream = make_repo(tmp_path / "up", {**CONFIG, "a.py": FUNCTIONS})
    git(tmp_path, "clone", "-q", os.fspath(upstream), "r")
    root = tmp_path / "r"
    git(root, "switch", "-qc", "topic")
    write(root, {"a.py": MENDED})
    git(root, "add", "-A")
    assert judging.judge_index(open_words(root), record=True).recorded
    git(root, "commit", "-qm", "fix")
    git(root, "switch", "-q", "main")
    git(root, "merge", "--no-ff", "--no-commit", "-q", "topic")
    assert judging.judge_index(open_words(root), record=True).status == "passed"
    write(root, {"a.py": FUNCTIONS})
    git(root, "add", "-A")
    assert new(judging.judge_index(open_words(root), record=True)) == ["a.py"]


def test_a_merge_that_keeps_only_ours_undoes_their_fix(tmp_path: Path) -> None:
    history = diverged(tmp_path / "r", {"b.py": "y = 2\n"}, {"a.py": MENDED})
    assert new(history.merge("topic", flags=("-s", "ours"))) == ["a.py"]


@pytest.mark.parametrize(("resolution", "found"), [({}, []), ({"a.py": FUNCTIONS}, ["a.py"])])
def test_an_octopus(tmp_path: Path, resolution: Files, found: list[str]) -> None:
    history = diverged(tmp_path / "r", {"b.py": "y = 2\n"}, {"a.py": MENDED})
    history.branch("third", "main~1")
    assert history.commit({"c.py": "z = 1\n"}).recorded
    history.on("main")
    verdict = history.merge("topic", "third", files=resolution)
    assert (new(verdict), len(verdict.bases)) == (found, 3)
    assert len(git(history.root, "show", "-s", "--format=%P").split()) == (1 if found else 3)


def test_unrelated_histories_have_nothing_in_common_and_nothing_is_trusted_of_the_other(tmp_path: Path) -> None:
    history = History(tmp_path / "r", {"a.py": FUNCTIONS})
    git(history.root, "switch", "-q", "--orphan", "other")
    commit(history.root, {"theirs.py": "x = BAD\n", "fine.py": "x = 1\n"})
    history.on("main")
    verdict = history.merge("other", flags=("--allow-unrelated-histories",))
    assert new(verdict) == ["theirs.py"]
    assert verdict.bases[0].why == "adopted"


def test_unrelated_histories_that_are_both_recorded_keep_their_debt(tmp_path: Path) -> None:
    history = History(tmp_path / "r", {"a.py": FUNCTIONS})
    git(history.root, "switch", "-q", "--orphan", "other")
    head = commit(history.root, {**CONFIG, "theirs.py": "x = BAD\n"})
    git(history.root, "switch", "-q", "main")
    assert history.commit({"b.py": "y = 1\n"}).recorded
    gate = open_words(history.root)
    records.adopt(gate.state.shared, head, git(history.root, "rev-parse", f"{head}^{{tree}}"))
    verdict = history.merge("other", flags=("--allow-unrelated-histories",))
    assert (verdict.status, verdict.known) == ("passed", 1)


def criss_cross(root: Path) -> History:
    """Both branches merged each other after `topic` fixed what `main` still had."""
    history = diverged(root, {"b.py": "y = 2\n"}, {"a.py": MENDED})
    old = git(history.root, "rev-parse", "main")
    assert history.merge("topic").recorded
    history.on("topic")
    assert history.merge(old).recorded
    assert history.commit({"c.py": "z = 1\n"}).recorded
    history.on("main")
    assert history.commit({"d.py": "z = 1\n"}).recorded
    assert len(git(history.root, "merge-base", "--all", "main", "topic").split()) == 2
    return history


@pytest.mark.parametrize(("resolution", "found"), [({}, []), ({"a.py": FUNCTIONS}, ["a.py"])])
def test_criss_cross(tmp_path: Path, resolution: Files, found: list[str]) -> None:
    history = criss_cross(tmp_path / "r")
    assert new(history.merge("topic", files=resolution)) == found


def test_what_stands_on_a_merge_without_a_record_knows_the_debt_of_both_sides(tmp_path: Path) -> None:
    history = diverged(tmp_path / "r", {"b.py": "y = 2\n"}, {"a.py": MENDED})
    git(history.root, "merge", "-q", "--no-edit", "topic")
    verdict = history.commit({"c.py": "z = BAD\n", "a.py": FUNCTIONS})
    assert new(verdict) == ["a.py", "c.py"]
    write(history.root, {"c.py": "z = 1\n", "a.py": MENDED})
    assert history.judge().status == "passed"


def test_a_squash_merge_and_a_cherry_pick_are_ordinary_commits(tmp_path: Path) -> None:
    history = History(tmp_path / "r", {"a.py": FUNCTIONS})
    history.branch("topic")
    bad = commit(history.root, {"bad.py": "x = BAD\n"})
    history.on("main")
    for args in (("merge", "--squash", "-q", "topic"), ("cherry-pick", "--no-commit", bad)):
        git(history.root, *args)
        verdict = history.judge()
        assert (new(verdict), len(verdict.bases)) == (["bad.py"], 1)
        git(history.root, "reset", "-q", "--hard")


def test_a_merge_that_is_amended_or_reverted(tmp_path: Path) -> None:
    history = diverged(tmp_path / "r", {"b.py": "y = 2\n"}, {"a.py": MENDED})
    assert history.merge("topic").recorded
    write(history.root, {"b.py": "y = BAD\n"})
    assert new(history.judge()) == ["b.py"]
    git(history.root, "reset", "-q", "--hard")
    git(history.root, "revert", "--no-commit", "-m", "1", "HEAD")
    assert new(history.judge()) == ["a.py"]


def test_two_findings_that_read_alike_added_by_both_sides_are_both_known_to_the_count(tmp_path: Path) -> None:
    upstream = make_repo(tmp_path / "up", {**CONFIG, "a.py": "def mid():\n    return 0\n"})
    git(tmp_path, "clone", "-q", os.fspath(upstream), "r")
    root = tmp_path / "r"
    block = "def f():\n    return BAD\n"
    commit(upstream, {"a.py": block + "\n\ndef mid():\n    return 0\n"})
    gate = open_words(root)
    head = commit(root, {"a.py": "def mid():\n    return 0\n\n\n" + block})
    records.adopt(gate.state.shared, head, git(root, "rev-parse", "HEAD^{tree}"))
    git(root, "fetch", "-q")
    git(root, "merge", "--no-commit", "-q", "origin/main")
    verdict = judging.judge_index(open_words(root), record=True)
    assert (verdict.status, verdict.known, verdict.undecided) == ("passed", 2, ())


@pytest.fixture
def shared(tmp_path: Path) -> tuple[Path, Path]:
    """A clone with a topic branch on which debt was fixed, and upstream, which meanwhile got other debt."""
    upstream = make_repo(tmp_path / "up", {**CONFIG, "a.py": FUNCTIONS})
    git(tmp_path, "clone", "-q", os.fspath(upstream), "r")
    root = tmp_path / "r"
    git(root, "switch", "-qc", "topic")
    write(root, {"a.py": MENDED})
    git(root, "add", "-A")
    assert judging.judge_index(open_words(root), record=True).recorded
    git(root, "commit", "-qm", "fix")
    commit(upstream, {"late.py": "x = BAD\n"})
    git(root, "fetch", "-q")
    return root, upstream


def test_debt_that_arrives_from_the_trusted_ref_is_known_and_fixes_stay(shared: tuple[Path, Path]) -> None:
    root, _ = shared
    git(root, "merge", "--no-commit", "-q", "origin/main")
    verdict = judging.judge_index(open_words(root), record=True)
    assert (verdict.status, verdict.recorded) == ("passed", True)
    assert [base.why for base in verdict.bases] == ["last record", "merge base with origin/HEAD"]
    write(root, {"a.py": FUNCTIONS})
    git(root, "add", "-A")
    assert new(judging.judge_index(open_words(root), record=True)) == ["a.py"]


@pytest.mark.parametrize(("more", "found"), [({}, []), ({"bad.py": "x = BAD\n"}, ["bad.py"])])
def test_a_push_of_a_span_with_a_merge(shared: tuple[Path, Path], more: Files, found: list[str]) -> None:
    root, _ = shared
    git(root, "merge", "-q", "--no-edit", "origin/main")
    commit(root, dict(more))
    verdict = judging.judge_push(open_words(root), git(root, "rev-parse", "HEAD"))
    assert new(verdict) == found


def test_a_push_after_criss_cross_with_the_trusted_branch_knows_both_merge_bases(tmp_path: Path) -> None:
    upstream = make_repo(tmp_path / "up", {**CONFIG, "a.py": "x = 1\n"})
    start = git(upstream, "rev-parse", "HEAD")
    git(upstream, "switch", "-qc", "topic")
    topic = commit(upstream, {"topic.py": "x = BAD\n"})
    git(upstream, "switch", "-q", "main")
    main = commit(upstream, {"main.py": "x = BAD\n"})
    git(upstream, "merge", "-q", "--no-edit", topic)
    git(tmp_path, "clone", "-q", os.fspath(upstream), "r")
    root = tmp_path / "r"
    git(root, "switch", "-qc", "mine", start)
    git(root, "merge", "-q", "--no-ff", "--no-edit", topic, main)
    assert len(git(root, "merge-base", "--all", "HEAD", "origin/main").split()) == 2
    assert judging.judge_push(open_words(root), git(root, "rev-parse", "HEAD")).status == "passed"
