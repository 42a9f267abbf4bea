"""Make git trees of what is on disk, without leaving anything in the repository."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from qualitygate.errors import GitError
from qualitygate.git import (
    TIMEOUT,
    Repo,
    ask,
    call,
    entries,
    failure,
    readable,
    real_objects,
    tree_of,
)
from qualitygate.model import Entry
from qualitygate.process import is_running, undisturbed


def write_tree(repo: Repo, scratch: Path) -> str:
    """The tree id of the index. Raises GitError while paths are unmerged."""
    return write_index(repo, scratch)[0]


def write_index(repo: Repo, scratch: Path) -> tuple[str, bytes]:
    """The tree id of the index, and the digest of what it was made from; for `index_moved`.

    It is read from a private copy, so that the index itself is never written. Raises GitError.
    """
    make_room(scratch)
    _copy_index(repo.index_file, scratch, compared=False)
    made_from = _digest(scratch)  # git writes to the copy
    output = call(repo._replace(index_file=scratch), "write-tree")
    if output.code != 0:
        if b"unmerged" in output.stderr or b"error building trees" in output.stderr:
            raise GitError("the index has unmerged paths", hint="resolve the conflicts and `git add` the files")
        raise failure(("write-tree",), output)
    return output.stdout.decode("ascii").strip(), made_from


def index_moved(repo: Repo, scratch: Path, tree: str, made_from: bytes) -> bool:
    """Whether the index is not what `write_index` made this tree of any more; git is asked only if a byte differs."""
    return _digest(repo.index_file) != made_from and write_tree(repo, scratch) != tree


def _digest(index: Path) -> bytes:
    try:
        return hashlib.sha256(index.read_bytes()).digest()
    except FileNotFoundError:
        return b""


def _copy_index(source: Path, target: Path, *, compared: bool) -> None:
    try:
        target.write_bytes(source.read_bytes())
        stat = source.stat()
        # The time goes along where files are `compared`: git looks at those again that are as new as the index
        # (racy git). Else it lies ahead: then no file is opened, and no filter started, just to write a tree.
        ahead = 0 if compared else 1 << 40
        os.utime(target, ns=(stat.st_atime_ns, stat.st_mtime_ns + ahead))
    except FileNotFoundError:
        target.unlink(missing_ok=True)


def write_worktree(repo: Repo, scratch: Path, objects: Path, patch: Path | None) -> tuple[Repo, str]:
    """The tree id of the work tree (tracked and untracked-unignored), through a private index and object store.

    `patch` is applied on top: edits that somebody set aside. Nothing reaches the repository's own
    object store. Returns the repo that can read the tree as well.
    """
    make_room(scratch)
    make_room(objects / "info" / "alternates")
    _copy_index(repo.index_file, scratch, compared=True)
    store = real_objects(repo)
    private = repo._replace(
        index_file=scratch,
        objects=(store,),
        env={**repo.env, **without_own_filters(repo), "GIT_OBJECT_DIRECTORY": os.fspath(objects)},
    )
    output = call(private, "add", "--all", "--", ".")
    if output.code != 0:
        said = next(iter(output.stderr.decode("utf-8", "replace").splitlines()), "no message")
        if output.timed_out:
            said = f"no answer in {TIMEOUT:.0f} s"
        raise GitError(
            f"git cannot read the work tree: {said.removeprefix('error: ').removeprefix('fatal: ')}",
            hint="mend or ignore it, until `git add --all` works; or judge the index: `qualitygate run --staged`",
        )
    if patch is not None:
        ask(private, "apply", "--cached", "--whitespace=nowarn", os.fspath(patch))
    tree = ask(private, "write-tree").decode("ascii").strip()
    return readable(repo, objects), tree


def replace_staged(repo: Repo, wanted: Mapping[str, tuple[Entry, bytes]], scratch: Path) -> set[str]:
    """Put new contents into the index for paths whose entry is still the given one; returns those.

    As git does it: the new index is written beside the old one, under git's own lock, and takes its
    place in one step. Raises GitError while another git holds the lock.
    """
    make_room(scratch)
    private = repo._replace(index_file=scratch)
    for _ in range(_TRIES):
        before = repo.index_file.read_bytes()
        scratch.write_bytes(before)
        rows, done = b"", set[str]()
        for row in ask(private, "ls-files", "-s", "-z", "--", *wanted).split(b"\0")[:-1]:
            meta, path = row.split(b"\t", 1)
            entry, data = wanted[os.fsdecode(path)]
            if meta.decode("ascii").split(" ") == [entry.mode, entry.blob, "0"]:
                blob = ask(repo, "hash-object", "-w", "--stdin", "--no-filters", stdin=data).strip()
                rows += entry.mode.encode("ascii") + b" " + blob + b"\t" + path + b"\0"
                done.add(os.fsdecode(path))
        ask(private, "update-index", "-z", "--index-info", stdin=rows)
        after = scratch.read_bytes()
        scratch.unlink()
        if not done or _swap_index(repo.index_file, before, after):
            return done
    raise GitError("the index changes all the time", hint="wait until nobody else works here, then run it again")


_TRIES = 5


def _swap_index(index: Path, before: bytes, after: bytes) -> bool:
    """Whether the index still was `before`, and now is `after`."""
    ready = index.with_name(f"{index.name}{_READY}{os.getpid()}")
    lock = index.with_name(f"{index.name}.lock")
    try:
        with undisturbed():
            try:
                with open(ready, "wb") as file:
                    file.write(after)
                    file.flush()
                    os.fsync(file.fileno())
                os.link(ready, lock)  # held for one comparison: whoever kills us then leaves it for `sweep_locks`
                try:
                    if index.read_bytes() != before:
                        return False
                    os.replace(lock, index)
                finally:
                    lock.unlink(missing_ok=True)
            finally:
                ready.unlink(missing_ok=True)
    except FileExistsError:
        raise GitError(f"another git is at work: {lock} exists", hint="wait until it has ended") from None
    except OSError as exc:
        raise GitError(f"cannot write the index: {exc.strerror or exc}", hint=f"make {index.parent} writable") from None
    return True


_READY = ".qualitygate-"


def sweep_locks(repo: Repo) -> None:
    """Remove what a killed run of ours left beside the index; a lock only where it is the same file, so ours.

    Another git's lock is never touched, nor one of ours whose process goes on.
    """
    index = repo.index_file
    lock = index.with_name(f"{index.name}.lock")
    for ready in index.parent.glob(f"{index.name}{_READY}*"):
        process = ready.name.rpartition("-")[2]
        if not process.isdecimal() or is_running(int(process)):
            continue
        if lock.exists() and lock.samefile(ready):
            lock.unlink(missing_ok=True)
        ready.unlink(missing_ok=True)


def make_room(file: Path) -> None:
    """Make the folder of a file of ours; raises GitError where the cache cannot be written to."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        # A killed run may have left its lock, and this process may have the same id.
        file.with_name(f"{file.name}.lock").unlink(missing_ok=True)
    except OSError as exc:
        raise GitError(
            f"cannot write to the cache: {exc}", hint="make it writable, or set XDG_CACHE_HOME to a folder that is"
        ) from None


