"""Whether git is in the middle of a rebase: then single commits are let through, and the result is judged."""

from __future__ import annotations

from qualitygate import git
from qualitygate.git import Repo


def in_progress(repo: Repo) -> bool:
    """Whether a real rebase runs here.

    A folder of the right name is not enough: git's own state must be in it, name commits that
    exist, and HEAD must be detached, as it is while git rebases.
    """
    for folder, onto in (("rebase-merge", "onto"), ("rebase-apply", "onto")):
        place = repo.git_dir / folder
        try:
            names = [(place / name).read_text("ascii").strip() for name in ("orig-head", onto)]
        except (OSError, ValueError):
            continue
        if all(git.rev_parse(repo, f"{name}^{{commit}}") for name in names) and _is_detached(repo):
            return True
    return False


def _is_detached(repo: Repo) -> bool:
    return not git.symbolic_ref(repo, "HEAD")
