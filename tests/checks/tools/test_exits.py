from __future__ import annotations

import pytest

from qualitygate.checks.tools.exits import complaint, why_incomplete
from qualitygate.process import Output


@pytest.mark.parametrize(
    ("output", "reason"),
    (
        (Output(0, b"", b""), ""),
        (Output(1, b"", b"noise"), ""),
        (Output(2, b"", b"boom\n"), "exit code 2: boom"),
        (Output(2, b"", b""), "exit code 2: no message"),
        (Output(-9, b"", b""), "killed by signal 9: no message"),
        (Output(None, b"", b"no such file"), "could not be started: no such file"),
        (Output(-15, b"", b"", timed_out=True), "no answer within the time limit"),
        (Output(0, b"", b"", truncated=True), "printed more than can be read"),
    ),
)
def test_why_incomplete(output: Output, reason: str) -> None:
    assert why_incomplete(output, (0, 1)) == reason


def test_complaint_is_one_short_line_without_log_lines_and_places() -> None:
    said = b"[now][ruff][DEBUG] noise\nruff failed\n  Cause: /snapshot/ruff.toml is bad\n" + b"x" * 900
    text = complaint(said, "/snapshot")
    assert text.startswith("ruff failed; Cause: ruff.toml is bad; xxx")
    assert len(text) == 300
    assert text.endswith("...")


def test_what_happened_is_not_lost_among_places_in_the_tool() -> None:
    """RuboCop without a plugin that its settings name: of 300 characters 270 were a backtrace."""
    said = (
        b"cannot load such file -- rubocop-performance\n/gems/rubocop/lib/feature_loader.rb:46:in `rescue in load'\n"
        b"\tfrom /gems/rubocop-1.39.0/exe/rubocop:12:in `<main>'\n/a/b.rb:9:in 'Kernel#load': no (LoadError)\n"
    )
    text = complaint(said)
    assert text.startswith("cannot load such file -- rubocop-performance; ")
    assert "feature_loader" not in text and "no (LoadError)" in text
