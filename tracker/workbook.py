"""XLSX files in and out: the only module that knows openpyxl."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain, islice
from math import ceil
from pathlib import Path
from typing import IO, Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

Value = str | int | float | bool | date | datetime | None
Target = str | Path | IO[bytes]

FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""Where some spreadsheet takes a text for a formula: the wide signs of Chinese keyboards are among them."""
MOST_PARTS, MOST_UNPACKED, MOST_COLUMNS = 500, 50 * 1024**2, 100
"""Of a workbook that is read: parts, their bytes together, and the columns that are looked at."""
BROKEN = (BadZipFile, InvalidFileException, ParseError, SyntaxError, LookupError, TypeError, ValueError,
          AttributeError, NotImplementedError, RuntimeError, OSError)  # fmt: skip
"""What reading a file that is no workbook, or a damaged one, may raise: the library promises nothing."""
NO_WORKBOOK = "不是 XLSX 文件，或者已经损坏；请用表格软件另存为 .xlsx 后再试"
HEADER_FONT = Font(name="SimSun", bold=True)
HEADER_FILL = PatternFill("solid", fgColor="E8EEF7")
HEADER_ALIGNMENT = Alignment(horizontal="center", vertical="center", wrap_text=True)
LINE = Side(style="thin", color="000000")
BOX = Border(left=LINE, right=LINE, top=LINE, bottom=LINE)
NORMAL_FONT = Font(name="SimSun", size=10.5)
PAPER_FONT = Font(name="仿宋", size=10.5)
PAPER_BOLD = Font(name="SimSun", size=10.5, bold=True)
PAPER_TITLE = Font(name="SimSun", size=16, bold=True)
CENTRED = Alignment(horizontal="center", vertical="center", wrap_text=True)
AT_LEFT = Alignment(horizontal="left", vertical="center", wrap_text=True)
WRAPPED = Alignment(vertical="top", wrap_text=True)
MEASURED_ROWS, MOST_WIDTH = 50, 60
"""What the columns of a plain list are measured by, and their most characters."""
NUMBER_WIDTH, LINE_HEIGHT = 10, 15
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


def lines_needed(text: str, width: float) -> int:
    """Lines that a text takes in a column of a width in characters."""
    return _line_count(text, width)


def write(
    target: Target,
    sheet: str,
    headers: Sequence[str],
    rows: Iterable[Sequence[Value]],
    *,
    widths: Sequence[float] | None = None,
) -> None:
    """Write a plain table: a styled header that stays in sight, and rows as they come.

    Args:
        widths: of the columns, in characters; by default after the headers and the first rows.
    """
    book = Workbook(write_only=True)
    page: Any = book.create_sheet(sheet)
    rest = iter(rows)
    first = list(islice(rest, MEASURED_ROWS))
    widths = widths or _widths(headers, first)
    _print_on_a4(page, widths, title_rows="1:1")
    page.freeze_panes = "A2"
    page.append([_header(page, header) for header in headers])
    wrapped = [_wrapped(page) for _ in widths]  # used again in each row, which is written at once
    for number, row in enumerate(chain(first, rest), 2):
        lines = max(_line_count(value, width) for value, width in zip(row, widths, strict=True))
        if lines > 1:
            page.row_dimensions[number].height = lines * LINE_HEIGHT
        page.append(
            [
                _filled(cell, value)
                if isinstance(value, str) and _line_count(value, width) > 1
                else _plain(page, value)
                for value, width, cell in zip(row, widths, wrapped, strict=True)
            ]
        )
        page.row_dimensions.pop(number, None)
    page.auto_filter.ref = f"A1:{get_column_letter(len(headers))}1"
    book.save(target)


