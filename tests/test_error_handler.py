from __future__ import annotations

import errno
import io
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, NoReturn

import click
import pytest

from qualitygate import error_handler
from qualitygate.errors import ConfigError, QualityGateError
from qualitygate.output import Console

ROOT = Path(__file__).parent.parent


class Ended(NamedTuple):
    code: int
    out: str
    err: str


def ended(function: Callable[[], int | None]) -> Ended:
    out, err = io.StringIO(), io.StringIO()
    code = error_handler.run(function, console=Console(stdout=out, stderr=err, env={}))
    return Ended(code, out.getvalue(), err.getvalue())


def raising(exc: BaseException) -> Callable[[], int]:
    def function() -> NoReturn:
        raise exc

    return function


@pytest.mark.parametrize(
    ("exc", "code", "said"),
    [
        (QualityGateError("no base"), 2, "error: no base\n"),
        (QualityGateError("no base", hint="git fetch"), 2, "error: no base\nhint: git fetch\n"),
        (ConfigError("bad \x1b[31mkey"), 2, "error: bad \\x1b[31mkey\n"),
        (KeyboardInterrupt(), 130, "interrupted\n"),
        (SystemExit(), 0, ""),
        (SystemExit(1), 1, ""),
        (SystemExit("no such thing"), 2, "error: no such thing\n"),
        (BrokenPipeError(), 2, ""),
        (
            OSError(errno.ENOSPC, "full"),
            2,
            "error: cannot write: No space left on device\n"
            "hint: make room there, or set XDG_CACHE_HOME to a folder that can be written\n",
        ),
        (
            OSError(errno.EROFS, "locked", "/x/.cache"),
            2,
            "error: cannot write: Read-only file system: /x/.cache\n"
            "hint: make room there, or set XDG_CACHE_HOME to a folder that can be written\n",
        ),
        (click.exceptions.Exit(5), 5, ""),
        (click.Abort(), 130, "interrupted\n"),
        (click.UsageError("No such option: --foo."), 2, "error: no such option: --foo\n"),
        (click.ClickException("Broken."), 2, "error: broken\n"),
        (click.FileError("a.toml", "gone"), 2, "error: could not open file 'a.toml': gone\n"),
    ],
)
def test_exceptions_become_exit_codes(
    exc: BaseException, code: int, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert ended(raising(exc)) == Ended(code, "", said)


@pytest.mark.parametrize(("value", "code"), [(None, 0), (0, 0), (1, 1), (2, 2)])
def test_the_return_value_is_the_exit_code(value: int | None, code: int) -> None:
    assert ended(lambda: value) == Ended(code, "", "")


def test_a_usage_error_names_the_help_of_its_command() -> None:
    @click.command("run")
    @click.option("--tier", type=click.Choice(["edit", "commit"]))
    def command(tier: str) -> None: ...

    found = ended(lambda: command.main(["--tier", "x"], prog_name="qualitygate run", standalone_mode=False))
    assert found.code == 2
    assert found.err.startswith("error: invalid value for '--tier': 'x' is not one of")
    assert found.err.endswith("hint: `qualitygate run --help`\n")


def test_an_internal_error_leaves_a_log_and_a_single_line(own_home: Path) -> None:
    def function() -> int:
        secret = "hunter2"
        return len(secret) // 0

    found = ended(function)
    log = next((own_home / "cache" / "qualitygate" / "log").glob("*.log"))
    assert found == Ended(3, "", f"error: internal error, details in {log}\n")
    text = log.read_text()
    assert text.startswith("qualitygate ")
    assert f"\npython {sys.version.split()[0]} (" in text
    assert text.endswith("\nZeroDivisionError: integer division or modulo by zero\n")
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_two_errors_leave_two_logs(own_home: Path) -> None:
    ended(raising(RuntimeError("first \udcff")))
    ended(raising(RuntimeError("second")))
    assert len(list((own_home / "cache" / "qualitygate" / "log").glob("*.log"))) == 2


def test_an_unwritable_cache_falls_back_to_the_folder_for_temporary_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", os.fspath(blocked))
    monkeypatch.setattr("tempfile.tempdir", os.fspath(tmp_path))
    found = ended(raising(RuntimeError("boom")))
    log = next(tmp_path.glob("qualitygate-*.log"))
    assert found == Ended(3, "", f"error: internal error, details in {log}\n")


def test_with_no_place_for_a_log_the_trace_is_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", os.fspath(blocked))
    monkeypatch.setattr("tempfile.tempdir", os.fspath(blocked))
    found = ended(raising(RuntimeError("boom")))
    assert found.code == 3
    assert "RuntimeError: boom\n" in found.err
    assert found.err.endswith("error: internal error, and no log could be written\n")


def test_an_exception_that_only_looks_like_click_is_internal() -> None:
    class Odd(Exception):
        exit_code = 0

    assert ended(raising(Odd())).code == 3


def test_a_deleted_working_directory_does_not_hide_the_error(tmp_path: Path, own_home: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    code = (
        f"import os, sys; sys.path.insert(0, {os.fspath(ROOT)!r})\n"
        "from qualitygate import error_handler\n"
        "os.rmdir(os.getcwd())\n"
        "raise SystemExit(error_handler.run(lambda: 1 // 0))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], cwd=gone, capture_output=True, text=True, check=False
    )
    assert done.returncode == 3
    log = Path(done.stderr.removeprefix("error: internal error, details in ").strip())
    assert "\ndirectory gone\n" in log.read_text()


def test_who_is_impatient_does_not_interrupt_the_tidying_up_and_who_insists_does() -> None:
    tidied: list[int] = []

    def function(more: int) -> int:
        try:
            os.kill(os.getpid(), signal.SIGINT)
        finally:
            for number in range(more):
                os.kill(os.getpid(), (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)[number % 3])
            tidied.append(more)
        return 0

    assert ended(lambda: function(5)) == Ended(130, "", "interrupted\n")
    assert ended(lambda: function(20)) == Ended(130, "", "interrupted\n")
    assert tidied == [5]
