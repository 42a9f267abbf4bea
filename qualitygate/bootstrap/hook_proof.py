"""Whether the git hooks of a clone hold: tried on a seeded defect, in a scratch repository with the same hooks."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from qualitygate import git, git_config, hook_scripts
from qualitygate.frozen import NamedTuple
from qualitygate.gate import records
from qualitygate.gate.state import forget, locate
from qualitygate.gate.trees import worktree_tree
from qualitygate.git import Repo
from qualitygate.locations import SETTINGS
from qualitygate.process import Output

_FILE = "qualitygate-self-test.txt"
_DEFECT = b"<<<<<<< ours\none\n=======\ntwo\n>>>>>>> theirs\n"
_GATE = b"schema = 1\n[checks.markers]\n"
"""What the scratch repository is judged by: one check that needs no program, for this is about the hooks alone."""
_SECONDS = 120.0


class HookProof(NamedTuple):
    """One hook, tried: `refused` the defect, `passed` it, or `unknown`; and what was said."""

    hook: str
    outcome: Literal["refused", "passed", "unknown"]
    said: str = ""


class _Scratch(NamedTuple):
    """A repository of its own with this clone's files and hooks; `base` is clean, `bad` adds the defect to it."""

    repo: Repo
    hooks: Path
    base: str
    bad: str
    remote: Path


def prove_hooks(repo: Repo, progress: Callable[[str], None] = lambda text: None) -> tuple[HookProof, ...]:
    """Try each git hook of ours, as it stands here, on a defect. Nothing in the repository itself changes."""
    with _scratch(repo) as scratch:
        found = []
        for name, attempt in _ATTEMPTS.items():
            progress(f"trying {name}")
            git.ask(scratch.repo, "symbolic-ref", "HEAD", "refs/heads/self-test")
            git.ask(scratch.repo, "update-ref", "HEAD", scratch.base)
            git.ask(scratch.repo, "read-tree", "--reset", "-u", "HEAD")
            found.append(attempt(scratch, name))
    return tuple(found)


@contextmanager
def _scratch(repo: Repo) -> Iterator[_Scratch]:
    place = Path(tempfile.mkdtemp(prefix="qualitygate-doctor-"))
    try:
        reader, tree = worktree_tree(repo, place)
        root = place / (repo.root.name or "clone")
        git.ask(None, "init", "--quiet", os.fspath(root), cwd=place)
        git.ask(None, "init", "--quiet", "--bare", "remote.git", cwd=place)
        here = git.find_repo(root)
        stores = (*(git.alternate(store) for store in reader.objects), git.alternate(git.real_objects(repo)))
        (here.common_dir / "objects/info/alternates").write_text("\n".join(stores) + "\n", errors="surrogateescape")
        git.ask(here, "read-tree", tree.id)
        base = _commit(here, {SETTINGS: _GATE}, ())
        bad = _commit(here, {_FILE: _DEFECT}, (base,))
        git.ask(here, "checkout-index", "--all", "--force")
        hooks = _copy_hooks(repo, here)
        shared = locate(here).shared
        records.adopt(shared, base, git.tree_of(here, base))
        where = locate(repo).shared / hook_scripts.WHERE
        if where.is_file():
            shutil.copy2(where, shared / hook_scripts.WHERE)
        for name in ("node_modules", ".venv"):
            if (repo.root / name).is_dir() and not (root / name).exists():
                (root / name).symlink_to(repo.root / name)
        yield _Scratch(here, hooks, base, bad, place / "remote.git")
        forget(locate(here))
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _commit(repo: Repo, files: dict[str, bytes], parents: tuple[str, ...]) -> str:
    """A commit of the index and these files, made without any hook."""
    for path, data in files.items():
        blob = git.ask(repo, "hash-object", "-w", "--stdin", stdin=data).decode("ascii").strip()
        git.ask(repo, "update-index", "--add", "--cacheinfo", f"100644,{blob},{path}")
    tree = git.ask(repo, "write-tree").decode("ascii").strip()
    return git.commit_tree(repo, tree, parents, "self-test")


