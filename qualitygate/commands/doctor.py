"""`qualitygate doctor`: whether the gate stands in this clone and this worktree, and what mends it."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

from qualitygate import git, hook_scripts
from qualitygate.agents.catalogue import AGENTS
from qualitygate.bootstrap.agent_files import Chosen
from qualitygate.bootstrap.agent_proof import prove_agents
from qualitygate.bootstrap.hook_proof import HookProof, prove_hooks
from qualitygate.checks.catalogue import TOOLS
from qualitygate.checks.resolve import program_of
from qualitygate.checks.scope import root_of
from qualitygate.commands.audit import audit
from qualitygate.commands.audit_clone import hooks_path_from, is_managed
from qualitygate.commands.install import checks_of, ensure_trust, put_in, trusted_project
from qualitygate.config import FILE_NAME, compile_policy
from qualitygate.errors import ConfigError, QualityGateError, ToolError
from qualitygate.frozen import NamedTuple
from qualitygate.gate import base, records
from qualitygate.gate.state import locate
from qualitygate.git import Repo
from qualitygate.hook_managers import INSTALLERS, NAMES, calls_gate, writer
from qualitygate.inspection.inspect import inspect
from qualitygate.locations import GIT_LAUNCHER, LAUNCHER
from qualitygate.resources import read

INSTALL = "qualitygate install"
_LAUNCHERS = {LAUNCHER: ("agents", "agent-hook.sh"), GIT_LAUNCHER: ("git", "git-hook.sh")}


class Row(NamedTuple):
    """One thing that was looked at. `mend` is the one command that mends a problem."""

    what: str
    state: Literal["ok", "note", "problem", "undecided"]
    said: str
    mend: str = ""


class Diagnosis(NamedTuple):
    """All rows, and the files that `--fix` brought up to date."""

    root: Path
    rows: tuple[Row, ...]
    fixed: tuple[str, ...] = ()

    @property
    def code(self) -> int:
        """0 all is well, 1 something is not, 2 something could not be found out."""
        states = {row.state for row in self.rows}
        return 1 if "problem" in states else 2 if "undecided" in states else 0


def doctor(
    path: Path, *, fix: bool = False, live: bool = True, progress: Callable[[str], None] = lambda text: None
) -> Diagnosis:
    """Look at everything that a commit here goes through; with `live` also try it. Writes nothing without `fix`."""
    repo = git.find_repo(path)
    fixed = _refresh(repo) if fix else ()
    rows: list[Row] = []
    for look in (_settings, _hooks_path, _hooks, _launchers, _worktrees, _managers, _trust, _tools, _records, _agents):
        progress(f"looking at {look.__name__.strip('_').replace('_', ' ')}")
        try:
            rows += look(repo)
        except QualityGateError as exc:
            rows.append(Row(look.__name__.strip("_").replace("_", " "), "undecided", exc.message, exc.hint))
    if live and rows[0].state != "problem":
        rows += [_tried(proof) for proof in prove_hooks(repo, progress)]
    return Diagnosis(repo.root, tuple(rows), fixed)


def _refresh(repo: Repo) -> tuple[str, ...]:
    """Bring up to date what is ours and here already: the git hooks, and the scripts that settings name."""
    fixed = []
    if (repo.root / FILE_NAME).exists():
        done = put_in(repo, trust_it=False, ask=None).hooks
        fixed += [os.path.relpath(done.directory / name, repo.root) for name in done.written]
    for path, shipped in _LAUNCHERS.items():
        place, data = repo.root / path, read("hooks", *shipped)
        if data is not None and place.is_file() and not place.is_symlink() and place.read_bytes() != data:
            place.write_bytes(data)
            fixed.append(path)
    return tuple(fixed)


def _settings(repo: Repo) -> Iterator[Row]:
    place = repo.root / FILE_NAME
    if not place.is_file():
        yield Row("settings", "problem", f"there is no {FILE_NAME} here", "qualitygate bootstrap .")
        return
    try:
        checks = compile_policy(place.read_bytes(), file=FILE_NAME, tools=tuple(TOOLS))["checks"]
    except ConfigError as exc:
        yield Row("settings", "problem", exc.message, exc.hint or f"$EDITOR {FILE_NAME}")
        return
    yield Row("settings", "ok", f"{FILE_NAME}: {', '.join(check['name'] for check in checks)}")


def _hooks_path(repo: Repo) -> Iterator[Row]:
    if said := hooks_path_from(os.environ):
        mend = f"unset {said}"
        yield Row("hooks folder", "problem", f"{said} of this environment sets core.hooksPath for every git", mend)
    said, scope = hook_scripts.hooks_path(repo)
    if not said:
        yield Row("hooks folder", "ok", os.path.relpath(repo.common_dir / "hooks", repo.root))
        return
    place = hook_scripts.place_named(repo, said)
    inside = any(place.is_relative_to(owned.resolve()) for owned in (repo.root, repo.common_dir))
    if inside and place.is_dir():
        yield Row("hooks folder", "ok", f"core.hooksPath ({scope}) is {said}")
    elif inside:
        mend = "npx husky" if ".husky" in place.parts else INSTALL
        yield Row("hooks folder", "problem", f"core.hooksPath ({scope}) is {said}, which is not here", mend)
    elif scope in ("global", "system"):
        text = f"core.hooksPath ({scope}) is {said}: git looks there for all repositories, and not into this clone"
        yield Row("hooks folder", "problem", text, INSTALL)
    else:
        text = f"core.hooksPath ({scope}) is {said}, a folder of another place"
        yield Row("hooks folder", "problem", text, f"git config --unset core.hooksPath && {INSTALL}")


def _hooks(repo: Repo) -> Iterator[Row]:
    said, _ = hook_scripts.hooks_path(repo)
    place = hook_scripts.place_named(repo, said) if said else repo.common_dir / "hooks"
    for name in NAMES:
        path = place / name
        state, text = _hook(repo, place, path)
        yield Row(f"hook {name}", state, text, "" if state == "ok" else INSTALL)


def _hook(repo: Repo, place: Path, path: Path) -> tuple[Literal["ok", "problem"], str]:
    if manager := calls_gate(repo.root, place, path.name) or is_managed(repo, path):
        return "ok", f"of {manager}, which calls the gate"
    who = writer(path)
    if not who:
        return "problem", "is not installed"
    if who != "qualitygate":
        return "problem", f"is of {'somebody else' if who == 'script' else who}, and does not call the gate"
    if not os.access(path, os.X_OK):
        return "problem", "is not executable: git skips it"
    if fault := _interpreter_fault(path if b"\npython=/" in _bytes(path) else locate(repo).shared / hook_scripts.WHERE):
        return "problem", fault
    kept = path.with_name(f"{path.name}{hook_scripts.KEPT}")
    return "ok", "ours" + (", after the one that was here" if os.access(kept, os.X_OK) else "")


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _interpreter_fault(path: Path) -> str:
    """What is wrong with the interpreter and the package that a script names, or the file that it reads them from."""
    text = _bytes(path).decode("utf-8", "replace")
    named = dict(re.findall(r"^(python|package)=(.+)$", text, re.MULTILINE))
    places = {key: Path("".join(shlex.split(value))) for key, value in named.items()}
    if len(places) < 2:
        return "finds no qualitygate in this clone"
    if not os.access(places["python"], os.X_OK):
        return f"its interpreter is gone: {places['python']}"
    return "" if (places["package"] / "git_hook.py").is_file() else f"qualitygate is gone from {places['package']}"


def _launchers(repo: Repo) -> Iterator[Row]:
    for path, shipped in _LAUNCHERS.items():
        place = repo.root / path
        if not place.is_file():
            continue
        fault = _interpreter_fault(locate(repo).shared / hook_scripts.WHERE)
        if fault:
            yield Row(path, "problem", fault, INSTALL)
        elif place.read_bytes() != read("hooks", *shipped):
            yield Row(path, "problem", "is not as this version writes it", "qualitygate doctor --fix")
        else:
            yield Row(path, "ok", "finds the qualitygate of this clone")


def _worktrees(repo: Repo) -> Iterator[Row]:
    said, _ = hook_scripts.hooks_path(repo)
    others = [place for place in git.worktrees(repo) if place.resolve() != repo.root.resolve()]
    relative = bool(said) and not Path(said).expanduser().is_absolute()
    bare = [place for place in others if relative and not (place / said).is_dir()]
    if bare:
        mend = f"cd {shlex.quote(os.fspath(bare[0]))} && {'npx husky' if '.husky' in said else INSTALL}"
        text = f"no hook runs in {', '.join(map(os.fspath, bare))}: {said} is not there"
        yield Row("other worktrees", "problem", text, mend)
    elif others:
        yield Row("other worktrees", "ok", f"{len(others)}, with the same hooks")


def _managers(repo: Repo) -> Iterator[Row]:
    for fact in inspect(repo.root).hook_managers:
        if problem := dict(fact.detail).get("problem"):
            if fact.name in ("pre-commit", "prek") and _only_ours(repo):
                continue  # its one entry is the gate, which our own hooks run
            where = fact.evidence[0].path if fact.evidence else fact.name
            yield Row(f"hooks of {fact.name}", "problem", f"{where}: {problem}", INSTALLERS.get(fact.name, ""))
        else:
            yield Row(f"hooks of {fact.name}", "ok", "run here")


def _only_ours(repo: Repo) -> bool:
    text = _bytes(repo.root / ".pre-commit-config.yaml").decode("utf-8", "replace")
    ids = re.findall(r"""\bid["']?\s*:\s*["']?([\w.-]+)""", text)
    return bool(ids) and all(one.startswith("qualitygate") for one in ids)


def _trust(repo: Repo) -> Iterator[Row]:
    if ensure_trust(repo, trust_it=False, ask=None):
        yield Row("trust", "ok", "granted: the project's own tools may run here")
        return
    needed = [check.name for check in checks_of(repo) if check.options.get("environment") == "project"]
    text = "not granted: the project's own tools and plugins do not run"
    state: Literal["problem", "note"] = "problem" if needed else "note"
    yield Row("trust", state, f"{text}; needed by {', '.join(needed)}" if needed else text, f"{INSTALL} --trust")


def _tools(repo: Repo) -> Iterator[Row]:
    project, missing, found = trusted_project(repo), [], []
    for check in checks_of(repo):
        tool = TOOLS[check.tool]
        if not tool.package:
            continue
        try:
            program = program_of(tool, check.version, project(root_of(check)))
            found.append(f"{check.name} {program.version}")
        except ToolError as exc:
            missing.append(Row(f"tool of {check.name}", "problem", exc.message, exc.hint or INSTALL))
    yield from missing
    if found:
        yield Row("tools", "ok", ", ".join(found))


def _records(repo: Repo) -> Iterator[Row]:
    shared = locate(repo).shared
    start, ref = records.adopted(shared), base.trusted_ref(repo, "")
    if start is None and ref is None:
        yield Row("records", "problem", "nothing is adopted here: there is no base to compare with", INSTALL)
        return
    since = f"against {ref.name}" if ref else f"since {start.commit[:7] or 'the first commit'}" if start else ""
    if git.head_commit(repo) is None:
        yield Row("records", "ok", "no commit yet: the first one is judged whole")
        return
    found = [one for one in audit(repo.root).unrecorded if not one.later]
    if found:
        text = f"{len(found)} {'commit' if len(found) == 1 else 'commits'} without a record {since}"
        yield Row("records", "problem", f"{text}, the last is {found[0].commit[:7]}", "qualitygate audit")
    else:
        yield Row("records", "ok", f"every commit {since} has one, or was judged with a later one")


def _agents(repo: Repo) -> Iterator[Row]:
    for agent in AGENTS.values():
        settings = _bytes(repo.root / agent.settings)
        if LAUNCHER.encode("ascii") not in settings:
            continue
        if not (repo.root / LAUNCHER).is_file():
            yield Row(f"hooks of {agent.title}", "problem", f"{LAUNCHER} is gone", "git checkout -- " + LAUNCHER)
            continue
        reason = prove_agents(repo.root, (Chosen(agent, ""),))[0].reason
        mend = f"qualitygate bootstrap --agents {agent.name} ."
        said = reason or "refuse a command past the gate"
        yield Row(f"hooks of {agent.title}", "problem" if reason else "ok", said, mend if reason else "")


def _tried(proof: HookProof) -> Row:
    what = f"try {proof.hook}"
    if proof.outcome == "refused":
        said = "named" if proof.hook == "post-rewrite" else "refused"
        return Row(what, "ok", f"a seeded defect was {said}")
    if proof.outcome == "passed":
        return Row(what, "problem", "a seeded defect went through", INSTALL)
    return Row(what, "undecided", proof.said)
