"""What bootstrap is doing: one line per step with the time it took, and on a terminal what it is at just now."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

from qualitygate.output import Console
from qualitygate.quote import clean

_QUIET = 1.0
"""Seconds before anything is drawn: what flickers is not read."""
_BEAT = 0.25
_NAMES = (
    ("inspecting", "inspect"),
    ("trying the ", "own gate"),
    *((start, "fetch tools") for start in ("fetching", "making", "trying")),
    ("calibrating", "calibrate"),
    ("proving", "prove"),
    ("replaying", "replay"),
)
_WIDTH = max(len(name) for _, name in _NAMES)


class Steps:
    """Called with what is being done. Used as a context, at whose end the last step is over.

    On a terminal the step that runs is redrawn with its time, in one line; every step leaves one line when it is
    over. Where nobody watches, as in a log, there are only these.
    """

    def __init__(self, console: Console, *, quiet: bool = False) -> None:
        self._console = console
        self._quiet = quiet
        self._name = ""
        self._detail = ""
        self._parts = 0
        self._started = console.clock()
        self._guard = threading.Lock()
        self._over = threading.Event()
        self._beat = threading.Thread(target=self._draw_often, daemon=True)

    def __enter__(self) -> Steps:
        if self._console.animated and not self._quiet:
            self._beat.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        if self._beat.is_alive():
            self._beat.join()
        with self._guard:
            self._end("" if kind is None else "  stopped")

    def __call__(self, text: str) -> None:
        """The next thing is begun; what is of the same step as the last one is counted with it."""
        name = next((name for start, name in _NAMES if text.startswith(start)), text)
        with self._guard:
            if name != self._name:
                self._end()
                self._name, self._parts, self._started = name, 0, self._console.clock()
            self._detail = text
            self._parts += 1

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Draw nothing meanwhile: a person is asked something, and the time that takes is not the step's."""
        with self._guard:
            self._console.wipe()
            before = self._console.clock()
            try:
                yield
            finally:
                self._started += self._console.clock() - before

    def _end(self, how: str = "") -> None:
        if self._name and not self._quiet:
            self._console.say(f"{clean(self._name, 60):<{_WIDTH}}  {self._took():>6.1f}s{how}")
        self._name = ""

    def _took(self) -> float:
        return self._console.clock() - self._started

    def _draw_often(self) -> None:
        while not self._over.wait(_BEAT):
            with self._guard:
                if self._name and self._took() >= _QUIET:
                    self._console.draw(f"{clean(self._detail, 100)}  {self._took():.0f}s")