def _copy_hooks(repo: Repo, here: Repo) -> Path:
    """The hooks as git would run them in this clone, for the scratch repository; returns where they are."""
    said, _ = hook_scripts.hooks_path(repo)
    source = hook_scripts.place_named(repo, said) if said else repo.common_dir / "hooks"
    target = here.common_dir / "hooks"
    if source.is_relative_to(repo.root.resolve()) and not source.is_relative_to(repo.common_dir.resolve()):
        target = here.root / source.relative_to(repo.root.resolve())
        git_config.put(here, "core.hooksPath", os.path.relpath(target, here.root))
    elif said and source.is_relative_to(repo.common_dir.resolve()):
        git_config.put(here, "core.hooksPath", os.fspath(target))
    elif said:
        return source  # of all repositories of this user, and so of the scratch one
    shutil.rmtree(target, ignore_errors=True)
    if source.is_dir():
        shutil.copytree(source, target, symlinks=True)
    checksum = repo.common_dir / "info" / "lefthook.checksum"
    if checksum.is_file():
        shutil.copy2(checksum, here.common_dir / "info")
    return target


@contextmanager
def _without(scratch: _Scratch, name: str) -> Iterator[None]:
    """Without one hook, which would hide whether the other one holds."""
    path, aside = scratch.hooks / name, scratch.hooks / f".{name}.aside"
    mine = path.is_file() and scratch.hooks.is_relative_to(scratch.repo.root.parent)
    if mine:
        path.replace(aside)
    try:
        yield
    finally:
        if mine:
            aside.replace(path)


def _run(scratch: _Scratch, *args: str) -> Output:
    return git.as_user(scratch.repo, *args, timeout=_SECONDS)


def _told(name: str, output: Output, *, done: bool) -> HookProof:
    """`done`: git did what it was asked to."""
    said = (output.stdout + output.stderr).decode("utf-8", "replace")
    lines = [line for line in said.splitlines() if line.strip()]
    if output.timed_out:
        return HookProof(name, "unknown", f"no answer in {_SECONDS:.0f} s")
    if _FILE in said and not done:
        return HookProof(name, "refused")
    if done:
        return HookProof(name, "passed", lines[-1] if lines else "")
    return HookProof(name, "unknown", f"something else refused: {lines[-1] if lines else 'without a word'}")


def _at_commit(scratch: _Scratch, name: str) -> HookProof:
    git.ask(scratch.repo, "read-tree", "--reset", "-u", scratch.bad)
    flags = ("--no-verify",) if name == "prepare-commit-msg" else ()
    if flags:
        output = _run(scratch, "commit", "-m", "self-test", *flags)
    else:
        with _without(scratch, "prepare-commit-msg"):
            output = _run(scratch, "commit", "-m", "self-test")
    return _told(name, output, done=output.code == 0)


def _at_merge(scratch: _Scratch, name: str) -> HookProof:
    side = git.commit_tree(scratch.repo, git.tree_of(scratch.repo, scratch.base), (scratch.base,), "side")
    git.ask(scratch.repo, "update-ref", "HEAD", side)
    with _without(scratch, "prepare-commit-msg"):
        output = _run(scratch, "merge", "--no-edit", "--no-ff", scratch.bad)
    done = len(git.ask(scratch.repo, "rev-list", "--parents", "-1", "HEAD").split()) == 3
    git.call(scratch.repo, "merge", "--abort")
    return _told(name, output, done=done)


def _at_rebase(scratch: _Scratch, name: str) -> HookProof:
    """This hook comes too late to refuse: that it names the defect is what can be asked of it."""
    side = git.commit_tree(scratch.repo, git.tree_of(scratch.repo, scratch.base), (scratch.base,), "side")
    git.ask(scratch.repo, "read-tree", "--reset", "-u", scratch.bad)
    git.ask(scratch.repo, "update-ref", "HEAD", scratch.bad)
    output = _run(scratch, "rebase", side)
    git.call(scratch.repo, "rebase", "--abort")
    return _told(name, output, done=_FILE.encode("ascii") not in output.stdout + output.stderr)


def _at_push(scratch: _Scratch, name: str) -> HookProof:
    output = _run(scratch, "push", os.fspath(scratch.remote), f"{scratch.bad}:refs/heads/self-test")
    return _told(name, output, done=output.code == 0)


_ATTEMPTS: dict[str, Callable[[_Scratch, str], HookProof]] = {
    "pre-commit": _at_commit,
    "prepare-commit-msg": _at_commit,
    "pre-merge-commit": _at_merge,
    "post-rewrite": _at_rebase,
    "pre-push": _at_push,
}
