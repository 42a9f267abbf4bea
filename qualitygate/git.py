"""The one module that talks to git."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

from qualitygate.errors import GitError
from qualitygate.frozen import NamedTuple
from qualitygate.git_objects import Known, files_at
from qualitygate.model import Entry
from qualitygate.process import Output, run

# What a hostile clone can make git execute, switched off; see git-config(1) and gitattributes(5).
_SAFE = (
    *("-c", "core.fsmonitor=false"),
    *("-c", "core.hooksPath=/dev/null"),
    *("-c", "core.untrackedCache=false"),
    *("-c", "core.splitIndex=false"),  # or a private index would leave its other half in the repository
    *("-c", "core.safecrlf=false"),
    *("-c", "log.showSignature=false"),  # or `log` starts what `gpg.program` names
    *("-c", "submodule.recurse=false"),
    *("-c", "protocol.allow=never"),
    *("-c", "core.quotePath=true"),
    *("-c", "gc.auto=0"),
    "--no-pager",
)
_LITERAL = "--literal-pathspecs"
TIMEOUT = 120.0


class Repo(NamedTuple):
    """A repository and how to read it: work tree, git directories, index, and extra object stores.

    `known`: answers by the names that git was asked for, and by id (see `git_ahead`); they hold for one judgement.
    """

    root: Path
    git_dir: Path
    common_dir: Path
    index_file: Path
    objects: tuple[Path, ...] = ()
    env: Mapping[str, str] = {}
    known: Mapping[str, Known] = {}


_WHERE_SETTINGS_ARE = frozenset(("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM"))


def environment(repo: Repo | None) -> dict[str, str]:
    # What is called GIT_* describes the caller's git, not ours (a hook gets an index that is a lock file);
    # but for where the user keeps the settings that say what is ignored, filtered and trusted.
    env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_") or k in _WHERE_SETTINGS_ARE}
    env.update(GIT_OPTIONAL_LOCKS="0", GIT_TERMINAL_PROMPT="0", LC_ALL="C", GIT_NO_REPLACE_OBJECTS="1")
    if repo is not None:
        env.update(GIT_DIR=os.fspath(repo.git_dir), GIT_WORK_TREE=os.fspath(repo.root))
        env["GIT_INDEX_FILE"] = os.fspath(repo.index_file)
        if repo.objects:
            env["GIT_ALTERNATE_OBJECT_DIRECTORIES"] = os.pathsep.join(alternate(o) for o in repo.objects)
        env.update(repo.env)
    return env


def alternate(objects: Path) -> str:
    """An object store as git reads it in a list of them: quoted where its name would be taken apart."""
    text = os.fspath(objects)
    if not any(char in text for char in ':"\\\n') and not text.startswith("#"):
        return text
    quoted = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{quoted}"'


def call(
    repo: Repo | None, *args: str, stdin: bytes | None = None, cwd: Path | None = None, timeout: float = TIMEOUT
) -> Output:
    """Run git and return what it left, whatever its exit code. Raises GitError where there is no git."""
    literal = () if args[0] == "check-ignore" else (_LITERAL,)  # which takes paths as they are, and refuses the option
    output = run(
        ["git", *_SAFE, *literal, *args],
        cwd=cwd or (repo.root if repo else None),
        env=environment(repo),
        stdin=stdin,
        timeout=timeout,
        limit=1 << 30,
    )
    if output.code is None:  # else "no such object" would be the answer to whatever was asked
        raise _no_git()
    return output


def as_user(repo: Repo, *args: str, timeout: float) -> Output:
    """Run git in a repository of ours as its user would, with hooks: for trying what they do."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_") or k.startswith("GIT_CONFIG")}
    who = {f"GIT_{role}_{what}": "qualitygate" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    env.update(who, GIT_EDITOR="true", GIT_TERMINAL_PROMPT="0", LC_ALL="C")
    safe = ("-c", "commit.gpgsign=false", "-c", "push.gpgsign=false", "-c", "gc.auto=0")
    return run(["git", *safe, *args], cwd=repo.root, env=env, timeout=timeout)


def commit_tree(repo: Repo, tree: str, parents: Sequence[str], message: str) -> str:
    """Make a commit of a tree, without hooks and without moving a branch; its id."""
    who = {f"GIT_{role}_{what}": "qualitygate" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    args = [word for parent in parents for word in ("-p", parent)]
    made = ask(repo._replace(env={**repo.env, **who}), "commit-tree", tree, *args, "-m", message)
    return made.decode("ascii").strip()


def worktrees(repo: Repo) -> tuple[Path, ...]:
    """The work trees of this repository that are there, the main one first."""
    rows = ask(repo, "worktree", "list", "--porcelain", "-z").split(b"\0")
    paths = (Path(os.fsdecode(row.removeprefix(b"worktree "))) for row in rows if row.startswith(b"worktree "))
    return tuple(path for path in paths if path.is_dir())


def _no_git() -> GitError:
    return GitError("git was not found", hint="install git and put it on PATH")


_FETCH_ALL = "git fetch --refetch --no-filter"


def failure(args: Sequence[str], output: Output) -> GitError:
    """What to raise for a git command that did not do its work."""
    said = output.stderr.decode("utf-8", "replace").strip() or "no message"
    if "unable to read " in said:
        return _missing(said.rpartition("unable to read ")[2].split()[0])
    if output.timed_out:
        said = f"no answer in {TIMEOUT:.0f} s"
    if "could not fetch" in said and "promisor remote" in said:
        return GitError("this clone is partial, and an object that is needed is not in it", hint=_FETCH_ALL)
    return GitError(f"`git {args[0]}` failed: {said.splitlines()[-1]}")


def ask(repo: Repo | None, *args: str, stdin: bytes | None = None, cwd: Path | None = None) -> bytes:
    """Run git and return its standard output; raises GitError unless it exits 0."""
    output = call(repo, *args, stdin=stdin, cwd=cwd)
    if output.code != 0:
        raise failure(args, output)
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
    wanted = ("--is-bare-repository", "--absolute-git-dir", "--git-common-dir", "--show-toplevel")

    def rev_parse_here(*questions: str) -> Output:
        # A bare repository among the files of a tree brings its own configuration: never found, only named.
        argv = ["git", *_SAFE, _LITERAL, "-c", "safe.bareRepository=explicit", "rev-parse", *questions]
        return run(argv, cwd=path, env={**environment(None), **env}, timeout=TIMEOUT)

    output = rev_parse_here(*wanted)
    lines = os.fsdecode(output.stdout).removesuffix("\n").split("\n")  # paths, whatever the locale
    if output.code == 0 and len(lines) > len(wanted):  # a directory has a line break in its name
        answers = [rev_parse_here(question).stdout for question in wanted]
        lines = [os.fsdecode(answer).removesuffix("\n") for answer in answers]
    if output.code is None:
        raise _no_git()
    said = output.stderr.decode("utf-8", "replace").strip()
    if lines[0] == "true" or "cannot use bare repository" in said:
        if path.name == ".git" or ".git" in path.parts:
            raise GitError(f"{path} is inside a git directory, not in a work tree", hint="run this in the work tree")
        raise GitError(f"{path} is a bare repository", hint="run this in a clone that has a work tree")
    if output.code != 0 or len(lines) < 4:
        if "dubious ownership" in said:
            raise GitError(
                f"git refuses to read {path}: another user owns it",
                hint=f"if you trust it: git config --global --add safe.directory {path}",
            )
        if "work tree" in said:
            raise GitError(f"{path} is inside a git directory, not in a work tree", hint="run this in the work tree")
        raise GitError(f"{path} is not in a git repository", hint="run `git init` there first, and commit")
    git_dir, common, top = (Path(line) for line in lines[1:])
    if not common.is_absolute():
        common = (path / common).resolve()
    # git's own hooks run at the top of the work tree, which is what a relative index path is relative to.
    where = (Path.cwd() / index) if index else git_dir / "index"
    return Repo(root=top, git_dir=git_dir, common_dir=common, index_file=where)


def rev_parse(repo: Repo, name: str) -> str | None:
    """The object id that `name` stands for, or None where there is no such object."""
    if name in repo.known:
        return repo.known[name].id or None
    output = call(repo, "rev-parse", "--verify", "--quiet", "--end-of-options", name)
    found = output.stdout.decode("ascii", "replace").strip()
    return found if output.code == 0 and found else None


def symbolic_ref(repo: Repo, name: str) -> str:
    """The ref that a symbolic ref (`HEAD`) stands for; "" where it is none, or detached."""
    return call(repo, "symbolic-ref", "--quiet", name).stdout.decode("utf-8", "surrogateescape").strip()


def symbolic_full_name(repo: Repo, name: str) -> str:
    """The full name of the ref that a short one stands for (`origin/main`); "" where it is no ref."""
    args = ("rev-parse", "--symbolic-full-name", "--verify", "--quiet", "--end-of-options", name)
    return call(repo, *args).stdout.decode("utf-8", "surrogateescape").strip()


def head_commit(repo: Repo) -> str | None:
    """The commit that HEAD stands for; None before the first commit."""
    if (known := repo.known.get("HEAD^{commit}")) is not None:
        if known.data.startswith(b"tree "):
            _TREES[(repo.common_dir, known.id)] = known.data[5 : known.data.index(b"\n")].decode("ascii")
        return known.id or None
    output = call(repo, "rev-parse", "HEAD^{commit}", "HEAD^{tree}")
    if output.code != 0:
        return rev_parse(repo, "HEAD^{commit}")
    commit, tree = output.stdout.decode("ascii").split()
    _TREES[(repo.common_dir, commit)] = tree
    return commit


def readable(repo: Repo, objects: Path) -> Repo:
    """The repo that can also read what lies in another object store."""
    return repo._replace(objects=tuple(dict.fromkeys((objects, *repo.objects))))


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
    if (repo.common_dir, rev) in _TREES:
        return _TREES[(repo.common_dir, rev)]
    tree = rev_parse(repo, f"{rev}^{{tree}}")
    if tree is None:
        raise GitError(
            f"unknown revision {rev!r}", hint="`git rev-parse` must know it; in a shallow clone: git fetch --unshallow"
        )
    return tree


_TREES: dict[tuple[Path, str], str] = {}  # of commits that were asked for anyway
_LISTED: dict[tuple[Path, str], dict[str, Entry]] = {}
_DIFFERS: dict[tuple[Path, str, str], frozenset[str]] = {}
_EMPTY_BLOBS = (
    "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
    "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813",
)


def entries(repo: Repo, tree: str, beside: str = "") -> dict[str, Entry]:
    """Every file of a tree: path to mode and blob. Submodules are left out (their mode is 160000).

    The listing of a tree id is read once per process: an id stands for the same files for ever.
    `beside`: a tree that is much like it; git then reads only where the two differ.
    """
    is_id = len(tree) in (40, 64) and not set(tree) - set("0123456789abcdef")
    known = _LISTED.get((repo.common_dir, tree)) if is_id else None
    if known is not None:
        return known
    if beside:
        there = entries(repo, beside)
        found, paths = _changed(there, ask(repo, "diff-tree", "-r", "-z", "--no-renames", beside, tree))
        if is_id:
            differs = frozenset(path for path in paths if there.get(path) != found.get(path))
            _DIFFERS[(repo.common_dir, beside, tree)] = differs
    else:
        found = _listed(ask(repo, "ls-tree", "-r", "-z", "--full-tree", tree))
    if is_id:
        _LISTED[(repo.common_dir, tree)] = found
    return found


def entries_of_index(repo: Repo, tree: str) -> dict[str, Entry]:
    """The same for the tree that was written of this repo's index, which git lists in a tenth of the time."""
    known = _LISTED.get((repo.common_dir, tree))
    if known is not None:
        return known
    rows = os.fsdecode(ask(repo, "ls-files", "-s", "-z")).split("\0")
    at = rows[0].find("\t")  # at the same place in each row; taken apart by hand, for there may be 100,000
    made, new = tuple.__new__, Entry
    found = {row[at + 1 :]: made(new, (row[:6], row[7 : at - 2])) for row in rows if row and row[:2] != "16"}
    # What is only meant to be added (`git add -N`) is listed as an empty file, and in no tree.
    if any(entry.blob in _EMPTY_BLOBS for entry in found.values()) and not _is_plain(repo.index_file):
        return entries(repo, tree)
    _LISTED[(repo.common_dir, tree)] = found
    return found


def _is_plain(index: Path) -> bool:
    """Whether the index is of the version in which an entry can have no flag besides its name's length and stage."""
    with open(index, "rb") as file:
        return file.read(8) == b"DIRC\0\0\0\2"


def differing(repo: Repo, tree: str, beside: str) -> frozenset[str] | None:
    """The paths in which two trees differ, where `entries` has been told both; else None."""
    return _DIFFERS.get((repo.common_dir, beside, tree))


def between(repo: Repo, old: str, new: str) -> tuple[dict[str, Entry], dict[str, Entry]]:
    """The files of two trees that are not in both, or not alike. Reads nothing else; raises GitError for a tree that
    is not there."""
    left, right = dict[str, Entry](), dict[str, Entry]()
    fields = os.fsdecode(ask(repo, "diff-tree", "-r", "-z", "--no-renames", old, new)).split("\0")
    for meta, path in zip(fields[::2], fields[1::2], strict=False):
        was, mode, gone, blob, status = meta.split(" ")
        for side, entry, absent in ((left, Entry(was[1:], gone), "A"), (right, Entry(mode, blob), "D")):
            if status != absent and entry.mode != "160000":
                side[path] = entry
    return left, right


def _listed(output: bytes) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for row in os.fsdecode(output).split("\0"):  # as a whole: no name reaches across a NUL
        meta, tab, path = row.partition("\t")
        if tab and meta[7:12] == "blob ":
            found[path] = Entry(meta[:6], meta[12:])
    return found


def _changed(files: Mapping[str, Entry], output: bytes) -> tuple[dict[str, Entry], list[str]]:
    """The files after what `diff-tree` printed, and the paths that it named."""
    found = dict(files)
    fields = os.fsdecode(output).split("\0")
    for meta, path in zip(fields[::2], fields[1::2], strict=False):
        _, mode, _, blob, status = meta.split(" ")
        found.pop(path, None)
        if status != "D" and mode != "160000":
            found[path] = Entry(mode, blob)
    return found, fields[1::2]


def entries_at(repo: Repo, tree: str, *places: str) -> dict[str, Entry]:
    """The files of a tree that are one of these paths, or lie below it where it ends in `/`. Lists nothing else."""
    known = _LISTED.get((repo.common_dir, tree))
    if known is None and (ahead := files_at(repo.known, tree, places)) is not None:
        return ahead
    if known is None:
        return _listed(ask(repo, "ls-tree", "-r", "-z", "--full-tree", tree, "--", *places))
    folders = tuple(place for place in places if place.endswith("/"))
    return {path: entry for path, entry in known.items() if path in places or path.startswith(folders)}


def blobs(repo: Repo, ids: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """The contents of blobs, in one git call per 512. Raises GitError for a missing object."""
    wanted = list(dict.fromkeys(ids))
    for start in range(0, len(wanted), 512):  # bounds memory
        part = wanted[start : start + 512]
        data = ask(repo, "cat-file", "--batch", stdin="".join(f"{i}\n" for i in part).encode("ascii"))
        at = 0
        for blob in part:
            end = data.index(b"\n", at)
            header = data[at:end].split(b" ")
            if header[-1] == b"missing":
                raise _missing(blob)
            size = int(header[2])
            yield blob, data[end + 1 : end + 1 + size]
            at = end + 2 + size


def contents(repo: Repo, tree: str, paths: Iterable[str]) -> dict[str, bytes]:
    """The content of those paths that are files of a tree, in one git call."""
    wanted = [path for path in paths if "\n" not in path]
    if not wanted:
        return {}
    data = ask(repo, "cat-file", "--batch", stdin=b"".join(os.fsencode(f"{tree}:{path}\n") for path in wanted))
    found, at = {}, 0
    for path in wanted:
        end = data.index(b"\n", at)
        header = data[at:end].split(b" ")
        at = end + 1
        if header[-1] != b"missing":
            size = int(header[2])
            if header[1] == b"blob":
                found[path] = data[at : at + size]
            at += size + 1
    return found


def sizes(repo: Repo, ids: Iterable[str]) -> dict[str, int]:
    """Blob id to size in bytes. Raises GitError for a missing object."""
    wanted = list(dict.fromkeys(ids))
    found = {}
    asked = "".join(f"{i}\n" for i in wanted).encode("ascii")
    for row in ask(repo, "cat-file", "--batch-check", stdin=asked).split(b"\n"):
        fields = row.decode("ascii").split(" ")
        if fields[-1] == "missing":
            raise _missing(fields[0])
        if len(fields) == 3:
            found[fields[0]] = int(fields[2])
    return found


def blobs_through(repo: Repo, ids: Iterable[str], file: IO[bytes]) -> Iterator[tuple[str, int]]:
    """Blob ids and sizes, while `file`, open for writing and reading, stands at the content of each.

    One git call per 512; nothing is held in memory. Raises GitError for a missing object.
    """
    wanted = list(dict.fromkeys(ids))
    for start in range(0, len(wanted), 512):  # bounds what lies on disk twice
        part = wanted[start : start + 512]
        file.seek(0)
        file.truncate()
        asked = "".join(f"{blob}\n" for blob in part).encode("ascii")
        output = run(
            ["git", *_SAFE, "cat-file", "--batch"], env=environment(repo), timeout=TIMEOUT, stdin=asked, stdout=file
        )
        if output.code != 0:
            raise failure(("cat-file",), output)
        at = 0
        for blob in part:
            file.seek(at)
            header = file.readline().split(b" ")
            if header[-1] == b"missing\n":
                raise _missing(blob)
            at, size = file.tell(), int(header[2])
            yield blob, size
            at += size + 1


def blob_id(data: bytes) -> str:
    """The id that git gives to this content where its hash is SHA-1; elsewhere it still tells contents apart."""
    return hashlib.sha1(b"blob %d\0%b" % (len(data), data), usedforsecurity=False).hexdigest()


def _missing(blob: str) -> GitError:
    return GitError(f"object {blob} is missing", hint=f"{_FETCH_ALL}  (the clone is partial or damaged)")


def is_tracked(repo: Repo, path: str) -> bool:
    """Whether the index holds this path, or anything below it."""
    return bool(ask(repo, "ls-files", "-z", "--cached", "--", path))


def is_ignored(repo: Repo, path: str) -> bool:
    """Whether git's ignore files leave this path out, be it there or not; what is tracked is not left out."""
    output = call(repo, "check-ignore", "--quiet", "--", f"./{path}")
    if output.code not in (0, 1):
        raise failure(("check-ignore",), output)
    return output.code == 0


def refs(repo: Repo, *patterns: str) -> dict[str, str]:
    """Full ref name to commit id, for the refs that exist (symbolic ones resolved)."""
    ahead = {name: repo.known.get(f"{name}^{{commit}}") for name in patterns}
    if ahead and None not in ahead.values():
        return {name: known.id for name, known in ahead.items() if known is not None and known.id}
    rows = ask(repo, "for-each-ref", "--format=%(objectname) %(refname)", *patterns).decode("utf-8", "surrogateescape")
    return {name: oid for oid, name in (row.split(" ", 1) for row in rows.split("\n") if row)}


def marks(repo: Repo) -> dict[str, str]:
    """Path to the letter that `git ls-files -v` shows, for files of the index where it is no plain `H`."""
    rows = os.fsdecode(ask(repo, "ls-files", "-v", "-z")).split("\0")
    return {row[2:]: row[0] for row in rows if row and row[0] != "H"}


def is_shallow(repo: Repo) -> bool:
    """Whether history is cut off here."""
    return (repo.common_dir / "shallow").exists()
