from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from qualitygate.commands.install import install
from qualitygate.commands.loop import loop
from qualitygate.errors import QualityGateError
from qualitygate.model import Verdict
from tests.support import commit, git, make_repo

SETTINGS = {"qualitygate.toml": "schema = 1\n[checks.markers]\n", ".gitignore": "log\n"}
BAD = "<<<<<<< ours\n=======\n>>>>>>> theirs\n"

# An agent without a model: it notes what it is given, and writes what the script says for this round.
AGENT = """
import pathlib, sys
log = pathlib.Path("log")
log.mkdir(exist_ok=True)
turn = len(list(log.iterdir()))
given = sys.stdin.read() if len(sys.argv) < 3 else sys.argv[2]
(log / str(turn)).write_text(given)
for line in pathlib.Path(sys.argv[1]).read_text().split("\\n--\\n")[turn:turn + 1]:
    exec(line)
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = make_repo(tmp_path / "r", SETTINGS)
    install(root, trust_it=False, ask=None)
    (tmp_path / "agent.py").write_text(AGENT)
    return root


def agent(root: Path, *turns: str) -> list[str]:
    script = root.parent / "script"
    script.write_text("\n--\n".join(turns))
    return [sys.executable, str(root.parent / "agent.py"), str(script)]


def writes(text: str, name: str = "a.txt") -> str:
    return f"pathlib.Path({name!r}).write_text({text!r})"


def told(verdict: Verdict) -> str:
    return f"told {len(verdict.new)}"


def given(root: Path) -> list[str]:
    return [(root / "log" / str(n)).read_text() for n in range(len(list((root / "log").iterdir())))]


def test_it_goes_on_until_the_gate_passes(root: Path) -> None:
    looped = loop(root, agent(root, writes(BAD), writes(BAD * 2), writes("good")), report=told)
    assert (looped.ending, looped.code, len(looped.rounds)) == ("passed", 0, 3)
    assert given(root) == ["", "told 3", "told 6"]


def test_one_that_is_right_at_once_runs_once(root: Path) -> None:
    assert len(loop(root, agent(root, writes("good"), "raise SystemExit(9)"), report=told).rounds) == 1


def test_the_report_takes_the_place_of_the_placeholder(root: Path) -> None:
    command = [*agent(root, writes(BAD), writes("good")), "do it; {report}"]
    assert loop(root, command, report=told).ending == "passed"
    assert given(root) == ["do it; ", "do it; told 3"]


def test_what_is_piped_in_comes_before_the_report(root: Path) -> None:
    loop(root, agent(root, writes(BAD), writes("good")), report=told, prompt=b"do it")
    assert given(root) == ["do it", "do it\ntold 3"]


def test_it_stops_where_the_agent_changes_nothing(root: Path) -> None:
    looped = loop(root, agent(root, writes(BAD), "pass", writes("good")), report=told)
    assert (looped.ending, looped.code, len(looped.rounds)) == ("no change", 1, 2)


def test_it_stops_where_the_agent_goes_back_and_forth(root: Path) -> None:
    turns = [writes(BAD), writes(BAD * 2), writes(BAD), writes("good")]
    looped = loop(root, agent(root, *turns), report=told)
    assert (looped.ending, looped.code, len(looped.rounds)) == ("back and forth", 1, 3)


def test_taking_everything_back_is_an_honest_step(root: Path) -> None:
    looped = loop(root, agent(root, writes(BAD), "pathlib.Path('a.txt').unlink()"), report=told)
    assert looped.ending == "passed"


def test_it_runs_no_more_than_it_may(root: Path) -> None:
    looped = loop(root, agent(root, *(writes(BAD * n) for n in range(1, 9))), report=told, most=3)
    assert (looped.ending, looped.code, len(looped.rounds)) == ("rounds", 1, 3)


def test_a_gate_that_cannot_decide_ends_it_with_2(root: Path) -> None:
    commit(root, {"qualitygate.toml": SETTINGS["qualitygate.toml"] + '[checks.ruff]\nversion = "0.0.1"\n'})
    looped = loop(root, agent(root, *(writes(f"x = {n}\n", "a.py") for n in range(3))), report=told)
    assert (looped.ending, looped.code, len(looped.rounds)) == ("undecided", 2, 2)


def test_a_commit_past_the_hooks_does_not_end_it(root: Path) -> None:
    past = "import subprocess; subprocess.run(['git', '-c', 'core.hooksPath=/dev/null', 'commit', '-qam', 'past'])"
    turns = [writes(BAD) + "; import subprocess; subprocess.run(['git', 'add', '-A'])", past, writes("good")]
    looped = loop(root, agent(root, *turns), report=told)
    assert (looped.ending, [one.verdict.status for one in looped.rounds]) == ("passed", ["failed", "failed", "passed"])


def test_a_command_that_is_not_there(root: Path) -> None:
    with pytest.raises(QualityGateError, match="cannot start `no-such-agent`"):
        loop(root, ["no-such-agent"], report=told)


def test_as_a_command(root: Path) -> None:
    def run(*args: str) -> subprocess.CompletedProcess[str]:
        argv = [sys.executable, "-m", "qualitygate", "loop", *args]
        return subprocess.run(argv, cwd=root, capture_output=True, text=True, check=False, input="do it")

    done = run("--max", "2", "--", *agent(root, writes(BAD), f"{writes('good')}; raise SystemExit(4)"))
    assert done.returncode == 0, done
    assert "round 1: failed, 3 new findings" in done.stderr
    assert "2 rounds: it passed; the command ended with 4" in done.stderr
    assert "passed: no new findings in the work tree" in done.stdout
    first, second = given(root)
    assert first == "do it" and second.startswith("do it\nqualitygate: failed, 3 new findings\n")
    assert "then finish" in second and git(root, "status", "--porcelain") == "?? a.txt"
    document = json.loads(run("--json", "--", *agent(root, "pass", "pass", "pass")).stdout)
    assert (document["ending"], document["rounds"][0]["verdict"], document["last"]["new"]) == ("passed", "passed", [])
    assert run("--", "no-such-agent").returncode == 2
    assert run().returncode == 2
