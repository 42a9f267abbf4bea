from __future__ import annotations

import os
from pathlib import Path

import pytest

from qualitygate import locations


def test_a_relative_folder_of_the_user_is_ignored(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", "cache")
    monkeypatch.setenv("XDG_STATE_HOME", "")
    assert locations.user_cache("a", "b") == f"{tmp_path}/.cache/a/b"
    assert locations.user_state("a") == f"{tmp_path}/.local/state/a"


def test_an_absolute_one_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/elsewhere")
    monkeypatch.setenv("XDG_STATE_HOME", "/other")
    assert (locations.user_cache("a"), locations.user_state("a")) == ("/elsewhere/a", "/other/a")


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(locations, "_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("HOME", "/home/somebody")
    monkeypatch.delenv("XDG_CACHE_HOME")
    (tmp_path / "var").mkdir()
    return tmp_path / "var" / f"qualitygate-{os.getuid()}"


def test_no_snapshot_lies_in_a_hidden_folder(var: Path) -> None:
    """Web servers serve nothing from there, test runners find nothing there: a green or red that means nothing."""
    assert locations.snapshots("a", "b") == f"{var}/a/b"
    assert var.stat().st_mode & 0o777 == 0o700
    assert locations.snapshots("a") == f"{var}/a"


def test_a_cache_without_a_dot_is_kept(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/big/cache")
    assert locations.snapshots("a") == "/big/cache/qualitygate/a"
    assert not var.exists()


@pytest.mark.parametrize("trap", ("open", "link", "file"))
def test_a_folder_that_somebody_else_laid_there_is_not_used(var: Path, trap: str) -> None:
    if trap == "open":
        var.mkdir()
        var.chmod(0o777)
    elif trap == "link":
        (var.parent / "theirs").mkdir(mode=0o700)
        var.symlink_to("theirs")
    else:
        var.write_text("")
    assert locations.snapshots("a") == "/home/somebody/.cache/qualitygate/a"
