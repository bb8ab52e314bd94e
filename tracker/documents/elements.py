"""What python-docx has no words for: East Asian fonts, the grid of a page, lines, fields, floating tables."""

from datetime import datetime
from typing import Any

from docx.document import Document
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
from docx.enum.text import WD_LINE_SPACING
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import nsdecls, qn
from docx.oxml.parser import OxmlElement, parse_xml
from docx.section import Section
from docx.shared import Length, Pt
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run

SONG, TITLE, BODY, BLACK, SCRIPT = "宋体", "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312"
FALLBACKS = {
    SONG: "SimSun,Noto Serif CJK SC",
    TITLE: "SimSun,Noto Serif CJK SC",
    BODY: "FangSong,Noto Serif CJK SC",
    SCRIPT: "KaiTi,Noto Serif CJK SC",
    BLACK: "SimHei,Noto Sans CJK SC",
}
"""What stands in for a font that a machine does not have; the fonts themselves are not ours to ship."""
INVISIBLE = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])
"""Signs that XML cannot hold."""


def clean(words: str) -> str:
    """A text that a document can hold."""
    return words.translate(INVISIBLE)


def set_font(properties: Any, name: str) -> None:
    """One font for every script; the theme's fonts would win if they stayed."""
    fonts = properties.get_or_add_rFonts()
    for key in list(fonts.attrib):
        del fonts.attrib[key]
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), name)


def add_run(paragraph: Paragraph, words: str, font: str, size: Length) -> Run:
    """More words at the end of a paragraph."""
    run = paragraph.add_run(clean(words))
    run.font.size = size
    set_font(run._r.get_or_add_rPr(), font)
    return run


def add_field(run: Run, name: str) -> None:
    """What the program that opens the document counts: PAGE, NUMPAGES."""
    for kind in ("begin", "", "end"):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = name
        run._r.append(element)


def set_style(document: Document, font: str, size: Length) -> None:
    """Words without a format of their own: no space between paragraphs, no line kept from another."""
    normal = document.styles["Normal"]
    normal.font.size = size
    set_font(normal.element.get_or_add_rPr(), font)
    layout = normal.paragraph_format
    layout.space_before = layout.space_after = Pt(0)
    layout.widow_control = False
    name_fallbacks(document)


def set_properties(document: Document, *, title: str, author: str, at: datetime) -> None:
    """What a file's properties tell of it."""
    about = document.core_properties
    about.title, about.author = clean("".join(title.split())), clean(author)
    about.last_modified_by, about.comments, about.language = about.author, "", "zh-CN"
    about.created = about.modified = at.replace(tzinfo=None)


def fill(cell: _Cell, words: str, font: str, size: Length) -> Paragraph:
    """The words of a cell, in its middle."""
    paragraph: Paragraph = cell.paragraphs[0]
    leave_grid(paragraph)
    paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    add_run(paragraph, words, font, size)
    return paragraph


def name_fallbacks(document: Document) -> None:
    """The table of fonts with what stands in for each."""
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{others}"/><w:charset w:val="86"/></w:font>'
        for name, others in FALLBACKS.items()
    )
    table = document.part.part_related_by(RELATIONSHIP_TYPE.FONT_TABLE)
    table._blob = f'<?xml version="1.0" encoding="UTF-8"?><w:fonts {nsdecls("w")}>{fonts}</w:fonts>'.encode()


def set_grid(section: Section, line: Length) -> None:
    """How far the lines of a page stand apart."""
    grid = section._sectPr.find(qn("w:docGrid"))
    if grid is None:
        grid = OxmlElement("w:docGrid")
        section._sectPr.append(grid)
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), str(line.twips))


def set_spacing(properties: Any, twips: int) -> None:
    """How much wider or narrower than themselves signs stand."""
    spacing = OxmlElement("w:spacing")
    spacing.set(qn("w:val"), str(twips))
    properties.insert_element_before(spacing, "w:w", "w:kern", "w:position", "w:sz", "w:szCs", "w:lang")


