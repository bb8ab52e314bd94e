"""A table on A4 landscape, read from the file."""

import io
from datetime import UTC, datetime
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn

from tracker.documents.tables import write_paper
from tracker.workbook.sheet import Paper, PaperRow

AT = datetime(2024, 3, 22, 2, tzinfo=UTC)
PAPER = Paper(
    sheet="表",
    title=PaperRow(("责任分解表",), 36),
    heads=[PaperRow(("填报单位：芒康县",), 24)],
    headers=PaperRow(("要点", "内容"), 24),
    rows=[
        PaperRow(("一、基础工作",), 22),
        PaperRow(("党政同责", "（1）跟踪督办"), 30),
        PaperRow((None, "（2）评议考核\n两行"), 30),
        PaperRow(("工作机制", "（3）会议"), 30, starts_page=True),
        PaperRow(("单位（盖章）：",), 72),
    ],
    widths=(1, 3),
    centred=frozenset({0}),
)


@pytest.fixture(scope="module")
def document() -> Any:
    stream = io.BytesIO()
    write_paper(stream, PAPER, author="昌都市食安办", at=AT)
    return Document(stream)


def test_the_page_is_a4_landscape_and_numbered(document: Any) -> None:
    section = document.sections[0]
    assert section.orientation.name == "LANDSCAPE"
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (297, 210)
    (line,) = section.footer.paragraphs
    assert [element.text for element in line._p.iter(qn("w:instrText"))] == ["PAGE", "NUMPAGES"]
    assert line.text == "第  页 共  页"


def test_the_title_and_the_head_stand_above_the_table(document: Any) -> None:
    title, head, *_ = document.paragraphs
    assert (title.text, title.runs[0].font.size.pt) == ("责任分解表", 18)
    assert title.runs[0]._r.rPr.rFonts.get(qn("w:eastAsia")) == "方正小标宋简体"
    assert head.text == "填报单位：芒康县"
    assert document.core_properties.author == "昌都市食安办"


def test_each_page_of_the_description_is_a_table_with_its_header(document: Any) -> None:
    first, second = document.tables
    assert [[cell.text for cell in row.cells] for row in second.rows] == [
        ["要点", "内容"], ["工作机制", "（3）会议"], ["单位（盖章）：", "单位（盖章）："],
    ]  # fmt: skip
    for table in (first, second):
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)
    breaks = [one.paragraph_format.page_break_before for one in document.paragraphs]
    assert breaks.count(True) == 1


def test_cells_are_merged_across_and_down(document: Any) -> None:
    table = document.tables[0]
    assert len(table.rows[1]._tr.tc_lst) == 1, "a section goes across the table"
    assert table.cell(2, 0)._tc is table.cell(3, 0)._tc, "a point stands once for its indicators"
    assert table.cell(3, 1).text == "（2）评议考核\n两行"


def test_a_heading_and_the_last_row_before_the_stamp_stay_with_what_follows(document: Any) -> None:
    def kept(row: Any) -> bool:
        return bool(row.cells[-1].paragraphs[0].paragraph_format.keep_with_next)

    first, second = document.tables
    assert [kept(row) for row in first.rows] == [True, True, False, False]
    assert [kept(row) for row in second.rows] == [True, True, False]
    assert second.rows[-1].height.pt == 72, "room for the stamp"
