"""Trial runs: judge trees that exist only in a private object store, so that trying writes nothing."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from qualitygate import git, git_trees
from qualitygate.checks import scope, traits
from qualitygate.checks.resolve import program_of
from qualitygate.checks.running import run_command
from qualitygate.checks.tool import Project, Request, Tool
from qualitygate.frozen import NamedTuple
from qualitygate.gate import judging
from qualitygate.gate.observe import Run, observe
from qualitygate.gate.planning import Gate
from qualitygate.gate.policy import Compile
from qualitygate.gate.sides import wanted_files
from qualitygate.gate.snapshot import Layout
from qualitygate.gate.state import State, locate
from qualitygate.gate.surroundings import around, must_be_installed, must_be_trusted, work_trees
from qualitygate.gate.trees import worktree_tree
from qualitygate.git import Repo
from qualitygate.model import Check, Entries, Report, Verdict
from qualitygate.rulebook.enabled import enabled_rules

TIME_LIMIT = 600.0
"""Seconds that one trial may take; a first run without any cache is the slowest that a project will see."""
_STALE = 24 * 3600.0
"""Seconds after which what a killed bootstrap left behind is thrown away."""


class Scratch(NamedTuple):
    """A gate with state of its own, and the commit that is tried."""

    gate: Gate
    head: str
    project: Callable[[str], Project]
    trusted: bool

    @property
    def tools(self) -> Mapping[str, Tool]:
        return self.gate.tools


@contextmanager
def open_scratch(
    repo: Repo, tools: Mapping[str, Tool], compile_: Compile, project: Callable[[str], Project], *, trusted: bool
) -> Iterator[Scratch]:
    """A scratch gate on HEAD's tree, or on what would become it."""
    real = locate(repo)
    real.worktree.parent.mkdir(parents=True, exist_ok=True)
    for left in real.worktree.parent.glob("scratch-*"):
        if time.time() - left.stat().st_mtime > _STALE:
            shutil.rmtree(left, ignore_errors=True)
    place = Path(tempfile.mkdtemp(prefix="scratch-", dir=real.worktree.parent))
    try:
        reader, head = repo, git.rev_parse(repo, "HEAD^{tree}")
        if head is None:  # before the first commit: what git would add
            reader, tree = worktree_tree(repo, place)
            head = tree.id
        gate = Gate(reader, State(place / "shared", place), tools, compile_, limit=TIME_LIMIT, actor="agent")
        yield Scratch(gate._replace(project=project, trusted=trusted), head, project, trusted)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def keep_results(scratch: Scratch) -> None:
    """Give the gate of this clone what the trials found out, so that its first run has less to do.

    That is their results, and their snapshots with the tools' own caches beside them.
    """
    real, tried = locate(scratch.gate.repo), scratch.gate.state
    found = tried.shared / "cache"
    if found.is_dir():
        shutil.copytree(found, real.shared / "cache", dirs_exist_ok=True)
    if not real.worktree.exists():
        real.worktree.mkdir(parents=True)
        for path in sorted(tried.worktree.glob("head*")):
            path.rename(real.worktree / path.name)


def tree_with(scratch: Scratch, files: Mapping[str, bytes | None], tree: str = "") -> tuple[Repo, str]:
    """HEAD's tree (or `tree`) with these files; see `git_trees.with_files`."""
    place = scratch.gate.state.worktree
    reader = git.readable(scratch.gate.repo, place / "objects")
    return git_trees.with_files(reader, tree or scratch.head, files, place)


def look(
    scratch: Scratch,
    check: Check,
    files: Mapping[str, bytes | None],
    only: Entries | None = None,
    limit: float = TIME_LIMIT,
) -> Report:
    """Everything that one check finds in HEAD's tree with these files. Raises ToolError where its tool is missing."""
    reader, tree = tree_with(scratch, files)
    entries = git.entries(reader, tree)
    tool = scratch.tools[check.tool]
    project = scratch.project(scope.root_of(check))
    program = program_of(tool, check.version, project)
    used = project if traits.uses_project(tool, check.options) else Project()
    surroundings = around(scratch.gate.repo, used, trusted=scratch.trusted)
    run = Run(check, tool, program, surroundings, scratch.gate.state.shared, time.monotonic() + limit)
    layout = Layout(scratch.gate.state.worktree / "head", reader, entries)
    read_inner = scope.reading(scope.root_of(check), layout.read)
    must_be_trusted(tool, check.options, read_inner, surroundings)
    must_be_installed(tool, check.options, read_inner, surroundings)
    return observe(run, layout, entries, wanted_files(check, tool, only if only is not None else entries)).report


def laid_out(scratch: Scratch, check: Check, files: Mapping[str, bytes | None]) -> Path:
    """The folder of a check in HEAD's tree with these files, on disk, with the packages of the project in it."""
    reader, tree = tree_with(scratch, files)
    layout = Layout(scratch.gate.state.worktree / "head", reader, git.entries(reader, tree))
    folder = scope.root_of(check)
    modules = scratch.project(folder).modules
    if modules is not None:
        layout.furnish(modules, work_trees(scratch.gate.repo))
    return layout.path() / folder


def expected(scratch: Scratch, check: Check, files: Mapping[str, bytes | None]) -> frozenset[str] | None:
    """The files that the tool's own settings make it look at; None for a tool that cannot say."""
    reader, tree = tree_with(scratch, files)
    entries = git.entries(reader, tree)
    tool = scratch.tools[check.tool]
    wants = wanted_files(check, tool, entries)
    layout = Layout(scratch.gate.state.worktree / "head", reader, entries)
    folder = scope.root_of(check)
    wants = tuple(scope.all_within(folder, wants))
    left_in = traits.asked_for(tool, wants, scope.reading(folder, layout.read), check.options)
    if left_in is not None:
        return frozenset(scope.outward(folder, path) for path in left_in)
    lister = traits.lister(tool)
    if lister is None:
        return None
    program = program_of(tool, check.version, scratch.project(folder))
    root = layout.path() / folder
    place = os.fspath(layout.beside(check.name))
    command = lister.listing(Request(check.name, os.fspath(root), wants, program.executable, check.options, place))
    output = run_command(command, root, TIME_LIMIT)
    if output.code != 0:
        return None
    real = os.path.realpath(root)  # where a program believes it is, whatever links lead there
    named = (os.path.join(real, line) for line in os.fsdecode(output.stdout).splitlines())
    inner = (os.path.relpath(path, real if path.startswith(f"{real}/") else root) for path in named)
    return frozenset(scope.outward(folder, path) for path in inner)


def ruff_rules(scratch: Scratch, check: Check, files: Mapping[str, bytes | None]) -> frozenset[str] | str:
    """The ruff rules that are switched on in HEAD's tree with these files, or why that is not known."""
    reader, tree = tree_with(scratch, files)
    entries = git.entries(reader, tree)
    wants = wanted_files(check, scratch.tools[check.tool], entries)
    layout = Layout(scratch.gate.state.worktree / "head", reader, entries)
    cache = layout.beside(check.name)
    return enabled_rules(check, layout.path(), wants, scratch.project("").environment, cache, TIME_LIMIT)


def judge(
    scratch: Scratch, files: Mapping[str, bytes | None], base: Mapping[str, bytes | None], *, all_files: bool
) -> Verdict:
    """The gate's verdict on HEAD's tree with `files`, against HEAD's tree with `base`."""
    _, old = tree_with(scratch, base)
    reader, new = tree_with(scratch, files)
    gate = scratch.gate._replace(everything=all_files, tier="full")
    return judging.judge_trees(gate, reader, old, new)
