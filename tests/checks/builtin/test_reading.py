from __future__ import annotations

import os
from pathlib import Path

import pytest

from qualitygate.checks.builtin.reading import TEXT_LIMIT, look_at_texts, may_be_text, read_text
from qualitygate.model import Report


def test_read_text_leaves_out_what_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "text").write_bytes(b"caf\xe9\n")
    (tmp_path / "binary").write_bytes(b"a\0b")
    (tmp_path / "late").write_bytes(b"a" * 8192 + b"\0")
    (tmp_path / "large").write_bytes(b"a" * (TEXT_LIMIT + 1))
    (tmp_path / "link").symlink_to("text")
    os.mkfifo(tmp_path / "pipe")
    read = {name: read_text(os.fspath(tmp_path), name) for name in ("text", "binary", "large", "link", "pipe")}
    assert read == {"text": b"caf\xe9\n", "binary": None, "large": None, "link": None, "pipe": None}
    assert read_text(os.fspath(tmp_path), "late") is not None
    assert read_text(os.fspath(tmp_path), "text", limit=2) is None


def test_a_missing_file_makes_the_report_incomplete(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a")
    report = look_at_texts(lambda path, data, options: [], os.fspath(tmp_path), ("a", "gone"), {})
    assert report == Report((), 1, "cannot read gone: no such file or directory")


@pytest.mark.parametrize(
    ("path", "text"), (("a.py", True), ("Makefile", True), ("a.PNG", False), ("a.tar.gz", False), ("a.svg", True))
)
def test_may_be_text(path: str, text: bool) -> None:
    assert may_be_text(path) is text
