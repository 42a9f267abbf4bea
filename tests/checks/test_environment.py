from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from qualitygate.checks import environment
from qualitygate.checks.tool import Environment


def make(prefix: Path, *names: str, version: str = "3.11.7") -> Environment:
    (prefix / "bin").mkdir(parents=True)
    (prefix / "bin" / "python").symlink_to(os.path.realpath(sys.executable))
    (prefix / "pyvenv.cfg").write_text(f"home = /usr/bin\nversion = {version}\n")
    folder = prefix / "lib" / "python3.11" / "site-packages"
    folder.mkdir(parents=True)
    for name in names:
        (folder / name).mkdir()
    found = environment.load(prefix)
    assert found is not None
    return found


def none_tracked(path: str) -> bool:
    return False


def find(root: Path, main: Path | None = None) -> str | None:
    found = environment.find(root, main, none_tracked)
    return found.prefix if found else None


@pytest.mark.parametrize("folder", [".venv", "venv", "env"])
def test_folders(tmp_path: Path, folder: str) -> None:
    assert find(tmp_path) is None
    made = make(tmp_path / folder)
    assert environment.find(tmp_path, None, none_tracked) == made
    assert made.python == f"{tmp_path}/{folder}/bin/python"
    assert made.site_packages == (f"{tmp_path}/{folder}/lib/python3.11/site-packages",)


def test_order(tmp_path: Path) -> None:
    make(tmp_path / "main" / ".venv")
    root = tmp_path / "linked"
    assert find(root, tmp_path / "main") == f"{tmp_path}/main/.venv"
    make(root / "env")
    assert find(root, tmp_path / "main") == f"{root}/env"
    make(root / ".venv")
    assert find(root, tmp_path / "main") == f"{root}/.venv"


@pytest.mark.parametrize("missing", ["pyvenv.cfg", "bin/python"])
def test_half_an_environment(tmp_path: Path, missing: str) -> None:
    make(tmp_path / ".venv")
    (tmp_path / ".venv" / missing).unlink()
    assert find(tmp_path) is None


def test_python_must_be_executable(tmp_path: Path) -> None:
    make(tmp_path / ".venv")
    (tmp_path / ".venv" / "bin" / "python").unlink()
    (tmp_path / ".venv" / "bin" / "python").write_text("")
    assert find(tmp_path) is None


def test_what_git_tracks_is_refused(tmp_path: Path) -> None:
    make(tmp_path / "tools" / "python")
    (tmp_path / ".venv").symlink_to("tools/python")
    make(tmp_path / "venv")
    asked = []

    def tracked(path: str) -> bool:
        asked.append(path)
        return path in ("venv", "tools/python")

    assert environment.find(tmp_path, None, tracked) is None
    assert set(asked) == {".venv", "tools/python", "venv"}


def test_uv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path / "elsewhere")
    make(tmp_path / "root" / "custom")
    monkeypatch.setenv("UV_PROJECT_ENVIRONMENT", "custom")
    assert find(tmp_path / "root") == f"{tmp_path}/root/custom"
    monkeypatch.setenv("UV_PROJECT_ENVIRONMENT", f"{tmp_path}/elsewhere")
    assert find(tmp_path / "root") == f"{tmp_path}/elsewhere"


def test_active(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path / "active")
    monkeypatch.setenv("VIRTUAL_ENV", f"{tmp_path}/active")
    assert find(tmp_path / "root") == f"{tmp_path}/active"
    monkeypatch.setattr(sys, "prefix", f"{tmp_path}/active")
    assert find(tmp_path / "root") is None
    monkeypatch.undo()
    monkeypatch.setenv("VIRTUAL_ENV", "active")
    assert find(tmp_path) is None


@pytest.mark.parametrize(
    ("variable", "value", "place"),
    [
        ("PRE_COMMIT_HOME", "hooks", "hooks/repo1/py_x"),
        ("PREK_HOME", "hooks", "hooks/hooks/python-1"),
        ("XDG_CACHE_HOME", "caches", "caches/pre-commit/repo1/env"),
        ("XDG_CACHE_HOME", "caches", "caches/prek/hooks/python-1"),
        ("HOME", "home", "home/.cache/prek/hooks/python-1"),
        ("XDG_DATA_HOME", "data", "data/prek/python-1"),
        ("UNRELATED", "x", "anywhere/py_env-python3.11"),
    ],
)
def test_environments_of_hook_managers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, place: str
) -> None:
    make(tmp_path / place)
    monkeypatch.setenv(variable, f"{tmp_path}/{value}")
    monkeypatch.setenv("VIRTUAL_ENV", f"{tmp_path}/{place}")
    assert find(tmp_path / "root") is None


def test_lib64_counts_once(tmp_path: Path) -> None:
    made = make(tmp_path / ".venv")
    (tmp_path / ".venv" / "lib64").symlink_to("lib")
    assert environment.site_packages(made) == made.site_packages
    (tmp_path / ".venv" / "lib64").unlink()
    (tmp_path / ".venv" / "lib64" / "python3.11" / "site-packages").mkdir(parents=True)
    assert len(environment.site_packages(made)) == 2


def test_installed(tmp_path: Path) -> None:
    made = make(tmp_path / ".venv", "mypy-1.17.1.dist-info", "mypy_extensions-1.0.dist-info", "Foo.Bar_baz-2.dist-info")
    assert environment.installed(made, "mypy") == "1.17.1"
    assert environment.installed(made, "foo-bar-baz") == "2"
    assert environment.installed(made, "my") is None


def test_tool_path(tmp_path: Path) -> None:
    made = make(tmp_path / ".venv")
    assert environment.tool_path(made, "mypy") is None
    path = tmp_path / ".venv" / "bin" / "mypy"
    path.write_text("")
    assert environment.tool_path(made, "mypy") is None
    path.chmod(0o755)
    assert environment.tool_path(made, "mypy") == os.fspath(path)


def test_digest(tmp_path: Path) -> None:
    one = environment.digest(make(tmp_path / "1", "b-1.dist-info", "a-1.dist-info"))
    assert one == environment.digest(make(tmp_path / "2", "a-1.dist-info", "b-1.dist-info", "other"))
    assert one != environment.digest(make(tmp_path / "3", "a-1.dist-info", "b-2.dist-info"))
    assert one != environment.digest(make(tmp_path / "4", "a-1.dist-info", "b-1.dist-info", version="3.12.1"))
