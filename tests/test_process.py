from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from qualitygate.process import run, tool_env, undisturbed


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_a_program_is_run_to_its_end_with_what_it_left() -> None:
    output = run(python("import sys; print(sys.stdin.read()); sys.stderr.write('e'); sys.exit(3)"), stdin=b"in")
    assert output == (3, b"in\n", b"e", False, False, b"")


def test_a_program_that_cannot_be_started_is_an_output() -> None:
    output = run(["/nowhere/tool"])
    assert output.code is None and b"No such file" in output.stderr


def test_a_name_with_a_nul_cannot_be_started() -> None:
    assert run(["a\0b"]).code is None


def test_after_the_time_limit_the_whole_group_is_killed(tmp_path: Path) -> None:
    mark = tmp_path / "alive"
    code = f"""
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if os.fork() == 0:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    for _ in range(100):
        time.sleep(0.1); open({os.fspath(mark)!r}, 'w').close()
time.sleep(60)
"""
    start = time.monotonic()
    output = run(python(code), timeout=0.5)
    assert output.timed_out and time.monotonic() - start < 30
    mark.unlink(missing_ok=True)
    assert run(["pgrep", "-f", os.fspath(mark)]).stdout == b""


def test_a_child_that_keeps_the_pipe_open_does_not_hold_us() -> None:
    code = "import os, sys, time\nsys.stdout.write('done'); sys.stdout.flush()\nif os.fork() == 0: time.sleep(20)"
    start = time.monotonic()
    output = run(python(code))
    assert output.stdout == b"done" and time.monotonic() - start < 15


def test_output_is_bounded_and_says_so() -> None:
    output = run(python("import sys; sys.stdout.write('x' * 1_000_000)"), limit=1000)
    assert (len(output.stdout), output.truncated) == (1000, True)


def test_what_is_written_byte_by_byte_to_both_streams_arrives_whole() -> None:
    code = "import os\nfor n in range(3000): os.write(1 + n % 2, b'%d,' % n)"
    output = run(python(code), timeout=60, limit=1_000_000)
    for stream, first in ((output.stdout, 0), (output.stderr, 1)):
        assert stream == b"".join(b"%d," % number for number in range(first, 3000, 2))
    assert (output.code, output.timed_out, output.truncated) == (0, False, False)


def test_a_program_that_does_not_read_its_input_does_not_hang_us() -> None:
    assert run(python("pass"), stdin=b"x" * 10_000_000).code == 0


def test_the_environment_of_a_tool_is_free_of_what_changes_its_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GIT_DIR", "PYTHONPATH", "MYPYPATH", "RUFF_CONFIG", "VIRTUAL_ENV", "FORCE_COLOR"):
        monkeypatch.setenv(name, "x")
    env = tool_env({"MYPYPATH": "ours"})
    assert [env.get(n) for n in ("GIT_DIR", "PYTHONPATH", "RUFF_CONFIG", "VIRTUAL_ENV", "FORCE_COLOR")] == [None] * 5
    assert (env["MYPYPATH"], env["NO_COLOR"]) == ("ours", "1")


def test_what_asks_us_to_stop_waits_for_the_few_lines_that_must_not_be_left_half_done() -> None:
    done = []
    with pytest.raises(KeyboardInterrupt):
        with undisturbed():
            os.kill(os.getpid(), signal.SIGINT)
            done.append("put in order")
        done.append("went on")
    assert done == ["put in order"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
