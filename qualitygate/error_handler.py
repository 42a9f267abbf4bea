"""The one place that turns an exception into an exit code."""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from qualitygate.errors import QualityGateError
from qualitygate.locations import user_cache
from qualitygate.output import Console, silence

UNDECIDED = 2
INTERNAL = 3
INTERRUPTED = 130


def run(function: Callable[[], int | None], *, console: Console | None = None) -> int:
    """Call a function and return its exit code, or the one that stands for what it raised.

    2 for what the user must change, 3 for an error of ours (a log is written, its path printed),
    130 for an interruption.
    """
    console = console or Console()
    before = _listen()
    try:
        return function() or 0
    except QualityGateError as exc:
        console.error(exc.message, exc.hint)
        return UNDECIDED
    except KeyboardInterrupt:
        console.say("interrupted")
        return INTERRUPTED
    except SystemExit as exc:
        return _exit_code(exc.code, console)
    except BrokenPipeError:
        silence(sys.stdout)
        return UNDECIDED
    except OSError as exc:
        found = from_disk(exc)
        if found is None:
            return _internal(exc, console)
        console.error(found.message, found.hint)
        return UNDECIDED
    except Exception as exc:  # noqa: BLE001  # this is what the handler is for
        code = _from_click(exc, console)
        return _internal(exc, console) if code is None else code
    finally:
        _stop_programs()
        for number, handler in before.items():
            signal.signal(number, handler)


def from_disk(exc: Exception) -> QualityGateError | None:
    """What a person must change where a disk is full or nothing may be written; None for any other error."""
    if not isinstance(exc, OSError) or exc.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
        return None
    place = f": {exc.filename}" if exc.filename else ""
    said = f"cannot write: {os.strerror(exc.errno)}{place}"
    return QualityGateError(said, hint="make room there, or set XDG_CACHE_HOME to a folder that can be written")


def _stop_programs() -> None:
    # Whoever started a program has the module; nobody else pays for it.
    module = sys.modules.get("qualitygate.process")
    if module is not None:
        module.kill_all()


_INSIST = 8
_asked: list[int] = []


def _listen() -> dict[int, Any]:
    """Stop for SIGTERM and SIGHUP as for Ctrl-C: a time limit sends them, and our tools must not outlive us.

    Returns who listened before.
    """
    _asked.clear()
    before: dict[int, Any] = {}
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
            try:
                before[number] = signal.signal(number, _stop)
            except ValueError:
                break  # only the main thread may listen, and the module that tells threads apart costs an import
    return before


def _stop(number: int, frame: object) -> None:
    # Who is impatient must not interrupt the tidying up that he asked for; who goes on at it gets his way.
    _asked.append(number)
    if len(_asked) == 1 or len(_asked) > _INSIST:
        raise KeyboardInterrupt


def _exit_code(code: object, console: Console) -> int:
    if code is None or isinstance(code, int):
        return code or 0
    console.error(str(code))
    return UNDECIDED


def _from_click(exc: Exception, console: Console) -> int | None:
    # By shape, not by type: importing click costs more than a whole run of the hook.
    if not any(cls.__module__.startswith("click.") for cls in type(exc).__mro__):
        return None
    if type(exc).__name__ == "Abort":
        console.say("interrupted")
        return INTERRUPTED
    if not hasattr(exc, "show"):
        return getattr(exc, "exit_code", None)
    said = exc.format_message() if hasattr(exc, "format_message") else str(exc)
    if "\n" in said.strip():  # a whole help page
        exc.show()
        return UNDECIDED
    context = getattr(exc, "ctx", None)
    message = said[:1].lower() + said[1:].rstrip(".")
    console.error(message, f"`{context.command_path} --help`" if context else "")
    return UNDECIDED


def _internal(exc: Exception, console: Console) -> int:
    path = logged(exc)
    if path:
        console.error(f"internal error, details in {path}")
    else:
        console.say(_details(exc))
        console.error("internal error, and no log could be written")
    return INTERNAL


def logged(exc: Exception) -> str:
    """The path of a file that holds all about an error of ours; "" where none could be written."""
    return _write_log(_details(exc))


def _details(exc: Exception) -> str:
    import platform
    import traceback

    trace = "".join(traceback.format_exception(type(exc), exc, exc.__traceback__))
    return (
        f"qualitygate {_version()}\n"
        f"python {platform.python_version()} ({sys.executable})\n"
        f"platform {platform.platform()}\n"
        f"arguments {sys.argv[1:]}\n"
        f"directory {_directory()}\n\n{trace}"
    )


def _version() -> str:
    from importlib import metadata

    try:
        return metadata.version("qualitygate-toolkit")
    except metadata.PackageNotFoundError:
        return "unknown"


def _directory() -> str:
    try:
        return os.getcwd()
    except OSError:
        return "gone"


def _write_log(text: str) -> str:
    """The path of the log, or nothing where none could be written."""
    import tempfile
    import time

    name = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    for directory in (user_cache("qualitygate", "log"), ""):
        try:
            if directory:
                os.makedirs(directory, mode=0o700, exist_ok=True)
            # In a folder that others can write to, only a name that nobody can foresee is safe.
            handle, path = tempfile.mkstemp(".log", f"{name}-" if directory else "qualitygate-", directory or None)
            with open(handle, "w", encoding="utf-8", errors="backslashreplace") as log:
                log.write(text)
        except OSError:
            continue
        return path
    return ""
