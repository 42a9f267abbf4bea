from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from qualitygate.checks.resolve import program_of
from qualitygate.checks.tool import Modules, Project, Tool
from qualitygate.errors import ToolError
from tests.support import write


def tool(package: str, **more: object) -> Tool:
    return cast(Tool, SimpleNamespace(package=package, **more))


@pytest.fixture
def modules(tmp_path: Path) -> Modules:
    write(
        tmp_path,
        {
            "node_modules/typescript/package.json": '{"version": "5.9.3"}',
            "node_modules/.bin/tsc": "#!/bin/sh\n",
            "node_modules/oxlint/package.json": '{"version": "1.2.0"}',
        },
    )
    (tmp_path / "node_modules/.bin/tsc").chmod(0o755)
    return Modules(os.fspath(tmp_path), ("node_modules",))


TSC = tool("typescript", ecosystem="node", program="tsc")


def test_a_program_of_the_projects_packages(modules: Modules) -> None:
    found = program_of(TSC, "5", Project(modules=modules))
    assert found == (os.path.join(modules.top, "node_modules/.bin/tsc"), "5.9.3", True)


@pytest.mark.parametrize(
    ("wanted", "said"), (("6", "typescript 6 is needed, found 5.9.3 in"), ("5.1", "typescript 5.1 is needed"))
)
def test_another_version_than_asked_for_is_not_taken(modules: Modules, wanted: str, said: str) -> None:
    with pytest.raises(ToolError, match=said):
        program_of(TSC, wanted, Project(modules=modules))


def test_a_version_that_does_not_know_how_it_is_called_is_named_and_not_tried(modules: Modules) -> None:
    """ruff 0.0.267 was called with an option that came later, and its whole usage was the reason."""
    old = tool("typescript", ecosystem="node", program="tsc", oldest="5.10")
    with pytest.raises(ToolError, match=r"typescript 5\.9\.3 is too old: the gate can call 5\.10 and later"):
        program_of(old, "", Project(modules=modules))
    same = tool("typescript", ecosystem="node", program="tsc", oldest="5.9.3")
    assert program_of(same, "", Project(modules=modules)).version == "5.9.3"


def test_packages_that_nobody_trusted_are_not_looked_at() -> None:
    with pytest.raises(ToolError, match="typescript is not in node_modules"):
        program_of(TSC, "", Project())


def script(folder: Path, name: str, text: str) -> Path:
    write(folder, {name: f"#!/bin/sh\n{text}\n"})
    (folder / name).chmod(0o755)
    return folder / name


def test_a_program_on_the_path_says_its_version_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = tmp_path / "asked"
    place = script(tmp_path / "bin", "frob", f"echo x >> {asked}; echo frob version go1.24.3 linux")
    monkeypatch.setenv("PATH", os.fspath(tmp_path / "bin"), prepend=os.pathsep)
    frob = tool("frob", ecosystem="system", version_argv=("version",))
    assert program_of(frob, "1.24", Project()) == (os.fspath(place), "1.24.3", False)
    program_of(frob, "", Project())
    assert asked.read_text() == "x\n"
    script(tmp_path / "bin", "frob", "echo frob 1.25.0 of another size")
    assert program_of(frob, "", Project()).version == "1.25.0"


def test_a_shim_is_asked_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What `cargo` starts is rustup's affair, and changes while `cargo` stays the same file."""
    said = tmp_path / "said"
    script(tmp_path / "bin", "rustup", f"cat {said}")
    os.symlink("rustup", tmp_path / "bin" / "cargo")
    monkeypatch.setenv("PATH", os.fspath(tmp_path / "bin"), prepend=os.pathsep)
    for version in ("1.90.0", "1.91.0"):
        said.write_text(f"cargo {version}\n")
        assert program_of(tool("cargo", ecosystem="system"), "", Project()).version == version


def test_a_folder_of_the_path_that_is_relative_is_not_searched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With `.` on the PATH a repository would bring the program itself."""
    script(tmp_path, "frob", "echo 6.6.6")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", ".", prepend=os.pathsep)
    with pytest.raises(ToolError, match="frob is not installed"):
        program_of(tool("frob", ecosystem="system"), "", Project())


@pytest.mark.parametrize("text", ("echo no number", "echo 1.0.0; exit 3"))
def test_a_program_that_does_not_say_its_version_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    script(tmp_path / "bin", "frob", text)
    monkeypatch.setenv("PATH", os.fspath(tmp_path / "bin"), prepend=os.pathsep)
    with pytest.raises(ToolError, match="does not say its version"):
        program_of(tool("frob", ecosystem="system"), "", Project())
