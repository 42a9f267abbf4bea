"""Git hooks: which managers are configured, what their hooks run, and what git would really run here."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from qualitygate import git
from qualitygate.git import Repo
from qualitygate.inspection.ci_commands import Raw
from qualitygate.inspection.facts import Evidence, Fact, GitHook
from qualitygate.inspection.shell import is_noise, logical_lines
from qualitygate.inspection.sources import Sources, base_name, dig, items, strings, tables
from qualitygate.inspection.yaml_nodes import line_of

GIT_HOOKS = frozenset(
    (
        *(
            "pre-commit",
            "prepare-commit-msg",
            "commit-msg",
            "post-commit",
            "pre-merge-commit",
            "post-merge",
            "pre-rebase",
        ),
        *("post-checkout", "post-rewrite", "pre-push", "pre-applypatch", "applypatch-msg", "post-applypatch"),
    )
)
PRE_COMMIT = (".pre-commit-config.yaml", ".pre-commit-config.yml", "prek.toml")
LEFTHOOK = ("lefthook.yml", "lefthook.yaml", ".lefthook.yml", ".lefthook.yaml", "lefthook.toml")
# What tells the writer of an installed hook, in the order in which it is looked for.
_SIGNS = (
    (b"qualitygate", "qualitygate"),
    (b"prek", "prek"),
    (b"pre-commit.com", "pre-commit"),
    (b"pre_commit", "pre-commit"),
    (b"lefthook", "lefthook"),
    (b"husky", "husky"),
    (b"overcommit", "overcommit"),
    (b"lint-staged", "lint-staged"),
)


class PreCommitHook(NamedTuple):
    """One hook of a pre-commit configuration. `entry` is set for local hooks only."""

    id: str
    repo: str
    rev: str
    entry: str
    additional: tuple[str, ...]
    evidence: Evidence


def pre_commit_hooks(sources: Sources) -> Iterator[PreCommitHook]:
    """The hooks of every pre-commit configuration in the repository, not only the one at the top."""
    for path in sources.match(PRE_COMMIT[0], PRE_COMMIT[1], "*/" + PRE_COMMIT[0]):
        for repo in tables(dig(sources.yaml(path), "repos")):
            for hook in tables(repo.get("hooks")):
                name = hook.get("id")
                if isinstance(name, str):
                    url, rev, entry = (
                        v if isinstance(v, str) else "" for v in (repo.get("repo"), repo.get("rev"), hook.get("entry"))
                    )
                    evidence = Evidence(path, line_of(name), f"id: {name}")
                    yield PreCommitHook(name, url, rev, entry, strings(hook.get("additional_dependencies")), evidence)


def hook_commands(sources: Sources) -> Iterator[Raw]:
    """What configured hooks run, whether or not they are installed."""
    for hook in pre_commit_hooks(sources):
        yield Raw(hook.entry or hook.id, "pre-commit", hook.id, hook.evidence.path, hook.evidence.line)
    for path in sources.match(".husky/*"):
        name = base_name(path)
        if name in GIT_HOOKS:
            for line in logical_lines(sources.text(path) or ""):
                if not is_noise(line.text):
                    yield Raw(line.text, "husky", name, path, line.offset + 1)
    for path in sources.match(*LEFTHOOK):
        if not path.endswith(".toml"):
            for hook_name, body in items(sources.yaml(path)):
                for group in ("commands", "scripts"):
                    for name, command in items(dig(body, group)):
                        run = dig(command, "run")
                        if isinstance(run, str):
                            yield Raw(run.strip(), "lefthook", f"{hook_name}: {name}", path, line_of(run))


def hook_managers(sources: Sources, installed: tuple[GitHook, ...], commands: tuple[Raw, ...]) -> tuple[Fact, ...]:
    """The managers that tracked files configure, each with the git hooks that it really has installed here."""
    facts: list[tuple[str, tuple[Evidence, ...]]] = []
    config = sources.match(*PRE_COMMIT)
    if config:
        used = {word for c in commands if c.runner not in ("pre-commit",) for word in c.command.split()}
        only_prek = ("prek" in used and "pre-commit" not in used) or config == ("prek.toml",)
        only_prek = only_prek or any(
            "j178/prek-action" in (sources.text(p) or "") for p in sources.match(".github/workflows/*")
        )
        facts.append(("prek" if only_prek else "pre-commit", tuple(Evidence(p) for p in config)))
    husky = tuple(p for p in sources.match(".husky/*") if base_name(p) in GIT_HOOKS)
    legacy = sources.match(".huskyrc", ".huskyrc.json", ".huskyrc.js")
    if husky or legacy:
        facts.append(("husky", tuple(Evidence(p) for p in husky or legacy)))
    elif dig(sources.json("package.json") if "package.json" in sources.names else {}, "husky", "hooks"):
        facts.append(("husky", (sources.evidence("package.json", '"husky"'),)))
    if sources.match(*LEFTHOOK):
        facts.append(("lefthook", tuple(Evidence(p) for p in sources.match(*LEFTHOOK))))
    if sources.match(".overcommit.yml"):
        facts.append(("overcommit", (Evidence(".overcommit.yml"),)))
    scripts = tuple(p for p in sources.match(".githooks/*", ".hooks/*", "githooks/*") if base_name(p) in GIT_HOOKS)
    if scripts:
        facts.append(("git hooks", tuple(Evidence(p) for p in scripts)))
    return tuple(Fact(name, evidence, (("installed", _installed(name, installed)),)) for name, evidence in facts)


def _installed(manager: str, hooks: tuple[GitHook, ...]) -> tuple[str, ...]:
    names = {"prek": ("prek", "pre-commit"), "pre-commit": ("pre-commit", "prek"), "git hooks": ("script",)}
    return tuple(h.name for h in hooks if h.manager in names.get(manager, (manager,)))


def effective_hooks(repo: Repo) -> tuple[GitHook, ...]:
    """The hooks that git would run in this clone: executable files in `core.hooksPath` or the common git directory."""
    configured = git.config(repo, "core.hooksPath")
    folder = repo.common_dir / "hooks"
    if configured:
        try:
            folder = repo.root / Path(configured).expanduser()
        except RuntimeError:  # `~nobody/hooks`: git finds nothing there either
            return ()
    found = []
    for name in sorted(GIT_HOOKS):
        path = folder / name
        try:
            status = path.stat()
            if not stat.S_ISREG(status.st_mode) or not status.st_mode & 0o111:
                continue
            head = _head(path)
        except OSError:
            continue
        manager = next((known for sign, known in _SIGNS if sign in head), "script")
        if manager == "script" and "/.husky" in folder.as_posix():
            manager = "husky"
        shown = os.path.relpath(path, repo.root) if path.is_relative_to(repo.root) else os.fspath(path)
        found.append(GitHook(name, Path(shown).as_posix(), manager))
    return tuple(found)


def _head(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(8192)
