from __future__ import annotations

import email
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from qualitygate.config import parse_toml
from tests.checkout import DATA, ROOT, copy_checkout, files_below, run

pytest.importorskip("hatchling")
pytest.importorskip("build")

_ASK = """
import site, sys
site.addsitedir(sys.argv[1])
from qualitygate import resources
assert resources.read("hooks", "git", "hook.sh").startswith(b"#!/bin/sh")
assert resources.read("templates", "qualitygate.toml").endswith(b"schema = 1\\n")
assert (resources.files("qualitygate") / "inspection" / "tools.toml").is_file()
print(resources.data_dir("playbooks"))
"""


def built(folder: Path, pattern: str) -> Path:
    (found,) = folder.glob(pattern)
    return found


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_checkout(tmp_path_factory.mktemp("checkout") / "qualitygate")


@pytest.fixture(scope="module")
def dist(copy: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    # Without `--wheel` the wheel is built from the sdist: what the one lacks, the other lacks too.
    done = run(sys.executable, "-m", "build", "--no-isolation", "--outdir", out, copy, cwd=out)
    assert done.returncode == 0, done.stdout
    return out


@pytest.fixture(scope="module")
def wheel(dist: Path) -> zipfile.ZipFile:
    return zipfile.ZipFile(built(dist, "*.whl"))


def test_the_wheel_holds_the_package_and_its_data_and_nothing_else(wheel: zipfile.ZipFile, copy: Path) -> None:
    names = {name for name in wheel.namelist() if ".dist-info/" not in name}
    wanted = {f"qualitygate/{path}" for path in files_below(copy / "qualitygate")}
    wanted |= {f"qualitygate/_data/{kind}/{path}" for kind in DATA for path in files_below(copy / kind)}
    assert names == wanted


@pytest.mark.parametrize("path", ["py.typed", "inspection/tools.toml", "_data/playbooks/python/playbook.toml"])
def test_what_is_not_python_ships_too(wheel: zipfile.ZipFile, path: str) -> None:
    assert f"qualitygate/{path}" in wheel.namelist()


def test_the_metadata_is_what_pyproject_says(wheel: zipfile.ZipFile) -> None:
    project = parse_toml((ROOT / "pyproject.toml").read_bytes(), file="pyproject.toml")["project"]
    (name,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    metadata = email.message_from_bytes(wheel.read(name))
    assert (metadata["Name"], metadata["Version"]) == (project["name"], project["version"])
    assert "dynamic" not in project
    needed = [row for row in metadata.get_all("Requires-Dist", []) if "extra ==" not in row]
    assert len(needed) == len(project["dependencies"])
    entry_points = wheel.read(name.replace("METADATA", "entry_points.txt")).decode()
    assert "qualitygate = qualitygate.cli:main" in entry_points


def test_the_sdist_can_be_tested_and_read(dist: Path, copy: Path) -> None:
    with tarfile.open(built(dist, "*.tar.gz")) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    wanted = {"README.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE", ".pre-commit-hooks.yaml", ".ci/run"}
    wanted |= {f"tests/{path}" for path in files_below(copy / "tests")}
    wanted |= {f"docs/{path}" for path in files_below(copy / "docs")}
    assert wanted <= names
    assert not {name for name in names if name.endswith(".pyc")}


def ask(site: Path, cwd: Path) -> Path:
    """Where an interpreter that knows only this site folder, and its own libraries, finds the playbooks."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", _ASK, site], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip())


def unpacked(wheel: Path, to: Path) -> Path:
    done = run(
        sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-index", "--target", to, wheel, cwd=to.parent
    )
    assert done.returncode == 0, done.stdout
    return to


def test_an_installed_wheel_finds_its_data(dist: Path, tmp_path: Path) -> None:
    site = unpacked(built(dist, "*.whl"), tmp_path / "site")
    assert ask(site, tmp_path) == site / "qualitygate" / "_data" / "playbooks"


def test_an_editable_install_is_a_pointer_and_finds_the_data_of_the_checkout(copy: Path, tmp_path: Path) -> None:
    build = "import sys, hatchling.build as b; b.build_editable(sys.argv[1])"
    done = run(sys.executable, "-c", build, tmp_path, cwd=copy)
    assert done.returncode == 0, done.stdout
    site = unpacked(built(tmp_path, "*.whl"), tmp_path / "site")
    assert not (site / "qualitygate").exists()
    assert ask(site, tmp_path) == copy / "playbooks"


def test_a_plain_checkout_finds_its_data(copy: Path, tmp_path: Path) -> None:
    assert ask(copy, tmp_path) == copy / "playbooks"
