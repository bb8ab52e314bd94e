"""A table on A4 landscape as a DOCX file, from the description that also becomes a spreadsheet.

Whoever needs it imports it when a document is wanted: python-docx takes half a second to read.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import IO, TYPE_CHECKING

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Length, Mm, Pt
from docx.table import Table, _Cell, _Row
from docx.text.parfmt import ParagraphFormat

from tracker.documents import elements
from tracker.documents.elements import BLACK, BODY, SONG, TITLE, add_run

if TYPE_CHECKING:
    from tracker.workbook.sheet import Paper, PaperRow

SIDE, UPPER = Mm(13), Mm(15)
"""Margins: beside the table, and above and below it."""
WIDTH = Length(Mm(297) - 2 * SIDE)
TITLE_SIZE, SIZE, SMALL = Pt(18), Pt(10.5), Pt(9)
"""The title 小二号, the words of the table 五号, the page numbers 小五号."""
LINE, PADDING, MARGIN = Pt(14), Pt(3), Pt(3)
"""How far lines of a cell stand apart, what is free above and below them, and beside them: never more
than a description counts with."""
LEFT, CENTRED = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER


def write_paper(target: str | IO[bytes], paper: "Paper", *, author: str, at: datetime) -> None:
    """Write the table: the title and the heads above it, the headers on each page, no row torn.

    Args:
        author: the organ or unit that the file's properties name.
        at: the moment that they name.
    """
    document = docx.Document()
    _set_page(document)
    elements.set_style(document, BODY, SIZE)
    elements.set_properties(document, title=_only(paper.title), author=author, at=at)
    title = document.add_paragraph()
    title.alignment = CENTRED
    title.paragraph_format.space_after = Pt(8)
    add_run(title, _only(paper.title), TITLE, TITLE_SIZE)
    for head in paper.heads:
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(6)
        add_run(paragraph, _only(head), BODY, SIZE)
    _add_tables(document, paper)
    document.save(target)


def _set_page(document: Document) -> None:
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin = section.right_margin = SIDE
    section.top_margin = section.bottom_margin = UPPER
    section.footer_distance = Mm(8)
    line = section.footer.paragraphs[0]
    line.alignment = CENTRED
    for words, field in (("第 ", "PAGE"), (" 页 共 ", "NUMPAGES"), (" 页", "")):
        add_run(line, words, SONG, SMALL)
        if field:
            elements.add_field(add_run(line, "", SONG, SMALL), field)


def _add_tables(document: Document, paper: "Paper") -> None:
    """One table, and one more for each page that the description begins: no program but Word breaks a
    page within a table where it is told to."""
    pages: list[list[PaperRow]] = [[]]
    for row in paper.rows:
        if row.starts_page:
            pages.append([])
        pages[-1].append(row)
    for number, rows in enumerate(pages):
        if number:
            _add_gap(document).page_break_before = True
        _add_table(document, [paper.headers, *rows], paper)
    _add_gap(document)  # a table cannot end a document


def _add_table(document: Document, rows: "Sequence[PaperRow]", paper: "Paper") -> None:
    table = document.add_table(0, len(paper.widths), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    widths = [Length(int(WIDTH * width / sum(paper.widths))) for width in paper.widths]
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    table.autofit = False
    elements.set_cell_margins(table, MARGIN)
    for row, following in zip(rows, [*rows[1:], None], strict=True):
        _add_row(table, row, following, paper, widths)
        elements.keep_row_whole(table)
    elements.repeat_header(table)


def _add_row(
    table: Table, row: "PaperRow", following: "PaperRow | None", paper: "Paper", widths: Sequence[Length]
) -> None:
    """One row; a heading stays with what it heads, and the last line of signatures with the row above."""
    line, is_wide = _Row(table._tbl.add_tr(), table), len(row.cells) == 1
    is_heading = row is paper.headers or is_wide
    if is_heading:
        line.height_rule, line.height = WD_ROW_HEIGHT_RULE.AT_LEAST, Pt(row.height)
    is_before_end = following is paper.rows[-1] and len(following.cells) == 1
    for index, words in enumerate(row.cells):
        cell = _Cell(line._tr.add_tc(), table)
        cell.width = WIDTH if is_wide else widths[index]
        if is_wide:
            cell._tc.grid_span = len(widths)
        elif words is None or _is_continued(following, index):
            cell._tc.vMerge = "continue" if words is None else "restart"
        paragraph = elements.fill(cell, words or "", BLACK if is_heading else BODY, SIZE)
        is_centred = row is paper.headers or (not is_wide and index in paper.centred)
        paragraph.alignment = CENTRED if is_centred else LEFT
        layout = paragraph.paragraph_format
        layout.line_spacing, layout.space_before, layout.space_after = LINE, PADDING, PADDING
        layout.keep_with_next = following is not None and (is_heading or is_before_end)


def _is_continued(following: "PaperRow | None", index: int) -> bool:
    """Whether the cell below belongs to this one."""
    return following is not None and len(following.cells) > 1 and following.cells[index] is None


def _add_gap(document: Document) -> ParagraphFormat:
    layout: ParagraphFormat = document.add_paragraph().paragraph_format
    layout.line_spacing = Pt(1)
    return layout


def _only(row: "PaperRow") -> str:
    """The words of a row of one cell."""
    return row.cells[0] or ""
