"""Turn what is to be judged into a git tree: the index, the work tree, a commit."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from qualitygate import git, git_trees
from qualitygate.checks.tool import is_config
from qualitygate.git import Repo
from qualitygate.model import Entries, Tree


def index_tree(repo: Repo, scratch: Path) -> tuple[Repo, Tree]:
    """What `git commit` would record now (also the partial commit that `GIT_INDEX_FILE` names)."""
    private = scratch / f"index-{os.getpid()}"
    tree = git_trees.write_tree(repo, private)
    private.unlink(missing_ok=True)
    return repo, Tree(tree, lambda: git.entries(repo, tree), "the index")


def watched_index(repo: Repo, scratch: Path) -> tuple[Tree, Callable[[], bool]]:
    """The tree of the index, and what tells, once and at the end, whether the index has moved since."""
    private = scratch / f"index-{os.getpid()}"
    tree, made_from = git_trees.write_index(repo, private)

    def moved() -> bool:
        private.unlink(missing_ok=True)
        try:
            return git_trees.index_moved(repo, private, tree, made_from)
        finally:
            private.unlink(missing_ok=True)

    def listed() -> Entries:
        # Not of the index itself: it may have moved by the time that somebody asks.
        here = private.exists()
        return git.entries_of_index(repo._replace(index_file=private), tree) if here else git.entries(repo, tree)

    return Tree(tree, listed, "the index"), moved


def worktree_tree(repo: Repo, scratch: Path, patch: Path | None = None) -> tuple[Repo, Tree]:
    """The files on disk (untracked ones unless ignored), `patch` applied. Returns the repo that can read the tree."""
    private = scratch / f"index-{os.getpid()}"
    reader, tree = git_trees.write_worktree(repo, private, scratch / "objects", patch)
    files = git.entries_of_index(reader._replace(index_file=private), tree)
    private.unlink(missing_ok=True)
    return reader, Tree(tree, files, "the work tree")


def commit_tree(repo: Repo, rev: str) -> Tree:
    """The tree of a commit, or of a tree id."""
    tree = git.tree_of(repo, rev)
    return Tree(tree, lambda: git.entries(repo, tree), rev[:7] if _is_id(rev) else rev)


@contextmanager
def head_of(repo: Repo) -> Iterator[tuple[Repo, Tree]]:
    """HEAD's tree and the repo that can read it. Before the first commit: the files on disk that git would add."""
    if git.head_commit(repo) is not None:
        yield repo, commit_tree(repo, "HEAD")
        return
    import tempfile  # rarely needed, and a hook pays for every import

    with tempfile.TemporaryDirectory(prefix="qualitygate-") as place:
        yield worktree_tree(repo, Path(place))


@contextmanager
def merged_of(repo: Repo, *, always: bool = False) -> Iterator[tuple[Repo, Tree]]:
    """The files on disk while something from elsewhere is being taken over, which HEAD does not have; else HEAD.

    `always`: those on disk whatever git is in the middle of.
    """
    if git.head_commit(repo) is None or not (always or is_taking_over(repo)):
        with head_of(repo) as found:
            yield found
        return
    import tempfile

    with tempfile.TemporaryDirectory(prefix="qualitygate-") as place:
        yield worktree_tree(repo, Path(place))


def is_taking_over(repo: Repo) -> bool:
    """Whether the next commit is a merge, also a squashed one, or one that is picked or mailed from somewhere else."""
    notes = ("MERGE_HEAD", "SQUASH_MSG", "CHERRY_PICK_HEAD", "rebase-apply/applying")
    return any((repo.git_dir / name).exists() for name in notes)


def under_configuration(
    base: Entries, head: Entries, config_files: Collection[str], changed: Collection[str] | None = None
) -> Entries:
    """Base's files with head's configuration: what a tool must see so that both trees are judged by one measure.

    `changed`: in which paths the two differ, where that is known.
    """

    if not config_files or (changed is not None and not any(is_config(path, config_files) for path in changed)):
        return base
    kept = {path: entry for path, entry in base.items() if not is_config(path, config_files)}
    kept.update((path, entry) for path, entry in head.items() if is_config(path, config_files))
    return kept


def _is_id(rev: str) -> bool:
    """Whether a revision is a whole commit id, as hooks give it: reports show its beginning, as everywhere."""
    return len(rev) >= 40 and not rev.strip("0123456789abcdef")
