from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.footprint import footprint, gate, program, start
from tests.support import git, make_repo, write

GOOD = "import os\n\nprint(os.name)\n"
BAD = "import sys\n"
GATE = {
    "qualitygate.toml": "schema = 1\n[checks.ruff]\n[checks.markers]\n",
    "ruff.toml": '[lint]\nselect = ["F"]\n',
    ".gitignore": ".venv/\n",
}
REAL = Path(sys.executable).parent / "ruff"

# Writes down who it is and who called it, waits while there is a file `slow`, then does its work.
NAMED = 'echo $$ $PPID > "{tmp}/started.new"; mv "{tmp}/started.new" "{tmp}/started"\n'
SLOW = NAMED + 'while [ -e "{tmp}/slow" ]; do sleep 0.02; done\nexec "{real}" "$@"\n'


def with_ruff(root: Path, script: str, files: dict[str, str] | None = None, setup: bool = True) -> Path:
    """A repository whose trusted environment holds this instead of ruff."""
    make_repo(root, {**GATE, "a.py": GOOD, **(files or {})})
    site = root / f".venv/lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"
    (site / "ruff-0.17.6.dist-info").mkdir(parents=True)
    (site / "ruff-0.17.6.dist-info/METADATA").write_text("Name: ruff\n")
    write(root, {".venv/pyvenv.cfg": "home = /usr/bin\nversion = 3.11.0\n"})
    script = script.replace("{tmp}", os.fspath(root.parent)).replace("{real}", os.fspath(REAL))
    write(root, {".venv/bin/ruff": f"#!/bin/sh\n{script}"})
    (root / ".venv/bin/ruff").chmod(0o755)
    (root / ".venv/bin/python").symlink_to(sys.executable)
    if setup:
        assert gate(root, "install", "--trust").code == 0
    return root


def wait_for(what: Callable[[], object], process: subprocess.Popen[bytes] | None = None) -> None:
    end = time.monotonic() + 60
    while not what():
        assert time.monotonic() < end, "it never happened"
        assert process is None or process.poll() is None, "it ended before"
        time.sleep(0.002)


def is_alive(pid: int) -> bool:
    """Whether it goes on: what was killed may still be on its way out, on a busy machine for a while."""
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return False
    try:
        return not select.select([process], [], [], 4)[0]
    finally:
        os.close(process)


def let_go(root: Path) -> None:
    (root.parent / "slow").unlink(missing_ok=True)


def started(root: Path) -> tuple[int, int]:
    tool, caller = (root.parent / "started").read_text().split()
    return int(tool), int(caller)


ENGINES = {
    "garbage": "echo garbage\n",
    "nothing, exit 0": "exit 0\n",
    "nothing, exit 1": "exit 1\n",
    "an empty list and no log": "echo '[]'\n",
    "an empty list, exit 1": "echo '[]'; exit 1\n",
    "half of an answer": '"{real}" "$@" 2>&2 | head -c 40\n',
    "an unknown exit code": '"{real}" "$@"; exit 7\n',
    "killed": "kill -9 $$\n",
    "out of memory": "exit 137\n",
    "bytes": "head -c 3000 /dev/urandom; head -c 3000 /dev/urandom >&2\n",
    "control characters": "printf '\\033[2J\\033]0;x\\007\\000' ; printf '\\033[31mPASSED\\033[0m\\n' >&2; exit 2\n",
    "another file": '"{real}" "$@" | sed "s#/a\\.py#/b.py#"\n',
    "a file outside": '"{real}" "$@" | sed \'s#"filename": "[^"]*"#"filename": "/etc/passwd"#\'\n',
    "the wrong shape": 'echo \'[{"code": 1}]\'; "{real}" "$@" > /dev/null; exit 1\n',
    "no program": "exec /nowhere/ruff\n",
    "200 megabytes": '"{real}" "$@" >/dev/null; head -c 200000000 /dev/zero; exit 1\n',
    "200 megabytes of log": '"{real}" "$@"; head -c 200000000 /dev/zero >&2; exit 1\n',
}


