from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from qualitygate.checks import editable as editable_hooks
from qualitygate.checks import environment
from qualitygate.checks.overlay import overlay
from qualitygate.checks.tool import Environment, Request
from qualitygate.checks.tools import mypy, mypy_seeds
from qualitygate.model import Report
from qualitygate.process import run, tool_env

SOURCES = {
    "pyproject.toml": '[tool.mypy]\nfiles = ["tests"]\n',
    "src/pkg/__init__.py": "",
    "src/pkg/py.typed": "",
    "src/pkg/a.py": "A: int = 1\n",
    "src/pkg/b.py": "from pkg.a import A\n\nB: int = A\n",
    "tests/test_b.py": "from pkg.a import A\nfrom pkg.b import B\nfrom third import T\n\nx: int = A + B + T\n",
}


class Project(NamedTuple):
    work: Path
    snapshot: Path
    environment: Environment
    hooked: bool


def fill(root: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)


def editable(work: Path, folder: Path) -> None:
    (folder / "pkg.pth").write_text(f"import os\n{work}/src\n")


def copied(work: Path, folder: Path) -> None:
    shutil.copytree(work / "src" / "pkg", folder / "pkg")
    metadata = folder / "pkg-1.dist-info"
    metadata.mkdir()
    (metadata / "direct_url.json").write_text(json.dumps({"url": f"file://{work}", "dir_info": {}}))
    (metadata / "RECORD").write_text(
        "pkg/a.py,,\npkg/__pycache__/a.pyc,,\n../../../bin/pkg,,\npkg-1.dist-info/RECORD,,\n"
    )


def linked(work: Path, folder: Path) -> None:
    (folder / "pkg").symlink_to(work / "src" / "pkg")


def hook_of_setuptools(work: Path, folder: Path) -> None:
    table = {"pkg": f"{work}/src/pkg"}
    (folder / "__editable___pkg_1_finder.py").write_text(f"import sys\nMAPPING: dict[str, str] = {table!r}\n")
    (folder / "__editable__.pkg-1.pth").write_text("import __editable___pkg_1_finder as f; f.install()")


def hook_of_editables(work: Path, folder: Path) -> None:
    calls = ("F.install()", f"F.map_module('pkg', '{work}/src/pkg/__init__.py')")
    (folder / "_editable_impl_pkg.py").write_text("\n".join(("from editables.redirector import F", *calls)))
    (folder / "_editable_impl_pkg.pth").write_text("import _editable_impl_pkg")


INSTALLS = {
    "editable": editable,
    "copied": copied,
    "linked": linked,
    "hook of setuptools": hook_of_setuptools,
    "hook of editables": hook_of_editables,
}
HOOKS = frozenset((hook_of_setuptools, hook_of_editables))
"""Mypy by itself sees nothing that only an import hook finds."""


@pytest.fixture(scope="session")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("venv") / ".venv"
    made = run([sys.executable, "-m", "venv", "--without-pip", place], timeout=60)
    assert made.code == 0, made.stderr
    return place


@pytest.fixture(params=INSTALLS)
def project(request: pytest.FixtureRequest, tmp_path: Path, bare: Path) -> Project:
    work, snapshot = tmp_path / "work", tmp_path / "cache" / "head"
    fill(work, SOURCES)
    fill(snapshot, SOURCES)
    shutil.copytree(bare, work / ".venv", symlinks=True)
    found = environment.load(work / ".venv")
    assert found is not None
    folder = Path(found.site_packages[0])
    fill(folder, {"third/__init__.py": "T = 1\n", "third/py.typed": "", "other.pth": "import sys\n"})
    INSTALLS[request.param](work, folder)
    return Project(work, snapshot, found, INSTALLS[request.param] in HOOKS)


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mypy-cache")


def check(project: Project, env: Environment, cache: Path) -> Report:
    request = Request(
        check="types",
        root=os.fspath(project.snapshot),
        files=tuple(path for path in SOURCES if path.endswith(".py")),
        executable=os.fspath(Path(sys.executable).with_name("mypy")),
        options={"environment": "project"},
        cache_dir=os.fspath(cache),
        environment=env,
    )
    command = mypy.command(request)
    return mypy.parse(run(command.argv, cwd=project.snapshot, env=tool_env(command.env), timeout=120), request)


def said(report: Report) -> list[tuple[str, int, str]]:
    assert report.reason == ""
    return [(finding.path, finding.line, finding.rule) for finding in report.findings]


def view(project: Project) -> Environment:
    return overlay(project.environment, project.snapshot.with_name("env"), project.snapshot, (project.work,))


