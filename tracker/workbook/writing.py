"""Plain lists, and lists to be filled in by hand."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, islice
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from tracker.workbook.sheet import FORMULA_MARKS, Target, Value, lines_needed, width_of

HEADER_FONT = Font(name="SimSun", bold=True)
HEADER_FILL = PatternFill("solid", fgColor="E8EEF7")
HEADER_ALIGNMENT = Alignment(horizontal="center", vertical="center", wrap_text=True)
WRAPPED = Alignment(vertical="top", wrap_text=True)
MEASURED_ROWS, MOST_WIDTH = 50, 60
"""What the columns of a plain list are measured by, and their most characters."""
LINE_HEIGHT = 15


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
    print_on_a4(page, widths, title_rows="1:1")
    page.freeze_panes = "A2"
    page.append([_header(page, header) for header in headers])
    wrapped = [_wrapped(page) for _ in widths]  # used again in each row, which is written at once
    for number, row in enumerate(chain(first, rest), 2):
        lines = max(lines_needed(value, width) for value, width in zip(row, widths, strict=True))
        if lines > 1:
            page.row_dimensions[number].height = lines * LINE_HEIGHT
        page.append(
            [
                _filled(cell, value)
                if isinstance(value, str) and lines_needed(value, width) > 1
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


def print_on_a4(page: Any, widths: Sequence[float], *, title_rows: str) -> None:
    """As wide as a landscape page, as many pages as it takes, the headers on each of them."""
    for number, width in enumerate(widths, 1):
        page.column_dimensions[get_column_letter(number)].width = width
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = Worksheet.PAPERSIZE_A4
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.page_setup.fitToHeight = 0
    page.print_title_rows = title_rows


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
        max(10, 1.1 * width_of(header) + 2, min(MOST_WIDTH, max(map(width_of, column), default=0) + 2))
        for header, column in zip(headers, columns, strict=True)
    ]