def write_form(
    target: Target,
    sheet: str,
    headers: Sequence[str],
    *,
    widths: Sequence[float],
    choices: Mapping[str, Sequence[str]],
) -> None:
    """Write an empty table to be filled in by hand and read back; every cell is text.

    Args:
        choices: what may stand under a header, offered as a list; the lists are a sheet of their own.
    """
    book = Workbook()
    page: Any = book.active
    page.title = sheet
    page.append([*headers])
    lists: Any = book.create_sheet("可选项")
    for number in range(1, len(headers) + 1):
        letter = get_column_letter(number)
        page.column_dimensions[letter].width = widths[number - 1]
        page.column_dimensions[letter].number_format = "@"
        cell = page.cell(1, number)
        cell.font, cell.fill, cell.alignment = HEADER_FONT, HEADER_FILL, HEADER_ALIGNMENT
    for number, (header, values) in enumerate(choices.items(), 1):
        letter = get_column_letter(number)
        for row, value in enumerate([header, *values], 1):
            lists.cell(row, number, value)
        lists.column_dimensions[letter].width = 40
        offered = DataValidation("list", formula1=f"可选项!${letter}$2:${letter}${len(values) + 1}")
        offered.error, offered.showErrorMessage = "请从列表中选择", True
        column = get_column_letter(headers.index(header) + 1)
        offered.add(f"{column}2:{column}2000")
        page.add_data_validation(offered)
    page.freeze_panes = "A2"
    book.save(target)


def read(source: Target, *, max_rows: int = 20_000) -> Iterator[list[Cell]]:
    """The filled rows of the first sheet, at least as wide as the first; each cell has its address.
    Columns beyond `MOST_COLUMNS` are not looked at.

    Raises:
        WorkbookError: not a workbook, or more in it than is read.
    """
    _refuse_package(source)
    with _told_if_broken():
        book = load_workbook(source, read_only=True, data_only=True)
    try:
        with _told_if_broken():
            page: Any = book.worksheets[0]
            page.reset_dimensions()  # some programs write wrong ones
            rows = enumerate(page.iter_rows(values_only=True), 1)
        width = 0
        while True:
            with _told_if_broken():
                number, values = next(rows, (0, ()))
            if not number:
                return
            values = values[:MOST_COLUMNS]
            if number > max_rows:
                raise WorkbookError(f"超过 {max_rows} 行")
            if any(value not in (None, "") for value in values):
                width = width or len(values)
                padded = [*values, *[None] * (width - len(values))]
                yield [Cell(f"{get_column_letter(n)}{number}", value) for n, value in enumerate(padded, 1)]
    finally:
        book.close()


def _refuse_package(source: Target) -> None:
    """Refuse what unpacks to more than any form of ours, and XML that declares entities of its own.

    Source: OWASP File Upload and XML External Entity Prevention Cheat Sheets.
    """
    with _told_if_broken(), ZipFile(source) as package:
        parts = package.infolist()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
            raise WorkbookError("解压以后太大，不像一份填写的表格；请另存为只含这张表的 .xlsx 再试")
        for part in parts:
            content = package.read(part) if part.filename.endswith((".xml", ".rels")) else b""
            if b"<!DOCTYPE" in content or b"<!ENTITY" in content or b"\0" in content:
                raise WorkbookError(NO_WORKBOOK)


@contextmanager
def _told_if_broken() -> Iterator[None]:
    try:
        yield
    except BROKEN as error:
        raise WorkbookError(NO_WORKBOOK) from error


def write_paper(target: Target, paper: Paper) -> None:
    """Write a table that prints as it is laid out: given heights, merged cells, page breaks."""
    book = Workbook()
    book._fonts[0] = NORMAL_FONT  # type: ignore[attr-defined]  # widths count the digits of this font
    page: Any = book.active
    page.title = paper.sheet
    _set_up_page(page, paper)
    for number, row in enumerate(paper.all_rows, 1):
        _draw_row(page, number, row, paper)
        if row.starts_page:
            page.row_breaks.append(Break(id=number - 1))
    _draw_title(page["A1"])
    for area in _merged_areas(paper):
        page.merge_cells(area)
    book.save(target)


def _header(page: Any, text: str) -> Any:
    cell = WriteOnlyCell(page, text)
    cell.font, cell.fill, cell.alignment = HEADER_FONT, HEADER_FILL, HEADER_ALIGNMENT
    return cell


