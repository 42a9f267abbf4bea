"""The one module that talks to git."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from qualitygate.errors import GitError
from qualitygate.model import Entry
from qualitygate.process import Output, run

# What a hostile clone can make git execute, switched off; see git-config(1) and gitattributes(5).
_SAFE = (
    *("-c", "core.fsmonitor=false"),
    *("-c", "core.hooksPath=/dev/null"),
    *("-c", "core.untrackedCache=false"),
    *("-c", "submodule.recurse=false"),
    *("-c", "protocol.allow=never"),
    *("-c", "core.quotePath=true"),
    *("-c", "gc.auto=0"),
    "--no-pager",
    "--literal-pathspecs",
)
EMPTY_TREE = {"sha1": "4b825dc642cb6eb9a060e54bf8d69288fbee4904"}
_TIMEOUT = 120.0


@dataclass(frozen=True, slots=True)
class Repo:
    """A repository and how to read it: work tree, git directories, index, and extra object stores."""

    root: Path
    git_dir: Path
    common_dir: Path
    index: Path
    objects: tuple[Path, ...] = ()
    env: dict[str, str] = field(default_factory=dict, repr=False)


class Change(NamedTuple):
    """One file that differs between two trees. `old` is the path in the first tree, `new` in the second."""

    status: str
    old: str
    new: str


def _env(repo: Repo | None) -> dict[str, str]:
    # Everything called GIT_* describes the caller's git, not ours (a hook gets an index that is a lock file).
    env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    env.update(GIT_OPTIONAL_LOCKS="0", GIT_TERMINAL_PROMPT="0", LC_ALL="C", GIT_NO_REPLACE_OBJECTS="1")
    if repo is not None:
        env.update(GIT_DIR=os.fspath(repo.git_dir), GIT_WORK_TREE=os.fspath(repo.root))
        env["GIT_INDEX_FILE"] = os.fspath(repo.index)
        if repo.objects:
            env["GIT_ALTERNATE_OBJECT_DIRECTORIES"] = os.pathsep.join(os.fspath(o) for o in repo.objects)
        env.update(repo.env)
    return env


def call(repo: Repo | None, *args: str, stdin: bytes | None = None, cwd: Path | None = None) -> Output:
    """Run git and return what it left, whatever its exit code."""
    return run(
        ["git", *_SAFE, *args],
        cwd=cwd or (repo.root if repo else None),
        env=_env(repo),
        stdin=stdin,
        timeout=_TIMEOUT,
        limit=1 << 30,
    )


def _fail(args: Sequence[str], output: Output) -> GitError:
    said = output.stderr.decode("utf-8", "replace").strip() or "no message"
    if output.timed_out:
        said = f"no answer in {_TIMEOUT:.0f} s"
    return GitError(f"`git {args[0]}` failed: {said.splitlines()[-1]}")


def ask(repo: Repo | None, *args: str, stdin: bytes | None = None, cwd: Path | None = None) -> bytes:
    """Run git and return its standard output; raises GitError unless it exits 0."""
    output = call(repo, *args, stdin=stdin, cwd=cwd)
    if output.code != 0:
        raise _fail(args, output)
    return output.stdout


def find_repo(path: Path) -> Repo:
    """The repository that holds `path`, as the caller's git sees it.

    The index is the one named by `GIT_INDEX_FILE` (git exports it to hooks, for a partial commit it
    is a lock file). Raises GitError for no repository, a bare one, or git's refusal to read it.
    """
    path = path.absolute()
    if not path.is_dir():
        raise GitError(f"{path} is not a directory", hint="give the path of a git work tree")
    index = os.environ.get("GIT_INDEX_FILE")
    env = {k: v for k, v in os.environ.items() if k in ("GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR")}
    output = run(
        ["git", *_SAFE, "rev-parse", "--is-bare-repository", "--absolute-git-dir", "--git-common-dir", "--show-toplevel"],
        cwd=path,
        env={**_env(None), **env},
        timeout=_TIMEOUT,
    )
    lines = output.stdout.decode("utf-8", "surrogateescape").splitlines()
    if output.code is None:
        raise GitError("git was not found", hint="install git and put it on PATH")
    if lines and lines[0] == "true":
        raise GitError(f"{path} is a bare repository", hint="run this in a clone that has a work tree")
    if output.code != 0 or len(lines) < 4:
        said = output.stderr.decode("utf-8", "replace").strip()
        if "dubious ownership" in said:
            raise GitError(
                f"git refuses to read {path}: another user owns it",
                hint=f"if you trust it: git config --global --add safe.directory {path}",
            )
        if "work tree" in said:
            raise GitError(f"{path} is inside a git directory, not in a work tree", hint="run this in the work tree")
        raise GitError(f"{path} is not in a git repository", hint="run `git init` there first, and commit")
    git_dir, common, top = (Path(line) for line in lines[1:4])
    if not common.is_absolute():
        common = (path / common).resolve()
    # git's own hooks run at the top of the work tree, which is what a relative index path is relative to.
    where = (Path.cwd() / index) if index else git_dir / "index"
    return Repo(root=top, git_dir=git_dir, common_dir=common, index=where)


def rev_parse(repo: Repo, name: str) -> str | None:
    """The object id that `name` stands for, or None where there is no such object."""
    output = call(repo, "rev-parse", "--verify", "--quiet", "--end-of-options", name)
    found = output.stdout.decode("ascii", "replace").strip()
    return found if output.code == 0 and found else None


def head_commit(repo: Repo) -> str | None:
    """The commit that HEAD stands for; None before the first commit."""
    return rev_parse(repo, "HEAD^{commit}")


def write_tree(repo: Repo, scratch: Path) -> str:
    """The tree id of the index, read from a private copy so that the index itself is never written.

    Raises GitError while paths are unmerged.
    """
    scratch.parent.mkdir(parents=True, exist_ok=True)
    _copy_index(repo.index, scratch)
    output = call(replace(repo, index=scratch), "write-tree")
    if output.code != 0:
        if b"unmerged" in output.stderr or b"error building trees" in output.stderr:
            raise GitError("the index has unmerged paths", hint="resolve the conflicts and `git add` the files")
        raise _fail(("write-tree",), output)
    return output.stdout.decode("ascii").strip()


def _copy_index(source: Path, target: Path) -> None:
    # The time goes along: git compares it with the entries' times to find those it must not trust (racy git).
    try:
        shutil.copyfile(source, target)
        stat = source.stat()
        os.utime(target, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    except FileNotFoundError:
        target.unlink(missing_ok=True)


def write_worktree(repo: Repo, scratch: Path, objects: Path) -> tuple[Repo, str]:
    """The tree id of the work tree (tracked and untracked-unignored), through a private index and object store.

    Nothing reaches the repository's own object store. Returns the repo that can read the tree as well.
    """
    scratch.parent.mkdir(parents=True, exist_ok=True)
    (objects / "info").mkdir(parents=True, exist_ok=True)
    _copy_index(repo.index, scratch)
    store = real_objects(repo)
    private = replace(
        repo,
        index=scratch,
        objects=(store,),
        env={**repo.env, "GIT_OBJECT_DIRECTORY": os.fspath(objects)},
    )
    ask(private, "add", "--all", "--ignore-errors", "--", ".")
    tree = ask(private, "write-tree").decode("ascii").strip()
    return replace(repo, objects=(objects, *repo.objects)), tree


def real_objects(repo: Repo) -> Path:
    """The repository's object store."""
    return repo.common_dir / "objects"


