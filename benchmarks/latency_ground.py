"""A large repository that is set up once for qualitygate and once for prek, and ways to time what runs in it."""

from __future__ import annotations

import json
import os
import resource
import shutil
import stat
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.story_tree import Done, git, run, surroundings

_BUILTIN = ("check-toml", "check-yaml", "check-json", "check-merge-conflict", "check-added-large-files")
_TRACER = '#!/bin/sh\necho "$@" >> "{log}"\nexec "{git}" "$@"\n'
_PEAK = """\
import resource, runpy, sys
sys.argv = sys.argv[1:]
try:
    runpy.run_path(sys.argv[0], run_name="__main__")
finally:
    print("peak", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)
"""


class Ground(NamedTuple):
    """The repository, the environment to run in, prek's configuration, and the files that are edited in turn."""

    root: Path
    env: Mapping[str, str]
    config: Path
    hosts: Sequence[str]
    types: str


class Took(NamedTuple):
    """How long something took, in milliseconds: on the clock, and of all processors, which others do not disturb."""

    wall: float
    cpu: float


def prepare(source: Path, work: Path, types: str, rules: str = "") -> Ground:
    """Copy a source tree, make a repository of it, and set every gate up with the same tools.

    `types`: a folder for mypy. `rules`: a semgrep of the version that we bring, to be run as its vendor means it to.
    """
    env = {**surroundings(work), "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "gc.auto", "GIT_CONFIG_VALUE_0": "0"}
    root = work / "tree"
    shutil.copytree(source, root, symlinks=True, ignore=shutil.ignore_patterns(".git", ".venv"))
    checks = ["syntax", "ruff", "ruff-format", *(["mypy"] if types else []), "markers", "large-files", "secrets"]
    checks += ["semgrep"] if rules else []
    text = "schema = 1\n\n[gate]\ntime_limit = 600\n\n" + "".join(f"[checks.{name}]\n" for name in checks)
    text = text.replace("[checks.mypy]\n", f'[checks.mypy]\npaths = ["{types}"]\n')
    names = json.dumps([path.stem for path in _rule_files()])
    (root / "qualitygate.toml").write_text(text.replace("[checks.semgrep]\n", f"[checks.semgrep]\nrules = {names}\n"))
    (root / "ruff.toml").write_text('[lint]\nselect = ["E9", "F"]\n')
    (root / "mypy.ini").write_text("[mypy]\nignore_missing_imports = True\nfollow_imports = silent\n")
    (root / ".gitignore").write_text(".ruff_cache/\n.mypy_cache/\n")
    config = work / "prek.yaml"
    alone, others, lefts = (_hooks(types, rules, name) for name in ("prek", "pre-commit", "lefthook"))
    # Of one priority, so that prek runs them side by side, as we do.
    builtin = [{"id": name, "priority": 0} for name in (*_BUILTIN, "detect-private-key")]
    local = [{**hook, "priority": 0} for hook in alone]
    config.write_text(json.dumps({"repos": [{"repo": "local", "hooks": local}, {"repo": "builtin", "hooks": builtin}]}))
    (root / ".pre-commit-config.yaml").write_text(json.dumps({"repos": [{"repo": "local", "hooks": others}]}))
    (root / "lefthook.yml").write_text(json.dumps({"pre-commit": {"parallel": True, "commands": _lefthook(lefts)}}))
    git(root, env, "init", "-q")
    git(root, env, "add", "-A")
    git(root, env, "commit", "-qm", "The tree")
    _must(run(["qualitygate", "install"], root, env))
    hosts = [path for path in git(root, env, "ls-files", "*.py").split() if _is_host(root / path, path, types)]
    return Ground(root, env, config, hosts[:: max(len(hosts) // 40, 1)], types)


def _is_host(path: Path, name: str, types: str) -> bool:
    return 2_000 < path.stat().st_size < 30_000 and (not types or name.startswith(types))


def _rule_files() -> list[Path]:
    folder = Path(__file__).resolve().parents[1] / "playbooks/python/rules"
    return sorted(path for path in folder.glob("*.yml") if not path.name.endswith(".fast.yml"))


def _hooks(types: str, rules: str, manager: str) -> list[dict[str, object]]:
    """The tools as a hook manager is told of them; each has a cache of its own, or one would do the others' work."""
    ruff, mypy = (os.fspath(Path(sys.executable).with_name(name)) for name in ("ruff", "mypy"))
    commands = [("lint", f"{ruff} check --force-exclude"), ("format", f"{ruff} format --check --force-exclude")]
    if rules:
        configs = " ".join(f"--config {path}" for path in _rule_files())
        quiet = "--quiet --metrics=off --disable-version-check --error --x-ignore-semgrepignore-files"
        commands.append(("rules", f"{rules} scan {quiet} {configs}"))
    hooks: list[dict[str, object]] = [
        {"id": name, "name": name, "language": "system", "entry": entry, "types": ["python"]}
        for name, entry in commands
    ]
    if types:
        kept = f"--cache-dir=.mypy_cache/{manager}"
        whole = {"pass_filenames": False, "types": ["python"]}
        hooks.append({"id": "types", "name": "types", "language": "system", "entry": f"{mypy} {kept} {types}", **whole})
    return hooks


def _lefthook(hooks: Sequence[Mapping[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for hook in hooks:
        files = "" if hook.get("pass_filenames") is False else " {staged_files}"
        found[str(hook["id"])] = {"run": f"{hook['entry']}{files}", "glob": "*.py"}
    return found


def _must(done: Done) -> None:
    if done.code != 0:
        raise RuntimeError(done.said)


def edit(ground: Ground, number: int) -> None:
    """Stage one more line in one of the files, and nothing else: what no gate has seen before."""
    git(ground.root, ground.env, "reset", "-q", "--hard")
    path = ground.root / ground.hosts[number % len(ground.hosts)]
    path.write_bytes(f"# Edit {number}.\n".encode() + path.read_bytes())
    git(ground.root, ground.env, "add", "-A")


def our_hook(ground: Ground) -> Done:
    """The commit hook as git calls it."""
    return run([".git/hooks/pre-commit"], ground.root, {**ground.env, "GIT_INDEX_FILE": ".git/index"})


def prek(ground: Ground, *args: str) -> Done:
    """`prek run` with the same tools."""
    return run(["prek", "run", "-c", os.fspath(ground.config), *args], ground.root, ground.env)


def pre_commit(ground: Ground) -> Done:
    """`pre-commit run` with the tools alone: its other checks would have to be fetched."""
    return run(["pre-commit", "run"], ground.root, ground.env)


def lefthook(ground: Ground) -> Done:
    """`lefthook run` with the tools alone, side by side."""
    return run(["lefthook", "run", "pre-commit", "--no-auto-install"], ground.root, ground.env)


def forget(ground: Ground) -> None:
    """Throw away every cache: ours, and those of the tools."""
    cache = ground.env["XDG_CACHE_HOME"]
    places = (f"{cache}/qualitygate", ".git/qualitygate/cache", ".git/qualitygate/policy", ".ruff_cache", ".mypy_cache")
    for place in places:
        shutil.rmtree(ground.root / place, ignore_errors=True)


def side_by_side(ground: Ground) -> Done:
    """The bare tools over all files at once, as a shell would start them."""
    tools = ["ruff check -q .", "ruff format -q --check .", *([f"mypy {ground.types}"] if ground.types else [])]
    script = " & ".join(f"{Path(sys.executable).parent}/{tool} > /dev/null" for tool in tools) + " & wait"
    return run(["sh", "-c", script], ground.root, ground.env)


def git_calls(ground: Ground, action: Callable[[Ground], Done]) -> list[str]:
    """The git commands that `action` runs, one a line."""
    folder = ground.root.parent / "tracer"
    folder.mkdir(exist_ok=True)
    log, tracer = folder / "log", folder / "git"
    log.write_text("")
    tracer.write_text(_TRACER.format(log=log, git=shutil.which("git")))
    tracer.chmod(tracer.stat().st_mode | stat.S_IXUSR)
    traced = {**ground.env, "PATH": f"{folder}{os.pathsep}{ground.env['PATH']}"}
    action(ground._replace(env=traced))
    return log.read_text().splitlines()


def peak(ground: Ground) -> float:
    """The most memory that the hook's own process held, in MiB; the tools it starts are not in it."""
    hook = (ground.root / ".git/hooks/pre-commit").read_text().splitlines()
    said = dict(line.split("=", 1) for line in hook if line.startswith(("python=", "package=")))
    argv = [said["python"], "-I", "-S", "-c", _PEAK, f"{said['package']}/git_hook.py", "pre-commit"]
    done = run(argv, ground.root, {**ground.env, "GIT_INDEX_FILE": ".git/index"})
    return int(done.said.rsplit("peak ", 1)[1].split()[0]) / 1024


def timed(action: Callable[[], Done], *, codes: Sequence[int] = (0,)) -> Took:
    """How long it takes; raises RuntimeError if it exits otherwise than it should."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = action()
    took, after = (time.perf_counter() - start) * 1000, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.code not in codes:
        raise RuntimeError(f"exit {done.code}: {done.said[-600:]}")
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Took(took, used * 1000)


def percentile(values: Sequence[Took], share: float) -> Took:
    """What `share` of all do not exceed."""
    at = min(int(len(values) * share), len(values) - 1)
    return Took(sorted(took.wall for took in values)[at], sorted(took.cpu for took in values)[at])


def middle(values: Sequence[Took]) -> Took:
    """The medians."""
    return Took(statistics.median(took.wall for took in values), statistics.median(took.cpu for took in values))
