"""What a sheet holds, as it was read or as it is laid out for paper; nothing here needs openpyxl."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import ceil
from pathlib import Path
from typing import IO

Value = str | int | float | bool | date | datetime | None
Target = str | Path | IO[bytes]

FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""Where some spreadsheet takes a text for a formula: the wide signs of Chinese keyboards are among them."""
NUMBER_WIDTH = 10
SIDE_MARGIN, TOP_MARGIN = 0.5, 0.6
"""Of a printed page, in inches."""


class WorkbookError(Exception):
    """A file is not a workbook that can be read; the message is one Chinese line."""


@dataclass(frozen=True)
class Cell:
    """A cell that was read, with its address (B3)."""

    address: str
    value: Value

    @property
    def text(self) -> str:
        """The cell as a person reads it: no spaces around it, no .0 behind a number."""
        if self.value is None:
            return ""
        if isinstance(self.value, float) and self.value.is_integer():
            return str(int(self.value))
        return str(self.value).strip()


@dataclass(frozen=True)
class PaperRow:
    """A row laid out for paper.

    A single cell spans the whole width; a cell of None belongs to the cell above it.
    """

    cells: Sequence[str | None]
    height: float
    starts_page: bool = False


@dataclass(frozen=True)
class Paper:
    """A table laid out for A4 landscape: the title stands once, the headers on every page.

    Args:
        widths: of the columns, in characters.
        centred: columns (from 0) whose text stands in the middle.
        heads: rows between the title and the headers.
    """

    sheet: str
    title: PaperRow
    headers: PaperRow
    rows: Sequence[PaperRow]
    widths: Sequence[float]
    centred: frozenset[int] = frozenset()
    heads: Sequence[PaperRow] = ()

    @property
    def all_rows(self) -> list[PaperRow]:
        """From the top of the sheet to its end."""
        return [self.title, *self.heads, self.headers, *self.rows]

    @property
    def header_row(self) -> int:
        """The number of the row of headers, counted from 1."""
        return 2 + len(self.heads)


def lines_needed(value: Value, width: float) -> int:
    """Lines that a value takes in a column of a width in characters."""
    if not isinstance(value, str) or (2 * len(value) <= width and "\n" not in value):
        return 1
    return sum(max(1, ceil(width_of(line) / width)) for line in value.splitlines())


def width_of(value: Value) -> int:
    """Characters of the longest line, a Chinese one counted twice."""
    if not isinstance(value, str):
        return 0 if value is None else NUMBER_WIDTH
    return max((len(line) + sum(sign > "\u2e7f" for sign in line) for line in value.splitlines()), default=0)
