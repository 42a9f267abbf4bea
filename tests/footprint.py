"""What no command of the gate may change, and two ways to call it: in this process, and as a program."""

from __future__ import annotations

import io
import os
import stat
import subprocess
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple

from qualitygate.cli import main
from tests.support import git

CHECKOUT = Path(__file__).parent.parent
# As the console script does it: neither the current directory nor PYTHONPATH has a say in what is imported.
_LAUNCH = f"import sys; sys.path[0] = {os.fspath(CHECKOUT)!r}; from qualitygate.cli import main; sys.exit(main())"


class Answer(NamedTuple):
    code: int
    out: str
    err: str


def gate(where: Path, *argv: str) -> Answer:
    out, err = io.StringIO(), io.StringIO()
    before = Path.cwd()
    os.chdir(where)
    try:
        with redirect_stdout(out), redirect_stderr(err):
            code = main(argv)
    finally:
        os.chdir(before)
    return Answer(code, out.getvalue(), err.getvalue())


def start(where: Path, *argv: str, env: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", _LAUNCH, *argv],
        cwd=where, env={**os.environ, **(env or {})}, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip


def program(where: Path, *argv: str, env: Mapping[str, str] | None = None) -> Answer:
    process = start(where, *argv, env=env)
    out, err = process.communicate(timeout=100)
    return Answer(process.returncode, out.decode(), err.decode())  # strict: a report is UTF-8 whatever it quotes


def refusal(answer: Answer) -> str:
    """The error and hint lines, after making sure that there are such, and nothing worse."""
    assert answer.code == 2, answer
    assert "error: " in answer.err and "hint: " in answer.err, answer
    assert "Traceback" not in answer.out + answer.err
    return answer.err


def footprint(root: Path, git_dir: Path | None = None) -> dict[str, object]:
    """Every file with its mode and bytes, the index, the refs, HEAD, the hooks and git's configuration."""
    git_dir = git_dir or root / ".git"
    found: dict[str, object] = {}
    for top, name in ((root, ""), (git_dir / "hooks", "hooks/"), (git_dir / "info", "info/")):
        for folder, folders, files in os.walk(top):
            folders[:] = [one for one in folders if one != ".git"]
            for file in (*files, *folders):
                path = Path(folder) / file
                found[name + os.fspath(path.relative_to(top))] = _content(path)
    for file in ("config", "HEAD", "packed-refs", "index.lock", "MERGE_HEAD"):
        found[f".git/{file}"] = _content(git_dir / file)
    return found | {"git": _told(root)}


def _content(path: Path) -> object:
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return None
    if stat.S_ISLNK(mode):
        return os.readlink(path)
    return (mode, path.read_bytes() if stat.S_ISREG(mode) else b"")


def _told(root: Path) -> list[str]:
    asked = (("ls-files", "--stage", "-t", "-v"), ("for-each-ref",), ("stash", "list"))
    return [git(root, *args, check=False, env={"GIT_OPTIONAL_LOCKS": "0"}) for args in asked]
