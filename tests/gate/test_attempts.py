from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualitygate import git as our_git
from qualitygate.commands.audit import audit
from qualitygate.commands.install import install
from qualitygate.gate import attempts
from qualitygate.gate.attempts import GIVE_UP, Tries
from qualitygate.gate.state import State
from qualitygate.model import Entry, Finding, Tree, Verdict
from qualitygate.reporters import retries
from qualitygate.reporters.agent import BYTE_LIMIT, render, tokens
from tests.support import git, make_repo, write

RULE = "ruff:E722"


class Bench:
    """A repository whose blobs can be judged without a tool."""

    def __init__(self, root: Path) -> None:
        self.root = make_repo(root, {"x": "x"})
        self.repo = our_git.find_repo(root)
        self.state = State(root / ".git/qualitygate", root.parent / "here")

    def verdict(self, number: int = 1, **files: str) -> Verdict:
        entries = {}
        for name, text in files.items():
            write(self.root, {name: text})
            entries[name] = Entry("100644", git(self.root, "hash-object", "-w", name))
        findings = tuple(
            Finding("ruff", RULE, name, 1 + n, 1, 1 + n, 2, "bare") for name in files for n in range(number)
        )
        tree = str(sorted((name, entry.blob) for name, entry in entries.items()))
        return Verdict("failed", Tree(tree, entries, "the index"), (), new=findings)

    def note(self, number: int = 1, **files: str) -> Tries:
        return attempts.note(self.state, self.repo, self.verdict(number, **files))


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path / "r")


def test_the_third_attempt_at_the_same_finding_is_noticed_with_what_was_tried(bench: Bench) -> None:
    assert bench.note(a="except:\n") == Tries(1)
    assert bench.note(a="except :\n") == Tries(2)
    tries = bench.note(a="except  :\n")
    assert tries.stuck == (attempts.Stuck(RULE, "a", 3, ("except:", "except :", "except  :")),)
    said = retries.render(tries, lambda rule: f"{rule}: the text\n\ndo: name it\n")
    assert said == (
        'third attempt at "ruff:E722" in "a"',
        'tried, and refused: "except:"',
        'tried, and refused: "except :"',
        'tried, and refused: "except  :"',
        "the rule in full:",
        "    ruff:E722: the text",
        "    do: name it",
    )


def test_the_same_tree_again_is_no_attempt(bench: Bench) -> None:
    assert [bench.note(a="1").number for _ in range(5)] == [1] * 5


def test_whoever_mends_one_after_the_other_is_not_stuck(bench: Bench) -> None:
    found = [bench.note(number=6 - n, a=f"{n}\n" * 9) for n in range(6)]
    assert [tries.stuck for tries in found] == [()] * 6


def test_work_on_other_files_is_no_attempt_at_this_one(bench: Bench) -> None:
    for n in range(6):
        tries = bench.note(a="same", **{f"b{n}": str(n)})
        assert tries.stuck == ()


def test_a_file_that_goes_back_and_forth_is_noticed(bench: Bench) -> None:
    assert bench.note(a="one").back == ()
    assert bench.note(a="two").back == ()
    tries = bench.note(a="one")
    assert (tries.back, tries.returned) == ((("a", 2),), 1)
    assert retries.render(tries, lambda rule: "")[0].startswith('"a" is as it was 2 attempts ago')
    assert not tries.hopeless
    bench.note(a="two")
    assert bench.note(a="one").hopeless


def test_whoever_does_not_get_on_is_told_to_stop_and_the_gate_stays_closed(bench: Bench) -> None:
    for n in range(GIVE_UP):
        tries = bench.note(a=f"except {n}\n")
        assert tries.hopeless == (n == GIVE_UP - 1)
    said = retries.render(tries, lambda rule: pytest.fail("the text was told five times"))
    assert said[0] == 'eighth attempt at "ruff:E722" in "a"'
    assert said[-1].startswith("stop trying: 8 attempts did not mend this. The gate stays closed.")
    assert "a person decides" in said[-1]