@pytest.mark.parametrize("engine", ENGINES)
def test_an_engine_whose_answer_proves_nothing_decides_nothing(tmp_path: Path, engine: str) -> None:
    root = with_ruff(tmp_path / "r", ENGINES[engine])
    write(root, {"a.py": GOOD + BAD})
    before = footprint(root)
    answer = gate(root, "run")
    assert (answer.code, footprint(root)) == (2, before), answer
    assert "ruff ........ undecided" in answer.out and "\x1b" not in answer.out + answer.err
    git(root, "add", "-A")
    git(root, "commit", "-qm", "x", check=False)
    assert git(root, "log", "--format=%s") == "start"
    assert not (root / ".git/qualitygate/records").exists()


@pytest.mark.parametrize(
    "script", ["exec sleep 600\n", "trap '' TERM\nsleep 600\nsleep 600\n"], ids=["hangs", "hangs on"]
)
def test_an_engine_that_hangs_is_killed_at_the_time_limit(tmp_path: Path, script: str) -> None:
    config = {"qualitygate.toml": "schema = 1\n[gate]\ntime_limit = 1\n[checks.ruff]\n"}
    root = with_ruff(tmp_path / "r", NAMED + script, config)
    write(root, {"a.py": GOOD + BAD})
    answer = gate(root, "run")
    assert answer.code == 2 and "time limit" in answer.out
    assert not is_alive(started(root)[0])


def test_an_engine_that_leaves_a_child_with_its_output_open_still_decides(tmp_path: Path) -> None:
    root = with_ruff(tmp_path / "r", 'sleep 8 &\nexec "{real}" "$@"\n')
    write(root, {"a.py": GOOD + BAD})
    assert gate(root, "run").code == 1
    write(root, {"a.py": GOOD + "x = 1\n"})
    assert gate(root, "run").code == 0


def test_an_engine_leaves_no_child_behind(tmp_path: Path) -> None:
    root = with_ruff(tmp_path / "r", 'sleep 8 &\necho $! $PPID > "{tmp}/started"\nexec "{real}" "$@"\n')
    write(root, {"a.py": GOOD + BAD})
    assert gate(root, "run").code == 1
    assert not is_alive(started(root)[0])


STAGES = {
    "the index is copied": "cache/qualitygate/*/*/index-*",
    "the lock is held": "cache/qualitygate/*/*/lock",
    "the tree is being laid out": "cache/qualitygate/*/*/head/.git/config",
    "the tree is laid out": "cache/qualitygate/*/*/head.manifest",
}


