"""The one module that starts other programs."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import IO, Any

from qualitygate.frozen import NamedTuple

OUTPUT_LIMIT = 64 * 1024 * 1024
"""Bytes kept of each stream; what is longer is cut and marked `truncated`."""

_GRACE = 2.0
_LOOK = 0.02
_FEW = 4096
"""Bytes; whoever writes less at a time is likely to write again at once."""
_SCRUBBED_PREFIXES = (
    *("GIT_", "RUFF_", "MYPY", "PIP_", "COVERAGE_", "SEMGREP_", "SHELLCHECK_", "YAMLLINT_", "HADOLINT_", "ZIZMOR_"),
    *("SQLFLUFF_", "RUBOCOP_", "GOLANGCI_", "TF_", "TFLINT_"),
)
_SCRUBBED = frozenset(
    ("PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PYTHONWARNINGS", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__", "FORCE_COLOR")
)
# Names under which credentials are kept: whatever a repository makes us run has no use for them.
_CREDENTIAL_WORDS = frozenset(
    (
        "TOKEN",
        "SECRET",
        "SECRETS",
        "PASSWORD",
        "PASSWD",
        "PGPASSWORD",
        "PASSPHRASE",
        "CREDENTIAL",
        "CREDENTIALS",
        "APIKEY",
    )
)
_CREDENTIAL_ENDS = ("_KEY", "_KEY_ID", "_PAT", "AUTH_SOCK", "_COOKIE", "_AUTH", "_DSN")


class Output(NamedTuple):
    """What a finished program left. `code` is None when it could not be started.

    `report` is what it wrote to a file that it was told to write, if any.
    """

    code: int | None
    stdout: bytes
    stderr: bytes
    timed_out: bool = False
    truncated: bool = False
    report: bytes = b""


def tool_env(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment for a tool: ours, less credentials and what would change its answer (`GIT_*`, `PYTHONPATH`)."""
    env = {k: v for k, v in os.environ.items() if not _is_scrubbed(k)}
    env.update(LC_ALL="C.UTF-8", NO_COLOR="1", PYTHONUTF8="1", PYTHONDONTWRITEBYTECODE="1")
    env.update(extra or {})
    return env


def _is_scrubbed(name: str) -> bool:
    if name in _SCRUBBED or name.startswith(_SCRUBBED_PREFIXES):
        return True
    return bool(_CREDENTIAL_WORDS.intersection(name.upper().split("_"))) or name.upper().endswith(_CREDENTIAL_ENDS)


