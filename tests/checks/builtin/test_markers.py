from __future__ import annotations

import os
from pathlib import Path

import pytest

from qualitygate.checks.builtin import markers

OURS, BASE, MIDDLE, THEIRS = (character * 7 for character in "<|=>")


@pytest.mark.parametrize(
    ("text", "lines"),
    (
        (f"a\n{OURS} HEAD\nb\n{MIDDLE}\nc\n{THEIRS} topic\nd\n", [2, 4, 6]),
        (f"{OURS} HEAD\r\nb\r\n{BASE} 1234567\r\nx\r\n{MIDDLE}\r\nc\r\n{THEIRS} topic\r\n", [1, 3, 5, 7]),
        (f"a\n{THEIRS} topic\n", [2]),
        (f"{BASE} base\n", [1]),
        (f"{OURS} HEAD\n{MIDDLE}\n{THEIRS} topic\n\nTitle 7\n{MIDDLE}\n", [1, 2, 3]),
        (f"Heading\n{MIDDLE}\n", []),
        (f"Heading\n{THEIRS}\n\nOther\n{OURS}\n", []),
        (f"    {OURS} HEAD\n    {THEIRS} topic\n", []),
        (f"{OURS}< not seven\n", []),
        (f"print('{OURS} HEAD')\n", []),
        ("", []),
    ),
)
def test_markers(tmp_path: Path, text: str, lines: list[int]) -> None:
    (tmp_path / "file.txt").write_bytes(text.encode())
    report = markers.look(os.fspath(tmp_path), ("file.txt",), {})
    assert [finding.line for finding in report.findings] == lines
    assert {finding.rule for finding in report.findings} <= {"builtin:merge-marker"}
    assert (report.looked_at, report.reason) == (1, "")


def test_binary_files_are_not_looked_at(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"\0\n" + OURS.encode() + b" HEAD\n")
    report = markers.look(os.fspath(tmp_path), ("a.bin",), {})
    assert (report.findings, report.looked_at, report.reason) == ((), 0, "")