def test_what_passes_closes_the_log_and_writes_nothing_where_nothing_was_open(bench: Bench) -> None:
    place = attempts._place(bench.state)
    attempts.passed(bench.state, bench.verdict(a="good"))
    assert not place.exists()
    bench.note(a="bad")
    bench.note(a="worse")
    attempts.passed(bench.state, bench.verdict(a="good"))
    written = place.stat().st_mtime_ns
    attempts.passed(bench.state, bench.verdict(a="good"))
    assert place.stat().st_mtime_ns == written
    assert [done.attempts for done in attempts.finished(bench.state.shared).values()] == [2]
    assert bench.note(a="bad").number == 1


def test_each_work_tree_has_its_own(bench: Bench) -> None:
    bench.note(a="bad")
    bench.state = bench.state._replace(worktree=bench.state.worktree.with_name("there"))
    assert bench.note(a="worse").number == 1


def test_attempts_to_switch_a_rule_off_are_counted(bench: Bench) -> None:
    for n in range(3):
        verdict = bench.verdict(a=f"x{n}")
        verdict = verdict._replace(new=(verdict.new[0]._replace(rule="suppressions:blanket"),))
        tries = attempts.note(bench.state, bench.repo, verdict)
    assert tries.suppressed == 3
    assert "3 attempts switched a rule off, which is refused like what it hides" in retries.render(tries, lambda _: "")


def test_the_log_stays_small(bench: Bench) -> None:
    for n in range(60):
        attempts.note(bench.state, bench.repo, bench.verdict(number=50, **{f"f{m}": f"{n}" * 500 for m in range(3)}))
    document = json.loads(attempts._place(bench.state).read_text())
    assert len(document["rows"]) == 30
    assert attempts._place(bench.state).stat().st_size < 60_000


@given(
    st.text(max_size=60) | st.sampled_from(['{"rows": 1, "done": []}', '{"rows": [{"found": 3}], "done": [1]}', "[]"])
)
def test_a_torn_log_is_an_empty_one(text: str) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "log.json"
        place.write_text(text, encoding="utf-8", errors="surrogatepass")
        assert attempts._read(place)["rows"] == [] or json.loads(text)["rows"]


def test_a_log_that_cannot_be_written_stands_in_nobodys_way(bench: Bench) -> None:
    bench.state.shared.mkdir(parents=True)
    (bench.state.shared / "attempts").write_text("a file")
    assert bench.note(a="bad").number == 1
    attempts.passed(bench.state, bench.verdict(a="good"))


def test_what_is_told_besides_stays_within_the_limits_of_a_report(bench: Bench) -> None:
    for n in range(4):
        verdict = bench.verdict(number=40, **{f"{'long' * 20}{m}.py": f"x{n}\n" * 50 for m in range(8)})
        tries = attempts.note(bench.state, bench.repo, verdict)
    more = retries.render(tries, lambda rule: "word " * 4000 + "\nline of text" * 400)
    said = render(verdict, log="/x", more=more)
    assert "fourth attempt at" in said and "next: " in said
    assert tokens(said) <= 2000 and len(said.encode()) <= BYTE_LIMIT + 10


SETTINGS = {"qualitygate.toml": "schema = 1\n[checks.ruff]\n", "ruff.toml": '[lint]\nselect = ["E722"]\n'}


def try_commit(root: Path, text: str) -> str:
    write(root, {"a.py": f"try:\n    print()\n{text}\n    pass\n"})
    git(root, "add", "-A")
    import subprocess

    done = subprocess.run(["git", "commit", "-qm", "try"], cwd=root, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_an_agent_whose_third_commit_has_the_same_finding_reads_the_rule_in_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make_repo(tmp_path / "r", SETTINGS)
    install(root, trust_it=False, ask=None)
    log = root / ".git/qualitygate/attempts"
    assert "attempt" not in try_commit(root, "except:")
    assert not log.exists(), "a person's attempts are nobody's business"
    monkeypatch.setenv("CLAUDECODE", "1")
    for text in ("except:  #", "except:  # x"):
        assert "attempt at" not in try_commit(root, text)
    said = try_commit(root, "except:  # y")
    assert 'third attempt at "ruff:E722" in "a.py"' in said
    assert "the rule in full:" in said and "bare" in said.lower() and "    right:" in said
    assert "no-verify" not in said and "noqa" not in said
    assert try_commit(root, "except ValueError:") == ""
    assert json.loads(next(log.iterdir()).read_text())["rows"] == []
    (row,) = audit(root).attempts
    assert (row[1], row[2].attempts) == ("try", 3)
