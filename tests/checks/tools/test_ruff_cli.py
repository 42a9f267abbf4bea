from __future__ import annotations

import pytest

from qualitygate.checks.tool import Request
from qualitygate.checks.tools import ruff_cli
from qualitygate.process import Output


def request(*files: str, **options: object) -> Request:
    return Request("ruff", "/snapshot", files, "/bin/ruff", options, "/cache")


@pytest.mark.parametrize(
    ("path", "wanted"),
    (
        ("a.py", True),
        ("pkg/a.pyi", True),
        ("a.ipynb", False),
        ("README.md", False),
        ("pyproject.toml", False),
        ("bin/tool", False),
    ),
)
def test_wants(path: str, wanted: bool) -> None:
    assert ruff_cli.wants(path) is wanted


def test_few_files_are_arguments_that_cannot_be_options() -> None:
    command = ruff_cli.command(request("a.py", "-b.py", "@c.py"), "check")
    assert command.argv[-3:] == ("./a.py", "./-b.py", "./@c.py")
    assert command.stdin is None
    assert "--isolated" not in command.argv


def test_many_files_go_through_standard_input() -> None:
    files = (*(f"package/module_{number}.py" for number in range(6000)), "bad\udce9.py", "two\nlines.py")
    command = ruff_cli.command(request(*files), "check")
    assert command.argv[-3:] == ("@/dev/stdin", "./bad\udce9.py", "./two\nlines.py")
    assert command.stdin is not None
    assert command.stdin.count(b"\n") == 6000
    assert command.stdin.startswith(b"./package/module_0.py\n")


def test_settings_of_the_user_are_not_found() -> None:
    command = ruff_cli.command(request("a.py", isolated=True), "check")
    assert command.env["XDG_CONFIG_HOME"].startswith("/cache/")
    assert "--isolated" in command.argv


def log(*lines: str) -> Output:
    return Output(0, b"", "".join(f"[day][time]{line}\n" for line in lines).encode())


CHECKED = "[ruff::commands::check][DEBUG] Checked {} files in: 1.2ms"
CONFIG = "[ruff::resolve][DEBUG] Using configuration file (via {}) at: {}"


@pytest.mark.parametrize(
    ("output", "processed", "reason"),
    (
        (log(CHECKED.format(2)), 2, ""),
        (log(CONFIG.format("parent", "/snapshot/ruff.toml"), CHECKED.format(1)), 1, ""),
        (Output(0, b"", b"warning: No Python files found under the given path(s)\n"), 0, ""),
        (Output(0, b"", b""), 0, "did not say"),
        (log(CHECKED.format(1), CHECKED.format(1)), 0, "did not say"),
        (log(CHECKED.format(3)), 0, "looked at 3 files, was given 2"),
        (log(CONFIG.format("parent", "/home/me/ruff.toml"), CHECKED.format(2)), 0, "/home/me/ruff.toml, outside"),
        (log(CONFIG.format("cwd", "/snapshot-2/ruff.toml"), CHECKED.format(2)), 0, "outside"),
        (Output(2, b"", b"ruff failed\n"), 0, "exit code 2: ruff failed"),
    ),
)
def test_read_log(output: Output, processed: int, reason: str) -> None:
    found = ruff_cli.read_log(output, request("a.py", "b.py"), (0, 1))
    assert found.processed == processed
    assert reason in found.reason
    assert bool(reason) == bool(found.reason)
