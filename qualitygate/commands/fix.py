"""`qualitygate fix`: mend what is new and can be mended safely."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from qualitygate import actor, git, git_diffs, git_trees
from qualitygate.checks.catalogue import TOOLS
from qualitygate.commands.run import named
from qualitygate.defaults import compile_any
from qualitygate.errors import GitError
from qualitygate.frozen import NamedTuple
from qualitygate.gate import judging
from qualitygate.gate.fixing import Key, Mended, Wanted, mend
from qualitygate.gate.planning import Gate, open_gate
from qualitygate.gate.replacing import on_disk, replace
from qualitygate.gate.snapshot import lock
from qualitygate.gate.state import digest
from qualitygate.gate.trees import index_tree, worktree_tree
from qualitygate.git import Repo
from qualitygate.model import Finding, Verdict


class Fixed(NamedTuple):
    """What `fix` did, or would do.

    `files` were written, or would be. `fixed` counts by path and rule. `refused` are fixes that would
    have made something else new. `skipped` are files that could not be written, and why. `patch` is a
    file with what is staged only in part; nothing of that was touched. `kept` are names that nobody
    uses and that were left for the next edit. `verdict` is that of what is there now.
    """

    files: tuple[str, ...]
    fixed: Mapping[Key, int]
    refused: tuple[Key, ...]
    skipped: tuple[tuple[str, str], ...]
    partial: tuple[str, ...]
    patch: str
    kept: tuple[Finding, ...]
    diff: bytes
    verdict: Verdict
    staged: bool
    dry: bool


def fix(
    path: Path,
    *,
    files: tuple[str, ...] = (),
    staged: bool = False,
    dry: bool = False,
    between_edits: bool = False,
    progress: Callable[[str], None] = lambda check: None,
) -> Fixed:
    """Mend new findings in the work tree, or what is staged, of the repository that holds `path`.

    Names that nobody uses (imports, variables) are removed when what is staged is fixed, and for a
    person. They are not `between_edits`, nor in the work tree of an agent: its next edit may use them.
    """
    gate = open_gate(path, TOOLS, compile_any)
    gate = gate._replace(progress=progress)
    reader, head = (index_tree if staged else worktree_tree)(gate.repo, gate.state.worktree)
    names = named(gate.repo.root, head, files)
    removals = not between_edits and (staged or not actor.agent())
    scratch = gate.state.worktree / f"fix-{os.getpid()}"
    try:
        done = mend(gate, reader, head, Wanted(lambda path: _is_below(path, names), removals))
        diff = git_diffs.patch(done.reader, head.id, done.tree.id, tuple(done.files)) if done.files else b""
        if dry:
            return _result(done, tuple(done.files), (), diff, staged=staged, dry=True)
        return _write(gate, done, diff, staged=staged)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _is_below(path: str, names: Sequence[str]) -> bool:
    return not names or any(name in (".", path) or path.startswith(f"{name}/") for name in names)


def _result(
    done: Mended, files: tuple[str, ...], skipped: Sequence[tuple[str, str]], diff: bytes, *, staged: bool, dry: bool
) -> Fixed:
    fixed = {key: number for key, number in done.fixed.items() if key[0] in files}
    refused = tuple(sorted(done.refused))
    return Fixed(files, fixed, refused, tuple(skipped), (), "", done.kept, diff, done.verdict, staged, dry)


def _write(gate: Gate, done: Mended, diff: bytes, *, staged: bool) -> Fixed:
    """Write what was mended; where not all of it could be, judge again what is there now."""
    judged = _blobs(done)
    whole = dict(done.files)
    partial: tuple[str, ...] = ()
    if staged:
        partial = tuple(p for p in done.files if not _is_staged_whole(gate.repo, p, judged[p], done.files[p]))
        whole = {path: data for path, data in done.files.items() if path not in partial}
    skipped: list[tuple[str, str]] = []
    written: list[str] = []
    with lock(gate.state.worktree, 60):
        if staged:
            git_trees.sweep_locks(gate.repo)
        for path, data in whole.items():
            if staged and _reads(gate.repo.root / path, data):
                written.append(path)  # a run that was killed came as far as this
                continue
            why = replace(gate.repo.root, path, judged[path], data, room=gate.repo.git_dir / "qualitygate" / "fix")
            if why:
                skipped.append((path, why))
            else:
                written.append(path)
        if staged and written:
            wanted = {path: (done.head.entries[path], whole[path]) for path in written}
            taken = git_trees.replace_staged(gate.repo, wanted, gate.state.worktree / f"index-{os.getpid()}")
            skipped += [(path, "the index changed meanwhile") for path in written if path not in taken]
            written = [path for path in written if path in taken]
    result = _result(done, tuple(written), skipped, diff, staged=staged, dry=False)
    if partial:
        result = result._replace(partial=partial, patch=_patch_file(gate, done, partial))
    if partial or skipped:
        result = result._replace(verdict=_judge_again(gate, staged=staged))
    return result


def _blobs(done: Mended) -> dict[str, bytes]:
    data = dict(git.blobs(done.reader, [done.head.entries[path].blob for path in done.files]))
    return {path: data[done.head.entries[path].blob] for path in done.files}


def _reads(path: Path, data: bytes) -> bool:
    try:
        return not path.is_symlink() and on_disk(path, data) is not None
    except OSError:
        return False


def _is_staged_whole(repo: Repo, path: str, judged: bytes, new: bytes) -> bool:
    """Whether the file on disk is what is staged; or what it shall be."""
    file = repo.root / path
    return repo.index_file == repo.git_dir / "index" and (_reads(file, judged) or _reads(file, new))


def _patch_file(gate: Gate, done: Mended, paths: tuple[str, ...]) -> str:
    data = git_diffs.patch(done.reader, done.head.id, done.tree.id, paths)
    file = gate.state.shared / "patches" / f"fix-{digest(done.head.id, done.tree.id, paths)[:12]}.patch"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    except OSError as exc:
        raise GitError(f"cannot write the patch: {exc}", hint=f"make {file.parent} writable") from None
    return os.fspath(file)


def _judge_again(gate: Gate, *, staged: bool) -> Verdict:
    return judging.judge_index(gate, record=False) if staged else judging.judge_worktree(gate)