def object_format(repo: Repo) -> str:
    """`sha1` or `sha256`."""
    return ask(repo, "rev-parse", "--show-object-format").decode("ascii").strip()


def empty_tree(repo: Repo) -> str:
    """The id of the tree without files, in this repository's object format."""
    return ask(repo, "hash-object", "-t", "tree", "--stdin", stdin=b"").decode("ascii").strip()


def tree_of(repo: Repo, rev: str) -> str:
    """The tree id of a commit or tree; raises GitError that names the revision."""
    tree = rev_parse(repo, f"{rev}^{{tree}}")
    if tree is None:
        raise GitError(f"unknown revision {rev!r}", hint="`git rev-parse` must know it; in a shallow clone: git fetch --unshallow")
    return tree


def entries(repo: Repo, tree: str) -> dict[str, Entry]:
    """Every file of a tree: path to mode and blob. Submodules are left out (their mode is 160000)."""
    found = {}
    for row in ask(repo, "ls-tree", "-r", "-z", "--full-tree", tree).split(b"\0"):
        if row:
            meta, path = row.split(b"\t", 1)
            mode, kind, blob = meta.decode("ascii").split(" ")
            if kind == "blob":
                found[os.fsdecode(path)] = Entry(mode, blob)
    return found


def blobs(repo: Repo, ids: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """The contents of blobs, in one git call per 512. Raises GitError for a missing object."""
    wanted = list(dict.fromkeys(ids))
    for start in range(0, len(wanted), 512):
        part = wanted[start : start + 512]
        data = ask(repo, "cat-file", "--batch", stdin="".join(f"{i}\n" for i in part).encode("ascii"))
        at = 0
        for blob in part:
            end = data.index(b"\n", at)
            header = data[at:end].split(b" ")
            if header[-1] == b"missing":
                raise GitError(f"object {blob} is missing", hint="git fetch --refetch  (a partial or damaged clone)")
            size = int(header[2])
            yield blob, data[end + 1 : end + 1 + size]
            at = end + 2 + size


def changes(repo: Repo, old: str, new: str) -> list[Change]:
    """Files that differ between two trees, renames followed (`-M -l0`)."""
    fields = ask(repo, "diff-tree", "-r", "-z", "-M", "-l0", "--name-status", old, new).split(b"\0")
    found, at = [], 0
    while at + 1 < len(fields):
        status = fields[at].decode("ascii")
        first = os.fsdecode(fields[at + 1])
        if status[0] in "RC":
            found.append(Change(status[0], first, os.fsdecode(fields[at + 2])))
            at += 3
        else:
            found.append(Change(status[0], first, first))
            at += 2
    return found


def hunks(repo: Repo, old_blob: str, new_blob: str, *, ignore_space: bool) -> list[tuple[int, int, int, int]]:
    """The hunks between two blobs: (old start, old count, new start, new count), lines from 1."""
    flags = ["--histogram", "-U0", "--no-color", "--no-ext-diff", "--no-textconv", "--text"]
    if ignore_space:
        flags.append("-w")
    return [
        _hunk(line)
        for line in ask(repo, "diff", *flags, old_blob, new_blob).split(b"\n")
        if line.startswith(b"@@ ")
    ]


def _hunk(line: bytes) -> tuple[int, int, int, int]:
    def pair(text: str) -> tuple[int, int]:
        start, _, count = text[1:].partition(",")
        return int(start), int(count or 1)

    _, old, new, _ = line.decode("utf-8", "replace").split(" ", 3)
    return (*pair(old), *pair(new))


def merge_base(repo: Repo, first: str, second: str) -> str | None:
    """The best common ancestor, or None where the histories share none (or it is not here)."""
    output = call(repo, "merge-base", first, second)
    found = output.stdout.decode("ascii", "replace").split()
    return found[0] if output.code == 0 and found else None


def is_ancestor(repo: Repo, ancestor: str, commit: str) -> bool:
    """Whether `ancestor` is reachable from `commit`."""
    return call(repo, "merge-base", "--is-ancestor", ancestor, commit).code == 0


def ancestry(repo: Repo, start: Sequence[str], stop: Sequence[str] = (), limit: int = 2000) -> list[tuple[str, str]]:
    """(commit, tree) pairs reachable from `start` and not from `stop`, nearest first."""
    args = ["log", "--topo-order", "--format=%H %T", f"--max-count={limit}", *start, *(f"^{s}" for s in stop), "--"]
    rows = ask(repo, *args).decode("ascii").splitlines()
    return [(row[: row.index(" ")], row[row.index(" ") + 1 :]) for row in rows]


def refs(repo: Repo, *patterns: str) -> dict[str, str]:
    """Full ref name to commit id, for the refs that exist (symbolic ones resolved)."""
    rows = ask(repo, "for-each-ref", "--format=%(objectname) %(refname)", *patterns).decode("utf-8", "surrogateescape")
    return {name: oid for oid, name in (row.split(" ", 1) for row in rows.splitlines())}


def config(repo: Repo, key: str) -> str | None:
    """One value of git's configuration as the user set it, or None."""
    # Without our own overrides: the caller wants to know what the user has set.
    output = run(["git", "config", "--get", key], cwd=repo.root, env=_env(repo), timeout=_TIMEOUT)
    return output.stdout.decode("utf-8", "surrogateescape").rstrip("\n") if output.code == 0 else None


def is_shallow(repo: Repo) -> bool:
    """Whether history is cut off here."""
    return (repo.common_dir / "shallow").exists()
