"""Managed blocks: lines of ours in a file that other people write too."""

from __future__ import annotations

from collections.abc import Sequence

from qualitygate.errors import ConfigError
from qualitygate.frozen import NamedTuple

_BOMS_OF_WIDE_TEXT = (b"\xff\xfe", b"\xfe\xff")


class Marks(NamedTuple):
    """The lines that begin and end a block, without line ends."""

    begin: str
    end: str


def marks(comment: str) -> Marks:
    """The marks for one kind of comment: `# {}` or `<!-- {} -->`."""
    return Marks(comment.format("qualitygate: begin (managed, edits are lost)"), comment.format("qualitygate: end"))


def line_end(data: bytes) -> bytes:
    """How lines of this file end: CRLF where its first line does, else LF."""
    first = data.find(b"\n")
    return b"\r\n" if first > 0 and data[first - 1 : first] == b"\r" else b"\n"


def check_text(data: bytes, *, file: str) -> None:
    """Raise ConfigError for a file to which lines of ASCII cannot be added (UTF-16, binary)."""
    if data.startswith(_BOMS_OF_WIDE_TEXT) or b"\0" in data:
        raise ConfigError(f"{file}: is not UTF-8 text", hint="save the file in UTF-8")


def set_block(data: bytes | None, marker_comment: str, lines: Sequence[str], *, file: str = "the file") -> bytes:
    """The file with our block holding `lines`: replaced where it stands, else added at the end.

    A file without final newline keeps none, which is how `cut_block` knows. Raises ConfigError when
    the marks do not pair.
    """
    data = data or b""
    check_text(data, file=file)
    here = marks(marker_comment)
    body = (here.begin, *lines, here.end)
    found = _find(data, here, file)
    if found is not None:
        start, stop = found
        old = data[start:stop]
        eol = line_end(old)
        return data[:start] + _joined(body, eol) + (eol if old.endswith(b"\n") else b"") + data[stop:]
    eol = line_end(data)
    if data and not data.endswith(b"\n"):
        return data + eol + _joined(body, eol)
    return data + _joined(body, eol) + eol


def insert_block(data: bytes, marker_comment: str, lines: Sequence[str], *, at: int, file: str = "the file") -> bytes:
    """The file with our block at an offset where a line begins; where it stands already, as `set_block`."""
    check_text(data, file=file)
    here = marks(marker_comment)
    if _find(data, here, file) is not None or (at >= len(data) and not data.endswith(b"\n")):
        return set_block(data, marker_comment, lines, file=file)
    eol = line_end(data)
    return data[:at] + _joined((here.begin, *lines, here.end), eol) + eol + data[at:]


def cut_block(data: bytes, marker_comment: str, *, file: str = "the file") -> bytes:
    """The file without our block; what `set_block` was given, when nothing else changed."""
    found = _find(data, marks(marker_comment), file)
    if found is None:
        return data
    start, stop = found
    if not data[start:stop].endswith(b"\n"):
        # Our end mark closes the file without newline, so the newline before our block is ours.
        eol = line_end(data[start:stop])
        start -= len(eol) if data[:start].endswith(eol) else 0
    return data[:start] + data[stop:]


def holds_block(data: bytes, marker_comment: str) -> bool:
    """Whether our block stands in the file, whole."""
    try:
        return _find(data, marks(marker_comment), "the file") is not None
    except ConfigError:
        return False


def block_lines(data: bytes, marker_comment: str) -> tuple[str, ...]:
    """The lines of our block; none where it is not there, or not whole."""
    try:
        found = _find(data, marks(marker_comment), "the file")
    except ConfigError:
        return ()
    return tuple(data[found[0] : found[1]].decode("utf-8", "replace").splitlines()[1:-1]) if found else ()


def _joined(body: Sequence[str], eol: bytes) -> bytes:
    return eol.join(line.encode("utf-8") for line in body)


def _find(data: bytes, here: Marks, file: str) -> tuple[int, int] | None:
    """Where the block starts and stops, its last line end included."""
    begins, ends, at = [], [], 0
    for line in data.split(b"\n"):
        text = line.rstrip()
        if text == here.begin.encode("utf-8"):
            begins.append(at)
        elif text == here.end.encode("utf-8"):
            ends.append(min(at + len(line) + 1, len(data)))
        at += len(line) + 1
    if not begins and not ends:
        return None
    if len(begins) != 1 or len(ends) != 1 or ends[0] <= begins[0]:
        raise ConfigError(
            f"{file}: the marks of the managed block do not pair",
            hint=f"remove the lines `{here.begin}` and `{here.end}`",
        )
    return begins[0], ends[0]
