"""What bootstrap writes, as values: computed from the bytes that are there, and cut out of them again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, get_args

from qualitygate.bootstrap import json_text
from qualitygate.bootstrap.blocks import cut_block as cut_block
from qualitygate.bootstrap.blocks import set_block as set_block
from qualitygate.bootstrap.precommit import add_precommit_repo as add_precommit_repo
from qualitygate.bootstrap.precommit import is_cut
from qualitygate.bootstrap.tables import add_ini_section as add_ini_section
from qualitygate.bootstrap.tables import add_toml_table as add_toml_table
from qualitygate.bootstrap.tables import added, merged
from qualitygate.config import parse_toml
from qualitygate.errors import ConfigError
from qualitygate.frozen import NamedTuple
from qualitygate.git_trees import merge_files

Kind = Literal["file", "block", "toml", "precommit", "json", "pieces"]

KINDS: tuple[Kind, ...] = get_args(Kind)


class Edit(NamedTuple):
    """One file: its bytes before (None: no such file) and after.

    `kind` says what of it is ours: the whole `file`, a managed `block` (whose comment format is `marker`), tables of
    a `toml` file, an entry of a `precommit` configuration, those items in the lists of a `json` file that mention
    `marker`, or `pieces` of its lines here and there. `executable` matters only for a file that is new.
    """

    path: str
    before: bytes | None
    after: bytes
    kind: Kind = "file"
    marker: str = "# {}"
    executable: bool = False


def joined(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """One edit per file, where each further one starts from what the one before it leaves.

    Raises ConfigError for two edits that know nothing of each other.
    """
    found: dict[str, Edit] = {}
    for edit in edits:
        first = found.get(edit.path)
        if first is None:
            found[edit.path] = edit
        elif edit.before == first.after:
            kind = first.kind if first.kind == edit.kind and first.marker == edit.marker else "file"
            found[edit.path] = first._replace(after=edit.after, kind=kind)
        else:
            raise ConfigError(f"{edit.path} would be written twice")
    return tuple(found.values())


def cut(edit: Edit, now: bytes) -> bytes | None:
    """`now` without what the edit put there, for a file that was changed since; None where that is not safe."""
    try:
        if edit.kind == "block":
            without = cut_block(now, edit.marker, file=edit.path)
            return without if without != now else None
        if edit.kind == "json":
            without = json_text.cut(now, lambda item: json_text.mentions(item, edit.marker), file=edit.path)
            return without if without != now else None
        if edit.kind == "pieces":
            return merge_files(now, edit.after, edit.before or b"")
        text = inserted(edit.before or b"", edit.after) if edit.kind != "file" else b""
        if not text or now.count(text) != 1:
            return None
        without = now.replace(text, b"")
        return without if _is_cut(edit, now, without) else None
    except ConfigError:
        return None


def inserted(before: bytes, after: bytes) -> bytes:
    """What `after` has more than `before`; empty unless it is one insertion."""
    length = len(after) - len(before)
    at = 0
    while at < len(before) and length > 0 and before[at] == after[at]:
        at += 1
    if length <= 0 or after[at + length :] != before[at:]:
        return b""
    # Of the places that it may start at, the one at the start of a line is meant.
    while at and after[at - 1] != 10 and after[at - 1] == after[at + length - 1]:
        at -= 1
    return after[at : at + length]


def _is_cut(edit: Edit, now: bytes, without: bytes) -> bool:
    """Whether the file says the same as before the cut, less what was ours."""
    if edit.kind == "precommit":
        return is_cut(edit.before, edit.after, now, without)
    old, new = parse_toml(edit.before or b"", file=edit.path), parse_toml(edit.after, file=edit.path)
    left, there = parse_toml(without, file=edit.path), parse_toml(now, file=edit.path)
    return merged(left, added(old, new)) == there
