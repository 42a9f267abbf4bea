"""Commits and how they descend from each other, as git tells it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from qualitygate.frozen import NamedTuple
from qualitygate.git import Repo, ask, call
from qualitygate.process import Output


def merge_bases(repo: Repo, first: str, *others: str) -> list[str]:
    """The best common ancestors of a commit and the merge of the others; none where the histories share none."""
    return _ids(call(repo, "merge-base", "--all", first, *others))


def common_ancestors(repo: Repo, commits: Sequence[str]) -> list[str]:
    """The best commits that all of these descend from; more than one after criss-cross merges."""
    return _ids(call(repo, "merge-base", "--octopus", "--all", *commits))


def independent(repo: Repo, commits: Sequence[str]) -> list[str]:
    """Those that none of the others descends from."""
    return ask(repo, "merge-base", "--independent", *commits).decode("ascii").split()


def _ids(output: Output) -> list[str]:
    return output.stdout.decode("ascii", "replace").split() if output.code == 0 else []


def is_ancestor(repo: Repo, ancestor: str, commit: str) -> bool:
    """Whether `ancestor` is reachable from `commit`."""
    return call(repo, "merge-base", "--is-ancestor", ancestor, commit).code == 0


class Commit(NamedTuple):
    """A commit: its id, its tree, and its parents, first parent first."""

    id: str
    tree: str
    parents: tuple[str, ...]


def history(
    repo: Repo, start: Sequence[str], stop: Sequence[str] = (), limit: int = 2000, paths: Sequence[str] = ()
) -> list[Commit]:
    """The commits reachable from `start` and not from `stop`, children before parents; at most `limit`.

    With `paths` only those that changed one of them.
    """
    order = ("--topo-order", "--full-history", "--format=%H %T %P", f"--max-count={limit}")
    args = ("log", *order, *start, *(f"^{one}" for one in stop), "--", *paths)
    rows = (row.split() for row in ask(repo, *args).decode("ascii").splitlines())
    return [Commit(row[0], row[1], tuple(row[2:])) for row in rows]


def is_elsewhere(repo: Repo, blobs: Collection[str]) -> bool:
    """Whether one of these blobs stands in a commit that HEAD does not descend from, on a ref or fetched last.

    So it came from there, or was made alike by chance. What is stashed was made here. Where git cannot say: yes.
    """
    fetched = repo.git_dir / "FETCH_HEAD"
    rows = fetched.read_text(errors="replace").split("\n") if fetched.is_file() else []
    ids = [row.split()[0] for row in rows if row.strip()]
    listing = (
        "rev-list",
        "--objects",
        "--no-object-names",
        "--ignore-missing",
        "--missing=allow-any",
        "--exclude=refs/stash",
        "--all",
    )
    output = call(repo, *listing, *(one for one in ids if one.isalnum()), "--not", "HEAD")
    if output.code != 0 or output.truncated or output.timed_out:
        return True
    return not set(blobs).isdisjoint(output.stdout.decode("ascii", "replace").split())


def subjects(repo: Repo, commits: Sequence[str]) -> dict[str, str]:
    """Commit id to the first line of its message."""
    return _told(repo, commits, "%s")


def authors(repo: Repo, commits: Sequence[str]) -> dict[str, str]:
    """Commit id to its author, as the commit says."""
    return _told(repo, commits, "%an <%ae>")


def _told(repo: Repo, commits: Sequence[str], what: str) -> dict[str, str]:
    args = ("log", "--no-walk=unsorted", "--stdin", f"--format=%H {what}")
    found = ask(repo, *args, stdin="".join(f"{one}\n" for one in commits).encode("ascii")) if commits else b""
    rows = (row.partition(" ") for row in found.decode("utf-8", "replace").split("\n") if row)
    return {commit: text for commit, _, text in rows}


def blame(repo: Repo, commit: str, path: str, line: int, content: bytes | None = None) -> str | None:
    """The commit that a line of a file is from; all zeros for one that is in `content` and in no commit yet.

    `content`: what the file holds on top of HEAD, `commit` is then not asked. None where git cannot tell.
    """
    where = ("--contents", "-") if content is not None else (commit,)
    args = ("-c", "blame.ignoreRevsFile=", "blame", "--porcelain", "--no-textconv", "-L", f"{line},{line}", *where)
    output = call(repo, *args, "--", path, stdin=content)
    return output.stdout.split(b" ", 1)[0].decode("ascii", "replace") if output.code == 0 else None


def linear_history(repo: Repo, start: str, limit: int) -> list[tuple[str, str, str]]:
    """(commit, parent, subject) of the last commits that have one parent, newest first."""
    args = ["log", "--no-merges", "--min-parents=1", f"--max-count={limit}", "--format=%H %P %s", start, "--"]
    rows = ask(repo, *args).decode("utf-8", "surrogateescape").split("\n")
    return [(row.split(" ", 2)[0], row.split(" ", 2)[1], row.split(" ", 2)[2]) for row in rows if row]


def parents(repo: Repo, commit: str) -> list[str]:
    """The parents of a commit, first parent first."""
    return ask(repo, "rev-list", "--parents", "--max-count=1", commit, "--").decode("ascii").split()[1:]
