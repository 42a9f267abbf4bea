"""The folders in which pytest looks for tests, as the settings at the root of a tree say."""

from __future__ import annotations

from collections.abc import Callable, Container

_FILES = ("pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg")


def testpaths(read: Callable[[str], bytes | None], paths: Container[str]) -> tuple[str, ...]:
    """Those that are named; none where none are, or where one is a pattern."""
    from qualitygate.checks.safeguards.stated import files
    from qualitygate.checks.safeguards.stated.fact import stated

    for name in _FILES:
        data = read(name) if name in paths else None
        for fact in stated(files.read(name, data)) if data and b"testpaths" in data else ():
            if fact.key == "pytest.testpaths":
                found = tuple(str(one).strip("./") for one in fact.value)
                return () if any("*" in one or not one for one in found) else found
    return ()
