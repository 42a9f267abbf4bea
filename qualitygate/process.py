"""The one module that starts other programs."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from typing import IO, NamedTuple

OUTPUT_LIMIT = 64 * 1024 * 1024
"""Bytes kept of each stream; what is longer is cut and marked `truncated`."""

_GRACE = 2.0
_SCRUBBED_PREFIXES = ("GIT_", "RUFF_", "MYPY", "PIP_", "COVERAGE_")
_SCRUBBED = frozenset(
    ("PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PYTHONWARNINGS", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__", "FORCE_COLOR")
)


class Output(NamedTuple):
    """What a finished program left. `code` is None when it could not be started."""

    code: int | None
    stdout: bytes
    stderr: bytes
    timed_out: bool = False
    truncated: bool = False


def tool_env(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment for a tool: ours, less what would change its answer (`GIT_*`, `PYTHONPATH`, ...)."""
    env = {k: v for k, v in os.environ.items() if k not in _SCRUBBED and not k.startswith(_SCRUBBED_PREFIXES)}
    env.update(LC_ALL="C.UTF-8", NO_COLOR="1", PYTHONUTF8="1", PYTHONDONTWRITEBYTECODE="1")
    env.update(extra or {})
    return env


def _drain(stream: IO[bytes], into: bytearray, limit: int, cut: list[bool]) -> None:
    with stream:
        while chunk := os.read(stream.fileno(), 65536):
            room = limit - len(into)
            if len(chunk) > room:
                cut.append(True)
            into += chunk[: max(room, 0)]


def _feed(stream: IO[bytes], data: bytes) -> None:
    try:
        with stream:
            stream.write(data)
    except OSError:
        pass  # the program stopped reading; its exit code says what that means


def _kill(process: subprocess.Popen[bytes]) -> None:
    for sig in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, sig)
        except (ProcessLookupError, PermissionError):
            return
        try:
            process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            continue
    # A child that left its parent behind may still hold the group: the second signal took it too.


def run(
    argv: Sequence[str | os.PathLike[str]],
    *,
    cwd: str | os.PathLike[str] | None = None,
    env: Mapping[str, str] | None = None,
    stdin: bytes | None = None,
    timeout: float | None = None,
    limit: int = OUTPUT_LIMIT,
    stdout: IO[bytes] | None = None,
) -> Output:
    """Run one program to its end and return what it left; never raises for what the program does.

    The program gets a process group of its own, which is killed whole after `timeout` seconds. A
    program that cannot be started is an `Output` with `code` None and the reason in `stderr`. With
    `stdout` given, standard output goes into that file instead of the result.
    """
    try:
        process = subprocess.Popen(
            [os.fspath(a) for a in argv],
            cwd=cwd,
            env=dict(env) if env is not None else None,
            stdin=subprocess.PIPE if stdin is not None else subprocess.DEVNULL,
            stdout=stdout or subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except (OSError, ValueError) as exc:
        return Output(None, b"", str(exc).encode("utf-8", "replace"))
    out, err, cut = bytearray(), bytearray(), list[bool]()
    threads = [
        threading.Thread(target=_drain, args=(stream, into, limit, cut), daemon=True)
        for stream, into in ((process.stdout, out), (process.stderr, err))
        if stream is not None
    ]
    if stdin is not None and process.stdin is not None:
        threads.append(threading.Thread(target=_feed, args=(process.stdin, stdin), daemon=True))
    for thread in threads:
        thread.start()
    timed_out = False
    try:
        process.wait(timeout)
    except subprocess.TimeoutExpired:
        timed_out = True
        _kill(process)
    except BaseException:
        _kill(process)
        raise
    for thread in threads:
        thread.join(_GRACE)  # a forked child may keep the pipe open for ever
    return Output(process.returncode, bytes(out), bytes(err), timed_out, bool(cut))