def is_running(process: int) -> bool:
    """Whether there is a process of this id; somebody else's counts."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


@contextmanager
def undisturbed() -> Iterator[None]:
    """Hold back what asks us to stop while a few lines put things in order; it comes when they are done.

    For what takes no time and must not be left half done, such as a lock of git or a temporary file.
    """
    held: list[int] = []
    before: dict[int, Any] = {}
    try:
        for stop in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            try:
                before[stop] = signal.signal(stop, lambda number, frame: held.append(number))
            except ValueError:
                break  # only the main thread is ever interrupted
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        for number in dict.fromkeys(held):
            os.kill(os.getpid(), number)


_LIVE: set[int] = set()
_STARTING = threading.Lock()
"""Held from before a program starts until it is in `_LIVE`: `kill_all` must not come in between."""


def kill_all() -> None:
    """Kill what still runs for us: called when we are told to stop."""
    with _STARTING:
        groups = list(_LIVE)
    for group in groups:
        _kill_group(group)
        try:
            os.waitpid(group, 0)
        except ChildProcessError:
            pass  # its own thread was faster


def _kill_group(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass


def _kill_holders(pipes: Iterable[int]) -> None:
    """Kill who still holds the other end of these pipes: a child that left the group of its program (Linux)."""
    wanted = {(found.st_dev, found.st_ino) for found in map(os.fstat, pipes)}
    with _STARTING:  # or it might be a program of ours that is just starting
        for process in (int(name) for name in _listed("/proc") if name.isdecimal() and int(name) != os.getpid()):
            for handle in _listed(f"/proc/{process}/fd"):
                try:
                    found = os.stat(f"/proc/{process}/fd/{handle}")
                except OSError:
                    continue
                if (found.st_dev, found.st_ino) in wanted:
                    try:
                        os.kill(process, signal.SIGKILL)
                    except OSError:
                        pass
                    break


def _listed(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []  # gone, somebody else's, or no Linux


class _Pump:
    """Moves what a program reads and writes, and sees it end, without a thread and without a pause.

    `Popen.wait` with a time limit sleeps between looks, up to 50 ms each time; a git call takes 3. ruff writes its log
    word by word: after a few bytes the next are given a millisecond to gather in.
    """

    def __init__(self, process: subprocess.Popen[bytes], stdin: bytes | None, limit: int) -> None:
        self.process = process
        self.kept: dict[int, bytearray] = {}
        self.limit = limit
        self.truncated = False
        self._input = memoryview(stdin or b"")
        self._has_ended = False
        self._poll = select.poll()
        self._open: set[int] = set()
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                self.kept[stream.fileno()] = bytearray()
                self._watch(stream.fileno(), select.POLLIN)
        if process.stdin is not None:
            os.set_blocking(process.stdin.fileno(), False)
            self._poll.register(process.stdin.fileno(), select.POLLOUT)
        self._end = select.poll()
        self._pidfd = self._open_pidfd()

    def _watch(self, fd: int, event: int) -> None:
        self._poll.register(fd, event)
        self._open.add(fd)

    def _open_pidfd(self) -> int:
        try:
            fd = os.pidfd_open(self.process.pid)
        except (AttributeError, OSError):
            return -1  # not Linux, or an old one: look every now and then
        self._poll.register(fd, select.POLLIN)
        self._end.register(fd, select.POLLIN)
        return fd

    def run(self, timeout: float | None) -> bool:
        """Until the program and its output have ended; whether it ended in time.

        A child that it leaves behind with the pipes open is waited for a moment, not for ever.
        """
        end = None if timeout is None else time.monotonic() + timeout
        while self._open or not self._has_ended:
            left = None if end is None else end - time.monotonic()
            if left is not None and left <= 0:
                break
            pause = left if self._pidfd >= 0 else min(left or _LOOK, _LOOK)
            events = self._poll.poll(None if pause is None else max(1, int(pause * 1000)))
            came = sum([self._move(fd) for fd, _ in events])
            if self._has_ended:
                continue
            if self.process.returncode is None and self._pidfd < 0:
                self.process.poll()
            if self.process.returncode is not None:
                self._has_ended = True
                end = time.monotonic() + _GRACE
            elif 0 < came < _FEW and not self._input and self._pidfd >= 0:
                self._end.poll(1)
        return self._has_ended

    def left_open(self) -> tuple[int, ...]:
        """What somebody still can write to, though the program has ended."""
        return tuple(self._open)

    def _move(self, fd: int) -> int:
        """Do what can be done there now; how many bytes came."""
        if fd == self._pidfd:
            self.process.poll()
            self._poll.unregister(fd)
            return 0
        if fd not in self.kept:
            self._give(fd)
            return 0
        chunk = os.read(fd, 65536)
        if not chunk:
            self._poll.unregister(fd)
            self._open.discard(fd)
        room = self.limit - len(self.kept[fd])
        self.truncated |= len(chunk) > room
        self.kept[fd] += chunk[: max(room, 0)]
        return len(chunk)

    def _give(self, fd: int) -> None:
        try:
            self._input = self._input[os.write(fd, self._input[:65536]) :]
        except BlockingIOError:
            return
        except OSError:
            self._input = memoryview(b"")  # the program stopped reading; its exit code says what that means
        if not self._input:
            self._poll.unregister(fd)
            assert self.process.stdin is not None
            self.process.stdin.close()

    def close(self) -> None:
        if self._pidfd >= 0:
            os.close(self._pidfd)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None and not stream.closed:
                stream.close()


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


def run(
    argv: Sequence[str | os.PathLike[str]],
    *,
    cwd: str | os.PathLike[str] | None = None,
    env: Mapping[str, str] | None = None,
    stdin: bytes | None = None,
    timeout: float | None = None,
    limit: int = OUTPUT_LIMIT,
    stdout: IO[bytes] | None = None,
    started: Callable[[], None] | None = None,
) -> Output:
    """Run one program to its end and return what it left; never raises for what the program does.

    The program gets a process group of its own, which is killed whole after `timeout` seconds. A
    program that cannot be started is an `Output` with `code` None and the reason in `stderr`. With
    `stdout` given, standard output goes into that file instead of the result. `started` is called once it runs.
    """
    try:
        with _STARTING:
            process = subprocess.Popen(
                [os.fspath(a) for a in argv],
                cwd=cwd,
                env=dict(env) if env is not None else None,
                stdin=subprocess.PIPE if stdin is not None else subprocess.DEVNULL,
                stdout=stdout or subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
            _LIVE.add(process.pid)
    except (OSError, ValueError) as exc:
        return Output(None, b"", str(exc).encode("utf-8", "replace"))
    pump = _Pump(process, stdin, limit)
    try:
        if started is not None:
            started()
        in_time = pump.run(timeout)
        if not in_time:
            _kill(process)
            pump.run(_GRACE)
    except BaseException:
        _kill(process)
        raise
    finally:
        _kill_group(process.pid)  # what it left behind belongs to nobody
        if pump.left_open():
            _kill_holders(pump.left_open())
        _LIVE.discard(process.pid)
        kept = [bytes(data) for data in pump.kept.values()]
        pump.close()
    out, err = ([b""] * 2 + kept)[-2:]
    return Output(process.returncode, out, err, not in_time, pump.truncated)


def attached(argv: Sequence[str], *, cwd: str | os.PathLike[str], stdin: bytes) -> tuple[int | None, str]:
    """Run a program of the user's own, with our environment and streams, `stdin` on its standard input, without limit.

    Returns its exit code, or None and why it could not be started. It stays in our process group, so that what
    interrupts us interrupts it.
    """
    try:
        process = subprocess.Popen(list(argv), cwd=cwd, stdin=subprocess.PIPE)
    except (OSError, ValueError) as exc:
        return None, str(exc)
    try:
        process.communicate(stdin)
    except BaseException:
        process.terminate()
        process.wait()
        raise
    return process.returncode, ""
