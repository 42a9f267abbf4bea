from __future__ import annotations

import io
import threading

import pytest

from qualitygate.output import Console
from qualitygate.reporters import steps
from qualitygate.reporters.steps import Steps
from tests.reporters.test_screens import Terminal


class Clock:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def made(stderr: io.StringIO, clock: Clock, **env: str) -> Console:
    return Console(stdout=io.StringIO(), stderr=stderr, env=env, clock=clock)


def test_a_step_is_one_line_however_many_parts_it_has() -> None:
    err, clock = io.StringIO(), Clock()
    with Steps(made(err, clock)) as progress:
        for text, seconds in (
            ("inspecting", 0.2),
            ("making an environment for semgrep", 3.0),
            ("trying semgrep", 1.0),
            ("calibrating ruff", 2.0),
            ("calibrating mypy", 2.5),
            ("trying the project's own `make lint`", 1.0),
            ("trying the rules that the project made up itself", 0.5),
            ("proving: green on HEAD", 12.0),
            ("something \x1b[31melse", 1.0),
        ):
            progress(text)
            clock.now += seconds
    assert err.getvalue().splitlines() == [
        "inspect         0.2s",
        "fetch tools     4.0s",
        "calibrate       4.5s",
        "own gate        1.5s",
        "prove          12.0s",
        "something \\x1b[31melse     1.0s",
    ]


def test_what_was_interrupted_says_so() -> None:
    err, clock = io.StringIO(), Clock()
    with pytest.raises(KeyboardInterrupt), Steps(made(err, clock)) as progress:
        progress("calibrating ruff")
        clock.now = 3
        raise KeyboardInterrupt
    assert err.getvalue() == "calibrate       3.0s  stopped\n"


def test_quiet_is_quiet() -> None:
    for err in (io.StringIO(), Terminal()):
        with Steps(made(err, Clock()), quiet=True) as progress:
            progress("inspecting")
        assert err.getvalue() == ""


class Drawn(Terminal):
    """A terminal that tells when something was drawn."""

    def __init__(self) -> None:
        super().__init__()
        self.happened = threading.Event()

    def write(self, text: str) -> int:
        done = super().write(text)
        self.happened.set()
        return done


def test_a_terminal_sees_what_runs_once_it_has_run_for_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "_BEAT", 0.001)
    err, clock = Drawn(), Clock()
    with Steps(made(err, clock, TERM="xterm")) as progress:
        progress("inspecting")
        assert not err.happened.wait(0.05), "nothing under a second may flicker"
        clock.now = 2
        assert err.happened.wait(30)
        with progress.paused():
            drawn = err.getvalue()
            assert drawn.startswith("\rinspecting  2s\x1b[K") and drawn.endswith("\r\x1b[K")
            clock.now = 60  # a person thinks it over
            assert err.getvalue() == drawn
    assert err.getvalue().endswith("inspect         2.0s\n")


def test_a_dumb_terminal_is_drawn_on_by_nobody() -> None:
    err, clock = Terminal(), Clock()
    with Steps(made(err, clock, TERM="dumb")) as progress:
        progress("inspecting")
        clock.now = 5
    assert err.getvalue() == "inspect         5.0s\n"