def indent_first(paragraph: Paragraph, signs: int, size: Length) -> None:
    """The first line so many signs in."""
    paragraph.paragraph_format.first_line_indent = Pt(signs * size.pt)
    indent = paragraph._p.get_or_add_pPr().get_or_add_ind()
    indent.set(qn("w:firstLineChars"), str(signs * 100))


def underline(paragraph: Paragraph, *, color: str, eighths: int, space: int) -> None:
    """A line below a paragraph, so many points away and as wide as the text."""
    line = _line("bottom", eighths, color, space)
    _put(paragraph, f"<w:pBdr {nsdecls('w')}>{line}</w:pBdr>")


def rule(table: Table, *, outer: int, inner: int) -> None:
    """Lines above, below and between the rows of a table, none beside them."""
    lines = _line("top", outer) + _line("bottom", outer) + _line("insideH", inner)
    table._tbl.tblPr.insert_element_before(
        parse_xml(f"<w:tblBorders {nsdecls('w')}>{lines}</w:tblBorders>"),
        *("w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook"),
    )


def _line(side: str, eighths: int, color: str = "000000", space: int = 0) -> str:
    return f'<w:{side} w:val="single" w:sz="{eighths}" w:space="{space}" w:color="{color}"/>'


def leave_grid(paragraph: Paragraph) -> None:
    """Signs as wide as they are, whatever the grid of the page: for all that is no text."""
    _put(paragraph, f'<w:snapToGrid {nsdecls("w")} w:val="0"/>')


def repeat_header(table: Table) -> None:
    """The first row again on each page."""
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def keep_row_whole(table: Table) -> None:
    """The last row is not broken by the end of a page."""
    table.rows[-1]._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def set_cell_margins(table: Table, margin: Length) -> None:
    """What is left free beside the words of each cell."""
    sides = "".join(f'<w:{side} w:w="{margin.twips}" w:type="dxa"/>' for side in ("left", "right"))
    table._tbl.tblPr.insert_element_before(
        parse_xml(f"<w:tblCellMar {nsdecls('w')}>{sides}</w:tblCellMar>"), "w:tblLook"
    )


def put_at_foot(table: Table, left: Length) -> None:
    """The table at the foot of the text of its page, so far from the left edge of the paper.

    LibreOffice 7.4 lets a table as wide as the text float only where it stands against the page's edge.
    Without margins in its cells every program begins it at the same place.
    """
    properties = table._tbl.tblPr
    place = f'w:vertAnchor="margin" w:horzAnchor="page" w:tblpX="{left.twips}" w:tblpYSpec="bottom"'
    properties.insert_element_before(
        parse_xml(f"<w:tblpPr {nsdecls('w')} {place}/>"),
        *("w:tblOverlap", "w:bidiVisual", "w:tblStyleRowBandSize", "w:tblStyleColBandSize", "w:tblW"),
        *("w:jc", "w:tblCellSpacing", "w:tblInd", "w:tblBorders", "w:shd", "w:tblLayout", "w:tblLook"),
    )
    set_cell_margins(table, Pt(0))


def _put(paragraph: Paragraph, words: str) -> None:
    """Add a property where the schema wants it: Word refuses a file whose properties are out of order."""
    element = parse_xml(words)
    name = element.tag.rpartition("}")[2]
    later = _PROPERTIES[_PROPERTIES.index(name) + 1 :]
    paragraph._p.get_or_add_pPr().insert_element_before(element, *(f"w:{one}" for one in later))


_PROPERTIES = (
    "pStyle", "keepNext", "keepLines", "pageBreakBefore", "framePr", "widowControl", "numPr",
    "suppressLineNumbers", "pBdr", "shd", "tabs", "suppressAutoHyphens", "kinsoku", "wordWrap",
    "overflowPunct", "topLinePunct", "autoSpaceDE", "autoSpaceDN", "bidi", "adjustRightInd", "snapToGrid",
    "spacing", "ind", "contextualSpacing", "mirrorIndents", "suppressOverlap", "jc", "textDirection",
    "textAlignment", "textboxTightWrap", "outlineLvl", "divId", "cnfStyle", "rPr", "sectPr", "pPrChange",
)  # fmt: skip
"""Properties of a paragraph in the order of the schema."""
