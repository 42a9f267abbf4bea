"""This checkout, for the tests of packaging: its folders, and copies of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
DATA = ("playbooks", "hooks", "templates")
BIN = Path(sys.executable).parent

_NOT_OURS = shutil.ignore_patterns(".git", ".venv", "venv", "build", "dist", "__pycache__", ".*_cache", ".hypothesis")


def files_below(folder: Path) -> set[str]:
    """The files of a folder, relative to it; what Python compiled is not one."""
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def copy_checkout(to: Path) -> Path:
    """A copy without history, as it is on disk now."""
    shutil.copytree(ROOT, to, ignore=_NOT_OURS)
    return to


def copy_as_repository(to: Path) -> Path:
    """A copy with one commit, for what installs from a repository."""
    copy_checkout(to)
    identity = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.com", "-c", "commit.gpgsign=false")
    for args in (("init", "-q"), ("add", "-A"), (*identity, "commit", "-qm", "start", "--no-verify")):
        subprocess.run(["git", *args], cwd=to, check=True, capture_output=True)
    return to


def run(*argv: str | os.PathLike[str], cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a program with the tools of this environment first on the PATH; both streams are in `stdout`."""
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        argv,
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        env={**os.environ, "PATH": path, **env},
    )