def with_files(repo: Repo, tree: str, files: Mapping[str, bytes | None], scratch: Path) -> tuple[Repo, str]:
    """`tree` with some files written, or removed (None); returns the repo that can read the new tree.

    The objects go into `scratch`, not into the repository. A file keeps its mode, a new one is 100644.
    """
    objects, index = scratch / "objects", scratch / "index"
    (objects / "info").mkdir(parents=True, exist_ok=True)
    stores = (real_objects(repo), *repo.objects)
    env = {**repo.env, "GIT_OBJECT_DIRECTORY": os.fspath(objects)}
    private = repo._replace(index_file=index, objects=stores, env=env)
    ask(private, "read-tree", tree)
    modes = entries(repo, tree)
    nothing = b"0" * len(tree_of(repo, tree))
    rows = b""
    for path, data in files.items():
        if data is None:
            rows += b"0 " + nothing + b"\t" + os.fsencode(path) + b"\0"
            continue
        blob = ask(private, "hash-object", "-w", "--stdin", "--no-filters", stdin=data).decode("ascii").strip()
        mode = modes[path].mode if path in modes else "100644"
        rows += f"{mode} {blob}\t".encode("ascii") + os.fsencode(path) + b"\0"
    ask(private, "update-index", "-z", "--index-info", stdin=rows)
    made = ask(private, "write-tree").decode("ascii").strip()
    index.unlink(missing_ok=True)
    return readable(repo, objects), made


def store(repo: Repo, files: Sequence[bytes], objects: Path) -> tuple[Repo, list[str]]:
    """Put contents into an object store of ours; returns the repo that can read them too, and their ids."""
    (objects / "info").mkdir(parents=True, exist_ok=True)
    private = repo._replace(
        objects=(real_objects(repo), *repo.objects), env={**repo.env, "GIT_OBJECT_DIRECTORY": os.fspath(objects)}
    )
    asked = (ask(private, "hash-object", "-w", "--stdin", "--no-filters", stdin=data) for data in files)
    return readable(repo, objects), [said.decode("ascii").strip() for said in asked]


def without_own_filters(repo: Repo) -> dict[str, str]:
    """What switches off the filters that a file of the work tree configures (`include.path = ../.gitconfig`).

    Filters of the user's own, as Git LFS has, stay: without them a file would not be what is committed.
    """
    said = call(repo, "config", "-z", "--show-origin", "--get-regexp", r"^filter\..*\.(clean|process)$").stdout
    fields = said.decode("utf-8", "surrogateescape").split("\0")
    settings: dict[str, str] = {}
    for origin, setting in zip(fields[::2], fields[1::2], strict=False):
        file = (repo.root / origin.removeprefix("file:")).resolve()
        inside = file.is_relative_to(repo.root.resolve()) and not file.is_relative_to(repo.common_dir.resolve())
        if inside and origin.startswith("file:"):
            driver = setting.partition("\n")[0].rpartition(".")[0]
            settings.update({f"{driver}.clean": "", f"{driver}.process": "", f"{driver}.required": "false"})
    env = {"GIT_CONFIG_COUNT": str(len(settings))} if settings else {}
    for number, (key, value) in enumerate(settings.items()):
        env.update({f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value})
    return env


def changed_files(repo: Repo) -> list[str]:
    """Paths on disk that differ from HEAD, untracked ones included unless ignored."""
    repo = repo._replace(env={**repo.env, **without_own_filters(repo)})  # `status` compares as `add` would
    rows = ask(repo, "status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=all").split(b"\0")
    return [os.fsdecode(row[3:]) for row in rows if row]


def merge_files(ours: bytes, base: bytes, theirs: bytes) -> bytes | None:
    """What a file becomes when two sides changed it; None where they changed the same lines."""
    import tempfile  # rarely needed, and a hook pays for every import

    with tempfile.TemporaryDirectory() as place:
        paths = [Path(place, name) for name in ("ours", "base", "theirs")]
        for path, data in zip(paths, (ours, base, theirs), strict=True):
            path.write_bytes(data)
        output = call(None, "merge-file", "--stdout", *(os.fspath(path) for path in paths), cwd=Path(place))
    return output.stdout if output.code == 0 else None
