"""A page for a terminal: tables and paragraphs that fit its width. The one module that loads rich."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence

from rich.console import Console as RichConsole
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from qualitygate.frozen import NamedTuple
from qualitygate.output import Console

WIDEST = 100
"""Columns past which lines are hard to read, however wide the terminal is."""
BROAD = 96
"""Columns from which on three columns of text are easy to read."""
NARROW = 64
"""Columns below which a table is written as a list."""

_TRAILING = re.compile(r" +((?:\x1b\[[0-9;]*m)*)$", re.MULTILINE)


class Column(NamedTuple):
    """One column of a table: its heading, and how it is drawn. Texts are padded on the left where it counts."""

    title: str
    style: str = ""
    counts: bool = False
    ratio: int = 0


class _Buffer(io.StringIO):
    """What is drawn, with the encoding that it will be written in: it decides which characters are drawn with."""

    def __init__(self, encoding: str) -> None:
        super().__init__()
        self._encoding = encoding

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._encoding


def width_of(console: Console) -> int:
    """Columns that a page has."""
    return max(20, min(console.width, WIDEST))


def draw(console: Console, parts: Iterable[RenderableType]) -> str:
    """The parts one below the other, as text for this console; coloured only if it is."""
    file = _Buffer(console.encoding)
    rich = RichConsole(
        file=file,
        width=width_of(console),
        force_terminal=True,
        color_system="standard" if console.color else None,
        no_color=not console.color,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
        _environ={},
    )
    for part in parts:
        rich.print(part, soft_wrap=isinstance(part, Text) and part.no_wrap is True)
    text = file.getvalue()
    return _TRAILING.sub(r"\1", text if console.color else re.sub(r"\x1b\[[0-9;]*m", "", text))


def heading(text: str, more: str = "") -> Text:
    """The line above a part."""
    return Text.assemble(("\n" + text, "bold"), (f"  {more}" if more else "", "dim"))


def command(label: str, text: str) -> Text:
    """A label and a text that is never broken but by the terminal itself, so that it can be copied."""
    return Text.assemble((f"{label}  ", "bold"), (text, "cyan"), no_wrap=True)


def table(
    columns: Sequence[Column],
    rows: Sequence[Sequence[str | Text]],
    console: Console,
    *,
    titles: bool = True,
    small: bool = False,
) -> RenderableType:
    """Rows under headings; on a narrow terminal a row is a line and what belongs to it below, unless `small`."""
    if width_of(console) < NARROW and not small:
        return Padding(_listed(columns, rows), (0, 0, 0, 2))
    wide = sum(bool(column.ratio) for column in columns) > 1  # shares count only of the whole width
    made = Table(box=None, show_header=titles, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0), expand=wide)
    for column in columns:
        made.add_column(
            column.title,
            style=column.style,
            justify="right" if column.counts else "left",
            ratio=column.ratio or None,
            no_wrap=column.counts,
            overflow="fold",
        )
    for row in rows:
        made.add_row(*(cell if isinstance(cell, Text) else Text(cell) for cell in row))
    return Padding(made, (0, 0, 0, 2))


def _listed(columns: Sequence[Column], rows: Sequence[Sequence[str | Text]]) -> Table:
    made = Table.grid(padding=(0, 0))
    made.add_column(overflow="fold")
    for row in rows:
        first, *rest = row
        made.add_row(Text(str(first), style=columns[0].style))
        for column, cell in zip(columns[1:], rest, strict=True):
            if str(cell):
                made.add_row(Padding(Text(str(cell), style=column.style), (0, 0, 0, 2)))
    return made
