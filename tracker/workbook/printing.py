"""Tables that print as they are laid out."""

from collections.abc import Iterator
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.pagebreak import Break

from tracker.workbook.sheet import SIDE_MARGIN, TOP_MARGIN, Paper, PaperRow, Target
from tracker.workbook.writing import print_on_a4

LINE = Side(style="thin", color="000000")
BOX = Border(left=LINE, right=LINE, top=LINE, bottom=LINE)
NORMAL_FONT = Font(name="SimSun", size=10.5)
PAPER_FONT = Font(name="仿宋", size=10.5)
PAPER_BOLD = Font(name="SimSun", size=10.5, bold=True)
PAPER_TITLE = Font(name="SimSun", size=16, bold=True)
CENTRED = Alignment(horizontal="center", vertical="center", wrap_text=True)
AT_LEFT = Alignment(horizontal="left", vertical="center", wrap_text=True)


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


def _set_up_page(page: Any, paper: Paper) -> None:
    print_on_a4(page, paper.widths, title_rows=f"{paper.header_row}:{paper.header_row}")
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
