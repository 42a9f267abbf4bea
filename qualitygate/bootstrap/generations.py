"""What one `apply` keeps in the journal's folder: `journal.json`, and the bytes before and after."""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, get_args

from qualitygate.bootstrap.edits import KINDS, Edit
from qualitygate.bootstrap.writing import Step, missing_folders, sync_folder, write_synced
from qualitygate.errors import QualityGateError
from qualitygate.frozen import NamedTuple

State = Literal["planned", "applied", "committed"]

HEAD = "journal.json"
_FORMAT = 1


class Saved(NamedTuple):
    """One edit, and the number under which its bytes are kept."""

    number: int
    edit: Edit


class Generation(NamedTuple):
    """One `apply`. `folders` did not exist before it; `token` makes the names of its temporary files."""

    folder: Path
    root: Path
    state: State
    token: str
    saved: tuple[Saved, ...]
    folders: tuple[str, ...]

    def temp(self, number: int) -> str:
        # Known from the journal, so that what a kill leaves behind is found again.
        return f".{self.token}-{number}.qualitygate.tmp"


def io_error(path: str, exc: OSError, *, hint: str = "nothing was changed") -> QualityGateError:
    """What the operating system refused, as an error for people."""
    return QualityGateError(f"cannot write {path}: {(exc.strerror or str(exc)).lower()}", hint=hint)


def plan(root: Path, edits: Sequence[Edit], journal_dir: Path, step: Step) -> Generation:
    """A new generation, safely on the disk before it is returned; raises QualityGateError and leaves nothing."""
    numbers = [int(folder.name) for folder in journal_dir.iterdir() if folder.name.isdigit()]
    folder = journal_dir / f"{max(numbers, default=0) + 1:04}"
    saved = tuple(Saved(number, edit) for number, edit in enumerate(edits))
    folders = missing_folders(root, [edit.path for edit in edits])
    generation = Generation(folder, root, "planned", secrets.token_hex(4), saved, folders)
    path = os.fspath(folder)
    try:
        folder.mkdir(mode=0o700)
        step("journal folder")
        for number, edit in saved:
            path = edit.path
            if edit.before is not None:
                write_synced(folder / f"{number}.before", edit.before)
            write_synced(folder / f"{number}.after", edit.after)
            step(f"saved {number}")
        path = HEAD
        write_head(generation)
        sync_folder(journal_dir)
        step("planned")
    except BaseException as exc:
        forget(generation)
        if isinstance(exc, OSError):
            raise io_error(path, exc) from None
        raise
    return generation


def write_head(generation: Generation) -> None:
    """Put `journal.json` in its place, whole."""
    files = [
        {
            "path": edit.path,
            "saved": number,
            "new": edit.before is None,
            "kind": edit.kind,
            "marker": edit.marker,
            "executable": edit.executable,
        }
        for number, edit in generation.saved
    ]
    head = {
        "format": _FORMAT,
        "state": generation.state,
        "root": os.fspath(generation.root),
        "token": generation.token,
        "folders": list(generation.folders),
        "files": files,
    }
    temp = generation.folder / f"{HEAD}.tmp"
    temp.unlink(missing_ok=True)
    write_synced(temp, json.dumps(head, indent=1).encode("ascii"))
    os.replace(temp, generation.folder / HEAD)
    sync_folder(generation.folder)


def forget(generation: Generation) -> None:
    """Delete a generation; its head goes first, and without a head the rest is rubbish."""
    (generation.folder / HEAD).unlink(missing_ok=True)
    sync_folder(generation.folder)
    shutil.rmtree(generation.folder, ignore_errors=True)


def generations(journal_dir: Path) -> tuple[Generation, ...]:
    """What the journal holds, oldest first; folders without a head, which never changed a file, are deleted."""
    found = []
    for folder in sorted(f for f in journal_dir.iterdir() if f.name.isdigit() and f.is_dir()):
        if (folder / HEAD).exists():
            found.append(_load(folder))
        else:
            shutil.rmtree(folder, ignore_errors=True)
    return tuple(found)


def _load(folder: Path) -> Generation:
    try:
        head: dict[str, Any] = json.loads((folder / HEAD).read_bytes())
        if head["format"] != _FORMAT or head["state"] not in get_args(State):
            raise ValueError("another format")
        saved = tuple(_saved(folder, row) for row in head["files"])
        return Generation(folder, Path(head["root"]), head["state"], head["token"], saved, tuple(head["folders"]))
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise QualityGateError(
            f"the journal {folder / HEAD} cannot be read: {exc}",
            hint=f"the files' old bytes are in {folder}; once they are back where they belong, delete that folder",
        ) from None


def _saved(folder: Path, row: dict[str, Any]) -> Saved:
    number = int(row["saved"])
    if row["kind"] not in KINDS:
        raise ValueError(f"unknown kind {row['kind']}")
    before = None if row["new"] else (folder / f"{number}.before").read_bytes()
    after = (folder / f"{number}.after").read_bytes()
    return Saved(number, Edit(row["path"], before, after, row["kind"], row["marker"], row["executable"]))
