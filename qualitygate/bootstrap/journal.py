"""Edits applied all or not at all, and kept so that they can be undone to the byte.

Every `apply` is one generation of the journal. It has reached the disk before the first file
changes. Its states: `planned` (files may be half changed), `applied` (all are, nothing is proven),
`committed`. `recover` takes back what is not committed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from qualitygate.bootstrap import generations as store
from qualitygate.bootstrap.edits import Edit, cut, joined
from qualitygate.bootstrap.generations import Generation, Saved, io_error
from qualitygate.bootstrap.writing import Step, check_place, read, remove, remove_empty, remove_temp, replace
from qualitygate.errors import QualityGateError
from qualitygate.frozen import NamedTuple


class Applied(NamedTuple):
    """The paths that were written, in order; empty when every file already was as planned."""

    written: tuple[str, ...]


class Recovered(NamedTuple):
    """What rolling back did; the files in `left` were changed by somebody else meanwhile, and stay as they are."""

    restored: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


class Refused(NamedTuple):
    """A file that `undo` does not touch, and how it differs from what bootstrap wrote."""

    path: str
    diff: str


class Undone(NamedTuple):
    """What `undo` did per file; all empty when there was nothing to undo."""

    restored: tuple[str, ...] = ()
    cut: tuple[str, ...] = ()
    refused: tuple[Refused, ...] = ()


def _no_step(_: str) -> None:
    pass


def apply(
    root: Path,
    edits: Sequence[Edit],
    journal_dir: Path,
    *,
    before_commit: Callable[[], None] | None = None,
    step: Step = _no_step,
) -> Applied:
    """Write every edit below `root`, or none.

    `before_commit` runs once all are written; what it raises takes them back. `step` hears of every
    step as it is done (for tests). Raises QualityGateError that names the file: changed since the
    plan, a link, outside `root`, not writable, disk full.
    """
    root = root.resolve()
    wanted = [edit for edit in joined(edits) if edit.before != edit.after]
    with _locked(journal_dir):
        _recover(journal_dir, root)
        _check(root, wanted)
        if not wanted:
            if before_commit is not None:
                before_commit()
            return Applied(())
        _write(store.plan(root, wanted, journal_dir, step), before_commit, step)
    return Applied(tuple(edit.path for edit in wanted))


def _check(root: Path, edits: Sequence[Edit]) -> None:
    for edit in edits:
        check_place(root, edit.path)
        if read(root, edit.path) != edit.before:
            raise QualityGateError(f"{edit.path} changed since the plan was made", hint="run it again")


def _write(generation: Generation, before_commit: Callable[[], None] | None, step: Step) -> None:
    path = ""
    try:
        for number, edit in generation.saved:
            path, temp = edit.path, generation.temp(number)
            replace(generation.root, path, edit.before, edit.after, temp, executable=edit.executable, step=step)
            step(f"written {number}")
        path = store.HEAD
        store.write_head(generation._replace(state="applied"))
        step("applied")
        if before_commit is not None:
            before_commit()
        store.write_head(generation._replace(state="committed"))
    except BaseException as exc:
        _roll_back(generation)
        if isinstance(exc, OSError):
            raise io_error(path, exc) from None
        raise
    step("committed")


def recover(journal_dir: Path) -> Recovered:
    """Take back what an interrupted `apply` left; does nothing when there is no such thing."""
    if not journal_dir.is_dir():
        return Recovered()
    with _locked(journal_dir):
        return _recover(journal_dir, None)


def _recover(journal_dir: Path, root: Path | None) -> Recovered:
    restored: list[str] = []
    left: list[str] = []
    for generation in reversed(store.generations(journal_dir)):
        if generation.state == "committed":
            continue
        where = generation.root if generation.root.is_dir() else root  # a clone may have been moved
        if where is None:
            raise QualityGateError(f"an interrupted run in {generation.root} cannot be taken back: no such folder")
        done = _roll_back(generation._replace(root=where))
        restored += done.restored
        left += done.left
    return Recovered(tuple(restored), tuple(left))


def _roll_back(generation: Generation) -> Recovered:
    root = generation.root
    restored: list[str] = []
    left: list[Saved] = []
    for saved in reversed(generation.saved):
        path = saved.edit.path
        try:
            outcome = _take_back(generation, saved)
        except QualityGateError:
            outcome = "refused"
        except OSError as exc:
            raise io_error(path, exc, hint="some files are half way; mend that, then run `qualitygate undo`") from None
        if outcome == "refused":
            left.append(saved)
        elif outcome == "restored":
            restored.append(path)
    remove_empty(root, generation.folders)
    if left:
        # Kept for `undo`, which shows how these files differ.
        store.write_head(generation._replace(state="committed", saved=tuple(reversed(left))))
    else:
        store.forget(generation)
    return Recovered(tuple(restored), tuple(saved.edit.path for saved in left))


def _take_back(generation: Generation, saved: Saved) -> Literal["restored", "untouched", "refused"]:
    """Put the old bytes back where the file holds what was written, or else leave it alone."""
    root, edit, temp = generation.root, saved.edit, generation.temp(saved.number)
    remove_temp(root, edit.path, temp)
    now = read(root, edit.path)
    if now == edit.before:
        return "untouched"
    if now != edit.after:
        return "refused"
    if edit.before is None:
        remove(root, edit.path)
    else:
        replace(root, edit.path, now, edit.before, temp)
    return "restored"


def undo(root: Path, journal_dir: Path) -> Undone:
    """Take back every `apply`, the newest first.

    A file that still holds what was written gets its old bytes back, or goes, with the folders that
    were made for it. From a file that was changed since, what is ours is cut where that is safe.
    The rest is refused, and stays in the journal for another try.
    """
    if not journal_dir.is_dir():
        return Undone()
    outcomes: dict[str, str | Refused] = {}
    with _locked(journal_dir):
        _recover(journal_dir, root.resolve())
        for generation in reversed(store.generations(journal_dir)):
            _undo_generation(generation._replace(root=root.resolve()), outcomes)
    return Undone(
        tuple(path for path, outcome in outcomes.items() if outcome in ("restored", "untouched")),
        tuple(path for path, outcome in outcomes.items() if outcome == "cut"),
        tuple(outcome for outcome in outcomes.values() if isinstance(outcome, Refused)),
    )


def _undo_generation(generation: Generation, outcomes: dict[str, str | Refused]) -> None:
    kept = []
    for saved in reversed(generation.saved):
        path = saved.edit.path
        if isinstance(outcomes.get(path), Refused):
            kept.append(saved)
            continue
        try:
            outcome = _undo_one(generation, saved)
        except QualityGateError as exc:
            outcome = Refused(path, f"{exc.message}\n")
        except OSError as exc:
            raise io_error(path, exc, hint="mend that, then run `qualitygate undo` again") from None
        if isinstance(outcome, Refused):
            kept.append(saved)
        if outcomes.get(path) != "cut" or isinstance(outcome, Refused):
            outcomes[path] = outcome
    remove_empty(generation.root, generation.folders)
    if kept:
        store.write_head(generation._replace(saved=tuple(reversed(kept))))
    else:
        store.forget(generation)


def _undo_one(generation: Generation, saved: Saved) -> str | Refused:
    outcome = _take_back(generation, saved)
    if outcome != "refused":
        return outcome
    root, edit = generation.root, saved.edit
    now = read(root, edit.path)
    without = cut(edit, now) if now is not None else None
    if now is None or without is None:
        return Refused(edit.path, _diff(edit, now))
    if edit.before is None and not without.strip():
        remove(root, edit.path)
    else:
        replace(root, edit.path, now, without, generation.temp(saved.number))
    return "cut"


def _diff(edit: Edit, now: bytes | None) -> str:
    from difflib import unified_diff

    try:
        old, new = ((data or b"").decode("utf-8").splitlines(keepends=True) for data in (edit.after, now))
    except UnicodeDecodeError:
        return f"{edit.path} is binary, and changed\n"
    names = (f"{edit.path} (as it was written)", f"{edit.path} (now)" if now is not None else "/dev/null")
    rows = unified_diff(old, new, *names)
    return "".join(row if row.endswith("\n") else f"{row}\n\\ No newline at end of file\n" for row in rows)


@contextmanager
def _locked(journal_dir: Path) -> Iterator[None]:
    """Only one process at a time; the lock dies with the process that holds it."""
    try:
        journal_dir.mkdir(parents=True, exist_ok=True)
        handle = os.open(journal_dir / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as exc:
        raise io_error(os.fspath(journal_dir), exc) from None
    try:
        _lock(handle)
        yield
    finally:
        os.close(handle)


def _lock(handle: int) -> None:
    try:
        import fcntl
    except ImportError:
        return  # no such lock on this system
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise QualityGateError(
            "another bootstrap or undo is at work in this repository", hint="wait until it has finished"
        ) from None