@pytest.mark.parametrize("stage", STAGES)
def test_a_kill_at_any_stage_leaves_everything_as_it_was(tmp_path: Path, own_home: Path, stage: str) -> None:
    many = {f"pkg/m{n}.py": GOOD for n in range(300)}
    root = with_ruff(tmp_path / "r", SLOW, many)
    write(root, {"a.py": GOOD + BAD, "staged.py": GOOD, "untracked.txt": "precious"})
    git(root, "add", "staged.py")
    write(root, {"staged.py": GOOD + "# unstaged\n"})
    before = footprint(root)
    write(tmp_path, {"slow": ""})
    process = start(root, "run")
    wait_for(lambda: list(own_home.glob(STAGES[stage])) or (tmp_path / "started").exists(), process)
    process.kill()
    process.communicate()
    let_go(root)
    assert footprint(root) == before
    answer = program(root, "run")
    assert (answer.code, footprint(root)) == (1, before) and "a.py:4:8: ruff:F401" in answer.out, answer


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_while_an_engine_runs(tmp_path: Path, number: signal.Signals) -> None:
    root = with_ruff(tmp_path / "r", SLOW)
    write(root, {"a.py": GOOD + BAD})
    before = footprint(root)
    write(tmp_path, {"slow": ""})
    process = start(root, "run")
    wait_for((tmp_path / "started").exists, process)
    process.send_signal(number)
    out, err = process.communicate()
    let_go(root)
    assert process.returncode not in (0, 1) and b"passed" not in out and b"Traceback" not in err
    if number == signal.SIGINT:
        assert process.returncode == 130
    assert footprint(root) == before
    assert program(root, "run").code == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_interrupted_gate_takes_its_engines_along(tmp_path: Path, number: signal.Signals) -> None:
    root = with_ruff(tmp_path / "r", NAMED + "exec sleep 20\n")
    write(root, {"a.py": GOOD + BAD})
    process = start(root, "run")
    wait_for((tmp_path / "started").exists, process)
    process.send_signal(number)
    process.communicate()
    engine = started(root)[0]
    left = is_alive(engine)
    if left:
        os.kill(engine, signal.SIGKILL)
    assert not left


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_commit_whose_hook_is_killed_does_not_happen(tmp_path: Path, number: signal.Signals) -> None:
    root = with_ruff(tmp_path / "r", SLOW)
    write(root, {"a.py": GOOD + "x = 1\n", "b.py": GOOD})
    git(root, "add", "-A")
    write(root, {"b.py": GOOD + "# unstaged\n"})
    before = footprint(root)
    write(tmp_path, {"slow": ""})
    commit = subprocess.Popen(["git", "commit", "-qm", "x"], cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    wait_for((tmp_path / "started").exists, commit)
    os.kill(started(root)[1], number)
    commit.communicate()
    let_go(root)
    assert commit.returncode != 0 and footprint(root) == before
    git(root, "commit", "-qm", "x")
    assert git(root, "log", "-1", "--format=%s") == "x" and (root / "b.py").read_text().endswith("# unstaged\n")


@pytest.mark.parametrize(
    "number", [signal.SIGKILL, *(pytest.param(n, marks=pytest.mark.slow) for n in (signal.SIGTERM, signal.SIGINT))]
)
def test_a_bootstrap_that_is_killed_while_it_proves_has_written_nothing(tmp_path: Path, number: signal.Signals) -> None:
    root = with_ruff(tmp_path / "r", SLOW, setup=False)
    git(root, "rm", "-q", "qualitygate.toml")
    git(root, "commit", "-qm", "no gate")
    before = footprint(root)
    write(tmp_path, {"slow": ""})
    process = start(root, "bootstrap", "--trust")
    wait_for((tmp_path / "started").exists, process)
    process.send_signal(number)
    process.communicate()
    let_go(root)
    assert footprint(root) == before
    answer = program(root, "bootstrap", "--trust")
    assert answer.code == 0 and (root / "qualitygate.toml").is_file(), answer


def test_an_edit_of_the_work_tree_while_the_gate_runs_is_kept(tmp_path: Path) -> None:
    root = with_ruff(tmp_path / "r", SLOW)
    write(root, {"a.py": GOOD + BAD})
    write(tmp_path, {"slow": ""})
    process = start(root, "run")
    wait_for((tmp_path / "started").exists, process)
    write(root, {"a.py": GOOD + "later = 1\n", "new.py": BAD})
    let_go(root)
    out, _ = process.communicate()
    assert process.returncode == 1 and b"a.py:4:8: ruff:F401" in out and b"new.py" not in out
    assert (root / "a.py").read_text() == GOOD + "later = 1\n" and (root / "new.py").read_text() == BAD


def test_an_index_that_moves_while_the_gate_runs_is_stale(tmp_path: Path) -> None:
    root = with_ruff(tmp_path / "r", SLOW)
    write(root, {"a.py": GOOD + "x = 1\n"})
    git(root, "add", "-A")
    write(tmp_path, {"slow": ""})
    process = start(root, "run", "--staged")
    wait_for((tmp_path / "started").exists, process)
    write(root, {"late.py": BAD})
    git(root, "add", "late.py")
    let_go(root)
    out, _ = process.communicate()
    assert process.returncode == 2 and b"the index changed while the gate ran" in out


@pytest.mark.slow
def test_twenty_edits_of_the_same_size_within_a_moment_are_all_seen_by_mypy(tmp_path: Path) -> None:
    settings = 'schema = 1\n[checks.mypy]\npaths = ["a.py"]\n'
    root = make_repo(tmp_path / "r", {"qualitygate.toml": settings, "mypy.ini": "[mypy]\n", "a.py": "x: int = 1\n"})
    said = []
    for number in range(20):
        write(root, {"a.py": f"x: {('str', 'int')[number % 2]} = {number + 10}\n"})
        said.append(gate(root, "run").code)
    assert said == [1, 0] * 10


def test_two_gates_in_one_work_tree_both_answer(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {**GATE, "a.py": GOOD})
    write(root, {"a.py": GOOD + BAD})
    before = footprint(root)
    both = [start(root, "run"), start(root, "run")]
    for process in both:
        out, err = process.communicate()
        assert process.returncode == 1 and b"a.py:4:8: ruff:F401" in out, err
    assert footprint(root) == before


def test_eight_worktrees_commit_at_once(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {**GATE, "a.py": GOOD})
    assert gate(root, "install").code == 0
    commits = []
    for n in range(8):
        git(root, "worktree", "add", "-q", "-b", f"b{n}", f"../w{n}")
        write(tmp_path / f"w{n}", {"a.py": GOOD + (BAD if n % 2 else f"x = {n}\n")})
    for n in range(8):
        commits.append(subprocess.Popen(["git", "commit", "-qam", "x"], cwd=tmp_path / f"w{n}", stderr=subprocess.PIPE))
    said = [(commit.communicate()[1], commit.returncode) for commit in commits]
    assert [code for _, code in said] == [0, 1] * 4, said
    assert [git(root, "log", "-1", "--format=%s", f"b{n}") for n in range(8)] == ["x", "start"] * 4
    assert len(list((root / ".git/qualitygate/records").glob("*/*.json"))) == 4
    git(root, "fsck", "--strict")


TORN = {
    "empty": b"", "half": b'{"schema": 1, "ch', "null": b"null", "a list": b"[]", "nothing in it": b"{}",
    "zeros": b"\0" * 64, "deep": b"[" * 100_000,
}  # fmt: skip


def state_files(root: Path, home: Path, pattern: str) -> list[Path]:
    tops = (root / ".git/qualitygate", home / "cache/qualitygate")
    return [path for top in tops for path in top.rglob("*") if path.match(pattern)]


STATE = [
    *("records/*/*.json", "cache/*/*.json", "cache/files/*/*.json", "policy/*.json"),
    *("head.manifest", "base.manifest"),
]


@pytest.mark.parametrize(
    "torn", [pytest.param(name, marks=() if name in ("empty", "nothing in it") else pytest.mark.slow) for name in TORN]
)
@pytest.mark.parametrize(
    "pattern", ["records/*/*.json", "cache/*/*.json", "policy/*.json", "head.manifest", "base.manifest"]
)
def test_a_torn_state_file_counts_as_none(tmp_path: Path, own_home: Path, pattern: str, torn: str) -> None:
    root = make_repo(tmp_path / "r", {**GATE, "a.py": GOOD})
    assert gate(root, "install").code == 0
    write(root, {"a.py": GOOD + "x = 1\n"})
    git(root, "commit", "-qam", "recorded")
    write(root, {"a.py": GOOD + BAD})
    assert gate(root, "run").code == 1
    files = state_files(root, own_home, pattern)
    assert files
    for path in files:
        path.write_bytes(TORN[torn])
    for argv in (("run",), ("run", "--staged"), ("run", "--commit", "HEAD")):
        answer = gate(root, *argv)
        assert answer.code == (1 if argv == ("run",) else 0), answer
    git(root, "commit", "-qam", "x", check=False)
    assert git(root, "log", "-1", "--format=%s") == "recorded"
    write(root, {"a.py": GOOD + "y = 1\n"})
    git(root, "commit", "-qam", "good")


@pytest.mark.parametrize("text", [b'{"checks": 1}', b'{"checks": [], "gate": []}', b'{"checks": [{}], "gate": {}}'])
def test_a_compiled_policy_of_another_shape_counts_as_none(tmp_path: Path, own_home: Path, text: bytes) -> None:
    root = make_repo(tmp_path / "r", {**GATE, "a.py": GOOD})
    write(root, {"a.py": GOOD + BAD})
    assert gate(root, "run").code == 1
    for path in state_files(root, own_home, "policy/*.json"):
        path.write_bytes(text)
    assert gate(root, "run").code == 1


@pytest.mark.parametrize("torn", ["empty", "half", "nothing in it"])
def test_a_torn_adoption_launders_nothing(tmp_path: Path, torn: str) -> None:
    root = make_repo(tmp_path / "r", {**GATE, "a.py": GOOD})
    assert gate(root, "install").code == 0
    write(root, {"a.py": GOOD + BAD})
    git(root, "-c", "core.hooksPath=/dev/null", "commit", "-qam", "unseen")
    write(root, {"b.py": GOOD})
    assert gate(root, "run").code == 1
    (root / ".git/qualitygate/adopted.json").write_bytes(TORN[torn])
    assert gate(root, "run").code != 0


def test_state_that_is_gone_is_made_anew(tmp_path: Path, own_home: Path) -> None:
    import shutil

    root = make_repo(tmp_path / "r", {**GATE, "a.py": GOOD})
    write(root, {"a.py": GOOD + BAD})
    assert gate(root, "run").code == 1
    shutil.rmtree(own_home / "cache")
    shutil.rmtree(root / ".git/qualitygate")
    assert gate(root, "run").code == 1


def test_a_snapshot_that_a_cleaner_thinned_out_is_mended(tmp_path: Path, own_home: Path) -> None:
    root = make_repo(tmp_path / "r", {**GATE, "a.py": GOOD, "b.py": BAD})
    assert gate(root, "run", "--all-files").code == 0
    for path in own_home.glob("cache/qualitygate/*/*/*/b.py"):
        path.unlink()
    for path in root.glob(".git/qualitygate/cache/*/*.json"):
        path.unlink()
    assert gate(root, "run", "--all-files").code == 0


def test_something_in_the_way_of_a_snapshot_is_cleared(tmp_path: Path, own_home: Path) -> None:
    root = make_repo(tmp_path / "r", {**GATE, "a.py": GOOD, "d/x.py": GOOD})
    write(root, {"a.py": GOOD + BAD})
    assert gate(root, "run").code == 1
    for folder in own_home.glob("cache/qualitygate/*/*/head/d"):
        (folder / "left by a tool").mkdir()
    write(root, {"d/x.py": None})
    (root / "d").rmdir()
    (root / "d").symlink_to("a.py")
    assert gate(root, "run").code == 1


def test_a_lock_of_git_stays_and_does_not_stop_the_gate(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {**GATE, "a.py": GOOD})
    write(root, {"a.py": GOOD + BAD, ".git/index.lock": "somebody's"})
    before = footprint(root)
    for argv, code in ((("run",), 1), (("run", "--staged"), 0), (("inspect",), 0)):
        assert (gate(root, *argv).code, footprint(root)) == (code, before)


def test_leftovers_of_a_killed_gate_with_the_same_process_id_are_in_nobodys_way(tmp_path: Path, own_home: Path) -> None:
    root = make_repo(tmp_path / "r", {**GATE, "a.py": GOOD})
    write(root, {"a.py": GOOD + BAD})
    assert gate(root, "run").code == 1
    for place in own_home.glob("cache/qualitygate/*/*/"):
        for name in (f"index-{os.getpid()}", f"index-{os.getpid()}.lock"):
            (place / name).write_bytes(b"half an index")
    assert gate(root, "run").code == 1
    assert gate(root, "run", "--staged").code == 0


def test_a_damaged_index_is_an_error_and_stays(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {**GATE, "a.py": GOOD})
    (root / ".git/index").write_bytes(b"DIRC half")
    for argv in (("run",), ("run", "--staged"), ("inspect",)):
        answer = gate(root, *argv)
        assert answer.code == 2 and answer.err.startswith("error: "), answer
    assert (root / ".git/index").read_bytes() == b"DIRC half"


def test_a_missing_object_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    root = make_repo(tmp_path / "r", {**GATE, "a.py": GOOD})
    oid = git(root, "rev-parse", "HEAD:a.py")
    (root / ".git/objects" / oid[:2] / oid[2:]).unlink()
    write(root, {"a.py": GOOD + BAD})
    answer = gate(root, "run")
    assert answer.code == 2 and "is missing" in answer.out + answer.err, answer
