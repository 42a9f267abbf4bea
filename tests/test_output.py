from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from qualitygate.errors import QualityGateError
from qualitygate.output import Console, wants_color

ROOT = Path(__file__).parent.parent


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("option", "env", "terminal", "expected"),
    [
        ("auto", {}, True, True),
        ("auto", {}, False, False),
        ("always", {"NO_COLOR": "1", "TERM": "dumb"}, False, True),
        ("never", {"FORCE_COLOR": "1", "QUALITYGATE_COLOR": "always"}, True, False),
        ("auto", {"QUALITYGATE_COLOR": "always", "NO_COLOR": "1"}, False, True),
        ("auto", {"QUALITYGATE_COLOR": "never", "FORCE_COLOR": "1"}, True, False),
        ("auto", {"QUALITYGATE_COLOR": "auto"}, True, True),
        ("auto", {"QUALITYGATE_COLOR": "purple"}, True, True),
        ("auto", {"NO_COLOR": "1"}, True, False),
        ("auto", {"NO_COLOR": ""}, True, True),
        ("auto", {"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False),
        ("auto", {"FORCE_COLOR": "1"}, False, True),
        ("auto", {"FORCE_COLOR": "0"}, False, False),
        ("auto", {"FORCE_COLOR": "1", "TERM": "dumb"}, False, True),
        ("auto", {"TERM": "dumb"}, True, False),
    ],
)
def test_color(option: str, env: Mapping[str, str], terminal: bool, expected: bool) -> None:
    assert wants_color(option, Terminal() if terminal else io.StringIO(), env) == expected


def test_each_stream_decides_for_itself() -> None:
    out, err = io.StringIO(), Terminal()
    console = Console(stdout=out, stderr=err, env={})
    console.error("it broke", "mend it")
    assert console.color is False
    assert err.getvalue() == "\x1b[31merror:\x1b[0m it broke\n\x1b[36mhint:\x1b[0m mend it\n"


def test_result_and_conversation_are_apart() -> None:
    out, err = io.StringIO(), io.StringIO()
    console = Console(stdout=out, stderr=err, env={})
    console.write_result("result")
    console.write_result("with end\n")
    console.say("status")
    console.warn("doubtful")
    console.error("first\nsecond", "do this")
    console.progress("nobody sees this")
    assert out.getvalue() == "result\nwith end\n"
    assert err.getvalue() == "status\nwarning: doubtful\nerror: first\n  second\nhint: do this\n"


def test_what_is_said_cannot_draw_on_the_terminal() -> None:
    err = io.StringIO()
    console = Console(stdout=io.StringIO(), stderr=err, env={})
    console.say("a\x1b[2Jb\nc\r")
    console.error("no file \x9b1mx", "try \u202e")
    assert err.getvalue() == "a\\x1b[2Jb\nc\\r\nerror: no file \\x9b1mx\nhint: try \\u202e\n"


def test_progress_waits_a_second_and_is_wiped_before_other_output() -> None:
    out, err, now = io.StringIO(), Terminal(), [0.0]
    console = Console(stdout=out, stderr=err, env={}, clock=lambda: now[0])
    console.progress("too early")
    now[0] = 1.5
    console.progress("mypy\n" + "x" * 300)
    assert err.getvalue().startswith("\rmypy\\nxxx")
    assert err.getvalue().endswith("xx...\x1b[K")
    assert len(err.getvalue()) < 90
    console.write_result("done")
    console.say("bye")
    assert err.getvalue().endswith("\x1b[K\r\x1b[Kbye\n")
    assert out.getvalue() == "done\n"


def test_progress_is_not_drawn_on_a_dumb_terminal() -> None:
    err = Terminal()
    ticks = iter((0.0, 5.0))
    Console(stdout=io.StringIO(), stderr=err, env={"TERM": "dumb"}, clock=lambda: next(ticks)).progress("mypy")
    assert err.getvalue() == ""


@pytest.mark.parametrize(("encoding", "expected"), [("ascii", b"\\u65e5 \\xfc\n"), ("latin-1", b"\\u65e5 \xfc\n")])
def test_a_stream_that_is_not_utf8(encoding: str, expected: bytes) -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding)
    Console(stdout=stream, stderr=io.StringIO(), env={}).write_result("日 ü")
    assert raw.getvalue() == expected


def test_lone_surrogates_do_not_stop_the_result() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="utf-8")
    Console(stdout=stream, stderr=io.StringIO(), env={}).write_result("a\udcffb")
    assert raw.getvalue() == b"a\\udcffb\n"


def test_closed_streams_are_silent() -> None:
    out, err = io.StringIO(), io.StringIO()
    console = Console(stdout=out, stderr=err, env={})
    out.close()
    err.close()
    console.write_result("x")
    console.error("y")
    assert Console(stdout=out, stderr=err, env={}).color is False


def program(code: str) -> list[str]:
    start = f"import sys; sys.path.insert(0, {os.fspath(ROOT)!r}); from qualitygate.output import Console; "
    return [sys.executable, "-I", "-S", "-c", start + code]


def test_a_reader_that_went_away_does_not_change_the_exit_code() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    code = "c = Console(); c.write_result('x' * 100_000); c.write_result('y'); raise SystemExit(7)"
    done = subprocess.run(program(code), stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (7, b"")


def test_a_descriptor_closed_from_the_start() -> None:
    code = "c = Console(); c.write_result('x'); c.say('y'); raise SystemExit(7)"
    argv = ["sh", "-c", 'exec "$@" >&- 2>&-', "sh", *program(code)]
    assert subprocess.run(argv, check=False).returncode == 7


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_an_error() -> None:
    with (
        Path("/dev/full").open("w") as full,
        pytest.raises(QualityGateError, match="cannot write the result: No space"),
    ):
        try:
            Console(stdout=full, stderr=io.StringIO(), env={}).write_result("x")
        finally:
            os.dup2(os.open(os.devnull, os.O_WRONLY), full.fileno())


def test_the_hook_path_imports_little() -> None:
    code = (
        "import qualitygate.error_handler, qualitygate.reporters.text, qualitygate.reporters.agent; print(*sys.modules)"
    )
    loaded = set(subprocess.run(program(code), stdout=subprocess.PIPE, text=True, check=True).stdout.split())
    assert "qualitygate.reporters.agent" in loaded
    heavy = {"click", "json", "traceback", "tempfile", "logging", "shutil", "subprocess", "platform"}
    assert not loaded & heavy
