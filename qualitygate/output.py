"""The one module that knows streams: results go to stdout, the conversation to stderr."""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Callable, Mapping
from typing import TextIO

from qualitygate.errors import QualityGateError
from qualitygate.quote import clean

_LINE = 2000
_RED, _YELLOW, _CYAN = 31, 33, 36
_GONE = (errno.EPIPE, errno.EINVAL, errno.EBADF)  # Windows says EINVAL for a pipe that nobody reads


class Console:
    """Where this process writes to. `color` says whether the result may carry colours, `animated` whether a line
    may be drawn and redrawn, `is_screen` whether the result is laid out for a person's eyes.

    A reader that goes away silences its stream and nothing else: the exit code is still the verdict's.
    """

    def __init__(
        self,
        color: str = "auto",
        *,
        stdout: TextIO | None = None,
        stderr: TextIO | None = None,
        env: Mapping[str, str] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        env = os.environ if env is None else env
        self._env = env
        self._stdout = sys.stdout if stdout is None else stdout
        self._stderr = sys.stderr if stderr is None else stderr
        self.color = wants_color(color, self._stdout, env)
        self._color_err = wants_color(color, self._stderr, env)
        self.animated = is_terminal(self._stderr) and env.get("TERM") != "dumb"
        self.is_screen = self.color or (is_terminal(self._stdout) and env.get("TERM") != "dumb")
        self.clock = clock
        self._started = clock()
        self._drawn = False

    @property
    def width(self) -> int:
        """Columns of the terminal that the result goes to; 80 where it goes elsewhere."""
        columns = self._env.get("COLUMNS", "")
        return int(columns) if columns.isdecimal() and int(columns) else _width(self._stdout)

    @property
    def encoding(self) -> str:
        """What the result is encoded in."""
        return (getattr(self._stdout, "encoding", "") or "ascii").lower()

    def write_result(self, text: str) -> None:
        """Write to stdout. Raises QualityGateError if it cannot be written though somebody reads (a full disk)."""
        self.wipe()
        failure = _write(self._stdout, text if text.endswith("\n") else text + "\n")
        if failure is not None:
            said = failure.strerror or failure
            raise QualityGateError(f"cannot write the result: {said}", hint="make room, then run it again")

    def say(self, text: str) -> None:
        """Tell the person something, on stderr. Each line is made harmless to print."""
        self.wipe()
        _write(self._stderr, "".join(clean(line, _LINE) + "\n" for line in text.rstrip("\n").split("\n")))

    def error(self, message: str, hint: str = "") -> None:
        """Say what went wrong and, if known, what to do."""
        self._prefixed("error", _RED, message)
        if hint:
            self._prefixed("hint", _CYAN, hint)

    def warn(self, message: str) -> None:
        """Say what is doubtful but stops nothing."""
        self._prefixed("warning", _YELLOW, message)

    def progress(self, text: str) -> None:
        """Show what is going on, in one line that the next output replaces: on a terminal, after the first second."""
        if self.animated and self.clock() - self._started >= 1:
            self.draw(text)

    def draw(self, text: str) -> None:
        """The same at once; only for a console that is `animated`."""
        _write(self._stderr, f"\r{clean(text, _width(self._stderr) - 1)}\x1b[K")
        self._drawn = True

    def _prefixed(self, prefix: str, color: int, text: str) -> None:
        self.wipe()
        first, *rest = [clean(line, _LINE) for line in text.strip().split("\n")]
        painted = f"\x1b[{color}m{prefix}:\x1b[0m" if self._color_err else f"{prefix}:"
        _write(self._stderr, "".join([f"{painted} {first}\n", *(f"  {line}\n" for line in rest)]))

    def wipe(self) -> None:
        """Take away what is drawn."""
        if self._drawn:
            self._drawn = False
            _write(self._stderr, "\r\x1b[K")


def wants_color(option: str, stream: TextIO, env: Mapping[str, str]) -> bool:
    """Whether to colour one stream; whichever speaks first decides.

    In order: the option, `QUALITYGATE_COLOR`, `NO_COLOR`, `FORCE_COLOR`, `TERM`, whether it is a terminal.
    """
    for choice in (option, env.get("QUALITYGATE_COLOR", "")):
        if choice in ("always", "never"):
            return choice == "always"
    if env.get("NO_COLOR"):
        return False
    if env.get("FORCE_COLOR", "") not in ("", "0"):
        return True
    return env.get("TERM") != "dumb" and is_terminal(stream)


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a person watches this stream."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # closed
        return False


def silence(stream: TextIO | None) -> None:
    """Send what is still to be written to nowhere, so that the interpreter's last flush cannot fail."""
    if stream is None:
        return
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
    except (OSError, ValueError):
        pass  # not a real file: nothing will be flushed either


def _width(stream: TextIO | None) -> int:
    if stream is None:
        return 80
    try:
        return os.get_terminal_size(stream.fileno()).columns or 80
    except (OSError, ValueError):
        return 80


def _write(stream: TextIO | None, text: str) -> OSError | None:
    if stream is None:  # started with the descriptor closed
        return None
    try:
        try:
            stream.write(text)
        except UnicodeEncodeError:
            encoding = stream.encoding or "ascii"
            stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
        stream.flush()
    except OSError as exc:
        silence(stream)
        return None if exc.errno in _GONE else exc
    except ValueError:  # closed meanwhile
        return None
    return None
