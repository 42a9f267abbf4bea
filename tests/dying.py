"""A program that a signal meets at its k-th step: `python dying.py` takes the place of Python, and counts.

A step is what changes something on disk, and each program that is started. They are counted by an audit hook of
Python, so that nothing of the product knows of it. It also runs with `-I -S`: the standard library only.
"""

from __future__ import annotations

import json
import os
import runpy
import signal
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

_CHANGES = frozenset(
    ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod", "os.chown",
     "os.utime", "fcntl.flock", "subprocess.Popen", "ctypes.dlsym")
)  # fmt: skip
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
VARIABLE = "TEST_DIES_AT"


class Death(NamedTuple):
    """Which signal comes at which step, at how many steps from there on, and to whom: a hook's name, "" for all."""

    step: int = 0
    signal: str = "SIGKILL"
    times: int = 1
    hook: str = ""


class Died(NamedTuple):
    """What a program left: `code` is negative for a signal; `steps` are those that it took, or was about to take."""

    code: int
    out: str
    err: str
    steps: tuple[str, ...]


NEVER = Death()


def run(where: Path, *argv: str | os.PathLike[str], death: Death = NEVER) -> Died:
    """Run a program in `where` with `death` at hand for each of our processes that goes through `python()`."""
    log = where.parent / "steps"
    log.write_bytes(b"")
    plan = {**death._asdict(), "log": os.fspath(log)}
    done = subprocess.run(
        argv,
        cwd=where,
        env={**os.environ, VARIABLE: json.dumps(plan)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=300,
    )
    steps = tuple(log.read_bytes().decode("utf-8", "replace").splitlines())
    return Died(done.returncode, done.stdout.decode(), done.stderr.decode(), steps)


def command(*argv: str) -> tuple[str, ...]:
    """One of our commands, as a program that can be met by a signal."""
    return (sys.executable, "-I", os.path.abspath(__file__), "-m", "qualitygate", *argv)


def script(place: Path, text: str) -> tuple[str, ...]:
    """A few lines of Python that use the package, as a program that can be met by a signal."""
    place.write_text(f"import sys; sys.path.insert(0, {_PACKAGE!r})\n{text}")
    return (sys.executable, "-I", os.path.abspath(__file__), os.fspath(place))


def python(place: Path) -> Path:
    """A file that hooks take for the interpreter."""
    place.write_text(f'#!/bin/sh\nexec {sys.executable} -I -S {os.path.abspath(__file__)} "$@"\n')
    place.chmod(0o755)
    return place


def hooks_of(root: Path, place: Path) -> None:
    """Have the installed hooks of a clone run with `python()`."""
    for path in (root / ".git/hooks").iterdir():
        text = path.read_text()
        if path.name.endswith(".sample") or "\npython=" not in text:
            continue
        rows = [f"python='{python(place)}'" if row.startswith("python=") else row for row in text.split("\n")]
        path.write_text("\n".join(rows))


def sample(steps: Iterable[int], count: int) -> list[int]:
    """Some of them, evenly, with the first and the last; where it is to be one, the one in the middle."""
    every = list(steps)
    if len(every) <= count:
        return every
    if count == 1:
        return [every[len(every) // 2]]
    return sorted({every[round(n * (len(every) - 1) / (count - 1))] for n in range(count)})


_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def _watch(plan: Mapping[str, object]) -> None:
    """Send this process the signal when it is about to take that step, and at each of the next ones."""
    first, times = int(str(plan["step"])), int(str(plan["times"]))
    number = getattr(signal, str(plan["signal"]))
    handle = os.open(str(plan["log"]), os.O_WRONLY | os.O_APPEND)
    taken = 0

    def hook(event: str, args: tuple[object, ...]) -> None:
        nonlocal taken
        if event == "open":
            flags = args[2]
            if isinstance(args[0], int) or args[0] == os.devnull:
                return
            if not isinstance(flags, int) or not flags & _WRITES:
                return
        elif event not in _CHANGES:
            return
        taken += 1
        what = args[1] if event == "subprocess.Popen" else args[0]
        os.write(handle, f"{event} {what!r}\n".encode("utf-8", "replace"))
        if first <= taken < first + times:
            os.kill(os.getpid(), number)

    sys.addaudithook(hook)


def _main() -> None:
    """As Python itself: `[-I] [-S] SCRIPT ARGS...`, or `-m qualitygate ARGS...`."""
    sys.dont_write_bytecode = True
    words = sys.argv[1:]
    while words[0] in ("-I", "-S"):
        words.pop(0)
    plan = json.loads(os.environ.get(VARIABLE, "null"))
    if words[0] == "-m":
        sys.path.insert(0, _PACKAGE)
        from qualitygate.cli import main

        words = words[1:]
    if plan and plan["hook"] in ("", *words[1:2]):
        _watch(plan)
    sys.argv = words
    if words[0] == "qualitygate":
        raise SystemExit(main())
    runpy.run_path(words[0], run_name="__main__")


if __name__ == "__main__":
    _main()
