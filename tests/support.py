"""Builders for the tests: real repositories, and a check that needs no program."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from qualitygate.model import Finding, Report, Verdict

if TYPE_CHECKING:
    from qualitygate.gate.planning import Gate

GIT_IDENTITY = """\
[user]
\tname = Somebody
\temail = somebody@example.com
[init]
\tdefaultBranch = main
[commit]
\tgpgsign = false
[protocol "file"]
\tallow = always
"""


_PYTEST = ("pytest", "_pytest", "py", "pluggy", "iniconfig", "packaging", "pygments")
_BACKPORTS = ("exceptiongroup", "tomli", "typing_extensions")


def git(root: Path, *args: str, check: bool = True, env: Mapping[str, str] | None = None) -> str:
    done = subprocess.run(["git", *args], cwd=root, capture_output=True, env={**os.environ, **(env or {})}, check=False)
    if check and done.returncode:
        raise AssertionError(f"git {args}: {done.stdout.decode()}{done.stderr.decode()}")
    return done.stdout.decode("utf-8", "surrogateescape").strip()


def write(root: Path, files: Mapping[str, str | bytes | None]) -> None:
    for name, content in files.items():
        path = root / name
        if content is None:
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def make_repo(root: Path, files: Mapping[str, str | bytes | None]) -> Path:
    root.mkdir(parents=True, exist_ok=True)
    git(root, "init", "-q")
    write(root, files)
    git(root, "add", "-A")
    git(root, "commit", "-qm", "start", "--allow-empty")
    return root


def commit(root: Path, files: Mapping[str, str | bytes | None], message: str = "change") -> str:
    write(root, files)
    git(root, "add", "-A")
    git(root, "commit", "-qm", message, "--allow-empty", "--no-verify")
    return git(root, "rev-parse", "HEAD")


def _look(root: str, files: tuple[str, ...], options: Mapping[str, Any]) -> Report:
    found = []
    for path in files:
        for number, line in enumerate((Path(root) / path).read_bytes().decode("utf-8", "replace").splitlines(), 1):
            column = line.find("BAD")
            if column >= 0:
                found.append(Finding("words", "words:bad", path, number, column + 1, number, column + 4, "a bad word"))
    return Report(tuple(found), len(files))


def words(**changed: Any) -> SimpleNamespace:
    """A check that finds the word BAD, once a line."""
    tool = {
        "name": "words",
        "title": "words",
        "scope": "tree",
        "reads": "self",
        "config_files": (),
        "package": "",
        "wants": lambda path: path.endswith((".py", ".txt")),
        "look": _look,
    }
    return SimpleNamespace(**{**tool, **changed})


def policy(**options: Any) -> Callable[[bytes | None], dict[str, Any]]:
    check = {"name": "words", "tool": "words", "policy": "ratchet", "tier": "commit", "version": "", "options": {}}
    document = {"schema": 1, "gate": {"time_limit": 60}, "checks": [{**check, **options}]}

    def compile_(data: bytes | None) -> dict[str, Any]:
        return {**document, "source": "qualitygate.toml" if data is not None else "the playbook"}

    return compile_


def open_words(root: Path, *, tool: SimpleNamespace | None = None, **options: Any) -> Gate:
    from qualitygate.gate.planning import open_gate

    return open_gate(root, {"words": tool or words()}, policy(**options))


def make_environment(root: Path) -> Path:
    """A `.venv` of the project, with the packages that these tests run from and without the project itself."""
    place = root / ".venv"
    home = Path(sys.executable).resolve().parent
    folder = place / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
    folder.mkdir(parents=True)
    (place / "bin").mkdir()
    (place / "bin" / "python").symlink_to(Path(sys.executable).resolve())
    (place / "pyvenv.cfg").write_text(f"home = {home}\nversion = {sys.version.split()[0]}\n")
    for entry in Path(pytest.__file__).parents[1].iterdir():
        name = entry.name.split("-")[0].removesuffix(".py")
        # tomli is compiled by mypyc, which leaves a shared library of an arbitrary name beside it.
        if name in _PYTEST or (sys.version_info < (3, 11) and (name in _BACKPORTS or "__mypyc." in name)):
            (folder / entry.name).symlink_to(entry)
    return place


def with_ids(verdict: Verdict, fingerprint: Callable[[Finding], str]) -> Verdict:
    """The verdict with an id for each finding in it."""
    found = (*verdict.new, *verdict.lost, *verdict.hidden, *verdict.shown, *verdict.touched, *verdict.revealed)
    return verdict._replace(fingerprints={one: fingerprint(one) for one in (*found, *verdict.accepted)})
