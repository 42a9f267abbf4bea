"""shfmt in the style that the project's own command names."""

from __future__ import annotations

from pathlib import Path

import pytest

from qualitygate.checks.tool import Request
from qualitygate.checks.tools import mypy, shellcheck, shfmt
from qualitygate.errors import ToolError


def request(root: Path, *flags: str) -> Request:
    return Request("format", str(root), ("a.sh",), "program", {"flags": list(flags)}, str(root))


def test_the_style_of_a_command_is_the_style_of_each_way_to_call_it(tmp_path: Path) -> None:
    """Without `-i 2` each script of a project that indents by two is one to be written anew, with tabs."""
    asked = request(tmp_path, "-i=2", "-ci")
    assert shfmt.command(asked).argv == ("program", "-i=2", "-ci", "-d", "--", "a.sh")
    assert shfmt.range_command(asked, "a.sh", b"", 1, 1).argv[1:3] == ("-i=2", "-ci")


@pytest.mark.parametrize(
    ("tool", "flag"), ((shfmt, "-w"), (shfmt, "--filename=/x"), (shellcheck, "--rcfile=/x"), (mypy, "--install-types"))
)
def test_a_flag_that_writes_or_reads_elsewhere_is_refused(tmp_path: Path, tool: object, flag: str) -> None:
    with pytest.raises(ToolError, match="is not a flag that"):
        tool.command(request(tmp_path, flag))  # type: ignore[attr-defined]


def test_the_projects_severity_counts_more_than_ours(tmp_path: Path) -> None:
    argv = shellcheck.command(request(tmp_path, "--severity=error", "--exclude=SC2181")).argv
    assert argv.index("--severity=error") > argv.index("--severity=warning") and "--exclude=SC2181" in argv
