"""A private copy of a repository, what is in it to the byte, and the programs that are run on it."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import stat
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from qualitygate.actor import agent

Listing = Mapping[str, tuple[str, str]]
"""Path to mode and content: a digest, the target of a link, or empty for a folder."""

_FINDING = re.compile(
    r"^ {0,2}(?P<path>[^\s:][^:\n]*)(?::(?P<line>\d+))?(?::\d+)?: (?P<rule>[a-z-]+:[\w@/.-]+)(?: |$)", re.M
)
_MEMBERS = ("", "*/", "*/*/")
"""Where members of a workspace lie."""
# What an agent reads: the findings of one rule under it.
_TITLE = re.compile(r'^(?:lost |hidden )?"(?P<rule>[a-z-]+:[\w@/.-]+)" \d+ findings?')
_ITEM = re.compile(r'^- (?:\w+ )?"(?P<path>[^"]+)"(?::(?P<line>\d+))?')


class Done(NamedTuple):
    """What a program left: exit code, both streams as one text, and how long it took in seconds."""

    code: int
    said: str
    seconds: float


ANYWHERE = -1
"""A line of which nobody can know which one it is."""


class Found(NamedTuple):
    """A finding as it was printed; line 0 where it is about the file. Of what is waited for, "" is any path."""

    path: str
    line: int
    rule: str


class Defect(NamedTuple):
    """A file with something wrong in it, the one finding that must come of it, and the file put right.

    `agent`: nobody but a coding agent is refused for it. `also`: what a linter of the project says of it itself.
    """

    check: str
    path: str
    broken: bytes
    mended: bytes
    expected: Found
    agent: bool = False
    also: tuple[Found, ...] = ()


def surroundings(work: Path) -> dict[str, str]:
    """An environment in which nothing outside `work` is read or written, and nobody is a coding agent."""
    for name in ("cache", "state", "tmp"):
        (work / name).mkdir(parents=True, exist_ok=True)
    settings = work / "gitconfig"
    settings.write_text("[user]\n\tname = Story\n\temail = story@example.com\n[commit]\n\tgpgsign = false\n")
    env = {key: value for key, value in os.environ.items() if not key.startswith("GIT_") and not agent({key: value})}
    env.update(XDG_CACHE_HOME=f"{work}/cache", XDG_STATE_HOME=f"{work}/state", TMPDIR=f"{work}/tmp")
    env.update(GIT_CONFIG_GLOBAL=os.fspath(settings), GIT_CONFIG_NOSYSTEM="1", NO_COLOR="1")
    return env


def run(argv: Sequence[str], root: Path, env: Mapping[str, str]) -> Done:
    """Run a program to its end, whatever it returns."""
    start = time.perf_counter()
    nothing, pipe, same = subprocess.DEVNULL, subprocess.PIPE, subprocess.STDOUT
    done = subprocess.run(list(argv), cwd=root, env=dict(env), check=False, stdin=nothing, stdout=pipe, stderr=same)
    return Done(done.returncode, done.stdout.decode("utf-8", "replace"), time.perf_counter() - start)


def git(root: Path, env: Mapping[str, str], *args: str) -> str:
    """Run git; raises RuntimeError with what it said unless it exits 0."""
    done = run(["git", *args], root, env)
    if done.code != 0:
        raise RuntimeError(f"git {' '.join(args)}: {done.said}")
    return done.said


def copy(source: Path, target: Path, env: Mapping[str, str], *, keep_remote: bool) -> None:
    """A copy with its own `.venv` (of members, too) and packages, on a clean work tree; without remotes unless kept."""
    shutil.copytree(source, target, symlinks=True)
    environments = [found for depth in _MEMBERS for found in target.glob(f"{depth}.venv") if found.is_dir()]
    for path in [path for environment in environments for path in _with_own_path(environment)]:
        data = path.read_bytes()
        if os.fsencode(source) in data and b"\0" not in data:
            path.write_bytes(data.replace(os.fsencode(source), os.fsencode(target)))
    for remote in git(target, env, "remote").split() if not keep_remote else ():
        git(target, env, "remote", "remove", remote)
    with open(target / ".git" / "info" / "exclude", "a") as file:
        file.write("\n.venv/\nnode_modules/\n")


def _with_own_path(environment: Path) -> Iterator[Path]:
    packages = "lib/python*/site-packages"
    for pattern in ("bin/*", "pyvenv.cfg", f"{packages}/*.pth", f"{packages}/*.dist-info/*"):
        yield from (path for path in environment.glob(pattern) if path.is_file() and not path.is_symlink())


def listing(root: Path) -> Listing:
    """Every file, folder and link of the work tree, and of the hooks' folder."""
    found: dict[str, tuple[str, str]] = {}
    for top in (root, root / ".git" / "hooks"):
        for folder, folders, files in os.walk(top):
            if folder == os.fspath(root):
                folders.remove(".git")
            for name in (*folders, *files):
                path = Path(folder, name)
                found[os.path.relpath(path, root)] = _entry(path)
    return found


def _entry(path: Path) -> tuple[str, str]:
    about = path.lstat()
    content = ""
    if stat.S_ISLNK(about.st_mode):
        content = os.readlink(path)
    elif stat.S_ISREG(about.st_mode):
        # Of packages there are too many to read.
        large = "node_modules" in path.parts
        content = str(about.st_size) if large else hashlib.sha256(path.read_bytes()).hexdigest()
    return oct(about.st_mode), content


def differences(before: Listing, after: Listing) -> list[str]:
    """The paths that are not the same in both."""
    return sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))


def is_meant(found: Found, wanted: Found) -> bool:
    """Whether a finding is one that was waited for."""
    place = wanted.path in ("", found.path) and wanted.line in (found.line, ANYWHERE)
    return place and found.rule == wanted.rule


def findings(said: str) -> list[Found]:
    """What a report lists, as text for people or as agents read it."""
    found = [Found(m["path"].strip('"'), int(m["line"] or 0), m["rule"]) for m in _FINDING.finditer(said)]
    rule = ""
    for line in said.splitlines():
        if title := _TITLE.match(line):
            rule = title["rule"]
        elif rule and (m := _ITEM.match(line)):
            found.append(Found(m["path"], int(m["line"] or 0), rule))
    return sorted(found)
