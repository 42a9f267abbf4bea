"""`qualitygate install` and `uninstall`: the hooks of this clone, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from qualitygate import git, hook_scripts
from qualitygate.bootstrap.tool_environment import make
from qualitygate.checks import tool_environment
from qualitygate.checks.catalogue import TOOLS
from qualitygate.checks.tool import Environment
from qualitygate.errors import ConfigError, QualityGateError, ToolError
from qualitygate.extension import compile_extended
from qualitygate.gate import base, records, trust
from qualitygate.gate.policy import FILE, on_disk
from qualitygate.gate.state import locate
from qualitygate.gate.surroundings import project_environment
from qualitygate.gate.trees import commit_tree
from qualitygate.git import Repo
from qualitygate.hook_scripts import Installed
from qualitygate.resources import read


class InstallResult(NamedTuple):
    """The hooks written, what was adopted ("" if something was trusted already), and whether code may run."""

    hooks: Installed
    adopted: str
    trusted: bool


def install(
    path: Path,
    *,
    trust_it: bool,
    ask: Callable[[str], bool] | None,
    progress: Callable[[str], None] = lambda text: None,
) -> InstallResult:
    """Install the hooks for a teammate, a fresh clone or a new worktree, and the tools that its settings need.

    `ask` is called with what would be executed here, before any of it may run; None stands for a
    session without a terminal.
    """
    repo = git.find_repo(path)
    if git.rev_parse(repo, f":{FILE}") is None and not (repo.root / FILE).exists():
        raise QualityGateError(f"there is no {FILE} here", hint="`qualitygate bootstrap .` sets the gate up")
    try:
        result = put_in(repo, trust_it=trust_it, ask=ask)
    except OSError as exc:
        raise QualityGateError(
            f"cannot write: {exc}", hint=f"make {repo.common_dir} writable, or run as its owner"
        ) from None
    if _needs_tools(repo):
        try:
            make(progress)
        except ToolError as exc:
            raise ToolError(f"the hooks are installed, but a tool is missing: {exc.message}", hint=exc.hint) from None
    return result


def _needs_tools(repo: Repo) -> bool:
    """Whether a check of these settings runs a tool that has an environment of its own."""
    held = on_disk(repo.root)
    staged = git.rev_parse(repo, f":{FILE}") if FILE not in held else None
    data = next(git.blobs(repo, [staged]))[1] if staged else held.pop(FILE, b"")
    try:
        checks = compile_extended(data, held, file=FILE, tools=tuple(TOOLS))["checks"]
    except ConfigError:
        return False  # whatever runs next says so
    return any(TOOLS[check["tool"]].package in tool_environment.PINNED for check in checks)


def put_in(repo: Repo, *, trust_it: bool, ask: Callable[[str], bool] | None) -> InstallResult:
    """Write the hooks, and adopt HEAD where nothing is trusted yet."""
    shared = locate(repo).shared
    adopted = ""
    head = git.head_commit(repo)
    if records.adopted(shared) is None and base.trusted_ref(repo, "") is None:
        tree = git.tree_of(repo, head) if head else git.empty_tree(repo)
        records.adopt(shared, head or "", tree)
        adopted = head or "the empty tree"
    hooks = hook_scripts.install(repo, _template())
    hook_scripts.write_where(shared)
    return InstallResult(hooks, adopted, ensure_trust(repo, trust_it=trust_it, ask=ask))


def _template() -> str:
    data = read("hooks", "git", "hook.sh")
    if data is None:
        raise QualityGateError("the installation lacks hooks/git/hook.sh", hint="install qualitygate-toolkit again")
    return data.decode("ascii")


def ensure_trust(repo: Repo, *, trust_it: bool, ask: Callable[[str], bool] | None) -> bool:
    """Whether what the repository can make us execute may run: as granted before, by flag, or by answer."""
    head = git.head_commit(repo)
    entries = commit_tree(repo, head).entries if head else {}
    paths = trust.executable_configuration(trust.reader(repo, entries, TOOLS), TOOLS)
    key = trust.digest_of(entries, paths)
    if trust.is_granted(repo, key):
        return True
    what = ["the tools in this project's own environment (.venv), if there is one"]
    what += ["this project's tests, where a check runs them"]
    what += [f"the plugins named in {path}" for path in paths]
    if trust_it or (ask is not None and ask("\n".join(what))):
        trust.grant(repo, key)
        return True
    return False


def trusted_environment(repo: Repo) -> Environment | None:
    """The project's environment, where it was trusted before; nobody is asked."""
    found = project_environment(repo)
    return found if found and ensure_trust(repo, trust_it=False, ask=None) else None


def uninstall(path: Path) -> tuple[str, ...]:
    """Remove our hooks and put back those that were there; returns the names of those removed."""
    repo = git.find_repo(path)
    (locate(repo).shared / hook_scripts.WHERE).unlink(missing_ok=True)
    return hook_scripts.uninstall(repo)
