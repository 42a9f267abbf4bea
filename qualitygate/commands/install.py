"""`qualitygate install` and `uninstall`: the hooks of this clone, and nothing else."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from qualitygate import git, hook_scripts
from qualitygate.bootstrap.tool_environment import make
from qualitygate.checks import project_commands, tool_environment
from qualitygate.checks.catalogue import TOOLS
from qualitygate.checks.project_commands import Stated
from qualitygate.checks.scope import root_of
from qualitygate.checks.tool import Environment, Project
from qualitygate.errors import ConfigError, QualityGateError, ToolError
from qualitygate.extension import compile_extended
from qualitygate.frozen import NamedTuple
from qualitygate.gate import base, records, trust
from qualitygate.gate.policy import FILE, on_disk
from qualitygate.gate.state import locate
from qualitygate.gate.surroundings import place_of, project_at
from qualitygate.gate.trees import head_of, merged_of
from qualitygate.git import Repo
from qualitygate.hook_scripts import Installed
from qualitygate.model import Check
from qualitygate.quote import clean
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
    strict: bool = False,
    progress: Callable[[str], None] = lambda text: None,
) -> InstallResult:
    """Install the hooks for a teammate, a fresh clone or a new worktree, and the tools that its settings need.

    `strict`: those of strict mode too; they stay where they are, and come where the settings ask for them.

    `ask` is called with what would be executed here, before any of it may run; None stands for a
    session without a terminal.
    """
    repo = git.find_repo(path)
    if git.rev_parse(repo, f":{FILE}") is None and not (repo.root / FILE).exists():
        raise QualityGateError(f"there is no {FILE} here", hint="`qualitygate bootstrap .` sets the gate up")
    try:
        result = put_in(repo, trust_it=trust_it, ask=ask, strict=strict)
    except OSError as exc:
        raise QualityGateError(
            f"cannot write: {exc}", hint=f"make {repo.common_dir} writable, or run as its owner"
        ) from None
    needed = {TOOLS[check.tool].package for check in checks_of(repo)} & set(tool_environment.PINNED)
    if needed:
        try:
            make(progress, sorted(needed))
        except ToolError as exc:
            raise ToolError(f"the hooks are installed, but a tool is missing: {exc.message}", hint=exc.hint) from None
    return result


def checks_of(repo: Repo) -> tuple[Check, ...]:
    """The checks of the settings on disk, or staged; none where they cannot be read: whatever runs next says so."""
    return tuple(Check(**check) for check in _settings_of(repo).get("checks", ()))


def wants_strict(repo: Repo) -> bool:
    """Whether the settings ask for strict mode."""
    return bool(_settings_of(repo).get("gate", {}).get("strict"))


def _settings_of(repo: Repo) -> Mapping[str, Any]:
    held = on_disk(repo.root)
    staged = git.rev_parse(repo, f":{FILE}") if FILE not in held else None
    data = next(git.blobs(repo, [staged]))[1] if staged else held.pop(FILE, b"")
    try:
        return compile_extended(data, held, file=FILE, tools=tuple(TOOLS))
    except ConfigError:
        return {}


def put_in(repo: Repo, *, trust_it: bool, ask: Callable[[str], bool] | None, strict: bool = False) -> InstallResult:
    """Write the hooks, and adopt HEAD where nothing is trusted yet."""
    shared = locate(repo).shared
    adopted = ""
    head = git.head_commit(repo)
    if records.adopted(shared) is None and base.trusted_ref(repo, "") is None:
        tree = git.tree_of(repo, head) if head else git.empty_tree(repo)
        records.adopt(shared, head or "", tree)
        adopted = head or "the empty tree"
    strict = strict or wants_strict(repo) or hook_scripts.is_strict(repo)
    hooks = hook_scripts.install(repo, template("hook.sh"), template("strict.sh") if strict else "")
    hook_scripts.write_where(shared)
    return InstallResult(hooks, adopted, ensure_trust(repo, trust_it=trust_it, ask=ask))


def template(name: str) -> str:
    """A script that ships with us, from `hooks/git`."""
    data = read("hooks", "git", name)
    if data is None:
        raise QualityGateError(f"the installation lacks hooks/git/{name}", hint="install qualitygate-toolkit again")
    return data.decode("ascii")


def ensure_trust(
    repo: Repo,
    *,
    trust_it: bool,
    ask: Callable[[str], bool] | None,
    roots: Collection[str] | None = None,
    tried: Sequence[Stated] = (),
) -> bool:
    """Whether what the repository can make us execute may run: as granted before, by flag, or by answer.

    `roots` are the folders in which tools are started; those of its settings where they are left out. `tried` are
    commands of the project that nobody has set up as checks yet.
    """
    if roots is None:
        roots = {"", *map(root_of, checks_of(repo))}
    executed: list[Mapping[str, tuple[str, ...]]] = []
    commands = list(tried)
    keys: frozenset[str] = frozenset()
    # A person's word is about all that is here: of a file that was checked out from elsewhere git keeps no note.
    for tree_of in (head_of, partial(merged_of, always=trust_it)):
        with tree_of(repo) as (reader, head):
            read = trust.reader(reader, head.entries, TOOLS)
            for root in sorted(roots):
                found = trust.executable_configuration(read, TOOLS, root)
                keys |= trust.keys_of(head.entries, found) | frozenset(trust.command_keys(read, TOOLS, root))
                commands += project_commands.of_tree(read, root)
                executed.append(found)
            keys |= trust.keys_to_try(read, tried)
    if trust.is_granted(repo, keys):
        return True
    what = ["the tools in this project's own environment (.venv, node_modules), if there is one"]
    what += ["this project's tests, where a check runs them"]
    files = {path for one in executed for paths in one.values() for path in paths}
    what += [f"the code in, or named by, {path}" for path in sorted(files)]
    what += [_told(one) for one in dict.fromkeys(commands)]
    if trust_it or (ask is not None and ask("\n".join(what))):
        trust.grant(repo, keys)
        return True
    return False


def _told(one: Stated) -> str:
    where = f" in {clean(one.root)}" if one.root else ""
    what = clean(shlex.join(one.run), 200) if one.check else "the commands in the settings of the gate"
    return f"the command `{what}`{where}"


def trusted_environment(repo: Repo) -> Environment | None:
    """The project's Python environment, where it was trusted before; nobody is asked."""
    return trusted_project(repo)("").environment


def trusted_project(repo: Repo) -> Callable[[str], Project]:
    """What the project has installed for each of its folders, where it was trusted before; nobody is asked."""

    def project(root: str) -> Project:
        found = project_at(repo, root)
        may = place_of(found) and ensure_trust(repo, trust_it=False, ask=None, roots=(root,))
        return found if may else Project()

    return project


def uninstall(path: Path) -> tuple[str, ...]:
    """Remove our hooks and put back those that were there; returns the names of those removed."""
    repo = git.find_repo(path)
    (locate(repo).shared / hook_scripts.WHERE).unlink(missing_ok=True)
    return hook_scripts.uninstall(repo)
