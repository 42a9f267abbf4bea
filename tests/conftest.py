"""Every test has its own HOME and caches, and no git of the caller's."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.support import GIT_IDENTITY


def pytest_configure() -> None:
    """What a suite in the background, or under `nohup`, ignores, its programs would ignore too: a handler of no effect
    ignores it here alone."""
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
        if signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, lambda *_: None)


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path_factory.mktemp("home")
    for name in os.environ:
        if name.startswith(("GIT_", "PRE_COMMIT", "PREK", "XDG_", "CLAUDE", "CODEX")) or name in _FROM_OUTSIDE:
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", os.fspath(home))
    monkeypatch.setenv("XDG_CACHE_HOME", os.fspath(home / "cache"))
    monkeypatch.setenv("XDG_STATE_HOME", os.fspath(home / "state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", os.fspath(home / "config"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    places = os.environ["PATH"].split(os.pathsep)  # bootstrap looks there for coding agents
    monkeypatch.setenv("PATH", os.pathsep.join(p for p in places if not os.path.exists(os.path.join(p, "claude"))))
    monkeypatch.setenv("QUALITYGATE_OFFLINE", "1")
    (home / ".gitconfig").write_text(GIT_IDENTITY)
    return home


_FROM_OUTSIDE = frozenset(
    (
        "NO_COLOR",
        "FORCE_COLOR",
        "QUALITYGATE_COLOR",
        "VIRTUAL_ENV",
        "AI_AGENT",
        "AGENT",
        "CI",
        "CURSOR_AGENT",
        "PYTHONPATH",
    )
)


@pytest.fixture(scope="session")
def made_tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tool environment, fetched once for all tests, in a cache of its own: for slow tests only."""
    from qualitygate.bootstrap.tool_environment import make

    base = tmp_path_factory.getbasetemp()
    cache = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "tool-environment"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", os.fspath(cache))
        patch.delenv("QUALITYGATE_OFFLINE", raising=False)
        make()
    return cache / "qualitygate" / "tools"


@pytest.fixture
def tools(made_tools: Path, own_home: Path) -> Path:
    """The same, in this test's own cache."""
    place = own_home / "cache" / "qualitygate" / "tools"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(made_tools)
    return place