@pytest.mark.live
def test_imports_resolve_to_the_snapshot(project: Project, cache: Path) -> None:
    assert said(check(project, view(project), cache)) == []

    def read(path: str) -> bytes | None:
        return SOURCES[path].encode() if path in SOURCES else None

    (canary, *_) = mypy_seeds.canaries(SOURCES, read, mypy.asked_for(SOURCES, read, {}))
    for path, data in canary.edits:
        (project.snapshot / path).write_bytes(data)
    report = check(project, view(project), cache)
    # Only `tests` is asked for: the package itself is silent, as it is in place.
    assert said(report) == list(canary.expected) == [("tests/test_b.py", 2, "mypy:assignment")]
    assert canary.says in report.findings[0].message
    without = check(project, project.environment, cache)
    expected = ["mypy:import-not-found"] * 2 if project.hooked else ["mypy:attr-defined"]
    assert [finding.rule for finding in without.findings] == expected


@pytest.mark.live
def test_a_module_that_is_only_in_the_work_tree_is_missing(project: Project, cache: Path) -> None:
    (project.snapshot / "src/pkg/a.py").unlink()
    assert project.hooked or said(check(project, project.environment, cache)) == []
    assert said(check(project, view(project), cache)) == [("tests/test_b.py", 1, "mypy:import-not-found")]


def test_contents(project: Project) -> None:
    made = view(project)
    folder = Path(made.site_packages[0])
    assert (folder / "third").resolve() == Path(project.environment.site_packages[0]) / "third"
    texts = {path.name: path.read_text() for path in folder.glob("*.pth")}
    assert all(text == f"{project.snapshot}/src\n" for text in texts.values())
    assert "other.pth" not in texts
    assert texts or (folder / "pkg").resolve() == project.snapshot / "src" / "pkg"
    asked = run([made.python, "-c", "import pkg.a, third; print(pkg.a.__file__)"], timeout=60, env=tool_env())
    assert asked.stdout.decode().strip() == f"{folder if not texts else project.snapshot / 'src'}/pkg/a.py"


def test_it_is_made_anew_only_when_something_differs(project: Project) -> None:
    made = view(project)
    mark = Path(made.prefix) / "mark"
    mark.touch()
    assert view(project) == made
    assert mark.exists()
    (Path(project.environment.site_packages[0]) / "more.py").touch()
    assert view(project) == made
    assert not mark.exists()
    assert (Path(made.site_packages[0]) / "more.py").exists()


def test_an_interrupted_one_is_made_anew(project: Project) -> None:
    made = view(project)
    (Path(made.prefix) / "overlay.json").unlink()
    Path(made.python).unlink()
    assert os.path.exists(view(project).python)


def test_the_environment_is_not_written(project: Project) -> None:
    before = {path: path.lstat().st_mtime_ns for path in project.work.rglob("*")}
    view(project)
    assert {path: path.lstat().st_mtime_ns for path in project.work.rglob("*")} == before


def test_the_work_tree_of_a_linked_one(project: Project, tmp_path: Path) -> None:
    where, other = tmp_path / "env", tmp_path / "linked"
    made = overlay(project.environment, where, project.snapshot, (other, project.work))
    texts = [path.read_text() for path in Path(made.site_packages[0]).glob("*.pth")]
    assert all(str(project.work) not in text for text in texts)


def test_a_package_that_an_import_hook_renames(project: Project) -> None:
    fill(project.work, {"lib/core.py": "C = 0\n", "one.py": "O = 0\n"})
    fill(project.snapshot, {"lib/core.py": "C = 1\n", "one.py": "O = 1\n"})
    folder = Path(project.environment.site_packages[0])
    table = {"named": f"{project.work}/lib", "alone": f"{project.work}/one", "within.named": f"{project.work}/lib"}
    (folder / "__editable___named_1_finder.py").write_text(f"MAPPING = {table!r}\n")
    (folder / "__editable__.named-1.pth").write_text("import __editable___named_1_finder as f; f.install()\n")
    asked = "import named.core, alone; print(named.core.C + alone.O)"
    assert run([view(project).python, "-c", asked], timeout=60, env=tool_env()).stdout == b"2\n"


@pytest.mark.parametrize("text", ["MAPPING = 1\n", "MAPPING = {1: 2, **x}\n", "MAPPING = {\n", "F.map_module()\n"])
def test_a_hook_that_cannot_be_read_maps_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "__editable___x_finder.py").write_text(text)
    assert list(editable_hooks.mapped(os.fspath(tmp_path))) == []