def _plain(page: Any, value: Value) -> Any:
    """A value without a style; text that a spreadsheet would take for a formula stays text."""
    if not isinstance(value, str):
        return value
    text = ILLEGAL_CHARACTERS_RE.sub("", value)
    if not text.startswith(FORMULA_MARKS):
        return text
    cell = WriteOnlyCell(page, text)
    cell.data_type = "s"
    return cell


def _wrapped(page: Any) -> Any:
    """A cell whose text goes on below itself."""
    cell = WriteOnlyCell(page)
    cell.alignment = WRAPPED
    return cell


def _filled(cell: Any, text: str) -> Any:
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)
    cell.data_type = "s"
    return cell


def _widths(headers: Sequence[str], rows: Sequence[Sequence[Value]]) -> list[float]:
    """Room for each header and for what stands below it, within reason."""
    columns = zip(*rows, strict=True) if rows else [()] * len(headers)
    return [
        max(10, 1.1 * _width(header) + 2, min(MOST_WIDTH, max(map(_width, column), default=0) + 2))
        for header, column in zip(headers, columns, strict=True)
    ]


def _line_count(value: Value, width: float) -> int:
    """Lines that a value takes in a column."""
    if not isinstance(value, str) or (2 * len(value) <= width and "\n" not in value):
        return 1
    return sum(max(1, ceil(_width(line) / width)) for line in value.splitlines())


def _width(value: Value) -> int:
    """Characters of the longest line, a Chinese one counted twice."""
    if not isinstance(value, str):
        return 0 if value is None else NUMBER_WIDTH
    return max((len(line) + sum(sign > "\u2e7f" for sign in line) for line in value.splitlines()), default=0)


def _print_on_a4(page: Any, widths: Sequence[float], *, title_rows: str) -> None:
    """As wide as a landscape page, as many pages as it takes, the headers on each of them."""
    for number, width in enumerate(widths, 1):
        page.column_dimensions[get_column_letter(number)].width = width
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = Worksheet.PAPERSIZE_A4
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.page_setup.fitToHeight = 0
    page.print_title_rows = title_rows


def _set_up_page(page: Any, paper: Paper) -> None:
    _print_on_a4(page, paper.widths, title_rows=f"{paper.header_row}:{paper.header_row}")
    page.page_margins = PageMargins(
        left=SIDE_MARGIN, right=SIDE_MARGIN, top=TOP_MARGIN, bottom=TOP_MARGIN, header=0.3, footer=0.3
    )
    page.print_options.horizontalCentered = True
    page.oddFooter.center.text = "第 &P 页 共 &N 页"
    page.freeze_panes = f"A{paper.header_row + 1}"


def _draw_row(page: Any, number: int, row: PaperRow, paper: Paper) -> None:
    page.row_dimensions[number].height = row.height
    is_heading = row is paper.headers or len(row.cells) == 1
    for index in range(len(paper.widths)):
        cell = page.cell(number, index + 1)
        text = row.cells[index] if index < len(row.cells) else None
        if text is not None:
            cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)
            cell.data_type = "s"
        cell.font = PAPER_BOLD if is_heading else PAPER_FONT
        cell.border = BOX
        centred = row is paper.headers or index in paper.centred
        cell.alignment = CENTRED if centred and len(row.cells) > 1 else AT_LEFT


def _draw_title(cell: Any) -> None:
    cell.font = PAPER_TITLE
    cell.alignment = CENTRED


def _merged_areas(paper: Paper) -> Iterator[str]:
    """Rows of one cell across the table, and runs of None under the cell that they belong to."""
    last = get_column_letter(len(paper.widths))
    begins: dict[int, int] = {}
    for number, row in enumerate([*paper.all_rows, PaperRow(("",), 0)], 1):
        for index in range(len(paper.widths)):
            if index < len(row.cells) and row.cells[index] is None:
                continue
            first = begins.pop(index, number)
            if number - first > 1:
                letter = get_column_letter(index + 1)
                yield f"{letter}{first}:{letter}{number - 1}"
            if index < len(row.cells) > 1:
                begins[index] = number
        if len(row.cells) == 1 and row.height:
            yield f"A{number}:{last}{number}"
