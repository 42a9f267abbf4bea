"""Git hooks: which managers are configured, what their hooks run, and what git would really run here."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from qualitygate import git_config
from qualitygate.frozen import NamedTuple
from qualitygate.git import Repo
from qualitygate.inspection.ci_commands import Raw
from qualitygate.inspection.facts import Evidence, Fact, GitHook
from qualitygate.inspection.shell import command_line, is_noise, logical_lines
from qualitygate.inspection.sources import Sources, base_name, dig, items, strings, tables
from qualitygate.inspection.yaml_nodes import line_of

_MANAGER = re.compile(r"(?:^|[\s;&|(/])(pre-commit|prek)\s+(?:run|install|auto-?update|clean)\b")
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
HOOK_RUNNERS = ("pre-commit", "husky", "lefthook", "lint-staged", "simple-git-hooks", "yorkie", "ghooks", "git hooks")
# What tells the writer of an installed hook, in the order in which it is looked for.
_SIGNS = (
    (b"# qualitygate git hook.", "qualitygate"),
    (b"SKIP_SIMPLE_GIT_HOOKS", "simple-git-hooks"),
    (b"qualitygate", "qualitygate"),
    (b"prek", "prek"),
    (b"pre-commit.com", "pre-commit"),
    (b"pre_commit", "pre-commit"),
    (b"lefthook", "lefthook"),
    (b"husky", "husky"),
    (b"overcommit", "overcommit"),
    (b"SIMPLE_GIT_HOOKS", "simple-git-hooks"),
    (b"yorkie", "yorkie"),
    (b"captainhook", "CaptainHook"),
    (b"lint-staged", "lint-staged"),
)


_SIMPLE = (
    *(".simple-git-hooks.json", "simple-git-hooks.json"),
    *(f"{dot}simple-git-hooks.{end}" for dot in (".", "") for end in ("js", "cjs", "mjs")),
)
_SCRIPT_HOOKS = (".githooks/*", ".hooks/*", "githooks/*", "git-hooks/*", ".git-hooks/*", "hooks/git/*")
_IN_PACKAGE_JSON = (
    ("simple-git-hooks", ("simple-git-hooks",)),
    ("husky", ("husky", "hooks")),
    ("yorkie", ("gitHooks",)),
    ("ghooks", ("config", "ghooks")),
)
# Managers that one file of their own configures.
_BY_FILE = (
    ("overcommit", (".overcommit.yml",)),
    ("CaptainHook", ("captainhook.json", "captainhook.config.json")),
    ("GrumPHP", ("grumphp.yml", "grumphp.yml.dist", "grumphp.yaml")),
    ("Husky.Net", (".husky/task-runner.json",)),
)


class PreCommitHook(NamedTuple):
    """One hook of a pre-commit configuration. `entry` is set for local hooks, and where another is overridden."""

    id: str
    repo: str
    rev: str
    entry: str
    args: tuple[str, ...]
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
                    args = strings(hook["args"]) if "args" in hook else _unsaid(url, name)
                    yield PreCommitHook(name, url, rev, entry, args, evidence)


def _unsaid(url: str, name: str) -> tuple[str, ...]:
    """What a hook is given where a project says nothing; `args: []` takes it away."""
    mirror = name == "mypy" and url.rstrip("/").removesuffix(".git").endswith("/mirrors-mypy")
    return ("--ignore-missing-imports", "--scripts-are-modules") if mirror else ()


def hook_commands(sources: Sources) -> Iterator[Raw]:
    """What configured hooks run, whether or not they are installed."""
    for hook in pre_commit_hooks(sources):
        command = " ".join(part for part in (hook.entry or hook.id, command_line(hook.args)) if part)
        where = hook.evidence
        yield Raw(command, "pre-commit", hook.id, where.path, where.line, arguments=hook.args)
    for path in sources.match(".husky/*"):
        name = base_name(path)
        if name in GIT_HOOKS:
            for line in logical_lines(sources.text(path) or ""):
                if not is_noise(line.text):
                    yield Raw(line.text, "husky", name, path, line.offset + 1)
    for path in sources.match(*LEFTHOOK):
        for hook_name, body in items(sources.toml(path) if path.endswith(".toml") else sources.yaml(path)):
            for name, run in _lefthook_runs(body, 0):
                at = line_of(run) or sources.evidence(path, run.split("\n")[0]).line
                yield Raw(run.strip(), "lefthook", f"{hook_name}: {name}" if name else hook_name, path, at)
    yield from _node_hooks(sources)
    for path in sources.match(*_SCRIPT_HOOKS):
        for line in logical_lines(sources.text(path) or "") if base_name(path) in GIT_HOOKS else ():
            if not is_noise(line.text):
                yield Raw(line.text, "git hooks", base_name(path), path, line.offset + 1)
    yield from _lint_staged(sources)


def _node_hooks(sources: Sources) -> Iterator[Raw]:
    """Hooks that stand in package.json, or in the file of simple-git-hooks."""
    tables: list[tuple[str, str, Any]] = []
    if "package.json" in sources.names:
        data = sources.json("package.json")
        tables += [(name, "package.json", dig(data, *keys)) for name, keys in _IN_PACKAGE_JSON]
    tables += [("simple-git-hooks", path, sources.json(path)) for path in sources.match(*_SIMPLE[:2])]
    for manager, path, table in tables:
        for name, command in items(table):
            if isinstance(command, str) and name in GIT_HOOKS:
                line = sources.evidence(path, f'"{name}"').line
                yield Raw(command, manager, name, path, line)


def _lefthook_runs(body: Any, depth: int) -> Iterator[tuple[str, str]]:
    """Names and command lines of one git hook: `commands` and `scripts` of old, `jobs` and their groups since 1.10."""
    named = [pair for group in ("commands", "scripts") for pair in items(dig(body, group))]
    for name, command in (*named, *(("", job) for job in tables(dig(body, "jobs")))):
        run, label = dig(command, "run"), dig(command, "name")
        if isinstance(run, str) and run.strip():
            yield name or (label if isinstance(label, str) else ""), run
        if depth < 5:
            yield from _lefthook_runs(dig(command, "group"), depth + 1)


def _lint_staged(sources: Sources) -> Iterator[Raw]:
    for path in sources.match("package.json", ".lintstagedrc", ".lintstagedrc.json", ".lintstagedrc.yaml"):
        table = dig(sources.json(path), "lint-staged") if path == "package.json" else _any_syntax(sources, path)
        for pattern, commands in items(table):
            for command in strings(commands):
                line = line_of(command) or sources.evidence(path, f'"{command}"').line
                yield Raw(command, "lint-staged", pattern, path, line, defines="lint-staged")


def _any_syntax(sources: Sources, path: str) -> Any:
    return sources.json(path) if path.endswith(".json") else sources.yaml(path)  # JSON is YAML


def hook_managers(
    sources: Sources, installed: tuple[GitHook, ...], commands: tuple[Raw, ...], repo: Repo | None = None
) -> tuple[Fact, ...]:
    """The managers that tracked files configure, each with the git hooks that it really has installed here.

    A `problem` says why one has no effect in this clone, or runs nothing.
    """
    facts: list[tuple[str, tuple[Evidence, ...]]] = []
    config = sources.match(*PRE_COMMIT)
    if config:
        # As a program, not as a word: a commit message may well speak of pre-commit.
        used = {name for c in commands if c.runner != "pre-commit" for name in _MANAGER.findall(c.command[:2000])}
        only_prek = used == {"prek"} or config == ("prek.toml",)
        only_prek = only_prek or any(
            "j178/prek-action" in (sources.text(p) or "") for p in sources.match(".github/workflows/*")
        )
        facts.append(("prek" if only_prek else "pre-commit", tuple(Evidence(p) for p in config)))
    husky = tuple(p for p in sources.match(".husky/*") if base_name(p) in GIT_HOOKS)
    legacy = sources.match(".huskyrc", ".huskyrc.json", ".huskyrc.js")
    if husky or legacy:
        facts.append(("husky", tuple(Evidence(p) for p in husky or legacy)))
    node = sources.json("package.json") if "package.json" in sources.names else {}
    for name, keys in _IN_PACKAGE_JSON:
        if dig(node, *keys) and not (name == "husky" and (husky or legacy)):
            facts.append((name, (sources.evidence("package.json", f'"{keys[-1] if name != "husky" else name}"'),)))
    if not any(name == "husky" for name, _ in facts) and _calls_husky(sources):
        facts.append(("husky", (sources.evidence("package.json", "husky"),)))
    if sources.match(*_SIMPLE):
        facts.append(("simple-git-hooks", tuple(Evidence(p) for p in sources.match(*_SIMPLE))))
    if sources.match(*LEFTHOOK):
        facts.append(("lefthook", tuple(Evidence(p) for p in sources.match(*LEFTHOOK))))
    for name, files in _BY_FILE:
        if sources.match(*files):
            facts.append((name, tuple(Evidence(p) for p in sources.match(*files))))
    scripts = tuple(p for p in sources.match(*_SCRIPT_HOOKS) if base_name(p) in GIT_HOOKS)
    if scripts:
        facts.append(("git hooks", tuple(Evidence(p) for p in scripts)))
    fault = _path_fault(repo) if repo is not None else ""
    found = []
    for name, evidence in facts:
        here = _installed(name, installed)
        problem = _idle(sources, evidence) if here and name == "husky" else ""
        if not here:
            problem = fault or "not installed in this clone"
        detail = (("installed", here), *((("problem", problem),) if problem else ()))
        found.append(Fact(name, evidence, detail))
    return tuple(found)


def _calls_husky(sources: Sources) -> bool:
    """Whether `npm install` would set husky up, of which there is nothing else."""
    document = sources.json("package.json") if "package.json" in sources.names else {}
    scripts = [dig(document, "scripts", name) for name in ("prepare", "postinstall")]
    return any(isinstance(text, str) and "husky" in text.split() for text in scripts)


def _idle(sources: Sources, evidence: tuple[Evidence, ...]) -> str:
    """The scripts of husky that hold no command, or only one that is commented out."""
    empty = []
    for one in evidence:
        lines = logical_lines(sources.text(one.path) or "")
        if base_name(one.path) in GIT_HOOKS and not any(
            not is_noise(line.text) and "husky.sh" not in line.text for line in lines
        ):
            empty.append(one.path)
    return f"{', '.join(empty)} runs nothing: no line of it is a command" if empty else ""


def _path_fault(repo: Repo) -> str:
    """Why git finds no hook where `core.hooksPath` points; "" where it finds some or it is not set."""
    said = git_config.value(repo, "core.hooksPath")
    if not said:
        return ""
    try:
        folder = (repo.root / Path(said).expanduser()).resolve()
    except RuntimeError:
        return f"core.hooksPath is {said}, which is no folder"
    if not folder.is_dir():
        return f"core.hooksPath is {said}, which is not there"
    if not any(folder.is_relative_to(place.resolve()) for place in (repo.root, repo.common_dir)):
        return f"core.hooksPath is {said}, a folder of another place"
    return f"core.hooksPath is {said}, where it has no hook"


def _installed(manager: str, hooks: tuple[GitHook, ...]) -> tuple[str, ...]:
    names = {"prek": ("prek", "pre-commit"), "pre-commit": ("pre-commit", "prek"), "git hooks": ("script",)}
    return tuple(h.name for h in hooks if h.manager in names.get(manager, (manager,)))


def effective_hooks(repo: Repo) -> tuple[GitHook, ...]:
    """The hooks that git would run in this clone: executable files in `core.hooksPath` or the common git directory."""
    configured = git_config.value(repo, "core.hooksPath")
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
        found.append(GitHook(name, _shown(path, repo), manager))
        kept = path.with_name(f"{name}.before-qualitygate")
        if manager == "qualitygate" and os.access(kept, os.X_OK):  # which ours runs first
            before = next((known for sign, known in _SIGNS if sign in _head(kept)), "script")
            found.append(GitHook(name, _shown(kept, repo), before))
    return tuple(found)


def _shown(path: Path, repo: Repo) -> str:
    shown = os.path.relpath(path, repo.root) if path.is_relative_to(repo.root) else os.fspath(path)
    return Path(shown).as_posix()


def _head(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(8192)
