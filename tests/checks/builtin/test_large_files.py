from __future__ import annotations

import os
from pathlib import Path

import pytest

from qualitygate.checks.builtin import large_files
from qualitygate.model import Finding


@pytest.mark.parametrize(
    ("size", "options", "is_large"),
    (
        (1024, {"max_kib": 1}, False),
        (1025, {"max_kib": 1}, True),
        (1024 * 1024, {}, False),
        (1024 * 1024 + 1, {}, True),
    ),
)
def test_size(tmp_path: Path, size: int, options: dict[str, int], is_large: bool) -> None:
    (tmp_path / "data.bin").write_bytes(b"\0" * size)
    report = large_files.look(os.fspath(tmp_path), ("data.bin",), options)
    assert bool(report.findings) is is_large
    assert report.looked_at == 1


def test_finding(tmp_path: Path) -> None:
    (tmp_path / "data.bin").write_bytes(b"a" * 3000)
    (finding,) = large_files.look(os.fspath(tmp_path), ("data.bin",), {"max_kib": 2}).findings
    assert finding == Finding(
        *("large-files", "builtin:large-file", "data.bin", 0, 0, 0, 0),
        "3 KiB, more than the 2 KiB that one file may have",
        fix="keep it out of the repository, or track it with Git LFS",
    )


def test_links_are_not_followed_and_missing_files_are_told(tmp_path: Path) -> None:
    (tmp_path / "data.bin").write_bytes(b"a" * 3000)
    (tmp_path / "link").symlink_to("data.bin")
    assert large_files.look(os.fspath(tmp_path), ("link",), {"max_kib": 2}).findings == ()
    assert "cannot read gone" in large_files.look(os.fspath(tmp_path), ("gone",), {}).reason
