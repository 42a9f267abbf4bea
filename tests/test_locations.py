from __future__ import annotations

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
