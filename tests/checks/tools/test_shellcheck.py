"""ShellCheck on scripts that are too long for all that it can do."""

from __future__ import annotations

from pathlib import Path

import pytest

from qualitygate.checks.tool import Request
from qualitygate.checks.tools import shellcheck


@pytest.mark.parametrize(("lines", "expected"), ((2000, False), (2001, True)))
def test_a_script_of_thousands_of_lines_takes_the_memory_of_the_machine(
    tmp_path: Path, lines: int, expected: bool
) -> None:
    (tmp_path / "short.sh").write_text("#!/bin/sh\n")
    (tmp_path / "long.sh").write_text("true\n" * lines)
    request = Request("shellcheck", str(tmp_path), ("short.sh", "long.sh"), "shellcheck", {}, str(tmp_path))
    assert ("--extended-analysis=false" in shellcheck.command(request).argv) is expected
