"""The layout of GB/T 9704-2012 as a DOCX file.

Whoever needs it imports it when a document is wanted: python-docx takes half a second to read.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import IO

import docx
from docx.document import Document
from docx.enum.table import WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.shared import Length, Mm, Pt, RGBColor, Twips
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph

from tracker.documents import elements
from tracker.documents.elements import BLACK, BODY, SCRIPT, SONG, TITLE, add_run
from tracker.documents.letter import Grid, Letter, Text, title_lines, width_of

LINES, SIGNS = 22, 28
"""Lines of a page, and characters of a line."""
WIDTH, HEIGHT = Mm(156), Mm(225)
LEFT_MARGIN = Mm(28)
"""版心: what is left of A4 between the margins."""
LINE, SIGN = Twips(HEIGHT.twips // LINES), Pt(WIDTH.pt / SIGNS)
NARROWER = -5
"""So many twips closer do signs of the text stand, for 28 to have room in a line. A grid of characters
would say the same, but LibreOffice gives a sign that is larger than its cell two of them."""
SIZE_2, SIZE_3, SIZE_4, SIZE_5 = Pt(22), Pt(16), Pt(14), Pt(10.5)
"""二号 for the title, 三号 for the text, 四号 for page numbers and 版记, 五号 for tables."""
HEAD_TOP, LARGEST_HEAD, RED = Mm(35), Pt(48), RGBColor(0xFF, 0, 0)
"""How far below the top of the text the red head begins, and its largest letters."""
THICK, THIN = 8, 6
"""Lines of 版记 in eighths of a point: the first and the last one, and those between."""
SHORT_CELL = 6
"""Characters up to which the cells of a column are centred."""
LEFT, RIGHT = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.RIGHT
CENTRED, BOTH = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.JUSTIFY


def write(target: str | IO[bytes], letter: Letter, *, at: datetime) -> None:
    """Write the document; `at` is the moment that its properties name."""
    document = docx.Document()
    _set_page(document)
    _set_style(document)
    elements.set_properties(document, title=letter.title, author=letter.organ, at=at)
    _add_head(document, letter)
    _add_title(document, letter.title)
    if letter.addressee:
        add_run(document.add_paragraph(), f"{letter.addressee}：", BODY, SIZE_3)
    for block in letter.body:
        if isinstance(block, Grid):
            _add_grid(document, block)
        else:
            _add_text(document, block)
    _add_signature(document, letter)
    _add_imprint(document, letter)
    document.save(target)


def _set_page(document: Document) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = LEFT_MARGIN, Mm(26)
    section.footer_distance = Mm(23)
    elements.set_grid(section, LINE)
    document.settings.odd_and_even_pages_header_footer = True
    for footer, side in ((section.footer, RIGHT), (section.even_page_footer, LEFT)):
        paragraph = footer.paragraphs[0]
        paragraph.alignment = side
        layout = paragraph.paragraph_format
        layout.left_indent, layout.right_indent = (SIZE_4, None) if side is LEFT else (None, SIZE_4)
        add_run(paragraph, "— ", SONG, SIZE_4)
        elements.add_field(add_run(paragraph, "", SONG, SIZE_4), "PAGE")
        add_run(paragraph, " —", SONG, SIZE_4)


def _set_style(document: Document) -> None:
    elements.set_style(document, BODY, SIZE_3)
    normal = document.styles["Normal"]
    elements.set_spacing(normal.element.get_or_add_rPr(), NARROWER)
    layout = normal.paragraph_format
    layout.line_spacing, layout.line_spacing_rule = LINE, WD_LINE_SPACING.EXACTLY


def _add_head(document: Document, letter: Letter) -> None:
    """紧急程度, the red head, the number and the red line."""
    add_run(document.add_paragraph(), letter.urgency, BLACK, SIZE_3)
    head = _add_centred(document, letter.head, TITLE, _head_size(letter.head))
    head.runs[0].font.color.rgb = RED
    layout = head.paragraph_format
    layout.space_before, layout.line_spacing = Length(HEAD_TOP - LINE), Pt(LARGEST_HEAD.pt * 1.2)
    _add_lines(document, 2)
    number = _add_centred(document, letter.number, BODY, SIZE_3)
    elements.underline(number, color="FF0000", eighths=12, space=11)
    _add_lines(document, 2)


def _head_size(words: str) -> Length:
    """As large as one line allows."""
    return Pt(min(LARGEST_HEAD.pt, int(WIDTH.pt / max(width_of(words), 1) * 2) / 2))


def _add_title(document: Document, title: str) -> None:
    for line in title_lines(title, WIDTH.pt / SIZE_2.pt):
        _add_centred(document, line, TITLE, SIZE_2).paragraph_format.line_spacing = Pt(34)
    _add_lines(document, 1)


def _add_text(document: Document, text: Text) -> None:
    paragraph = document.add_paragraph()
    paragraph.alignment = BOTH
    elements.indent_first(paragraph, 2, SIZE_3)
    paragraph.paragraph_format.keep_with_next = text.level > 0
    add_run(paragraph, text.words, {1: BLACK, 2: SCRIPT}.get(text.level, BODY), SIZE_3)


def _add_signature(document: Document, letter: Letter) -> None:
    """署名 and date of a document that gets a seal: the date four characters in from the right, the
    organ centred above it."""
    words = letter.day_words
    before = document.paragraphs[-1]
    if letter.body and isinstance(letter.body[-1], Grid):
        _keep_with_next(document.tables[-1].rows[-1])
    _add_lines(document, 2)
    for paragraph in (before, *document.paragraphs[-2:]):  # no page for them alone
        paragraph.paragraph_format.keep_with_next = True
    inner = 4 + (width_of(words) - width_of(letter.organ)) / 2
    for line, indent in ((letter.organ, max(0.0, inner)), (words, 4)):
        paragraph = document.add_paragraph()
        paragraph.alignment = RIGHT
        paragraph.paragraph_format.right_indent = Pt(indent * SIGN.pt)
        paragraph.paragraph_format.keep_with_next = line is not words
        add_run(paragraph, line, BODY, SIZE_3)


def _add_imprint(document: Document, letter: Letter) -> None:
    """版记 at the foot of the last page; what does not fit into a line goes on below the first name."""
    table = document.add_table(len(letter.imprint), 1)
    _set_widths(table, (1,))
    for row, line in zip(table.rows, letter.imprint, strict=True):
        layout = elements.fill(row.cells[0], line, BODY, SIZE_4).paragraph_format
        layout.line_spacing = Pt(24)
        layout.left_indent = layout.right_indent = SIZE_4
        if "\t" not in line:
            layout.left_indent, layout.first_line_indent = Length(4 * SIZE_4), Length(-3 * SIZE_4)
        layout.tab_stops.add_tab_stop(Length(WIDTH - SIZE_4), WD_TAB_ALIGNMENT.RIGHT)
        row.height_rule, row.height = WD_ROW_HEIGHT_RULE.AT_LEAST, Pt(24)
    elements.put_at_foot(table, LEFT_MARGIN)
    elements.rule(table, outer=THICK, inner=THIN)
    _add_lines(document, 1)


def _add_grid(document: Document, grid: Grid) -> None:
    if grid.caption:
        _add_centred(document, grid.caption, BLACK, SIZE_3).paragraph_format.keep_with_next = True
    table = document.add_table(0, len(grid.widths), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    for number, cells in enumerate([*([grid.header] if grid.header else []), *grid.rows]):
        table.add_row()
        elements.keep_row_whole(table)
        _fill_row(table.rows[-1].cells, cells, is_head=bool(grid.header) and number == 0, grid=grid)
        if not grid.header:
            _keep_with_next(table.rows[-1])
    if grid.header:
        elements.repeat_header(table)
    _set_widths(table, grid.widths)
    gap = document.add_paragraph()  # Word makes one of two tables that touch
    elements.leave_grid(gap)
    gap.paragraph_format.line_spacing = Pt(8)


def _fill_row(cells: Sequence[_Cell], words: Sequence[str], *, is_head: bool, grid: Grid) -> None:
    for number, (cell, text) in enumerate(zip(cells, words, strict=True)):
        is_heading = is_head or (not grid.header and number % 2 == 0)
        paragraph = elements.fill(cell, text, BLACK if is_heading else BODY, SIZE_5)
        is_short = all(width_of(row[number]) <= SHORT_CELL for row in grid.rows)
        paragraph.alignment = CENTRED if is_heading or is_short else LEFT
        paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)


def _keep_with_next(row: _Row) -> None:
    """The row on one page with what follows it."""
    for cell in row.cells:
        cell.paragraphs[0].paragraph_format.keep_with_next = True


def _set_widths(table: Table, shares: Sequence[int]) -> None:
    """Every cell too: Word goes by the cells, LibreOffice by the columns."""
    table.autofit = False
    for column, share in zip(table.columns, shares, strict=True):
        width = Length(WIDTH * share // sum(shares))
        column.width = width
        for cell in column.cells:
            cell.width = width


def _add_centred(document: Document, words: str, font: str, size: Length) -> Paragraph:
    paragraph = document.add_paragraph()
    paragraph.alignment = CENTRED
    elements.leave_grid(paragraph)
    add_run(paragraph, words, font, size)
    return paragraph


def _add_lines(document: Document, count: int) -> None:
    """Empty lines."""
    for _ in range(count):
        document.add_paragraph()
